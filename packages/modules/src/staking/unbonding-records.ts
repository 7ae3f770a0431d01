/** Unbonding delegations and redelegations in the store, and their queues (SDK x/staking `keeper/delegation.go`). */
import { concatBytes } from "@tandem-ics/crypto";
import { type Context, lengthBytesKey } from "@tandem-ics/runtime";
import type { Redelegation, RedelegationEntry, UnbondingDelegation, UnbondingEntry } from "./delegation.ts";
import type { StakingParts } from "./dependencies.ts";
import { RECORD_PREFIX, UNBONDING_KIND } from "./state.ts";

/** Reads and writes stake on its way. */
export interface UnbondingRecords {
  unbonding(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): UnbondingDelegation | undefined;
  unbondingsFromValidator(ctx: Context, valAddr: Uint8Array): UnbondingDelegation[];
  /** Writes it, or removes it when it has no entries. */
  setUnbonding(ctx: Context, unbonding: UnbondingDelegation): void;
  hasMaxUnbondings(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): boolean;
  /** Adds to the entry of the same height and time, or makes a new one under a new unbonding id. */
  addUnbondingEntry(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array, entry: NewUnbonding): void;
  redelegation(
    ctx: Context,
    delAddr: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
  ): Redelegation | undefined;
  redelegationsFromSource(ctx: Context, source: Uint8Array): Redelegation[];
  /** Writes it, or removes it when it has no entries. */
  setRedelegation(ctx: Context, redelegation: Redelegation): void;
  /** Whether the delegator has stake on its way to this validator. */
  hasReceivingRedelegation(ctx: Context, delAddr: Uint8Array, destination: Uint8Array): boolean;
  hasMaxRedelegations(
    ctx: Context,
    delAddr: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
  ): boolean;
  addRedelegationEntry(ctx: Context, of: Key<Redelegation>, entry: NewRedelegation): void;
  nextUnbondingId(ctx: Context): bigint;
  indexValidator(ctx: Context, valAddr: Uint8Array, id: bigint): void;
  removeIndex(ctx: Context, id: bigint): void;
  queueUnbonding(ctx: Context, unbonding: Key<UnbondingDelegation>, timeNs: bigint): void;
  queueRedelegation(ctx: Context, redelegation: Key<Redelegation>, timeNs: bigint): void;
  /** Writes a record of genesis with its queue entries; like the SDK's, without the index by number. */
  restoreUnbonding(ctx: Context, unbonding: UnbondingDelegation): void;
  /** Likewise. */
  restoreRedelegation(ctx: Context, redelegation: Redelegation): void;
  /** Takes all that is due now out of the queue, with repetitions, as bech32 text. */
  dequeueUnbondings(ctx: Context): { delegator: string; validator: string }[];
  /** Takes all that is due now out of the queue, with repetitions, as bech32 text. */
  dequeueRedelegations(ctx: Context): { delegator: string; source: string; destination: string }[];
}

/** What the record adds to an entry: id and holds. */
type Assigned = "unbondingId" | "unbondingOnHoldRefCount";
/** Whose a record is. */
type Key<T> = Omit<T, "entries">;
type NewUnbonding = Omit<UnbondingEntry, Assigned | "balance">;
type NewRedelegation = Omit<RedelegationEntry, Assigned>;

const keyBytes = (...parts: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...parts.map((part) => lengthBytesKey.encode(part)));

/** Makes the records' part of the keeper. */
export function createUnbondingRecords(parts: StakingParts): UnbondingRecords {
  const { state, hooks } = parts;
  const { unbondings, unbondingsByValidator, redelegations } = state;
  const queues = createQueues(parts);

  function nextUnbondingId(ctx: Context): bigint {
    const id = (state.unbondingId.get(ctx) ?? 0n) + 1n;
    state.unbondingId.set(ctx, id);
    return id;
  }
  function index(ctx: Context, id: bigint, kind: bigint, record: number, key: Uint8Array): void {
    state.unbondingIndex.set(ctx, id, concatBytes(Uint8Array.of(record), key));
    state.unbondingKinds.set(ctx, id, kind);
  }
  function setUnbonding(ctx: Context, unbonding: UnbondingDelegation): void {
    const { delegator, validator } = unbonding;
    if (unbonding.entries.length === 0) {
      unbondings.remove(ctx, [delegator, validator]);
      unbondingsByValidator.remove(ctx, [validator, delegator]);
      return;
    }
    unbondings.set(ctx, [delegator, validator], unbonding);
    unbondingsByValidator.set(ctx, [validator, delegator], true);
  }
  function setRedelegation(ctx: Context, redelegation: Redelegation): void {
    const { delegator, source, destination } = redelegation;
    const { redelegationsBySource: bySource, redelegationsByDestination: byDestination } = state;
    if (redelegation.entries.length === 0) {
      redelegations.remove(ctx, [delegator, source, destination]);
      bySource.remove(ctx, [source, delegator, destination]);
      byDestination.remove(ctx, [destination, delegator, source]);
      return;
    }
    redelegations.set(ctx, [delegator, source, destination], redelegation);
    bySource.set(ctx, [source, delegator, destination], true);
    byDestination.set(ctx, [destination, delegator, source], true);
  }
  const indexUnbonding = (ctx: Context, { delegator, validator }: Key<UnbondingDelegation>, id: bigint) =>
    index(ctx, id, UNBONDING_KIND.undelegation, RECORD_PREFIX.unbonding, keyBytes(delegator, validator));
  const indexRedelegation = (ctx: Context, key: Key<Redelegation>, id: bigint): void => {
    const bytes = keyBytes(key.delegator, key.source, key.destination);
    index(ctx, id, UNBONDING_KIND.redelegation, RECORD_PREFIX.redelegation, bytes);
  };
  const maxEntries = (ctx: Context): number => state.params.require(ctx).maxEntries;

  function addUnbondingEntry(
    ctx: Context,
    delegator: Uint8Array,
    validator: Uint8Array,
    added: NewUnbonding,
  ): void {
    const id = nextUnbondingId(ctx); // taken even if an entry grows instead
    const entries = unbondings.get(ctx, [delegator, validator])?.entries ?? [];
    const same = entries.findIndex(
      (e) => e.creationHeight === added.creationHeight && e.completionTimeNs === added.completionTimeNs,
    );
    const entry: UnbondingEntry = {
      ...added,
      balance: added.initialBalance,
      unbondingId: id,
      unbondingOnHoldRefCount: 0n,
    };
    if (same >= 0) {
      const old = entries[same]!;
      const grown = {
        ...old,
        initialBalance: old.initialBalance + added.initialBalance,
        balance: old.balance + added.initialBalance,
      };
      setUnbonding(ctx, { delegator, validator, entries: entries.with(same, grown) });
      return;
    }
    setUnbonding(ctx, { delegator, validator, entries: [...entries, entry] });
    indexUnbonding(ctx, { delegator, validator }, id);
    hooks.afterUnbondingInitiated(ctx, id);
  }

  function addRedelegationEntry(
    ctx: Context,
    { delegator, source, destination }: Key<Redelegation>,
    added: NewRedelegation,
  ): void {
    const id = nextUnbondingId(ctx);
    const entries = redelegations.get(ctx, [delegator, source, destination])?.entries ?? [];
    const entry = { ...added, unbondingId: id, unbondingOnHoldRefCount: 0n };
    setRedelegation(ctx, { delegator, source, destination, entries: [...entries, entry] });
    indexRedelegation(ctx, { delegator, source, destination }, id);
    hooks.afterUnbondingInitiated(ctx, id);
  }

  return {
    unbonding: (ctx, delAddr, valAddr) => unbondings.get(ctx, [delAddr, valAddr]),
    unbondingsFromValidator: (ctx, valAddr) =>
      unbondingsByValidator
        .keys(ctx, { prefix: lengthBytesKey.encode(valAddr) })
        .map(([validator, delegator]) => unbondings.get(ctx, [delegator, validator])!),
    setUnbonding,
    hasMaxUnbondings: (ctx, delAddr, valAddr) =>
      (unbondings.get(ctx, [delAddr, valAddr])?.entries.length ?? 0) >= maxEntries(ctx),
    addUnbondingEntry,
    redelegation: (ctx, delAddr, source, destination) =>
      redelegations.get(ctx, [delAddr, source, destination]),
    redelegationsFromSource: (ctx, source) =>
      state.redelegationsBySource
        .keys(ctx, { prefix: lengthBytesKey.encode(source) })
        .map(([src, delegator, destination]) => redelegations.get(ctx, [delegator, src, destination])!),
    setRedelegation,
    hasReceivingRedelegation(ctx, delAddr, destination) {
      const range = { prefix: keyBytes(destination, delAddr) };
      for (const _ of state.redelegationsByDestination.entries(ctx, range)) return true;
      return false;
    },
    hasMaxRedelegations(ctx, delAddr, source, destination) {
      const record = redelegations.get(ctx, [delAddr, source, destination]);
      // Parameters are read for a record that exists only, unlike above: that is gas.
      return record !== undefined && record.entries.length >= maxEntries(ctx);
    },
    addRedelegationEntry,
    nextUnbondingId,
    indexValidator: (ctx, valAddr, id) =>
      index(ctx, id, UNBONDING_KIND.validator, RECORD_PREFIX.validator, keyBytes(valAddr)),
    removeIndex: (ctx, id) => state.unbondingIndex.remove(ctx, id),
    restoreUnbonding(ctx, unbonding) {
      setUnbonding(ctx, unbonding);
      for (const entry of unbonding.entries) queues.queueUnbonding(ctx, unbonding, entry.completionTimeNs);
    },
    restoreRedelegation(ctx, redelegation) {
      setRedelegation(ctx, redelegation);
      for (const entry of redelegation.entries)
        queues.queueRedelegation(ctx, redelegation, entry.completionTimeNs);
    },
    ...queues,
  };
}

type Queues = Pick<
  UnbondingRecords,
  "queueUnbonding" | "queueRedelegation" | "dequeueUnbondings" | "dequeueRedelegations"
>;

/** Records by the time at which some entry of theirs is due; kept as bech32 text like in the SDK. */
function createQueues({ state, addresses }: StakingParts): Queues {
  const { unbondingQueue, redelegationQueue } = state;
  const { account, validator: operator } = addresses;
  return {
    queueUnbonding(ctx, { delegator, validator }, timeNs) {
      const pairs = unbondingQueue.get(ctx, timeNs)?.pairs ?? [];
      const pair = {
        delegatorAddress: account.encode(delegator),
        validatorAddress: operator.encode(validator),
      };
      unbondingQueue.set(ctx, timeNs, { pairs: [...pairs, pair] });
    },
    queueRedelegation(ctx, { delegator, source, destination }, timeNs) {
      const triplets = redelegationQueue.get(ctx, timeNs)?.triplets ?? [];
      const triplet = {
        delegatorAddress: account.encode(delegator),
        validatorSrcAddress: operator.encode(source),
        validatorDstAddress: operator.encode(destination),
      };
      redelegationQueue.set(ctx, timeNs, { triplets: [...triplets, triplet] });
    },
    dequeueUnbondings(ctx) {
      const due = [];
      for (const [timeNs, { pairs }] of unbondingQueue.entries(
        ctx,
        untilNow(ctx, unbondingQueue.key.encode),
      )) {
        for (const { delegatorAddress, validatorAddress } of pairs)
          due.push({ delegator: delegatorAddress, validator: validatorAddress });
        unbondingQueue.remove(ctx, timeNs);
      }
      return due;
    },
    dequeueRedelegations(ctx) {
      const due = [];
      const range = untilNow(ctx, redelegationQueue.key.encode);
      for (const [timeNs, { triplets }] of redelegationQueue.entries(ctx, range)) {
        for (const { delegatorAddress, validatorSrcAddress, validatorDstAddress } of triplets)
          due.push({
            delegator: delegatorAddress,
            source: validatorSrcAddress,
            destination: validatorDstAddress,
          });
        redelegationQueue.remove(ctx, timeNs);
      }
      return due;
    },
  };
}

/** All times up to and including the block's. */
const untilNow = (ctx: Context, encode: (timeNs: bigint) => Uint8Array): { end: Uint8Array } => ({
  end: encode(ctx.timeNs + 1n),
});
