/** Light-client runs that a model checker made: every verdict as the reference verifier gives it. */

import { basename } from "node:path";
import {
  lightBlockFromRpcJson,
  readJson,
  type TrustedHeader,
  trustedHeader,
  type ValidatorSet,
  validatorSetFromProto,
  verifyLightBlock,
} from "@tandem-ics/comet";
import { parseTimestamp } from "@tandem-ics/proto";
import type { LightBlock } from "cosmjs-types/tendermint/types/types";
import type { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { testEach } from "../each.ts";
import { hasKeys, vectorFiles, vectorsDir } from "./load.ts";

const MAX_CLOCK_DRIFT_NS = 1_000_000_000n;

const runs = vectorFiles(
  (json) =>
    hasKeys("initial", "input")(json) && hasKeys("trusting_period")((json as { initial: unknown }).initial),
);

// biome-ignore lint/suspicious/noExplicitAny: vectors are untyped data
type Any = any;

/** Sets of the model name no proposer; any member will do. */
function proposed(json: Any): Any {
  const [first] = json?.validators ?? [];
  return first === undefined ? json : { ...json, proposer: json.proposer ?? first };
}

const lightBlock = (signedHeader: Any, validatorSet: Any): LightBlock =>
  lightBlockFromRpcJson(readJson({ signed_header: signedHeader, validator_set: proposed(validatorSet) }));

const trustedState = (
  signedHeader: Any,
  nextValidatorSet: Any,
): { header: TrustedHeader; nextValidators: ValidatorSet } => {
  const block = lightBlock(signedHeader, nextValidatorSet);
  return {
    header: trustedHeader(block.signedHeader!.header!),
    nextValidators: validatorSetFromProto(block.validatorSet as ProtoValidatorSet),
  };
};

if (runs.length === 0) {
  // These files may not be kept in this repository.
  console.warn(`SKIPPED: no model-based light-client runs below ${vectorsDir}; set VECTORS_DIR`);
  test.skip("model-based light-client runs (set VECTORS_DIR)", () => undefined);
} else {
  testEach(runs.map(({ path, json }) => [basename(path), json] as const))(
    "%s",
    (_, { initial, input }: Any) => {
      let trusted = trustedState(initial.signed_header, initial.next_validator_set);
      expect(input.length).toBeGreaterThan(0);
      for (const { block, now, verdict } of input) {
        const got = verifyLightBlock(trusted, lightBlock(block.signed_header, block.validator_set), {
          trustingPeriodNs: BigInt(initial.trusting_period),
          nowNs: parseTimestamp(now),
          maxClockDriftNs: MAX_CLOCK_DRIFT_NS,
        });
        expect(got).toBe(verdict);
        if (verdict === "SUCCESS") trusted = trustedState(block.signed_header, block.next_validator_set);
      }
    },
  );
}
