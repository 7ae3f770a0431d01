/**
 * Signed bank sends a second through a node's HTTP door: every transaction is signed before anything is timed, then
 * broadcast by a few workers, each waiting for its answer; the chain makes blocks with a pause of 200 ms.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client, HttpClient } from "@cosmjs/tendermint-rpc";
import { toBase64 } from "@tandem-ics/crypto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { type Figure, spread } from "./measure.ts";

const here = dirname(fileURLToPath(import.meta.url));
const ACCOUNTS = 50;
const WORKERS = 25;

interface Target {
  readonly url: string;
  readonly chainId: string;
  readonly mnemonic: string;
  readonly prefix: string;
  readonly denom: string;
}

async function walletAt(target: Target, path: string): Promise<DirectSecp256k1Wallet> {
  const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(target.mnemonic));
  const { privkey } = Slip10.derivePath(Slip10Curve.Secp256k1, seed, stringToPath(path));
  return DirectSecp256k1Wallet.fromKey(privkey, target.prefix);
}

async function rpc(url: string, method: string, params: object = {}): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const body = (await response.json()) as { result?: unknown; error?: unknown };
  if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
  return body.result;
}

/** Signs `count` sends, account i to account i + 1, after funding the accounts. */
async function prepare(target: Target, count: number): Promise<string[][]> {
  const comet = Comet38Client.create(new HttpClient(target.url));
  const wallets = await Promise.all(
    Array.from({ length: ACCOUNTS }, (_, i) => walletAt(target, `m/44'/118'/1'/0/${i}`)),
  );
  const addresses = await Promise.all(wallets.map(async (w) => (await w.getAccounts())[0]!.address));
  const payer = await walletAt(target, "m/44'/118'/0'/0/0");
  const payerAddress = (await payer.getAccounts())[0]!.address;
  const funding = SigningStargateClient.createWithSigner(comet, payer, { broadcastPollIntervalMs: 50 });
  const funded = await funding.signAndBroadcast(
    payerAddress,
    addresses.map((toAddress) => ({
      typeUrl: "/cosmos.bank.v1beta1.MsgSend",
      value: MsgSend.fromPartial({
        fromAddress: payerAddress,
        toAddress,
        amount: [{ denom: target.denom, amount: "1000000" }],
      }),
    })),
    { amount: [], gas: "20000000" },
  );
  if (funded.code !== 0) throw new Error(funded.rawLog);
  return Promise.all(
    wallets.map(async (wallet, i) => {
      const client = await SigningStargateClient.offline(wallet);
      const { accountNumber } = await funding.getSequence(addresses[i]!);
      const own = Math.floor(count / ACCOUNTS);
      const txs: string[] = [];
      for (let sequence = 0; sequence < own; sequence++) {
        const message = {
          typeUrl: "/cosmos.bank.v1beta1.MsgSend",
          value: MsgSend.fromPartial({
            fromAddress: addresses[i]!,
            toAddress: addresses[(i + 1) % ACCOUNTS]!,
            amount: [{ denom: target.denom, amount: "1" }],
          }),
        };
        const raw = await client.sign(addresses[i]!, [message], { amount: [], gas: "100000" }, "", {
          accountNumber,
          sequence,
          chainId: target.chainId,
        });
        txs.push(toBase64(TxRaw.encode(raw).finish()));
      }
      return txs;
    }),
  );
}

/** The processor time, in microseconds, that the chain's process has used. */
async function cpuMicros(child: ChildProcess): Promise<number> {
  const answer = new Promise<{ cpuMicros: number }>((resolve) =>
    child.once("message", (message) => resolve(message as { cpuMicros: number })),
  );
  child.send("cpu");
  return (await answer).cpuMicros;
}

/** Broadcasts everything; returns sends a second by the client's clock, from the first broadcast to an empty pool. */
async function run(
  target: Target,
  txs: readonly string[][],
  drained: () => Promise<unknown>,
): Promise<{ rate: number; committed: number }> {
  const total = txs.reduce((n, list) => n + list.length, 0);
  const { sync_info } = (await rpc(target.url, "status")) as { sync_info: { latest_block_height: string } };
  const began = performance.now();
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const own = txs.filter((_, i) => i % WORKERS === worker);
      const longest = Math.max(...own.map((list) => list.length));
      for (let at = 0; at < longest; at++)
        for (const list of own) {
          const answer = (await rpc(target.url, "broadcast_tx_sync", { tx: list[at]! })) as {
            code: number;
            log: string;
          };
          if (answer.code !== 0) throw new Error(answer.log);
        }
    }),
  );
  for (;;) {
    const { total: left } = (await rpc(target.url, "num_unconfirmed_txs")) as { total: string };
    if (left === "0") break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const elapsed = (performance.now() - began) / 1000;
  await drained();
  const committed = await countCommitted(target.url, BigInt(sync_info.latest_block_height) + 1n);
  if (committed !== total) throw new Error(`${committed} of ${total} sends are in blocks`);
  return { rate: total / elapsed, committed };
}

async function countCommitted(url: string, from: bigint): Promise<number> {
  const { sync_info } = (await rpc(url, "status")) as { sync_info: { latest_block_height: string } };
  let count = 0;
  for (let height = from; height <= BigInt(sync_info.latest_block_height); height++) {
    const { txs_results } = (await rpc(url, "block_results", { height: height.toString() })) as {
      txs_results: { code: number }[] | null;
    };
    for (const result of txs_results ?? []) {
      if (result.code !== 0) throw new Error(`a send failed with code ${result.code}`);
      count++;
    }
  }
  return count;
}

/** Starts a chain in a process of its own and measures `count` sends, `runs` times. */
export async function benchSends(count: number, runs: number): Promise<Figure[]> {
  const rates: number[] = [];
  const costs: number[] = [];
  for (let i = 0; i < runs; i++) {
    const child = spawn(
      process.execPath,
      [
        ...(process.env["CHAIN_FLAGS"]?.split(" ") ?? []),
        "--import",
        "tsx",
        "--conditions=@tandem-ics/source",
        join(here, "sends-chain.ts"),
      ],
      {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      },
    );
    try {
      const target = await new Promise<Target>((resolve, reject) => {
        child.once("message", (message) => resolve(message as Target));
        child.once("exit", (code) => reject(new Error(`the chain ended (${code})`)));
      });
      const txs = await prepare(target, count);
      const used = await cpuMicros(child);
      rates.push(
        (await run(target, txs, async () => costs.push(((await cpuMicros(child)) - used) / count))).rate,
      );
    } finally {
      child.kill();
    }
  }
  return [
    {
      name: `signed bank sends through HTTP, ${count} by ${WORKERS} workers`,
      unit: "tx/s",
      value: spread(rates),
      runs,
      note: "Go 1 100–1 250",
    },
    {
      name: "processor time of the chain's process for each of these sends",
      unit: "µs",
      value: spread(costs),
      runs,
    },
  ];
}
