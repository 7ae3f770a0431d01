import { utf8 } from "@tandem-ics/crypto";
import { CheckTxType, ExecTxResult, ResponseCheckTx } from "cosmjs-types/tendermint/abci/types";
import { createMempool, DEFAULT_MEMPOOL_LIMITS, type MempoolLimits, txProtoSize } from "./mempool.ts";

/** Accepts what does not begin with `bad`; gas is the length. `refused` are texts that recheck refuses. */
function setUp(limits: Partial<MempoolLimits> = {}) {
  const refused = new Set<string>();
  const checked: string[] = [];
  const app = {
    checkTx: ({ tx, type }: { tx: Uint8Array; type: CheckTxType }) => {
      const text = Buffer.from(tx).toString();
      checked.push(type === CheckTxType.RECHECK ? `re:${text}` : text);
      const code = text.startsWith("bad") || refused.has(text) ? 1 : 0;
      return ResponseCheckTx.fromPartial({ code, gasWanted: BigInt(tx.length) });
    },
  };
  const pool = createMempool(app, { ...DEFAULT_MEMPOOL_LIMITS, ...limits });
  return { pool, refused, checked, texts: () => pool.txs(100).map((tx) => Buffer.from(tx).toString()) };
}

const noBounds = { maxBytes: -1n, maxGas: -1n };
const results = (...codes: number[]) => codes.map((code) => ExecTxResult.fromPartial({ code }));

test("keeps what the application accepts, in order", () => {
  const { pool, texts } = setUp();
  expect(pool.checkTx(utf8("one")).code).toBe(0);
  expect(pool.checkTx(utf8("bad")).code).toBe(1);
  pool.checkTx(utf8("two"));
  expect(texts()).toEqual(["one", "two"]);
  expect([pool.size, pool.sizeBytes]).toEqual([2, 6]);
});

test("the same transaction is not checked twice, unless it was refused", () => {
  const { pool, checked } = setUp();
  pool.checkTx(utf8("one"));
  expect(() => pool.checkTx(utf8("one"))).toThrow("tx already exists in cache");
  pool.checkTx(utf8("bad"));
  pool.checkTx(utf8("bad"));
  expect(checked).toEqual(["one", "bad", "bad"]);
});

test("a committed transaction stays known, a failed one may come again", () => {
  const { pool } = setUp();
  pool.checkTx(utf8("one"));
  pool.checkTx(utf8("two"));
  pool.update([utf8("one"), utf8("two"), utf8("three")], results(0, 5, 0), noBounds);
  expect(pool.size).toBe(0);
  expect(() => pool.checkTx(utf8("one"))).toThrow("tx already exists in cache");
  expect(() => pool.checkTx(utf8("three"))).toThrow("tx already exists in cache");
  expect(pool.checkTx(utf8("two")).code).toBe(0);
});

test("the oldest known transaction is forgotten first", () => {
  const { pool } = setUp({ cacheSize: 2 });
  for (const text of ["a", "b", "c"]) pool.checkTx(utf8(text));
  expect(() => pool.checkTx(utf8("c"))).toThrow("tx already exists in cache");
  expect(pool.checkTx(utf8("a")).code).toBe(0); // forgotten, but still waiting: not there twice
  expect(pool.size).toBe(3);
});

test("limits are CometBFT's, with its messages", () => {
  const { pool } = setUp({ size: 1, maxTxBytes: 4 });
  expect(() => pool.checkTx(utf8("12345"))).toThrow("Tx too large. Max size is 4, but got 5");
  pool.setBounds({ maxBytes: 5n, maxGas: -1n });
  expect(() => pool.checkTx(utf8("1234"))).toThrow("tx pre check: tx size is too big: 6, max: 5");
  pool.checkTx(utf8("1"));
  expect(() => pool.checkTx(utf8("2"))).toThrow(
    "mempool is full: number of txs 1 (max: 1), total txs bytes 1 (max: 1073741824)",
  );
});

test("a transaction that wants more gas than a block has is answered but not kept", () => {
  const { pool } = setUp();
  pool.setBounds({ maxBytes: -1n, maxGas: 3n });
  expect(pool.checkTx(utf8("four")).code).toBe(0);
  expect(pool.size).toBe(0);
  expect(pool.checkTx(utf8("four")).code).toBe(0);
});

test("a block takes the oldest transactions that fit by bytes and gas", () => {
  const { pool } = setUp();
  for (const text of ["aaa", "bb", "c"]) pool.checkTx(utf8(text));
  const reap = (bytes: bigint, gas: bigint) => pool.reap(bytes, gas).map((tx) => Buffer.from(tx).toString());
  expect(reap(-1n, -1n)).toEqual(["aaa", "bb", "c"]);
  expect(reap(9n, -1n)).toEqual(["aaa", "bb"]);
  expect(reap(8n, -1n)).toEqual(["aaa"]);
  expect(reap(-1n, 5n)).toEqual(["aaa", "bb"]);
  expect(reap(0n, -1n)).toEqual([]);
});

test("what remains after a block is checked again", () => {
  const { pool, refused, checked, texts } = setUp();
  for (const text of ["one", "two", "three"]) pool.checkTx(utf8(text));
  refused.add("two");
  pool.update([utf8("one")], results(0), noBounds);
  expect(texts()).toEqual(["three"]);
  expect(checked.slice(3)).toEqual(["re:two", "re:three"]);
  expect(pool.sizeBytes).toBe(5);
});

test("tells once a block that transactions wait", () => {
  const { pool } = setUp();
  const available = jest.fn();
  pool.onAvailable(available);
  pool.checkTx(utf8("one"));
  pool.checkTx(utf8("two"));
  expect(available).toHaveBeenCalledTimes(1);
  pool.update([utf8("one")], results(0), noBounds);
  expect(available).toHaveBeenCalledTimes(2);
});

test("protobuf sizes count tag and length", () => {
  expect([0, 1, 127, 128, 16_383, 16_384].map(txProtoSize)).toEqual([2, 3, 129, 131, 16_386, 16_388]);
});
