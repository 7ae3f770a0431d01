/**
 * Typed collections over key-value stores: the whole layout of a module's state is a table of these. Key bytes are
 * state-breaking.
 */
import {
  be64,
  compareBytes,
  concatBytes,
  EMPTY,
  fromBe64,
  fromUtf8,
  prefixEnd,
  utf8,
} from "@tandem-ics/crypto";
import type { Context, StoreKey } from "./context.ts";
import { Dec } from "./dec.ts";
import { assert } from "./errors.ts";

/** Values to bytes and back. */
export interface ValueCodec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

/** Keys to bytes and back; `decode` tells how many bytes it took, so that keys compose. */
export interface KeyCodec<K> {
  encode(key: K): Uint8Array;
  /** `prefix ‖ encode(key)` in one array: keys are made for every read and write. */
  encodeAfter?(prefix: Uint8Array, key: K): Uint8Array;
  decode(bytes: Uint8Array, offset: number): { key: K; next: number };
}

const encodeAfter = <K>(prefix: Uint8Array, codec: KeyCodec<K>, key: K): Uint8Array =>
  codec.encodeAfter === undefined ? concatBytes(prefix, codec.encode(key)) : codec.encodeAfter(prefix, key);

/** A protobuf codec as cosmjs-types and ts-proto generate it. */
export interface ProtoCodec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** Protobuf values. */
export const proto = <T>(codec: ProtoCodec<T>): ValueCodec<T> => ({
  encode: (value) => codec.encode(value).finish(),
  decode: (bytes) => codec.decode(bytes),
});

/** Raw bytes. */
export const bytesValue: ValueCodec<Uint8Array> = { encode: (v) => v, decode: (b) => b };
/** UTF-8 text. */
export const textValue: ValueCodec<string> = { encode: utf8, decode: fromUtf8 };
/** 8 bytes big endian, unsigned. */
export const u64Value: ValueCodec<bigint> = { encode: be64, decode: (b) => fromBe64(b) };
/** Decimal digits of an integer of any size and sign. */
export const intValue: ValueCodec<bigint> = {
  encode: (v) => utf8(v.toString()),
  decode: (b) => BigInt(fromUtf8(b)),
};
/** Decimal digits of value × 10^18. */
export const decValue: ValueCodec<Dec> = {
  encode: (v) => utf8(v.toWire()),
  decode: (b) => Dec.fromWire(fromUtf8(b)),
};
/** Protobuf `BoolValue`: nothing for false (SDK `codec/collections.go`). */
export const boolValue: ValueCodec<boolean> = {
  encode: (v) => (v ? Uint8Array.of(0x08, 0x01) : new Uint8Array()),
  decode: (b) => b.length > 0 && b[b.length - 1] === 1,
};
/** Presence alone matters: one byte, 1. */
export const presence: ValueCodec<true> = { encode: () => Uint8Array.of(1), decode: () => true };

/** All bytes that are left: only as the last part of a key. */
export const bytesKey: KeyCodec<Uint8Array> = {
  encode: (key) => key,
  encodeAfter: (prefix, key) => concatBytes(prefix, key),
  decode: (bytes, offset) => ({ key: bytes.slice(offset), next: bytes.length }),
};
function encodeLengthAfter(prefix: Uint8Array, key: Uint8Array): Uint8Array {
  assert(key.length < 256, "a length-prefixed key part is too long");
  const out = new Uint8Array(prefix.length + 1 + key.length);
  out.set(prefix);
  out[prefix.length] = key.length;
  out.set(key, prefix.length + 1);
  return out;
}

/** One length byte, then the bytes (SDK `address.LengthPrefix`). */
export const lengthBytesKey: KeyCodec<Uint8Array> = {
  encode: (key) => encodeLengthAfter(EMPTY, key),
  encodeAfter: encodeLengthAfter,
  decode(bytes, offset) {
    const next = offset + 1 + bytes[offset]!;
    return { key: bytes.slice(offset + 1, next), next };
  },
};
/** Texts in keys are denominations and identifiers: few, and used over and over. */
const TEXT_CACHE_LIMIT = 4096;

function rememberTexts(encode: (text: string) => Uint8Array): (text: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (text) => {
    let bytes = known.get(text);
    if (bytes === undefined) {
      bytes = encode(text);
      if (known.size >= TEXT_CACHE_LIMIT) known.clear();
      known.set(text, bytes);
    }
    return bytes;
  };
}

const encodeText = rememberTexts(utf8);
const encodeLengthText = rememberTexts((text) => {
  const bytes = utf8(text);
  return concatBytes(be64(BigInt(bytes.length)), bytes);
});

/** UTF-8 text to the end: only as the last part of a key. */
export const textKey: KeyCodec<string> = {
  encode: encodeText,
  encodeAfter: (prefix, key) => concatBytes(prefix, encodeText(key)),
  decode: (bytes, offset) => ({ key: fromUtf8(bytes.slice(offset)), next: bytes.length }),
};
/** 8-byte big-endian length, then UTF-8 text, as interchain-security prefixes consumer ids. */
export const lengthTextKey: KeyCodec<string> = {
  encode: encodeLengthText,
  decode(bytes, offset) {
    const next = offset + 8 + Number(fromBe64(bytes, offset));
    return { key: fromUtf8(bytes.slice(offset + 8, next)), next };
  },
};
/** 8 bytes big endian, unsigned: iterates in numeric order. */
export const u64Key: KeyCodec<bigint> = {
  encode: be64,
  decode: (bytes, offset) => ({ key: fromBe64(bytes, offset), next: offset + 8 }),
};

/** Two parts, the first self-delimiting. */
export const pairKey = <A, B>(first: KeyCodec<A>, second: KeyCodec<B>): KeyCodec<readonly [A, B]> => ({
  encode: ([a, b]) => encodeAfter(first.encode(a), second, b),
  encodeAfter: (prefix, [a, b]) => encodeAfter(encodeAfter(prefix, first, a), second, b),
  decode(bytes, offset) {
    const a = first.decode(bytes, offset);
    const b = second.decode(bytes, a.next);
    return { key: [a.key, b.key], next: b.next };
  },
});

/** Three parts, the first two self-delimiting. */
export const tripleKey = <A, B, C>(
  first: KeyCodec<A>,
  second: KeyCodec<B>,
  third: KeyCodec<C>,
): KeyCodec<readonly [A, B, C]> => ({
  encode: ([a, b, c]) => encodeAfter(encodeAfter(first.encode(a), second, b), third, c),
  encodeAfter: (prefix, [a, b, c]) =>
    encodeAfter(encodeAfter(encodeAfter(prefix, first, a), second, b), third, c),
  decode(bytes, offset) {
    const a = first.decode(bytes, offset);
    const b = second.decode(bytes, a.next);
    const c = third.decode(bytes, b.next);
    return { key: [a.key, b.key, c.key], next: c.next };
  },
});

/** A single value. */
export interface Item<V> {
  get(ctx: Context): V | undefined;
  /** Throws InvariantError when absent: for values that genesis always writes. */
  require(ctx: Context): V;
  has(ctx: Context): boolean;
  set(ctx: Context, value: V): void;
  remove(ctx: Context): void;
}

/** A single value under the key `prefix`. */
export function item<V>(store: StoreKey, prefix: Uint8Array | string, codec: ValueCodec<V>): Item<V> {
  const key = typeof prefix === "string" ? utf8(prefix) : prefix;
  const get = (ctx: Context): V | undefined => {
    const bytes = ctx.kv(store).get(key);
    return bytes === undefined ? undefined : codec.decode(bytes);
  };
  return {
    get,
    require(ctx) {
      const value = get(ctx);
      assert(value !== undefined, `store ${store} has no value under its required key`);
      return value;
    },
    has: (ctx) => ctx.kv(store).has(key),
    set: (ctx, value) => ctx.kv(store).set(key, codec.encode(value)),
    remove: (ctx) => ctx.kv(store).delete(key),
  };
}

/** Part of a map to walk: keys whose encoding starts with `prefix`, within [start, end) after it. */
export interface Range {
  readonly prefix?: Uint8Array;
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
  readonly reverse?: boolean;
}

/** Values by key, in the order of the key bytes. */
export interface KeyedMap<K, V> {
  readonly key: KeyCodec<K>;
  get(ctx: Context, key: K): V | undefined;
  has(ctx: Context, key: K): boolean;
  set(ctx: Context, key: K, value: V): void;
  remove(ctx: Context, key: K): void;
  /** Safe against writes to the map while walking. */
  entries(ctx: Context, range?: Range): Iterable<readonly [K, V]>;
  keys(ctx: Context, range?: Range): K[];
  values(ctx: Context, range?: Range): V[];
  /** Removes every key of the range. */
  clear(ctx: Context, range?: Range): void;
}

/** Values under `prefix ‖ key`. */
export function map<K, V>(
  store: StoreKey,
  prefix: Uint8Array | string,
  keyCodec: KeyCodec<K>,
  codec: ValueCodec<V>,
): KeyedMap<K, V> {
  const base = typeof prefix === "string" ? utf8(prefix) : prefix;
  const full = (key: K): Uint8Array => encodeAfter(base, keyCodec, key);
  function* raw(ctx: Context, range: Range = {}): Iterable<readonly [Uint8Array, Uint8Array]> {
    const from = concatBytes(base, range.prefix ?? EMPTY);
    const start = range.start === undefined ? from : concatBytes(from, range.start);
    const end = range.end === undefined ? prefixEnd(from) : concatBytes(from, range.end);
    if (end !== undefined && compareBytes(start, end) >= 0) return;
    yield* ctx.kv(store).iterate({
      start,
      ...(end === undefined ? {} : { end }),
      ...(range.reverse === undefined ? {} : { reverse: range.reverse }),
    });
  }
  const decodeKey = (bytes: Uint8Array): K => keyCodec.decode(bytes, base.length).key;
  return {
    key: keyCodec,
    get(ctx, key) {
      const bytes = ctx.kv(store).get(full(key));
      return bytes === undefined ? undefined : codec.decode(bytes);
    },
    has: (ctx, key) => ctx.kv(store).has(full(key)),
    set: (ctx, key, value) => ctx.kv(store).set(full(key), codec.encode(value)),
    remove: (ctx, key) => ctx.kv(store).delete(full(key)),
    *entries(ctx, range) {
      for (const [key, value] of raw(ctx, range)) yield [decodeKey(key), codec.decode(value)] as const;
    },
    keys: (ctx, range) => Array.from(raw(ctx, range), ([key]) => decodeKey(key)),
    values: (ctx, range) => Array.from(raw(ctx, range), ([, value]) => codec.decode(value)),
    clear(ctx, range) {
      for (const [key] of [...raw(ctx, range)]) ctx.kv(store).delete(key);
    },
  };
}
