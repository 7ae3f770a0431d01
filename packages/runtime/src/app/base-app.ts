/** The base application: modules, stores and an ante chain made into ABCI 2.0 (SDK `baseapp`). */

import { EMPTY } from "@tandem-ics/crypto";
import { timestampToNs } from "@tandem-ics/proto";
import {
  type Backend,
  type CacheMultiStore,
  type CommitMultiStore,
  createCacheMultiStore,
  createMultiStore,
  type Pruning,
  type StoreKind,
} from "@tandem-ics/store";
import {
  CheckTxType,
  ResponseProcessProposal_ProposalStatus as ProposalStatus,
  type RequestCheckTx,
  type RequestFinalizeBlock,
  type RequestInitChain,
  type ResponseCheckTx,
  type ResponseFinalizeBlock,
  type ResponseInitChain,
} from "cosmjs-types/tendermint/abci/types";
import type { AddressCodecs } from "../address.ts";
import type { AnteHandler } from "../ante/ante.ts";
import type { Application } from "../application.ts";
import type { DecCoins } from "../coins.ts";
import { type BlockInfo, type Context, createContext, type ExecMode, type StoreKey } from "../context.ts";
import { assert, CodedError, InvariantError } from "../errors.ts";
import { GRPC, GrpcError } from "../grpc-error.ts";
import type {
  AppModule,
  ConsensusParamsKeeper,
  GenesisServices,
  JsonObject,
  MessageRoute,
  QueryRoute,
} from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { createTxDecoder } from "../tx/decode.ts";
import { createAbciQuery } from "./abci-query.ts";
import { openAppRecords } from "./app-records.ts";
import { createBlockExecutor } from "./execute-block.ts";
import { codedFailure, grpcFailure } from "./failure.ts";
import {
  assertSameValidators,
  exportGenesis,
  foreignSections,
  initGenesis,
  parseAppState,
} from "./genesis.ts";
import type { ModuleOrder } from "./module-order.ts";
import { nodeQueries } from "./node-queries.ts";
import { selectTxs } from "./proposals.ts";
import { createTxRunner, type TxOutcome } from "./run-tx.ts";
import { createSimulate } from "./simulate.ts";

/** What an application is made of. */
export interface BaseAppOptions {
  /** Reported by `info`. */
  readonly name: string;
  /** Version of the program, reported by `info`. */
  readonly version: string;
  /** Protocol version of a fresh application; becomes `version.app` of headers. Default 0. */
  readonly appVersion?: bigint;
  readonly backend: Backend;
  readonly modules: readonly AppModule[];
  readonly order?: ModuleOrder;
  readonly ante: AnteHandler;
  readonly consensusParams: ConsensusParamsKeeper;
  readonly addresses: AddressCodecs;
  /** Further stores, such as transient ones. */
  readonly stores?: Readonly<Record<StoreKey, StoreKind>>;
  /** Queries that belong to no module. */
  readonly queries?: readonly QueryRoute[];
  /** Default: all heights are kept. */
  readonly pruning?: Pruning;
  /** This node's prices, for the node service; checking them is the ante chain's. Default: none. */
  readonly minGasPrices?: DecCoins;
  /** Evaluates all modules' invariants after each block and stops the chain when one is broken. Default off. */
  readonly checkInvariants?: boolean;
}

const NO_BLOCK: BlockInfo = {
  chainId: "",
  height: 0n,
  timeNs: 0n,
  appHash: EMPTY,
  hash: EMPTY,
  nextValidatorsHash: EMPTY,
  proposerAddress: EMPTY,
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
};

/** Opens an application at the last height that `backend` holds. */
export function createBaseApp(options: BaseAppOptions): Application {
  const { backend, modules, order = {}, ante, consensusParams, addresses } = options;
  const records = openAppRecords(backend);
  let multi = openStores(options);
  const routes = uniqueBy(
    modules.flatMap((m) => m.messages ?? []),
    (route: MessageRoute) => route.typeUrl,
  );
  const decode = createTxDecoder({ routes, addresses });
  const runner = createTxRunner({ ante, addresses });
  const execute = createBlockExecutor({ modules, order, consensusParams, decode, runner });

  let initialHeight = 1n;
  /** Genesis state until the first block takes it over. */
  let genesis: { stores: CacheMultiStore; chainId: string; foreign: JsonObject } | undefined;
  /** The executed block until it is committed. */
  let executed: { block: BlockInfo; save: Parameters<CommitMultiStore["commit"]>[0] } | undefined;
  let failure: unknown;

  const contextOf = (stores: CacheMultiStore, block: BlockInfo, mode: ExecMode): Context => {
    const ctx = createContext({ stores, block, mode });
    return ctx.with({ consensusParams: consensusParams.get(ctx) });
  };

  function committedBlock(height: bigint): BlockInfo {
    const record = records.block(height);
    assert(record !== undefined, `no record of block ${height}`);
    return { ...NO_BLOCK, ...record };
  }

  const freshCheck = (): Context | undefined =>
    multi.lastVersion === 0n
      ? undefined
      : contextOf(
          createCacheMultiStore(multi.at(multi.lastVersion)),
          committedBlock(multi.lastVersion),
          "check",
        );
  /** State of transactions that wait for a block; absent before genesis. */
  let check = freshCheck();

  /** Broken invariants stop the application for good. */
  function orHalt<T>(act: () => T): T {
    if (failure !== undefined) throw new InvariantError("the application has halted", { cause: failure });
    try {
      return act();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  function contextAt(height: bigint, prove = false): Context {
    const last = multi.lastVersion;
    if (last === 0n)
      throw sdkErrors.invalidHeight(`${options.name} is not ready; please wait for first block`);
    if (height < 0n)
      throw sdkErrors.invalidRequest("cannot query with height < 0; please provide a valid height");
    if (height > last)
      throw sdkErrors.invalidHeight("cannot query with height in the future; please provide a valid height");
    const at = height === 0n ? last : height;
    if (at <= 1n && prove)
      throw sdkErrors.invalidRequest(
        "cannot query with proof when height <= 1; please provide a valid height",
      );
    if (!multi.has(at))
      throw sdkErrors.invalidRequest(
        `failed to load state at height ${at}; version does not exist (latest height: ${last})`,
      );
    return createContext({
      stores: createCacheMultiStore(multi.at(at)),
      block: committedBlock(at),
      mode: "query",
    });
  }

  const genesisServices: GenesisServices = {
    deliverTx(ctx, bytes) {
      const outcome = runner.run(ctx.with({ mode: "genesis" }), decode(bytes));
      if (outcome.failure === undefined) return;
      const { codespace, code, log } = outcome.failure;
      throw new CodedError(codespace, code, log);
    },
  };

  function initChain(request: RequestInitChain): ResponseInitChain {
    assert(multi.lastVersion === 0n, "genesis on top of existing state");
    initialHeight = request.initialHeight > 0n ? request.initialHeight : 1n;
    multi = openStores(options, initialHeight);
    const stores = multi.branch();
    const timeNs = timestampToNs(request.time);
    const { chainId } = request;
    // Genesis is height 0, unless the chain goes on from an older one's height.
    const block = { ...NO_BLOCK, chainId, timeNs, height: initialHeight > 1n ? initialHeight : 0n };
    const bare = createContext({ stores, block, mode: "genesis" });
    if (request.consensusParams !== undefined) consensusParams.set(bare, request.consensusParams);
    const ctx = contextOf(stores, block, "genesis");
    const state = parseAppState(request.appStateBytes);
    const validators = initGenesis(ctx, state, { modules, order, services: genesisServices });
    assertSameValidators(request.validators, validators);
    genesis = { stores, chainId, foreign: foreignSections(state, modules) };
    check = contextOf(stores.branch(), { ...block, height: initialHeight }, "check");
    const params = consensusParams.get(ctx);
    return {
      validators: [...validators],
      appHash: multi.lastAppHash,
      ...(params === undefined ? {} : { consensusParams: params }),
    };
  }

  function finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    const {
      height,
      hash,
      nextValidatorsHash,
      proposerAddress,
      misbehavior,
      decidedLastCommit: lastCommit,
    } = request;
    const expected = multi.lastVersion === 0n ? initialHeight : multi.lastVersion + 1n;
    assert(height === expected, `invalid height: ${height}; expected: ${expected}`);
    assert(executed === undefined, `block ${height} is already executed`);
    const first = genesis;
    assert(multi.lastVersion > 0n || first !== undefined, "a block before genesis");
    const stores = first?.stores ?? multi.branch();
    const block: BlockInfo = {
      chainId: first?.chainId ?? committedBlock(multi.lastVersion).chainId,
      height,
      timeNs: timestampToNs(request.time),
      appHash: multi.lastAppHash,
      hash,
      nextValidatorsHash,
      proposerAddress,
      lastCommit: lastCommit ?? { round: 0, votes: [] },
      misbehavior,
    };
    const ctx = contextOf(stores, block, "finalize");
    const outcome = execute(ctx, request.txs);
    if (options.checkInvariants === true) assertInvariants(ctx);
    stores.write();
    executed = {
      block,
      save(batch) {
        if (first !== undefined) records.putForeignGenesis(first.foreign, batch);
        records.putBlock(block, batch);
      },
    };
    return { ...outcome, appHash: multi.workingHash() };
  }

  const broken = (ctx: Context): string[] =>
    modules.flatMap((module) =>
      Object.entries(module.invariants ?? {}).flatMap(([name, holds]) => {
        const reason = holds(ctx);
        return reason === undefined ? [] : [`${module.name}/${name}: ${reason}`];
      }),
    );

  function assertInvariants(ctx: Context): void {
    const found = broken(ctx.with({ mode: "query" }));
    assert(found.length === 0, `invariant broken at height ${ctx.height}: ${found.join("; ")}`);
  }

  function checkTx({ tx: bytes, type }: RequestCheckTx): ResponseCheckTx {
    try {
      if (check === undefined) throw sdkErrors.invalidHeight("no genesis yet");
      const ctx = type === CheckTxType.RECHECK ? check.with({ mode: "recheck" }) : check;
      return toCheckTx(runner.run(ctx, decode(bytes)));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return toCheckTx({ ...NO_OUTCOME, failure: codedFailure(error) });
    }
  }

  const simulate = createSimulate({ decode, runner, context: () => check });
  const queries = uniqueBy(
    [
      ...modules.flatMap((module) => module.queries ?? []),
      ...(options.queries ?? []),
      ...nodeQueries({ simulate, minGasPrices: options.minGasPrices ?? [], pruning: options.pruning }),
    ],
    (route: QueryRoute) => route.path,
  );
  const abciQuery = createAbciQuery({
    name: options.name,
    version: options.version,
    stores: () => multi,
    routes: queries,
    contextAt,
    simulate,
  });

  return {
    info: () => ({
      data: options.name,
      version: options.version,
      appVersion: check?.consensusParams?.version?.app ?? options.appVersion ?? 0n,
      lastBlockHeight: multi.lastVersion,
      lastBlockAppHash: multi.lastAppHash,
    }),
    initChain: (request) => orHalt(() => initChain(request)),
    checkTx,
    prepareProposal: ({ txs, maxTxBytes }) => ({
      txs: selectTxs(txs, { maxTxBytes, maxGas: check?.consensusParams?.block?.maxGas }, decode),
    }),
    // What the proposer chose may fail, but it can always be executed.
    processProposal: () => ({ status: ProposalStatus.ACCEPT }),
    finalizeBlock: (request) => orHalt(() => finalizeBlock(request)),
    commit: () =>
      orHalt(() => {
        assert(executed !== undefined, "commit without an executed block");
        multi.commit(executed.save);
        executed = undefined;
        genesis = undefined;
        check = freshCheck();
        return { retainHeight: 0n };
      }),
    query: abciQuery,
    grpcQuery({ path, data, height = 0n }) {
      const route = queries.get(path);
      if (route === undefined) throw new GrpcError(GRPC.unimplemented, `unknown method ${path}`);
      try {
        const ctx = contextAt(height);
        return { value: route.run(ctx, data), height: ctx.height };
      } catch (error) {
        throw grpcFailure(error);
      }
    },
    services: { queries: [...queries.keys()].sort(), messages: [...routes.keys()].sort() },
    exportGenesis: (height = 0n) =>
      exportGenesis(contextAt(height), { modules, foreign: records.foreignGenesis(), consensusParams }),
    invariants: () => broken(contextAt(0n)),
    close: () => backend.close(),
  };
}

function openStores(options: BaseAppOptions, initialVersion?: bigint): CommitMultiStore {
  const { backend, modules, pruning } = options;
  const stores: Record<string, StoreKind> = { ...options.stores };
  for (const module of modules)
    for (const [name, kind] of Object.entries(module.stores ?? {})) {
      assert(!Object.hasOwn(stores, name), `store ${name} is mounted twice`);
      stores[name] = kind;
    }
  return createMultiStore({
    backend,
    stores,
    ...(initialVersion === undefined ? {} : { initialVersion }),
    ...(pruning === undefined ? {} : { pruning }),
  });
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    assert(!map.has(key), `${key} is registered twice`);
    map.set(key, item);
  }
  return map;
}

const NO_OUTCOME: TxOutcome = {
  failure: undefined,
  gasWanted: 0n,
  gasUsed: 0n,
  data: EMPTY,
  events: [],
  responses: [],
};

const toCheckTx = ({ failure, gasWanted, gasUsed }: TxOutcome): ResponseCheckTx => ({
  code: failure?.code ?? 0,
  codespace: failure?.codespace ?? "",
  log: failure?.log ?? "",
  data: EMPTY,
  info: "",
  gasWanted,
  gasUsed,
  events: [],
});
