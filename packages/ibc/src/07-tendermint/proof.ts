/** Proofs against the roots that a client trusts (ibc-go `07-tendermint/client_state.go`). */
import type { Context } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import type { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import type { StateProof } from "../02-client/light-client.ts";
import { selfHeight } from "../02-client/self-height.ts";
import { decodeMerkleProof, type MerkleClaim } from "../23-commitment/merkle.ts";
import { compareHeights, formatHeight, makeHeight } from "../24-host/index.ts";
import { ibcErrors } from "../errors.ts";
import { tendermintErrors } from "./errors.ts";
import { getConsensusState, getProcessedHeight, getProcessedTime } from "./store.ts";

/**
 * What a claim amounts to once height and delays are checked. Throws `ibc/9` for a height that the client has not
 * reached, `07-tendermint/8`…`10` for delays, `commitment/2` for malformed bytes, `client/7` for a height without state.
 */
export function merkleClaim(
  ctx: Context,
  store: KvStore,
  client: ClientState,
  claim: StateProof,
): MerkleClaim {
  const { height, path } = claim;
  if (compareHeights(client.latestHeight, height) < 0)
    throw ibcErrors.invalidHeight(
      `client state height < proof height (${formatHeight(client.latestHeight)} < ${formatHeight(height)})`,
    );
  assertDelayPassed(ctx, store, claim);
  const proofs = decodeMerkleProof(claim.proof);
  return { specs: client.proofSpecs, root: consensusStateAt(store, claim).root.hash, proofs, path };
}

function consensusStateAt(store: KvStore, { height }: StateProof): ConsensusState {
  const state = getConsensusState(store, height);
  if (state === undefined)
    throw clientErrors.consensusStateNotFound(`the client has no consensus state at ${formatHeight(height)}`);
  return state;
}

/** Time for watchers to freeze the client before its word counts (ICS-03 delay period). */
function assertDelayPassed(ctx: Context, store: KvStore, claim: StateProof): void {
  const { height, delayTimeNs, delayBlocks } = claim;
  if (delayTimeNs !== 0n) {
    const processed = getProcessedTime(store, height);
    if (processed === undefined) throw tendermintErrors.processedTimeNotFound(formatHeight(height));
    if (ctx.timeNs < processed + delayTimeNs)
      throw tendermintErrors.delayPeriodNotPassed(`not before ${processed + delayTimeNs}, now ${ctx.timeNs}`);
  }
  if (delayBlocks !== 0n) {
    const processed = getProcessedHeight(store, height);
    if (processed === undefined) throw tendermintErrors.processedHeightNotFound(formatHeight(height));
    const valid = makeHeight(processed.revisionNumber, processed.revisionHeight + delayBlocks);
    if (compareHeights(selfHeight(ctx), valid) < 0)
      throw tendermintErrors.delayPeriodNotPassed(
        `not before ${formatHeight(valid)}, now ${formatHeight(selfHeight(ctx))}`,
      );
  }
}
