/** The node under attack: a chain of accounts and coins with all its doors open, making blocks by a timer. */
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { type AbciServer, serveAbci } from "@tandem-ics/abci";
import {
  createKvStoreApp,
  type GrpcServer,
  type Node,
  type RestServer,
  type RpcServer,
} from "@tandem-ics/node";
import { createBankNode, MNEMONIC } from "../rpc/bank-chain.ts";
import { inTime, sendHttp } from "./senders.ts";

const BLOCK_TIME_MS = 100;
/** A block may come late when the machine is busy; more than this is a stop. */
const LONGEST_GAP_MS = 3_000;

/** The node with its doors. */
export interface Subject {
  readonly node: Node;
  readonly rpc: RpcServer;
  readonly rest: RestServer;
  readonly grpc: GrpcServer;
  readonly abci: AbciServer;
  /** Requests that failed the application behind the ABCI socket. */
  readonly abciFailures: readonly unknown[];
  /** A well-formed request, which must be answered soon. */
  assertAnswers(): Promise<void>;
  /** Account, balances and app hash: nothing of it may move. */
  stateText(): Promise<string>;
  /** Throws when blocks stopped coming since the last call. */
  assertBlocksCame(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startSubject(): Promise<Subject> {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC);
  const { address } = (await wallet.getAccounts())[0]!;
  const node = createBankNode({
    accounts: [address],
    validators: 4,
    node: { engine: { kind: "timer", blockTimeMs: BLOCK_TIME_MS } },
  });
  node.start();
  const [rpc, rest, grpc] = [await node.listen(), await node.listenRest(), await node.listenGrpc()];
  const abciFailures: unknown[] = [];
  const abci = await serveAbci(createKvStoreApp(), {
    address: "tcp://127.0.0.1:0",
    onFailure: (failure) => abciFailures.push(failure),
  });
  let last = performance.now();
  let longest = 0;
  let nextBlock: (() => void)[] = [];
  node.onBlock(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    for (const tell of nextBlock.splice(0)) tell();
  });

  const get = async (url: string, path: string): Promise<string> => {
    const reply = await sendHttp(url, { method: "GET", path, bytes: Buffer.alloc(0) });
    return reply?.text ?? "no answer";
  };

  return {
    node,
    rpc,
    rest,
    grpc,
    abci,
    abciFailures,
    async assertAnswers() {
      const text = await inTime("/status", get(rpc.url, "/status"), 3_000);
      if (!text.includes('"latest_block_height"')) throw new Error(`/status: ${text}`);
    },
    async stateText() {
      const account = await get(rest.url, `/cosmos/auth/v1beta1/accounts/${address}`);
      const balances = await get(rest.url, `/cosmos/bank/v1beta1/balances/${address}`);
      return `${account}${balances}${Buffer.from(node.state.appHash).toString("hex")}`;
    },
    async assertBlocksCame() {
      await inTime("the next block", new Promise<void>((resolve) => nextBlock.push(resolve)), LONGEST_GAP_MS);
      const found = longest;
      longest = 0;
      if (found > LONGEST_GAP_MS) throw new Error(`no block for ${found.toFixed(0)} ms`);
    },
    async stop() {
      nextBlock = [];
      await node.stop();
      await abci.close();
    },
  };
}
