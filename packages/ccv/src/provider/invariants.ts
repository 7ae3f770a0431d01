/** What must hold of the provider's state after every block. */
import { equalBytes, toHex } from "@tandem-ics/crypto";
import { ConsumerPhase } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import {
  addDecCoins,
  amountOf,
  Dec,
  type DecCoins,
  decAmountOf,
  decCoinsFromProto,
} from "@tandem-ics/runtime";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { consAddressOfKey, keyText } from "../types/addresses.ts";
import { CONSUMER_REWARDS_POOL } from "../types/constants.ts";
import { addressKey } from "./address-index.ts";
import { isActive, phaseName, phaseOf } from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { maxProviderValidators } from "./params.ts";
import * as state from "./state.ts";
import type { Throttle } from "./throttle.ts";
import { storedProviderSet } from "./validator-sets.ts";

type Invariant = (ctx: Context) => string | undefined;
type Deps = Pick<ProviderDeps, "authority" | "auth" | "bank" | "staking" | "slashing">;

/** Consumer id → channel and back are one relation: at most one CCV channel for each consumer. */
function channelsAreUnique(ctx: Context): string | undefined {
  for (const [consumerId, channelId] of state.channelOfConsumer.entries(ctx))
    if (state.consumerOfChannel.get(ctx, channelId) !== consumerId)
      return `channel ${channelId} of consumer ${consumerId} leads back to another`;
  for (const [channelId, consumerId] of state.consumerOfChannel.entries(ctx))
    if (state.channelOfConsumer.get(ctx, consumerId) !== channelId)
      return `consumer ${consumerId} of channel ${channelId} leads back to another`;
  return undefined;
}

/** Each known consumer address is that of an assigned key, or waits to be pruned. */
function addressesAreJustified(ctx: Context): string | undefined {
  const justified = new Set<string>();
  for (const [[consumerId], key] of state.consumerKeys.entries(ctx))
    justified.add(`${consumerId}/${addressKey(consAddressOfKey(key))}`);
  for (const [[consumerId], { addresses }] of state.addressesToPrune.entries(ctx))
    for (const address of addresses) justified.add(`${consumerId}/${addressKey(address)}`);
  for (const [consumerId, address] of state.providerAddresses.keys(ctx))
    if (!justified.has(`${consumerId}/${addressKey(address)}`))
      return `consumer ${consumerId} knows an address that nobody uses`;
  return undefined;
}

/** No two validators have one key on a consumer: neither assigned, nor in the set that the provider keeps. */
function keysAreUnique(ctx: Context): string | undefined {
  const twice = (rows: Iterable<readonly [consumerId: string, key: PublicKey]>): string | undefined => {
    const seen = new Set<string>();
    for (const [consumerId, key] of rows) {
      const row = `${consumerId}/${keyText(key)}`;
      if (seen.has(row)) return `two validators of consumer ${consumerId} have one key`;
      seen.add(row);
    }
    return undefined;
  };
  const members = state.consumerValidators.entries(ctx);
  return (
    twice(Array.from(state.consumerKeys.entries(ctx), ([[consumerId], key]) => [consumerId, key])) ??
    twice(Array.from(members, ([[consumerId], { publicKey }]) => [consumerId, publicKey!]))
  );
}

/** No key on a living consumer is the provider key of another validator: one of the two could be slashed for the other. */
function keysAreNobodyElses(ctx: Context, staking: Deps["staking"]): string | undefined {
  for (const [[consumerId, owner], key] of state.consumerKeys.entries(ctx)) {
    if (!isActive(ctx, consumerId)) continue;
    const holder = staking.validatorByConsAddr(ctx, consAddressOfKey(key));
    if (holder !== undefined && !equalBytes(holder.consAddress, owner))
      return `a validator's key on consumer ${consumerId} is the provider key of another`;
  }
  return undefined;
}

/** Launched or stopped ⇔ with a client. */
function clientsMatchPhases(ctx: Context): string | undefined {
  for (const [consumerId, phase] of state.phases.entries(ctx)) {
    const expected =
      phase === ConsumerPhase.CONSUMER_PHASE_LAUNCHED || phase === ConsumerPhase.CONSUMER_PHASE_STOPPED;
    if (state.clientOfConsumer.has(ctx, consumerId) !== expected)
      return `consumer ${consumerId} is ${phaseName(phase)}, has a client: ${!expected}`;
  }
  return undefined;
}

/** Waiting packets have rising ids, and the next id is above them all. */
function packetsAreInOrder(ctx: Context): string | undefined {
  const next = state.vscId.require(ctx);
  for (const [consumerId, { list }] of state.pendingVscPackets.entries(ctx)) {
    let last = 0n;
    for (const { valsetUpdateId } of list) {
      if (valsetUpdateId <= last || valsetUpdateId >= next)
        return `packet ${valsetUpdateId} for consumer ${consumerId} waits after ${last}, the next id is ${next}`;
      last = valsetUpdateId;
    }
  }
  return undefined;
}

/** Nobody who is jailed or tombstoned is in the provider's own set. */
function punishedAreOut(ctx: Context, { staking, slashing }: Deps): string | undefined {
  for (const { providerConsAddr, power } of storedProviderSet(ctx)) {
    const jailed = staking.validatorByConsAddr(ctx, providerConsAddr)?.jailed ?? true;
    if (!jailed && !slashing.isTombstoned(ctx, providerConsAddr)) continue;
    return `validator ${toHex(providerConsAddr)} is punished and has power ${power} in the provider's set`;
  }
  return undefined;
}

/** In the spawn queue ⇔ initialized; in the removal queue ⇒ stopped, or deleted after a double queueing. */
function queuesMatchPhases(ctx: Context): string | undefined {
  const waiting = new Set<string>();
  for (const { ids } of state.spawnQueue.values(ctx))
    for (const consumerId of ids) {
      if (waiting.has(consumerId)) return `consumer ${consumerId} waits twice to be launched`;
      waiting.add(consumerId);
    }
  for (const [consumerId, phase] of state.phases.entries(ctx))
    if (waiting.has(consumerId) !== (phase === ConsumerPhase.CONSUMER_PHASE_INITIALIZED))
      return `consumer ${consumerId} is ${phaseName(phase)}, in the spawn queue: ${waiting.has(consumerId)}`;
  for (const { ids } of state.removalQueue.values(ctx))
    for (const consumerId of ids) {
      const phase = phaseOf(ctx, consumerId);
      if (phase !== ConsumerPhase.CONSUMER_PHASE_STOPPED && phase !== ConsumerPhase.CONSUMER_PHASE_DELETED)
        return `consumer ${consumerId} waits to be deleted and is ${phaseName(phase)}`;
    }
  return undefined;
}

/** Invariants by name; the first two have the names that interchain-security registers. */
export function providerInvariants(deps: Deps, throttle: Throttle): Readonly<Record<string, Invariant>> {
  const { authority, auth, bank, staking } = deps;
  return {
    "max-provider-validators": (ctx) => {
      const size = storedProviderSet(ctx).length;
      const most = maxProviderValidators(ctx);
      return size > most
        ? `number of provider consensus validators: ${size}, exceeds max: ${most}`
        : undefined;
    },
    "unique-channels": channelsAreUnique,
    "clients-match-phases": clientsMatchPhases,
    "justified-addresses": addressesAreJustified,
    "one-validator-per-key": keysAreUnique,
    "nobody-elses-key": (ctx) => keysAreNobodyElses(ctx, staking),
    "queues-match-phases": queuesMatchPhases,
    "packets-in-order": packetsAreInOrder,
    "punished-are-out": (ctx) => punishedAreOut(ctx, deps),
    "meter-within-bounds": (ctx) => {
      // Between blocks the total power, and with it the allowance, may have changed once.
      const meter = throttle.meter(ctx);
      return meter > (1n << 63n) / 8n || -meter > (1n << 63n) / 8n ? `slash meter is ${meter}` : undefined;
    },
    "top-n-is-governed": (ctx) => {
      for (const [consumerId, { topN }] of state.powerShaping.entries(ctx))
        if (topN !== 0 && state.owners.get(ctx, consumerId) !== authority)
          return `Top N consumer ${consumerId} is not owned by governance`;
      return undefined;
    },
    "rewards-pool-covers-allocations": (ctx) => {
      let allocated: DecCoins = [];
      for (const { rewards } of state.rewardAllocations.values(ctx))
        allocated = addDecCoins(allocated, decCoinsFromProto(rewards));
      const pool = bank.getAllBalances(ctx, auth.getModuleAddress(CONSUMER_REWARDS_POOL));
      for (const { denom } of allocated)
        if (decAmountOf(allocated, denom).gt(Dec.fromInt(amountOf(pool, denom))))
          return `pool holds ${amountOf(pool, denom)}${denom}, ${decAmountOf(allocated, denom)} are allocated`;
      return undefined;
    },
  };
}
