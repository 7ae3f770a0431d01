/** The base application: modules, stores and an ante chain made into ABCI 2.0 (SDK `baseapp`). */
import { ResponseProcessProposal_ProposalStatus as ProposalStatus } from "cosmjs-types/tendermint/abci/types";
import type { Application } from "../application.ts";
import { assert, CodedError } from "../errors.ts";
import { GRPC, GrpcError } from "../grpc-error.ts";
import type { QueryRoute } from "../module.ts";
import { createTxDecoder } from "../tx/decode.ts";
import { createAbciQuery } from "./abci-query.ts";
import { openAppState } from "./app-state.ts";
import { checkTx } from "./check-tx.ts";
import { createBlockExecutor } from "./execute-block.ts";
import { grpcFailure } from "./failure.ts";
import { exportGenesis } from "./genesis.ts";
import { brokenInvariants, commit, finalizeBlock, initChain, rehearseBlock } from "./lifecycle.ts";
import { nodeQueries } from "./node-queries.ts";
import type { BaseAppOptions } from "./options.ts";
import { selectTxs } from "./proposals.ts";
import { createTxRunner } from "./run-tx.ts";
import { createSimulate } from "./simulate.ts";
import { createSnapshots } from "./snapshots.ts";

/** Opens an application at the last height that `backend` holds. */
export function createBaseApp(options: BaseAppOptions): Application {
  const { backend, modules, order = {}, ante, consensusParams, addresses, name, version } = options;
  const messages = uniqueBy(
    modules.flatMap((module) => module.messages ?? []),
    (route) => route.typeUrl,
  );
  options.router?.bind(messages);
  const state = openAppState(options);
  const decode = createTxDecoder({ routes: messages, addresses });
  const runner = createTxRunner({ ante, addresses, consensusParams });
  const { duringBlock } = options;
  const execute = createBlockExecutor({
    modules,
    order,
    consensusParams,
    decode,
    runner,
    ...(duringBlock === undefined
      ? {}
      : {
          between: (ctx, executed) =>
            duringBlock({
              ctx,
              executed,
              query: (path, data) => routeOf(path).run(ctx.with({ mode: "query" }), data),
            }),
        }),
  });
  const parts = { options, state, decode, runner, execute };
  const simulate = createSimulate({ decode, runner, context: () => state.check });
  const queries = allQueries(options, nodeQueries({ ...options, simulate }));
  const { contextAt, orHalt } = state;
  const routeOf = (path: string): QueryRoute => {
    const route = queries.get(path);
    if (route === undefined) throw new GrpcError(GRPC.unimplemented, `unknown method ${path}`);
    return route;
  };
  const snapshots =
    options.snapshots === undefined ? undefined : createSnapshots(options, options.snapshots, state);

  return {
    info: () => ({
      data: name,
      version,
      appVersion: state.check?.consensusParams?.version?.app ?? options.appVersion ?? 0n,
      lastBlockHeight: state.stores.lastVersion,
      lastBlockAppHash: state.stores.lastAppHash,
    }),
    initChain(request) {
      snapshots?.stop();
      return orHalt(() => initChain(parts, request));
    },
    checkTx: (request) => checkTx(parts, request),
    pendingSignatures(tx) {
      const { check } = state;
      if (check === undefined || ante.pendingSignatures === undefined) return [];
      try {
        return ante.pendingSignatures(check, decode(tx));
      } catch (error) {
        if (error instanceof CodedError) return []; // the check says what is wrong with it
        throw error;
      }
    },
    prepareProposal: ({ txs, maxTxBytes }) => ({
      txs: selectTxs(txs, { maxTxBytes, maxGas: state.check?.consensusParams?.block?.maxGas }, decode),
    }),
    // What the proposer chose may fail, but it can always be executed.
    processProposal: () => ({ status: ProposalStatus.ACCEPT }),
    rehearseBlock: (request) => rehearseBlock(parts, request),
    finalizeBlock: (request) => orHalt(() => finalizeBlock(parts, request)),
    commit() {
      const response = orHalt(() => commit(parts));
      snapshots?.afterCommit();
      return response;
    },
    ...snapshots?.methods,
    query: createAbciQuery({ version, stores: () => state.stores, routes: queries, contextAt, simulate }),
    grpcQuery({ path, data, height = 0n }) {
      const route = routeOf(path);
      try {
        const ctx = contextAt(height);
        return { value: route.run(ctx, data), height: ctx.height };
      } catch (error) {
        throw grpcFailure(error);
      }
    },
    services: { queries: [...queries.keys()].sort(), messages: [...messages.keys()].sort() },
    exportGenesis: (height = 0n) =>
      exportGenesis(contextAt(height), {
        modules,
        foreign: state.records.foreignGenesis(),
        consensusParams,
      }),
    invariants: () => brokenInvariants(contextAt(0n), modules),
    close() {
      snapshots?.stop();
      backend.close();
    },
  };
}

const allQueries = ({ modules, queries = [] }: BaseAppOptions, own: readonly QueryRoute[]) =>
  uniqueBy([...modules.flatMap((module) => module.queries ?? []), ...queries, ...own], (route) => route.path);

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    assert(!map.has(key), `${key} is registered twice`);
    map.set(key, item);
  }
  return map;
}
