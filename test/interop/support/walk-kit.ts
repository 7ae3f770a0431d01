/** What walks through a chain's messages are made of: people, messages, senders that pay and count. */
import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import { type ChainClient, createTxSender, type TxResult, type TxSender } from "@tandem-ics/client";
import { encodeAny, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import { STAKE } from "../harness/go-chain.ts";
import { type Keys, keysOf } from "./keys.ts";

const GAS = 3_000_000n;
const FEE = [{ denom: STAKE, amount: "5000" }];
/** Nanoseconds of a second. */
export const SECOND_NS = 1_000_000_000n;
/** Base units of one unit of voting power. */
export const UNIT = 1_000_000n;
/** 2100, ns since 1970. */
export const FAR_NS = 4_102_444_800n * SECOND_NS;
/** 0.1 as it travels. */
export const TENTH = "100000000000000000";
const PROVIDER = "/interchain_security.ccv.provider.v1";

/** Addresses of the chain under the walk. */
export const codecs = createAddressCodecs(PROVIDER_PREFIX);
/** Governance's account. */
export const AUTHORITY = codecs.account.encode(moduleAddress("gov"));

/** Who takes part; all have funds at genesis. */
export const PEOPLE = {
  purse: keysOf("replay purse"),
  voter: keysOf("replay voter"),
  first: keysOf("replay first"),
  second: keysOf("replay second"),
  third: keysOf("replay third"),
} as const;

/** An amount of the stake. */
export const coin = (amount: bigint, denom: string = STAKE) => ({ denom, amount: amount.toString() });

/** Any message by type URL and the fields that matter. */
export const message = (typeUrl: string, fields: object): EncodeObject => ({
  typeUrl,
  value: registeredType(typeUrl).codec.fromPartial(fields as never),
});

/** A message of bank. */
export const bank = (name: string, fields: object) => message(`/cosmos.bank.v1beta1.${name}`, fields);
/** A message of staking. */
export const staking = (name: string, fields: object) => message(`/cosmos.staking.v1beta1.${name}`, fields);
/** A message of distribution. */
export const distribution = (name: string, fields: object) =>
  message(`/cosmos.distribution.v1beta1.${name}`, fields);
/** A message of slashing. */
export const slashing = (name: string, fields: object) => message(`/cosmos.slashing.v1beta1.${name}`, fields);
/** A message of gov v1. */
export const gov = (name: string, fields: object) => message(`/cosmos.gov.v1.${name}`, fields);
/** A message of gov v1beta1. */
export const oldGov = (name: string, fields: object) => message(`/cosmos.gov.v1beta1.${name}`, fields);
/** A message of the provider. */
export const provider = (name: string, fields: object) => message(`${PROVIDER}.${name}`, fields);

/** A message inside another one. */
export const packed = ({ typeUrl, value }: EncodeObject) => encodeAny(typeUrl, value);

/** A validator of its account's, with `stake` of its own. */
export const createValidator = (keys: Keys, stake: bigint, moniker = keys.name): EncodeObject =>
  staking("MsgCreateValidator", {
    description: { moniker, identity: "", website: "https://example.com", details: "replayed" },
    commission: { rate: TENTH, maxRate: `${TENTH}0`, maxChangeRate: TENTH },
    minSelfDelegation: "1",
    validatorAddress: keys.operator,
    pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", { key: keys.consensusKey }),
    value: coin(stake),
  });

/** The chain under the walk. */
export interface Stage {
  readonly chain: ChainClient;
  /** `cosmosvaloper1…` of the validator that signs and holds nearly all power. */
  readonly main: { readonly operator: string; readonly sender: TxSender };
  /** `cosmosvaloper1…` of a genesis validator that signs nothing, and what its operator sends with. */
  readonly absent: { readonly operator: string; readonly sender: TxSender };
}

/** A transaction that a block holds. */
export interface Sent {
  readonly what: string;
  readonly result: TxResult;
}

/** Sends for an account with a fee, whatever happens to the transaction. */
export const payingSender = (
  chain: ChainClient,
  { signer, address }: { signer: OfflineSigner; address: string },
): TxSender =>
  createTxSender({
    chainId: chain.chainId,
    rpc: chain.rpc,
    comet: chain.comet,
    signer,
    address,
    pace: chain.pace,
    gas: { kind: "fixed", limit: GAS },
    fee: FEE,
  });

/** Stake of `purse` with a validator. */
export const delegation = (operator: string, amount: bigint) => ({
  delegatorAddress: PEOPLE.purse.address,
  validatorAddress: operator,
  amount: coin(amount),
});

/** Stake of `purse` that changes its validator. */
export const redelegation = (from: string, to: string, amount: bigint): EncodeObject =>
  staking("MsgBeginRedelegate", {
    delegatorAddress: PEOPLE.purse.address,
    validatorSrcAddress: from,
    validatorDstAddress: to,
    amount: coin(amount),
  });

/** Who sends, and what was sent so far. */
export interface Walker extends Stage {
  /** In order, for the reader of a failure. */
  readonly sent: readonly Sent[];
  /** A transaction of a sender; with a `code` other than 0 it gets into a block and fails there. */
  by(sender: TxSender, messages: EncodeObject[], code?: number): Promise<TxResult>;
  send(from: Keys, ...messages: EncodeObject[]): Promise<TxResult>;
  /** A transaction that gets into a block and fails there. */
  fails(from: Keys, ...messages: EncodeObject[]): Promise<TxResult>;
  /** Waits for so many blocks. */
  blocks(count: bigint): Promise<void>;
}

const nameOf = (messages: readonly EncodeObject[]) =>
  messages.map(({ typeUrl }) => typeUrl.replace(/^.*\./, "")).join("+");

/** Begins a walk. */
export function createWalker(stage: Stage): Walker {
  const { chain } = stage;
  const senders = new Map<Keys, TxSender>(
    Object.values(PEOPLE).map((keys) => [keys, payingSender(chain, keys)]),
  );
  const sent: Sent[] = [];
  async function by(sender: TxSender, messages: EncodeObject[], code = 0): Promise<TxResult> {
    const what = nameOf(messages);
    const result = await sender.confirm(await sender.submit(messages));
    sent.push({ what, result });
    if (code === 0 && result.code !== 0)
      throw new Error(`${what} was refused: ${result.codespace}/${result.code} ${result.log}`);
    if (code !== 0 && result.code === 0) throw new Error(`${what} was not refused`);
    return result;
  }
  return {
    ...stage,
    sent,
    by,
    send: (from, ...messages) => by(senders.get(from)!, messages),
    fails: (from, ...messages) => by(senders.get(from)!, messages, 1),
    async blocks(count) {
      const { height } = await chain.status();
      for (let at = height; at < height + count; ) at = await chain.pace.after(at);
    },
  };
}
