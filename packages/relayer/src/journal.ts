/**
 * What a relayer has seen of a chain: packets sent and acknowledgements written. For speed only: what is missing here
 * is found again by searching the chain's events, and what is to be done comes from chain state.
 */
import { type ChainClient, ClientError, callRpc } from "@tandem-ics/client";
import { packetEvents, type SentPacket, type WrittenAck } from "./packet-events.ts";

/** Entries kept of each kind; older ones are searched for again when needed. */
const LIMIT = 100_000;
/** Longest gap that is read block by block; what lies further back is searched for when needed. */
const MAX_CATCH_UP = 200n;

/** What happened in the blocks read. */
export interface Activity {
  /** A connection or channel handshake moved. */
  readonly handshake: boolean;
  /** Packets were sent or acknowledgements written. */
  readonly packets: boolean;
}

/** Packets and acknowledgements of one chain. */
export interface Journal {
  /** Height up to which blocks were read. */
  readonly height: bigint;
  /** Reads the blocks up to `height` and tells what was in them. */
  follow(height: bigint): Promise<Activity>;
  /** A packet that this chain sent. */
  sent(port: string, channel: string, sequence: bigint): Promise<SentPacket | undefined>;
  /** An acknowledgement that this chain wrote for a packet that arrived at `port`/`channel`. */
  ack(port: string, channel: string, sequence: bigint): Promise<WrittenAck | undefined>;
}

const keyOf = (port: string, channel: string, sequence: bigint): string => `${port}/${channel}/${sequence}`;

/** A journal that starts after `from`: earlier blocks are only searched. */
export function createJournal(chain: ChainClient, from: bigint): Journal {
  const sent = new Map<string, SentPacket>();
  const acks = new Map<string, WrittenAck>();
  let height = from;

  const put = <T>(into: Map<string, T>, key: string, value: T): void => {
    if (into.size >= LIMIT) into.delete(into.keys().next().value!);
    into.set(key, value);
  };

  async function read(at: bigint): Promise<Activity> {
    const events = packetEvents(await chain.blockEvents(at));
    for (const entry of events.sent) {
      const { sourcePort, sourceChannel, sequence } = entry.packet;
      put(sent, keyOf(sourcePort, sourceChannel, sequence), entry);
    }
    for (const entry of events.acks) {
      const { destinationPort, destinationChannel, sequence } = entry.packet;
      put(acks, keyOf(destinationPort, destinationChannel, sequence), entry);
    }
    return { handshake: events.handshake, packets: events.sent.length + events.acks.length > 0 };
  }

  /** A block that the node has pruned may have held anything. */
  async function readIfKept(at: bigint): Promise<Activity> {
    try {
      return await read(at);
    } catch (error) {
      if (error instanceof ClientError && error.code === "query-failed")
        return { handshake: true, packets: true };
      throw error;
    }
  }

  /** Reads the blocks of which an event search says that they hold the event. */
  async function search(event: string, side: "src" | "dst", port: string, channel: string, sequence: bigint) {
    const query = `${event}.packet_sequence='${sequence}' AND ${event}.packet_${side}_channel='${channel}' AND ${event}.packet_${side}_port='${port}'`;
    const page = { query, page: "1", per_page: "10" };
    const [blocks, txs] = await Promise.all([
      callRpc(chain.rpc, "block_search", { ...page, order_by: "asc" }) as Promise<{
        blocks: { block: { header: { height: string } } }[] | null;
      }>,
      callRpc(chain.rpc, "tx_search", { ...page, prove: false, order_by: "asc" }) as Promise<{
        txs: { height: string }[] | null;
      }>,
    ]);
    for (const { block } of blocks.blocks ?? []) await read(BigInt(block.header.height));
    for (const tx of txs.txs ?? []) await read(BigInt(tx.height));
  }

  return {
    get height() {
      return height;
    },
    async follow(to) {
      let handshake = false;
      let packets = false;
      if (to - height > MAX_CATCH_UP) {
        height = to - MAX_CATCH_UP;
        handshake = packets = true;
      }
      while (height < to) {
        const next = height + 1n;
        const block = await readIfKept(next);
        handshake ||= block.handshake;
        packets ||= block.packets;
        if (height < next) height = next;
      }
      return { handshake, packets };
    },
    async sent(port, channel, sequence) {
      const key = keyOf(port, channel, sequence);
      if (!sent.has(key)) await search("send_packet", "src", port, channel, sequence);
      return sent.get(key);
    },
    async ack(port, channel, sequence) {
      const key = keyOf(port, channel, sequence);
      if (!acks.has(key)) await search("write_acknowledgement", "dst", port, channel, sequence);
      return acks.get(key);
    },
  };
}
