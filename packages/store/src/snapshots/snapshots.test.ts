import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { concatBytes, sha256, utf8 } from "@tandem-ics/crypto";
import { SnapshotItem as ItemCodec } from "cosmjs-types/cosmos/store/snapshots/v1/snapshot";
import fc from "fast-check";
import { type Backend, createMemoryBackend } from "../backend.ts";
import { openLmdbBackend } from "../lmdb/index.ts";
import { createMultiStore } from "../multistore.ts";
import type { CommitMultiStore, Pruning, StoreKind } from "../multistore-types.ts";
import { openSnapshotDirectory } from "./directory.ts";
import { createSnapshotImport } from "./import.ts";
import { decodeMetadata, encodeItem, encodeMetadata, type SnapshotItem } from "./items.ts";
import { createMemorySnapshotStore } from "./memory.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { CHUNK_SIZE, createSnapshotReader, createSnapshotWriter } from "./stream.ts";

const STORES: Record<string, StoreKind> = { acc: "iavl", bank: "iavl", empty: "iavl", tmp: "transient" };
const open = (backend: Backend, pruning?: Pruning): CommitMultiStore =>
  createMultiStore({ backend, stores: STORES, ...(pruning === undefined ? {} : { pruning }) });

/** Writes `value` (deletes for `undefined`) under small keys, one commit after each list. */
type Step = readonly (readonly [number, number | undefined])[];
const keyOf = (n: number): Uint8Array => Uint8Array.of(1 + (n >> 8), n & 0xff, n % 7);
function play(stores: CommitMultiStore, steps: readonly Step[]): Uint8Array[] {
  return steps.map((step) => {
    for (const [n, value] of step) {
      const store = stores.store(n % 3 === 0 ? "acc" : "bank");
      if (value === undefined) store.delete(keyOf(n));
      else store.set(keyOf(n), utf8(`value ${value}`));
    }
    return stores.commit().appHash;
  });
}

function itemsOf(stores: CommitMultiStore, version: bigint): SnapshotItem[] {
  const leaving = stores.export(version);
  const items: SnapshotItem[] = [];
  for (let item = leaving.next(); item !== undefined; item = leaving.next()) items.push(item);
  expect(items).toHaveLength(leaving.size);
  return items;
}

function chunksOf(items: readonly SnapshotItem[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const writer = createSnapshotWriter((chunk) => chunks.push(chunk));
  for (const item of items) writer.add(item);
  writer.finish();
  return chunks;
}

function read(bytes: Uint8Array): SnapshotItem[] {
  const items: SnapshotItem[] = [];
  const reader = createSnapshotReader((item) => items.push(item));
  reader.push(bytes);
  reader.finish();
  return items;
}

function restore(
  items: readonly SnapshotItem[],
  version: bigint,
  appHash: Uint8Array,
  backend = createMemoryBackend(),
) {
  const into = createSnapshotImport({ backend, stores: STORES, version, appHash });
  try {
    for (const item of items) into.add(item);
    into.finish();
  } catch (error) {
    into.abort();
    expect([...backend.iterate()]).toEqual([]);
    throw error;
  }
  return backend;
}

const step = fc.array(
  fc.tuple(fc.nat(600), fc.option(fc.nat(50), { nil: undefined, freq: 3 })).map((pair) => pair),
  { maxLength: 60 },
);

describe("a snapshot of a multistore", () => {
  it("restores to the same app hash, values and proofs, and the next blocks agree", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        (before, after) => {
          const original = open(createMemoryBackend());
          const version = BigInt(before.length);
          const appHash = play(original, before).at(-1)!;
          const bytes = concatBytes(...chunksOf(itemsOf(original, version)));
          const restored = open(restore(read(bytes), version, appHash));
          expect(restored.lastVersion).toBe(version);
          expect(restored.lastAppHash).toEqual(appHash);
          expect(itemsOf(restored, version)).toEqual(itemsOf(original, version));
          for (const name of ["acc", "bank"])
            expect([...restored.store(name).iterate()]).toEqual([...original.store(name).iterate()]);
          expect(play(restored, after)).toEqual(play(original, after));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same while later versions are written and old ones pruned, and lets go afterwards", () => {
    const steps: Step[] = Array.from({ length: 30 }, (_, v) =>
      Array.from({ length: 40 }, (_, i) => [(v * 13 + i * 7) % 300, i % 5 === 0 ? undefined : v] as const),
    );
    const reference = open(createMemoryBackend());
    play(reference, steps.slice(0, 10));
    const expected = itemsOf(reference, 10n);

    const stores = open(createMemoryBackend(), { keepRecent: 2n });
    play(stores, steps.slice(0, 10));
    const leaving = stores.export(10n);
    const items: SnapshotItem[] = [];
    for (const later of steps.slice(10)) {
      for (let i = 0; i < 5; i++) items.push(leaving.next()!);
      play(stores, [later]);
    }
    expect(stores.has(10n)).toBe(true);
    for (let item = leaving.next(); item !== undefined; item = leaving.next()) items.push(item);
    expect(items).toEqual(expected);
    play(stores, [[[1, 1]]]);
    expect(stores.has(10n)).toBe(false);
  });

  it("ends when its version is rolled back, and refuses versions that are not there", () => {
    const stores = open(createMemoryBackend());
    play(stores, [[[1, 1]], [[2, 2]]]);
    const leaving = stores.export(2n);
    stores.rollback(1n);
    expect(() => leaving.next()).toThrow("closed");
    expect(() => stores.export(2n)).toThrow("not in the store");
  });
});

describe("the stream of a snapshot", () => {
  const big = (n: number): SnapshotItem => ({
    kind: "node",
    node: {
      key: utf8(`key ${n}`),
      value: concatBytes(...Array.from({ length: 2000 }, (_, i) => sha256(utf8(`${n} ${i}`)))),
      version: 7,
      height: 0,
    },
  });

  it("is zlib over items with their lengths, cut every ten million bytes", () => {
    const items = [{ kind: "store", name: "acc" } as const, ...Array.from({ length: 180 }, (_, n) => big(n))];
    const chunks = chunksOf(items);
    expect(chunks.map(({ length }) => length).slice(0, -1)).toEqual([CHUNK_SIZE]);
    const bytes = concatBytes(...chunks);
    // somebody else's decompressor
    const plain = inflateSync(bytes);
    const first = ItemCodec.encode({ store: { name: "acc" } }).finish();
    expect(plain.subarray(0, first.length + 1)).toEqual(Buffer.from([first.length, ...first]));
    // somebody else's compressor
    for (const stream of [deflateSync(plain, { level: 1 }), bytes])
      expect(read(stream).map((item) => Buffer.from(encodeItem(item)).toString("base64"))).toEqual(
        items.map((item) => Buffer.from(encodeItem(item)).toString("base64")),
      );
  });

  it("gives back any items, however the bytes arrive", () => {
    const node = fc.record({
      key: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      value: fc.uint8Array({ maxLength: 400 }),
      version: fc.integer({ min: 1, max: 2 ** 40 }),
      height: fc.nat(60),
    });
    const item = fc.oneof(
      node.map((node): SnapshotItem => ({ kind: "node", node })),
      fc.string({ minLength: 1 }).map((name): SnapshotItem => ({ kind: "store", name })),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (items, cut) => {
        const bytes = concatBytes(...chunksOf(items));
        const got: SnapshotItem[] = [];
        const reader = createSnapshotReader((next) => got.push(next));
        for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
        reader.finish();
        expect(got).toEqual(items);
      }),
      // a version whose varint cosmjs-types writes wrongly
      { examples: [[[{ kind: "node", node: { ...leaf(1, 1), version: 2 ** 31 } }], 7]] },
    );
  });

  it("refuses every truncation, and a changed byte never says something else", () => {
    const items = [{ kind: "store", name: "acc" } as const, { kind: "node", node: leaf(1, 1) } as const];
    const bytes = concatBytes(...chunksOf(items));
    for (let end = 0; end < bytes.length; end++)
      expect(() => read(bytes.subarray(0, end))).toThrow(
        expect.objectContaining({ code: "SNAPSHOT_INVALID" }),
      );
    const orSame = (changed: Uint8Array): unknown => {
      try {
        return read(changed);
      } catch (error) {
        expect(error).toMatchObject({ code: "SNAPSHOT_INVALID" });
        return items;
      }
    };
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [1, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at]! ^= flip;
        expect(orSame(changed)).toEqual(items);
      }
  });

  const delimited = (...items: Uint8Array[]): Uint8Array =>
    concatBytes(...items.map((item) => Uint8Array.of(item.length, ...item)));
  it.each<[string, Uint8Array, string]>([
    ["something else than zlib", utf8("not a snapshot at all"), "not a zlib stream"],
    ["an empty item", deflateSync(Uint8Array.of(0, 0)), "an item is empty"],
    ["an item that is too long", deflateSync(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x01)), "too long"],
    ["a length without end", deflateSync(new Uint8Array(9).fill(0x80)), "too long"],
    ["an item that is cut short", deflateSync(Uint8Array.of(9, 1)), "cut short"],
    ["malformed protobuf", deflateSync(delimited(Uint8Array.of(0x0a, 0x7f, 1))), "malformed protobuf"],
    ["an item of two kinds", deflateSync(delimited(Uint8Array.of(0x0a, 0, 0x12, 0))), "not of one kind"],
    ["an unknown item", deflateSync(delimited(Uint8Array.of(0x50, 1))), "not of one kind"],
    [
      "an extension",
      deflateSync(delimited(ItemCodec.encode({ extension: { name: "wasm", format: 1 } }).finish())),
      "wasm",
    ],
    [
      "bytes after the end",
      concatBytes(deflateSync(new Uint8Array(0)), new Uint8Array(600_000)),
      "follow the end",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(() => read(bytes)).toThrow(reason);
  });

  it("stops reading what grows beyond measure", () => {
    const item = encodeItem({ kind: "node", node: { ...leaf(1, 1), value: new Uint8Array(10_000_000) } });
    const plain = concatBytes(
      Uint8Array.of(
        0x80 | (item.length & 0x7f),
        0x80 | ((item.length >> 7) & 0x7f),
        0x80 | ((item.length >> 14) & 0x7f),
        item.length >> 21,
      ),
      item,
    );
    const bomb = deflateSync(concatBytes(...Array.from({ length: 12 }, () => plain)));
    let items = 0;
    const reader = createSnapshotReader(() => items++);
    expect(() => reader.push(bomb)).toThrow("beyond measure");
    expect(items).toBeLessThan(8);
  });

  it("carries the chunks' hashes", () => {
    const hashes = [sha256(utf8("a")), sha256(utf8("b"))];
    expect(decodeMetadata(encodeMetadata(hashes))).toEqual(hashes);
    expect(() => decodeMetadata(Uint8Array.of(0x0a, 0x20))).toThrow("malformed protobuf");
  });
});

const leaf = (n: number, version: number) => ({
  key: Uint8Array.of(n),
  value: utf8("v"),
  version,
  height: 0,
});
const inner = (n: number, version: number, height: number) => ({
  key: Uint8Array.of(n),
  value: new Uint8Array(0),
  version,
  height,
});

describe("importing what a liar wrote", () => {
  type Node = ReturnType<typeof leaf>;
  const stream = (...nodes: Node[]): SnapshotItem[] => [
    { kind: "store", name: "bank" },
    ...nodes.map((node): SnapshotItem => ({ kind: "node", node })),
  ];
  it.each<[string, SnapshotItem[], string]>([
    ["a node before any store", stream(leaf(1, 1)).slice(1), "no store"],
    ["an unknown store", [{ kind: "store", name: "nope" }], "no store named"],
    ["a transient store", [{ kind: "store", name: "tmp" }], "no store named"],
    ["a name of every object", [{ kind: "store", name: "constructor" }], "no store named"],
    [
      "stores out of order",
      [
        { kind: "store", name: "bank" },
        { kind: "store", name: "acc" },
      ],
      "order of their names",
    ],
    [
      "a store twice",
      [
        { kind: "store", name: "bank" },
        { kind: "store", name: "bank" },
      ],
      "order of their names",
    ],
    ["an empty key", stream({ ...leaf(1, 1), key: new Uint8Array(0) }), "length of a key"],
    ["a key that is too long", stream({ ...leaf(1, 1), key: new Uint8Array(65_536) }), "length of a key"],
    ["a version above the height", stream(leaf(1, 6)), "version of a node"],
    ["version 0", stream(leaf(1, 0)), "version of a node"],
    ["a negative version", stream(leaf(1, -1)), "version of a node"],
    ["a negative height", stream(inner(1, 1, -1)), "height of a node is negative"],
    ["leaves out of order", stream(leaf(2, 1), leaf(1, 1)), "order of their keys"],
    ["a leaf twice", stream(leaf(1, 1), leaf(1, 1)), "order of their keys"],
    ["an inner node without children", stream(inner(1, 1, 1)), "two children"],
    ["an inner node with one child", stream(leaf(1, 1), inner(1, 1, 1)), "two children"],
    ["a height that skips", stream(leaf(1, 1), leaf(2, 1), inner(2, 1, 2)), "height of an inner node"],
    [
      "an inner node with a value",
      stream(leaf(1, 1), leaf(2, 1), { ...inner(2, 1, 1), value: utf8("v") }),
      "has a value",
    ],
    ["an inner node older than its child", stream(leaf(1, 2), leaf(2, 1), inner(2, 1, 1)), "older"],
    ["another key that searches would pass by", stream(leaf(1, 1), leaf(5, 1), inner(3, 1, 1)), "smallest"],
    [
      "an unbalanced tree",
      stream(
        leaf(1, 1),
        leaf(2, 1),
        leaf(3, 1),
        inner(3, 1, 1),
        leaf(4, 1),
        leaf(5, 1),
        inner(5, 1, 1),
        inner(4, 1, 2),
        inner(2, 1, 3),
      ),
      "not balanced",
    ],
    ["two roots", stream(leaf(1, 1), leaf(2, 1)), "more than one root"],
    ["leaves without end", stream(...Array.from({ length: 120 }, (_, i) => leaf(i, 1))), "without a parent"],
    ["a tree with another app hash", stream(leaf(1, 1), leaf(2, 1), inner(2, 1, 1)), "app hash"],
  ])("refuses %s and leaves nothing", (_, items, reason) => {
    expect(() => restore(items, 5n, new Uint8Array(32))).toThrow(reason);
  });

  it("refuses a backend in use and a version that cannot be", () => {
    const backend = createMemoryBackend();
    play(open(backend), [[[1, 1]]]);
    const begin = (version: bigint) => () =>
      createSnapshotImport({ backend, stores: STORES, version, appHash: new Uint8Array(32) });
    expect(begin(5n)).toThrow("committed already");
    expect(begin(0n)).toThrow("out of range");
    expect(begin(2n ** 60n)).toThrow("out of range");
  });
});

describe("an import that was cut off", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-snapshot-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const many: Step[] = [Array.from({ length: 600 }, (_, n) => [n, n] as const)];
  const big = createMultiStore({ backend: createMemoryBackend(), stores: STORES });
  for (let n = 0; n < 12_000; n++) big.store("bank").set(utf8(`key ${n}`), utf8(`value ${n}`));
  const { appHash } = big.commit();
  const items = itemsOf(big, 1n);

  /** Takes in most of it; the process ends here. */
  function cutOff(backend: Backend): void {
    const into = createSnapshotImport({ backend, stores: STORES, version: 1n, appHash });
    for (const item of items.slice(0, -1)) into.add(item);
    expect([...backend.iterate()].length).toBeGreaterThan(10_000);
  }

  it("commits nothing, and the next one begins anew", () => {
    const backend = openLmdbBackend(join(folder, "again"), { sync: "never" });
    cutOff(backend);
    expect(open(backend).lastVersion).toBe(0n);
    restore(items, 1n, appHash, backend);
    expect(open(backend).lastAppHash).toEqual(appHash);
    const fresh = restore(items, 1n, appHash);
    expect([...backend.iterate()].length).toBe([...fresh.iterate()].length);
    backend.close();
  });

  it("leaves no trace in a chain that begins at genesis instead", () => {
    const backend = openLmdbBackend(join(folder, "genesis"), { sync: "never" });
    cutOff(backend);
    play(open(backend), many);
    const clean = createMemoryBackend();
    play(open(clean), many);
    expect([...backend.iterate()]).toEqual([...clean.iterate()]);
    backend.close();
  });
});

describe("stores of snapshots", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-snapshots-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let n = 0;
  const path = (): string => join(folder, `${n++}`, "snapshots");
  function put(store: SnapshotStore, height: bigint, ...chunks: string[]) {
    const sink = store.begin(height, 3);
    for (const chunk of chunks) sink.add(utf8(chunk));
    return sink.finish();
  }

  it.each<[string, () => SnapshotStore]>([
    ["in memory", createMemorySnapshotStore],
    ["in a folder", () => openSnapshotDirectory(path())],
  ])("%s keep what is finished", (_, create) => {
    const store = create();
    expect(store.list()).toEqual([]);
    const first = put(store, 9n, "a", "bc");
    expect(first).toEqual({
      height: 9n,
      format: 3,
      chunkHashes: [sha256(utf8("a")), sha256(utf8("bc"))],
      hash: sha256(utf8("abc")),
    });
    const second = put(store, 10n, "d");
    store.begin(11n, 3).add(utf8("never finished"));
    const dropped = store.begin(12n, 3);
    dropped.add(utf8("dropped"));
    dropped.discard();
    expect(store.list()).toEqual([second, first]);
    expect(store.chunk(9n, 3, 1)).toEqual(utf8("bc"));
    expect(store.chunk(9n, 3, 2)).toBeUndefined();
    expect(store.chunk(11n, 3, 0)).toBeUndefined();
    const replaced = put(store, 9n, "other");
    expect(store.list()).toEqual([second, replaced]);
    expect(store.chunk(9n, 3, 1)).toBeUndefined();
    store.delete(10n, 3);
    store.delete(10n, 3);
    expect(store.list()).toEqual([replaced]);
  });

  it("a folder is read again, without what was left unfinished", () => {
    const at = path();
    const store = openSnapshotDirectory(at);
    const info = put(store, 5n, "a");
    store.begin(6n, 3).add(utf8("half"));
    writeFileSync(join(at, "notes.txt"), "somebody else's");
    expect(openSnapshotDirectory(at).list()).toEqual([info]);
    expect(readdirSync(at).sort()).toEqual(["5-3", "notes.txt"]);
  });
});
