/** SDK store v1.1.1: app hashes, commit-info proofs, blocks of transactions and queries with proofs. */

import { fromBase64, fromHex, toBase64, toHex, utf8 } from "@tandem-ics/crypto";
import {
  appHashOf,
  type CommitMultiStore,
  createMemoryBackend,
  createMultiStore,
  proveStore,
  type StoreKind,
  type StoreView,
} from "@tandem-ics/store";
import {
  decodeMerkleProof,
  decodeProofSpec,
  encodeCommitmentProof,
  encodeProofSpec,
  PROOF_SPECS,
  TENDERMINT_SPEC,
  verifyMembership,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
} from "@tandem-ics/store/ics23";
import { testEach } from "../each.ts";
import { hasKeys, vectorFiles, vectorsDir } from "./load.ts";

interface CommitInfo {
  stores: Record<string, string>;
  appHash: string;
  proofFor?: string;
  proofType?: string;
  proofData?: string;
}
interface Version {
  version: string;
  txs: { ops: string[]; committed: boolean }[];
  storeHashes: Record<string, string>;
  appHash: string;
}
interface Query {
  version: string;
  store: string;
  key: string;
  exists: boolean;
  value?: string;
  responseHeight: string;
  proofOps: { type: string; key: string; data: string }[];
  merkleProof?: string;
  verifies?: boolean;
}
interface Chain {
  name: string;
  stores: string[];
  memoryStores?: string[];
  transientStores?: string[];
  initialVersion?: string;
  versions: Version[];
  queries?: Query[];
}

const files = vectorFiles(
  (json) => hasKeys("commitInfo")(json) || hasKeys("proofSpecs")(json) || isListOfChains(json),
);

function isListOfChains(json: unknown): boolean {
  const stores = (json as { stores?: unknown } | null)?.stores;
  return Array.isArray(stores) && stores.length > 0 && hasKeys("versions", "stores")(stores[0]);
}

/** `store:keyhex=valuehex` sets, `store:-keyhex` deletes. */
function apply(view: StoreView, op: string): void {
  const colon = op.indexOf(":");
  const store = view.store(op.slice(0, colon));
  const change = op.slice(colon + 1);
  if (change.startsWith("-")) store.delete(fromHex(change.slice(1)));
  else {
    const [key, value] = change.split("=");
    store.set(fromHex(key!), fromHex(value!));
  }
}

function open(chain: Chain): CommitMultiStore {
  const kinds: Record<string, StoreKind> = {};
  for (const name of chain.stores) kinds[name] = "iavl";
  for (const name of chain.memoryStores ?? []) kinds[name] = "memory";
  for (const name of chain.transientStores ?? []) kinds[name] = "transient";
  return createMultiStore({
    backend: createMemoryBackend(),
    stores: kinds,
    ...(chain.initialVersion === undefined ? {} : { initialVersion: BigInt(chain.initialVersion) }),
  });
}

/** Runs one block: each transaction on a branch of its own, the block's branch flushed once. */
function runBlock(multistore: CommitMultiStore, txs: Version["txs"]): void {
  const block = multistore.branch();
  for (const tx of txs) {
    const branch = block.branch();
    for (const op of tx.ops) apply(branch, op);
    if (tx.committed) branch.write();
  }
  block.write();
}

const hexes = (hashes: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...hashes].map(([name, hash]) => [name, toHex(hash)]));

function checkQuery(multistore: CommitMultiStore, query: Query): void {
  const key = fromHex(query.key);
  const version = BigInt(query.responseHeight);
  const { value, proofOps } = multistore.query({ store: query.store, key, version, prove: true });
  expect(value !== undefined).toBe(query.exists);
  if (query.value !== undefined) expect(toHex(value!)).toBe(query.value);
  expect(proofOps!.map((op) => ({ type: op.type, key: toHex(op.key), data: toBase64(op.data) }))).toEqual(
    query.proofOps,
  );
  if (query.merkleProof === undefined) return;
  const statement = {
    specs: PROOF_SPECS,
    root: multistore.appHash(version),
    proof: decodeMerkleProof(fromBase64(query.merkleProof)),
    path: [utf8(query.store), key],
  };
  const verify = () =>
    value === undefined
      ? verifyMerkleNonMembership(statement)
      : verifyMerkleMembership({ ...statement, value });
  if (query.verifies === false) expect(verify).toThrow();
  else expect(verify).not.toThrow();
}

if (files.length === 0) test.skip(`no multistores below ${vectorsDir}`, () => {});

for (const { path, json } of files) {
  describe(path.slice(vectorsDir.length + 1), () => {
    if (json.proofSpecs !== undefined)
      test("the proof specs of an SDK chain have these bytes", () => {
        expect(PROOF_SPECS.map((spec) => toBase64(encodeProofSpec(spec)))).toEqual(json.proofSpecs);
        expect(json.proofSpecs.map((spec: string) => decodeProofSpec(fromBase64(spec)))).toMatchObject([
          ...PROOF_SPECS,
        ]);
      });

    ((json.commitInfo ?? []) as CommitInfo[]).forEach((info, i) => {
      test(`commit info ${i}: the app hash over ${Object.keys(info.stores).length} stores, and a proof`, () => {
        const hashes = new Map(Object.entries(info.stores).map(([name, hash]) => [name, fromHex(hash)]));
        const root = appHashOf(hashes);
        expect(toHex(root)).toBe(info.appHash);
        if (info.proofFor === undefined) return;
        const proof = { exist: proveStore(hashes, info.proofFor) };
        expect(toBase64(encodeCommitmentProof(proof))).toBe(info.proofData);
        const held = hashes.get(info.proofFor)!;
        // an empty root cannot be proven
        const verifies = verifyMembership(TENDERMINT_SPEC, root, proof, utf8(info.proofFor), held);
        expect(verifies).toBe(held.length > 0);
      });
    });

    for (const chain of (json.stores ?? []) as Chain[])
      describe(chain.name, () => {
        const multistore = open(chain);
        testEach(chain.versions.map((v) => [v.version, v] as const))(
          "version %s has the app hash and store hashes of the Go chain",
          (version, expected) => {
            runBlock(multistore, expected.txs);
            expect(toHex(multistore.workingHash())).toBe(expected.appHash);
            const committed = multistore.commit();
            expect([String(committed.version), toHex(committed.appHash)]).toEqual([
              version,
              expected.appHash,
            ]);
            expect(hexes(multistore.storeHashes(committed.version))).toEqual(expected.storeHashes);
          },
        );
        test(`${chain.queries?.length ?? 0} queries of the last versions have the Go chain's proofs`, () => {
          for (const query of chain.queries ?? []) checkQuery(multistore, query);
        });
      });
  });
}
