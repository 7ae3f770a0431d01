/** A snapshot as bytes: items with their lengths, compressed (RFC 1950), cut into chunks (SDK `snapshots/stream.go`). */
import { concatBytes } from "@tandem-ics/crypto";
import { Inflate, Zlib } from "fflate";
import { writeUvarint } from "../iavl/node.ts";
import { SnapshotError } from "./errors.ts";
import { decodeItem, encodeItem, type SnapshotItem } from "./items.ts";

/** Bytes of every chunk but the last. */
export const CHUNK_SIZE = 10_000_000;
/** Longest item: the SDK's limit. */
const MAX_ITEM_SIZE = 64_000_000;
const COMPRESSION_LEVEL = 7;
/** What is compressed at once. The output depends on it: all nodes must cut alike to offer the same snapshot. */
const WRITE_SIZE = 32 * 1024;
/** What is decompressed at once: it can grow to no more than 1032 times as much. */
const READ_SIZE = 16 * 1024;
/** A snapshot may grow to this much, and beyond to so many times its size: zeros would fill a disk. */
const FREE_GROWTH = 64_000_000;
const MAX_GROWTH = 100;

/** So many bytes yield something, or they follow the end of the stream. */
const MAX_BARREN = 256 * 1024;
const HEADER_LENGTH = 2;
const TRAILER_LENGTH = 4;

/** Turns items into chunks. */
export interface SnapshotWriter {
  add(item: SnapshotItem): void;
  /** Gives out the last chunk. Nothing may be added afterwards. */
  finish(): void;
}

/** A writer that hands each chunk to `put` as soon as it is full. Equal items give equal chunks, whatever the machine. */
export function createSnapshotWriter(put: (chunk: Uint8Array) => void): SnapshotWriter {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const waiting = new Uint8Array(WRITE_SIZE);
  let used = 0;
  const zlib = new Zlib({ level: COMPRESSION_LEVEL }, (data) => {
    let rest = data;
    while (size + rest.length >= CHUNK_SIZE) {
      const cut = CHUNK_SIZE - size;
      put(concatBytes(...pieces, rest.subarray(0, cut)));
      pieces = [];
      size = 0;
      rest = rest.subarray(cut);
    }
    if (rest.length === 0) return;
    pieces.push(rest);
    size += rest.length;
  });

  function write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + WRITE_SIZE - used);
      waiting.set(bytes.subarray(at, end), used);
      used += end - at;
      at = end;
      if (used < WRITE_SIZE) return;
      zlib.push(waiting, false);
      used = 0;
    }
  }

  const length = new Uint8Array(8);
  return {
    add(item) {
      const bytes = encodeItem(item);
      write(length.subarray(0, writeUvarint(length, 0, bytes.length)));
      write(bytes);
    },
    finish() {
      zlib.push(waiting.subarray(0, used), true);
      if (size > 0) put(concatBytes(...pieces));
    },
  };
}

/** Turns chunks back into items. All methods throw {@link SnapshotError} for what no writer makes. */
export interface SnapshotReader {
  /** Takes the next bytes. Memory stays below one item and a few megabytes. */
  push(chunk: Uint8Array): void;
  /** Checks that the stream ends here. */
  finish(): void;
}

/** A reader that hands each item to `take`. */
export function createSnapshotReader(take: (item: SnapshotItem) => void): SnapshotReader {
  const output: Uint8Array[] = [];
  const inflate = new Inflate((data) => {
    if (data.length > 0) output.push(data);
  });
  const split = createItemSplitter((bytes) => take(decodeItem(bytes)));
  const checksum = createAdler32();
  let header: Uint8Array = new Uint8Array(0);
  /** Last bytes so far: the checksum, if nothing follows. */
  let tail: Uint8Array = new Uint8Array(0);
  let received = 0;
  let grown = 0;
  let barren = 0;

  function decompress(bytes: Uint8Array, final: boolean): void {
    try {
      inflate.push(bytes, final);
    } catch (cause) {
      throw new SnapshotError("malformed compression", { cause });
    }
    barren = output.length > 0 ? 0 : barren + bytes.length;
    if (barren > MAX_BARREN) throw new SnapshotError("bytes follow the end of the snapshot");
    for (const data of output.splice(0)) {
      grown += data.length;
      if (grown > FREE_GROWTH + MAX_GROWTH * received)
        throw new SnapshotError("the snapshot grows beyond measure");
      checksum.add(data);
      split.push(data);
    }
  }

  function push(slice: Uint8Array): void {
    received += slice.length;
    let bytes = concatBytes(tail, slice);
    if (header.length < HEADER_LENGTH) {
      if (bytes.length < HEADER_LENGTH + TRAILER_LENGTH) {
        tail = bytes;
        return;
      }
      header = bytes.slice(0, HEADER_LENGTH);
      assertZlibHeader(header);
      bytes = bytes.subarray(HEADER_LENGTH);
    }
    const cut = Math.max(0, bytes.length - TRAILER_LENGTH);
    tail = bytes.slice(cut);
    if (cut > 0) decompress(bytes.subarray(0, cut), false);
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += READ_SIZE) push(chunk.subarray(at, at + READ_SIZE));
    },
    finish() {
      if (header.length < HEADER_LENGTH) throw new SnapshotError("the snapshot is cut short");
      decompress(new Uint8Array(0), true);
      const sum = new DataView(tail.buffer, tail.byteOffset).getUint32(0);
      if (sum !== checksum.value())
        throw new SnapshotError("the checksum is wrong, or the snapshot is cut short");
      split.finish();
    },
  };
}

/** Deflate without a dictionary; the two bytes check each other. */
function assertZlibHeader(header: Uint8Array): void {
  const [method, flags] = [header[0]!, header[1]!];
  if ((method & 15) !== 8 || (flags & 32) !== 0 || (256 * method + flags) % 31 !== 0)
    throw new SnapshotError("not a zlib stream");
}

/** The checksum of RFC 1950. */
function createAdler32(): { add(bytes: Uint8Array): void; value(): number } {
  const BASE = 65521;
  /** Sums of so many bytes stay below 2^32. */
  const RUN = 5552;
  let a = 1;
  let b = 0;
  return {
    add(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + RUN);
        for (; at < end; at++) {
          a += bytes[at]!;
          b += a;
        }
        a %= BASE;
        b %= BASE;
      }
    },
    value: () => b * 65536 + a,
  };
}

/** Cuts a stream of `varint(length) ‖ item` into items. */
function createItemSplitter(take: (item: Uint8Array) => void): {
  push(data: Uint8Array): void;
  finish(): void;
} {
  let pieces: Uint8Array[] = [];
  let have = 0;
  /** Bytes that the item under way still lacks; `undefined` while its length is read. */
  let need: number | undefined;
  let length = 0;
  let scale = 1;

  function readLength(byte: number): void {
    length += (byte & 0x7f) * scale;
    scale *= 128;
    if (length > MAX_ITEM_SIZE || scale > 2 ** 35) throw new SnapshotError("an item is too long");
    if (byte >= 0x80) return;
    // an empty item would say nothing, and nothing ends a run of them
    if (length === 0) throw new SnapshotError("an item is empty");
    need = length;
    length = 0;
    scale = 1;
  }

  return {
    push(data) {
      for (let at = 0; at < data.length; ) {
        if (need === undefined) {
          readLength(data[at++]!);
          continue;
        }
        const piece = data.subarray(at, at + need - have);
        pieces.push(piece);
        have += piece.length;
        at += piece.length;
        if (have < need) return;
        // a copy: keys and values are kept, the buffer around them is not
        take(concatBytes(...pieces));
        pieces = [];
        have = 0;
        need = undefined;
      }
    },
    finish() {
      if (need !== undefined || scale > 1) throw new SnapshotError("the last item is cut short");
    },
  };
}
