/**
 * The IAVL workload: 100 000 keys, then 200 versions of 580 operations, with proofs. The stream of operations and the
 * roots are fixed, so that any IAVL implementation can be measured on the same work.
 */
import { createHash } from "node:crypto";
import { toHex } from "@tandem-ics/crypto";
import { createIavlTree, createMemoryBackend } from "@tandem-ics/store";
import { IAVL_SPEC, verifyMembership } from "@tandem-ics/store/ics23";
import type { CommitmentProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { type Figure, spread } from "./measure.ts";

const MASK = (1n << 64n) - 1n;

/** SplitMix64 from a fixed seed. */
function createGenerator() {
  let state = 0x1a712026n;
  const next = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
  const below = (n: number): number => Number(next() % BigInt(n));
  const bytes = (n: number): Uint8Array => {
    const words = new BigUint64Array(Math.ceil(n / 8));
    for (let i = 0; i < words.length; i++) words[i] = next();
    return new Uint8Array(words.buffer).slice(0, n);
  };
  const key = (): Uint8Array => bytes(16 + below(17));
  const value = (): Uint8Array => bytes(32 + below(97));
  return { below, key, value };
}

type Op =
  | { readonly kind: "set"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "remove"; readonly key: Uint8Array }
  | { readonly kind: "prove"; readonly key: Uint8Array; readonly value: Uint8Array };

const LOAD = 100_000;
const ROUNDS = 200;

/** All operations: the load, then one list a round. */
function makeWorkload(): { load: Op[]; rounds: Op[][]; digest: string } {
  const random = createGenerator();
  const live: Uint8Array[] = [];
  const values = new Map<Uint8Array, Uint8Array>();
  const insert = (): Op => {
    const key = random.key();
    const value = random.value();
    live.push(key);
    values.set(key, value);
    return { kind: "set", key, value };
  };
  const load = Array.from({ length: LOAD }, insert);
  const rounds = Array.from({ length: ROUNDS }, (_, r) => {
    const ops: Op[] = [];
    for (let i = 0; i < 500; i++) {
      const key = live[random.below(live.length)]!;
      const value = random.value();
      values.set(key, value);
      ops.push({ kind: "set", key, value });
    }
    for (let i = 0; i < 50; i++) ops.push(insert());
    for (let i = 0; i < 30; i++) {
      const at = random.below(live.length);
      const key = live[at]!;
      const last = live.pop()!;
      if (at < live.length) live[at] = last;
      values.delete(key);
      ops.push({ kind: "remove", key });
    }
    if ((r + 1) % 10 === 0)
      for (let i = 0; i < 100; i++) {
        const key = live[random.below(live.length)]!;
        ops.push({ kind: "prove", key, value: values.get(key)! });
      }
    return ops;
  });
  return { load, rounds, digest: digestOf([load, ...rounds]) };
}

function digestOf(parts: readonly Op[][]): string {
  const hash = createHash("sha256");
  const kinds = { set: 1, remove: 2, prove: 3 };
  for (const ops of parts)
    for (const op of ops) {
      const value = op.kind === "remove" ? new Uint8Array() : op.value;
      hash.update(Uint8Array.of(kinds[op.kind], op.key.length)).update(op.key);
      hash.update(Uint8Array.of(value.length)).update(value);
    }
  return hash.digest("hex");
}

const WORKLOAD_SHA256 = "093d2274a32029af0572b3a3df9ed025d292cc94f76e886a0315eeb7c975b886";
const ROOTS: Readonly<Record<number, string>> = {
  1: "1f35d56e6f1ea71e7de4c58634d578afaa1d7fbcde0287ce0978fed19db3b13c",
  2: "6fbfa8f0d1486f615dff37bda5ce50051fb206c6d6ce28ac8338ca1877dad579",
  11: "45ec966bbb1d885b388c3979baa1c13e603602e9aa8446a7ebd63182d7144fd6",
  101: "d110d39b18dbd77936f9f17fafc11cab199f7246a2f9c131210677d0240943a9",
  201: "44a256ebfe89543037f6a3055946a049e9f4e213bb002b0975ce7527570ee200",
};

function expectEqual(what: string, got: string, expected: string): void {
  if (got !== expected) throw new Error(`${what}: ${got}, expected ${expected}`);
}

/** Runs the workload `runs` times on a tree that writes its nodes to a store in memory. Roots are checked. */
export function benchIavl(runs: number): Figure[] {
  const { load, rounds, digest } = makeWorkload();
  expectEqual("workload", digest, WORKLOAD_SHA256);
  const withCommits: number[] = [];
  const commits: number[] = [];
  const prove: number[] = [];
  const verify: number[] = [];
  for (let run = 0; run < runs; run++) {
    const tree = createIavlTree({ backend: createMemoryBackend() });
    for (const op of load) if (op.kind === "set") tree.set(op.key, op.value);
    expectEqual("root 1", toHex(tree.saveVersion().hash), ROOTS[1]!);
    let busy = 0;
    let committing = 0;
    let operations = 0;
    let proofs = 0;
    let proving = 0;
    let verifying = 0;
    rounds.forEach((ops, r) => {
      const began = performance.now();
      for (const op of ops) {
        if (op.kind === "set") tree.set(op.key, op.value);
        else if (op.kind === "remove") tree.remove(op.key);
      }
      const changed = performance.now();
      const { hash, version } = tree.saveVersion();
      const saved = performance.now();
      busy += saved - began;
      committing += saved - changed;
      operations += 580;
      const root = ROOTS[r + 2];
      if (root !== undefined) expectEqual(`root ${r + 2}`, toHex(hash), root);
      const wanted = ops.filter((op) => op.kind === "prove");
      if (wanted.length === 0) return;
      const start = performance.now();
      const state = tree.getImmutable(version);
      const made = wanted.map(({ key }) => state.existenceProof(key)!);
      const middle = performance.now();
      // Wrapping a proof in its envelope is no part of verifying it.
      const envelopes = made.map((exist): CommitmentProof => ({ exist }));
      const ready = performance.now();
      envelopes.forEach((proof, i) => {
        const op = wanted[i]!;
        if (!verifyMembership(IAVL_SPEC, hash, proof, op.key, op.value))
          throw new Error("a proof does not verify");
      });
      proving += middle - start;
      verifying += performance.now() - ready;
      proofs += wanted.length;
    });
    withCommits.push((operations / busy) * 1000);
    commits.push((rounds.length / committing) * 1000);
    prove.push((proving / proofs) * 1000);
    verify.push((verifying / proofs) * 1000);
  }
  return [
    {
      name: "IAVL sets and removes, with commits",
      unit: "operations/s",
      value: spread(withCommits),
      runs,
      note: "Go 17 940 (20 250 without fast nodes)",
    },
    {
      name: "IAVL commits of 580 operations",
      unit: "commits/s",
      value: spread(commits),
      runs,
      note: "Go 46.9 (55.6)",
    },
    { name: "IAVL existence proof", unit: "µs", value: spread(prove), runs, note: "Go 30.0" },
    { name: "IAVL proof verified", unit: "µs", value: spread(verify), runs, note: "Go 10.1" },
  ];
}
