/** The consumer's genesis as the provider makes it (interchain-security `x/ccv/types/genesis.go`). */

import { validateClientState, validateConsensusState } from "@tandem-ics/ibc";
import { isBlank } from "@tandem-ics/ibc/24-host";
import type { ConsumerGenesisState } from "@tandem-ics/proto";
import { assertConsumerParams } from "./consumer-params.ts";
import { ccvErrors, refuseAs } from "./errors.ts";
import { assertOptionalConnectionId } from "./validation.ts";

/** Throws `CCV/4`, or the parameters' refusal, unless a provider could have made the state. */
export function assertConsumerGenesis(state: ConsumerGenesisState): void {
  if (!state.params.enabled) return;
  const invalid = ccvErrors.invalidGenesis;
  const { clientState, consensusState, initialValSet } = state.provider;
  if (initialValSet.length === 0) throw invalid("initial validator set is empty");
  assertConsumerParams(state.params);
  if (!state.newChain) throw invalid("NewChain must be set to true");
  if (state.preCCV) {
    if (clientState !== undefined || consensusState !== undefined)
      throw invalid("provider client state and consensus state must be nil for a reused connection");
    refuseAs(invalid, "ConnectionId", () => assertOptionalConnectionId(state.connectionId));
    if (isBlank(state.connectionId)) throw invalid("ConnectionId cannot be empty when preCCV is true");
    return;
  }
  if (clientState === undefined) throw invalid("provider client state cannot be nil for new chain");
  refuseAs(invalid, "provider client state", () => validateClientState(clientState));
  if (consensusState === undefined) throw invalid("provider consensus state cannot be nil for new chain");
  refuseAs(invalid, "provider consensus state", () => validateConsensusState(consensusState));
  if (!isBlank(state.connectionId)) throw invalid("ConnectionId must be empty when preCCV is false");
}
