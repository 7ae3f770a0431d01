/**
 * Repairs the writer of cosmjs-types 0.11: its `int64` and `uint64` write wrong bytes for values from 2^31 to 2^32 − 1
 * (validator powers, gas, seconds after 2038). All codecs share one writer, so the repair holds for theirs and ours.
 */
import { BinaryWriter } from "cosmjs-types/binary";

const writeInt64 = BinaryWriter.prototype.int64;

function int64(this: BinaryWriter, value: bigint | number | string): BinaryWriter {
  const integer = BigInt(value);
  // The varint of such a value is the same at either width, and that of 32 bits is right.
  return integer >= 0x8000_0000n && integer <= 0xffff_ffffn
    ? this.uint32(Number(integer))
    : writeInt64.call(this, value);
}

BinaryWriter.prototype.int64 = int64;
BinaryWriter.prototype.uint64 = int64;
