import { fromHex, sha256, utf8 } from "@tandem-ics/crypto";
import type { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import { createMemoryBackend } from "../backend.ts";
import { createMultiStore } from "../multistore.ts";
import {
  decodeCommitmentProof,
  MerkleProofError,
  type MerkleStatement,
  PROOF_SPECS,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
} from "./index.ts";

const multistore = createMultiStore({
  backend: createMemoryBackend(),
  stores: { ibc: "iavl", bank: "iavl", empty: "iavl" },
});
for (const name of ["a", "c", "e"]) multistore.store("ibc").set(utf8(name), utf8(`value ${name}`));
multistore.store("bank").set(utf8("a"), utf8("value a"));
const { version, appHash: root } = multistore.commit();

function statement(store: string, key: string): MerkleStatement {
  const { proofOps } = multistore.query({ store, key: utf8(key), version, prove: true });
  const proof: MerkleProof = { proofs: proofOps!.map((op) => decodeCommitmentProof(op.data)) };
  return { specs: PROOF_SPECS, root, proof, path: [utf8(store), utf8(key)] };
}
/** Error of a verification, as `kind at index`. */
function failure(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof MerkleProofError)) throw error;
    return `${error.kind} ${error.index ?? "-"}`;
  }
}

test("membership and absence are proven up to the app hash", () => {
  expect(
    failure(() => verifyMerkleMembership({ ...statement("ibc", "c"), value: utf8("value c") })),
  ).toBeUndefined();
  expect(failure(() => verifyMerkleNonMembership(statement("ibc", "b")))).toBeUndefined();
  expect(failure(() => verifyMerkleNonMembership(statement("ibc", "z")))).toBeUndefined();
});

test("nothing can be proven absent from an empty store", () => {
  expect(failure(() => verifyMerkleNonMembership(statement("empty", "a")))).toBe("invalidProof 0");
});

type Change = (s: MerkleStatement) => Partial<MerkleStatement & { value: Uint8Array }>;
const present: [string, Change, string][] = [
  ["another value", () => ({ value: utf8("value a") }), "invalidProof 0"],
  ["no value", () => ({ value: new Uint8Array(0) }), "invalidProof -"],
  ["another key", (s) => ({ path: [s.path[0]!, utf8("a")] }), "invalidProof 0"],
  ["another store", (s) => ({ path: [utf8("bank"), s.path[1]!] }), "invalidProof 1"],
  ["another root", () => ({ root: sha256(root) }), "invalidProof -"],
  ["no root", () => ({ root: new Uint8Array(0) }), "invalidMerkleProof -"],
  ["no proofs", () => ({ proof: { proofs: [] } }), "invalidMerkleProof -"],
  ["one proof", (s) => ({ proof: { proofs: s.proof.proofs.slice(0, 1) } }), "invalidMerkleProof -"],
  ["one spec", () => ({ specs: PROOF_SPECS.slice(0, 1) }), "invalidMerkleProof -"],
  ["one key", (s) => ({ path: s.path.slice(1) }), "invalidProof -"],
  [
    "proofs in the wrong order",
    (s) => ({ proof: { proofs: [...s.proof.proofs].reverse() } }),
    "invalidProof 0",
  ],
  ["specs in the wrong order", () => ({ specs: [...PROOF_SPECS].reverse() }), "invalidProof 0"],
  ["a proof of absence", () => ({ proof: statement("ibc", "b").proof }), "invalidProof 0"],
  ["an empty proof", (s) => ({ proof: { proofs: [{}, s.proof.proofs[1]!] } }), "invalidProof 0"],
  [
    "the store proof of another store",
    (s) => ({ proof: { proofs: [s.proof.proofs[0]!, statement("bank", "a").proof.proofs[1]!] } }),
    "invalidProof 1",
  ],
];
test.each(present)("membership with %s is refused", (_, change, expected) => {
  const s = { ...statement("ibc", "c"), value: utf8("value c") };
  expect(failure(() => verifyMerkleMembership({ ...s, ...change(s) }))).toBe(expected);
});

const missing: [string, Change, string][] = [
  ["a key that is present", (s) => ({ path: [s.path[0]!, utf8("c")] }), "invalidProof 0"],
  ["a key of another gap", (s) => ({ path: [s.path[0]!, utf8("d")] }), "invalidProof 0"],
  ["another store", (s) => ({ path: [utf8("bank"), s.path[1]!] }), "invalidProof 1"],
  ["another root", () => ({ root: sha256(root) }), "invalidProof -"],
  ["a proof of membership", () => ({ proof: statement("ibc", "c").proof }), "invalidProof 0"],
  ["no proofs", () => ({ proof: { proofs: [] } }), "invalidMerkleProof -"],
  [
    "a store proof that proves absence",
    (s) => ({ proof: { proofs: [s.proof.proofs[0]!, s.proof.proofs[0]!] } }),
    "invalidProof 1",
  ],
];
test.each(missing)("absence with %s is refused", (_, change, expected) => {
  const s = statement("ibc", "b");
  expect(failure(() => verifyMerkleNonMembership({ ...s, ...change(s) }))).toBe(expected);
});

test("the root of the proven version is the app hash", () => {
  expect(multistore.appHash(version)).toEqual(root);
  expect(root).not.toEqual(fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
});
