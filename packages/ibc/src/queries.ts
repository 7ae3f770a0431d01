/** What the query handlers of IBC share: refusals and pages. */
import {
  bytesKey,
  bytesValue,
  CodedError,
  type Context,
  GRPC,
  GrpcError,
  map,
  type Page,
  paginate,
} from "@tandem-ics/runtime";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { IBC_STORE, type IdentifierKind, identifierProblem } from "./24-host/index.ts";

/** Throws `InvalidArgument` unless `id` is well-formed. */
export function assertQueryId(kind: IdentifierKind, id: string): void {
  const problem = identifierProblem(kind, id);
  if (problem !== undefined) throw new GrpcError(GRPC.invalidArgument, `${problem}: invalid identifier`);
}

/** A refusal with status `NotFound`. */
export const notFound = (error: CodedError | string): GrpcError =>
  new GrpcError(GRPC.notFound, typeof error === "string" ? error : error.message);

/** A refusal with status `InvalidArgument`. */
export const invalidArgument = (message: string): GrpcError => new GrpcError(GRPC.invalidArgument, message);

/** Runs `look`; its refusal gets status `NotFound`. */
export function orNotFound<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw notFound(error);
  }
}

/**
 * One page of the keys that start with `prefix`; keys are without it. With a filter ibc-go gives every match that it looked
 * at, also before and behind the page.
 */
export const pageOf = (
  ctx: Context,
  prefix: string,
  request: PageRequest | undefined,
  filter?: (key: Uint8Array, value: Uint8Array) => boolean,
): Page<readonly [Uint8Array, Uint8Array]> =>
  paginate(
    ctx,
    map(IBC_STORE, prefix, bytesKey, bytesValue),
    request,
    filter === undefined ? {} : { filter, everyMatch: true },
  );
