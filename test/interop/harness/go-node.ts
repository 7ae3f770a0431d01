/** One node of a Go chain: its home, its keys and the process. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { latestHeight } from "@tandem-ics/client";
import {
  type KeyPair,
  nodeId,
  nodeKeyFromJson,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
} from "@tandem-ics/comet";
import { toBase64 } from "@tandem-ics/crypto";
import { type Peer, peerPath } from "./peers.ts";
import { freePort } from "./ports.ts";
import type { Scratch, Service } from "./scratch.ts";

/** A node. */
export interface GoNode {
  readonly name: string;
  readonly home: string;
  /** JSON-RPC; the same after a restart. */
  readonly rpcUrl: string;
  /** gRPC, for programs that want it. */
  readonly grpcUrl: string;
  /** `ID@127.0.0.1:PORT`, for the others' `persistent_peers`. */
  readonly peerAddress: string;
  /** Its consensus key, from `priv_validator_key.json`. */
  readonly key: KeyPair;
  /** The key as the Go binaries' commands take it. */
  readonly pubKeyJson: string;
  /** Takes the consensus key of another node, whose chain is another one. Before the first start. */
  useKeyOf(other: GoNode): void;
  /** Takes a consensus key, of a chain of ours for example. Before the first start. */
  useKey(pair: KeyPair): void;
  readonly process: Service | undefined;
  /** Starts it, also after it was ended. `peers`: what it connects to. */
  start(peers: readonly string[]): void;
  /** Waits until it answers with a height of at least `height`; throws with its log when it ends before. */
  waitForHeight(height: bigint): Promise<bigint>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** How often a starting node is asked. */
const POLL_MS = 50;
const START_PATIENCE_MS = 90_000;
const LOG_TAIL = 3000;

/** Public key JSON as `opt-in` and `assign-consensus-key` take it. */
export const pubKeyJsonOf = (publicKey: Uint8Array): string =>
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(publicKey)}"}`;

/** A node over an initialised home. */
export async function createGoNode(
  scratch: Scratch,
  peer: Peer,
  name: string,
  home: string,
): Promise<GoNode> {
  const [rpcPort, p2pPort, grpcPort] = [await freePort(), await freePort(), await freePort()];
  const read = (path: string): string => readFileSync(join(home, path), "utf8");
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  let service: Service | undefined;

  const node: GoNode = {
    name,
    home,
    rpcUrl,
    grpcUrl: `http://127.0.0.1:${grpcPort}`,
    get peerAddress() {
      const { publicKey } = nodeKeyFromJson(read("config/node_key.json"));
      return `${nodeId(publicKey)}@127.0.0.1:${p2pPort}`;
    },
    get key() {
      return privValidatorKeyFromJson(read("config/priv_validator_key.json"));
    },
    get pubKeyJson() {
      return pubKeyJsonOf(node.key.publicKey);
    },
    useKeyOf(other) {
      const path = "config/priv_validator_key.json";
      copyFileSync(join(other.home, path), join(home, path));
    },
    useKey: (pair) =>
      writeFileSync(join(home, "config/priv_validator_key.json"), privValidatorKeyToJson(pair)),
    get process() {
      return service;
    },
    start(peers) {
      if (service?.running) throw new Error(`${name} runs already`);
      service = scratch.start(name, peerPath(peer), [
        "start",
        ...["--home", home],
        ...["--rpc.laddr", `tcp://127.0.0.1:${rpcPort}`],
        ...["--p2p.laddr", `tcp://127.0.0.1:${p2pPort}`],
        ...["--grpc.address", `127.0.0.1:${grpcPort}`],
        "--grpc-web.enable=false",
        ...["--minimum-gas-prices", "0stake"],
        ...["--p2p.persistent_peers", peers.join(",")],
      ]);
    },
    async waitForHeight(height) {
      const deadline = performance.now() + START_PATIENCE_MS;
      const rpc = new HttpClient(rpcUrl);
      for (let reached = 0n; ; ) {
        const ended = service?.running !== true;
        try {
          if (!ended) reached = await latestHeight(rpc);
          if (reached >= height) return reached;
        } catch {
          // Not listening yet; a node that ended instead is told of below.
        }
        if (ended) throw new Error(`${name} ended: ${service?.log().slice(-LOG_TAIL)}`);
        if (performance.now() > deadline)
          throw new Error(
            `${name} is at height ${reached}, not ${height}: ${service?.log().slice(-LOG_TAIL)}`,
          );
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async stop() {
      await service?.stop();
    },
    async kill() {
      await service?.kill();
    },
  };
  return node;
}
