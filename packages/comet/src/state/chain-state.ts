/** What is known of a chain after a block: everything the next header is made of and checked against (CometBFT `state/state.go`). */
import { EMPTY, merkleRoot, utf8 } from "@tandem-ics/crypto";
import type { RequestInitChain, ResponseInitChain } from "cosmjs-types/tendermint/abci/types";
import type { BlockID, Commit } from "cosmjs-types/tendermint/types/types";
import { zeroBlockId } from "../block-id.ts";
import { medianTime } from "../block-time.ts";
import {
  type FullConsensusParams,
  updateConsensusParams,
  validateConsensusParams,
} from "../consensus-params.ts";
import { CometError } from "../errors.ts";
import type { GenesisDoc } from "../files/genesis.ts";
import { incrementProposerPriority, newValidatorSet } from "../proposer-rotation.ts";
import { timestampToNs } from "../time.ts";
import {
  makeValidator,
  type Validator,
  validatorsToUpdates,
  validatorUpdatesToValidators,
} from "../validator.ts";
import type { ValidatorSet } from "../validator-set.ts";

/** State after block H, or at genesis. An immutable value. */
export interface ChainState {
  readonly chainId: string;
  readonly initialHeight: bigint;
  /** H; 0 at genesis. */
  readonly lastBlockHeight: bigint;
  readonly lastBlockId: BlockID;
  /** Time of block H; genesis time at genesis. Nanoseconds since 1970. */
  readonly lastBlockTimeNs: bigint;
  /** Validators that sign H + 1. */
  readonly validators: ValidatorSet;
  /** Validators that sign H + 2. */
  readonly nextValidators: ValidatorSet;
  /** Validators that signed H; none at genesis. */
  readonly lastValidators: ValidatorSet | undefined;
  /** First height at which `nextValidators` holds. */
  readonly lastHeightValidatorsChanged: bigint;
  /** Parameters for H + 1. */
  readonly consensusParams: FullConsensusParams;
  /** First height at which `consensusParams` holds. */
  readonly lastHeightConsensusParamsChanged: bigint;
  /** Protocol of the application, `version.app` of the next header. */
  readonly appVersion: bigint;
  /** Root over the results of H. */
  readonly lastResultsHash: Uint8Array;
  /** What the application answered to H. */
  readonly appHash: Uint8Array;
}

/** What the application is asked before the first block. Validators stand in set order. */
export function initChainRequest(doc: GenesisDoc): RequestInitChain {
  const { genesisTime, chainId, consensusParams, initialHeight } = doc;
  const set = doc.validators.length === 0 ? [] : newValidatorSet(genesisValidators(doc)).validators;
  return {
    time: genesisTime,
    chainId,
    consensusParams,
    validators: validatorsToUpdates(set),
    appStateBytes: utf8(doc.appState),
    initialHeight,
  };
}

const genesisValidators = (doc: GenesisDoc): Validator[] =>
  doc.validators.map(({ pubKey, power }) => makeValidator(pubKey, power));

/** What `info` and `initChain` told. Left out for a state that no application has seen yet. */
export interface ApplicationStart {
  /** `app_version` of `info`. */
  appVersion?: bigint;
  initChain: ResponseInitChain;
}

/**
 * State before the first block. The application's validators, if any, replace those of genesis; its parameters are merged,
 * its app hash goes into the first header.
 * @throws CometError `emptyValidatorSet` when neither names a validator, `invalidConsensusParams`, and as `newValidatorSet`.
 */
export function genesisState(doc: GenesisDoc, start?: ApplicationStart): ChainState {
  const answered = validatorUpdatesToValidators(start?.initChain.validators ?? []);
  const validators = newValidatorSet(answered.length > 0 ? answered : genesisValidators(doc));
  const consensusParams = updateConsensusParams(doc.consensusParams, start?.initChain.consensusParams);
  validateConsensusParams(consensusParams);
  const appHash = start?.initChain.appHash ?? EMPTY;
  return {
    chainId: doc.chainId,
    initialHeight: doc.initialHeight,
    lastBlockHeight: 0n,
    lastBlockId: zeroBlockId(),
    lastBlockTimeNs: timestampToNs(doc.genesisTime),
    validators,
    nextValidators: incrementProposerPriority(validators, 1),
    lastValidators: undefined,
    lastHeightValidatorsChanged: doc.initialHeight,
    consensusParams,
    lastHeightConsensusParamsChanged: doc.initialHeight,
    appVersion:
      start?.initChain.consensusParams === undefined
        ? (start?.appVersion ?? 0n)
        : consensusParams.version.app,
    // Empty until an application has answered, as the state that CometBFT makes of the file alone.
    lastResultsHash: start === undefined ? EMPTY : merkleRoot([]),
    appHash: appHash.length > 0 ? appHash : doc.appHash,
  };
}

/** Height of the block to come. */
export const nextHeight = (state: ChainState): bigint =>
  state.lastBlockHeight === 0n ? state.initialHeight : state.lastBlockHeight + 1n;

/** Who proposes the block to come in `round`. */
export const proposerAt = (state: ChainState, round: number): Validator =>
  (round === 0 ? state.validators : incrementProposerPriority(state.validators, round)).proposer;

/**
 * Time that the block to come must have: genesis time for the first, else the median of the votes in `lastCommit`.
 */
export function bftTime(state: ChainState, lastCommit: Commit): bigint {
  if (nextHeight(state) === state.initialHeight) return state.lastBlockTimeNs;
  return medianTime(lastCommit, lastValidatorsOf(state));
}

/** Validators of the last block. @throws CometError `blockMismatch` at genesis, where there are none. */
export function lastValidatorsOf(state: ChainState): ValidatorSet {
  if (state.lastValidators === undefined)
    throw new CometError("blockMismatch", "no block has been made yet", { field: "lastValidators" });
  return state.lastValidators;
}
