/**
 * What interchain-security's genesis form loses, as rows of the store: a section of its own beside `provider`, since Go
 * refuses unknown fields inside that one and passes over unknown sections.
 */
import { fromBase64, prefixEnd, toBase64 } from "@tandem-ics/crypto";
import { type AppModule, type Context, type JsonObject, plainError } from "@tandem-ics/runtime";
import * as state from "./state.ts";

/** Key of the section. */
export const EXTRA_GENESIS = "provider_extra";

/**
 * First bytes of the rows that Go's form omits: slash meter and candidate, slash acks and init heights and pending
 * packets whatever the channel, slash log, denominations, evidence heights, sets, opt-ins, lists, commission, minimum
 * power, ids, chain ids, owners, metadata, parameters, phases, removal times, queues, allocations.
 */
const PREFIXES: readonly number[] = [
  3, 4, 15, 16, 17, 26, 27, 29, 31, 32, 36, 37, 39, 40, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 54, 55, 56, 57, 58, 59,
];

interface Row {
  readonly key: string;
  readonly value: string;
}

function isRow(row: unknown): row is Row {
  if (typeof row !== "object" || row === null) return false;
  const { key, value } = row as Partial<Row>;
  return typeof key === "string" && typeof value === "string";
}

/** Rows with base64 bytes. Throws an untyped refusal for other JSON and for rows that the section may not hold. */
function rowsOf({ rows }: JsonObject): [Uint8Array, Uint8Array][] {
  if (!Array.isArray(rows)) throw plainError(`${EXTRA_GENESIS}: rows is no list`);
  return rows.map((row: unknown) => {
    if (!isRow(row)) throw plainError(`${EXTRA_GENESIS}: a row needs key and value`);
    const key = fromBase64(row.key);
    if (!PREFIXES.includes(key[0] ?? -1)) throw plainError(`${EXTRA_GENESIS}: ${row.key} is no key of this section`);
    return [key, fromBase64(row.value)];
  });
}

/** The module of the section; it shares the provider's store. */
export const createExtraGenesis = (): AppModule => ({
  name: EXTRA_GENESIS,
  defaultGenesis: () => ({ rows: [] }),
  validateGenesis(json) {
    rowsOf(json);
  },
  initGenesis(ctx, json) {
    const store = ctx.kv(state.STORE);
    for (const [key, value] of rowsOf(json)) store.set(key, value);
    return undefined;
  },
  exportGenesis: (ctx) => ({ rows: exportRows(ctx) }),
});

const exportRows = (ctx: Context): JsonObject[] =>
  PREFIXES.flatMap((prefix) => {
    const start = Uint8Array.of(prefix);
    const rows = ctx.kv(state.STORE).iterate({ start, end: prefixEnd(start)! });
    return Array.from(rows, ([key, value]) => ({ key: toBase64(key), value: toBase64(value) }));
  });
