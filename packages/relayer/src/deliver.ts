/**
 * Sends messages with proofs in batches. A batch that a chain refuses is taken apart, so that one bad message, or one
 * that another relayer was faster with, holds up nothing but itself (and, on an ordered channel, what comes after it).
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { ClientError } from "@tandem-ics/client";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { type Endpoint, provableHeight } from "./endpoint.ts";
import { clientUpdates } from "./foreign-client.ts";
import type { ClientEnd } from "./handshake.ts";

/** A packet message that is built once the height of its proof is known. */
export interface ProvenMessage {
  readonly kind: "packet" | "acknowledgement" | "timeout";
  readonly packet: Packet;
  /** Nothing after it on the same channel can succeed before it has. */
  readonly ordered: boolean;
  build(height: bigint): Promise<EncodeObject>;
}

/** What became of the messages. */
export interface Delivery {
  /** Messages in transactions that succeeded. */
  readonly delivered: number;
  readonly failures: readonly unknown[];
}

/** Transactions under way at once: their proofs are read and checked while earlier ones wait for a block. */
const MAX_IN_FLIGHT = 16;

/** ibc-go `ErrRedundantTx`: others have carried all of it. */
const isRedundant = (error: unknown): boolean =>
  error instanceof ClientError && error.abci?.codespace === "channel" && error.abci.code === 22;

/** Whether sending less, or sending again, may help; a chain that cannot be reached is not asked twice. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ClientError &&
  (error.code === "tx-failed" || error.code === "tx-rejected" || error.code === "query-failed");

const channelOf = ({ sourcePort, sourceChannel }: Packet): string => `${sourcePort}/${sourceChannel}`;

/** Delivers `messages` to `to`, proven by a header of `from` above `floor`. Throws when a chain cannot be reached. */
export async function deliver(
  to: ClientEnd,
  from: Endpoint,
  floor: bigint,
  messages: readonly ProvenMessage[],
  maxMessages: number,
): Promise<Delivery> {
  if (messages.length === 0) return { delivered: 0, failures: [] };
  const height = await provableHeight(from.chain, floor);
  const failures: unknown[] = [];
  const blocked = new Set<string>();
  let delivered = 0;

  const updates = () => clientUpdates(to.chain, from.chain, to.clientId, height, to.sender.address);
  const build = (batch: readonly ProvenMessage[]) => Promise.all(batch.map((m) => m.build(height)));

  async function takeApart(batch: readonly ProvenMessage[], cause: unknown): Promise<void> {
    if (isRedundant(cause)) return;
    if (!isRefusal(cause)) throw cause;
    if (batch.length === 1) {
      failures.push(cause);
      if (batch[0]!.ordered) blocked.add(channelOf(batch[0]!.packet));
      return;
    }
    const half = batch.length >> 1;
    for (const part of [batch.slice(0, half), batch.slice(half)]) {
      const rest = part.filter((m) => !blocked.has(channelOf(m.packet)));
      if (rest.length > 0) await sendAlone(rest);
    }
  }

  async function sendAlone(batch: readonly ProvenMessage[]): Promise<void> {
    try {
      // An update that failed together with other messages is not in force: ask each time.
      await to.sender.send([...(await updates()), ...(await build(batch))]);
      delivered += batch.length;
    } catch (error) {
      await takeApart(batch, error);
    }
  }

  const size = maxMessages * MAX_IN_FLIGHT;
  for (let start = 0; start < messages.length; start += size) {
    const sent: { readonly batch: readonly ProvenMessage[]; readonly hash: Promise<string> }[] = [];
    let first = await updates();
    for (let i = start; i < Math.min(start + size, messages.length); i += maxMessages) {
      const batch = messages.slice(i, Math.min(i + maxMessages, start + size));
      const hash = to.sender.submit([...first, ...(await build(batch))]);
      hash.catch(() => undefined);
      sent.push({ batch, hash });
      first = [];
      // What follows relies on this transaction's client update and sequence.
      if (await refused(hash)) break;
    }
    const unsent = messages.slice(
      start + sent.reduce((sum, { batch }) => sum + batch.length, 0),
      Math.min(start + size, messages.length),
    );
    for (const { batch, hash } of sent) {
      try {
        await to.sender.settle(await hash);
        delivered += batch.length;
      } catch (error) {
        await takeApart(batch, error);
      }
    }
    for (let i = 0; i < unsent.length; i += maxMessages) {
      const rest = unsent.slice(i, i + maxMessages).filter((m) => !blocked.has(channelOf(m.packet)));
      if (rest.length > 0) await sendAlone(rest);
    }
  }
  return { delivered, failures };
}

const refused = (hash: Promise<string>): Promise<boolean> =>
  hash.then(
    () => false,
    () => true,
  );
