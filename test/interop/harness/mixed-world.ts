/** What the steps of the mixed scenario share: messages, refusals, validator sets, and the relayer between the two chains. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { type ChainClient, ClientError, type TxEvent, type TxResult } from "@tandem-ics/client";
import { BLOCK_ID_FLAG, type KeyPair, validatorsHash } from "@tandem-ics/comet";
import { ed25519Address, equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import { eventually } from "./connect.ts";
import type { Service } from "./scratch.ts";
import type { Pair, Subject } from "./subjects.ts";
import { createTandem, type Tandem } from "./tandem.ts";

/** Package of the provider module's messages. */
export const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";
/** The denomination of both chains. */
export const STAKE = "stake";
/** A step of a scenario. */
export type Step = (name: string, work: () => Promise<void>) => void;
/** Base units of one unit of voting power. */
export const POWER = 1_000_000n;
/** Blocks of the provider between two packets, in the genesis of every pair. */
export const BLOCKS_PER_EPOCH = 3n;

/** A chain's no: `codespace/code` and text. */
export interface Refusal {
  readonly code: string;
  readonly log: string;
}

/** What a chain says to messages that it must refuse. */
export async function refusal(subject: Subject, from: string, ...messages: EncodeObject[]): Promise<Refusal> {
  const sender = await subject.sender(from);
  try {
    await sender.send(messages);
  } catch (error) {
    if (!(error instanceof ClientError) || error.abci === undefined) throw error;
    const { codespace, code } = error.abci;
    // Of "CHAIN refused the transaction (CODESPACE/CODE): LOG".
    return { code: `${codespace}/${code}`, log: error.message.slice(error.message.indexOf("): ") + 3) };
  }
  throw new Error(`${subject.chainId} accepted ${messages.map((m) => m.typeUrl).join(", ")}`);
}

/** Value of an attribute of the first event of a type; throws without one. */
export function attribute(events: readonly TxEvent[], type: string, key: string): string {
  const found = events
    .filter((event) => event.type === type)
    .flatMap((event) => event.attributes)
    .find((a) => a.key === key);
  if (found === undefined) throw new Error(`no ${key} in an event ${type}`);
  return found.value;
}

/** Keys of the attributes of the events of a type, in order. */
export const attributeKeys = (events: readonly TxEvent[], type: string): string[][] =>
  events.filter((event) => event.type === type).map((event) => event.attributes.map((a) => a.key));

/** Operator address of an account's name. */
export async function operatorOf(provider: Subject, name: string): Promise<string> {
  const { address } = await provider.sender(name);
  const codecs = createAddressCodecs(provider.prefix);
  return codecs.validator.encode(codecs.account.decode(address));
}

/** Consensus address of a key, with the provider's prefix. */
export const consAddressOf = (provider: Subject, key: KeyPair): string =>
  createAddressCodecs(provider.prefix).consensus.encode(ed25519Address(key.publicKey));

/** Powers of a chain's validators at a height, by the hex address of their keys. */
export async function powersAt(client: ChainClient, height: bigint): Promise<Record<string, bigint>> {
  const set = await client.validators(height);
  const { header } = await client.signedHeader(height);
  // What RPC tells is what the header commits to.
  expect(toHexUpper(header!.validatorsHash)).toBe(toHexUpper(validatorsHash(set)));
  return Object.fromEntries(set.map((v) => [toHexUpper(v.address), v.votingPower]));
}

/** The pair once its channels are open and a relayer runs between them. */
export interface World extends Pair {
  readonly consumerId: string;
  readonly tandem: Tandem;
  readonly relay: Relay;
  /** Transfer channel, by its end on each chain. */
  readonly transfer: { readonly provider: string; readonly consumer: string };
  /** CCV channel, likewise. */
  readonly ccv: { readonly provider: string; readonly consumer: string };
}

/** Our relayer as a process. */
export interface Relay {
  start(): Promise<void>;
  /** Asks it to end, and expects that it does so without a failure. */
  stop(): Promise<void>;
  /** Throws with its log when it has ended by itself. */
  check(): void;
}

interface ConnectReport {
  readonly channels: readonly {
    readonly provider: { readonly port: string; readonly channel: string };
    readonly consumer: { readonly port: string; readonly channel: string };
    readonly ordering: string;
    readonly open: boolean;
  }[];
}

function createRelay(tandem: Tandem, consumerId: string): Relay {
  let service: Service | undefined;
  return {
    async start() {
      service = await tandem.start("relayer", "relayer", "relay", "start", consumerId);
    },
    async stop() {
      const ended = await service?.stop();
      if (ended?.code !== 0) throw new Error(`the relayer ended with ${ended?.code}: ${service?.log()}`);
    },
    check() {
      if (service?.running !== true) throw new Error(`the relayer ended: ${service?.log()}`);
    },
  };
}

/** Opens the path by `tandem relay connect`, and starts `tandem relay start`. */
export async function connectPair(pair: Pair, consumerId: string): Promise<World> {
  const { scratch, provider, consumer } = pair;
  const tandem = createTandem(scratch, { provider: provider.rpcUrl, consumer: consumer.rpcUrl });
  const { channels }: ConnectReport = await tandem.json("relayer", "relay", "connect", consumerId);
  expect(channels.map((c) => [c.provider.port, c.consumer.port, c.ordering, c.open])).toEqual([
    ["provider", "consumer", "ordered", true],
    ["transfer", "transfer", "unordered", true],
  ]);
  const [ccv, transfer] = channels.map((c) => ({
    provider: c.provider.channel,
    consumer: c.consumer.channel,
  }));
  const relay = createRelay(tandem, consumerId);
  await relay.start();
  return { ...pair, consumerId, tandem, relay, transfer: transfer!, ccv: ccv! };
}

/** A key with a voting power. */
export type Power = readonly [KeyPair, bigint];

/** Powers by the hex address of keys. */
export const powersOf = (...powers: readonly Power[]): Record<string, bigint> =>
  Object.fromEntries(powers.map(([key, power]) => [toHexUpper(ed25519Address(key.publicKey)), power]));

const powersText = (powers: Record<string, bigint>): string =>
  Object.entries(powers)
    .map(([address, power]) => `${address}=${power}`)
    .sort()
    .join(" ");

/** Waits until the consumer's validators have these powers; throws when the relayer has ended. */
export async function untilPowers({ consumer, relay }: World, ...expected: Power[]): Promise<void> {
  const client = await consumer.client();
  const wanted = powersText(powersOf(...expected));
  let last = "";
  const found = async (): Promise<boolean> => {
    relay.check();
    last = powersText(await powersAt(client, (await client.status()).height));
    return last === wanted;
  };
  try {
    await eventually(client, "validators", found);
  } catch (cause) {
    throw new Error(`the consumer's validators are ${last}, not ${wanted}`, { cause });
  }
}

/** Blocks whose events are asked for at once. */
const BLOCKS_AT_ONCE = 20;

/** Events of a chain's blocks from a height on, transactions' before blocks' own. */
export async function eventsFrom(client: ChainClient, first: bigint): Promise<TxEvent[]> {
  const { height } = await client.status();
  const heights = Array.from({ length: Number(height - first) + 1 }, (_, i) => first + BigInt(i));
  const found: TxEvent[] = [];
  for (let at = 0; at < heights.length; at += BLOCKS_AT_ONCE) {
    const blocks = await Promise.all(
      heights.slice(at, at + BLOCKS_AT_ONCE).map((h) => client.blockEvents(h)),
    );
    for (const { txs, block } of blocks) found.push(...txs.flat(), ...block);
  }
  return found;
}

/** Sends and gives the result; throws when it is refused. */
export const send = async (subject: Subject, from: string, ...messages: EncodeObject[]): Promise<TxResult> =>
  (await subject.sender(from)).send(messages);

/** Index of a validator's signature in a commit; `undefined` when it is not there. */
export function signatureOf({ signatures }: Commit, address: Uint8Array): number | undefined {
  const index = signatures.findIndex(
    (s) => s.blockIdFlag === BLOCK_ID_FLAG.commit && equalBytes(s.validatorAddress, address),
  );
  return index < 0 ? undefined : index;
}

/** Waits for a block with a validator's signature, and gives its height. */
export const untilSigned = (client: ChainClient, address: Uint8Array): Promise<bigint> =>
  eventually(client, `a block signed by ${toHexUpper(address)}`, async () => {
    // Of the latest block a node tells the votes that sufficed; those that came later are in the next one.
    const height = (await client.status()).height - 1n;
    const { commit } = await client.signedHeader(height);
    return signatureOf(commit!, address) === undefined ? undefined : height;
  });
