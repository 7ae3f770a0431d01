/** Validator sets through updates and rotations, step by step as CometBFT 0.38 makes them. */

import {
  ed25519Key,
  incrementProposerPriority,
  makeValidator,
  newValidatorSet,
  updateValidatorSet,
  type Validator,
  type ValidatorSet,
  validatorSetHash,
} from "@tandem-ics/comet";
import { fromHex, toHex } from "@tandem-ics/crypto";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { vectorFiles } from "./load.ts";

type Row = [poolIndex: string, power: string, priority: string];
interface Step {
  inc?: number;
  changes?: [poolIndex: string, power: string][];
  set: Row[];
  proposer: number;
  hash?: string;
  error?: string;
}
interface Case {
  name: string;
  pool: { pub: string; address: string }[];
  initial: [poolIndex: string, power: string][];
  start: Omit<Step, "inc" | "changes" | "error">;
  steps: Step[];
}

const isRotation = (json: unknown): boolean => {
  const first = (json as { cases?: Partial<Case>[] } | null)?.cases?.[0];
  return first?.pool !== undefined && first.initial !== undefined && first.steps !== undefined;
};
const cases = vectorFiles(isRotation).flatMap(({ json }) => json.cases as Case[]);

presenceTest("there are cases", () => {
  expect(cases.length).toBeGreaterThan(0);
});

describeEach(cases.map((c) => [c.name, c] as const))("%s", (_, { pool, initial, start, steps }) => {
  const member = ([index, power]: readonly [string, string]): Validator =>
    makeValidator(ed25519Key(fromHex(pool[Number(index)]!.pub)), BigInt(power));
  const indexes = new Map(pool.map(({ address }, i) => [address, i]));
  const indexOf = ({ address }: Validator): number => indexes.get(toHex(address))!;
  const expectSet = (set: ValidatorSet, expected: Case["start"]): void => {
    const rows = set.validators.map((v) => [
      String(indexOf(v)),
      String(v.votingPower),
      String(v.proposerPriority),
    ]);
    expect(rows).toEqual(expected.set.map((row) => row.map(String)));
    expect(indexOf(set.proposer)).toBe(Number(expected.proposer));
    if (expected.hash !== undefined) expect(toHex(validatorSetHash(set))).toBe(expected.hash);
  };

  let set = newValidatorSet(initial.map(member));
  test("new set", () => expectSet(set, start));

  testEach(steps.map((step, i) => [i, step] as const))("step %d", (_i, step) => {
    const before = set;
    const apply = (): ValidatorSet =>
      step.changes === undefined
        ? incrementProposerPriority(before, Number(step.inc))
        : updateValidatorSet(before, step.changes.map(member));
    if (step.error !== undefined) expect(apply).toThrow();
    else set = apply();
    expectSet(set, step);
  });
});
