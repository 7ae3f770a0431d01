/** A network of ours to ask what was asked of the recorded chains, and the questions put in its terms. */
import { DirectSecp256k1HdWallet, type EncodeObject } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import type { JsonObject, JsonValue } from "@tandem-ics/comet";
import { sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { type Chain, Localnet } from "@tandem-ics/localnet";
import { inMemoryRpcClient, type Node } from "@tandem-ics/node";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import type { Event } from "cosmjs-types/tendermint/abci/types";

/** Why a recorded question cannot be put to our chains. */
export class NotGiven extends Error {}

/** A running chain with what questions refer to. */
export interface Subject {
  readonly node: Node;
  readonly url: string;
  /** Height with a transaction that succeeded and one that failed. */
  readonly txHeight: bigint;
  /** Height whose block changed validators. */
  readonly updateHeight: bigint;
  readonly goodTx: Uint8Array;
  readonly failedTx: Uint8Array;
  /** A transaction never sent before. */
  freshTx(): Promise<Uint8Array>;
}

/** A provider and a consumer with something behind them. */
export interface Network {
  readonly provider: Subject;
  readonly consumer: Subject;
  stop(): Promise<void>;
}

const GAS = "300000";

/** Something that happens on both chains: a plain send, one that fails, and blocks after it. */
async function createSubject(net: Localnet, chain: Chain): Promise<Subject> {
  const { node, denom, bech32Prefix } = chain;
  const { mnemonic } = net.accounts.find(({ name }) => name === "alice")!;
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic!, { prefix: bech32Prefix });
  const address = (await wallet.getAccounts())[0]!.address;
  const comet = Comet38Client.create(inMemoryRpcClient(node));
  const client = await SigningStargateClient.createWithSigner(comet, wallet);
  const { accountNumber, sequence } = (await client.getAccount(address))!;
  let next = sequence;
  const fee = { amount: [{ denom, amount: "1000" }], gas: GAS };
  const sign = async (message: EncodeObject): Promise<Uint8Array> => {
    const signer = { accountNumber, sequence: next++, chainId: node.chainId };
    return TxRaw.encode(await client.sign(address, [message], fee, "", signer)).finish();
  };
  const send = (amount: string): EncodeObject => ({
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: address, toAddress: address, amount: [{ denom, amount }] },
  });
  const goodTx = await sign(send("5"));
  const failedTx = await sign(send("999999999999999999999"));
  node.mempool.checkTx(goodTx);
  node.mempool.checkTx(failedTx);
  const { header } = node.produceBlock().block;
  for (let i = 0; i < 3; i++) node.produceBlock();
  const { url } = await node.listen();
  return {
    node,
    url,
    txHeight: header.height,
    updateHeight: lastUpdate(node),
    goodTx,
    failedTx,
    freshTx: () => sign(send("1")),
  };
}

function lastUpdate(node: Node): bigint {
  for (let height = node.height; height >= node.blocks.base; height--)
    if (node.blocks.response(height)!.validatorUpdates.length > 0) return height;
  throw new NotGiven("no block changed validators");
}

/** Coins from one chain's alice to the other's, not yet relayed. */
async function transfer(net: Localnet, from: Chain, to: Chain): Promise<void> {
  const { address } = net.accounts.find(({ name }) => name === "alice")!;
  const bytes = createAddressCodecs("cosmos").account.decode(address);
  const on = ({ bech32Prefix }: Chain): string => createAddressCodecs(bech32Prefix).account.encode(bytes);
  const message = {
    typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
    value: MsgTransfer.fromPartial({
      sourcePort: "transfer",
      sourceChannel: "channel-1",
      token: { denom: from.denom, amount: "77" },
      sender: on(from),
      receiver: on(to),
      timeoutTimestamp: from.node.state.lastBlockTimeNs + 3_600_000_000_000n,
    }),
  };
  await net.sender(from.name, "alice").send([message]);
}

/** What the recorded chains went through, as far as it is quick to do. */
async function liveThrough(net: Localnet): Promise<void> {
  const consumer = net.consumers[0]!;
  await net.validator.assignKey("carol", consumer.name);
  await transfer(net, net.provider, consumer);
  await transfer(net, consumer, net.provider);
  await net.relay.once();
  await net.consumer.create({ name: "second" });
  await net.consumer.remove("second");
  const { evidence } = await net.fault.doubleSign("bob", consumer.name);
  await net.evidence.submitDoubleSign(consumer.name, evidence);
  await net.relay.once();
}

/**
 * Starts a network of three validators and one consumer, changes a delegation and has it relayed; an `eventful` one sees
 * transfers, another consumer come and go, and a double sign as well.
 */
export async function createNetwork(options: { eventful?: boolean } = {}): Promise<Network> {
  const net = await Localnet.start({ validators: 3, consumers: 1 });
  await net.stake.delegate("bob", "1000000stake");
  await net.epochEnd();
  await net.relay.once();
  const network = {
    provider: await createSubject(net, net.provider),
    consumer: await createSubject(net, net.consumers[0]!),
    stop: () => net.stop(),
  };
  if (options.eventful) await liveThrough(net);
  return network;
}

/** The chain that a recording is of: by the folder that it lies in. */
export const chainOf = (network: Network, name: string): Subject =>
  /(^|\/)consumer\//.test(name) ? network.consumer : network.provider;

/** All events of a chain, of blocks and of transactions that succeeded. */
export function eventsOf({ node }: Subject): Event[] {
  const out: Event[] = [];
  for (let height = node.blocks.base; height <= node.height; height++) {
    const { events, txResults } = node.blocks.response(height)!;
    out.push(...events, ...txResults.filter(({ code }) => code === 0).flatMap((result) => result.events));
  }
  return out;
}

const object = (value: JsonValue | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

/** A height of ours with what the recorded answer shows: transactions, validator updates, or nothing. */
function heightLike(subject: Subject, recorded: bigint, result: JsonObject): string {
  if (recorded <= 2n) return recorded.toString();
  const data = object(object(result["block"])["data"]);
  const txs = (data["txs"] ?? result["txs_results"] ?? []) as JsonValue[];
  if (Array.isArray(result["validator_updates"])) return subject.updateHeight.toString();
  return (txs.length > 0 ? subject.txHeight : subject.node.height - 1n).toString();
}

function queryLike(subject: Subject, query: string, result: JsonObject): string {
  if (result["total_count"] === "0") return query;
  if (/\b(tx|block)\.height\b/.test(query)) return query.replace(/\d+/, subject.txHeight.toString());
  if (/\btx\.hash\b/.test(query)) return `tx.hash='${toHexUpper(sha256(subject.goodTx))}'`;
  return query;
}

async function txLike(subject: Subject, recorded: string, result: JsonObject): Promise<string> {
  const code = result["code"] ?? object(result["check_tx"])["code"];
  if (recorded.length < 100) return recorded; // rubbish is rubbish everywhere
  // A failed transaction may be offered again, but its sequence is used up.
  return toBase64(code === 0 ? await subject.freshTx() : subject.failedTx);
}

/** The parameters of a recorded call in terms of our chain. Throws {@link NotGiven}. */
export async function paramsLike(
  subject: Subject,
  method: string,
  params: JsonObject,
  response: JsonObject,
): Promise<JsonObject> {
  const result = object(response["result"]);
  const ours: JsonObject = { ...params };
  if (response["result"] === undefined) return ours; // a refusal does not depend on what is stored
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
  if (method === "abci_query") await queryParamsLike(subject, ours, object(result["response"]));
  return ours;
}

/** Heights that can be proven, and keys that our store has or lacks as the recorded one. */
async function queryParamsLike(subject: Subject, ours: JsonObject, recorded: JsonObject): Promise<void> {
  const { node } = subject;
  const path = String(ours["path"]);
  const isMethod = /^\/[\w.]+\.[\w.]+\/\w+$/.test(path);
  const known = [...node.app.services.queries, ...node.services.methods];
  if (isMethod && recorded["code"] === 0 && !known.includes(path))
    throw new NotGiven(`the chain that answers has no ${path}`);
  if (!/^\/?store\//.test(path) || recorded["code"] !== 0) return;
  if (ours["height"] !== undefined && ours["height"] !== "0") ours["height"] = (node.height - 1n).toString();
  const data = Buffer.from(String(ours["data"]), "hex");
  const { value } = await node.services.query({ path, data, height: 0n, prove: false });
  if (recorded["value"] !== null && value.length === 0)
    throw new NotGiven(`the chain that answers has nothing under ${data.toString()}`);
  if (recorded["value"] === null && value.length > 0) ours["data"] = `${String(ours["data"])}00`;
}
