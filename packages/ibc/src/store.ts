/** Access to the IBC store by the text paths of ICS-24. */
import { concatBytes, prefixEnd, utf8 } from "@tandem-ics/crypto";
import type { Context, ValueCodec } from "@tandem-ics/runtime";
import type { KeyRange, KvStore } from "@tandem-ics/store";
import { IBC_STORE } from "./24-host/index.ts";

/** Values of one type under paths. */
export interface Stored<V> {
  get(ctx: Context, path: string): V | undefined;
  has(ctx: Context, path: string): boolean;
  set(ctx: Context, path: string, value: V): void;
  remove(ctx: Context, path: string): void;
}

/** Values of one type in the IBC store. An empty value counts as absent, as in ibc-go. */
export const stored = <V>(codec: ValueCodec<V>, store: string = IBC_STORE): Stored<V> => ({
  get(ctx, path) {
    const bytes = ctx.kv(store).get(utf8(path));
    return bytes === undefined || bytes.length === 0 ? undefined : codec.decode(bytes);
  },
  has: (ctx, path) => ctx.kv(store).has(utf8(path)),
  set: (ctx, path, value) => ctx.kv(store).set(utf8(path), codec.encode(value)),
  remove: (ctx, path) => ctx.kv(store).delete(utf8(path)),
});

/** The part of `store` whose keys start with `prefix`, without it. */
export function prefixStore(store: KvStore, prefix: Uint8Array): KvStore {
  const full = (key: Uint8Array): Uint8Array => concatBytes(prefix, key);
  return {
    get: (key) => store.get(full(key)),
    has: (key) => store.has(full(key)),
    set: (key, value) => store.set(full(key), value),
    delete: (key) => store.delete(full(key)),
    *iterate({ start, end, reverse }: KeyRange = {}) {
      const last = end === undefined ? prefixEnd(prefix) : full(end);
      const range: KeyRange = {
        start: start === undefined ? prefix : full(start),
        ...(last === undefined ? {} : { end: last }),
        ...(reverse === undefined ? {} : { reverse }),
      };
      for (const [key, value] of store.iterate(range)) yield [key.slice(prefix.length), value] as const;
    },
  };
}
