import { ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import { Evidence as EvidenceCodec } from "cosmjs-types/tendermint/types/evidence";
import type { Header, LightBlock } from "cosmjs-types/tendermint/types/types";
import fc from "fast-check";
import { zeroBlockId } from "../block-id.ts";
import { defaultConsensusParams } from "../consensus-params.ts";
import { CometError, isCometError } from "../errors.ts";
import { headerHash } from "../header.ts";
import { newValidatorSet } from "../proposer-rotation.ts";
import { voteSignBytes } from "../sign-bytes.ts";
import { makeLightBlock, makeSet, makeVote, memberOf, SECOND_NS, START_NS, someBlockId } from "../testing.ts";
import { nsToTimestamp } from "../time.ts";
import { type CompleteDuplicateVote, duplicateVoteEvidence, verifyDuplicateVote } from "./duplicate-vote.ts";
import {
  evidenceByteSize,
  evidenceHeight,
  evidenceIdHash,
  evidenceTime,
  evidenceToAbci,
  isEvidenceExpired,
  validateEvidenceBasic,
} from "./evidence.ts";
import {
  type AttackClaim,
  lightClientAttackEvidence,
  verifyLightClientAttack,
} from "./light-client-attack.ts";

const chainId = "test-1";
const made = makeSet([10n, 9n, 8n]);
const { set } = made;
const blockTime = nsToTimestamp(START_NS);
const refusal = (f: () => unknown): CometError => {
  try {
    f();
  } catch (error) {
    if (isCometError(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
};

describe("double signs", () => {
  const { seed } = memberOf(1, 9n);
  const vote1 = makeVote(chainId, seed, { blockId: someBlockId("a") });
  const vote2 = makeVote(chainId, seed, { blockId: someBlockId("b") });
  const evidence = duplicateVoteEvidence(vote1, vote2, { blockTime, validatorSet: set });
  const verify = (e: CompleteDuplicateVote, validatorSet = set): void =>
    verifyDuplicateVote({ evidence: e, chainId, validatorSet });
  /** Changes both votes and signs them again. */
  const resigned = (change: object): CompleteDuplicateVote => {
    const again = (vote: typeof vote1) => makeVote(chainId, seed, { ...vote, ...change });
    return { ...evidence, voteA: again(evidence.voteA), voteB: again(evidence.voteB) };
  };

  test("are proven by two votes in either order", () => {
    verify(evidence);
    expect(duplicateVoteEvidence(vote2, vote1, { blockTime, validatorSet: set })).toEqual(evidence);
    expect([evidence.validatorPower, evidence.totalVotingPower]).toEqual([9n, 27n]);
  });

  test("for a block and for nil are double signs too", () => {
    const nil = makeVote(chainId, seed, { blockId: zeroBlockId() });
    verify(duplicateVoteEvidence(vote1, nil, { blockTime, validatorSet: set }));
  });

  const { voteA, voteB } = evidence;
  const stranger = memberOf(7, 1n).seed;
  test.each([
    ["votes in the wrong order", { ...evidence, voteA: voteB, voteB: voteA }, "voteOrder"],
    ["another height", { ...evidence, voteB: { ...voteB, height: 4n } }, "heightRoundStep"],
    ["another round", { ...evidence, voteB: { ...voteB, round: 1 } }, "heightRoundStep"],
    ["another step", { ...evidence, voteB: { ...voteB, type: 1 } }, "heightRoundStep"],
    [
      "votes of two validators",
      { ...evidence, voteB: { ...voteB, validatorAddress: set.validators[0]!.address } },
      "addresses",
    ],
    [
      "the same block twice",
      { ...evidence, voteB: { ...voteA, timestamp: { seconds: 5n, nanos: 0 } } },
      "voteOrder",
    ],
    ["another power", { ...evidence, validatorPower: 10n }, "validatorPower"],
    ["another total", { ...evidence, totalVotingPower: 28n }, "totalPower"],
    ["a bad first signature", { ...evidence, voteA: { ...voteA, signature: voteB.signature } }, "signatureA"],
    [
      "a bad second signature",
      { ...evidence, voteB: { ...voteB, signature: voteA.signature } },
      "signatureB",
    ],
    [
      "votes of a stranger",
      {
        ...evidence,
        voteA: makeVote(chainId, stranger, { blockId: voteA.blockId }),
        voteB: makeVote(chainId, stranger, { blockId: voteB.blockId }),
      },
      "unknownValidator",
    ],
  ])("with %s are refused", (_, bad, reason) => {
    const { code, fields } = refusal(() => verify(bad));
    expect([code, fields["reason"]]).toEqual(["invalidEvidence", reason]);
  });

  test("of another chain are refused", () => {
    const claim = { evidence, chainId: "test-2", validatorSet: set };
    expect(refusal(() => verifyDuplicateVote(claim)).fields["reason"]).toBe("signatureA");
  });

  test("with a malformed vote are refused, however well signed", () => {
    expect(refusal(() => verify(resigned({ round: -1 }))).code).toBe("invalidEvidence");
    expect(refusal(() => verify(resigned({ type: 32 }))).code).toBe("invalidEvidence");
  });

  test("cannot be made of a stranger's votes", () => {
    const vote = makeVote(chainId, stranger, { blockId: someBlockId("a") });
    expect(
      refusal(() => duplicateVoteEvidence(vote, vote, { blockTime, validatorSet: set })).fields["reason"],
    ).toBe("unknownValidator");
  });

  test("an extension is not part of what is signed", () => {
    const extended = { ...vote1, extension: utf8("x"), extensionSignature: new Uint8Array(64) };
    expect(extended.signature).toEqual(ed25519Sign(seed, voteSignBytes(chainId, extended)));
    verify(duplicateVoteEvidence(extended, vote2, { blockTime, validatorSet: set }));
  });
});

describe("attacks on light clients", () => {
  const common = makeLightBlock(made, 5n);
  const own = makeLightBlock(made, 8n);
  const commonPoint = { height: 5n, time: common.signedHeader.header.time, validators: set };
  const attack = (conflicting: LightBlock, trusted: LightBlock = own): AttackClaim => ({
    evidence: lightClientAttackEvidence({ conflicting, trusted: trusted.signedHeader!, common: commonPoint }),
    commonHeader: common.signedHeader,
    trustedHeader: trusted.signedHeader!,
    commonValidators: set,
  });
  const guilty = ({ evidence }: AttackClaim): bigint[] =>
    evidence.byzantineValidators.map((v) => v.votingPower);
  const conflictingWith = (header: Partial<Header>, flags?: number[], round?: number): LightBlock =>
    makeLightBlock(made, 8n, {
      header,
      ...(flags ? { flags } : {}),
      ...(round === undefined ? {} : { round }),
    });
  const lie = { appHash: sha256(utf8("lie")) };
  const sibling = { dataHash: sha256(utf8("other txs")) };

  test("lunatic: those of the common set that signed are guilty, strangers are not", () => {
    const claim = attack(conflictingWith(lie, [2, 2, 3]));
    expect(guilty(claim)).toEqual([10n, 9n]);
    verifyLightClientAttack(claim);
    const fourth = memberOf(4, 5n);
    const wider = newValidatorSet([...set.validators, fourth.validator]);
    const seeds = new Map([
      ...made.seeds,
      [String.fromCharCode(...fourth.validator.address), fourth.seed] as const,
    ]);
    const foreign = attack(makeLightBlock({ set: wider, seeds }, 8n, { header: lie }));
    expect(guilty(foreign)).toEqual([10n, 9n, 8n]);
    verifyLightClientAttack(foreign);
  });

  test("equivocation: those who signed both blocks of one round are guilty", () => {
    const claim = attack(conflictingWith(sibling, [2, 2, 1]), makeLightBlock(made, 8n, { flags: [1, 2, 2] }));
    expect(guilty(claim)).toEqual([9n]);
    verifyLightClientAttack(claim);
  });

  test("amnesia: in different rounds nobody can be blamed", () => {
    const claim = attack(conflictingWith(sibling, [], 3));
    expect(guilty(claim)).toEqual([]);
    verifyLightClientAttack(claim);
  });

  test("forward lunatic: a block ahead of the chain must not be ahead in time", () => {
    const ahead = (time: bigint): LightBlock =>
      makeLightBlock(made, 20n, { header: { ...lie, time: nsToTimestamp(START_NS + time * SECOND_NS) } });
    verifyLightClientAttack(attack(ahead(7n)));
    expect(refusal(() => verifyLightClientAttack(attack(ahead(21n)))).fields["reason"]).toBe("timeOrder");
  });

  const valid = attack(conflictingWith(lie));
  const { evidence } = valid;
  const withBlock = (conflictingBlock: LightBlock) => ({ ...evidence, conflictingBlock });
  const first = evidence.byzantineValidators[0]!;
  test.each([
    ["no conflicting block", { ...evidence, conflictingBlock: undefined }, "missingHeader"],
    ["no signed header", withBlock({ validatorSet: own.validatorSet! }), "missingHeader"],
    ["no header", withBlock({ ...own, signedHeader: { commit: own.signedHeader.commit } }), "missingHeader"],
    ["no commit", withBlock({ ...own, signedHeader: { header: own.signedHeader.header } }), undefined],
    ["no validators", withBlock({ signedHeader: own.signedHeader }), undefined],
    ["no total power", { ...evidence, totalVotingPower: 0n }, "totalPower"],
    ["another total power", { ...evidence, totalVotingPower: 26n }, "totalPower"],
    ["common height zero", { ...evidence, commonHeight: 0n }, "commonHeight"],
    ["a common height above the block", { ...evidence, commonHeight: 9n }, "commonHeight"],
    ["the chain's own block", withBlock(own), "sameHeader"],
    ["a guilty validator missing", { ...evidence, byzantineValidators: [first] }, "byzantineValidators"],
    [
      "a power changed",
      {
        ...evidence,
        byzantineValidators: evidence.byzantineValidators.map((v) => ({ ...v, votingPower: 1n })),
      },
      "byzantineValidators",
    ],
    [
      "guilty validators out of order",
      { ...evidence, byzantineValidators: [...evidence.byzantineValidators].reverse() },
      "byzantineValidators",
    ],
  ])("with %s are refused", (_, bad, reason) => {
    verifyLightClientAttack(valid);
    const { code, fields } = refusal(() =>
      verifyLightClientAttack({ ...valid, evidence: bad as typeof evidence }),
    );
    expect([code, fields["reason"]]).toEqual(["invalidEvidence", reason]);
  });

  test("a wrong signature beyond two thirds is found: it would blame somebody innocent", () => {
    const block = structuredClone(conflictingWith(lie));
    block.signedHeader!.commit!.signatures[2]!.signature[0]! ^= 1;
    const { cause } = refusal(() => verifyLightClientAttack({ ...valid, evidence: withBlock(block) }));
    expect(isCometError(cause, "wrongSignature")).toBe(true);
  });

  test("at the common height itself the header must be correctly derived", () => {
    const at8 = { ...valid, commonHeader: own.signedHeader, evidence: { ...evidence, commonHeight: 8n } };
    expect(refusal(() => verifyLightClientAttack(at8)).fields["reason"]).toBe("derivedHeader");
  });

  test("are known by 31 bytes of the conflicting hash", () => {
    const id = evidenceIdHash({ lightClientAttackEvidence: evidence });
    const hash = headerHash(evidence.conflictingBlock!.signedHeader!.header!).slice();
    expect(id).toEqual(sha256(Uint8Array.of(...hash.subarray(0, 31), 0, 10)));
    const empty: Evidence = { lightClientAttackEvidence: { ...evidence, conflictingBlock: {} } };
    expect(refusal(() => evidenceIdHash(empty)).code).toBe("invalidEvidence");
  });

  test("tell the application of each guilty validator at the common height", () => {
    const entries = evidenceToAbci({ lightClientAttackEvidence: evidence });
    expect(entries.map(({ type, height, validator }) => [type, height, validator.power])).toEqual([
      [2, 5n, 10n],
      [2, 5n, 9n],
      [2, 5n, 8n],
    ]);
    expect(evidenceTime({ lightClientAttackEvidence: evidence })).toEqual(commonPoint.time);
  });
});

describe("decoding", () => {
  test("evidence of no kind or of both kinds is refused", () => {
    const vote = { totalVotingPower: 0n, validatorPower: 0n, timestamp: blockTime };
    const attack = { commonHeight: 1n, byzantineValidators: [], totalVotingPower: 1n, timestamp: blockTime };
    for (const bad of [
      {},
      { duplicateVoteEvidence: vote },
      { duplicateVoteEvidence: vote, lightClientAttackEvidence: attack },
    ])
      for (const f of [validateEvidenceBasic, evidenceHeight, evidenceToAbci])
        expect(refusal(() => f(bad)).code).toBe("invalidEvidence");
  });

  test("whatever bytes decode to, it is accepted or refused, and nothing else happens", () => {
    const { seed } = memberOf(0, 10n);
    const votes = ["a", "b"].map((x) => makeVote(chainId, seed, { blockId: someBlockId(x) }));
    const seedOf: Evidence[] = [
      {
        duplicateVoteEvidence: duplicateVoteEvidence(votes[0]!, votes[1]!, { blockTime, validatorSet: set }),
      },
      {
        lightClientAttackEvidence: {
          conflictingBlock: makeLightBlock(made, 8n),
          commonHeight: 5n,
          byzantineValidators: [],
          totalVotingPower: 27n,
          timestamp: blockTime,
        },
      },
    ];
    const encoded = seedOf.map((e) => EvidenceCodec.encode(e).finish());
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...encoded), damage, fc.boolean(), (bytes, hits, cut) => {
        const damaged = bytes.slice();
        for (const [at, value] of hits) damaged[at % damaged.length] = value;
        let evidence: Evidence;
        try {
          evidence = EvidenceCodec.decode(cut ? damaged.subarray(0, hits[0]![0] % damaged.length) : damaged);
        } catch {
          return; // not protobuf
        }
        try {
          validateEvidenceBasic(evidence);
          evidenceToAbci(evidence);
          evidenceIdHash(evidence);
        } catch (error) {
          expect(error).toBeInstanceOf(CometError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

test("evidence is too old only in blocks and in time both", () => {
  const params = defaultConsensusParams().evidence;
  const infraction = { height: 10n, timeNs: 0n };
  const [blocks, age] = [100_000n, 48n * 3600n * SECOND_NS];
  const expired = (height: bigint, timeNs: bigint): boolean =>
    isEvidenceExpired(infraction, { height: 10n + height, timeNs }, params);
  expect(expired(blocks + 1n, age + 1n)).toBe(true);
  expect(expired(blocks, age + 1n)).toBe(false);
  expect(expired(blocks + 1n, age)).toBe(false);
  expect(evidenceByteSize([])).toBe(0n);
});
