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
