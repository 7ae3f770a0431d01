/** Clients that governance brings back (ADR-026; ibc-go `07-tendermint/proposal_handle.go`). */
import type { Context } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import type { ClientState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import { ZERO_HEIGHT } from "../24-host/index.ts";
import { isMatchingClientState } from "./client-state.ts";
import {
  getConsensusState,
  getProcessedHeight,
  getProcessedTime,
  setClientState,
  setConsensusState,
} from "./store.ts";

/** A client with its store. */
export interface StoredClient {
  readonly store: KvStore;
  readonly state: ClientState;
}

/** Copies the latest consensus state of the substitute, with its metadata, chain id and trusting period; unfreezes. */
export function recoverClient(ctx: Context, subject: StoredClient, substitute: StoredClient): void {
  if (!isMatchingClientState(subject.state, substitute.state))
    throw clientErrors.invalidSubstitute("subject client state does not match substitute client state");
  const height = substitute.state.latestHeight;
  const state = getConsensusState(substitute.store, height);
  if (state === undefined)
    throw clientErrors.consensusStateNotFound(
      "unable to retrieve latest consensus state for substitute client",
    );
  const processedHeight = getProcessedHeight(substitute.store, height);
  if (processedHeight === undefined)
    throw clientErrors.updateClientFailed(
      "unable to retrieve processed height for substitute client latest height",
    );
  const processedTimeNs = getProcessedTime(substitute.store, height);
  if (processedTimeNs === undefined)
    throw clientErrors.updateClientFailed(
      "unable to retrieve processed time for substitute client latest height",
    );
  setConsensusState(ctx, subject.store, { height, state, metadata: { processedHeight, processedTimeNs } });
  setClientState(subject.store, {
    ...subject.state,
    frozenHeight: ZERO_HEIGHT,
    latestHeight: height,
    chainId: substitute.state.chainId,
    trustingPeriod: substitute.state.trustingPeriod,
  });
}
