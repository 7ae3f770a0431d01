/**
 * ICS-23 cases in the form of cosmos/ics23 `testdata`: whole proofs of IAVL, Tendermint and sparse Merkle trees, batches,
 * single operations, and checks of leaves, proofs and empty branches against specs.
 */

import { fromBase64, fromHex, toHex, utf8 } from "@tandem-ics/crypto";
import {
  applyInner,
  applyLeaf,
  calculateExistenceRoot,
  calculateRoot,
  checkExistence,
  checkInner,
  checkLeaf,
  decodeCommitmentProof,
  decompress,
  doHash,
  encodeCommitmentProof,
  IAVL_SPEC,
  leftBranchesAreEmpty,
  ProofError,
  type ProofSpec,
  rightBranchesAreEmpty,
  SMT_SPEC,
  TENDERMINT_SPEC,
  verifyMembership,
  verifyNonMembership,
} from "@tandem-ics/store/ics23";
import { testEach } from "../each.ts";
import { type VectorFile, vectorFiles, vectorsDir } from "./load.ts";

type Json = Record<string, unknown>;

const isObject = (json: unknown): json is Json =>
  typeof json === "object" && json !== null && !Array.isArray(json);
/** Go reads field names in any case; the files mix them. */
const plainName = (name: string): string => name.replaceAll("_", "").toLowerCase();
const names = (json: Json): string[] => Object.keys(json).map(plainName).sort();
function get(json: unknown, name: string): unknown {
  if (!isObject(json)) return undefined;
  const found = Object.keys(json).find((key) => plainName(key) === plainName(name));
  return found === undefined ? undefined : (json[found] ?? undefined);
}
const bytes = (json: unknown, name: string): Uint8Array => fromBase64((get(json, name) as string) ?? "");
const int = (json: unknown, name: string): number => Number(get(json, name) ?? 0);

const leafOp = (json: unknown) => ({
  hash: int(json, "hash"),
  prehashKey: int(json, "prehashKey"),
  prehashValue: int(json, "prehashValue"),
  length: int(json, "length"),
  prefix: bytes(json, "prefix"),
});
const innerOp = (json: unknown) => ({
  hash: int(json, "hash"),
  prefix: bytes(json, "prefix"),
  suffix: bytes(json, "suffix"),
});
const innerSpec = (json: unknown) => ({
  childOrder: ((get(json, "childOrder") ?? []) as number[]).map(Number),
  childSize: int(json, "childSize"),
  minPrefixLength: int(json, "minPrefixLength"),
  maxPrefixLength: int(json, "maxPrefixLength"),
  emptyChild: bytes(json, "emptyChild"),
  hash: int(json, "hash"),
});
function existenceProof(json: unknown) {
  const leaf = get(json, "leaf");
  return {
    key: bytes(json, "key"),
    value: bytes(json, "value"),
    path: ((get(json, "path") ?? []) as unknown[]).map(innerOp),
    ...(leaf === undefined ? {} : { leaf: leafOp(leaf) }),
  };
}
function proofSpec(json: unknown): ProofSpec {
  const leaf = get(json, "leafSpec");
  const inner = get(json, "innerSpec");
  return {
    maxDepth: int(json, "maxDepth"),
    minDepth: int(json, "minDepth"),
    prehashKeyBeforeComparison: get(json, "prehashKeyBeforeComparison") === true,
    ...(leaf === undefined ? {} : { leafSpec: leafOp(leaf) }),
    ...(inner === undefined ? {} : { innerSpec: innerSpec(inner) }),
  };
}

/** Cases of a file: an object from names to cases, or a list. */
const casesOf = (json: unknown): [string, Json][] =>
  Array.isArray(json)
    ? json.map((c, i) => [`case ${i}`, c as Json])
    : Object.entries(isObject(json) ? json : {}).map(([name, c]) => [name, c as Json]);

/** Files of cases: each has the fields `all`, some have one of `any`, none has one of `not`. Absent fields are zero. */
function filesOfCases(all: string[], any: string[] = [], not: string[] = []): VectorFile[] {
  const has = (c: Json, name: string): boolean => names(c).includes(plainName(name));
  return vectorFiles((json) => {
    const cases = casesOf(json).map(([, c]) => c);
    return (
      cases.length > 0 &&
      cases.every(
        (c) => isObject(c) && all.every((name) => has(c, name)) && !not.some((name) => has(c, name)),
      ) &&
      (any.length === 0 || cases.some((c) => any.some((name) => has(c, name))))
    );
  });
}

const SPECS: [string, ProofSpec][] = [
  ["iavl", IAVL_SPEC],
  ["tendermint", TENDERMINT_SPEC],
  ["smt", SMT_SPEC],
];
/** The folder tells the tree; a file elsewhere must suit one of the specs. */
function specsFor(path: string): [string, ProofSpec][] {
  const named = SPECS.filter(([name]) =>
    path
      .toLowerCase()
      .split(/[^a-z]+/)
      .includes(name),
  );
  return named.length > 0 ? named : SPECS;
}
const short = (path: string): string => path.slice(vectorsDir.length + 1);
const changed = (data: Uint8Array): Uint8Array =>
  data.map((byte, i) => (i === data.length - 1 ? byte ^ 1 : byte));

function each(
  files: readonly VectorFile[],
  title: string,
  run: (path: string, json: VectorFile["json"]) => void,
): void {
  for (const { path, json } of files) test(`${short(path)} ${title}`, () => run(short(path), json));
}
function reportMissing(files: readonly VectorFile[], what: string): void {
  if (files.length === 0) test.skip(`no ICS-23 ${what} below ${vectorsDir}`, () => {});
}

describe("whole proofs", () => {
  const files = vectorFiles(
    (json) => isObject(json) && names(json).join() === ["key", "proof", "root", "value"].join(),
  );
  reportMissing(files, "proofs");
  each(files, "verifies, and only as it is", (path, json) => {
    const proof = decodeCommitmentProof(fromHex(json.proof));
    const [root, key, value] = [fromHex(json.root), fromHex(json.key), fromHex(json.value ?? "")];
    const present = value.length > 0;
    const verify = (spec: ProofSpec, r: Uint8Array, k: Uint8Array, v: Uint8Array): boolean =>
      present ? verifyMembership(spec, r, proof, k, v) : verifyNonMembership(spec, r, proof, k);
    expect(toHex(encodeCommitmentProof(proof))).toBe(json.proof);
    expect(toHex(calculateRoot(proof))).toBe(json.root);
    const suits = specsFor(path).filter(([, spec]) => verify(spec, root, key, value));
    expect(suits).toHaveLength(1);
    const spec = suits[0]![1];
    expect(verify(spec, changed(root), key, value)).toBe(false);
    expect(verify(spec, root.slice(1), key, value)).toBe(false);
    if (present) {
      expect(verify(spec, root, changed(key), value)).toBe(false);
      expect(verify(spec, root, key, changed(value))).toBe(false);
      expect(verify(spec, root, key, new Uint8Array(0))).toBe(false);
      expect(verifyNonMembership(spec, root, proof, key)).toBe(false);
    } else {
      const { left, right } = proof.nonexist!;
      for (const side of [left, right])
        if (side !== undefined) {
          expect(verify(spec, root, side.key, value)).toBe(false);
          expect(verifyMembership(spec, root, proof, side.key, side.value)).toBe(false);
        }
      expect(verifyMembership(spec, root, proof, key, Uint8Array.of(1))).toBe(false);
      // half of two neighbours proves nothing about what lies between them
      if (left !== undefined && right !== undefined)
        for (const half of [{ left }, { right }])
          expect(verifyNonMembership(spec, root, { nonexist: { key, ...half } }, key)).toBe(false);
    }
  });
});

describe("batches", () => {
  const files = vectorFiles(
    (json) => isObject(json) && names(json).join() === ["items", "proof", "root"].join(),
  );
  each(files, "proves each of its items", (path, json) => {
    const proof = decodeCommitmentProof(fromHex(json.proof));
    const root = fromHex(json.root);
    const suits = specsFor(path).filter(([, spec]) =>
      (json.items as { key: string; value?: string }[]).every(({ key, value }) =>
        value
          ? verifyMembership(spec, root, proof, fromHex(key), fromHex(value))
          : verifyNonMembership(spec, root, proof, fromHex(key)),
      ),
    );
    expect(suits).toHaveLength(1);
    expect(decompress(proof).batch!.entries).toHaveLength(json.items.length);
  });
});

/** Runs `act`, whose only refusal is {@link ProofError}. */
function outcome<T>(act: () => T): T | "refused" {
  try {
    return act();
  } catch (error) {
    expect(error).toBeInstanceOf(ProofError);
    return "refused";
  }
}
const expected = (c: Json): Uint8Array | "refused" =>
  get(c, "isErr") === true ? "refused" : bytes(c, "expected");

describe("leaf operations", () => {
  const files = filesOfCases(["op"], ["key", "value"], ["child", "spec"]);
  reportMissing(files, "leaf operations");
  for (const { path, json } of files)
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      const apply = () => applyLeaf(leafOp(get(c, "op")), bytes(c, "key"), bytes(c, "value"));
      expect(outcome(apply)).toEqual(expected(c));
    });
});

describe("inner operations", () => {
  const files = filesOfCases(["op"], ["child"], ["key", "spec"]);
  reportMissing(files, "inner operations");
  for (const { path, json } of files)
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      expect(outcome(() => applyInner(innerOp(get(c, "op")), bytes(c, "child")))).toEqual(expected(c));
    });
});

describe("hash operations", () => {
  const files = filesOfCases(["hashOp", "expectedHash"]);
  reportMissing(files, "hash operations");
  for (const { path, json } of files)
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      const preimage = utf8((get(c, "preimage") as string) ?? "");
      expect(toHex(doHash(int(c, "hashOp"), preimage))).toBe(get(c, "expectedHash"));
    });
});

describe("leaves against specs", () => {
  for (const { path, json } of filesOfCases(["leaf", "spec"]))
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      const spec = { leafSpec: leafOp(get(c, "spec")), maxDepth: 0, minDepth: 0 };
      const result = outcome(() => checkLeaf(leafOp(get(c, "leaf")), spec));
      expect(result === "refused").toBe(get(c, "isErr") === true);
    });
});

describe("existence proofs against specs", () => {
  for (const { path, json } of filesOfCases(["proof", "spec"]))
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      const result = outcome(() =>
        checkExistence(existenceProof(get(c, "proof")), proofSpec(get(c, "spec"))),
      );
      const refused = get(c, "isErr") === true || (get(c, "err") ?? "") !== "";
      expect(result === "refused").toBe(refused);
    });
});

describe("roots of existence proofs", () => {
  for (const { path, json } of filesOfCases(["proof"], ["isErr", "expected"], ["spec", "root"]))
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      expect(outcome(() => calculateExistenceRoot(existenceProof(get(c, "proof"))))).toEqual(expected(c));
    });
});

describe("empty branches", () => {
  for (const { path, json } of filesOfCases(["op", "spec"]))
    testEach(casesOf(json))(`${short(path)}: %s`, (_, c) => {
      const spec = proofSpec(get(c, "spec"));
      const op = innerOp(get(c, "op"));
      expect(outcome(() => checkInner(op, spec, 1))).toBeUndefined();
      const found = [leftBranchesAreEmpty(spec.innerSpec!, op), rightBranchesAreEmpty(spec.innerSpec!, op)];
      expect(found).toEqual([get(c, "isLeft") === true, get(c, "isRight") === true]);
    });
});
