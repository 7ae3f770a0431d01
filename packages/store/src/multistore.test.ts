import { fromHex, sha256, toHex, utf8 } from "@tandem-ics/crypto";
import { type Backend, type BackendBatch, createMemoryBackend } from "./backend.ts";
import { StoreError } from "./errors.ts";
import { createMultiStore } from "./multistore.ts";
import type { CommitMultiStore, MultiStoreOptions } from "./multistore-types.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const stores = { bank: "iavl", ibc: "iavl", mem: "memory", tmp: "transient" } as const;
const open = (backend: Backend, options: Partial<MultiStoreOptions> = {}): CommitMultiStore =>
  createMultiStore({ backend, stores, ...options });
/** Commits `count` versions, each with writes of its own. */
function advance(multistore: CommitMultiStore, count: number): string[] {
  return Array.from({ length: count }, () => {
    const n = Number(multistore.lastVersion) + 1;
    const block = multistore.branch();
    block.store("bank").set(k(n % 7), k(n));
    block.store("ibc").set(k(n), k(n));
    block.write();
    return toHex(multistore.commit().appHash);
  });
}

describe("commit", () => {
  test("gives the hash that the working hash announced, also when nothing changed", () => {
    const multistore = open(createMemoryBackend());
    expect(toHex(multistore.lastAppHash)).toBe(toHex(sha256(new Uint8Array(0))));
    advance(multistore, 1);
    const working = toHex(multistore.workingHash());
    const { version, appHash } = multistore.commit();
    expect([version, toHex(appHash)]).toEqual([2n, working]);
    expect(toHex(multistore.lastAppHash)).toBe(working);
    expect(multistore.appHash(1n)).toEqual(multistore.appHash(2n));
  });

  test("begins with the initial version", () => {
    const multistore = open(createMemoryBackend(), { initialVersion: 100n });
    expect(multistore.commit().version).toBe(100n);
    expect(multistore.commit().version).toBe(101n);
    expect([multistore.has(99n), multistore.has(100n), multistore.has(102n)]).toEqual([false, true, false]);
  });

  test("writes trees and the caller's data in one batch, or nothing", () => {
    const inner = createMemoryBackend();
    let batches = 0;
    let fail = false;
    const backend: Backend = {
      ...inner,
      batch(): BackendBatch {
        const batch = inner.batch();
        return {
          ...batch,
          write() {
            batches++;
            if (fail) throw new Error("disk full");
            batch.write();
          },
        };
      },
    };
    const multistore = open(backend);
    const [first] = advance(multistore, 1);
    multistore.store("bank").set(k(9), k(9));
    fail = true;
    expect(() => multistore.commit((batch) => batch.set(utf8("node/height"), k(2)))).toThrow("disk full");
    expect(batches).toBe(2);
    // what a restart finds
    const restarted = open(inner);
    expect([restarted.lastVersion, toHex(restarted.lastAppHash)]).toEqual([1n, first]);
    expect(restarted.store("bank").has(k(9))).toBe(false);
    expect(inner.get(utf8("node/height"))).toBeUndefined();
    restarted.commit((batch) => batch.set(utf8("node/height"), k(2)));
    expect(inner.get(utf8("node/height"))).toEqual(k(2));
  });

  test("empties transient stores and leaves memory stores, which have no hash", () => {
    const multistore = open(createMemoryBackend());
    const before = toHex(multistore.workingHash());
    multistore.store("tmp").set(k(1), k(1));
    multistore.store("mem").set(k(1), k(1));
    expect(toHex(multistore.workingHash())).toBe(before);
    multistore.commit();
    expect(multistore.store("tmp").has(k(1))).toBe(false);
    expect(multistore.store("mem").has(k(1))).toBe(true);
    expect([...multistore.storeHashes(1n).keys()]).toEqual(["bank", "ibc"]);
  });
});

describe("branches", () => {
  test("reach their parent only by writing, through any number of levels", () => {
    const multistore = open(createMemoryBackend());
    const block = multistore.branch();
    const tx = block.branch();
    const message = tx.branch();
    message.store("bank").set(k(1), k(1));
    message.write();
    expect([tx, block, multistore].map((view) => view.store("bank").has(k(1)))).toEqual([true, false, false]);
    block.branch().store("bank").set(k(2), k(2));
    tx.write();
    block.write();
    expect([...multistore.store("bank").iterate()]).toEqual([[k(1), k(1)]]);
  });

  test("pass writes to the tree in the order of keys, so that the root does not depend on execution", () => {
    const orders = [
      [1, 2, 3, 4, 5, 6, 7],
      [7, 3, 5, 1, 6, 2, 4],
    ];
    const roots = orders.map((order) => {
      const multistore = open(createMemoryBackend());
      const block = multistore.branch();
      for (const n of order) block.store("bank").set(k(n), k(n));
      block.write();
      return toHex(multistore.commit().appHash);
    });
    expect(roots[0]).toBe(roots[1]);
  });
});

describe("past versions", () => {
  test("are read as they were, and cannot be written", () => {
    const multistore = open(createMemoryBackend());
    advance(multistore, 10);
    const view = multistore.at(3n);
    expect(view.store("bank")).toBe(view.store("bank"));
    expect(view.store("bank").get(k(3))).toEqual(k(3));
    expect(multistore.store("bank").get(k(3))).toEqual(k(10));
    expect([...view.store("ibc").iterate({ start: k(2), reverse: true })]).toEqual([
      [k(3), k(3)],
      [k(2), k(2)],
    ]);
    expect(() => view.store("bank").set(k(1), k(1))).toThrow(StoreError);
    expect(() => view.store("bank").delete(k(1))).toThrow(StoreError);
    for (const version of [0n, 11n, -1n]) expect(() => multistore.at(version)).toThrow(StoreError);
  });

  test.each([
    [1n, [false, true, true]],
    [5n, [false, false, true]],
  ])(
    "pruned every %s versions are gone, and the backend holds no more than it must",
    (interval, expected) => {
      const backend = createMemoryBackend();
      const multistore = open(backend, { pruning: { keepRecent: 3n, interval } });
      const roots = advance(multistore, 21);
      // pruned last at 21 or at 20
      expect([16n, 17n, 18n].map((version) => multistore.has(version))).toEqual(
        interval === 1n ? [false, false, true] : [false, true, true],
      );
      expect(expected).toHaveLength(3);
      expect(() => multistore.at(2n)).toThrow(StoreError);
      expect(() => multistore.query({ store: "ibc", key: k(1), version: 2n, prove: true })).toThrow(
        StoreError,
      );
      expect(multistore.at(18n).store("ibc").get(k(18))).toEqual(k(18));
      const restarted = open(backend, { pruning: { keepRecent: 0n } });
      expect(toHex(restarted.lastAppHash)).toBe(roots[20]);
      restarted.commit();
      // two trees of 7 and 21 leaves, their roots, the commit
      expect([...backend.iterate()]).toHaveLength(13 + 41 + 2 + 1);
    },
  );
});

describe("query", () => {
  const multistore = open(createMemoryBackend());
  advance(multistore, 2);
  test("without proof gives the value alone", () => {
    expect(multistore.query({ store: "ibc", key: k(2), version: 2n, prove: false })).toEqual({ value: k(2) });
    expect(multistore.query({ store: "ibc", key: k(2), version: 1n, prove: false })).toEqual({
      value: undefined,
    });
  });
  test("with proof names the key and the store", () => {
    const { value, proofOps } = multistore.query({ store: "ibc", key: k(2), version: 2n, prove: true });
    expect(value).toEqual(k(2));
    expect(proofOps!.map(({ type, key }) => [type, toHex(key)])).toEqual([
      ["ics23:iavl", "02"],
      ["ics23:simple", toHex(utf8("ibc"))],
    ]);
  });
  test.each([
    ["an unknown store", { store: "nope" }],
    ["a store without a tree", { store: "mem" }],
    ["an empty key", { key: k() }],
    ["a version to come", { version: 3n }],
  ])("refuses %s", (_, change) => {
    const request = { store: "ibc", key: k(1), version: 2n, prove: true, ...change };
    expect(() => multistore.query(request)).toThrow(StoreError);
  });
});

describe("reopening", () => {
  test("goes on where the last process stopped", () => {
    const backend = createMemoryBackend();
    const straight = open(createMemoryBackend());
    const expected = advance(straight, 9);
    const roots = [3, 3, 3].flatMap((count) => advance(open(backend), count));
    expect(roots).toEqual(expected);
  });

  test("a store mounted later begins with the next version", () => {
    const backend = createMemoryBackend();
    advance(open(backend), 3);
    const wider = open(backend, { stores: { ...stores, gov: "iavl" } });
    wider.store("gov").set(k(1), k(1));
    expect(wider.commit().version).toBe(4n);
    expect([...wider.storeHashes(4n).keys()]).toEqual(["bank", "gov", "ibc"]);
    // the leaf hash holds version 4
    const leaf = fromHex(`000208010120${toHex(sha256(k(1)))}`);
    expect(toHex(wider.storeHashes(4n).get("gov")!)).toBe(toHex(sha256(leaf)));
    expect(() => wider.at(3n).store("gov")).toThrow(StoreError);
    wider.rollback(2n);
    wider.store("gov").set(k(1), k(1));
    expect(wider.commit().version).toBe(3n);
  });

  test("refuses a store that missed versions", () => {
    const backend = createMemoryBackend();
    advance(open(backend), 1);
    open(backend, { stores: { ibc: "iavl" } }).commit();
    expect(() => open(backend)).toThrow(StoreError);
  });
});

describe("rollback", () => {
  test("forgets later versions and uncommitted writes; the same blocks give the same hashes", () => {
    const backend = createMemoryBackend();
    const multistore = open(backend);
    const roots = advance(multistore, 8);
    multistore.store("bank").set(k(200), k(1));
    multistore.rollback(5n);
    expect([multistore.lastVersion, toHex(multistore.workingHash())]).toEqual([5n, roots[4]]);
    expect(multistore.has(6n)).toBe(false);
    expect(open(backend).lastVersion).toBe(5n);
    expect(advance(multistore, 3)).toEqual(roots.slice(5));
    expect(() => multistore.rollback(9n)).toThrow(StoreError);
  });
});

test.each(["", "a b", "ä", "x".repeat(128)])("refuses the store name %j", (name) => {
  expect(() => open(createMemoryBackend(), { stores: { [name]: "iavl" } })).toThrow(StoreError);
});

test("refuses a store that is not mounted", () => {
  const multistore = open(createMemoryBackend());
  expect(() => multistore.store("gov")).toThrow(expect.objectContaining({ codespace: "store", code: 4 }));
  expect(() => multistore.branch().store("gov")).toThrow(StoreError);
});
