/** The blocks of a Go chain executed again by an application of ours, and what both said to each. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { callRpc } from "@tandem-ics/client";
import {
  applyBlock,
  blockFromRpcJson,
  blockIdFromRpcJson,
  type ChainState,
  eventFromRpcJson,
  execTxResultFromRpcJson,
  finalizeBlockRequest,
  type GenesisDoc,
  genesisState,
  initChainRequest,
  type JsonReader,
  type JsonValue,
  readJson,
} from "@tandem-ics/comet";
import { toBase64, toHex, toHexUpper } from "@tandem-ics/crypto";
import type { Application } from "@tandem-ics/runtime";
import { decodeCommitmentProof } from "@tandem-ics/store/ics23";
import type { Event, ExecTxResult, RequestQuery, ResponseQuery } from "cosmjs-types/tendermint/abci/types";

/** What a chain said to one block, in a form that tests can print. */
export interface BlockAnswer {
  readonly height: bigint;
  /** Of the state after the block, upper-case hex. */
  readonly appHash: string;
  readonly events: readonly string[];
  readonly txs: readonly TxAnswer[];
}

/** What a chain said to one transaction. */
export interface TxAnswer {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly data: string;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly string[];
}

/** The same block twice. */
export interface ReplayedBlock {
  readonly go: BlockAnswer;
  readonly ours: BlockAnswer;
  readonly txs: readonly Uint8Array[];
}

const INFO = { version: "0.38.17", blockVersion: 11n, p2pVersion: 8n, abciVersion: "2.0.0" };

const eventText = ({ type, attributes }: Event): string =>
  `${type} ${attributes.map(({ key, value }) => `${key}=${value}`).join(" ")}`;

const txAnswer = (result: ExecTxResult): TxAnswer => ({
  code: result.code,
  codespace: result.codespace,
  log: result.log,
  data: toBase64(result.data),
  gasWanted: result.gasWanted,
  gasUsed: result.gasUsed,
  events: result.events.map(eventText),
});

/** An application of ours that goes where a Go chain has gone. */
export interface Replay {
  /** Height that it has reached. */
  readonly height: bigint;
  /** Executes the chain's blocks up to `height`, whose successor must exist: it tells the app hash. */
  to(height: bigint): Promise<ReplayedBlock[]>;
}

/** Begins from the genesis of the chain that `rpc` leads to. */
export function createReplay(app: Application, genesis: GenesisDoc, rpc: RpcClient): Replay {
  const initChain = app.initChain(initChainRequest(genesis));
  let state: ChainState = genesisState(genesis, { appVersion: app.info(INFO).appVersion, initChain });
  const ask = async (method: string, height: bigint): Promise<JsonReader> =>
    readJson((await callRpc(rpc, method, { height: height.toString() })) as JsonValue);

  async function step(height: bigint): Promise<ReplayedBlock> {
    const [answer, results, next] = await Promise.all([
      ask("block", height),
      ask("block_results", height),
      ask("block", height + 1n),
    ]);
    const block = blockFromRpcJson(answer.object("block"));
    const response = app.finalizeBlock(finalizeBlockRequest(state, block));
    app.commit();
    state = applyBlock(state, block, blockIdFromRpcJson(answer.object("block_id")), response);
    return {
      txs: block.data.txs,
      go: {
        height,
        appHash: toHexUpper(blockFromRpcJson(next.object("block")).header.appHash),
        events: results.list("finalize_block_events", eventFromRpcJson).map(eventText),
        txs: results.list("txs_results", execTxResultFromRpcJson).map(txAnswer),
      },
      ours: {
        height,
        appHash: toHexUpper(response.appHash),
        events: response.events.map(eventText),
        txs: response.txResults.map(txAnswer),
      },
    };
  }

  return {
    get height() {
      return state.lastBlockHeight;
    },
    async to(height) {
      const blocks: ReplayedBlock[] = [];
      const next = (): bigint =>
        state.lastBlockHeight === 0n ? genesis.initialHeight : state.lastBlockHeight + 1n;
      while (next() <= height) blocks.push(await step(next()));
      return blocks;
    },
  };
}

/** A question to a chain over ABCI. */
export type AbciAsk = (
  request: Pick<RequestQuery, "path" | "data" | "height" | "prove">,
) => Promise<ResponseQuery> | ResponseQuery;

/** The root of a store at a height, out of the proof of a key that no store has; upper-case hex. */
export async function storeRoot(ask: AbciAsk, store: string, height: bigint): Promise<string> {
  const { log, proofOps } = await ask({
    path: `/store/${store}/key`,
    data: new Uint8Array([0xff, 0xff, 0xff]),
    height,
    prove: true,
  });
  const simple = proofOps?.ops[1];
  if (simple === undefined) return `none: ${log}`;
  return toHexUpper(decodeCommitmentProof(simple.data).exist?.value ?? new Uint8Array());
}

/** Asks a chain by its RPC. */
export const rpcAsk =
  (rpc: RpcClient): AbciAsk =>
  async ({ path, data, height, prove }) => {
    const answer = readJson(
      (await callRpc(rpc, "abci_query", {
        path,
        data: toHex(data),
        height: height.toString(),
        prove,
      })) as JsonValue,
    ).object("response");
    return {
      code: answer.int32("code"),
      codespace: answer.text("codespace"),
      log: answer.text("log"),
      info: answer.text("info"),
      index: answer.int64("index"),
      key: answer.bytes("key"),
      value: answer.bytes("value"),
      height: answer.int64("height"),
      ...(answer.has("proofOps")
        ? {
            proofOps: {
              ops: answer.object("proofOps").list("ops", (op) => ({
                type: op.text("type"),
                key: op.bytes("key"),
                data: op.bytes("data"),
              })),
            },
          }
        : {}),
    };
  };
