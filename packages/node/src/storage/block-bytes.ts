/** Parts of encoded blocks, read without decoding the rest. */
import { BinaryReader } from "cosmjs-types/binary";

const DATA_FIELD = 2;
const TXS_FIELD = 1;

/** Bytes of transaction `index` in an encoded `Block`, or undefined. A view, not a copy. */
export function txInBlockBytes(block: Uint8Array, index: number): Uint8Array | undefined {
  const reader = new BinaryReader(block);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 !== DATA_FIELD) {
      reader.skipType(tag & 7);
      continue;
    }
    const end = reader.uint32() + reader.pos;
    let at = 0;
    while (reader.pos < end) {
      const inner = reader.uint32();
      if (inner >>> 3 !== TXS_FIELD || at++ !== index) {
        reader.skipType(inner & 7);
        continue;
      }
      const length = reader.uint32();
      return block.subarray(reader.pos, reader.pos + length);
    }
    return undefined;
  }
  return undefined;
}
