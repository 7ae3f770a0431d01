import { sha256, utf8 } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import { createMemoryBackend } from "@tandem-ics/store";
import { type Event, ExecTxResult, ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import { Block } from "cosmjs-types/tendermint/types/block";
import fc from "fast-check";
import { parseQuery } from "../query/query.ts";
import type { BlockStore, CommittedBlock } from "../storage/block-store.ts";
import { createSearchIndex, runAtOnce } from "./search.ts";

type Tags = Record<string, string>;

const event = (type: string, tags: Tags, index = true): Event => ({
  type,
  attributes: Object.entries(tags).map(([key, value]) => ({ key, value, index })),
});

/** Blocks of transactions, each with its events; block events beside. */
function indexed(blocks: { txs: Event[][]; events?: Event[]; codes?: number[] }[]) {
  const backend = createMemoryBackend();
  const made: CommittedBlock[] = blocks.map(({ txs, events = [], codes = [] }, i) => {
    const block = Block.fromPartial({
      header: { height: BigInt(i + 1), time: nsToTimestamp(0n) },
      data: { txs: txs.map((_, j) => utf8(`tx ${i} ${j}`)) },
    });
    const txResults = txs.map((list, j) => ExecTxResult.fromPartial({ events: list, code: codes[j] ?? 0 }));
    const response = ResponseFinalizeBlock.fromPartial({ txResults, events });
    return { block, response } as CommittedBlock;
  });
  const at = (height: bigint): CommittedBlock | undefined => made[Number(height) - 1];
  const store = {
    base: 1n,
    height: BigInt(made.length),
    tx: (height: bigint, index: number) => at(height)?.block.data.txs[index],
    txResult: (height: bigint, index: number) => at(height)?.response.txResults[index],
    meta: (height: bigint) => ({ numTxs: BigInt(at(height)?.block.data.txs.length ?? 0) }),
  } as unknown as BlockStore;
  const index = createSearchIndex(backend, store);
  for (const block of made) {
    const batch = backend.batch();
    index.add(batch, block);
    batch.write();
  }
  return {
    index,
    txs: (query: string): string[] =>
      runAtOnce(index.searchTxs(parseQuery(query)))
        .map((position) => `${position.height}/${position.index}`)
        .sort(),
    blocks: (query: string): number[] =>
      runAtOnce(index.searchBlocks(parseQuery(query)))
        .map(Number)
        .sort((a, b) => a - b),
  };
}

const transfer = (to: string, amount: string): Event => event("transfer", { to, amount });

describe("tx_search", () => {
  const { txs, index } = indexed([
    { txs: [[transfer("ann", "5"), transfer("bob", "7")], [transfer("ann", "7stake")]] },
    { txs: [] },
    {
      txs: [
        [transfer("bob", "12"), event("message", { module: "bank" })],
        [event("x", { secret: "1" }, false)],
      ],
    },
  ]);

  test.each([
    ["transfer.to='ann'", ["1/0", "1/1"]],
    ["transfer.to='ann' AND transfer.amount='5'", ["1/0"]],
    // both hold in the transaction, but not in one event
    ["transfer.to='ann' AND transfer.amount='7'", []],
    ["message.module='bank' AND transfer.to='bob'", []],
    ["transfer.amount > 6", ["1/0", "3/0"]],
    ["transfer.amount > 4 AND transfer.amount < 7", ["1/0"]],
    ["transfer.amount >= 12 AND transfer.to EXISTS", ["3/0"]],
    // equality is of the text
    ["transfer.amount = 7", ["1/0"]],
    ["transfer.amount CONTAINS 'stake'", ["1/1"]],
    ["transfer.to EXISTS", ["1/0", "1/1", "3/0"]],
    ["tx.height=3", ["3/0", "3/1"]],
    ["tx.height=2", []],
    ["tx.height > 1 AND tx.height <= 3", ["3/0", "3/1"]],
    ["transfer.to='bob' AND tx.height=3", ["3/0"]],
    ["transfer.to='bob' AND tx.height<3", ["1/0"]],
    ["tx.height=1 AND tx.height=3", ["1/0", "1/1"]],
    ["x.secret='1'", []],
    ["transfer.to='ANN'", []],
    ["transfer.to > TIME 2013-05-03T14:45:00Z", []],
  ])("%s", (query, expected) => {
    expect(txs(query)).toEqual(expected);
  });

  test("a hash decides alone", () => {
    const hash = Buffer.from(sha256(utf8("tx 0 1"))).toString("hex");
    expect(txs(`tx.hash='${hash.toUpperCase()}' AND transfer.to='nobody'`)).toEqual(["1/1"]);
    expect(txs(`tx.hash='${"00".repeat(32)}'`)).toEqual([]);
    expect(() => txs("tx.hash='xyz'")).toThrow(
      "error during searching for a hash in the query: encoding/hex: invalid byte: U+0078 'x'",
    );
    expect(index.tx(sha256(utf8("tx 2 0")))).toMatchObject({ height: 3n, index: 0 });
  });
});

test("block_search finds heights by block events", () => {
  const { blocks } = indexed([
    { txs: [], events: [event("mint", { amount: "5" })] },
    { txs: [[transfer("ann", "1")]] },
    { txs: [], events: [event("mint", { amount: "9" }), event("slash", { address: "v" })] },
  ]);
  expect(blocks("mint.amount EXISTS")).toEqual([1, 3]);
  expect(blocks("mint.amount > 5")).toEqual([3]);
  expect(blocks("block.height=2")).toEqual([2]);
  expect(blocks("block.height >= 2")).toEqual([2, 3]);
  expect(blocks("mint.amount EXISTS AND block.height < 3")).toEqual([1]);
  expect(blocks("mint.amount='9' AND slash.address='v'")).toEqual([]);
  expect(blocks("transfer.to='ann'")).toEqual([]);
});

test("values with zero bytes, separators and great length are found whole", () => {
  const odd = ["a\u0000b", "a\u0000\u0001b", "x/y", "", "é".repeat(500), `${"é".repeat(500)}1`];
  const { txs } = indexed(odd.map((value) => ({ txs: [[event("t", { v: value })]] })));
  for (const [i, value] of odd.entries()) expect(txs(`t.v='${value}'`)).toEqual([`${i + 1}/0`]);
  expect(txs(`t.v CONTAINS '${"é".repeat(200)}'`)).toEqual(["5/0", "6/0"]);
});

test("a transaction that succeeded is not hidden by a later failure of the same bytes", () => {
  const backend = createMemoryBackend();
  const codes = [0, 7];
  const block = (height: bigint) => ({
    block: Block.fromPartial({ header: { height }, data: { txs: [utf8("same")] } }),
    response: ResponseFinalizeBlock.fromPartial({ txResults: [{ code: codes[Number(height) - 1]! }] }),
  });
  const store = {
    base: 1n,
    height: 2n,
    tx: () => utf8("same"),
    txResult: (height: bigint) => block(height).response.txResults[0],
  } as unknown as BlockStore;
  const index = createSearchIndex(backend, store);
  for (const height of [1n, 2n]) {
    const batch = backend.batch();
    index.add(batch, block(height) as CommittedBlock);
    batch.write();
  }
  expect(index.tx(sha256(utf8("same")))).toMatchObject({ height: 1n, result: { code: 0 } });
});

test("agrees with a search that looks at every event", () => {
  const name = fc.constantFrom("a", "b");
  const value = fc.constantFrom("1", "2", "10", "x", "");
  const anEvent = fc
    .tuple(name, fc.dictionary(name, value, { maxKeys: 2 }))
    .map(([type, tags]) => event(type, tags));
  const chain = fc.array(
    fc.record({ txs: fc.array(fc.array(anEvent, { maxLength: 3 }), { maxLength: 3 }) }),
    { minLength: 1, maxLength: 5 },
  );
  const condition = fc.oneof(
    fc.tuple(name, name, value).map(([type, key, v]) => ({
      text: `${type}.${key}='${v}'`,
      holds: (e: Event) => e.type === type && e.attributes.some((a) => a.key === key && a.value === v),
    })),
    fc.tuple(name, name, fc.nat(3)).map(([type, key, bound]) => ({
      text: `${type}.${key} > ${bound}`,
      holds: (e: Event) =>
        e.type === type &&
        e.attributes.some((a) => a.key === key && /^\d+$/.test(a.value) && Number(a.value) > bound),
    })),
    fc.tuple(name, name).map(([type, key]) => ({
      text: `${type}.${key} EXISTS`,
      holds: (e: Event) => e.type === type && e.attributes.some((a) => a.key === key),
    })),
  );
  const unique = fc.uniqueArray(condition, {
    minLength: 1,
    maxLength: 3,
    selector: ({ text }) => text.slice(0, 5),
  });
  fc.assert(
    fc.property(chain, unique, fc.option(fc.integer({ min: 1, max: 5 })), (blocks, conditions, height) => {
      const { txs } = indexed(blocks);
      const expected = blocks.flatMap(({ txs: list }, i) =>
        list.flatMap((events, j) => {
          const fits = height === null || height === i + 1;
          return fits && events.some((e) => conditions.every(({ holds }) => holds(e)))
            ? [`${i + 1}/${j}`]
            : [];
        }),
      );
      const query =
        conditions.map(({ text }) => text).join(" AND ") +
        (height === null ? "" : ` AND tx.height=${height}`);
      expect(txs(query)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("a tag is one tag wherever its type ends and its key begins", () => {
  const { txs } = indexed([
    { txs: [[event("a", { "b.c": "x" })], [event("a.b", { c: "x" })], [event("a.b.c", { d: "x" })]] },
  ]);
  expect(txs("a.b.c='x'")).toEqual(["1/0", "1/1"]);
  expect(txs("a.b.c.d='x'")).toEqual(["1/2"]);
});
