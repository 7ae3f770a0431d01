/** ABCI queries: gRPC methods, store keys with proofs, and a few questions about the application (SDK `baseapp/abci.go`). */
import { EMPTY, prefixEnd, utf8 } from "@tandem-ics/crypto";
import { toProtoJsonText } from "@tandem-ics/proto";
import { type CommitMultiStore, StoreError } from "@tandem-ics/store";
import type { SimulationResponse } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { Pairs } from "cosmjs-types/cosmos/store/internal/kv/v1beta1/kv";
import type { RequestQuery, ResponseQuery } from "cosmjs-types/tendermint/abci/types";
import type { Context } from "../context.ts";
import { CodedError, wrapError } from "../errors.ts";
import type { QueryRoute } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { codedFailure, type Failure, queryFailure } from "./failure.ts";

/** What answers need. */
export interface AbciQueryOptions {
  readonly version: string;
  readonly stores: () => CommitMultiStore;
  readonly routes: ReadonlyMap<string, QueryRoute>;
  /** Throws CodedError for heights that cannot be read. */
  readonly contextAt: (height: bigint, prove: boolean) => Context;
  readonly simulate: (tx: Uint8Array) => SimulationResponse;
}

const response = (changes: Partial<ResponseQuery>): ResponseQuery => ({
  code: 0,
  log: "",
  info: "",
  index: 0n,
  key: EMPTY,
  value: EMPTY,
  height: 0n,
  codespace: "",
  ...changes,
});

const failed = ({ code, codespace, log }: Failure, height = 0n): ResponseQuery =>
  response({ code, codespace, log, height });

/** Makes the query method of an application. */
export function createAbciQuery(options: AbciQueryOptions): (request: RequestQuery) => ResponseQuery {
  const { stores, routes, contextAt } = options;

  function grpc(route: QueryRoute, request: RequestQuery): ResponseQuery {
    const ctx = contextAt(request.height, request.prove);
    try {
      return response({ value: route.run(ctx, request.data), height: ctx.height });
    } catch (error) {
      return failed(queryFailure(error), ctx.height);
    }
  }

  function answer(request: RequestQuery): ResponseQuery {
    if (request.height < 0n)
      throw sdkErrors.invalidRequest("cannot query with height < 0; please provide a valid height");
    const route = routes.get(request.path);
    if (route !== undefined) return grpc(route, request);
    const path = request.path.replace(/^\//, "").split("/");
    const filled = request.height === 0n ? { ...request, height: stores().lastVersion } : request;
    switch (path[0]) {
      case "":
        throw sdkErrors.unknownRequest("no query path provided");
      case "app":
        return aboutApp(path[1], filled, options);
      case "store":
        return fromStore(stores(), path[1] ?? "", path[2], filled);
      case "p2p":
        return aboutPeers(path);
      default:
        throw sdkErrors.unknownRequest("unknown query path");
    }
  }

  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof StoreError)
        return failed({ codespace: error.codespace, code: error.code, log: error.message });
      return failed(error instanceof CodedError ? codedFailure(error) : queryFailure(error));
    }
  };
}

/** `/app/version` and `/app/simulate`. */
function aboutApp(
  part: string | undefined,
  { data, height }: RequestQuery,
  { version, simulate }: AbciQueryOptions,
): ResponseQuery {
  switch (part) {
    case "version":
      return response({ value: utf8(version), height, codespace: "sdk" });
    case "simulate": {
      const json = toProtoJsonText(
        "cosmos.base.abci.v1beta1.SimulationResponse",
        simulateOrThrow(simulate, data),
      );
      return response({ value: utf8(json), height, codespace: "sdk" });
    }
    case undefined:
      throw sdkErrors.unknownRequest(
        "expected second parameter to be either 'simulate' or 'version', neither was present",
      );
    default:
      throw sdkErrors.unknownRequest(`unknown query: ${part}`);
  }
}

function simulateOrThrow(simulate: AbciQueryOptions["simulate"], data: Uint8Array): SimulationResponse {
  try {
    return simulate(data);
  } catch (error) {
    if (error instanceof CodedError) throw wrapError(error, "failed to simulate tx");
    throw error;
  }
}

/** `/store/{name}/key` and `/store/{name}/subspace`. */
function fromStore(
  stores: CommitMultiStore,
  name: string,
  part: string | undefined,
  request: RequestQuery,
): ResponseQuery {
  const { data, height, prove } = request;
  if (height <= 1n && prove)
    throw sdkErrors.invalidRequest("cannot query with proof when height <= 1; please provide a valid height");
  if (part === undefined) throw storeError("unknownRequest", `invalid path: /${name}`);
  if (!stores.names.includes(name)) throw storeError("unknownRequest", `no such store: ${name}`);
  if (data.length === 0) throw storeError("undecodable", "query cannot be zero length");
  if (part !== "key" && part !== "subspace")
    throw storeError("unknownRequest", `unexpected query path: ${part}`);
  if (!stores.has(height)) {
    if (prove && part === "key")
      throw storeError("invalidRequest", "proof is unexpectedly empty; ensure height has not been pruned");
    return response({ key: data, height, log: "version does not exist" });
  }
  if (part === "subspace") {
    const entries = stores
      .at(height)
      .store(name)
      .iterate({ start: data, end: prefixEnd(data) });
    const pairs = Array.from(entries, ([key, value]) => ({ key, value }));
    return response({ key: data, value: Pairs.encode({ pairs }).finish(), height });
  }
  const { value = EMPTY, proofOps } = stores.query({ store: name, key: data, version: height, prove });
  return response({
    key: data,
    value,
    height,
    ...(proofOps === undefined ? {} : { proofOps: { ops: proofOps } }),
  });
}

/** Peers are filtered by the node, not by the application. */
function aboutPeers(path: readonly string[]): ResponseQuery {
  if (path.length < 4) throw sdkErrors.unknownRequest("path should be p2p filter <addr|id> <parameter>");
  if (path[1] !== "filter") throw sdkErrors.unknownRequest("expected second parameter to be 'filter'");
  return response({});
}

/** Texts that the SDK's store registers for its codes. */
const STORE_TEXTS = {
  undecodable: "tx parse error",
  unknownRequest: "unknown request",
  invalidRequest: "invalid request",
} as const;

const storeError = (kind: keyof typeof STORE_TEXTS, detail: string): StoreError =>
  new StoreError(kind, `${detail}: ${STORE_TEXTS[kind]}`);
