/** A chain of ours to ask what was asked of the recorded ones, and the questions put in its terms. */
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import type { JsonObject, JsonValue } from "@tandem-ics/comet";
import { sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { inMemoryRpcClient, type Node, type RpcServer } from "@tandem-ics/node";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createBankNode, DENOM, MNEMONIC } from "../rpc/bank-chain.ts";

/** Why a recorded question cannot be put to our chain. */
export class NotGiven extends Error {}

/** A running chain with what questions refer to. */
export interface Subject {
  readonly node: Node;
  readonly server: RpcServer;
  /** Height with a transaction that succeeded and one that failed. */
  readonly txHeight: bigint;
  /** Height whose block changed validators. */
  readonly updateHeight: bigint;
  readonly goodTx: Uint8Array;
  readonly failedTx: Uint8Array;
  /** A transaction never sent before. */
  freshTx(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const RECIPIENT = "cosmos1hhg2rlu9jscacku2wwckws7932qqqu8x3gfgw0";
const FEE = { amount: [{ denom: DENOM, amount: "1000" }], gas: "200000" };

const send = (from: string, amount: string) => ({
  typeUrl: "/cosmos.bank.v1beta1.MsgSend",
  value: { fromAddress: from, toAddress: RECIPIENT, amount: [{ denom: DENOM, amount }] },
});

/** Starts a chain of three validators and sends a few transactions. */
export async function createSubject(): Promise<Subject> {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC);
  const address = (await wallet.getAccounts())[0]!.address;
  const node = createBankNode({
    accounts: [address],
    validators: 3,
    updateAtHeight: 4n,
    node: { rpc: { corsOrigins: ["*"], broadcastCommitTimeoutMs: 500 } },
  });
  node.start();
  node.produceBlock();
  const client = await SigningStargateClient.createWithSigner(
    Comet38Client.create(inMemoryRpcClient(node)),
    wallet,
  );
  let sequence = 0;
  const sign = async (amount: string): Promise<Uint8Array> => {
    const signer = { accountNumber: 0n, sequence: sequence++, chainId: node.chainId };
    return TxRaw.encode(await client.sign(address, [send(address, amount)], FEE, "", signer)).finish();
  };
  for (let i = 0; i < 4; i++) node.produceBlock();
  const goodTx = await sign("5");
  const failedTx = await sign("999999999999999999");
  node.mempool.checkTx(goodTx);
  node.mempool.checkTx(failedTx);
  const { header } = node.produceBlock().block;
  for (let i = 0; i < 3; i++) node.produceBlock();
  const server = await node.listen();
  return {
    node,
    server,
    txHeight: header.height,
    updateHeight: 4n,
    goodTx,
    failedTx,
    freshTx: () => sign("1"),
    close: () => node.stop(),
  };
}

const object = (value: JsonValue | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

/** A height of ours with what the recorded answer shows: transactions, validator updates, or nothing. */
function heightLike(subject: Subject, recorded: bigint, result: JsonObject): string {
  if (recorded <= 2n) return recorded.toString();
  const data = object(object(result["block"])["data"]);
  const txs = (data["txs"] ?? result["txs_results"] ?? []) as JsonValue[];
  if (Array.isArray(result["validator_updates"])) return subject.updateHeight.toString();
  return (txs.length > 0 ? subject.txHeight : 3n).toString();
}

function queryLike(subject: Subject, query: string, result: JsonObject): string {
  if (result["total_count"] === "0") return query;
  if (/\b(tx|block)\.height\b/.test(query)) return query.replace(/\d+/, subject.txHeight.toString());
  if (/\btx\.hash\b/.test(query)) return `tx.hash='${toHexUpper(sha256(subject.goodTx))}'`;
  return Object.hasOwn(result, "blocks") ? "validators.changed EXISTS" : "transfer.amount EXISTS";
}

async function txLike(subject: Subject, recorded: string, result: JsonObject): Promise<string> {
  const code = result["code"] ?? object(result["check_tx"])["code"];
  if (recorded.length < 100) return recorded; // rubbish is rubbish everywhere
  // A stale sequence: a failed transaction may be offered again, but its sequence is used up.
  return toBase64(code === 0 ? await subject.freshTx() : subject.failedTx);
}

function pathLike(subject: Subject, path: string): string {
  const method = /^\/[\w.]+\/\w+$/.test(path) && path.includes(".") ? path : undefined;
  const { app, services } = { app: subject.node.app, services: subject.node.services };
  const known = [...app.services.queries, ...services.methods];
  if (method !== undefined && !known.includes(method) && !path.includes(".no."))
    throw new NotGiven(`the chain that answers has no ${method}`);
  return path.replace(/^\/store\/ibc\//, "/store/bank/");
}

/** The parameters of a recorded call in terms of our chain. Throws {@link NotGiven}. */
export async function paramsLike(
  subject: Subject,
  method: string,
  params: JsonObject,
  response: JsonObject,
): Promise<JsonObject> {
  const result = object(response["result"]);
  const failed = response["result"] === undefined;
  const ours: JsonObject = { ...params };
  if (failed) return ours; // a refusal does not depend on what is stored
  const block = subject.node.blocks.meta(subject.txHeight)!;
  if (typeof ours["height"] === "string" && method !== "abci_query")
    ours["height"] = heightLike(subject, BigInt(ours["height"]), result);
  if (method === "block_by_hash" && result["block"] !== null) ours["hash"] = toBase64(block.blockId.hash);
  if (method === "header_by_hash" && result["header"] !== null) ours["hash"] = toHexUpper(block.blockId.hash);
  if (method === "tx") {
    const { code } = object(result["tx_result"]);
    ours["hash"] = toBase64(sha256(code === 0 ? subject.goodTx : subject.failedTx));
  }
  if (typeof ours["query"] === "string") ours["query"] = queryLike(subject, ours["query"], result);
  if (typeof ours["tx"] === "string") ours["tx"] = await txLike(subject, ours["tx"], result);
  if (method === "abci_query" && typeof ours["path"] === "string") {
    ours["path"] = pathLike(subject, ours["path"]);
    storeKeyLike(subject, ours, object(result["response"]));
  }
  return ours;
}

/** A key that our store has or lacks as the recorded one, at a height that can be proven. */
function storeKeyLike(subject: Subject, ours: JsonObject, response: JsonObject): void {
  const isStore = String(ours["path"]).startsWith("/store/bank/");
  if (!isStore) return;
  const supply = Buffer.concat([Buffer.from([0x00]), Buffer.from(DENOM)]).toString("hex");
  if (response["value"] !== null) ours["data"] = supply;
  if (ours["height"] !== undefined && response["code"] === 0) ours["height"] = subject.txHeight.toString();
}
