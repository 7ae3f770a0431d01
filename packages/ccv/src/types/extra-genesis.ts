/**
 * Rows of stores that the Go form of genesis sections loses, in a section of their own: Go refuses unknown fields
 * inside its sections and passes over unknown sections.
 */
import { fromBase64, prefixEnd, toBase64 } from "@tandem-ics/crypto";
import {
  type AppModule,
  type Context,
  type JsonObject,
  plainError,
  type StoreKey,
} from "@tandem-ics/runtime";

interface Row {
  readonly store: StoreKey;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** First bytes of the keys that a section holds, by store. */
export type ExtraTables = Readonly<Record<StoreKey, readonly number[]>>;

/** `store` may be left out where the section is about one store. Throws an untyped refusal. */
function rowOf(name: string, tables: ExtraTables, row: unknown): Row {
  if (typeof row !== "object" || row === null) throw plainError(`${name}: a row is no object`);
  const [first] = Object.keys(tables);
  const { store = first, key, value } = row as { store?: unknown; key?: unknown; value?: unknown };
  if (typeof store !== "string" || typeof key !== "string" || typeof value !== "string")
    throw plainError(`${name}: a row needs key and value`);
  const read = { store, key: fromBase64(key), value: fromBase64(value) };
  if (!Object.hasOwn(tables, store) || !tables[store]?.includes(read.key[0] ?? -1))
    throw plainError(`${name}: ${key} is no key of this section`);
  return read;
}

/**
 * A module for the rows of `tables`: `{"rows":[{"store","key","value"}]}`, keys and values in base64. It comes after the
 * modules that own the stores. A section with rows says all that there is of its kinds: what those modules have made of
 * their own sections is taken away first.
 */
export function createExtraGenesis(name: string, tables: ExtraTables): AppModule {
  function rowsOf({ rows }: JsonObject): Row[] {
    if (!Array.isArray(rows)) throw plainError(`${name}: rows is no list`);
    return rows.map((row: unknown) => rowOf(name, tables, row));
  }

  const ranges = Object.entries(tables).flatMap(([store, prefixes]) =>
    prefixes.map((prefix) => ({
      store,
      start: Uint8Array.of(prefix),
      end: prefixEnd(Uint8Array.of(prefix)),
    })),
  );

  function* stored(ctx: Context): Iterable<Row> {
    for (const { store, start, end } of ranges)
      for (const [key, value] of ctx.kv(store).iterate({ start, ...(end === undefined ? {} : { end }) }))
        yield { store, key, value };
  }

  return {
    name,
    defaultGenesis: () => ({ rows: [] }),
    validateGenesis(json) {
      rowsOf(json);
    },
    initGenesis(ctx, json) {
      const rows = rowsOf(json);
      if (rows.length === 0) return undefined;
      for (const { store, key } of [...stored(ctx)]) ctx.kv(store).delete(key);
      for (const { store, key, value } of rows) ctx.kv(store).set(key, value);
      return undefined;
    },
    exportGenesis: (ctx) => ({
      rows: Array.from(stored(ctx), ({ store, key, value }) => ({
        store,
        key: toBase64(key),
        value: toBase64(value),
      })),
    }),
  };
}
