/** gRPC services that the node answers in front of its application: blocks, validators, transactions, versions. */

import { EMPTY } from "@tandem-ics/crypto";
import {
  type Application,
  GRPC,
  GRPC_NAMES,
  GrpcError,
  type GrpcQuery,
  sdkErrors,
} from "@tandem-ics/runtime";
import type { RequestQuery, ResponseQuery } from "cosmjs-types/tendermint/abci/types";
import { errorText } from "../errors.ts";
import type { EngineCalls } from "./engine-calls.ts";
import { reflectionServices } from "./reflection-service.ts";
import type { ServiceMethod, ServiceOptions } from "./service-method.ts";
import { tendermintService } from "./tendermint-service.ts";
import { txAminoService } from "./tx-amino.ts";
import { txCodecService } from "./tx-codec.ts";
import { txService } from "./tx-service.ts";

/** Answer of a gRPC method with the height of the state that it read. */
export interface GrpcAnswer {
  readonly value: Uint8Array;
  readonly height: bigint;
}

/** The application's queries with the node's services in front. */
export interface Services {
  query(request: RequestQuery): ResponseQuery | Promise<ResponseQuery>;
  /** @throws GrpcError */
  grpcQuery(request: GrpcQuery): GrpcAnswer | Promise<GrpcAnswer>;
  /** Methods of the node itself, `/package.Service/Method`. */
  readonly methods: readonly string[];
}

function failed(error: unknown, height: bigint): ResponseQuery {
  const status = error instanceof GrpcError ? error.status : GRPC.unknown;
  const text = `rpc error: code = ${GRPC_NAMES[status] ?? status} desc = ${errorText(error)}`;
  const kind =
    status === GRPC.notFound
      ? sdkErrors.keyNotFound
      : status === GRPC.invalidArgument
        ? sdkErrors.invalidRequest
        : sdkErrors.unknownRequest;
  const { code, codespace, message } = kind(text);
  return { code, codespace, log: message, info: "", index: 0n, key: EMPTY, value: EMPTY, height };
}

const found = (value: Uint8Array, height: bigint): ResponseQuery => ({
  code: 0,
  codespace: "",
  log: "",
  info: "",
  index: 0n,
  key: EMPTY,
  value,
  height,
});

/** What services stand in front of. */
export interface ServedChain {
  readonly app: Application;
  readonly chainId: string;
  /** Last committed height of the application. */
  height(): bigint;
  readonly engine: EngineCalls;
}

/** The services of a node. */
export function createServices(chain: ServedChain, options: ServiceOptions): Services {
  const { app, engine } = chain;
  const methods: Readonly<Record<string, ServiceMethod>> = {
    ...tendermintService(engine, app, options),
    ...txService(engine),
    ...txCodecService(),
    ...txAminoService(),
    ...reflectionServices(chain, options, () => [...app.services.queries, ...Object.keys(methods)]),
  };
  const heightOf = (asked: bigint | undefined): bigint =>
    asked === undefined || asked === 0n ? chain.height() : asked;

  return {
    methods: Object.keys(methods),
    query(request) {
      const method = Object.hasOwn(methods, request.path) ? methods[request.path] : undefined;
      if (method === undefined) return app.query(request);
      const height = heightOf(request.height);
      try {
        const value = method(request.data, height);
        if (value instanceof Uint8Array) return found(value, height);
        return value.then(
          (bytes) => found(bytes, height),
          (error: unknown) => failed(error, height),
        );
      } catch (error) {
        return failed(error, height);
      }
    },
    grpcQuery(request) {
      const method = Object.hasOwn(methods, request.path) ? methods[request.path] : undefined;
      if (method === undefined) return app.grpcQuery(request);
      const height = heightOf(request.height);
      const value = method(request.data, height);
      return value instanceof Uint8Array
        ? { value, height }
        : value.then((bytes) => ({ value: bytes, height }));
    },
  };
}
