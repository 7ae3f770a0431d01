/** Which blocks of the window a validator missed: a bitmap in pieces (SDK x/slashing `keeper/signing_info.go`). */
import { be64, concatBytes, fromBe64 } from "@tandem-ics/crypto";
import {
  bytesValue,
  type Context,
  type KeyedMap,
  lengthBytesKey,
  map,
  pairKey,
  u64Key,
} from "@tandem-ics/runtime";
import { SLASHING_STORE } from "./state.ts";

/** Bits of a piece. */
const CHUNK_BITS = 1024n;
const WORD_BITS = 64;
/** Number of bits in 8 bytes, then words of 64 bits, big endian, as the Go bitset library writes them. */
const HEADER_BYTES = 8;
const CHUNK_BYTES = HEADER_BYTES + Number(CHUNK_BITS) / 8;

/** Reads and writes the bitmaps. Addresses are consensus addresses. */
export interface MissedBlocks {
  /** False where nothing was ever written. */
  has(ctx: Context, consAddr: Uint8Array, index: bigint): boolean;
  set(ctx: Context, consAddr: Uint8Array, index: bigint, missed: boolean): void;
  /** Indexes of missed blocks, ascending. */
  indexes(ctx: Context, consAddr: Uint8Array): bigint[];
  clear(ctx: Context, consAddr: Uint8Array): void;
}

/** Byte of a piece that holds the bit, and its mask: within a word the last byte has the lowest bits. */
function place(index: bigint): { at: number; mask: number } {
  const bit = Number(index % CHUNK_BITS);
  const word = Math.floor(bit / WORD_BITS);
  const byteOfWord = 7 - Math.floor((bit % WORD_BITS) / 8);
  return { at: HEADER_BYTES + word * 8 + byteOfWord, mask: 1 << (bit % 8) };
}

/** The bitmaps of the module's store. */
export function createMissedBlocks(): MissedBlocks {
  const chunks: KeyedMap<readonly [Uint8Array, bigint], Uint8Array> = map(
    SLASHING_STORE,
    Uint8Array.of(0x02),
    pairKey(lengthBytesKey, u64Key),
    bytesValue,
  );
  return {
    has(ctx, consAddr, index) {
      const chunk = chunks.get(ctx, [consAddr, index / CHUNK_BITS]);
      if (chunk === undefined) return false;
      const { at, mask } = place(index);
      return (chunk[at]! & mask) !== 0;
    },
    set(ctx, consAddr, index, missed) {
      const key = [consAddr, index / CHUNK_BITS] as const;
      const old = chunks.get(ctx, key);
      const chunk = old?.slice() ?? concatBytes(be64(CHUNK_BITS), new Uint8Array(CHUNK_BYTES - HEADER_BYTES));
      const { at, mask } = place(index);
      chunk[at] = missed ? chunk[at]! | mask : chunk[at]! & ~mask;
      chunks.set(ctx, key, chunk);
    },
    indexes(ctx, consAddr) {
      const found: bigint[] = [];
      for (const [[, number], chunk] of chunks.entries(ctx, { prefix: lengthBytesKey.encode(consAddr) })) {
        for (let bit = 0n; bit < fromBe64(chunk); bit++) {
          const { at, mask } = place(bit);
          if ((chunk[at]! & mask) !== 0) found.push(number * CHUNK_BITS + bit);
        }
      }
      return found;
    },
    clear: (ctx, consAddr) => chunks.clear(ctx, { prefix: lengthBytesKey.encode(consAddr) }),
  };
}
