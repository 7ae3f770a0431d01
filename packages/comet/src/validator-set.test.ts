import { compareBytes, toHex } from "@tandem-ics/crypto";
import { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import fc from "fast-check";
import { isCometError } from "./errors.ts";
import { incrementProposerPriority, newValidatorSet, updateValidatorSet } from "./proposer-rotation.ts";
import { makeSet, memberOf } from "./testing.ts";
import { makeValidator, type Validator, validatorUpdatesToValidators } from "./validator.ts";
import {
  existingValidatorSet,
  MAX_TOTAL_VOTING_POWER,
  sameValidatorSet,
  type ValidatorSet,
  validatorByAddress,
  validatorIndex,
  validatorSetFromProto,
  validatorSetToProto,
} from "./validator-set.ts";
import { validatorSetHash, validatorsHash } from "./validators-hash.ts";

const member = (i: number, power: bigint): Validator => memberOf(i, power).validator;
const power = fc.bigInt({ min: 1n, max: 10n ** 15n });
const powers = fc.array(power, { minLength: 1, maxLength: 8 });
const refused = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (isCometError(error)) return error.code;
    throw error;
  }
  throw new Error("it was accepted");
};

/** What holds of every set. */
function expectSound(set: ValidatorSet): void {
  const { validators, proposer, totalVotingPower } = set;
  expect(validators.reduce((sum, v) => sum + v.votingPower, 0n)).toBe(totalVotingPower);
  validators.slice(1).forEach((v, i) => {
    const before = validators[i]!;
    expect(
      before.votingPower > v.votingPower ||
        (before.votingPower === v.votingPower && compareBytes(before.address, v.address) < 0),
    ).toBe(true);
  });
  expect(validators).toContainEqual(proposer);
  const priorities = validators.map((v) => v.proposerPriority).sort((a, b) => (a < b ? -1 : 1));
  const [min, max] = [priorities[0]!, priorities.at(-1)!];
  // The window is two totals before a step, and a step moves each end by at most one total.
  expect(max - min).toBeLessThanOrEqual(4n * totalVotingPower);
}

describe("rotation", () => {
  test("keeps sets sound through any updates and steps", () => {
    const change = fc.record({ i: fc.integer({ min: 0, max: 11 }), power: fc.oneof(power, fc.constant(0n)) });
    const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), change), { maxLength: 12 });
    fc.assert(
      fc.property(powers, steps, (start, list) => {
        let { set } = makeSet(start);
        for (const step of list) {
          try {
            set =
              typeof step === "number"
                ? incrementProposerPriority(set, step)
                : incrementProposerPriority(updateValidatorSet(set, [member(step.i, step.power)]), 1);
          } catch (error) {
            expect(isCometError(error, "unknownValidator") || isCometError(error, "emptyValidatorSet")).toBe(
              true,
            );
          }
          expectSound(set);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("lets everybody propose in proportion to power", () => {
    let { set } = makeSet([5n, 3n, 2n]);
    const turns = new Map<string, number>();
    for (let i = 0; i < 100; i++) {
      const address = toHex(set.proposer.address);
      turns.set(address, (turns.get(address) ?? 0) + 1);
      set = incrementProposerPriority(set, 1);
    }
    expect(set.validators.map((v) => turns.get(toHex(v.address)))).toEqual([50, 30, 20]);
  });

  test("goes forward only", () => {
    const { set } = makeSet([1n]);
    for (const times of [0, -1, 0.5]) expect(() => incrementProposerPriority(set, times)).toThrow(RangeError);
  });
});

describe("updates", () => {
  const { set } = makeSet([10n, 9n, 8n]);
  const faults: [string, Validator[], string][] = [
    ["two changes for one validator", [member(0, 1n), member(1, 2n), member(0, 1n)], "duplicateValidator"],
    ["negative power", [member(0, -1n)], "negativeVotingPower"],
    ["power above the maximum", [member(0, MAX_TOTAL_VOTING_POWER + 1n)], "votingPowerTooHigh"],
    ["a total above the maximum", [member(0, MAX_TOTAL_VOTING_POWER)], "totalVotingPowerTooHigh"],
    ["removal of a stranger", [member(1, 5n), member(7, 0n)], "unknownValidator"],
    ["removal of everybody", [0, 1, 2].map((i) => member(i, 0n)), "emptyValidatorSet"],
  ];
  test.each(faults)("with %s are refused and change nothing", (_, changes, code) => {
    const before = structuredClone(set);
    expect(refused(() => updateValidatorSet(set, changes))).toBe(code);
    expect(set).toEqual(before);
  });

  test("may replace everybody at once", () => {
    const next = updateValidatorSet(set, [...[0, 1, 2].map((i) => member(i, 0n)), member(3, 7n)]);
    expect(next.validators.map((v) => v.votingPower)).toEqual([7n]);
  });

  test("may pass through the maximum when the end is below it", () => {
    const half = MAX_TOTAL_VOTING_POWER / 2n;
    const full = newValidatorSet([member(0, half), member(1, half)]);
    const next = updateValidatorSet(full, [member(2, half), member(0, 1n), member(1, 1n)]);
    expect(next.totalVotingPower).toBe(half + 2n);
  });

  test("make a new value; the old one stays, even against writing", () => {
    const next = updateValidatorSet(set, [member(0, 1n)]);
    expect(set.validators[0]!.votingPower).toBe(10n);
    expect(next.validators.at(-1)!.votingPower).toBe(1n);
    expect(updateValidatorSet(set, [])).toBe(set);
    expect(() => Object.assign(set.validators[0]!, { votingPower: 99n })).toThrow(TypeError);
    expect(() => Object.assign(set, { proposer: set.validators[1] })).toThrow(TypeError);
  });

  test("newcomers wait: minus an eighth more than the total", () => {
    const two = newValidatorSet([member(0, 1000n)]);
    const next = updateValidatorSet(two, [member(1, 1000n)]);
    const priority = (i: number): bigint => validatorByAddress(next, member(i, 1n).address)!.proposerPriority;
    expect(priority(0) - priority(1)).toBe(2000n + 250n);
  });

  test("a new set has neither nobody nor somebody without power", () => {
    expect(refused(() => newValidatorSet([]))).toBe("emptyValidatorSet");
    expect(refused(() => newValidatorSet([member(0, 1n), member(1, 0n)]))).toBe("removalNotAllowed");
  });
});

describe("hash", () => {
  test("is of keys and powers in order, not of priorities", () => {
    const { set } = makeSet([5n, 4n]);
    expect(validatorSetHash(incrementProposerPriority(set, 3))).toEqual(validatorSetHash(set));
    expect(validatorSetHash(updateValidatorSet(set, [member(0, 6n)]))).not.toEqual(validatorSetHash(set));
    expect(validatorsHash([...set.validators].reverse())).not.toEqual(validatorSetHash(set));
  });

  test("follows every change of the bytes, though roots are remembered", () => {
    const validators = [0, 1, 2].map((i) => ({
      pubKey: { ed25519: new Uint8Array(32).fill(i) },
      votingPower: 3n,
    }));
    const before = validatorsHash(validators);
    before.fill(0);
    const first = validatorsHash(validators);
    expect(first).not.toEqual(before);
    validators[1]!.pubKey.ed25519[5] = 9;
    const second = validatorsHash(validators);
    expect(second).not.toEqual(first);
    validators[1]!.pubKey.ed25519[5] = 1;
    expect(validatorsHash(validators)).toEqual(first);
    validators[2]!.votingPower = 4n;
    expect(validatorsHash(validators)).not.toEqual(first);
    expect(validatorsHash(validators.slice(0, 2))).not.toEqual(first);
  });
});

describe("protobuf form", () => {
  const { set } = makeSet([5n, 4n, 3n]);
  const proto = validatorSetToProto(set);

  test("comes back as the same set", () => {
    const back = validatorSetFromProto(ProtoValidatorSet.decode(ProtoValidatorSet.encode(proto).finish()));
    expect(sameValidatorSet(back, set)).toBe(true);
    expect(proto.totalVotingPower).toBe(0n);
  });

  test("any member may be named as proposer, whatever it says of itself", () => {
    const named = { ...proto, proposer: { ...proto.validators[2]!, proposerPriority: 77n } };
    expect(validatorSetFromProto(named).proposer.proposerPriority).toBe(77n);
  });

  test("a total named by others is not believed", () => {
    expect(validatorSetFromProto({ ...proto, totalVotingPower: 1n }).totalVotingPower).toBe(12n);
  });

  const foreign = member(9, 5n);
  test.each([
    ["missing", undefined, "emptyValidatorSet"],
    ["empty", { ...proto, validators: [] }, "emptyValidatorSet"],
    ["without proposer", { validators: proto.validators, totalVotingPower: 0n }, "proposerNotInSet"],
    ["with a strange proposer", { ...proto, proposer: foreign }, "proposerNotInSet"],
    [
      "with a negative power",
      { ...proto, validators: [{ ...proto.validators[0]!, votingPower: -1n }] },
      "invalidValidator",
    ],
    [
      "with an address of another key",
      { ...proto, validators: [{ ...proto.validators[0]!, address: foreign.address }] },
      "invalidValidator",
    ],
    [
      "with a key of 31 bytes",
      { ...proto, validators: [{ ...proto.validators[0]!, pubKey: { ed25519: new Uint8Array(31) } }] },
      "invalidValidator",
    ],
    ["without key", { ...proto, validators: [{ ...proto.validators[0]!, pubKey: {} }] }, "invalidValidator"],
    [
      "with a total above the maximum",
      { ...proto, validators: [0, 1].map((i) => member(i, MAX_TOTAL_VOTING_POWER)), proposer: member(0, 1n) },
      "totalVotingPowerTooHigh",
    ],
  ])("%s is refused", (_, bad, code) => {
    expect(refused(() => validatorSetFromProto(bad))).toBe(code);
  });
});

test("a set of existing validators keeps priorities; who proposed last has the lowest", () => {
  const { set } = makeSet([5n, 4n, 3n]);
  const rebuilt = existingValidatorSet([...set.validators].reverse());
  expect(sameValidatorSet(rebuilt, set)).toBe(true);
  expect(refused(() => existingValidatorSet([]))).toBe("emptyValidatorSet");
});

test("lookup by address finds the first of two and nobody else", () => {
  const twice = { ...member(1, 3n) };
  const proto = {
    validators: [member(0, 5n), twice, { ...twice, votingPower: 2n }],
    proposer: twice,
    totalVotingPower: 0n,
  };
  const set = validatorSetFromProto(proto);
  expect(validatorIndex(set, twice.address)).toBe(1);
  expect(validatorIndex(set, member(4, 1n).address)).toBe(-1);
  expect(validatorByAddress(set, new Uint8Array(0))).toBeUndefined();
});

test("an application's updates are checked against the key types allowed, removals are not", () => {
  const ed = member(0, 1n).pubKey;
  const secp = { secp256k1: new Uint8Array(33).fill(2) };
  expect(validatorUpdatesToValidators([{ pubKey: ed, power: 5n }], ["ed25519"])).toEqual([
    makeValidator(ed, 5n),
  ]);
  expect(refused(() => validatorUpdatesToValidators([{ pubKey: secp, power: 5n }], ["ed25519"]))).toBe(
    "keyTypeNotAllowed",
  );
  expect(validatorUpdatesToValidators([{ pubKey: secp, power: 0n }], ["ed25519"])).toHaveLength(1);
  expect(refused(() => validatorUpdatesToValidators([{ pubKey: ed, power: -1n }]))).toBe(
    "negativeVotingPower",
  );
});
