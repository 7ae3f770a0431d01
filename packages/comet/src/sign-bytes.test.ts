import { toHex } from "@tandem-ics/crypto";
import { zeroBlockId } from "./block-id.ts";
import { commitToVote } from "./commit.ts";
import { absentCommitSig } from "./commit-sig.ts";
import { commitSignBytes, commitVoteSignBytes, voteSignBytes } from "./sign-bytes.ts";
import { makeCommit, makeSet, someBlockId } from "./testing.ts";
import { nsToTimestamp } from "./time.ts";

const { set, seeds } = makeSet([4n, 3n, 2n]);
const commit = makeCommit({
  chainId: "test-1",
  height: 7n,
  id: someBlockId("a"),
  set,
  seeds,
  flags: [2, 3, 1],
  round: 2,
});

test("a nil precommit has no block id but always a time", () => {
  const bytes = voteSignBytes("net-70", {
    type: 2,
    height: 23_524_636n,
    round: 3,
    blockId: zeroBlockId(),
    timestamp: nsToTimestamp(1_743_582_206_000_000_001n),
    validatorIndex: 0,
    extension: new Uint8Array(0),
    extensionSignature: new Uint8Array(0),
  });
  expect(toHex(bytes)).toBe("260802111cf56601000000001903000000000000002a0808fee7b3bf06100132066e65742d3730");
});

test("signatures of a commit are over the votes they were", () => {
  const signBytes = commitSignBytes("test-1", commit);
  for (const index of [0, 1]) {
    expect(signBytes(index)).toEqual(voteSignBytes("test-1", commitToVote(commit, index)!));
    expect(commitVoteSignBytes("test-1", commit, index)).toEqual(signBytes(index));
  }
  expect(commitToVote(commit, 2)).toBeUndefined();
});

test("the template forgets nothing between votes of different times", () => {
  const copy = { ...commit, signatures: commit.signatures.map((s) => ({ ...s })) };
  const signBytes = commitSignBytes("test-1", copy);
  const first = signBytes(0).slice();
  signBytes(1);
  expect(signBytes(0)).toEqual(first);
  copy.signatures[0]!.timestamp = nsToTimestamp(0n);
  expect(signBytes(0)).toEqual(voteSignBytes("test-1", commitToVote(copy, 0)!));
  expect(signBytes(0)).not.toEqual(first);
});

test("refuses a slot with an unknown flag or none", () => {
  const odd = { ...commit, signatures: [{ ...absentCommitSig(), blockIdFlag: 4 }] };
  expect(() => commitVoteSignBytes("test-1", odd, 0)).toThrow("known flag");
  expect(() => commitVoteSignBytes("test-1", odd, 1)).toThrow("known flag");
});
