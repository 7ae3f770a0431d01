/** Errors of CometBFT clients (ibc-go `07-tendermint/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `07-tendermint`. */
export const tendermintErrors = defineErrors("07-tendermint", {
  invalidChainId: [2, "invalid chain-id"],
  invalidTrustingPeriod: [3, "invalid trusting period"],
  invalidUnbondingPeriod: [4, "invalid unbonding period"],
  invalidHeaderHeight: [5, "invalid header height"],
  invalidHeader: [6, "invalid header"],
  invalidMaxClockDrift: [7, "invalid max clock drift"],
  processedTimeNotFound: [8, "processed time not found"],
  processedHeightNotFound: [9, "processed height not found"],
  delayPeriodNotPassed: [10, "packet-specified delay period has not been reached"],
  trustingPeriodExpired: [11, "time since latest trusted state has passed the trusting period"],
  unbondingPeriodExpired: [12, "time since latest trusted state has passed the unbonding period"],
  invalidProofSpecs: [13, "invalid proof specs"],
  invalidValidatorSet: [14, "invalid validator set"],
  invalidTrustLevel: [15, "invalid trust level"],
});
