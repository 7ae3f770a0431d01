/** How queries of staking refuse what is missing. */
import { GRPC, GrpcError } from "@tandem-ics/runtime";

/** Throws InvalidArgument for an empty text. */
export function assertGiven(text: string, what: string): void {
  if (text === "") throw new GrpcError(GRPC.invalidArgument, `${what} address cannot be empty`);
}
