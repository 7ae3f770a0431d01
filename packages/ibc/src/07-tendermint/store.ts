/**
 * State of one CometBFT client, keys relative to `clients/{id}/` (ibc-go `07-tendermint/store.go`). Next to each
 * consensus state lie the own time and height at which it came, and an iteration key, since the texts of heights do not
 * sort by height. State-breaking.
 */
import { be64, fromBe64, fromUtf8, prefixEnd, utf8 } from "@tandem-ics/crypto";
import { assert, type Context } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import { Any } from "cosmjs-types/google/protobuf/any";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { selfHeight } from "../02-client/self-height.ts";
import {
  consensusIterationKey,
  formatHeight,
  type Height,
  makeHeight,
  parseHeight,
} from "../24-host/index.ts";

const CLIENT_STATE = utf8("clientState");
const ITERATION_PREFIX = utf8("iterateConsensusStates");

const consensusText = (height: Height): string => `consensusStates/${formatHeight(height)}`;
const consensusKey = (height: Height): Uint8Array => utf8(consensusText(height));
const processedTimeKey = (height: Height): Uint8Array => utf8(`${consensusText(height)}/processedTime`);
const processedHeightKey = (height: Height): Uint8Array => utf8(`${consensusText(height)}/processedHeight`);

/**
 * Decoded states by the very array that the store gave: every packet of a block asks for the same client. What is here
 * is shared and must not be changed.
 */
const decodedStates = new WeakMap<Uint8Array, { readonly state: unknown }>();

function getAny<T>(
  store: KvStore,
  key: Uint8Array,
  codec: { readonly typeUrl: string; decode(bytes: Uint8Array): T },
): T | undefined {
  const bytes = store.get(key);
  if (bytes === undefined || bytes.length === 0) return undefined;
  const known = decodedStates.get(bytes);
  if (known !== undefined) return known.state as T | undefined;
  const any = Any.decode(bytes);
  const state = any.typeUrl === codec.typeUrl ? Object.freeze(codec.decode(any.value)) : undefined;
  decodedStates.set(bytes, { state });
  return state;
}

/** `undefined` if there is no client here, or one of another kind. */
export const getClientState = (store: KvStore): ClientState | undefined =>
  getAny(store, CLIENT_STATE, ClientState);

/** Bytes of `Any(ClientState)`. */
export const clientStateAny = (state: ClientState): Uint8Array =>
  Any.encode({ typeUrl: ClientState.typeUrl, value: ClientState.encode(state).finish() }).finish();

/** Bytes of `Any(ConsensusState)`. */
export const consensusStateAny = (state: ConsensusState): Uint8Array =>
  Any.encode({ typeUrl: ConsensusState.typeUrl, value: ConsensusState.encode(state).finish() }).finish();

/** Stores the client state. */
export const setClientState = (store: KvStore, state: ClientState): void =>
  store.set(CLIENT_STATE, clientStateAny(state));

/** The consensus state at exactly `height`. */
export const getConsensusState = (store: KvStore, height: Height): ConsensusState | undefined =>
  getAny(store, consensusKey(height), ConsensusState);

/** When and where a consensus state was stored. */
export interface ConsensusMetadata {
  /** Own block time, ns since 1970. */
  readonly processedTimeNs: bigint;
  /** Own height. */
  readonly processedHeight: Height;
}

/** Own time at which the consensus state was stored, ns. */
export function getProcessedTime(store: KvStore, height: Height): bigint | undefined {
  const bytes = store.get(processedTimeKey(height));
  return bytes === undefined || bytes.length === 0 ? undefined : fromBe64(bytes);
}

/** Own height at which the consensus state was stored. */
export function getProcessedHeight(store: KvStore, height: Height): Height | undefined {
  const bytes = store.get(processedHeightKey(height));
  return bytes === undefined || bytes.length === 0 ? undefined : parseHeight(fromUtf8(bytes));
}

/** Stores a consensus state with its metadata: of now, unless given. */
export function setConsensusState(
  ctx: Context,
  store: KvStore,
  entry: { readonly height: Height; readonly state: ConsensusState; readonly metadata?: ConsensusMetadata },
): void {
  const { height, state } = entry;
  const metadata = entry.metadata ?? { processedTimeNs: ctx.timeNs, processedHeight: selfHeight(ctx) };
  store.set(consensusKey(height), consensusStateAny(state));
  store.set(processedTimeKey(height), be64(metadata.processedTimeNs));
  store.set(processedHeightKey(height), utf8(formatHeight(metadata.processedHeight)));
  store.set(consensusIterationKey(height), consensusKey(height));
}

/** Removes a consensus state and its metadata. */
export function deleteConsensusState(store: KvStore, height: Height): void {
  store.delete(consensusKey(height));
  store.delete(processedTimeKey(height));
  store.delete(processedHeightKey(height));
  store.delete(consensusIterationKey(height));
}

const heightOfIterationKey = (key: Uint8Array): Height =>
  makeHeight(fromBe64(key, ITERATION_PREFIX.length), fromBe64(key, ITERATION_PREFIX.length + 8));

/** The lowest height with a consensus state. */
export function lowestConsensusHeight(store: KvStore): Height | undefined {
  for (const [key] of store.iterate({ start: ITERATION_PREFIX, end: prefixEnd(ITERATION_PREFIX)! }))
    return heightOfIterationKey(key);
  return undefined;
}

/** All heights with a consensus state, ascending. */
export const consensusHeights = (store: KvStore): Height[] =>
  Array.from(store.iterate({ start: ITERATION_PREFIX, end: prefixEnd(ITERATION_PREFIX)! }), ([key]) =>
    heightOfIterationKey(key),
  );

/** The closest consensus state above `height`. */
export function nextConsensusState(store: KvStore, height: Height): ConsensusState | undefined {
  const start = consensusIterationKey(makeHeight(height.revisionNumber, height.revisionHeight + 1n));
  for (const [, value] of store.iterate({ start, end: prefixEnd(ITERATION_PREFIX)! }))
    return getAny(store, value, ConsensusState);
  return undefined;
}

/** The closest consensus state below `height`. */
export function previousConsensusState(store: KvStore, height: Height): ConsensusState | undefined {
  const end = consensusIterationKey(height);
  for (const [, value] of store.iterate({ start: ITERATION_PREFIX, end, reverse: true }))
    return getAny(store, value, ConsensusState);
  return undefined;
}

/**
 * Removes the lowest consensus state if `expired` says so: one for each update keeps the cost of an update bounded.
 */
export function pruneLowest(store: KvStore, expired: (state: ConsensusState) => boolean): void {
  const height = lowestConsensusHeight(store);
  if (height === undefined) return;
  const state = getConsensusState(store, height);
  assert(state !== undefined, `no consensus state at its iteration key ${formatHeight(height)}`);
  if (expired(state)) deleteConsensusState(store, height);
}
