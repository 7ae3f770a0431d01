/**
 * Old parameters of governance: the only ones that the Go application still registers (SDK x/gov `types/v1/params_legacy.go`).
 * Nobody reads them any more. Values are amino JSON: 64-bit integers are strings, durations are nanoseconds.
 */
import { isJsonObject, type JsonValue, parseJson, stringifyJson } from "@tandem-ics/proto";
import {
  areValidCoins,
  CodedError,
  type Coin,
  Dec,
  formatCoins,
  intFromWire,
  plainError,
} from "@tandem-ics/runtime";

/** Changes a stored value by a given one, both JSON text, and gives the new text. Throws `undefined/1`. */
export type ParamUpdate = (stored: string | undefined, given: string) => string;

type Fields = Readonly<Record<string, (value: JsonValue | undefined) => JsonValue>>;

const fail = (text: string): CodedError => plainError(text);

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw fail("expected text in JSON");
  return value;
}

function share(what: string, least: "zero" | "positive"): (value: JsonValue | undefined) => JsonValue {
  return (value) => {
    const text = textOf(value);
    let dec: Dec;
    try {
      dec = Dec.parse(text);
    } catch (cause) {
      throw plainError(`invalid ${what} string: ${cause instanceof Error ? cause.message : ""}`, { cause });
    }
    if (dec.isNegative() || (least === "positive" && dec.isZero()))
      throw fail(`${what} must be positive: ${dec}`);
    if (dec.gt(Dec.ONE)) throw fail(`${what} too large: ${dec}`);
    return text;
  };
}

function period(what: string): (value: JsonValue | undefined) => JsonValue {
  return (value) => {
    if (value === undefined || value === null) throw fail(`${what} must not be nil`);
    const text = textOf(value);
    if (!/^-?\d{1,19}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text))
      throw fail(`invalid 64-bit integer ${JSON.stringify(text)}`);
    if (BigInt(text) <= 0n) throw fail(`${what} must be positive: ${text}`);
    return BigInt(text).toString();
  };
}

function coins(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw fail("expected a list of coins in JSON");
  const read: Coin[] = value.map((coin) => {
    if (!isJsonObject(coin)) throw fail("expected a coin in JSON");
    return { denom: textOf(coin["denom"]), amount: intFromWire(textOf(coin["amount"])) };
  });
  if (!areValidCoins(read)) throw fail(`invalid minimum deposit: ${formatCoins(read)}`);
  return read.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
}

/** An update of an object with these fields, which stay when the given object does not name them. */
function objectOf(fields: Fields): ParamUpdate {
  const read = (text: string): { [key: string]: JsonValue } => {
    const json = parseJson(text);
    if (!isJsonObject(json)) throw fail("expected an object in JSON");
    return json;
  };
  return (stored, given) => {
    const merged = { ...(stored === undefined ? {} : read(stored)), ...parsed(() => read(given)) };
    return stringifyJson(
      Object.fromEntries(Object.entries(fields).map(([name, check]) => [name, check(merged[name])])),
    );
  };
}

/** What is no JSON is a refusal, whatever the parser calls it. */
function parsed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw plainError(error instanceof Error ? error.message : "malformed JSON", { cause: error });
  }
}

/** Updates by key. */
export const GOV_SUBSPACE: ReadonlyMap<string, ParamUpdate> = new Map([
  ["depositparams", objectOf({ min_deposit: coins, max_deposit_period: period("maximum deposit period") })],
  ["votingparams", objectOf({ voting_period: period("voting period") })],
  [
    "tallyparams",
    objectOf({
      quorum: share("quorum", "zero"),
      threshold: share("threshold", "positive"),
      veto_threshold: share("vetoThreshold", "positive"),
    }),
  ],
]);
