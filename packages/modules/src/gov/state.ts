/** The state of governance: store `gov`. Key bytes are the SDK's (x/gov `types/keys.go`) and state-breaking. */
import { prefixEnd } from "@tandem-ics/crypto";
import {
  bytesValue,
  type Item,
  item,
  type KeyedMap,
  lengthBytesKey,
  map,
  pairKey,
  plainError,
  proto,
  type Range,
  textValue,
  u64Key,
  u64Value,
} from "@tandem-ics/runtime";
import { Deposit, Params, Proposal, Vote } from "cosmjs-types/cosmos/gov/v1/gov";
import { remembered } from "../stored-values.ts";
import { timeKey } from "../time-key.ts";

/** Store of the module. */
export const GOV_STORE = "gov";

/** Proposals by the time at which their period ends, then by id. */
export type ProposalQueue = KeyedMap<readonly [timeNs: bigint, id: bigint], bigint>;

/** Records of one proposal by account. */
export type ByProposal<V> = KeyedMap<readonly [id: bigint, account: Uint8Array], V>;

/** All collections of the module. */
export interface GovState {
  readonly proposals: KeyedMap<bigint, Proposal>;
  /** Those that are voted on. */
  readonly activeQueue: ProposalQueue;
  /** Those that wait for deposits. */
  readonly inactiveQueue: ProposalQueue;
  /** The id that the next proposal gets. */
  readonly nextId: Item<bigint>;
  /** A one for each proposal that is voted on. */
  readonly inVotingPeriod: KeyedMap<bigint, Uint8Array>;
  readonly deposits: ByProposal<Deposit>;
  readonly votes: ByProposal<Vote>;
  readonly params: Item<Params>;
  readonly constitution: Item<string>;
}

/** A genesis file may lack this module's section: then what needs the value is refused, and the chain goes on. */
const orRefused = <V>(type: string, stored: Item<V>): Item<V> => ({
  ...stored,
  require(ctx) {
    const value = stored.get(ctx);
    if (value === undefined) throw plainError(`collections: not found: key 'no_key' of type ${type}`);
    return value;
  },
});

/** The layout. */
export function createGovState(): GovState {
  const prefix = (byte: number): Uint8Array => Uint8Array.of(byte);
  const timeIdKey = pairKey(timeKey, u64Key);
  const byProposal = pairKey(u64Key, lengthBytesKey);
  return {
    proposals: map(GOV_STORE, prefix(0), u64Key, proto(Proposal)),
    activeQueue: map(GOV_STORE, prefix(1), timeIdKey, u64Value),
    inactiveQueue: map(GOV_STORE, prefix(2), timeIdKey, u64Value),
    nextId: item(GOV_STORE, prefix(3), u64Value),
    inVotingPeriod: map(GOV_STORE, prefix(4), u64Key, bytesValue),
    deposits: map(GOV_STORE, prefix(16), byProposal, proto(Deposit)),
    votes: map(GOV_STORE, prefix(32), byProposal, proto(Vote)),
    params: orRefused(
      "github.com/cosmos/gogoproto/cosmos.gov.v1.Params",
      item(GOV_STORE, prefix(48), remembered(proto(Params))),
    ),
    constitution: orRefused("string", item(GOV_STORE, prefix(49), textValue)),
  };
}

/** The part of a queue that has come to its end at `timeNs`. */
export function dueAt(timeNs: bigint): Range {
  const end = prefixEnd(timeKey.encode(timeNs));
  return end === undefined ? {} : { end };
}

/** The records of one proposal. */
export const ofProposal = (id: bigint): Range => ({ prefix: u64Key.encode(id) });
