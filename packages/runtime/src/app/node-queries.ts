/** gRPC methods of every application that need no module: simulation, node configuration, node status. */

import { EMPTY } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import type { Pruning } from "@tandem-ics/store";
import {
  ConfigRequest,
  ConfigResponse,
  StatusRequest,
  StatusResponse,
} from "cosmjs-types/cosmos/base/node/v1beta1/query";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { type DecCoins, formatDecCoins } from "../coins.ts";
import { GRPC, GrpcError } from "../grpc-error.ts";
import { type QueryRoute, query } from "../module.ts";
import { type Simulate, SimulationError } from "./simulate.ts";

/** The routes. */
export function nodeQueries(options: {
  readonly simulate: Simulate;
  readonly minGasPrices?: DecCoins;
  readonly pruning?: Pruning;
}): QueryRoute[] {
  const { simulate, minGasPrices = [], pruning } = options;
  const keepRecent = pruning?.keepRecent;
  return [
    query({
      path: "/cosmos.tx.v1beta1.Service/Simulate",
      request: SimulateRequest,
      response: SimulateResponse,
      handle(_, { txBytes, tx }) {
        const bytes = txBytes.length > 0 ? txBytes : tx === undefined ? EMPTY : Tx.encode(tx).finish();
        if (bytes.length === 0) throw new GrpcError(GRPC.invalidArgument, "empty txBytes is not allowed");
        try {
          return simulate(bytes);
        } catch (error) {
          if (error instanceof SimulationError)
            throw new GrpcError(GRPC.unknown, `${error.message} with gas used: '${error.gasUsed}'`, {
              cause: error,
            });
          throw error;
        }
      },
    }),
    query({
      path: "/cosmos.base.node.v1beta1.Service/Config",
      request: ConfigRequest,
      response: ConfigResponse,
      handle: () => ({
        minimumGasPrice: formatDecCoins(minGasPrices),
        pruningKeepRecent: keepRecent === undefined || keepRecent === "all" ? "0" : keepRecent.toString(),
        pruningInterval: (pruning?.interval ?? 0n).toString(),
        haltHeight: 0n,
      }),
    }),
    query({
      path: "/cosmos.base.node.v1beta1.Service/Status",
      request: StatusRequest,
      response: StatusResponse,
      handle: ({ height, timeNs, block }) => ({
        earliestStoreHeight: 0n,
        height,
        timestamp: nsToTimestamp(timeNs),
        appHash: block.appHash,
        validatorHash: block.nextValidatorsHash,
      }),
    }),
  ];
}
