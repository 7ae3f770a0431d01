/** Which validators, with which powers and keys, make up each consumer's set and the provider's own. */

import { equalBytes } from "@tandem-ics/crypto";
import type { ConsensusValidator, PowerShapingParameters } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { publicKeyFromAny } from "../types/public-keys.ts";
import { diffValidators } from "../types/valset-changes.ts";
import { addressKey, addressListOf, addressSetOf } from "./address-index.ts";
import { requirePowerShaping } from "./consumers.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import { maxProviderValidators } from "./params.ts";
import {
  byTokensDescending,
  type Candidate,
  capPowers,
  minPowerInTopN,
  selectValidators,
} from "./power-shaping.ts";
import * as state from "./state.ts";

const BONDED = 3;

/** A bonded validator with what all consumers need of it. */
export interface BondedValidator extends Candidate {
  readonly validator: StakingValidator;
  readonly publicKey: PublicKey;
}

/** Bonded validators at one moment, by tokens, and those of them in the provider's own set, by power; strongest first. */
export interface BondedSets {
  readonly bonded: readonly BondedValidator[];
  readonly active: readonly BondedValidator[];
}

/** What becomes of a stored set, before it is written. */
interface Transition {
  /** All members. Those that stay as they are, are the very objects that were read. */
  readonly next: readonly ConsensusValidator[];
  /** Addresses of rows to remove. */
  readonly gone: readonly Uint8Array[];
  readonly updates: ValidatorUpdate[];
}

/** What a boundary makes of a consumer, before it is written. */
export interface PreparedSet extends Transition {
  /** Least power of automatic members; undefined on an Opt-In chain. */
  readonly least: bigint | undefined;
  /** Automatic members that have not opted in yet. */
  readonly optIns: readonly Uint8Array[];
}

/** Rows of a stored set and how to write one. */
interface StoredSet {
  read(ctx: Context): ConsensusValidator[];
  set(ctx: Context, validator: ConsensusValidator): void;
  remove(ctx: Context, address: Uint8Array): void;
}

const consumerSet = (consumerId: string): StoredSet => ({
  read: (ctx) => state.consumerValidators.values(ctx, { prefix: state.consumerPrefix(consumerId) }),
  set: (ctx, validator) =>
    state.consumerValidators.set(ctx, [consumerId, validator.providerConsAddr], validator),
  remove: (ctx, address) => state.consumerValidators.remove(ctx, [consumerId, address]),
});

const providerSet: StoredSet = {
  read: (ctx) => state.providerValidators.values(ctx),
  set: (ctx, validator) => state.providerValidators.set(ctx, validator.providerConsAddr, validator),
  remove: (ctx, address) => state.providerValidators.remove(ctx, address),
};

const sameKey = (a: PublicKey | undefined, b: PublicKey): boolean =>
  a === b || (a?.ed25519 !== undefined && b.ed25519 !== undefined && equalBytes(a.ed25519, b.ed25519));

/** A member of the next set with its key there. */
interface Chosen extends Candidate {
  readonly address: Uint8Array;
  readonly publicKey: PublicKey;
}

/** The way from a stored set to the next. Who is new joins at `height`. */
function transition(
  current: readonly ConsensusValidator[],
  chosen: readonly Chosen[],
  height: bigint,
): Transition {
  const left = new Map(current.map((member) => [addressKey(member.providerConsAddr), member]));
  const same = new Set<ConsensusValidator>();
  const next = chosen.map(({ key, address, power, publicKey }) => {
    const before = left.get(key);
    left.delete(key);
    if (before !== undefined && before.power === power && sameKey(before.publicKey, publicKey)) {
      same.add(before);
      return before;
    }
    return { providerConsAddr: address, power, publicKey, joinHeight: before?.joinHeight ?? height };
  });
  // No two members have one key, so that those who stay as they are take no part in the difference.
  const changed = (set: readonly ConsensusValidator[]) => set.filter((member) => !same.has(member));
  return {
    next,
    gone: Array.from(left.values(), ({ providerConsAddr }) => providerConsAddr),
    updates:
      same.size === current.length && same.size === next.length
        ? []
        : diffValidators(changed(current), changed(next)),
  };
}

/** Makes `next` the stored set. Rows that stay as they are are written too: the version in a leaf is that of the last writing. */
function write(ctx: Context, stored: StoredSet, { next, gone }: Transition): void {
  for (const validator of next) stored.set(ctx, validator);
  for (const address of gone) stored.remove(ctx, address);
}

/** The stored set of a consumer, by address. */
export const storedConsumerSet = (ctx: Context, consumerId: string): ConsensusValidator[] =>
  consumerSet(consumerId).read(ctx);

/** Whether the address belongs to the consumer's stored set. */
export const isConsumerValidator = (ctx: Context, consumerId: string, address: Uint8Array): boolean =>
  // read, not only looked up: that is what it costs in gas
  state.consumerValidators.get(ctx, [consumerId, address]) !== undefined;

/** Sets of consumers and of the provider itself. */
export function createValidatorSets({ staking }: Pick<ProviderDeps, "staking">) {
  const toBonded = (ctx: Context, validator: StakingValidator): BondedValidator => ({
    validator,
    publicKey: publicKeyFromAny(validator.consensusPubkey),
    key: addressKey(validator.consAddress),
    bondedTokens: validator.status === BONDED ? validator.tokens : 0n,
    power: staking.lastValidatorPower(ctx, validator.operator),
  });

  /** The bonded validators now: taken once for all sets of a block. */
  function bondedSets(ctx: Context): BondedSets {
    const byPower = staking
      .bondedValidatorsByPower(ctx)
      .slice(0, staking.maxValidators(ctx))
      .map((validator) => toBonded(ctx, validator));
    return { bonded: byTokensDescending(byPower), active: byPower.slice(0, maxProviderValidators(ctx)) };
  }

  /** Least power among the top N of the active validators; 0 on an Opt-In chain. Throws an untyped refusal without any. */
  const minPower = (active: readonly BondedValidator[], topN: number): bigint =>
    topN === 0
      ? 0n
      : minPowerInTopN(
          active.map(({ power }) => power),
          topN,
        );

  /** Who is in a consumer's set next, by the rules of its parameters, with keys and powers there. */
  function choose(
    ctx: Context,
    consumerId: string,
    { bonded }: BondedSets,
    {
      shaping,
      least,
      optedIn,
    }: { shaping: PowerShapingParameters; least: bigint; optedIn: ReadonlySet<string> },
  ): Chosen[] {
    const selected = selectValidators(bonded, {
      topN: shaping.topN,
      minPower: least,
      allowInactive: shaping.allowInactiveVals,
      maxActive: maxProviderValidators(ctx),
      powerCap: shaping.validatorsPowerCap,
      setCap: shaping.validatorSetCap,
      minStake: shaping.minStake,
      isOptedIn: (key) => optedIn.has(key),
      allowlist: addressListOf(ctx, state.allowlist, consumerId),
      denylist: addressListOf(ctx, state.denylist, consumerId),
      prioritylist: addressListOf(ctx, state.prioritylist, consumerId),
    });
    const keys = new Map<string, PublicKey>();
    for (const [[, address], key] of state.consumerKeys.entries(ctx, {
      prefix: state.consumerPrefix(consumerId),
    }))
      keys.set(addressKey(address), key);
    const { validatorsPowerCap } = shaping;
    return (validatorsPowerCap > 0 ? capPowers(selected, validatorsPowerCap) : selected).map(
      ({ validator, key, bondedTokens, power, publicKey }) => ({
        key,
        bondedTokens,
        power,
        address: validator.consAddress,
        publicKey: keys.get(key) ?? publicKey,
      }),
    );
  }

  /** The next set of a consumer and the way to it; on a Top N chain also who is opted in by that. Nothing is written. */
  function prepare(ctx: Context, consumerId: string, sets: BondedSets): PreparedSet {
    const shaping = requirePowerShaping(ctx, consumerId);
    const least = minPower(sets.active, shaping.topN);
    const optedIn = addressSetOf(ctx, state.optedIn, consumerId);
    const chosen = choose(ctx, consumerId, sets, { shaping, least, optedIn });
    const automatic = shaping.topN === 0 ? [] : sets.active.filter(({ power }) => power >= least);
    return {
      ...transition(storedConsumerSet(ctx, consumerId), chosen, ctx.height),
      least: shaping.topN === 0 ? undefined : least,
      // Rows that are there already are written too: the version in a leaf is that of the last writing.
      optIns: automatic.map(({ validator }) => validator.consAddress),
    };
  }

  /** Writes what {@link prepare} found; returns the updates from the set that was stored before. */
  function store(ctx: Context, consumerId: string, prepared: PreparedSet): ValidatorUpdate[] {
    if (prepared.least !== undefined) state.minimumPower.set(ctx, consumerId, prepared.least);
    for (const address of prepared.optIns) state.optedIn.set(ctx, [consumerId, address], true);
    write(ctx, consumerSet(consumerId), prepared);
    return prepared.updates;
  }

  /** Stores the provider's own set as it is now; returns the updates from the one before. */
  function advanceProvider(ctx: Context, { active }: BondedSets = bondedSets(ctx)): ValidatorUpdate[] {
    const chosen = active.map(({ validator, ...others }) => ({ ...others, address: validator.consAddress }));
    const change = transition(providerSet.read(ctx), chosen, 0n);
    write(ctx, providerSet, change);
    return change.updates;
  }

  /** Whether the consumer's validators include the address now, or would if the epoch ended now. */
  function hasToValidate(ctx: Context, consumerId: string, address: Uint8Array): boolean {
    if (isConsumerValidator(ctx, consumerId, address)) return true;
    return nextSet(ctx, consumerId).some(({ providerConsAddr }) => equalBytes(providerConsAddr, address));
  }

  /** The set that the consumer would get if the epoch ended now; nothing is stored. */
  const nextSet = (ctx: Context, consumerId: string): ConsensusValidator[] => [
    ...prepare(ctx, consumerId, bondedSets(ctx)).next,
  ];

  return { bondedSets, minPower, prepare, store, advanceProvider, nextSet, hasToValidate };
}

/** See {@link createValidatorSets}. */
export type ValidatorSets = ReturnType<typeof createValidatorSets>;

/** Removes the stored set of a consumer. */
export const removeConsumerSet = (ctx: Context, consumerId: string): void =>
  state.consumerValidators.clear(ctx, { prefix: state.consumerPrefix(consumerId) });

/** The provider's stored own set, by address. */
export const storedProviderSet = (ctx: Context): ConsensusValidator[] => providerSet.read(ctx);
