/** gRPC and REST of an application that a real CometBFT drives, as a Go node opens them beside its JSON-RPC. */
import { HttpClient } from "@cosmjs/tendermint-rpc";
import type { Application } from "@tandem-ics/runtime";
import { createQueryDoors, type QueryDoors } from "./doors.ts";
import { COMETBFT_VERSION } from "./engine/handshake.ts";
import { cometCalls } from "./services/comet-calls.ts";
import { createServices } from "./services/services.ts";
import type { VersionInfo } from "./services/tendermint-service.ts";

/** What the doors lead to. */
export interface CometDoorsOptions {
  /** Answers all queries of modules and simulates. */
  readonly app: Application;
  readonly chainId: string;
  /** JSON-RPC of the CometBFT that drives the application: it is asked for blocks, transactions and validators. */
  readonly rpcUrl: string;
  /** Prefix of account addresses. */
  readonly bech32Prefix: string;
  readonly versionInfo?: Partial<VersionInfo>;
}

/** Longer than CometBFT itself takes for any answer. */
const RPC_TIMEOUT_MS = 30_000;

/** Doors of an application behind CometBFT, none of them open. They are closed before the application is. */
export function createCometDoors(options: CometDoorsOptions): QueryDoors {
  const { app, chainId, rpcUrl, bech32Prefix, versionInfo = {} } = options;
  const asked = { version: COMETBFT_VERSION, blockVersion: 0n, p2pVersion: 0n, abciVersion: "" };
  const height = (): bigint => app.info(asked).lastBlockHeight;
  const chain = { app, chainId, height, engine: cometCalls(new HttpClient(rpcUrl, RPC_TIMEOUT_MS)) };
  return createQueryDoors({ ...chain, services: createServices(chain, { versionInfo, bech32Prefix }) });
}
