/** What a chain was seen to hold, and whether it still holds that and nothing else. */
import { HttpBatchClient } from "@cosmjs/tendermint-rpc";
import { callRpc } from "@tandem-ics/client";
import { fromBase64, sha256, toHexUpper } from "@tandem-ics/crypto";

/** A block as it was first seen. */
interface Seen {
  readonly hash: string;
  /** App hash after the block before, which its header carries. */
  readonly appHash: string;
  readonly txs: readonly string[];
}

/** What was seen of a chain over all its lives. */
export interface ChainRecord {
  /** Told by a node that ran: it had committed this. */
  sawHeight(height: bigint, hash: string): void;
  /** Told by a node that ran: it had this transaction in a block. */
  sawTx(hash: string, height: bigint): void;
  /** Told by a node that ran: it took this transaction, and may or may not have put it into a block. */
  tookTx(hash: string): void;
  /** Resolves once that height was seen. */
  reached(height: bigint): Promise<void>;
  /** Highest height that was seen. */
  readonly height: bigint;
  /**
   * Compares what the node at `url` holds with all that was seen: everything since the last time, and everything at all
   * when `whole`, the index as well. Gives the number of blocks and transactions looked at. Throws with what is wrong.
   */
  verify(url: string, whole?: boolean): Promise<{ blocks: number; txs: number }>;
}

interface BlockAnswer {
  readonly block_id: { readonly hash: string };
  readonly block: {
    readonly header: { readonly app_hash: string; readonly last_block_id: { readonly hash: string } };
    readonly data: { readonly txs: readonly string[] };
  };
}

const hashOf = (tx: string): string => toHexUpper(sha256(fromBase64(tx)));

/** Calls in one batch: more are refused as a whole, as in CometBFT. */
const BATCH = 10;
/** Blocks asked for at a time. */
const AT_ONCE = 20;

function assertEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what} is ${String(found)}, not ${String(expected)}`);
}

/** A record of nothing. */
export function createChainRecord(): ChainRecord {
  const blocks = new Map<bigint, Seen>();
  const tips = new Map<bigint, string>();
  const txs = new Map<string, bigint>();
  const taken = new Set<string>();
  const waiting: { readonly height: bigint; readonly done: () => void }[] = [];
  let verified = 0n;
  let highest = 0n;

  /** What the index knows beside the blocks: every transaction by its action, and none that is in no block. */
  async function verifyIndex(rpc: HttpBatchClient, count: number): Promise<void> {
    const query = "message.action='/cosmos.bank.v1beta1.MsgSend'";
    const found = (await callRpc(rpc, "tx_search", { query, prove: false, per_page: "1", page: "1" })) as {
      total_count: string;
    };
    assertEqual("number of indexed transactions", Number(found.total_count), count);
    const committed = new Set([...blocks.values()].flatMap((block) => block.txs));
    const lost = [...taken].filter((hash) => !committed.has(hash));
    await Promise.all(
      lost.map(async (hash) => {
        const inBase64 = Buffer.from(hash, "hex").toString("base64");
        const known = await callRpc(rpc, "tx", { hash: inBase64, prove: false }).catch(() => undefined);
        if (known !== undefined) throw new Error(`transaction ${hash} is indexed, and in no block`);
      }),
    );
  }

  async function verifyBlock(rpc: HttpBatchClient, height: bigint): Promise<number> {
    const text = height.toString();
    const [answer, results, byHeight] = (await Promise.all([
      callRpc(rpc, "block", { height: text }),
      callRpc(rpc, "block_results", { height: text }),
      callRpc(rpc, "tx_search", { query: `tx.height=${text}`, per_page: "100", page: "1", prove: false }),
    ])) as [
      BlockAnswer,
      { txs_results: { code?: number }[] | null },
      { total_count: string; txs: { hash: string }[] },
    ];
    const { header, data } = answer.block;
    const hashes = data.txs.map(hashOf);
    const seen: Seen = { hash: answer.block_id.hash, appHash: header.app_hash, txs: hashes };
    const before = blocks.get(height - 1n);
    if (before !== undefined)
      assertEqual(`parent of block ${height}`, header.last_block_id.hash, before.hash);
    const known = blocks.get(height);
    if (known !== undefined) {
      assertEqual(`hash of block ${height}`, seen.hash, known.hash);
      assertEqual(`app hash in block ${height}`, seen.appHash, known.appHash);
    }
    const tip = tips.get(height);
    if (tip !== undefined) assertEqual(`hash of block ${height}`, seen.hash, tip);
    blocks.set(height, seen);
    // Each transaction has its result and is found by hash and by height; the index knows no others.
    assertEqual(`results of block ${height}`, (results.txs_results ?? []).length, hashes.length);
    for (const { code } of results.txs_results ?? []) assertEqual(`code in block ${height}`, code ?? 0, 0);
    assertEqual(`indexed transactions of block ${height}`, Number(byHeight.total_count), hashes.length);
    if (hashes.length <= 100)
      assertEqual(
        `indexed hashes of block ${height}`,
        byHeight.txs.map(({ hash }) => hash).join(),
        hashes.join(),
      );
    const found = await Promise.all(
      hashes.map((hash) =>
        callRpc(rpc, "tx", { hash: Buffer.from(hash, "hex").toString("base64"), prove: false }),
      ),
    );
    found.forEach((tx, index) => {
      const { height: at, index: place } = tx as { height: string; index: number };
      assertEqual(`place of transaction ${hashes[index]}`, `${at}/${place}`, `${height}/${index}`);
    });
    return hashes.length;
  }

  return {
    sawHeight(height, hash) {
      tips.set(height, hash);
      if (height <= highest) return;
      highest = height;
      for (const waiter of waiting) if (waiter.height <= height) waiter.done();
    },
    sawTx: (hash, height) => void txs.set(hash, height),
    reached: (height) =>
      height <= highest
        ? Promise.resolve()
        : new Promise((done) => {
            waiting.push({ height, done });
          }),
    tookTx: (hash) => void taken.add(hash),
    get height() {
      return highest;
    },
    async verify(url, whole = false) {
      const rpc = new HttpBatchClient(url, { batchSizeLimit: BATCH, dispatchInterval: 2 });
      try {
        const status = (await callRpc(rpc, "status", {})) as { sync_info: { latest_block_height: string } };
        const last = BigInt(status.sync_info.latest_block_height);
        if (last < highest) throw new Error(`the chain ends at ${last}; it was seen at ${highest}`);
        const first = whole || verified < 3n ? 1n : verified - 2n;
        let count = 0;
        for (let from = first; from <= last; from += BigInt(AT_ONCE)) {
          const heights = Array.from({ length: AT_ONCE }, (_, i) => from + BigInt(i)).filter(
            (h) => h <= last,
          );
          for (const n of await Promise.all(heights.map((height) => verifyBlock(rpc, height)))) count += n;
        }
        for (const [hash, height] of txs)
          if (!(blocks.get(height)?.txs.includes(hash) ?? false))
            throw new Error(`transaction ${hash} was seen at height ${height}, and is not there`);
        txs.clear();
        if (whole) await verifyIndex(rpc, count);
        verified = last;
        return { blocks: Number(last - first + 1n), txs: count };
      } finally {
        rpc.disconnect();
      }
    },
  };
}
