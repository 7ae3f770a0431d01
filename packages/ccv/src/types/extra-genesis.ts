/**
 * Rows of a store that the Go form of a genesis section loses, in a section of their own: Go refuses unknown fields
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
  readonly key: string;
  readonly value: string;
}

function isRow(row: unknown): row is Row {
  if (typeof row !== "object" || row === null) return false;
  const { key, value } = row as Partial<Row>;
  return typeof key === "string" && typeof value === "string";
}

/**
 * A module for the rows of `store` whose keys start with one of `prefixes`: `{"rows":[{"key","value"}]}` in base64. It
 * comes after the module that owns the store.
 */
export function createExtraGenesis(name: string, store: StoreKey, prefixes: readonly number[]): AppModule {
  /** Throws an untyped refusal for other JSON and for rows that the section may not hold. */
  function rowsOf({ rows }: JsonObject): [Uint8Array, Uint8Array][] {
    if (!Array.isArray(rows)) throw plainError(`${name}: rows is no list`);
    return rows.map((row: unknown) => {
      if (!isRow(row)) throw plainError(`${name}: a row needs key and value`);
      const key = fromBase64(row.key);
      if (!prefixes.includes(key[0] ?? -1)) throw plainError(`${name}: ${row.key} is no key of this section`);
      return [key, fromBase64(row.value)];
    });
  }

  const exportRows = (ctx: Context): JsonObject[] =>
    prefixes.flatMap((prefix) => {
      const start = Uint8Array.of(prefix);
      const rows = ctx.kv(store).iterate({ start, end: prefixEnd(start)! });
      return Array.from(rows, ([key, value]) => ({ key: toBase64(key), value: toBase64(value) }));
    });

  return {
    name,
    defaultGenesis: () => ({ rows: [] }),
    validateGenesis(json) {
      rowsOf(json);
    },
    initGenesis(ctx, json) {
      for (const [key, value] of rowsOf(json)) ctx.kv(store).set(key, value);
      return undefined;
    },
    exportGenesis: (ctx) => ({ rows: exportRows(ctx) }),
  };
}
