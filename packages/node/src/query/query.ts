/** Event queries: `tm.event='Tx' AND transfer.amount > 5` (CometBFT `libs/pubsub/query`). */
import { errorText, NodeError } from "../errors.ts";
import { compareDecimals, type Decimal, leadingDecimal, parseDecimal } from "./decimal.ts";
import { createScanner, type Scanner, type TokenKind } from "./scanner.ts";
import { parseDateText, parseTimeText } from "./time-text.ts";

/** How a tag is compared. */
export type Operator = "=" | "<" | "<=" | ">" | ">=" | "CONTAINS" | "EXISTS";

/** What a tag is compared with; `text` is as written, without quotes and keyword. */
export type Argument =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly text: string; readonly value: Decimal }
  | { readonly kind: "time" | "date"; readonly text: string; readonly value: bigint };

/** One condition of a conjunction. The argument is absent for EXISTS only. */
export interface Condition {
  readonly tag: string;
  readonly operator: Operator;
  readonly argument?: Argument;
}

/** Values by `type.key`, in the order of emission. */
export type EventMap = ReadonlyMap<string, readonly string[]>;

/** A parsed query. */
export interface Query {
  readonly conditions: readonly Condition[];
  /** Normalised text: equal for queries that are the same subscription. */
  readonly text: string;
  /** Subscription rule: every condition holds for some value under its tag, independently of the others. */
  matches(events: EventMap): boolean;
}

/** CometBFT prints the number of the token here, not its name. */
const AND_TOKEN = 6;

const OPERATORS: Partial<Record<TokenKind, Operator>> = {
  "<= operator": "<=",
  ">= operator": ">=",
  "< operator": "<",
  "> operator": ">",
  "= operator": "=",
  "CONTAINS operator": "CONTAINS",
  "EXISTS operator": "EXISTS",
};
const OPERATOR_TOKENS = Object.keys(OPERATORS) as TokenKind[];

function require(scanner: Scanner, wanted: readonly TokenKind[]): void {
  let state: "token" | "end";
  try {
    state = scanner.next();
  } catch (error) {
    throw new NodeError("invalidQuery", `offset ${scanner.position}: ${errorText(error)}`);
  }
  if (state === "end") throw new NodeError("invalidQuery", `offset ${scanner.position}: EOF`);
  if (wanted.includes(scanner.kind)) return;
  const list =
    wanted.length === 1 ? wanted[0] : `${wanted.slice(0, -1).join(", ")} or ${wanted[wanted.length - 1]}`;
  throw new NodeError("invalidQuery", `offset ${scanner.position}: got ${scanner.kind}, wanted ${list}`);
}

function argumentOf({ kind, text }: Scanner): Argument {
  switch (kind) {
    case "number":
      return { kind, text, value: parseDecimal(text)! };
    case "timestamp":
      return { kind: "time", text, value: parseTimeText(text) };
    case "datestamp":
      return { kind: "date", text, value: parseDateText(text) };
    default:
      return { kind: "string", text };
  }
}

function parseCondition(scanner: Scanner): Condition {
  require(scanner, ["tag"]);
  const tag = scanner.text;
  require(scanner, OPERATOR_TOKENS);
  const operator = OPERATORS[scanner.kind]!;
  if (operator === "EXISTS") return { tag, operator };
  if (operator === "CONTAINS") require(scanner, ["string"]);
  else if (operator === "=") require(scanner, ["number", "timestamp", "datestamp", "string"]);
  else require(scanner, ["number", "timestamp", "datestamp"]);
  return { tag, operator, argument: argumentOf(scanner) };
}

function conditionText({ tag, operator, argument }: Condition): string {
  if (argument === undefined) return `${tag} ${operator}`;
  const value = { string: `'${argument.text}'`, number: argument.text, time: "", date: "" }[argument.kind];
  return `${tag} ${operator} ${value || `${argument.kind.toUpperCase()} ${argument.text}`}`;
}

const orderHolds = (operator: Operator, order: number): boolean => {
  switch (operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "CONTAINS":
    case "EXISTS":
      return false;
  }
};

function compareMoments(kind: "time" | "date", text: string, with_: bigint): number | undefined {
  try {
    const value = kind === "time" ? parseTimeText(text) : parseDateText(text);
    return value < with_ ? -1 : value > with_ ? 1 : 0;
  } catch {
    return undefined; // a value that is no time matches no time condition
  }
}

/** Whether one event value satisfies a condition; numbers compare with the number that the value begins with. */
export function valueSatisfies({ operator, argument }: Condition, value: string): boolean {
  if (argument === undefined) return true;
  switch (argument.kind) {
    case "string":
      return operator === "CONTAINS" ? value.includes(argument.text) : value === argument.text;
    case "number": {
      const number = leadingDecimal(value);
      return number !== undefined && orderHolds(operator, compareDecimals(number, argument.value));
    }
    case "time":
    case "date": {
      const order = compareMoments(argument.kind, value, argument.value);
      return order !== undefined && orderHolds(operator, order);
    }
  }
}

function conditionHolds(condition: Condition, events: EventMap): boolean {
  for (const value of events.get(condition.tag) ?? []) if (valueSatisfies(condition, value)) return true;
  // a tag that is a whole event type stands for an empty value, so that types can be asked for
  const prefix = `${condition.tag}.`;
  for (const tag of events.keys())
    if (tag.startsWith(prefix) && !tag.includes(".", prefix.length)) return valueSatisfies(condition, "");
  return false;
}

/** Parses a query. Throws NodeError `invalidQuery` with CometBFT's message. */
export function parseQuery(source: string): Query {
  const scanner = createScanner(source);
  const conditions = [parseCondition(scanner)];
  for (;;) {
    let invalid = false;
    try {
      if (scanner.next() === "end") break;
    } catch (error) {
      // A quote that is never closed ends the text for CometBFT's scanner, and so the query.
      if (errorText(error) === "EOF") break;
      invalid = true; // reported below as CometBFT does: without the scanner's own reason
    }
    if (invalid || scanner.kind !== "AND operator")
      throw new NodeError(
        "invalidQuery",
        `offset ${scanner.position}: got ${scanner.kind}, want ${AND_TOKEN}`,
      );
    conditions.push(parseCondition(scanner));
  }
  return {
    conditions,
    text: conditions.map(conditionText).join(" AND "),
    matches: (events) =>
      events.size > 0 && conditions.every((condition) => conditionHolds(condition, events)),
  };
}
