/** States of a CometBFT client and what makes them valid (ibc-go `07-tendermint/client_state.go`, `consensus_state.go`). */
import { assertTrustLevel, isCometError } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { plainError } from "@tandem-ics/runtime";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import { isBlank, isZeroHeight, parseRevision, ZERO_HEIGHT } from "../24-host/index.ts";
import { decodePlain } from "../decode.ts";
import { durationNs, timeNs } from "./duration.ts";
import { tendermintErrors } from "./errors.ts";

/** Longest chain id, in bytes (CometBFT `types.MaxChainIDLen`). */
const MAX_CHAIN_ID_BYTES = 50;
/** Length of a validators hash. */
const HASH_BYTES = 32;
/** Root of a consensus state that no proof can lead to: of a chain that has no block yet. */
export const SENTINEL_ROOT: Uint8Array = utf8("sentinel_root");

/** Decodes a bare client state. Throws `undefined/1` for malformed bytes or impossible durations. */
export function decodeClientState(bytes: Uint8Array): ClientState {
  const state = decodePlain(ClientState, bytes, "client state");
  for (const duration of [state.trustingPeriod, state.unbondingPeriod, state.maxClockDrift])
    durationNs(duration);
  return state;
}

/** Decodes a bare consensus state. Throws `undefined/1` for malformed bytes or an impossible time. */
export function decodeConsensusState(bytes: Uint8Array): ConsensusState {
  const state = decodePlain(ConsensusState, bytes, "consensus state");
  timeNs(state.timestamp);
  return state;
}

/** Throws with the codes of codespace `07-tendermint`. */
export function validateClientState(state: ClientState): void {
  if (isBlank(state.chainId)) throw tendermintErrors.invalidChainId("chain id cannot be empty string");
  if (utf8(state.chainId).length > MAX_CHAIN_ID_BYTES)
    throw tendermintErrors.invalidChainId("chainID is too long");
  validateTrustLevel(state);
  const [trustingNs, unbondingNs] = [durationNs(state.trustingPeriod), durationNs(state.unbondingPeriod)];
  if (trustingNs <= 0n)
    throw tendermintErrors.invalidTrustingPeriod("trusting period must be greater than zero");
  if (unbondingNs <= 0n)
    throw tendermintErrors.invalidUnbondingPeriod("unbonding period must be greater than zero");
  if (durationNs(state.maxClockDrift) <= 0n)
    throw tendermintErrors.invalidMaxClockDrift("max clock drift must be greater than zero");
  const revision = parseRevision(state.chainId);
  if (revision === undefined) throw tendermintErrors.invalidChainId(`no revision number: ${state.chainId}`);
  if (state.latestHeight.revisionNumber !== revision)
    throw tendermintErrors.invalidHeaderHeight(
      `latest height revision number must match chain id revision number (${state.latestHeight.revisionNumber} != ${revision})`,
    );
  if (state.latestHeight.revisionHeight === 0n)
    throw tendermintErrors.invalidHeaderHeight("latest height cannot be zero");
  if (trustingNs >= unbondingNs)
    throw tendermintErrors.invalidTrustingPeriod(
      `trusting period (${trustingNs} ns) should be < unbonding period (${unbondingNs} ns)`,
    );
  if (state.proofSpecs.length === 0) throw tendermintErrors.invalidProofSpecs("proof specs cannot be nil");
  state.upgradePath.forEach((key, index) => {
    if (isBlank(key))
      throw clientErrors.invalidClient(`key in upgrade path at index ${index} cannot be empty`);
  });
}

function validateTrustLevel({ trustLevel }: ClientState): void {
  try {
    assertTrustLevel(trustLevel);
  } catch (error) {
    if (!isCometError(error)) throw error;
    throw tendermintErrors.invalidTrustLevel(error.message, { cause: error });
  }
}

/** Throws `client/8`, or `undefined/1` for a hash of wrong length. */
export function validateConsensusState(state: ConsensusState): void {
  if (state.root.hash.length === 0) throw clientErrors.invalidConsensus("root cannot be empty");
  const { length } = state.nextValidatorsHash;
  if (length !== 0 && length !== HASH_BYTES)
    throw plainError(
      `next validators hash is invalid: expected size to be ${HASH_BYTES} bytes, got ${length} bytes`,
    );
  if (state.timestamp.seconds <= 0n)
    throw clientErrors.invalidConsensus("timestamp must be a positive Unix time");
}

/** Whether trust in a header of `timestampNs` has run out; it has at the very end of the period. */
export const isExpired = (state: ClientState, timestampNs: bigint, nowNs: bigint): boolean =>
  timestampNs + durationNs(state.trustingPeriod) <= nowNs;

/** Whether the client was frozen by misbehaviour. */
export const isFrozen = (state: ClientState): boolean => !isZeroHeight(state.frozenHeight);

/** The part of a client state that a chain commits to for its clients: what they chose themselves is zero. */
export const zeroCustomFields = (state: ClientState): ClientState => ({
  ...ClientState.fromPartial({}),
  chainId: state.chainId,
  unbondingPeriod: state.unbondingPeriod,
  latestHeight: state.latestHeight,
  proofSpecs: state.proofSpecs,
  upgradePath: state.upgradePath,
});

/** Whether governance may replace one client by the other: equal but for heights, chain id and trusting period. */
export function isMatchingClientState(subject: ClientState, substitute: ClientState): boolean {
  const comparable = (state: ClientState): string =>
    [
      ...ClientState.encode({
        ...state,
        chainId: "",
        latestHeight: ZERO_HEIGHT,
        frozenHeight: ZERO_HEIGHT,
        trustingPeriod: { seconds: 0n, nanos: 0 },
        allowUpdateAfterExpiry: true,
        allowUpdateAfterMisbehaviour: true,
      }).finish(),
    ].join();
  return comparable(subject) === comparable(substitute);
}
