/** Headers, votes and evidence of CometBFT: what a light client, a node and a decoder must not believe. */
import {
  defaultConsensusParams,
  incrementProposerPriority,
  isCometError,
  lightClientAttackEvidence,
  makeBlock,
  makePartSet,
  makeValidator,
  medianTime,
  newValidatorSet,
  nsToTimestamp,
  secp256k1Key,
  timestampToNs,
  trustedHeader,
  validateBlock,
  validateConsensusParamsUpdate,
  validateEvidenceBasic,
  validatorSetFromProto,
  validatorSetToProto,
  verifyAdjacent,
  verifyCommit,
  verifyCommitLightTrusting,
  verifyLightClientAttack,
  verifyNonAdjacent,
  verifyPart,
} from "@tandem-ics/comet";
import { secp256k1PublicKey, secp256k1Sign, sha256, toBinary, utf8 } from "@tandem-ics/crypto";
import { Evidence } from "cosmjs-types/tendermint/types/evidence";
import {
  answer,
  makeChain,
  makeCommit,
  makeLightBlock,
  makeSet,
  memberOf,
  resign,
  SECOND_NS,
  START_NS,
  someBlockId,
} from "../../packages/comet/src/testing.ts";

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isCometError(error)) return error.code;
    throw error;
  }
  return "accepted";
};

describe("[sec-32] CSA-2026-001 Tachyon: time comes from the signatures that are verified", () => {
  const chain = makeChain([6n, 4n, 2n]);
  chain.decide(chain.propose());
  chain.decide(chain.propose(), answer(), [2, 2, 3]);
  const { state } = chain;
  const good = chain.propose();
  const changed = (change: (commit: typeof chain.lastCommit) => void) => {
    const lastCommit = structuredClone(chain.lastCommit);
    change(lastCommit);
    return makeBlock({
      state,
      txs: [],
      evidence: [],
      lastCommit,
      proposerAddress: good.header.proposerAddress,
    });
  };

  test("an honest block is valid", () => {
    expect(codeOf(() => validateBlock(state, good))).toBe("accepted");
  });

  test.each([0, 1, 2])(
    "vote %i with another time, signed or not, for the block or for nil, is noticed",
    (slot) => {
      const block = changed(({ signatures }) => {
        signatures[slot]!.timestamp = nsToTimestamp(START_NS + 3600n * SECOND_NS);
      });
      expect(codeOf(() => validateBlock(state, block))).toBe("wrongSignature");
    },
  );

  test("addresses that are exchanged, so that the weights of the times are others, are noticed", () => {
    const block = changed(({ signatures }) => {
      const [a, , c] = signatures;
      [a!.validatorAddress, c!.validatorAddress] = [c!.validatorAddress, a!.validatorAddress];
    });
    expect(block.header.time).not.toEqual(good.header.time);
    expect(codeOf(() => validateBlock(state, block))).not.toBe("accepted");
  });

  test("one vote twice counts once at most: it is refused", () => {
    const block = changed((commit) => {
      commit.signatures[1] = structuredClone(commit.signatures[0]!);
      resign(state.chainId, commit, chain.seeds);
    });
    expect(codeOf(() => validateBlock(state, block))).not.toBe("accepted");
  });

  test("less than a third of the power cannot move the time beyond what the others say", () => {
    const { set, seeds } = makeSet([10n, 10n, 10n, 10n]);
    const commit = makeCommit({ chainId: "test-1", height: 3n, id: someBlockId("a"), set, seeds });
    const others = commit.signatures.slice(1).map(({ timestamp }) => timestampToNs(timestamp));
    for (const forged of [START_NS + 10n ** 15n, START_NS - 10n ** 15n]) {
      commit.signatures[0]!.timestamp = nsToTimestamp(forged);
      expect(others).toContain(medianTime(commit, set));
    }
  });
});

describe("[sec-33] what a light client does not take from others", () => {
  const made = makeSet([10n, 9n, 8n]);
  const { set } = made;
  const first = makeLightBlock(made, 10n);
  const clock = {
    trustingPeriodNs: 3600n * SECOND_NS,
    nowNs: START_NS + 30n * SECOND_NS,
    maxClockDriftNs: 10n * SECOND_NS,
    chainId: "test-1",
  };
  const trusted = trustedHeader(first.signedHeader.header);
  const step = (block: typeof first) => ({
    ...clock,
    trusted,
    trustedValidators: set,
    untrusted: block.signedHeader,
    validators: validatorSetFromProto(block.validatorSet),
    trustLevel: { numerator: 1n, denominator: 3n },
  });

  test("ASA-2024-009: proposer priorities of a set from elsewhere are no part of what its hash binds", () => {
    // Priorities that somebody made up: the set that is reckoned with takes its own.
    const proto = validatorSetToProto(set);
    for (const validator of proto.validators) validator.proposerPriority = 1_000_000n;
    const block = { ...makeLightBlock(made, 11n), validatorSet: proto };
    expect(codeOf(() => verifyAdjacent(step(block)))).toBe("accepted");
    const chain = makeChain([10n, 9n, 8n]);
    // A node reckons with sets that it rotated itself: the next proposer follows from its own state.
    const proposer = incrementProposerPriority(chain.state.validators, 1).proposer.address;
    chain.decide(chain.propose());
    expect(toBinary(chain.state.validators.proposer.address)).toBe(toBinary(proposer));
  });

  test("ISA-2025-003: one validator in two slots is not counted twice", () => {
    const commit = makeCommit({ chainId: "test-1", height: 3n, id: someBlockId("a"), ...made });
    commit.signatures[1]!.validatorAddress = commit.signatures[0]!.validatorAddress;
    resign("test-1", commit, made.seeds);
    expect(
      codeOf(() =>
        verifyCommitLightTrusting({
          chainId: "test-1",
          validators: set,
          commit,
          trustLevel: { numerator: 1n, denominator: 2n },
        }),
      ),
    ).toBe("doubleVote");
  });

  test("GHSA-f3w5-v9xx-rp8p: a header from the future, or ahead of the chain in time, is not taken", () => {
    const late = makeLightBlock(made, 14n, {
      header: { time: nsToTimestamp(clock.nowNs + 11n * SECOND_NS) },
    });
    expect(codeOf(() => verifyNonAdjacent(step(late)))).not.toBe("accepted");
    const common = makeLightBlock(made, 5n);
    const own = makeLightBlock(made, 8n);
    const claim = (seconds: bigint) => {
      const conflicting = makeLightBlock(made, 20n, {
        header: { appHash: sha256(utf8("lie")), time: nsToTimestamp(START_NS + seconds * SECOND_NS) },
      });
      return {
        evidence: lightClientAttackEvidence({
          conflicting,
          trusted: own.signedHeader,
          common: { height: 5n, time: common.signedHeader.header.time, validators: set },
        }),
        commonHeader: common.signedHeader,
        trustedHeader: own.signedHeader,
        commonValidators: set,
      };
    };
    expect(codeOf(() => verifyLightClientAttack(claim(7n)))).toBe("accepted");
    expect(codeOf(() => verifyLightClientAttack(claim(21n)))).toBe("invalidEvidence");
  });

  test("a set other than the one named, or more than the trust level of strangers, is not believed", () => {
    const members = [5, 6, 7].map((i) => memberOf(i, 10n));
    const strangers = {
      set: newValidatorSet(members.map(({ validator }) => validator)),
      seeds: new Map(members.map(({ validator, seed }) => [toBinary(validator.address), seed])),
    };
    expect(codeOf(() => verifyNonAdjacent(step(makeLightBlock(strangers, 14n))))).not.toBe("accepted");
    expect(codeOf(() => verifyAdjacent(step(makeLightBlock(strangers, 11n))))).not.toBe("accepted");
    const swapped = { ...step(makeLightBlock(made, 11n)), validators: makeSet([10n, 9n]).set };
    expect(codeOf(() => verifyAdjacent(swapped))).not.toBe("accepted");
  });
});

describe("[sec-34] parts, heights and extensions", () => {
  test("ASA-2025-002: a part is at the index that its proof is for", () => {
    const { header, parts } = makePartSet(new Uint8Array(65_536 * 2 + 5).map((_, i) => i >> 9));
    for (const part of parts) expect(codeOf(() => verifyPart(header, part))).toBe("accepted");
    const moved = { ...parts[0]!, index: 1 };
    expect(codeOf(() => verifyPart(header, moved))).toBe("invalidPart");
    const both = { ...moved, proof: { ...moved.proof, index: 1n } };
    expect(codeOf(() => verifyPart(header, both))).toBe("invalidPart");
  });

  test("ASA-2024-001: vote extensions are never switched at a height that is over", () => {
    const params = defaultConsensusParams();
    const at = (voteExtensionsEnableHeight: bigint, height: bigint, current = 0n) =>
      codeOf(() =>
        validateConsensusParamsUpdate(
          { ...params, abci: { voteExtensionsEnableHeight: current } },
          { abci: { voteExtensionsEnableHeight } },
          height,
        ),
      );
    expect(at(11n, 10n)).toBe("accepted");
    for (const [wanted, height, current] of [
      [10n, 10n, 0n],
      [9n, 10n, 0n],
      [-1n, 10n, 0n],
      [20n, 10n, 5n],
      [0n, 10n, 10n],
    ] as const)
      expect(at(wanted, height, current)).toBe("invalidConsensusParams");
  });

  test("ASA-2024-011, ASA-2025-003: a commit with fewer or more slots than validators is refused, none is read beyond its end", () => {
    const { set, seeds } = makeSet([10n, 9n, 8n]);
    const id = someBlockId("a");
    const commit = makeCommit({ chainId: "test-1", height: 3n, id, set, seeds });
    const verify = (signatures: typeof commit.signatures) =>
      codeOf(() =>
        verifyCommit({
          chainId: "test-1",
          validators: set,
          blockId: id,
          height: 3n,
          commit: { ...commit, signatures },
        }),
      );
    expect(verify(commit.signatures)).toBe("accepted");
    expect(verify(commit.signatures.slice(0, 2))).not.toBe("accepted");
    expect(verify([...commit.signatures, commit.signatures[0]!])).not.toBe("accepted");
    expect(verify([])).not.toBe("accepted");
  });

  test("ASA-2025-001: no block follows at a height that is not the next", () => {
    const chain = makeChain([6n, 4n]);
    for (let i = 0; i < 3; i++) chain.decide(chain.propose());
    const block = chain.propose();
    for (const height of [1n, 2n, 3n, 5n, 100n])
      expect(
        codeOf(() => validateBlock(chain.state, { ...block, header: { ...block.header, height } })),
      ).not.toBe("accepted");
  });
});

describe("[sec-35] evidence that is not whole", () => {
  test("CMT#5757: an attack without block, header, commit or validators is refused, nothing breaks", () => {
    const made = makeSet([10n, 9n]);
    const block = makeLightBlock(made, 8n);
    const whole = lightClientAttackEvidence({
      conflicting: makeLightBlock(made, 8n, { header: { appHash: sha256(utf8("lie")) } }),
      trusted: block.signedHeader,
      common: { height: 5n, time: nsToTimestamp(START_NS), validators: made.set },
    });
    expect(codeOf(() => validateEvidenceBasic({ lightClientAttackEvidence: whole }))).toBe("accepted");
    for (const conflictingBlock of [
      undefined,
      {},
      { validatorSet: block.validatorSet! },
      { ...block, signedHeader: {} },
      { ...block, signedHeader: { commit: block.signedHeader.commit } },
      { ...block, signedHeader: { header: block.signedHeader.header } },
      { signedHeader: block.signedHeader },
    ])
      expect(
        codeOf(() =>
          validateEvidenceBasic({
            lightClientAttackEvidence: { ...whole, conflictingBlock } as typeof whole,
          }),
        ),
      ).toBe("invalidEvidence");
  });

  test("whatever bytes come as evidence are refused by a code or taken, and nothing else", () => {
    let taken = 0;
    for (let i = 0; i < 2000; i++) {
      const bytes = sha256(utf8(`evidence ${i}`)).slice(0, 1 + (i % 32));
      bytes[0] = i % 2 === 0 ? 0x0a : 0x12;
      bytes[1] = Math.max(0, bytes.length - 2);
      let evidence: Evidence;
      try {
        evidence = Evidence.decode(bytes);
      } catch {
        continue; // no protobuf
      }
      if (codeOf(() => validateEvidenceBasic(evidence)) === "accepted") taken++;
    }
    expect(taken).toBe(0);
  });

  test("CMT#3195: a set with both kinds of keys is verified signature by signature, none is passed over", () => {
    const { validator, seed } = memberOf(0, 10n);
    const secret = sha256(utf8("secp"));
    const other = makeValidator(secp256k1Key(secp256k1PublicKey(secret)), 10n);
    const set = newValidatorSet([validator, other]);
    const id = someBlockId("a");
    const commit = makeCommit({
      chainId: "test-1",
      height: 3n,
      id,
      set,
      seeds: new Map([[toBinary(validator.address), seed]]),
    });
    const verify = () =>
      codeOf(() => verifyCommit({ chainId: "test-1", validators: set, blockId: id, height: 3n, commit }));
    // The second signature is not there: with the first alone the power is half.
    expect(verify()).not.toBe("accepted");
    const slot = commit.signatures.findIndex((s) => toBinary(s.validatorAddress) === toBinary(other.address));
    commit.signatures[slot]!.signature = secp256k1Sign(secret, utf8("another message"));
    expect(verify()).toBe("wrongSignature");
  });
});
