import { EMPTY } from "@tandem-ics/crypto";
import type { Commit, CommitSig, Header, Proposal, Vote } from "cosmjs-types/tendermint/types/types";
import { zeroBlockId } from "./block-id.ts";
import { commitHash, emptyCommit, validateCommitBasic, voteToCommitSig } from "./commit.ts";
import { absentCommitSig, validateCommitSigBasic } from "./commit-sig.ts";
import { CometError } from "./errors.ts";
import { headerHash, validateHeaderBasic } from "./header.ts";
import { validateSignedHeaderBasic } from "./light/light-block.ts";
import {
  makeCommit,
  makeHeader,
  makeLightBlock,
  makeSet,
  makeVote,
  memberOf,
  someBlockId,
} from "./testing.ts";
import { goZeroTimestamp } from "./time.ts";
import { validateProposalBasic, validateVoteBasic, verifyVote, verifyVoteExtension } from "./vote.ts";

const made = makeSet([5n, 4n, 3n]);
const codeOf = (f: () => unknown): string | undefined => {
  try {
    f();
    return undefined;
  } catch (error) {
    if (error instanceof CometError) return error.code;
    throw error;
  }
};
const short = new Uint8Array(31);

describe("headers", () => {
  const header = makeHeader(made.set, 3n);
  const faults: [string, Partial<Header>][] = [
    ["another block protocol", { version: { block: 10n, app: 0n } }],
    ["a chain id of 51 bytes in 17 characters", { chainId: "€".repeat(17) }],
    ["height zero", { height: 0n }],
    ["a negative height", { height: -1n }],
    ["a time after the year 9999", { time: { seconds: 253_402_300_800n, nanos: 0 } }],
    ["nanoseconds above a second", { time: { seconds: 1n, nanos: 1_000_000_000 } }],
    ["a last block hash of 31 bytes", { lastBlockId: { ...someBlockId("a"), hash: short } }],
    ["a parts hash of 31 bytes", { lastBlockId: { hash: EMPTY, partSetHeader: { total: 1, hash: short } } }],
    ["a last commit hash of 31 bytes", { lastCommitHash: short }],
    ["a data hash of 31 bytes", { dataHash: short }],
    ["an evidence hash of 31 bytes", { evidenceHash: short }],
    ["a validators hash of 31 bytes", { validatorsHash: short }],
    ["a next validators hash of 31 bytes", { nextValidatorsHash: short }],
    ["a consensus hash of 31 bytes", { consensusHash: short }],
    ["a results hash of 31 bytes", { lastResultsHash: short }],
    ["a proposer of 19 bytes", { proposerAddress: new Uint8Array(19) }],
  ];
  test.each(faults)("with %s is refused", (_, change) => {
    expect(codeOf(() => validateHeaderBasic({ ...header, ...change }))).toBe("invalidHeader");
  });

  test("with 50 bytes of chain id and any app hash is accepted", () => {
    validateHeaderBasic({ ...header, chainId: `${"€".repeat(16)}ab`, appHash: new Uint8Array(7) });
    validateHeaderBasic({ ...header, appHash: EMPTY, lastBlockId: zeroBlockId(), dataHash: EMPTY });
  });

  test("has no hash without validators, and another one after any change", () => {
    expect(headerHash({ ...header, validatorsHash: EMPTY }).length).toBe(0);
    const own = headerHash(header);
    const changed = { ...header, appHash: header.appHash.slice() };
    expect(headerHash(changed)).toEqual(own);
    changed.appHash[0]! ^= 1;
    expect(headerHash(changed)).not.toEqual(own);
  });
});

describe("signatures of commits", () => {
  const present: CommitSig = voteToCommitSig(
    makeVote("test-1", memberOf(0, 1n).seed, { blockId: someBlockId("a") }),
  );
  const faults: [string, CommitSig][] = [
    ["flag 0", { ...absentCommitSig(), blockIdFlag: 0 }],
    ["flag 4", { ...present, blockIdFlag: 4 as never }],
    ["an absent one with an address", { ...absentCommitSig(), validatorAddress: present.validatorAddress }],
    ["an absent one with a time", { ...absentCommitSig(), timestamp: present.timestamp }],
    ["an absent one with a signature", { ...absentCommitSig(), signature: present.signature }],
    ["an address of 19 bytes", { ...present, validatorAddress: new Uint8Array(19) }],
    ["no signature", { ...present, signature: EMPTY }],
    ["65 bytes of signature", { ...present, signature: new Uint8Array(65) }],
    ["an impossible time", { ...present, timestamp: { seconds: -62_135_596_801n, nanos: 0 } }],
  ];
  test.each(faults)("%s is refused", (_, signature) => {
    expect(codeOf(() => validateCommitSigBasic(signature))).toBe("invalidCommit");
    const commit = { height: 1n, round: 0, blockId: someBlockId("a"), signatures: [present, signature] };
    expect(codeOf(() => validateCommitBasic(commit))).toBe("invalidCommit");
  });

  test("a vote becomes the slot of its kind", () => {
    expect(present.blockIdFlag).toBe(2);
    const nil = makeVote("test-1", memberOf(0, 1n).seed, { blockId: zeroBlockId() });
    expect(voteToCommitSig(nil).blockIdFlag).toBe(3);
    expect(voteToCommitSig(undefined)).toEqual({
      blockIdFlag: 1,
      validatorAddress: EMPTY,
      timestamp: goZeroTimestamp(),
      signature: EMPTY,
    });
    const half = { ...nil, blockId: { ...zeroBlockId(), hash: new Uint8Array(32) } };
    expect(codeOf(() => voteToCommitSig(half))).toBe("invalidVote");
  });
});

describe("commits", () => {
  const commit = makeCommit({ chainId: "test-1", height: 3n, id: someBlockId("a"), ...made });
  const faults: [string, Partial<Commit>][] = [
    ["a negative height", { height: -1n }],
    ["a negative round", { round: -1 }],
    ["no block", { blockId: zeroBlockId() }],
    ["a block hash of 31 bytes", { blockId: { ...commit.blockId, hash: short } }],
    ["no signatures", { signatures: [] }],
  ];
  test.each(faults)("with %s are refused", (_, change) => {
    expect(codeOf(() => validateCommitBasic({ ...commit, ...change }))).toBe("invalidCommit");
  });

  test("the empty one of a first block is valid", () => {
    validateCommitBasic(emptyCommit());
    validateCommitBasic(commit);
  });

  test("hash to another root when one signature changes in place", () => {
    const before = commitHash(commit);
    commit.signatures[1]!.timestamp = { seconds: 1n, nanos: 0 };
    expect(commitHash(commit)).not.toEqual(before);
  });
});

describe("votes", () => {
  const { seed, validator } = memberOf(0, 1n);
  const vote = makeVote("test-1", seed, { blockId: someBlockId("a") });
  const nil = makeVote("test-1", seed, { blockId: zeroBlockId() });
  const faults: [string, Vote][] = [
    ["a proposal's type", { ...vote, type: 32 }],
    ["height zero", { ...vote, height: 0n }],
    ["a negative round", { ...vote, round: -1 }],
    ["an impossible time", { ...vote, timestamp: { seconds: 0n, nanos: -1 } }],
    ["half a block id", { ...vote, blockId: { ...vote.blockId, hash: EMPTY } }],
    [
      "a block id without parts",
      { ...vote, blockId: { hash: vote.blockId.hash, partSetHeader: zeroBlockId().partSetHeader } },
    ],
    ["an address of 21 bytes", { ...vote, validatorAddress: new Uint8Array(21) }],
    ["a negative index", { ...vote, validatorIndex: -1 }],
    ["no signature", { ...vote, signature: EMPTY }],
    ["65 bytes of signature", { ...vote, signature: new Uint8Array(65) }],
    ["an extension on a nil vote", { ...nil, extension: Uint8Array.of(1) }],
    ["an extension signature on a prevote", { ...vote, type: 1, extensionSignature: Uint8Array.of(1) }],
    ["an extension without signature", { ...vote, extension: Uint8Array.of(1) }],
    ["65 bytes of extension signature", { ...vote, extensionSignature: new Uint8Array(65) }],
  ];
  test.each(faults)("with %s are refused", (_, bad) => {
    expect(codeOf(() => validateVoteBasic(bad))).toBe("invalidVote");
  });

  test("are verified against the key of their address", () => {
    validateVoteBasic(vote);
    validateVoteBasic(nil);
    verifyVote("test-1", vote, validator.pubKey);
    expect(codeOf(() => verifyVote("test-2", vote, validator.pubKey))).toBe("wrongSignature");
    expect(codeOf(() => verifyVote("test-1", vote, memberOf(1, 1n).validator.pubKey))).toBe(
      "addressMismatch",
    );
    verifyVoteExtension("test-1", nil, validator.pubKey);
    expect(codeOf(() => verifyVoteExtension("test-1", vote, validator.pubKey))).toBe("wrongSignature");
  });
});

describe("proposals", () => {
  const proposal: Proposal = {
    type: 32,
    height: 3n,
    round: 1,
    polRound: -1,
    blockId: someBlockId("a"),
    timestamp: { seconds: 1n, nanos: 0 },
    signature: new Uint8Array(64),
  };
  const faults: [string, Partial<Proposal>][] = [
    ["a vote's type", { type: 1 }],
    ["a negative height", { height: -1n }],
    ["a negative round", { round: -1 }],
    ["a lock round below −1", { polRound: -2 }],
    ["no block", { blockId: zeroBlockId() }],
    ["no signature", { signature: EMPTY }],
    ["65 bytes of signature", { signature: new Uint8Array(65) }],
    ["an impossible time", { timestamp: { seconds: 0n, nanos: -1 } }],
  ];
  test.each(faults)("with %s are refused", (_, change) => {
    validateProposalBasic(proposal);
    expect(codeOf(() => validateProposalBasic({ ...proposal, ...change }))).toBe("invalidProposal");
  });
});

describe("signed headers", () => {
  const { signedHeader } = makeLightBlock(made, 4n);
  const other = makeLightBlock(made, 5n).signedHeader;
  test.each([
    ["without header", { commit: signedHeader.commit }],
    ["without commit", { header: signedHeader.header }],
    ["with a bad header", { ...signedHeader, header: { ...signedHeader.header, height: 0n } }],
    ["with a bad commit", { ...signedHeader, commit: { ...signedHeader.commit, round: -1 } }],
    ["with a commit of another height", { ...signedHeader, commit: other.commit }],
    [
      "with a commit of another header",
      { ...signedHeader, header: { ...signedHeader.header, appHash: EMPTY } },
    ],
  ])("%s are refused", (_, bad) => {
    expect(codeOf(() => validateSignedHeaderBasic(bad, "test-1"))).toBe("invalidSignedHeader");
  });

  test("of another chain are refused", () => {
    validateSignedHeaderBasic(signedHeader, "test-1");
    expect(codeOf(() => validateSignedHeaderBasic(signedHeader, "test-2"))).toBe("invalidSignedHeader");
  });
});
