/** Value codecs of the CCV stores that are Go's own and no protobuf. */
import { EMPTY } from "@tandem-ics/crypto";
import type { ProtoCodec, ValueCodec } from "@tandem-ics/runtime";

/** Presence alone matters: no bytes, as interchain-security writes flags. */
export const flag: ValueCodec<true> = { encode: () => EMPTY, decode: () => true };

/**
 * Protobuf values that are read far more often than written. Stores hand out the same array for an unchanged row, and
 * neither arrays nor messages are ever changed in place, so that each array is decoded once.
 */
export function cachedProto<T extends object>(codec: ProtoCodec<T>): ValueCodec<T> {
  const cache = new WeakMap<Uint8Array, T>();
  return {
    encode: (value) => codec.encode(value).finish(),
    decode(bytes) {
      let value = cache.get(bytes);
      if (value === undefined) {
        value = codec.decode(bytes);
        cache.set(bytes, value);
      }
      return value;
    },
  };
}

/**
 * The same for rows that are written again and again, most of them as they were: what was written is not decoded, and what
 * was read is not encoded again. Values must be complete, as decoding gives them.
 */
export function rememberedProto<T extends object>(codec: ProtoCodec<T>): ValueCodec<T> {
  const { decode, encode } = cachedProto(codec);
  const written = new WeakMap<Uint8Array, T>();
  const bytesOf = new WeakMap<T, Uint8Array>();
  return {
    encode(value) {
      let bytes = bytesOf.get(value);
      if (bytes === undefined) {
        bytes = encode(value);
        bytesOf.set(value, bytes);
        written.set(bytes, value);
      }
      return bytes;
    },
    decode(bytes) {
      const known = written.get(bytes);
      if (known !== undefined) return known;
      const value = decode(bytes);
      bytesOf.set(value, bytes);
      return value;
    },
  };
}
