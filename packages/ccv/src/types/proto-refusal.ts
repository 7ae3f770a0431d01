/** Refusals of protobuf and JSON input as refusals of the state machine. */
import { ProtoError } from "@tandem-ics/proto";
import { plainError } from "@tandem-ics/runtime";

/** Runs a decoder; what it refuses becomes an untyped refusal, as in Go. */
export function checkProto<T>(context: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    throw plainError(`${context}: ${error.message}`, { cause: error });
  }
}
