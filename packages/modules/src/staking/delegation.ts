/** Delegations and stake on its way out or over (SDK x/staking `types/delegation.go`). */
import { nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import { type AddressCodecs, Dec, type ValueCodec } from "@tandem-ics/runtime";
import {
  Delegation as ProtoDelegation,
  Redelegation as ProtoRedelegation,
  type RedelegationEntry as ProtoRedelegationEntry,
  UnbondingDelegation as ProtoUnbondingDelegation,
  type UnbondingDelegationEntry as ProtoUnbondingEntry,
} from "cosmjs-types/cosmos/staking/v1beta1/staking";

/** Shares of one validator that belong to one delegator. */
export interface Delegation {
  readonly delegator: Uint8Array;
  /** Operator's address. */
  readonly validator: Uint8Array;
  readonly shares: Dec;
}

/** What entries of both kinds have in common. */
interface Entry {
  /** Height at which the stake left the set: stake that left earlier did not take part in an infraction. */
  readonly creationHeight: bigint;
  /** Block time from which the entry is done, nanoseconds. */
  readonly completionTimeNs: bigint;
  /** Tokens at the beginning: what slashing counts from. */
  readonly initialBalance: bigint;
  readonly unbondingId: bigint;
  /** While positive, the entry does not complete. */
  readonly unbondingOnHoldRefCount: bigint;
}

/** One amount that is unbonding. */
export interface UnbondingEntry extends Entry {
  /** Tokens left after slashes: what will be paid out. */
  readonly balance: bigint;
}

/** Amounts that one delegator took back from one validator. Never without entries in the store. */
export interface UnbondingDelegation {
  readonly delegator: Uint8Array;
  readonly validator: Uint8Array;
  readonly entries: readonly UnbondingEntry[];
}

/** One amount that moved to another validator and still answers for its source. */
export interface RedelegationEntry extends Entry {
  /** Shares that it became at the destination. */
  readonly sharesDst: Dec;
}

/** Amounts that one delegator moved from one validator to another. */
export interface Redelegation {
  readonly delegator: Uint8Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly entries: readonly RedelegationEntry[];
}

/** Whether the entry is due at `nowNs`, inclusive. */
export const isMature = (entry: Entry, nowNs: bigint): boolean => entry.completionTimeNs <= nowNs;

/** Whether something keeps the entry from completing. */
export const isOnHold = (entry: Entry): boolean => entry.unbondingOnHoldRefCount > 0n;

/** Whether the entry was staked at the infraction's height and can still be slashed. */
export const isSlashable = (entry: Entry, infractionHeight: bigint, nowNs: bigint): boolean =>
  entry.creationHeight >= infractionHeight && (!isMature(entry, nowNs) || isOnHold(entry));

/** Wire form. */
export const delegationToProto = (delegation: Delegation, addresses: AddressCodecs): ProtoDelegation => ({
  delegatorAddress: addresses.account.encode(delegation.delegator),
  validatorAddress: addresses.validator.encode(delegation.validator),
  shares: delegation.shares.toWire(),
});

/** From the wire form. */
export const delegationFromProto = (message: ProtoDelegation, addresses: AddressCodecs): Delegation => ({
  delegator: addresses.account.decode(message.delegatorAddress),
  validator: addresses.validator.decode(message.validatorAddress),
  shares: Dec.fromWire(message.shares),
});

const unbondingEntryToProto = (entry: UnbondingEntry): ProtoUnbondingEntry => ({
  creationHeight: entry.creationHeight,
  completionTime: nsToTimestamp(entry.completionTimeNs),
  initialBalance: entry.initialBalance.toString(),
  balance: entry.balance.toString(),
  unbondingId: entry.unbondingId,
  unbondingOnHoldRefCount: entry.unbondingOnHoldRefCount,
});

/** Wire form. */
export const unbondingToProto = (
  unbonding: UnbondingDelegation,
  addresses: AddressCodecs,
): ProtoUnbondingDelegation => ({
  delegatorAddress: addresses.account.encode(unbonding.delegator),
  validatorAddress: addresses.validator.encode(unbonding.validator),
  entries: unbonding.entries.map(unbondingEntryToProto),
});

/** From the wire form. */
export const unbondingFromProto = (
  message: ProtoUnbondingDelegation,
  addresses: AddressCodecs,
): UnbondingDelegation => ({
  delegator: addresses.account.decode(message.delegatorAddress),
  validator: addresses.validator.decode(message.validatorAddress),
  entries: message.entries.map((entry) => ({
    creationHeight: entry.creationHeight,
    completionTimeNs: timestampToNs(entry.completionTime),
    initialBalance: BigInt(entry.initialBalance),
    balance: BigInt(entry.balance),
    unbondingId: entry.unbondingId,
    unbondingOnHoldRefCount: entry.unbondingOnHoldRefCount,
  })),
});

/** Wire form of an entry. */
export const redelegationEntryToProto = (entry: RedelegationEntry): ProtoRedelegationEntry => ({
  creationHeight: entry.creationHeight,
  completionTime: nsToTimestamp(entry.completionTimeNs),
  initialBalance: entry.initialBalance.toString(),
  sharesDst: entry.sharesDst.toWire(),
  unbondingId: entry.unbondingId,
  unbondingOnHoldRefCount: entry.unbondingOnHoldRefCount,
});

/** Wire form. */
export const redelegationToProto = (
  redelegation: Redelegation,
  addresses: AddressCodecs,
): ProtoRedelegation => ({
  delegatorAddress: addresses.account.encode(redelegation.delegator),
  validatorSrcAddress: addresses.validator.encode(redelegation.source),
  validatorDstAddress: addresses.validator.encode(redelegation.destination),
  entries: redelegation.entries.map(redelegationEntryToProto),
});

/** From the wire form. */
export const redelegationFromProto = (
  message: ProtoRedelegation,
  addresses: AddressCodecs,
): Redelegation => ({
  delegator: addresses.account.decode(message.delegatorAddress),
  source: addresses.validator.decode(message.validatorSrcAddress),
  destination: addresses.validator.decode(message.validatorDstAddress),
  entries: message.entries.map((entry) => ({
    creationHeight: entry.creationHeight,
    completionTimeNs: timestampToNs(entry.completionTime),
    initialBalance: BigInt(entry.initialBalance),
    sharesDst: Dec.fromWire(entry.sharesDst),
    unbondingId: entry.unbondingId,
    unbondingOnHoldRefCount: entry.unbondingOnHoldRefCount,
  })),
});

/** Stored form. */
export const delegationValue = (addresses: AddressCodecs): ValueCodec<Delegation> => ({
  encode: (delegation) => ProtoDelegation.encode(delegationToProto(delegation, addresses)).finish(),
  decode: (bytes) => delegationFromProto(ProtoDelegation.decode(bytes), addresses),
});

/** Stored form. */
export const unbondingValue = (addresses: AddressCodecs): ValueCodec<UnbondingDelegation> => ({
  encode: (unbonding) => ProtoUnbondingDelegation.encode(unbondingToProto(unbonding, addresses)).finish(),
  decode: (bytes) => unbondingFromProto(ProtoUnbondingDelegation.decode(bytes), addresses),
});

/** Stored form. */
export const redelegationValue = (addresses: AddressCodecs): ValueCodec<Redelegation> => ({
  encode: (redelegation) => ProtoRedelegation.encode(redelegationToProto(redelegation, addresses)).finish(),
  decode: (bytes) => redelegationFromProto(ProtoRedelegation.decode(bytes), addresses),
});
