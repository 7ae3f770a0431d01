/**
 * Signed bank sends against any chain with CometBFT's JSON-RPC. Every transaction is signed before anything is timed, then
 * broadcast by a few workers over kept connections, each waiting for its answer, until the mempool is empty; then every
 * transaction must be found in a block, with code 0.
 */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client, HttpClient } from "@cosmjs/tendermint-rpc";
import { sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

const ACCOUNTS = 50;
/** Requests under way at most. */
export const WORKERS = 25;
const GAS = "100000";
const FEE = 1000;
/** Processor time in /proc is counted in hundredths of a second. */
const TICK_MICROS = 10_000;
const POLL_MS = 50;

/** A chain to send to. */
export interface Target {
  /** JSON-RPC, HTTP. */
  readonly url: string;
  readonly chainId: string;
  /** Of the account that pays for all, at m/44'/118'/0'/0/0. */
  readonly mnemonic: string;
  readonly prefix: string;
  readonly denom: string;
  /** The chain's process. */
  readonly pid: number;
}

/** What one run gave. */
export interface Load {
  /** Committed sends a second by the sender's clock, from the first broadcast to an empty mempool. */
  readonly rate: number;
  /** Processor time of the chain's process for each send, µs. */
  readonly cpuMicros: number;
  /** Gas used by the last send. */
  readonly gas: number;
}

type Rpc = (method: string, params?: object) => Promise<unknown>;

/** Calls over kept connections. */
function connect(url: string): { rpc: Rpc; close(): void } {
  const { hostname, port, pathname } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: WORKERS + 4 });
  const rpc: Rpc = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const call = request(
        { agent, host: hostname, port, path: pathname, method: "POST", headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const answer = JSON.parse(Buffer.concat(parts).toString()) as {
              result?: unknown;
              error?: unknown;
            };
            if (answer.error === undefined) resolve(answer.result);
            else reject(new Error(`${method}: ${JSON.stringify(answer.error)}`));
          });
        },
      );
      call.on("error", reject);
      call.end(body);
    });
  return { rpc, close: () => agent.destroy() };
}

async function walletAt(target: Target, path: string): Promise<DirectSecp256k1Wallet> {
  const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(target.mnemonic));
  const { privkey } = Slip10.derivePath(Slip10Curve.Secp256k1, seed, stringToPath(path));
  return DirectSecp256k1Wallet.fromKey(privkey, target.prefix);
}

const sendOf = (fromAddress: string, toAddress: string, denom: string, amount: number) => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.fromPartial({ fromAddress, toAddress, amount: [{ denom, amount: String(amount) }] }),
});

/** Funds the accounts and signs `count` sends, account i to account i + 1; a list for each account. */
async function prepare(target: Target, count: number): Promise<Uint8Array[][]> {
  const { denom, chainId } = target;
  const comet = Comet38Client.create(new HttpClient(target.url));
  const wallets = await Promise.all(
    Array.from({ length: ACCOUNTS }, (_, i) => walletAt(target, `m/44'/118'/1'/0/${i}`)),
  );
  const addresses = await Promise.all(wallets.map(async (w) => (await w.getAccounts())[0]!.address));
  const payer = await walletAt(target, "m/44'/118'/0'/0/0");
  const from = (await payer.getAccounts())[0]!.address;
  const funding = SigningStargateClient.createWithSigner(comet, payer, { broadcastPollIntervalMs: POLL_MS });
  const own = Math.floor(count / ACCOUNTS);
  const funded = await funding.signAndBroadcast(
    from,
    addresses.map((to) => sendOf(from, to, denom, own * (FEE + 1))),
    { amount: [{ denom, amount: String(FEE * ACCOUNTS) }], gas: "20000000" },
  );
  if (funded.code !== 0) throw new Error(funded.rawLog);
  return Promise.all(
    wallets.map(async (wallet, i) => {
      const client = await SigningStargateClient.offline(wallet);
      const { accountNumber, sequence: first } = await funding.getSequence(addresses[i]!);
      const message = sendOf(addresses[i]!, addresses[(i + 1) % ACCOUNTS]!, denom, 1);
      const fee = { amount: [{ denom, amount: String(FEE) }], gas: GAS };
      const txs: Uint8Array[] = [];
      for (let sequence = first; sequence < first + own; sequence++) {
        const signer = { accountNumber, sequence, chainId };
        const raw = await client.sign(addresses[i]!, [message], fee, "", signer);
        txs.push(TxRaw.encode(raw).finish());
      }
      return txs;
    }),
  );
}

/** User and system time that a process has used, µs. */
function cpuMicrosOf(pid: number): number {
  // behind the name, which may hold spaces: field 3 and on
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

interface BroadcastAnswer {
  readonly code: number;
  readonly log: string;
}

/** Every list in order, since an account's sequences must arrive so; as many lists at a time as there are workers. */
async function broadcastAll(rpc: Rpc, lists: readonly (readonly string[])[]): Promise<void> {
  const worker = async (number: number): Promise<void> => {
    const own = lists.filter((_, i) => i % WORKERS === number);
    const longest = Math.max(...own.map((list) => list.length));
    for (let at = 0; at < longest; at++)
      for (const list of own) {
        const { code, log } = (await rpc("broadcast_tx_sync", { tx: list[at]! })) as BroadcastAnswer;
        if (code !== 0) throw new Error(log);
      }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, number) => worker(number)));
}

const heightOf = async (rpc: Rpc): Promise<number> => {
  const { sync_info } = (await rpc("status")) as { sync_info: { latest_block_height: string } };
  return Number(sync_info.latest_block_height);
};

/** Looks for all transactions in the blocks after `height`; gives the gas of the last one found. */
async function findAll(rpc: Rpc, txs: readonly Uint8Array[], height: number): Promise<number> {
  const missing = new Set(txs.map((tx) => toHexUpper(sha256(tx))));
  const tip = await heightOf(rpc);
  let gas = 0;
  for (let at = height + 1; at <= tip; at++) {
    const { block } = (await rpc("block", { height: String(at) })) as {
      block: { data: { txs: string[] | null } };
    };
    const { txs_results } = (await rpc("block_results", { height: String(at) })) as {
      txs_results: { code: number; log: string; gas_used: string }[] | null;
    };
    for (const [i, tx] of (block.data.txs ?? []).entries()) {
      if (!missing.delete(toHexUpper(sha256(Buffer.from(tx, "base64"))))) continue;
      const result = txs_results![i]!;
      if (result.code !== 0) throw new Error(`a send failed in block ${at}: ${result.log}`);
      gas = Number(result.gas_used);
    }
  }
  if (missing.size > 0) throw new Error(`${missing.size} of ${txs.length} sends are in no block`);
  return gas;
}

/** Sends `count` transactions to a running chain. Throws when one is refused, fails or is lost. */
export async function sendLoad(target: Target, count: number): Promise<Load> {
  const lists = await prepare(target, count);
  const texts = lists.map((list) => list.map(toBase64));
  const { rpc, close } = connect(target.url);
  try {
    const height = await heightOf(rpc);
    const used = cpuMicrosOf(target.pid);
    const began = performance.now();
    await broadcastAll(rpc, texts);
    for (;;) {
      const { total } = (await rpc("num_unconfirmed_txs")) as { total: string };
      if (total === "0") break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const seconds = (performance.now() - began) / 1000;
    const cpuMicros = cpuMicrosOf(target.pid) - used;
    const txs = lists.flat();
    const gas = await findAll(rpc, txs, height);
    return { rate: txs.length / seconds, cpuMicros: cpuMicros / txs.length, gas };
  } finally {
    close();
  }
}
