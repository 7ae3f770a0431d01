/**
 * Quicker reading for cosmjs-types 0.11, with equal results: its reader makes a bound function for every varint, a decimal
 * text for every 64-bit integer and two arrays for every string, and a node decodes little else. Only the common cases are
 * read here, small integers and ASCII; all others take the library's own way.
 */
import { BinaryReader } from "cosmjs-types/binary";
import { varint64read } from "cosmjs-types/varint";

const { uint32: readUint32, string: readString } = BinaryReader.prototype;
/** Reads bytes as characters in one call, where there is such a one (Node). */
const latin1Slice = (
  globalThis as {
    Buffer?: { prototype: { latin1Slice?(this: Uint8Array, start: number, end: number): string } };
  }
).Buffer?.prototype.latin1Slice;

BinaryReader.prototype.uint32 = function (this: BinaryReader): number {
  const { pos } = this;
  if (pos < this.len) {
    const first = this.buf[pos]!;
    if (first < 0x80) {
      this.pos = pos + 1;
      return first;
    }
    if (pos + 1 < this.len) {
      const second = this.buf[pos + 1]!;
      if (second < 0x80) {
        this.pos = pos + 2;
        return (first & 0x7f) | (second << 7);
      }
    }
  }
  return readUint32.call(this);
};

function read64(reader: BinaryReader, signed: boolean): bigint {
  const { pos } = reader;
  if (pos < reader.len && reader.buf[pos]! < 0x80) {
    reader.pos = pos + 1;
    return BigInt(reader.buf[pos]!);
  }
  const [lo, hi] = varint64read.call(reader);
  if (hi === 0) return BigInt(lo >>> 0);
  const bits = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
  return signed ? BigInt.asIntN(64, bits) : bits;
}

BinaryReader.prototype.int64 = function (this: BinaryReader): bigint {
  return read64(this, true);
};

BinaryReader.prototype.uint64 = function (this: BinaryReader): bigint {
  return read64(this, false);
};

if (latin1Slice !== undefined)
  BinaryReader.prototype.string = function (this: BinaryReader): string {
    const { pos } = this;
    const length = this.uint32();
    const start = this.pos;
    const end = start + length;
    let at = start;
    if (end <= this.len) while (at < end && this.buf[at]! < 0x80) at++;
    if (at < end || end > this.len) {
      this.pos = pos;
      return readString.call(this);
    }
    this.pos = end;
    return latin1Slice.call(this.buf, start, end);
  };
