/** Refusals of an engine as a query's. */
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import { errorText } from "../errors.ts";
import type { Awaitable } from "./engine-calls.ts";

/** Runs a call; what it refuses has no status of its own, so that it is `Unknown`. @throws GrpcError */
export async function unknownStatus<T>(run: () => Awaitable<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GrpcError) throw error;
    throw new GrpcError(GRPC.unknown, errorText(error), { cause: error });
  }
}
