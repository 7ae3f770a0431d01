import { concatBytes, sha256, toHex, utf8 } from "@tandem-ics/crypto";
import type { CommitmentProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import * as fc from "fast-check";
import { createIavlTree } from "../iavl/tree.ts";
import {
  decodeCommitmentProof,
  decodeMerkleProof,
  decodeProofSpec,
  decompress,
  encodeCommitmentProof,
  encodeMerkleProof,
  encodeProofSpec,
  IAVL_SPEC,
  ProofError,
  SMT_SPEC,
  verifyMembership,
  verifyNonMembership,
} from "./index.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
/** A field of wire type 2. */
const part = (field: number, data: Uint8Array): Uint8Array => {
  expect(data.length).toBeLessThan(128);
  return concatBytes(k(8 * field + 2, data.length), data);
};

const tree = createIavlTree();
for (let i = 0; i < 40; i += 2) tree.set(utf8(`key${i}`), sha256(k(i)));
const { hash } = tree.saveVersion();
const past = tree.getImmutable(1n);
const present = past.proof(utf8("key8"));
const absent = past.proof(utf8("key17"));

describe("commitment proofs", () => {
  test("come back from bytes as they were", () => {
    for (const proof of [present, absent])
      expect(decodeCommitmentProof(encodeCommitmentProof(proof))).toEqual(proof);
    const merkle = { proofs: [present, absent] };
    expect(decodeMerkleProof(encodeMerkleProof(merkle))).toEqual(merkle);
  });

  test("cut short are refused", () => {
    const bytes = encodeCommitmentProof(present);
    for (let length = 1; length < bytes.length; length++)
      expect(() => decodeCommitmentProof(bytes.slice(0, length))).toThrow(ProofError);
  });

  test("of which one byte was changed prove the pair no longer", () => {
    const bytes = encodeCommitmentProof(present);
    const value = past.get(utf8("key8"))!;
    return fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at] = changed[at]! ^ flip;
        let proof: CommitmentProof;
        try {
          proof = decodeCommitmentProof(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ProofError);
          return;
        }
        expect(verifyMembership(IAVL_SPEC, hash, proof, utf8("key8"), value)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test("with several contents have the last one", () => {
    const [exist, nonexist] = [encodeCommitmentProof(present), encodeCommitmentProof(absent)];
    expect(decodeCommitmentProof(concatBytes(exist, nonexist))).toEqual(absent);
    expect(decodeCommitmentProof(concatBytes(nonexist, exist))).toEqual(present);
  });

  test("skip fields that nobody knows, groups too, and refuse known ones of another type", () => {
    const bytes = encodeCommitmentProof(present);
    const unknown = concatBytes(
      k(0x78, 0x96, 0x01),
      k(0x7d, 1, 2, 3, 4),
      k(0x79, 1, 2, 3, 4, 5, 6, 7, 8),
      k(0x7b, 0x08, 1, 0x7c),
    );
    expect(decodeCommitmentProof(concatBytes(unknown, bytes))).toEqual(present);
    for (const wrong of [
      k(0x08, 1),
      k(0x7c),
      k(0x7e),
      k(0x02, 0),
      k(0x0a, 0x02, 0x08, 1),
      k(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff),
    ])
      expect(() => decodeCommitmentProof(concatBytes(bytes, wrong))).toThrow(ProofError);
  });

  test("with a leaf operation in two parts have them merged, as Go does", () => {
    const leaf = (fields: Uint8Array) => part(3, fields);
    const existence = concatBytes(
      part(1, utf8("k")),
      leaf(k(0x08, 1)),
      leaf(concatBytes(k(0x18, 1), part(5, k(0)))),
    );
    expect(decodeCommitmentProof(part(1, existence)).exist!.leaf).toEqual({
      hash: 1,
      prehashKey: 0,
      prehashValue: 1,
      length: 0,
      prefix: k(0),
    });
  });
});

describe("proof specs", () => {
  test("keep the order by hashed keys", () => {
    expect(decodeProofSpec(encodeProofSpec(SMT_SPEC))).toEqual(SMT_SPEC);
    expect(toHex(encodeProofSpec(IAVL_SPEC))).toBe("0a090801180120012a0100120c0a02000110211804200c3001");
  });

  test("read child orders packed or not", () => {
    const inner = (order: Uint8Array) => decodeProofSpec(part(2, order)).innerSpec!.childOrder;
    expect(inner(part(1, k(0, 1)))).toEqual([0, 1]);
    expect(inner(k(0x08, 0, 0x08, 1))).toEqual([0, 1]);
  });
});

describe("batches", () => {
  const batch: CommitmentProof = { batch: { entries: [present, absent] } };
  const { exist } = present;
  const compressed: CommitmentProof = {
    compressed: {
      entries: [
        { exist: { ...exist!, path: exist!.path.map((_, i) => i) } },
        {
          nonexist: {
            key: absent.nonexist!.key,
            left: { ...absent.nonexist!.left!, path: absent.nonexist!.left!.path.map((_, i) => i + 10) },
            right: { ...absent.nonexist!.right!, path: absent.nonexist!.right!.path.map((_, i) => i + 20) },
          },
        },
      ],
      lookupInners: [],
    },
  };
  const { lookupInners } = compressed.compressed!;
  const filler = exist!.path[0]!;
  [exist!.path, absent.nonexist!.left!.path, absent.nonexist!.right!.path].forEach((path, i) => {
    while (lookupInners.length < 10 * i) lookupInners.push(filler);
    lookupInners.push(...path);
  });

  test("prove each of their entries, compressed or not", () => {
    expect(decompress(compressed)).toEqual(batch);
    for (const proof of [batch, compressed, decodeCommitmentProof(encodeCommitmentProof(compressed))]) {
      expect(verifyMembership(IAVL_SPEC, hash, proof, utf8("key8"), sha256(k(8)))).toBe(true);
      expect(verifyMembership(IAVL_SPEC, hash, proof, utf8("key10"), sha256(k(10)))).toBe(false);
      expect(verifyNonMembership(IAVL_SPEC, hash, proof, utf8("key17"))).toBe(true);
      expect(verifyNonMembership(IAVL_SPEC, hash, proof, utf8("key8"))).toBe(false);
      expect(verifyNonMembership(IAVL_SPEC, hash, proof, utf8("aaa"))).toBe(false);
    }
  });

  test("that name a step out of their table prove nothing", () => {
    const broken: CommitmentProof = { compressed: { ...compressed.compressed!, lookupInners: [] } };
    expect(() => decompress(broken)).toThrow(ProofError);
    expect(verifyMembership(IAVL_SPEC, hash, broken, utf8("key8"), sha256(k(8)))).toBe(false);
  });
});
