/** A thousand heights of one chain under a light client on another: each header, each second height's absence, each existence. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { toHex, utf8 } from "@tandem-ics/crypto";
import { channelPath, commitmentPath, type Height } from "@tandem-ics/ibc/24-host";
import {
  type ChannelId,
  type ClientEnd,
  type Endpoint,
  packetEvents,
  readClientState,
  timeoutMessage,
} from "@tandem-ics/relayer";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { STAKE } from "../harness/go-chain.ts";
import type { Keys } from "./keys.ts";
import { inLanes } from "./lanes.ts";
import { isMember, prove, updateMessage } from "./light-client.ts";

/** Headers in one transaction: some hundred kilobytes when the set is big. */
const BATCH = 20n;

/** Sends `count` packets that nobody will receive; they have timed out at `timeoutHeight` of the other chain. */
export async function sendDoomed(
  from: Endpoint,
  channel: ChannelId,
  receiver: string,
  timeoutHeight: Height,
  count: number,
): Promise<Packet[]> {
  const message: EncodeObject = {
    typeUrl: MsgTransfer.typeUrl,
    value: MsgTransfer.fromPartial({
      sourcePort: channel.portId,
      sourceChannel: channel.channelId,
      token: { denom: STAKE, amount: "1" },
      sender: from.sender.address,
      receiver,
      timeoutHeight,
    }),
  };
  const { height } = await from.sender.send(Array<EncodeObject>(count).fill(message));
  const { sent } = packetEvents(await from.chain.blockEvents(height));
  return sent.map(({ packet }) => packet);
}

/** Keys of several stores under which there is something at every height. */
export function knownKeys(
  owner: Keys,
  validator: Keys,
  channel: ChannelId,
  pending: Packet,
): { store: string; key: Uint8Array }[] {
  const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...part])));
  return [
    { store: "ibc", key: utf8("nextClientSequence") },
    { store: "ibc", key: utf8(channelPath(channel.portId, channel.channelId)) },
    { store: "ibc", key: utf8(commitmentPath(pending.sourcePort, pending.sourceChannel, pending.sequence)) },
    { store: "bank", key: bytes(0x02, owner.account.length, owner.account, utf8(STAKE)) },
    { store: "acc", key: bytes(0x01, owner.account) },
    { store: "staking", key: bytes(0x21, validator.account.length, validator.account) },
    { store: "mint", key: bytes(0x00) },
    { store: "distribution", key: bytes(0x00) },
  ];
}

/** What is to be verified. */
export interface Thousand {
  /** With its client of `target`. */
  readonly host: ClientEnd;
  readonly target: Endpoint;
  /** Verified are the heights after this one. */
  readonly first: bigint;
  readonly count: bigint;
  /** Packets of `host`, half as many as heights; each is timed out by the absence of its receipt. */
  readonly doomed: readonly Packet[];
  readonly keys: readonly { store: string; key: Uint8Array }[];
}

/** What was verified, and how long it took. */
export interface Verified {
  readonly headers: number;
  readonly absences: number;
  readonly existences: number;
  /** For headers and absences, transactions included; making headers and proofs is not. */
  readonly hostSeconds: number;
  readonly totalSeconds: number;
}

/** Gives `host` all headers, each on top of the one before, and the proofs. Throws when anything is refused. */
export async function verifyThousand(options: Thousand): Promise<Verified> {
  const { host, target, first, count, doomed, keys } = options;
  const began = performance.now();
  const signer = host.sender.address;
  let { latestHeight: trusted } = await readClientState(host.chain, host.clientId);
  let hostMs = 0;
  let headers = 0;
  let absences = 0;
  for (let start = first + 1n; start <= first + count; start += BATCH) {
    const messages: EncodeObject[] = [];
    for (let height = start; height < start + BATCH && height <= first + count; height++) {
      const header = await target.chain.clientHeader(height, trusted);
      messages.push(updateMessage(host.clientId, signer, header));
      trusted = target.chain.heightOf(height);
      headers++;
      const packet = height % 2n === 0n ? doomed[absences] : undefined;
      if (packet === undefined) continue;
      messages.push(await timeoutMessage(host, target, packet, false, false).build(height));
      absences++;
    }
    const sent = performance.now();
    const { events } = await host.sender.send(messages);
    hostMs += performance.now() - sent;
    const updated = events.filter(({ type }) => type === "update_client").length;
    const timedOut = events.filter(({ type }) => type === "timeout_packet").length;
    if (updated + timedOut !== messages.length)
      throw new Error(`${updated} updates and ${timedOut} timeouts by ${messages.length} messages`);
  }
  const existences = await inLanes(Number(count), async (i) => {
    const { store, key } = keys[i % keys.length]!;
    const height = first + 1n + BigInt(i);
    const claim = await prove(target.chain, store, key, height);
    if (claim.value.length === 0) throw new Error(`nothing under ${toHex(key)} of ${store} at ${height}`);
    if (!(await isMember(host.chain, host.clientId, claim)))
      throw new Error(`${host.chain.chainId} does not see ${toHex(key)} of ${store} at ${height}`);
    return claim;
  });
  const totalSeconds = (performance.now() - began) / 1000;
  return { headers, absences, existences: existences.length, hostSeconds: hostMs / 1000, totalSeconds };
}

/** Sizes of the validator set at the heights after `first`, and at how many it was another one than before. */
export async function setsOf(
  chain: ChainClient,
  first: bigint,
  count: bigint,
): Promise<{ smallest: number; largest: number; changes: number; sizes: number[] }> {
  const sizes: number[] = [];
  let changes = 0;
  let before = "";
  for (let height = first + 1n; height <= first + count; height++) {
    const { header, commit } = await chain.signedHeader(height);
    const hash = toHex(header!.validatorsHash);
    if (before !== "" && hash !== before) changes++;
    before = hash;
    // A commit has a place for each validator, whether it signed or not.
    sizes.push(commit!.signatures.length);
  }
  return { smallest: Math.min(...sizes), largest: Math.max(...sizes), changes, sizes };
}
