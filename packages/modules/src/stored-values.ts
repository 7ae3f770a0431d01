/** Value codecs that several modules store with. */
import { BinaryReader, BinaryWriter } from "@tandem-ics/proto";
import { proto, type ValueCodec } from "@tandem-ics/runtime";
import { IntProto } from "cosmjs-types/cosmos/base/v1beta1/coin";

/**
 * `codec` with a memory of what byte arrays decode to. Stores keep arrays by reference, so values that many blocks read
 * are decoded once. Only for immutable values.
 */
export function remembered<V extends object>(codec: ValueCodec<V>): ValueCodec<V> {
  const known = new WeakMap<Uint8Array, V>();
  return {
    encode(value) {
      const bytes = codec.encode(value);
      known.set(bytes, value);
      return bytes;
    },
    decode(bytes) {
      let value = known.get(bytes);
      if (value === undefined) {
        value = codec.decode(bytes);
        known.set(bytes, value);
      }
      return value;
    },
  };
}

/** `google.protobuf.Int64Value`: field 1 as a varint, nothing for zero. */
export const int64Value: ValueCodec<bigint> = {
  encode(value) {
    const writer = BinaryWriter.create();
    if (value !== 0n) writer.uint32(8).int64(value);
    return writer.finish();
  },
  decode: (bytes) => varintField(bytes),
};

function varintField(bytes: Uint8Array): bigint {
  const reader = new BinaryReader(bytes);
  let value = 0n;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 8) value = reader.int64();
    else reader.skipType(tag & 7);
  }
  return value;
}

/** `google.protobuf.BytesValue`: field 1, nothing for no bytes. */
export const wrappedBytesValue: ValueCodec<Uint8Array> = {
  encode(value) {
    const writer = BinaryWriter.create();
    if (value.length > 0) writer.uint32(10).bytes(value);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new BinaryReader(bytes);
    let value: Uint8Array = new Uint8Array(0);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 10) value = reader.bytes();
      else reader.skipType(tag & 7);
    }
    return value;
  },
};

const intProto = proto(IntProto);

/** `cosmos.base.v1beta1.IntProto`: decimal digits in field 1. */
export const intProtoValue: ValueCodec<bigint> = {
  encode: (value) => intProto.encode({ int: value.toString() }),
  decode: (bytes) => BigInt(intProto.decode(bytes).int),
};
