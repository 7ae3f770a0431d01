/** Fractions of voting power (CometBFT `libs/math/fraction.go`). */
import { CometError } from "./errors.ts";

/** A fraction of a set's power that must be exceeded. */
export interface TrustThreshold {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** One third: at least one honest validator, if at most a third is not. */
export const DEFAULT_TRUST_LEVEL: TrustThreshold = Object.freeze({ numerator: 1n, denominator: 3n });

/** Refuses levels outside [1/3, 1]. @throws CometError `invalidTrustLevel`. */
export function assertTrustLevel({ numerator, denominator }: TrustThreshold): void {
  if (numerator * 3n < denominator || numerator > denominator || denominator === 0n)
    throw new CometError(
      "invalidTrustLevel",
      `trust level ${numerator}/${denominator} is not within [1/3, 1]`,
      {
        numerator,
        denominator,
      },
    );
}
