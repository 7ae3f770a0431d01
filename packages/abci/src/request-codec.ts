/** Requests and responses as bytes (`tendermint.abci.Request`, `Response`), with what their codecs let pass. */
// For its effect: mends the writer and some codecs of cosmjs-types.
import "@tandem-ics/proto";
import { BinaryReader, WireType } from "cosmjs-types/binary";
import { Request, Response } from "cosmjs-types/tendermint/abci/types";
import { AbciError, errorText } from "./errors.ts";
import { encodeLength } from "./frames.ts";

// Tag and length, at most five bytes each.
const MAX_FIELD_START_BYTES = 10;

/** What a request may ask for: the names of the cases of `tendermint.abci.Request`. */
export type AbciMethod = keyof Request;
/** One case of a request with what it carries. */
export type AbciRequest = {
  [M in AbciMethod]: { readonly method: M; readonly value: NonNullable<Request[M]> };
}[AbciMethod];

/**
 * Reads a request.
 * @throws AbciError `malformedRequest` for bytes that are no request, and for a request of no known case.
 */
export function decodeRequest(bytes: Uint8Array): AbciRequest {
  assertOneField(bytes);
  const found = Object.entries(readable(() => Request.decode(bytes))).find(
    ([, value]) => value !== undefined,
  );
  if (found === undefined) throw malformed("unknown request");
  return { method: found[0], value: found[1] } as AbciRequest;
}

/**
 * Refuses bytes that are not one message field from beginning to end. The codec would follow the length of a part
 * beyond the end of its request, and take several requests in one, of which Go keeps the last; no engine sends either.
 */
function assertOneField(bytes: Uint8Array): void {
  if (bytes.length === 0) throw malformed("unknown request");
  const whole = readable(() => {
    const start = new BinaryReader(bytes.subarray(0, MAX_FIELD_START_BYTES));
    const isMessage = (start.uint32() & 7) === WireType.Bytes;
    return isMessage && start.uint32() + start.pos === bytes.length;
  });
  if (!whole) throw malformed("its length does not add up");
}

/** The codec's errors, among them those of a stack that nested groups exhaust, as ours. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw malformed(errorText(error), error);
  }
}

const malformed = (reason: string, cause?: unknown): AbciError =>
  new AbciError("malformedRequest", `not an ABCI request: ${reason}`, { cause });

/** A response as two pieces to write: its length, its bytes. */
export function encodeResponse(response: Response): readonly [Uint8Array, Uint8Array] {
  const bytes = Response.encode(response).finish();
  return [encodeLength(bytes.length), bytes];
}
