import { compareBytes, sha256, toHex } from "@tandem-ics/crypto";
import * as fc from "fast-check";
import { createMemoryBackend } from "../backend.ts";
import { StoreError } from "../errors.ts";
import { IAVL_SPEC, verifyMembership, verifyNonMembership } from "../ics23/index.ts";
import type { KeyRange } from "../sorted-entries.ts";
import { createIavlTree, type IavlReader, type IavlTree } from "./tree.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const pairs = (tree: IavlReader, range?: KeyRange): string[] =>
  [...tree.iterate(range)].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);

/** Key numbers are spread over lengths, so that some keys begin others. */
const keyOf = (n: number): Uint8Array => (n % 3 === 0 ? k(n) : k(n - (n % 3), n));
type Change = { key: number; value: number | undefined };
const change: fc.Arbitrary<Change> = fc.record({
  key: fc.nat(60),
  value: fc.option(fc.nat(255), { nil: undefined, freq: 3 }),
});
const versions = fc.array(fc.array(change, { maxLength: 25 }), { minLength: 1, maxLength: 12 });

/** Applies a version to tree and map, comparing what both say of the key. */
function apply(tree: IavlTree, map: Map<string, string>, changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    const at = keyOf(key);
    const known = map.has(toHex(at));
    if (value === undefined) {
      expect(tree.remove(at)).toBe(known);
      map.delete(toHex(at));
    } else {
      expect(tree.set(at, k(value))).toBe(known);
      map.set(toHex(at), toHex(k(value)));
    }
  }
}

function expectedPairs(map: ReadonlyMap<string, string>, { start, end, reverse }: KeyRange = {}): string[] {
  const sorted = [...map.keys()].sort((a, b) => (a < b ? -1 : 1));
  const inside = sorted.filter((at) => {
    const key = Uint8Array.from(Buffer.from(at, "hex"));
    return (!start || compareBytes(key, start) >= 0) && (!end || compareBytes(key, end) < 0);
  });
  return (reverse ? inside.reverse() : inside).map((at) => `${at}=${map.get(at)}`);
}

function checkState(tree: IavlReader, map: ReadonlyMap<string, string>): void {
  expect(pairs(tree)).toEqual(expectedPairs(map));
  expect(tree.size).toBe(map.size);
  // AVL: the height is at most 1.44 times that of a full tree
  expect(tree.height).toBeLessThanOrEqual(1.45 * Math.log2(map.size + 2));
  const keys = Array.from({ length: 61 }, (_, n) => keyOf(n));
  expect(keys.map((key) => [hex(tree.get(key)), tree.has(key)])).toEqual(
    keys.map((key) => [map.get(toHex(key)), map.has(toHex(key))]),
  );
}
const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : toHex(bytes);

describe("tree and sorted map", () => {
  test("hold the same pairs in every version, also after reopening with a small node cache", () => {
    return fc.assert(
      fc.property(versions, (history) => {
        const backend = createMemoryBackend();
        const tree = createIavlTree({ backend, cachedNodes: 8 });
        const map = new Map<string, string>();
        const states: { map: Map<string, string>; hash: string }[] = [];
        for (const changes of history) {
          apply(tree, map, changes);
          checkState(tree, map);
          const working = toHex(tree.workingHash());
          const { version, hash } = tree.saveVersion();
          expect(version).toBe(BigInt(states.length + 1));
          expect(toHex(hash)).toBe(working);
          states.push({ map: new Map(map), hash: working });
        }
        const reopened = createIavlTree({ backend });
        for (const from of [tree, reopened])
          states.forEach((state, i) => {
            const past = from.getImmutable(BigInt(i + 1));
            checkState(past, state.map);
            expect(toHex(past.hash)).toBe(state.hash);
          });
      }),
      { numRuns: 60 },
    );
  });

  test("give the same ranges in both directions", () => {
    const bound = fc.option(fc.nat(60).map(keyOf), { nil: undefined });
    const range = fc.record({ start: bound, end: bound, reverse: fc.boolean() });
    return fc.assert(
      fc.property(
        fc.array(change, { maxLength: 60 }),
        fc.array(range, { minLength: 5, maxLength: 5 }),
        (changes, ranges) => {
          const backend = createMemoryBackend();
          const tree = createIavlTree({ backend });
          const map = new Map<string, string>();
          apply(tree, map, changes);
          for (const where of ranges) expect(pairs(tree, where)).toEqual(expectedPairs(map, where));
          tree.saveVersion();
          const past = createIavlTree({ backend }).getImmutable(1n);
          for (const where of ranges) expect(pairs(past, where)).toEqual(expectedPairs(map, where));
        },
      ),
    );
  });

  test("the root does not depend on reopening, pruning or when the working hash was asked for", () => {
    return fc.assert(
      fc.property(versions, fc.nat(3), (history, keep) => {
        const plain = createIavlTree();
        const backend = createMemoryBackend();
        for (const changes of history) {
          const pruned = createIavlTree({ backend, cachedNodes: 4 });
          apply(plain, new Map(expectMap(plain)), changes);
          for (const one of changes) {
            apply(pruned, new Map(expectMap(pruned)), [one]);
            pruned.workingHash();
          }
          const { version, hash } = pruned.saveVersion();
          expect(toHex(hash)).toBe(toHex(plain.saveVersion().hash));
          const batch = backend.batch();
          pruned.pruneBelow(version - BigInt(keep), batch);
          batch.write();
        }
      }),
      { numRuns: 60 },
    );
  });
});

test("a tree that fits its cache is never read again, however often it is rewritten", () => {
  const backend = createMemoryBackend();
  const get = jest.spyOn(backend, "get");
  const rewrite = (tree: IavlTree, count: number): void => {
    for (let n = 0; n < count; n++) tree.set(k(n), k(n));
    tree.saveVersion();
  };
  const fitting = createIavlTree({ backend, cachedNodes: 64 });
  for (let version = 0; version < 20; version++) rewrite(fitting, 32);
  get.mockClear();
  rewrite(fitting, 32);
  expect(get).not.toHaveBeenCalled();
  for (let version = 0; version < 3; version++) rewrite(fitting, 40);
  get.mockClear();
  rewrite(fitting, 40);
  expect(get).toHaveBeenCalled();
});

const expectMap = (tree: IavlTree): [string, string][] =>
  [...tree.iterate()].map(([key, value]) => [toHex(key), toHex(value)]);

describe("pruning", () => {
  test("leaves exactly the nodes of the versions that stay", () => {
    return fc.assert(
      fc.property(versions, (history) => {
        const backend = createMemoryBackend();
        const tree = createIavlTree({ backend });
        const map = new Map<string, string>();
        for (const changes of history) {
          apply(tree, map, changes);
          tree.saveVersion();
        }
        const batch = backend.batch();
        tree.pruneBelow(tree.version, batch);
        batch.write();
        const nodes = map.size === 0 ? 0 : 2 * map.size - 1;
        expect([...backend.iterate()]).toHaveLength(nodes + 1);
        checkState(createIavlTree({ backend }), map);
      }),
      { numRuns: 60 },
    );
  });

  test("refuses versions that are gone or never were, and keeps the rest", () => {
    const backend = createMemoryBackend();
    const tree = createIavlTree({ backend, initialVersion: 10n });
    for (let i = 0; i < 5; i++) {
      tree.set(k(i), k(i));
      tree.saveVersion();
    }
    const old = tree.getImmutable(10n);
    const batch = backend.batch();
    tree.pruneBelow(13n, batch);
    batch.write();
    expect([tree.firstVersion, tree.version]).toEqual([13n, 14n]);
    for (const gone of [0n, 9n, 10n, 12n, 15n]) {
      expect(tree.hasVersion(gone)).toBe(false);
      expect(() => tree.getImmutable(gone)).toThrow(StoreError);
    }
    expect(pairs(tree.getImmutable(13n))).toHaveLength(4);
    // a reader that was opened before has what it had in memory
    expect(old.get(k(0))).toEqual(k(0));
    const reopened = createIavlTree({ backend });
    expect([reopened.firstVersion, reopened.version]).toEqual([13n, 14n]);
  });

  test("a reader on disk is told when its version was pruned under it", () => {
    const backend = createMemoryBackend();
    const writer = createIavlTree({ backend });
    for (let i = 0; i < 8; i++) writer.set(k(i), k(i));
    writer.saveVersion();
    const reader = createIavlTree({ backend }).getImmutable(1n);
    for (let i = 0; i < 8; i++) writer.set(k(i), k(i + 1));
    writer.saveVersion();
    const batch = backend.batch();
    writer.pruneBelow(2n, batch);
    batch.write();
    expect(() => reader.get(k(3))).toThrow(StoreError);
  });
});

describe("rollback", () => {
  test("makes an old version the latest, and the same writes give the same root again", () => {
    const backend = createMemoryBackend();
    const tree = createIavlTree({ backend });
    const write = (seed: number): string => {
      for (let i = 0; i < 20; i++) tree.set(k((i * 7 * seed) % 50), k(seed));
      return toHex(tree.saveVersion().hash);
    };
    const roots = [1, 2, 3, 4, 5].map(write);
    tree.set(k(99), k(1));
    const batch = backend.batch();
    tree.rollback(2n, batch);
    batch.write();
    expect([tree.version, toHex(tree.workingHash()), tree.has(k(99))]).toEqual([2n, roots[1], false]);
    expect(() => tree.getImmutable(3n)).toThrow(StoreError);
    expect(createIavlTree({ backend }).version).toBe(2n);
    expect([3, 4, 5].map(write)).toEqual(roots.slice(2));
  });

  test("to before the first version leaves nothing behind", () => {
    const backend = createMemoryBackend();
    const tree = createIavlTree({ backend, initialVersion: 5n });
    tree.set(k(1), k(1));
    tree.saveVersion();
    const batch = backend.batch();
    tree.rollback(0n, batch);
    batch.write();
    expect([...backend.iterate()]).toEqual([]);
    tree.startAt(7n);
    expect(tree.saveVersion().version).toBe(7n);
    expect(() => tree.startAt(8n)).toThrow(StoreError);
  });
});

test("a walk over the working tree shows the pairs of its beginning, whatever is written meanwhile", () => {
  const tree = createIavlTree();
  for (let i = 0; i < 100; i += 2) tree.set(k(i), k(i));
  const before = pairs(tree);
  const seen: string[] = [];
  for (const [key, value] of tree.iterate()) {
    seen.push(`${toHex(key)}=${toHex(value)}`);
    tree.remove(k(key[0]! + 2));
    tree.set(k(key[0]! + 1), k(0));
    if (key[0] === 50) tree.saveVersion();
  }
  expect(seen).toEqual(before);
  expect(pairs(tree)).not.toEqual(before);
});

test("a version is not changed by later writes", () => {
  const tree = createIavlTree();
  for (let i = 0; i < 30; i++) tree.set(k(i), k(i));
  tree.saveVersion();
  const past = tree.getImmutable(1n);
  const before = pairs(past);
  for (let i = 0; i < 30; i += 2) tree.remove(k(i));
  for (let i = 1; i < 30; i += 2) tree.set(k(i), k(100));
  expect(pairs(past)).toEqual(before);
  tree.saveVersion();
  expect(pairs(past)).toEqual(before);
});

test("trees with different prefixes share a backend", () => {
  const backend = createMemoryBackend();
  const [a, b] = [createIavlTree({ backend, prefix: k(1) }), createIavlTree({ backend, prefix: k(2) })];
  a.set(k(1), k(1));
  a.saveVersion();
  b.saveVersion();
  b.saveVersion();
  expect(createIavlTree({ backend, prefix: k(1) }).get(k(1))).toEqual(k(1));
  expect(createIavlTree({ backend, prefix: k(2) }).version).toBe(2n);
  expect(createIavlTree({ backend, prefix: k(2) }).size).toBe(0);
});

test.each([0n, -1n, 2n ** 60n])("refuses to begin with version %s", (initialVersion) => {
  expect(() => createIavlTree({ initialVersion })).toThrow(StoreError);
});

test("keys and values of any length are stored", () => {
  const backend = createMemoryBackend();
  const tree = createIavlTree({ backend });
  const lengths = [0, 1, 47, 48, 49, 127, 128, 1000, 1100, 20_000];
  for (const length of lengths) tree.set(new Uint8Array(length).fill(7), new Uint8Array(length).fill(9));
  tree.saveVersion();
  const past = createIavlTree({ backend }).getImmutable(1n);
  for (const length of lengths)
    expect(past.get(new Uint8Array(length).fill(7))).toEqual(new Uint8Array(length).fill(9));
});

describe("proofs", () => {
  test("membership verifies for exactly the pairs of the tree, absence for exactly the other keys", () => {
    return fc.assert(
      fc.property(fc.array(change, { maxLength: 50 }), (changes) => {
        const tree = createIavlTree();
        const map = new Map<string, string>();
        apply(tree, map, changes);
        const { version, hash } = tree.saveVersion();
        const past = tree.getImmutable(version);
        for (let n = 0; n <= 60; n += 1 + (n % 2)) {
          const key = keyOf(n);
          const value = past.get(key);
          const proof = past.proof(key);
          const other = sha256(hash);
          if (value === undefined) {
            expect(verifyNonMembership(IAVL_SPEC, hash, proof, key)).toBe(map.size > 0);
            expect(verifyNonMembership(IAVL_SPEC, other, proof, key)).toBe(false);
          } else {
            expect(verifyMembership(IAVL_SPEC, hash, proof, key, value)).toBe(true);
            expect(verifyMembership(IAVL_SPEC, hash, proof, key, k(value[0]! ^ 1))).toBe(false);
            expect(verifyMembership(IAVL_SPEC, other, proof, key, value)).toBe(false);
            expect(verifyNonMembership(IAVL_SPEC, hash, proof, key)).toBe(false);
            expect(() => past.nonExistenceProof(key)).toThrow(StoreError);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test("an absence proof for one gap proves nothing for another", () => {
    const tree = createIavlTree();
    for (let i = 10; i <= 60; i += 10) tree.set(k(i), k(i));
    const { hash } = tree.saveVersion();
    const past = tree.getImmutable(1n);
    for (let from = 5; from <= 65; from += 10)
      for (let to = 5; to <= 65; to += 10)
        expect(verifyNonMembership(IAVL_SPEC, hash, past.nonExistenceProof(k(from)), k(to))).toBe(
          from === to,
        );
  });
});
