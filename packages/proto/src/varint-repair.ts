/**
 * Repairs the writer of cosmjs-types 0.11. Its `int64` and `uint64` write wrong bytes for values from 2^31 to 2^32 − 1
 * (validator powers, gas, seconds after 2038). Its `alloc` makes a pool of 8 KiB for every message, so that each stored
 * value would hold on to 8 KiB. All codecs share one writer, so the repairs hold for theirs and ours.
 */
import { BinaryWriter } from "cosmjs-types/binary";

const writeInt64 = BinaryWriter.prototype.int64;

function int64(this: BinaryWriter, value: bigint | number | string): BinaryWriter {
  const integer = BigInt(value);
  // The varint of such a value is the same at either width, and that of 32 bits is right, and quicker.
  return integer >= 0n && integer <= 0xffff_ffffn
    ? this.uint32(Number(integer))
    : writeInt64.call(this, value);
}

BinaryWriter.prototype.int64 = int64;
BinaryWriter.prototype.uint64 = int64;
BinaryWriter.alloc = (size: number): Uint8Array => new Uint8Array(size);
