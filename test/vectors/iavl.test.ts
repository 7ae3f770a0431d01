/** IAVL v1.2.2: roots, sizes, heights and proofs of sequences of versions, from the Go library. */

import { fromHex, toBase64, toHex } from "@tandem-ics/crypto";
import { createIavlTree, createMemoryBackend, type IavlTree } from "@tandem-ics/store";
import {
  encodeCommitmentProof,
  IAVL_SPEC,
  verifyMembership,
  verifyNonMembership,
} from "@tandem-ics/store/ics23";
import { testEach } from "../each.ts";
import { hasKeys, vectorFiles, vectorsDir } from "./load.ts";

interface Version {
  version: string;
  ops: string[];
  hit: string;
  root: string;
  size: string | number;
  height: string | number;
}
interface Proof {
  version: string;
  key: string;
  value?: string;
  proof: string;
  verifies: boolean;
}
interface Sequence {
  name: string;
  initialVersion?: string;
  pruneKeepRecent?: string | number;
  versions: Version[];
  proofs?: Proof[];
}

const files = vectorFiles(hasKeys("sequences"));

/** `keyhex=valuehex` sets, `-keyhex` removes; gives '1' if the key was there. */
function apply(tree: IavlTree, op: string): string {
  const [key, value] = op.startsWith("-") ? [op.slice(1), undefined] : op.split("=");
  const hit = value === undefined ? tree.remove(fromHex(key!)) : tree.set(fromHex(key!), fromHex(value));
  return hit ? "1" : "0";
}

function open(
  backend: ReturnType<typeof createMemoryBackend>,
  sequence: Sequence,
  cachedNodes?: number,
): IavlTree {
  return createIavlTree({
    backend,
    ...(sequence.initialVersion === undefined ? {} : { initialVersion: BigInt(sequence.initialVersion) }),
    ...(cachedNodes === undefined ? {} : { cachedNodes }),
  });
}

function checkProof(tree: IavlTree, expected: Proof): void {
  const past = tree.getImmutable(BigInt(expected.version));
  const key = fromHex(expected.key);
  const proof = past.proof(key);
  expect(toBase64(encodeCommitmentProof(proof))).toBe(expected.proof);
  const verifies =
    expected.value === undefined
      ? verifyNonMembership(IAVL_SPEC, past.hash, proof, key)
      : verifyMembership(IAVL_SPEC, past.hash, proof, key, fromHex(expected.value));
  expect({ key: expected.key, verifies }).toEqual({ key: expected.key, verifies: expected.verifies });
}

if (files.length === 0) test.skip(`no IAVL sequences below ${vectorsDir}`, () => {});

for (const { path, json } of files) {
  describe(path.slice(vectorsDir.length + 1), () => {
    if (json.emptyRoot !== undefined)
      test("the root of an empty tree is the hash of nothing", () => {
        expect(toHex(createIavlTree().workingHash())).toBe(json.emptyRoot);
      });

    testEach((json.sequences as Sequence[]).map((s) => [s.name, s] as const))(
      "%s: every version has the root, size and height of the Go tree, and its proofs",
      (_, sequence) => {
        const backend = createMemoryBackend();
        const tree = open(backend, sequence);
        for (const expected of sequence.versions) {
          const hit = expected.ops.map((op) => apply(tree, op)).join("");
          expect(hit).toBe(expected.hit);
          expect(toHex(tree.workingHash())).toBe(expected.root);
          const { version, hash } = tree.saveVersion();
          expect([String(version), toHex(hash)]).toEqual([expected.version, expected.root]);
          expect([tree.size, tree.height]).toEqual([Number(expected.size), Number(expected.height)]);
        }
        for (const proof of sequence.proofs ?? []) checkProof(tree, proof);
        // all of it again from what was stored
        const reopened = open(backend, sequence);
        for (const expected of sequence.versions) {
          const past = reopened.getImmutable(BigInt(expected.version));
          expect([toHex(past.hash), past.size, past.height]).toEqual([
            expected.root,
            Number(expected.size),
            Number(expected.height),
          ]);
        }
        for (const proof of sequence.proofs ?? []) checkProof(reopened, proof);
      },
    );

    testEach((json.sequences as Sequence[]).map((s) => [s.name, s] as const))(
      "%s: pruning, a small node cache and reopening at each version change nothing",
      (_, sequence) => {
        const backend = createMemoryBackend();
        const keep = BigInt(sequence.pruneKeepRecent ?? 1);
        for (const expected of sequence.versions) {
          const tree = open(backend, sequence, 4);
          for (const op of expected.ops) apply(tree, op);
          const { version, hash } = tree.saveVersion();
          expect([String(version), toHex(hash)]).toEqual([expected.version, expected.root]);
          const batch = backend.batch();
          tree.pruneBelow(version - keep, batch);
          batch.write();
        }
        const tree = open(backend, sequence, 4);
        for (const proof of sequence.proofs ?? [])
          if (tree.hasVersion(BigInt(proof.version))) checkProof(tree, proof);
      },
    );
  });
}
