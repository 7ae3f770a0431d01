/** From one state to the next: what a block's execution changes (CometBFT `state/execution.go`). */
import type { ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { BlockID } from "cosmjs-types/tendermint/types/types";
import {
  updateConsensusParams,
  validateConsensusParams,
  validateConsensusParamsUpdate,
} from "../consensus-params.ts";
import { CometError } from "../errors.ts";
import { incrementProposerPriority, updateValidatorSet } from "../proposer-rotation.ts";
import { resultsHash } from "../results.ts";
import { timestampToNs } from "../time.ts";
import { validatorUpdatesToValidators } from "../validator.ts";
import type { ChainState } from "./chain-state.ts";

/**
 * State after `block`, whose id is `blockId`, given the application's answer. Validator updates hold from the height after
 * the next, parameters from the next. The block must have been validated before.
 * @throws CometError for an answer that no chain can go on with: `wrongResultCount`, `invalidConsensusParams`, as
 *   `validatorUpdatesToValidators` and `updateValidatorSet`. The chain must stop then.
 */
export function applyBlock(
  state: ChainState,
  block: Block,
  blockId: BlockID,
  response: ResponseFinalizeBlock,
): ChainState {
  const { header, data } = block;
  if (response.txResults.length !== data.txs.length)
    throw new CometError(
      "wrongResultCount",
      `${response.txResults.length} results for ${data.txs.length} transactions`,
      { results: response.txResults.length, txs: data.txs.length },
    );
  const changes = validatorUpdatesToValidators(
    response.validatorUpdates,
    state.consensusParams.validator.pubKeyTypes,
  );
  const nextValidators = incrementProposerPriority(updateValidatorSet(state.nextValidators, changes), 1);
  const update = response.consensusParamUpdates;
  const consensusParams = updateConsensusParams(state.consensusParams, update);
  if (update !== undefined) {
    validateConsensusParams(consensusParams);
    validateConsensusParamsUpdate(state.consensusParams, update, header.height);
  }
  return {
    chainId: state.chainId,
    initialHeight: state.initialHeight,
    lastBlockHeight: header.height,
    lastBlockId: blockId,
    lastBlockTimeNs: timestampToNs(header.time),
    validators: state.nextValidators,
    nextValidators,
    lastValidators: state.validators,
    lastHeightValidatorsChanged: changes.length > 0 ? header.height + 2n : state.lastHeightValidatorsChanged,
    consensusParams,
    lastHeightConsensusParamsChanged:
      update !== undefined ? header.height + 1n : state.lastHeightConsensusParamsChanged,
    appVersion: update !== undefined ? consensusParams.version.app : state.appVersion,
    lastResultsHash: resultsHash(response.txResults),
    appHash: response.appHash,
  };
}
