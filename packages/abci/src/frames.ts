/** Frames of the socket protocol: a length as unsigned varint, then so many bytes (CometBFT `libs/protoio`). */
import { AbciError } from "./errors.ts";

/**
 * Longest request in bytes: CometBFT's upper limit of a block (`MaxBlockSizeBytes`), and so of what asks for its
 * execution. A genesis document above it cannot be handed over by socket.
 */
export const MAX_REQUEST_BYTES = 104_857_600;

const MAX_VARINT_BYTES = 10;
const FIRST_CAPACITY = 64 * 1024;
const NOTHING = new Uint8Array();

/** Cuts a stream of bytes into frames. */
export interface FrameReader {
  /** Takes over the next bytes of the stream; they must not change afterwards. */
  push(chunk: Uint8Array): void;
  /**
   * The next whole frame without its length, or undefined while bytes are missing.
   * @throws AbciError `malformedFrame` for a length that is no varint or above the limit. The stream is lost then.
   */
  next(): Uint8Array | undefined;
}

/**
 * Makes a reader. It holds what has arrived, at most twice over, never what is only announced: a length costs a peer
 * nothing to claim. `limit` is the longest frame in bytes.
 */
export function createFrameReader(limit: number = MAX_REQUEST_BYTES): FrameReader {
  let chunk: Uint8Array = NOTHING;
  let position = 0;
  // the length as far as it was read, then the announced one
  let length = 0;
  let lengthBytes = 0;
  let lengthKnown = false;
  let body: Uint8Array = NOTHING;
  let filled = 0;

  function readLength(): void {
    while (!lengthKnown && position < chunk.length) {
      const byte = chunk[position++]!;
      // Above 2^53 digits are lost, and the limit is far below: such a length is refused anyhow.
      length += (byte & 0x7f) * 2 ** (7 * lengthBytes);
      lengthBytes++;
      if (lengthBytes === MAX_VARINT_BYTES && byte > 1)
        throw new AbciError("malformedFrame", "the length of a message is no 64-bit varint");
      lengthKnown = byte < 0x80;
    }
    if (length > limit)
      throw new AbciError(
        "malformedFrame",
        `a message of ${length} bytes exceeds the limit of ${limit} bytes`,
      );
  }

  function append(part: Uint8Array): void {
    const wanted = filled + part.length;
    if (wanted > body.length) {
      const grown = new Uint8Array(Math.min(length, Math.max(wanted, 2 * body.length, FIRST_CAPACITY)));
      grown.set(body.subarray(0, filled));
      body = grown;
    }
    body.set(part, filled);
    filled = wanted;
  }

  function finish(frame: Uint8Array): Uint8Array {
    length = 0;
    lengthBytes = 0;
    lengthKnown = false;
    body = NOTHING;
    filled = 0;
    return frame;
  }

  return {
    push(next) {
      if (position === chunk.length) chunk = next;
      else {
        const joined = new Uint8Array(chunk.length - position + next.length);
        joined.set(chunk.subarray(position));
        joined.set(next, chunk.length - position);
        chunk = joined;
      }
      position = 0;
    },
    next() {
      readLength();
      if (!lengthKnown) return undefined;
      const start = position;
      position = Math.min(chunk.length, start + length - filled);
      const part = chunk.subarray(start, position);
      if (filled === 0 && part.length === length) return finish(part);
      append(part);
      return filled === length ? finish(body) : undefined;
    },
  };
}

/** The length that goes in front of a message of so many bytes. */
export function encodeLength(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
