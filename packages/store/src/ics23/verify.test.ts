import { compareBytes, concatBytes, EMPTY, sha256, toHex, utf8 } from "@tandem-ics/crypto";
import type { ExistenceProof, HashOp, InnerOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import * as fc from "fast-check";
import { proveStore, sortNames } from "../app-hash.ts";
import {
  applyInner,
  applyLeaf,
  branchOf,
  calculateExistenceRoot,
  checkExistence,
  HASH,
  IAVL_SPEC,
  isLeftMost,
  isLeftNeighbour,
  isRightMost,
  LENGTH,
  ProofError,
  type ProofSpec,
  SMT_SPEC,
  TENDERMINT_SPEC,
  verifyExistence,
  verifyMembership,
  verifyNonExistence,
  verifyNonMembership,
} from "./index.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const hashOf = (text: string): Uint8Array => sha256(utf8(text));
const [A, B] = [hashOf("a"), hashOf("b")];

const innerOp = (prefix: Uint8Array, suffix: Uint8Array = EMPTY): InnerOp => ({
  hash: HASH.SHA256,
  prefix,
  suffix,
});
const proofOf = (spec: ProofSpec, path: InnerOp[], prefix = spec.leafSpec!.prefix): ExistenceProof => ({
  key: utf8("key"),
  value: utf8("value"),
  leaf: { ...spec.leafSpec!, prefix },
  path,
});
/** Whether the proof would be believed if the root that it leads to were trusted. */
const holds = (spec: ProofSpec, exist: ExistenceProof): boolean =>
  verifyMembership(spec, calculateExistenceRoot(exist), { exist }, exist.key, exist.value);

/** `height ‖ size ‖ version` below 64 each. */
const iavl = (height: number, size: number, version: number): Uint8Array =>
  k(2 * height, 2 * size, 2 * version);
const iavlLeaf = iavl(0, 1, 5);
const iavlLeft = (height: number): InnerOp =>
  innerOp(concatBytes(iavl(height, 2, 5), k(32)), concatBytes(k(32), A));
const iavlRight = (height: number): InnerOp => innerOp(concatBytes(iavl(height, 2, 5), k(32), A, k(32)));
const simpleLeft = innerOp(k(1), A);
const simpleRight = innerOp(concatBytes(k(1), A));

describe("honest steps", () => {
  test("of either side are accepted", () => {
    expect(holds(IAVL_SPEC, proofOf(IAVL_SPEC, [iavlLeft(1), iavlRight(2), iavlLeft(4)], iavlLeaf))).toBe(
      true,
    );
    expect(holds(TENDERMINT_SPEC, proofOf(TENDERMINT_SPEC, [simpleLeft, simpleRight]))).toBe(true);
    expect(holds(TENDERMINT_SPEC, proofOf(TENDERMINT_SPEC, []))).toBe(true);
  });
});

describe("a step is refused whatever it hashes to", () => {
  const iavlCases: [string, InnerOp][] = [
    ["children on both sides", { ...iavlRight(1), suffix: concatBytes(k(32), B) }],
    ["no other child", innerOp(concatBytes(iavl(1, 2, 5), k(32)))],
    ["two children on the right", { ...iavlLeft(1), suffix: concatBytes(k(32), A, k(32), B) }],
    ["a suffix of half a child", { ...iavlLeft(1), suffix: A }],
    ["a height below its layer", iavlLeft(0)],
    ["a negative height", innerOp(concatBytes(k(3, 4, 10, 32)), concatBytes(k(32), A))],
    ["a negative size", innerOp(concatBytes(k(2, 5, 10, 32)), concatBytes(k(32), A))],
    ["a negative version", innerOp(concatBytes(k(2, 4, 11, 32)), concatBytes(k(32), A))],
    [
      "a prefix that is too long for its numbers",
      innerOp(concatBytes(k(2, 4, 10, 32, 1)), concatBytes(k(32), A)),
    ],
    ["a prefix that ends within a number", innerOp(k(2, 4, 0x80, 0x80), concatBytes(k(32), A))],
    [
      "a number of more than 64 bits",
      innerOp(concatBytes(new Uint8Array(10).fill(0xff), k(2)), concatBytes(k(32), A)),
    ],
    ["another hash", { ...iavlLeft(1), hash: HASH.SHA512_256 }],
    ["no hash", { ...iavlLeft(1), hash: HASH.NO_HASH }],
    ["the prefix of a leaf", innerOp(concatBytes(iavl(0, 2, 5), k(32)), concatBytes(k(32), A))],
  ];
  test.each(iavlCases)("IAVL: with %s", (_, op) => {
    const exist = proofOf(IAVL_SPEC, [op], iavlLeaf);
    expect(verify(IAVL_SPEC, exist)).toBe(false);
  });

  const simpleCases: [string, InnerOp][] = [
    ["children on both sides", innerOp(concatBytes(k(1), A), B)],
    ["no other child", innerOp(k(1))],
    ["two children on the left", innerOp(concatBytes(k(1), A, B))],
    ["two children on the right", innerOp(k(1), concatBytes(A, B))],
    ["a prefix between one and two children", innerOp(concatBytes(k(1), A.slice(1)))],
    ["no prefix", innerOp(EMPTY, A)],
    ["the prefix of a leaf", innerOp(k(0), A)],
    ["another hash", { ...simpleLeft, hash: HASH.BLAKE2S_256 as HashOp }],
  ];
  test.each(simpleCases)("Tendermint: with %s", (_, op) => {
    expect(verify(TENDERMINT_SPEC, proofOf(TENDERMINT_SPEC, [op]))).toBe(false);
  });

  /** As {@link holds}, where the root may not even be calculable. */
  function verify(spec: ProofSpec, exist: ExistenceProof): boolean {
    try {
      return holds(spec, exist);
    } catch (error) {
      expect(error).toBeInstanceOf(ProofError);
      return false;
    }
  }
});

describe("a proof is refused", () => {
  test.each([128, 129])("by its depth: %d steps", (depth) => {
    const path = Array.from({ length: depth }, () => simpleLeft);
    expect(holds(TENDERMINT_SPEC, proofOf(TENDERMINT_SPEC, path))).toBe(depth <= 128);
    expect(holds({ ...TENDERMINT_SPEC, maxDepth: 129 }, proofOf(TENDERMINT_SPEC, path))).toBe(true);
    expect(holds({ ...TENDERMINT_SPEC, maxDepth: 127 }, proofOf(TENDERMINT_SPEC, path))).toBe(false);
    expect(holds({ ...TENDERMINT_SPEC, maxDepth: 129, minDepth: 129 }, proofOf(TENDERMINT_SPEC, path))).toBe(
      depth === 129,
    );
  });

  test.each([
    ["key", { key: EMPTY }],
    ["value", { value: EMPTY }],
  ])("for an empty %s", (_, change) => {
    const exist = { ...proofOf(TENDERMINT_SPEC, [simpleLeft]), ...change };
    expect(() => calculateExistenceRoot(exist)).toThrow(ProofError);
    expect(verifyMembership(TENDERMINT_SPEC, A, { exist }, exist.key, exist.value)).toBe(false);
  });

  test("without a leaf operation", () => {
    const { key, value, path } = proofOf(TENDERMINT_SPEC, []);
    expect(() => checkExistence({ key, value, path }, TENDERMINT_SPEC)).toThrow(ProofError);
    expect(() => calculateExistenceRoot({ key, value, path })).toThrow(ProofError);
  });

  test.each([
    ["hash", { hash: HASH.SHA512 }],
    ["key prehash", { prehashKey: HASH.SHA256 }],
    ["value prehash", { prehashValue: HASH.NO_HASH }],
    ["length", { length: LENGTH.NO_PREFIX }],
    ["prefix", { prefix: k(1) }],
  ])("for another leaf %s than the spec's", (_, change) => {
    const exist = proofOf(TENDERMINT_SPEC, [simpleLeft]);
    exist.leaf = { ...exist.leaf!, ...change };
    expect(holds(TENDERMINT_SPEC, exist)).toBe(false);
  });

  test("a Tendermint leaf may have a longer prefix, an IAVL leaf may not", () => {
    expect(holds(TENDERMINT_SPEC, proofOf(TENDERMINT_SPEC, [], k(0, 1)))).toBe(true);
    for (const prefix of [k(0, 2), concatBytes(iavlLeaf, k(0)), k(0, 2, 9), k(0, 0x80)])
      expect(holds(IAVL_SPEC, proofOf(IAVL_SPEC, [], prefix))).toBe(false);
  });

  test.each([
    ["no inner spec", { innerSpec: undefined }],
    ["children of no size", { innerSpec: { ...TENDERMINT_SPEC.innerSpec!, childSize: 0 } }],
    ["prefixes that may hide a child", { innerSpec: { ...TENDERMINT_SPEC.innerSpec!, maxPrefixLength: 33 } }],
    [
      "an order that names no first child",
      { innerSpec: { ...TENDERMINT_SPEC.innerSpec!, childOrder: [1, 2] } },
    ],
  ])("under a spec with %s", (_, change) => {
    const { innerSpec, ...rest } = { ...TENDERMINT_SPEC, ...change };
    const spec = innerSpec === undefined ? rest : { ...rest, innerSpec };
    const exist = proofOf(TENDERMINT_SPEC, [simpleLeft]);
    expect(holds(spec, exist)).toBe(false);
    expect(
      verifyNonMembership(
        spec,
        calculateExistenceRoot(exist),
        { nonexist: { key: k(1), right: exist } },
        k(1),
      ),
    ).toBe(false);
  });
});

describe("absence", () => {
  test("needs a side, and sides that exist under the same root", () => {
    const exist = proofOf(TENDERMINT_SPEC, [simpleLeft]);
    const root = calculateExistenceRoot(exist);
    expect(() => verifyNonExistence({ key: k(1) }, TENDERMINT_SPEC, root, k(1))).toThrow(ProofError);
    expect(() => verifyNonExistence({ key: k(1), right: exist }, TENDERMINT_SPEC, root, k(1))).not.toThrow();
    expect(() => verifyNonExistence({ key: k(1), right: exist }, TENDERMINT_SPEC, A, k(1))).toThrow(
      ProofError,
    );
    const elsewhere = proofOf(TENDERMINT_SPEC, [simpleRight]);
    expect(() =>
      verifyNonExistence({ key: k(1), left: elsewhere, right: exist }, TENDERMINT_SPEC, root, k(1)),
    ).toThrow(ProofError);
  });

  test("the same leaf is not its own neighbour", () => {
    const exist = proofOf(TENDERMINT_SPEC, [simpleLeft]);
    const root = calculateExistenceRoot(exist);
    const nonexist = { key: exist.key, left: exist, right: exist };
    expect(verifyNonMembership(TENDERMINT_SPEC, root, { nonexist }, exist.key)).toBe(false);
    expect(isLeftNeighbour(TENDERMINT_SPEC.innerSpec!, exist.path, exist.path)).toBe(false);
    expect(isLeftNeighbour(TENDERMINT_SPEC.innerSpec!, [], [])).toBe(false);
  });
});

const names = fc.uniqueArray(fc.stringMatching(/^[a-d]{1,4}$/), { minLength: 1, maxLength: 20 });

test("in the tree over stores, membership verifies for exactly the stores and absence for exactly the gaps", () => {
  return fc.assert(
    fc.property(names, fc.stringMatching(/^[a-d]{1,4}$/), (stores, asked) => {
      const hashes = new Map(stores.map((name) => [name, hashOf(name)]));
      const sorted = sortNames(stores);
      const proofs = sorted.map((name) => proveStore(hashes, name));
      const root = calculateExistenceRoot(proofs[0]!);
      const key = utf8(asked);
      for (let l = -1; l < sorted.length; l++)
        for (let r = l + 1; r <= sorted.length; r++) {
          const sides = { ...(proofs[l] && { left: proofs[l] }), ...(proofs[r] && { right: proofs[r] }) };
          const between =
            (l < 0 || compareBytes(utf8(sorted[l]!), key) < 0) &&
            (r === sorted.length || compareBytes(key, utf8(sorted[r]!)) < 0);
          const absent = verifyNonMembership(TENDERMINT_SPEC, root, { nonexist: { key, ...sides } }, key);
          expect(absent).toBe(between && r === l + 1);
        }
      sorted.forEach((name, i) => {
        const exist = proofs[i]!;
        expect(verifyMembership(TENDERMINT_SPEC, root, { exist }, key, hashOf(asked))).toBe(name === asked);
      });
    }),
    { numRuns: 60 },
  );
});

/** A sparse Merkle tree over hashed keys; subtrees of one leaf are that leaf, empty ones are zeros. */
function sparseTree(keys: readonly string[]): { root: Uint8Array; proofs: ExistenceProof[] } {
  const empty = SMT_SPEC.innerSpec!.emptyChild;
  const proofs = keys
    .map((name) => ({ ...proofOf(SMT_SPEC, []), key: utf8(name), value: hashOf(name) }))
    .sort((a, b) => compareBytes(sha256(a.key), sha256(b.key)));
  const build = (part: ExistenceProof[], depth: number): Uint8Array => {
    if (part.length === 0) return empty;
    if (part.length === 1) return applyLeaf(part[0]!.leaf!, part[0]!.key, part[0]!.value);
    const isRight = ({ key }: ExistenceProof) => ((sha256(key)[depth >> 3]! >> (7 - (depth & 7))) & 1) === 1;
    const [left, right] = [part.filter((p) => !isRight(p)), part.filter(isRight)];
    const [leftHash, rightHash] = [build(left, depth + 1), build(right, depth + 1)];
    for (const p of left) p.path.push(innerOp(k(1), rightHash));
    for (const p of right) p.path.push(innerOp(concatBytes(k(1), leftHash)));
    return sha256(concatBytes(k(1), leftHash, rightHash));
  };
  return { root: build(proofs, 0), proofs };
}

test("in a sparse tree, membership verifies for the leaves and absence between neighbours by hashed key", () => {
  return fc.assert(
    fc.property(names, fc.stringMatching(/^[a-d]{1,4}$/), (keys, asked) => {
      const { root, proofs } = sparseTree(keys);
      for (const exist of proofs)
        expect(verifyMembership(SMT_SPEC, root, { exist }, exist.key, exist.value)).toBe(true);
      const key = utf8(asked);
      for (let l = -1; l < proofs.length; l++)
        for (let r = l + 1; r <= proofs.length; r++) {
          const sides = { ...(proofs[l] && { left: proofs[l] }), ...(proofs[r] && { right: proofs[r] }) };
          const at = toHex(sha256(key));
          const between =
            (l < 0 || toHex(sha256(proofs[l]!.key)) < at) &&
            (r === proofs.length || at < toHex(sha256(proofs[r]!.key)));
          const absent = verifyNonMembership(SMT_SPEC, root, { nonexist: { key, ...sides } }, key);
          expect(absent).toBe(between && r === l + 1);
        }
    }),
    { numRuns: 60 },
  );
});

describe("branches", () => {
  const spec = {
    ...TENDERMINT_SPEC.innerSpec!,
    childOrder: [0, 2, 1],
    childSize: 2,
    minPrefixLength: 1,
    maxPrefixLength: 2,
  };
  const at = (position: number, extra = 0): InnerOp =>
    innerOp(new Uint8Array(2 * position + 1 + extra).fill(9), new Uint8Array(2 * (2 - position)).fill(9));

  test("are told by their place in the child order", () => {
    expect([0, 1, 2].map((position) => branchOf(spec, at(position)))).toEqual([0, 2, 1]);
    expect([0, 1, 2].map((position) => branchOf(spec, at(position, 1)))).toEqual([0, 2, 1]);
    expect(branchOf(spec, at(0, 2))).toBeUndefined();
    expect(branchOf(spec, innerOp(k(1), k(1, 2)))).toBeUndefined();
  });

  test("follow each other by number, not by place", () => {
    expect(isLeftNeighbour(spec, [at(0)], [at(2)])).toBe(true);
    expect(isLeftNeighbour(spec, [at(2)], [at(1)])).toBe(true);
    expect(isLeftNeighbour(spec, [at(0)], [at(1)])).toBe(false);
    expect(isLeftNeighbour(spec, [at(2)], [at(0)])).toBe(false);
    expect([isLeftMost(spec, [at(0)]), isLeftMost(spec, [at(1)])]).toEqual([true, false]);
    expect([isRightMost(spec, [at(1)]), isRightMost(spec, [at(2)])]).toEqual([true, false]);
  });

  test("inside the fork, paths must hug each other", () => {
    const [left, right] = [at(0), at(1)];
    expect(isLeftNeighbour(spec, [right, at(0)], [left, at(2)])).toBe(true);
    expect(isLeftNeighbour(spec, [left, at(0)], [left, at(2)])).toBe(false);
    expect(isLeftNeighbour(spec, [right, at(0)], [right, at(2)])).toBe(false);
    expect(isLeftNeighbour(spec, [right, at(0), at(2)], [left, at(2), at(2)])).toBe(true);
  });
});

test("the root of a step is the hash of prefix, child and suffix", () => {
  expect(applyInner(simpleLeft, B)).toEqual(sha256(concatBytes(k(1), B, A)));
  expect(() => applyInner(simpleLeft, EMPTY)).toThrow(ProofError);
  const exist = proofOf(TENDERMINT_SPEC, [simpleLeft]);
  const root = calculateExistenceRoot(exist);
  expect(() => verifyExistence(exist, TENDERMINT_SPEC, root, utf8("other"), exist.value)).toThrow(
    "another key",
  );
  expect(() => verifyExistence(exist, TENDERMINT_SPEC, root, exist.key, utf8("other"))).toThrow(
    "another value",
  );
  expect(() => verifyExistence(exist, TENDERMINT_SPEC, A, exist.key, exist.value)).toThrow("another root");
});
