/** Requests and responses as bytes (`tendermint.abci.Request`, `Response`), with what their codecs let pass. */
// For its effect: mends the writer and some codecs of cosmjs-types.
import "@tandem-ics/proto";
import { BinaryReader } from "cosmjs-types/binary";
import { Request, Response } from "cosmjs-types/tendermint/abci/types";
import { AbciError, errorText } from "./errors.ts";
import { encodeLength } from "./frames.ts";

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
  const reader = new BinaryReader(bytes);
  const cases = Object.entries(decoded(reader)).filter(([, value]) => value !== undefined);
  // The codec follows lengths of nested messages beyond their end.
  if (reader.pos !== reader.len) throw malformed("lengths do not add up");
  const [found] = cases;
  if (found === undefined) throw malformed("unknown request");
  // Go keeps the last of several. No engine sends several, so this is a broken stream.
  if (cases.length > 1) throw malformed(`${cases.length} requests in one`);
  return { method: found[0], value: found[1] } as AbciRequest;
}

function decoded(reader: BinaryReader): Request {
  try {
    return Request.decode(reader);
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
