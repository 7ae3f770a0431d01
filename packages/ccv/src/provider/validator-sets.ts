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
import { type Candidate, capPowers, minPowerInTopN, selectValidators } from "./power-shaping.ts";
import * as state from "./state.ts";

const BONDED = 3;

/** A bonded validator with what all consumers need of it. */
export interface BondedValidator extends Candidate {
  readonly validator: StakingValidator;
  readonly publicKey: PublicKey;
}

/** Bonded validators at one moment, strongest first, and those of them in the provider's own set. */
export interface BondedSets {
  readonly bonded: readonly BondedValidator[];
  readonly active: readonly BondedValidator[];
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

/** Makes `next` the stored set. Rows that stay as they are are written too: the version in a leaf is that of the last writing. */
function replaceSet(
  ctx: Context,
  stored: StoredSet,
  current: readonly ConsensusValidator[],
  next: readonly ConsensusValidator[],
): void {
  const gone = new Map(
    current.map(({ providerConsAddr }) => [addressKey(providerConsAddr), providerConsAddr]),
  );
  for (const validator of next) {
    gone.delete(addressKey(validator.providerConsAddr));
    stored.set(ctx, validator);
  }
  for (const address of gone.values()) stored.remove(ctx, address);
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

  /** The bonded validators now: taken once for all consumers of a block. */
  function bondedSets(ctx: Context): BondedSets {
    const bonded = staking
      .bondedValidatorsByPower(ctx)
      .slice(0, staking.maxValidators(ctx))
      .map((validator) => toBonded(ctx, validator));
    return { bonded, active: bonded.slice(0, maxProviderValidators(ctx)) };
  }

  /** Least power among the top N of the active validators; 0 on an Opt-In chain. Throws an untyped refusal without any. */
  const minPower = (active: readonly BondedValidator[], topN: number): bigint =>
    topN === 0
      ? 0n
      : minPowerInTopN(
          active.map(({ power }) => power),
          topN,
        );

  /**
   * The set that a consumer has next, by the rules of its parameters. Who is in `current` keeps the height of joining.
   * @param least power for automatic membership
   */
  function computeNext(
    ctx: Context,
    consumerId: string,
    sets: BondedSets,
    shaping: PowerShapingParameters,
    least: bigint,
    current: readonly ConsensusValidator[],
  ): ConsensusValidator[] {
    const optedIn = addressSetOf(ctx, state.optedIn, consumerId);
    const selected = selectValidators(sets.bonded, {
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
    const joined = new Map(
      current.map(({ providerConsAddr, joinHeight }) => [addressKey(providerConsAddr), joinHeight]),
    );
    const next = selected.map(({ validator, key, power, publicKey }) => ({
      providerConsAddr: validator.consAddress,
      power,
      publicKey: keys.get(key) ?? publicKey,
      joinHeight: joined.get(key) ?? ctx.height,
    }));
    return shaping.validatorsPowerCap > 0 ? capPowers(next, shaping.validatorsPowerCap) : next;
  }

  /**
   * Computes and stores the next set of a consumer; on a Top N chain also stores the minimum power and opts the top in.
   * @returns the updates from the set that was stored before
   */
  function advance(ctx: Context, consumerId: string, sets: BondedSets): ValidatorUpdate[] {
    const shaping = requirePowerShaping(ctx, consumerId);
    let least = 0n;
    if (shaping.topN > 0) {
      least = minPower(sets.active, shaping.topN);
      state.minimumPower.set(ctx, consumerId, least);
      // Rows that are there already are written too: the version in a leaf is that of the last writing.
      for (const { power, validator } of sets.active)
        if (power >= least) state.optedIn.set(ctx, [consumerId, validator.consAddress], true);
    }
    const current = storedConsumerSet(ctx, consumerId);
    const next = computeNext(ctx, consumerId, sets, shaping, least, current);
    replaceSet(ctx, consumerSet(consumerId), current, next);
    return diffValidators(current, next);
  }

  function providerMembers(ctx: Context): ConsensusValidator[] {
    const { active } = bondedSets(ctx);
    return active.map(({ validator, power, publicKey }) => ({
      providerConsAddr: validator.consAddress,
      power,
      publicKey,
      joinHeight: 0n,
    }));
  }

  /** Stores the provider's own set as it is now; returns the updates from the one before. */
  function advanceProvider(ctx: Context): ValidatorUpdate[] {
    const current = providerSet.read(ctx);
    const next = providerMembers(ctx);
    replaceSet(ctx, providerSet, current, next);
    return diffValidators(current, next);
  }

  /** Whether the consumer's validators include the address now, or would if the epoch ended now. */
  function hasToValidate(ctx: Context, consumerId: string, address: Uint8Array): boolean {
    if (isConsumerValidator(ctx, consumerId, address)) return true;
    return nextSet(ctx, consumerId).some(({ providerConsAddr }) => equalBytes(providerConsAddr, address));
  }

  /** The set that the consumer would get if the epoch ended now; nothing is stored. */
  function nextSet(ctx: Context, consumerId: string): ConsensusValidator[] {
    const shaping = requirePowerShaping(ctx, consumerId);
    const sets = bondedSets(ctx);
    const least = minPower(sets.active, shaping.topN);
    return computeNext(ctx, consumerId, sets, shaping, least, storedConsumerSet(ctx, consumerId));
  }

  return { bondedSets, minPower, advance, advanceProvider, nextSet, hasToValidate };
}

/** See {@link createValidatorSets}. */
export type ValidatorSets = ReturnType<typeof createValidatorSets>;

/** Removes the stored set of a consumer. */
export const removeConsumerSet = (ctx: Context, consumerId: string): void =>
  state.consumerValidators.clear(ctx, { prefix: state.consumerPrefix(consumerId) });

/** The provider's stored own set, by address. */
export const storedProviderSet = (ctx: Context): ConsensusValidator[] => providerSet.read(ctx);
