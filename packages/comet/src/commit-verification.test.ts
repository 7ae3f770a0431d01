import { ed25519Sign, secp256k1PublicKey, secp256k1Sign, sha256, toBinary, utf8 } from "@tandem-ics/crypto";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import {
  type CommitClaim,
  verifyCommit,
  verifyCommitLight,
  verifyCommitLightAllSignatures,
  verifyCommitLightTrusting,
  verifyCommitLightTrustingAllSignatures,
} from "./commit-verification.ts";
import { type CometError, isCometError } from "./errors.ts";
import { newValidatorSet } from "./proposer-rotation.ts";
import { secp256k1Key } from "./public-key.ts";
import { commitSignBytes } from "./sign-bytes.ts";
import { type Flags, makeCommit, makeSet, memberOf, resign, someBlockId } from "./testing.ts";
import { assertTrustLevel } from "./trust-threshold.ts";
import { makeValidator } from "./validator.ts";
import { MAX_TOTAL_VOTING_POWER } from "./validator-set.ts";

const chainId = "test-1";
const height = 5n;
const [ABSENT, COMMIT, NIL] = [1, 2, 3];
const id = someBlockId("a");

function claimOf(powers: readonly bigint[], flags: Flags): CommitClaim & { seeds: Map<string, Uint8Array> } {
  const { set, seeds } = makeSet(powers);
  const commit = makeCommit({ chainId, height, id, set, seeds, flags });
  return { chainId, validators: set, blockId: id, height, commit, seeds };
}

const spoil = (commit: Commit, index: number): void => {
  const { signature } = commit.signatures[index]!;
  signature[3]! ^= 1;
};

const refusal = (f: () => void): CometError => {
  try {
    f();
  } catch (error) {
    if (isCometError(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
};

const routines = { verifyCommit, verifyCommitLight, verifyCommitLightAllSignatures };

describe.each(Object.entries(routines))("%s", (_, verify) => {
  test("demands more than two thirds: exactly two thirds fail", () => {
    verify(claimOf([1n, 1n, 1n, 1n], [COMMIT, COMMIT, COMMIT, ABSENT]));
    const refused = refusal(() => verify(claimOf([1n, 1n, 1n], [COMMIT, COMMIT, ABSENT])));
    expect([refused.code, refused.fields]).toEqual(["notEnoughVotingPower", { got: 2n, needed: 2n }]);
    // floor(100 · 2/3) = 66
    verify(claimOf([67n, 33n], [COMMIT, ABSENT]));
    expect(refusal(() => verify(claimOf([66n, 34n], [COMMIT, ABSENT]))).code).toBe("notEnoughVotingPower");
  });

  test("does not count nil votes", () => {
    expect(refusal(() => verify(claimOf([1n, 1n, 1n, 1n], [COMMIT, COMMIT, NIL, NIL]))).code).toBe(
      "notEnoughVotingPower",
    );
  });

  test("refuses another size, height, block or chain", () => {
    const claim = claimOf([3n, 2n, 1n], []);
    verify(claim);
    const smaller = makeSet([3n, 2n]).set;
    expect(refusal(() => verify({ ...claim, validators: smaller })).code).toBe("wrongCommitSize");
    expect(refusal(() => verify({ ...claim, height: 6n })).code).toBe("wrongCommitHeight");
    expect(refusal(() => verify({ ...claim, blockId: someBlockId("b") })).code).toBe("wrongBlockId");
    expect(refusal(() => verify({ ...claim, chainId: "test-2" })).code).toBe("wrongSignature");
  });

  test("refuses a wrong signature among the first two thirds", () => {
    const claim = claimOf([1n, 1n, 1n, 1n], []);
    spoil(claim.commit, 1);
    const { code, fields } = refusal(() => verify(claim));
    expect([code, fields]).toEqual(["wrongSignature", { index: 1 }]);
  });

  test("refuses slots whose address is not the validator's, as block time goes by addresses", () => {
    const claim = claimOf([4n, 3n, 2n, 1n], []);
    const [first, second] = claim.commit.signatures;
    const address = first!.validatorAddress;
    first!.validatorAddress = second!.validatorAddress;
    second!.validatorAddress = address;
    expect(refusal(() => verify(claim)).code).toBe("addressMismatch");
  });

  test("finds too little power before it looks at signatures, as batches do", () => {
    const claim = claimOf([1n, 1n, 1n], [COMMIT, COMMIT, ABSENT]);
    spoil(claim.commit, 0);
    expect(refusal(() => verify(claim)).code).toBe("notEnoughVotingPower");
    claim.commit.signatures[0]!.signature = new Uint8Array(63);
    expect(refusal(() => verify(claim)).code).toBe("wrongSignature");
  });
});

describe("what is looked at", () => {
  test("a wrong last signature escapes the light check only", () => {
    const claim = claimOf([1n, 1n, 1n, 1n], []);
    spoil(claim.commit, 3);
    verifyCommitLight(claim);
    expect(refusal(() => verifyCommitLightAllSignatures(claim)).code).toBe("wrongSignature");
    expect(refusal(() => verifyCommit(claim)).code).toBe("wrongSignature");
  });

  test("a wrong nil vote escapes all but the full check", () => {
    const claim = claimOf([1n, 1n, 1n, 1n], [NIL, COMMIT, COMMIT, COMMIT]);
    verifyCommit(claim);
    spoil(claim.commit, 0);
    verifyCommitLight(claim);
    verifyCommitLightAllSignatures(claim);
    expect(refusal(() => verifyCommit(claim)).code).toBe("wrongSignature");
  });

  test("a nil vote does not pass as one for the block", () => {
    const claim = claimOf([1n, 1n, 1n, 1n], [NIL, COMMIT, COMMIT, COMMIT]);
    claim.commit.signatures[0]!.blockIdFlag = COMMIT!;
    expect(refusal(() => verifyCommit(claim)).code).toBe("wrongSignature");
  });
});

describe("sets that cannot be verified in batches", () => {
  test("a set with both kinds of keys, and order of refusals one by one", () => {
    const secret = sha256(utf8("secp"));
    const odd = makeValidator(secp256k1Key(secp256k1PublicKey(secret)), 5n);
    const { validator, seed } = memberOf(0, 4n);
    const set = newValidatorSet([odd, validator]);
    const commit = makeCommit({ chainId, height, id, set, seeds: new Map() });
    const signBytes = commitSignBytes(chainId, commit);
    commit.signatures[0]!.signature = secp256k1Sign(secret, signBytes(0));
    commit.signatures[1]!.signature = ed25519Sign(seed, signBytes(1));
    const claim = { chainId, validators: set, blockId: id, height, commit };
    verifyCommit(claim);
    spoil(commit, 0);
    commit.signatures[1]!.blockIdFlag = ABSENT!;
    expect(refusal(() => verifyCommit(claim)).code).toBe("wrongSignature");
  });

  test("a single signature", () => {
    const claim = claimOf([1n], []);
    verifyCommit(claim);
    spoil(claim.commit, 0);
    expect(refusal(() => verifyCommit(claim)).code).toBe("wrongSignature");
  });
});

describe("trusting checks", () => {
  const third = { numerator: 1n, denominator: 3n };
  const half = { numerator: 1n, denominator: 2n };
  const trusting = { verifyCommitLightTrusting, verifyCommitLightTrustingAllSignatures };

  test.each(Object.entries(trusting))("%s: more than the level, strangers skipped", (_, verify) => {
    const { commit } = claimOf([1n, 1n, 1n, 1n], []);
    const overlap = (powers: readonly [number, bigint][]) =>
      newValidatorSet(powers.map(([i, power]) => memberOf(i, power).validator));
    verify({
      chainId,
      validators: overlap([
        [0, 2n],
        [7, 3n],
      ]),
      commit,
      trustLevel: third,
    });
    expect(
      refusal(() =>
        verify({
          chainId,
          validators: overlap([
            [0, 1n],
            [7, 2n],
          ]),
          commit,
          trustLevel: third,
        }),
      ).code,
    ).toBe("notEnoughVotingPower");
    expect(
      refusal(() =>
        verify({
          chainId,
          validators: overlap([
            [0, 1n],
            [7, 1n],
          ]),
          commit,
          trustLevel: half,
        }),
      ).code,
    ).toBe("notEnoughVotingPower");
    expect(
      refusal(() => verify({ chainId, validators: overlap([[7, 1n]]), commit, trustLevel: third })).code,
    ).toBe("notEnoughVotingPower");
  });

  test("one validator in two slots is refused, not counted twice", () => {
    const { commit, seeds } = claimOf([1n, 1n, 1n, 1n], []);
    commit.signatures[1]!.validatorAddress = commit.signatures[0]!.validatorAddress;
    resign(chainId, commit, seeds);
    const validators = makeSet([1n, 1n, 1n, 1n]).set;
    const { code, fields } = refusal(() =>
      verifyCommitLightTrusting({ chainId, validators, commit, trustLevel: half }),
    );
    expect([code, fields]).toEqual(["doubleVote", { first: 0, second: 1 }]);
  });

  test("level 1/1 can never be exceeded", () => {
    const { commit, validators } = claimOf([1n, 1n], []);
    const trustLevel = { numerator: 1n, denominator: 1n };
    expect(refusal(() => verifyCommitLightTrusting({ chainId, validators, commit, trustLevel })).code).toBe(
      "notEnoughVotingPower",
    );
  });

  test("levels that cannot be computed with are refused", () => {
    const { commit } = claimOf([1n, 1n], []);
    const validators = makeSet([MAX_TOTAL_VOTING_POWER]).set;
    for (const trustLevel of [
      { numerator: 1n, denominator: 0n },
      { numerator: 9n, denominator: 9n },
    ])
      expect(refusal(() => verifyCommitLightTrusting({ chainId, validators, commit, trustLevel })).code).toBe(
        "invalidTrustLevel",
      );
  });
});

test("trust levels lie between one third and one", () => {
  for (const [numerator, denominator] of [
    [1n, 3n],
    [2n, 3n],
    [1n, 1n],
  ] as const)
    assertTrustLevel({ numerator, denominator });
  for (const [numerator, denominator] of [
    [1n, 4n],
    [333n, 1000n],
    [4n, 3n],
    [1n, 0n],
    [0n, 0n],
  ] as const)
    expect(refusal(() => assertTrustLevel({ numerator, denominator })).code).toBe("invalidTrustLevel");
});

test("seeds of the test set are those of its validators", () => {
  const { set, seeds } = makeSet([1n, 2n]);
  expect(set.validators.every((v) => seeds.has(toBinary(v.address)))).toBe(true);
});
