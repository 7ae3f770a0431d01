/** From genesis block by block: InitChain, FinalizeBlock, Commit (SDK `baseapp/abci.go`). */
import { timestampToNs } from "@tandem-ics/proto";
import type {
  RequestFinalizeBlock,
  RequestInitChain,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInitChain,
} from "cosmjs-types/tendermint/abci/types";
import { type BlockInfo, type Context, createContext } from "../context.ts";
import { assert, CodedError } from "../errors.ts";
import type { AppModule, GenesisServices } from "../module.ts";
import type { TxDecoder } from "../tx/decode.ts";
import { type AppState, NO_BLOCK, openStores } from "./app-state.ts";
import type { BlockExecutor, BlockOutcome } from "./execute-block.ts";
import { assertSameValidators, foreignSections, initGenesis, parseAppState } from "./genesis.ts";
import type { BaseAppOptions } from "./options.ts";
import type { TxRunner } from "./run-tx.ts";

/** What the calls need. */
export interface LifecycleParts {
  readonly options: BaseAppOptions;
  readonly state: AppState;
  readonly decode: TxDecoder;
  readonly runner: TxRunner;
  readonly execute: BlockExecutor;
}

/** Genesis. Its writes wait for those of the first block. */
export function initChain(
  { options, state, decode, runner }: LifecycleParts,
  request: RequestInitChain,
): ResponseInitChain {
  const { modules, order = {}, consensusParams } = options;
  assert(state.stores.lastVersion === 0n, "genesis on top of existing state");
  state.initialHeight = request.initialHeight > 0n ? request.initialHeight : 1n;
  state.stores = openStores(options, state.initialHeight);
  const stores = state.stores.branch();
  const { chainId } = request;
  const timeNs = timestampToNs(request.time);
  // Genesis is height 0, unless the chain goes on from an older one's height.
  const height = state.initialHeight > 1n ? state.initialHeight : 0n;
  const block: BlockInfo = { ...NO_BLOCK, chainId, timeNs, height };
  if (request.consensusParams !== undefined)
    consensusParams.set(createContext({ stores, block, mode: "genesis" }), request.consensusParams);
  const ctx = state.contextOf(stores, block, "genesis");
  const sections = parseAppState(request.appStateBytes);
  const services: GenesisServices = {
    deliverTx(txCtx, bytes) {
      const { failure } = runner.run(txCtx.with({ mode: "genesis" }), decode(bytes));
      if (failure !== undefined) throw new CodedError(failure.codespace, failure.code, failure.log);
    },
  };
  const validators = initGenesis(ctx, sections, { modules, order, services });
  assertSameValidators(request.validators, validators);
  state.genesis = { stores, chainId, foreign: foreignSections(sections, modules) };
  state.check = state.contextOf(stores.branch(), { ...block, height: state.initialHeight }, "check");
  const params = consensusParams.get(ctx);
  return {
    validators: [...validators],
    appHash: state.stores.lastAppHash,
    ...(params === undefined ? {} : { consensusParams: params }),
  };
}

/** The block that is asked for, which must be the next one. */
function nextBlock(state: AppState, request: RequestFinalizeBlock): BlockInfo {
  const { genesis, stores: committed } = state;
  const { height, hash, nextValidatorsHash, proposerAddress, misbehavior } = request;
  const last = committed.lastVersion;
  const expected = last === 0n ? state.initialHeight : last + 1n;
  assert(height === expected, `invalid height: ${height}; expected: ${expected}`);
  assert(state.save === undefined, `block ${height} is already executed`);
  assert(last > 0n || genesis !== undefined, "a block before genesis");
  return {
    chainId: genesis?.chainId ?? state.committedBlock(last).chainId,
    height,
    timeNs: timestampToNs(request.time),
    appHash: committed.lastAppHash,
    hash,
    nextValidatorsHash,
    proposerAddress,
    lastCommit: request.decidedLastCommit ?? NO_BLOCK.lastCommit,
    misbehavior,
  };
}

/** Executes what would be the next block on a branch of the state, and forgets it. */
export function rehearseBlock(
  { state, execute }: LifecycleParts,
  request: RequestFinalizeBlock,
): BlockOutcome {
  assert(state.genesis === undefined, "the first block cannot be rehearsed");
  const block = nextBlock(state, request);
  return execute(state.contextOf(state.stores.branch(), block, "finalize"), request.txs);
}

/** Executes a block; nothing is saved yet. */
export function finalizeBlock(
  { options, state, execute }: LifecycleParts,
  request: RequestFinalizeBlock,
): ResponseFinalizeBlock {
  const { records, genesis, stores: committed } = state;
  const block = nextBlock(state, request);
  const stores = genesis?.stores ?? committed.branch();
  const ctx = state.contextOf(stores, block, "finalize");
  const outcome = execute(ctx, request.txs);
  if (options.checkInvariants === true) assertInvariants(ctx, options.modules);
  stores.write();
  state.save = (batch) => {
    if (genesis !== undefined) records.putForeignGenesis(genesis.foreign, batch);
    records.putBlock(block, batch);
  };
  return { ...outcome, appHash: committed.workingHash() };
}

/** Saves the executed block. */
export function commit({ state }: LifecycleParts): ResponseCommit {
  assert(state.save !== undefined, "commit without an executed block");
  state.stores.commit(state.save);
  state.save = undefined;
  state.genesis = undefined;
  state.resetCheck();
  return { retainHeight: 0n };
}

/** What is broken, as `module/invariant: reason`; what cannot be told of a state is broken there as well. */
export const brokenInvariants = (ctx: Context, modules: readonly AppModule[]): string[] =>
  modules.flatMap((module) =>
    Object.entries(module.invariants ?? {}).flatMap(([name, holds]) => {
      const reason = reasonOf(() => holds(ctx));
      return reason === undefined ? [] : [`${module.name}/${name}: ${reason}`];
    }),
  );

function reasonOf(holds: () => string | undefined): string | undefined {
  try {
    return holds();
  } catch (error) {
    return `it cannot be told: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function assertInvariants(ctx: Context, modules: readonly AppModule[]): void {
  const found = brokenInvariants(ctx.with({ mode: "query" }), modules);
  assert(found.length === 0, `invariant broken at height ${ctx.height}: ${found.join("; ")}`);
}
