/** What the node is and where it stands (CometBFT `rpc/core/status.go`, `net.go`, `health.go`, `abci.go`). */
import {
  ed25519Key,
  type JsonObject,
  type JsonValue,
  publicKeyAddress,
  publicKeyToRpcJson,
  validatorByAddress,
} from "@tandem-ics/comet";
import { toBase64, toHexUpper } from "@tandem-ics/crypto";
import { formatTimestamp, timestampToNs } from "@tandem-ics/proto";
import type { ResponseInfo, ResponseQuery } from "cosmjs-types/tendermint/abci/types";
import type { BlockMeta } from "cosmjs-types/tendermint/types/types";
import { BLOCK_PROTOCOL_VERSION, COMETBFT_VERSION, P2P_PROTOCOL_VERSION } from "../../engine/handshake.ts";
import { type Endpoints, endpoint, type RpcEnvironment, RpcRefusal } from "../endpoint.ts";
import { lazyJson } from "../lazy-json.ts";

/** p2p channels that a node of this version names, upper-case hex. */
export const P2P_CHANNELS = "40202122233038606100";
const GENESIS_CHUNK_BYTES = 16 * 1024 * 1024;
const EPOCH = formatTimestamp(0n);

const syncPoint = (prefix: string, meta: BlockMeta | undefined): JsonObject => ({
  [`${prefix}_block_hash`]: meta === undefined ? "" : toHexUpper(meta.blockId.hash),
  [`${prefix}_app_hash`]: meta === undefined ? "" : toHexUpper(meta.header.appHash),
  [`${prefix}_block_height`]: String(meta?.header.height ?? 0n),
  [`${prefix}_block_time`]: meta === undefined ? EPOCH : formatTimestamp(timestampToNs(meta.header.time)),
});

function status({ identity, blocks, state }: RpcEnvironment): JsonObject {
  const key = ed25519Key(identity.publicKey);
  const address = publicKeyAddress(key);
  return {
    node_info: {
      protocol_version: {
        p2p: String(P2P_PROTOCOL_VERSION),
        block: String(BLOCK_PROTOCOL_VERSION),
        app: String(state().appVersion),
      },
      id: identity.id,
      listen_addr: identity.listenAddress,
      network: identity.chainId,
      version: COMETBFT_VERSION,
      channels: P2P_CHANNELS,
      moniker: identity.moniker,
      other: { tx_index: "on", rpc_address: identity.rpcAddress() },
    },
    sync_info: {
      ...syncPoint("latest", blocks.meta(blocks.height)),
      ...syncPoint("earliest", blocks.meta(blocks.base)),
      catching_up: false,
    },
    validator_info: {
      address: toHexUpper(address),
      pub_key: publicKeyToRpcJson(key),
      voting_power: String(validatorByAddress(state().validators, address)?.votingPower ?? 0n),
    },
  };
}

/** `ResponseInfo` as protobuf JSON: zero fields left out. */
function infoJson(info: ResponseInfo): JsonObject {
  const json: JsonObject = {};
  if (info.data !== "") json["data"] = info.data;
  if (info.version !== "") json["version"] = info.version;
  if (info.appVersion !== 0n) json["app_version"] = String(info.appVersion);
  if (info.lastBlockHeight !== 0n) json["last_block_height"] = String(info.lastBlockHeight);
  if (info.lastBlockAppHash.length > 0) json["last_block_app_hash"] = toBase64(info.lastBlockAppHash);
  return json;
}

const bytesOrNull = (bytes: Uint8Array): JsonValue => (bytes.length === 0 ? null : toBase64(bytes));

/** An answer of the application. Bytes cannot tell Go's nil from empty: a store has nil, a successful service empty. */
function queryJson(response: ResponseQuery, path: string): JsonObject {
  const isStore = /^\/?store(?:\/|$)/.test(path);
  const none = response.code === 0 && !isStore ? "" : null;
  return {
    code: response.code,
    log: response.log,
    info: response.info,
    index: String(response.index),
    key: bytesOrNull(response.key),
    value: response.value.length === 0 ? none : toBase64(response.value),
    proofOps:
      response.proofOps === undefined
        ? null
        : {
            ops: response.proofOps.ops.map(({ type, key, data }) => ({
              type,
              key: bytesOrNull(key),
              data: bytesOrNull(data),
            })),
          },
    height: String(response.height),
    codespace: response.codespace,
  };
}

/** Methods about the node as a whole. */
export function infoMethods(env: RpcEnvironment): Endpoints {
  const genesis = Buffer.from(env.genesisText);
  const chunks = Math.ceil(genesis.length / GENESIS_CHUNK_BYTES);
  return {
    health: endpoint({}, () => ({})),
    status: endpoint({}, async () => {
      // Clients take a status without a block for a broken node, so it has to wait.
      if (env.blocks.height === 0n)
        await env.waitForBlock(() => env.blocks.height > 0n, env.limits.firstBlockTimeoutMs);
      return status(env);
    }),
    net_info: endpoint({}, () => ({
      listening: true,
      listeners: ["Listener(@)"],
      n_peers: "0",
      peers: [],
    })),
    genesis: endpoint(
      {},
      () => {
        if (chunks > 1)
          throw new RpcRefusal("genesis response is large, please use the genesis_chunked API instead");
        return {
          text: () => `{"genesis":${env.genesisText}}`,
          value: () => ({ genesis: JSON.parse(env.genesisText) as JsonValue }),
        };
      },
      { cacheable: [] },
    ),
    genesis_chunked: endpoint(
      { chunk: "uint" },
      ({ chunk }) => {
        if (chunk > chunks - 1) throw new RpcRefusal(`there are ${chunks - 1} chunks, ${chunk} is invalid`);
        const start = Number(chunk) * GENESIS_CHUNK_BYTES;
        return lazyJson(() => ({
          chunk: String(chunk),
          total: String(chunks),
          data: genesis.toString("base64", start, Math.min(start + GENESIS_CHUNK_BYTES, genesis.length)),
        }));
      },
      { cacheable: [] },
    ),
    abci_info: endpoint(
      {},
      () => ({
        response: infoJson(
          env.app.info({
            version: COMETBFT_VERSION,
            blockVersion: BLOCK_PROTOCOL_VERSION,
            p2pVersion: P2P_PROTOCOL_VERSION,
            abciVersion: "2.0.0",
          }),
        ),
      }),
      { cacheable: [] },
    ),
    abci_query: endpoint(
      { path: "string", data: "hex", height: "int64", prove: "bool" },
      async (request) => ({ response: queryJson(await env.query(request), request.path) }),
    ),
  };
}
