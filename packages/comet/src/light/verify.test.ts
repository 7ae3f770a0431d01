import { sha256, utf8 } from "@tandem-ics/crypto";
import type { Header, LightBlock } from "cosmjs-types/tendermint/types/types";
import { type CometError, isCometError } from "../errors.ts";
import { headerHash } from "../header.ts";
import { newValidatorSet } from "../proposer-rotation.ts";
import { makeHeader, makeLightBlock, makeSet, memberOf, SECOND_NS, START_NS } from "../testing.ts";
import { nsToTimestamp } from "../time.ts";
import { type ValidatorSet, validatorSetFromProto } from "../validator-set.ts";
import { validatorSetHash } from "../validators-hash.ts";
import { validateLightBlockBasic } from "./light-block.ts";
import {
  type LightOptions,
  type SkippingStep,
  trustedHeader,
  verifyAdjacent,
  verifyBackwards,
  verifyLight,
  verifyLightBlock,
  verifyNonAdjacent,
} from "./verify.ts";

const made = makeSet([4n, 3n, 2n, 1n]);
const { set } = made;
const clock: LightOptions = {
  trustingPeriodNs: 100n * SECOND_NS,
  nowNs: START_NS + 20n * SECOND_NS,
  maxClockDriftNs: SECOND_NS,
};
const trusted = trustedHeader(makeHeader(set, 10n));
const setOf = (block: LightBlock): ValidatorSet => validatorSetFromProto(block.validatorSet);
const stepTo = (block: LightBlock, change: Partial<SkippingStep> = {}): SkippingStep => ({
  ...clock,
  trusted,
  trustedValidators: set,
  untrusted: block.signedHeader!,
  validators: setOf(block),
  ...change,
});
const refusal = (f: () => void): CometError => {
  try {
    f();
  } catch (error) {
    if (isCometError(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
};

describe.each([
  ["adjacent", 11n],
  ["skipping", 14n],
] as const)("an %s header", (_, height) => {
  const block = makeLightBlock(made, height);

  test("with enough signatures is verified", () => {
    verifyLight(stepTo(block));
    verifyLight(stepTo(makeLightBlock(made, height, { flags: [2, 2, 1, 1] })));
  });

  test("with exactly two thirds is refused", () => {
    const six = makeSet([4n, 2n, 2n, 1n]);
    const own = makeLightBlock(six, height, {
      flags: [2, 2, 1, 1],
      header: { validatorsHash: validatorSetHash(six.set) },
    });
    const step = stepTo(own, {
      trusted: { ...trusted, nextValidatorsHash: validatorSetHash(six.set) },
      trustedValidators: six.set,
    });
    const { code, cause } = refusal(() => verifyLight(step));
    expect([code, isCometError(cause, "notEnoughVotingPower")]).toEqual(["invalidHeader", true]);
  });

  test("needs a trusted header that has not expired; at equality it has", () => {
    const period = clock.nowNs - trusted.timeNs;
    verifyLight(stepTo(block, { trustingPeriodNs: period + 1n }));
    expect(refusal(() => verifyLight(stepTo(block, { trustingPeriodNs: period }))).code).toBe(
      "headerExpired",
    );
  });

  test("is refused from the future, at the very edge of the drift too", () => {
    const at = START_NS + height * SECOND_NS;
    const edge = { nowNs: at - SECOND_NS, trustingPeriodNs: 1000n * SECOND_NS };
    expect(refusal(() => verifyLight(stepTo(block, edge))).code).toBe("invalidHeader");
    verifyLight(stepTo(block, { ...edge, nowNs: edge.nowNs + 1n }));
  });

  const faults: [string, Partial<Header>][] = [
    ["a time that is not later", { time: nsToTimestamp(trusted.timeNs) }],
    ["another chain id", { chainId: "test-2" }],
    ["a hash of other validators", { validatorsHash: sha256(utf8("others")) }],
    ["no validators hash", { validatorsHash: new Uint8Array(0) }],
    ["a bad form", { version: { block: 12n, app: 0n } }],
  ];
  test.each(faults)("with %s is refused", (_name, change) => {
    const bad = makeLightBlock(made, height, { header: change });
    expect(refusal(() => verifyLight(stepTo(bad))).code).toBe("invalidHeader");
  });

  test("changed after it was signed is refused", () => {
    const header = { ...block.signedHeader.header, appHash: sha256(utf8("lie")) };
    const bad = { ...block, signedHeader: { ...block.signedHeader, header } };
    expect(refusal(() => verifyLight(stepTo(bad))).code).toBe("invalidHeader");
    const commit = structuredClone(block.signedHeader.commit);
    commit.blockId.hash = headerHash(header);
    const signedElse = { ...block, signedHeader: { header, commit } };
    const { code, cause } = refusal(() => verifyLight(stepTo(signedElse)));
    expect(isCometError(cause, "wrongSignature") || code === "wrongSignature").toBe(true);
  });

  test("given with other validators than it names is refused", () => {
    const others = makeSet([4n, 3n, 2n]).set;
    expect(refusal(() => verifyLight(stepTo(block, { validators: others }))).code).toBe("invalidHeader");
  });
});

describe("heights", () => {
  test("each routine takes its own distance only", () => {
    const [next, far] = [makeLightBlock(made, 11n), makeLightBlock(made, 12n)];
    expect(refusal(() => verifyAdjacent(stepTo(far))).code).toBe("headersNotAdjacent");
    expect(refusal(() => verifyNonAdjacent(stepTo(next))).code).toBe("headersAdjacent");
  });

  test("the same or a lower height is refused", () => {
    for (const height of [10n, 9n]) {
      const back = makeLightBlock(made, height, {
        header: { time: nsToTimestamp(START_NS + 15n * SECOND_NS) },
      });
      expect(refusal(() => verifyLight(stepTo(back))).code).toBe("invalidHeader");
    }
  });
});

describe("validators that change", () => {
  const strangers = newValidatorSet([5, 6].map((i) => memberOf(i, 5n).validator));
  const strangeSeeds = new Map(
    [5, 6].map(
      (i) => [String.fromCharCode(...memberOf(i, 1n).validator.address), memberOf(i, 1n).seed] as const,
    ),
  );

  test("the next header must be by the set announced", () => {
    const block = makeLightBlock({ set: strangers, seeds: strangeSeeds }, 11n);
    expect(refusal(() => verifyLight(stepTo(block))).code).toBe("wrongNextValidators");
  });

  test("a far header by strangers alone lacks trust, which is not the same as wrong", () => {
    const block = makeLightBlock({ set: strangers, seeds: strangeSeeds }, 14n);
    const { code, fields } = refusal(() => verifyLight(stepTo(block)));
    expect([code, fields]).toEqual(["notEnoughTrust", { got: 0n, needed: 3n }]);
    expect(verifyLightBlock({ header: trusted, nextValidators: set }, block, clock)).toBe("NOT_ENOUGH_TRUST");
  });

  test("a far header needs more than the trust level of the old set", () => {
    const flags = [1, 2, 2, 2];
    const seeds = new Map([...made.seeds, ...strangeSeeds]);
    const mixed = newValidatorSet([...set.validators, memberOf(5, 90n).validator]);
    const block = makeLightBlock({ set: mixed, seeds }, 14n, { flags: [2, ...flags] });
    verifyLight(stepTo(block));
    expect(
      refusal(() => verifyLight(stepTo(block, { trustLevel: { numerator: 2n, denominator: 3n } }))).code,
    ).toBe("notEnoughTrust");
    const thin = makeLightBlock({ set: mixed, seeds }, 14n, { flags: [2, 1, 2, 1, 1] });
    expect(refusal(() => verifyLight(stepTo(thin))).code).toBe("notEnoughTrust");
  });
});

describe("verdicts on light blocks from elsewhere", () => {
  const block = makeLightBlock(made, 11n);
  const state = { header: trusted, nextValidators: set };
  test.each([
    ["complete", block, "SUCCESS"],
    ["without header", { ...block, signedHeader: { commit: block.signedHeader.commit } }, "INVALID"],
    ["without signed header", { validatorSet: block.validatorSet! }, "INVALID"],
    ["without validators", { signedHeader: block.signedHeader }, "INVALID"],
    ["with no validator", { ...block, validatorSet: { validators: [], totalVotingPower: 0n } }, "INVALID"],
  ] as [string, LightBlock, string][])("%s", (_, untrusted, verdict) => {
    expect(verifyLightBlock(state, untrusted, clock)).toBe(verdict);
  });

  test("a trusted set that the trusted header does not name is worth nothing", () => {
    const nextValidators = makeSet([4n, 3n]).set;
    expect(verifyLightBlock({ header: trusted, nextValidators }, block, clock)).toBe("INVALID");
  });

  test("light blocks are complete and name their validators", () => {
    validateLightBlockBasic(block, "test-1");
    const other = makeLightBlock(makeSet([9n, 1n]), 11n);
    for (const bad of [
      { ...block, validatorSet: other.validatorSet! },
      { signedHeader: block.signedHeader },
      {},
    ])
      expect(refusal(() => validateLightBlockBasic(bad, "test-1")).code).toBe("invalidLightBlock");
  });
});

test("going backwards, a header must be the one that its successor names", () => {
  const before = makeHeader(set, 9n);
  const lastBlockId = { hash: headerHash(before), partSetHeader: { total: 1, hash: sha256(utf8("p")) } };
  const after = makeHeader(set, 10n, { lastBlockId });
  verifyBackwards(before, after);
  for (const bad of [
    { ...before, appHash: sha256(utf8("lie")) },
    { ...before, chainId: "test-2" },
    { ...before, time: after.time },
    { ...before, height: 0n },
  ])
    expect(refusal(() => verifyBackwards(bad, after)).code).toBe("invalidHeader");
});
