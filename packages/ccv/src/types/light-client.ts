/** Checks of Tendermint client and consensus states that genesis files and parameters carry (ibc-go `07-tendermint`). */

import { durationToNs } from "@tandem-ics/proto";
import { utf8 } from "@tandem-ics/crypto";
import { isBlank, parseRevision } from "@tandem-ics/ibc/24-host";

import { plainError } from "@tandem-ics/runtime";
import type { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

/** Longest chain id of CometBFT, in bytes. */
export const MAX_CHAIN_ID_BYTES = 50;
const HASH_BYTES = 32;

/** Throws an untyped refusal unless the state could be that of a client. */
export function assertClientState(state: ClientState): void {
  const { chainId, latestHeight, trustLevel } = state;
  if (isBlank(chainId)) throw plainError("chain id cannot be empty string");
  if (utf8(chainId).length > MAX_CHAIN_ID_BYTES) throw plainError("chainID is too long");
  const { numerator, denominator } = trustLevel;
  if (denominator === 0n || numerator * 3n < denominator || numerator > denominator)
    throw plainError("trustLevel must be within [1/3, 1]");
  const trusting = durationToNs(state.trustingPeriod);
  const unbonding = durationToNs(state.unbondingPeriod);
  if (trusting <= 0n) throw plainError("trusting period must be greater than zero");
  if (unbonding <= 0n) throw plainError("unbonding period must be greater than zero");
  if (durationToNs(state.maxClockDrift) <= 0n) throw plainError("max clock drift must be greater than zero");
  if (parseRevision(chainId) !== latestHeight.revisionNumber)
    throw plainError("latest height revision number must match chain id revision number");
  if (latestHeight.revisionHeight === 0n) throw plainError("latest height revision height cannot be zero");
  if (trusting >= unbonding) throw plainError("trusting period should be < unbonding period");
  if (state.proofSpecs.length === 0) throw plainError("proof specs cannot be nil for tm client");
  if (state.upgradePath.some(isBlank)) throw plainError("key in upgrade path cannot be empty");
}

/** Throws an untyped refusal unless the state could be a verified one. */
export function assertConsensusState(state: ConsensusState): void {
  if (state.root.hash.length === 0) throw plainError("root cannot be empty");
  const { length } = state.nextValidatorsHash;
  if (length !== 0 && length !== HASH_BYTES) throw plainError("next validators hash is invalid");
  if (state.timestamp.seconds <= 0n) throw plainError("timestamp must be a positive Unix time");
}
