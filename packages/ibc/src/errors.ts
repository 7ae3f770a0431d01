/** Errors that all IBC modules share (ibc-go `core/errors`): codespace `ibc`. */
import { CodedError, defineErrors, PANIC_CODE, sdkErrors, UNDEFINED_CODESPACE } from "@tandem-ics/runtime";

/** Registered errors of codespace `ibc`. */
export const ibcErrors = defineErrors("ibc", {
  invalidSequence: [1, "invalid sequence"],
  unauthorized: [2, "unauthorized"],
  insufficientFunds: [3, "insufficient funds"],
  unknownRequest: [4, "unknown request"],
  invalidAddress: [5, "invalid address"],
  invalidCoins: [6, "invalid coins"],
  outOfGas: [7, "out of gas"],
  invalidRequest: [8, "invalid request"],
  invalidHeight: [9, "invalid height"],
  invalidVersion: [10, "invalid version"],
  invalidChainId: [11, "invalid chain-id"],
  invalidType: [12, "invalid type"],
  packAny: [13, "failed packing protobuf message to Any"],
  unpackAny: [14, "failed unpacking protobuf message from Any"],
  logic: [15, "internal logic error"],
  notFound: [16, "not found"],
});

/**
 * Whether an error ends the transaction even where refusals are answered, as Go's panics do: out of gas, and a fault
 * that an application reports as `undefined/111222`.
 */
export const isTransactionAbort = (error: unknown): boolean =>
  !(error instanceof CodedError) ||
  sdkErrors.outOfGas.is(error) ||
  (error.codespace === UNDEFINED_CODESPACE && error.code === PANIC_CODE);
