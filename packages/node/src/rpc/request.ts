/** Requests as CometBFT reads them: single, in batches, or notifications without an id (`rpc/jsonrpc/types`). */
import type { JsonValue } from "@tandem-ics/comet";
import type { RpcId } from "./endpoint.ts";
import { goKind, jsonSyntaxError, MAX_DEPTH, rawElements, rawMembers } from "./go-json.ts";

/** A call to be answered. */
export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: JsonValue | undefined;
  /** Raw text of `params`. */
  paramsText(): string;
}

/** A body that holds no request; the message is Go's. */
export class RequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RequestError";
  }
}

// What Go calls the type that a request is first read into.
const GO_REQUEST =
  'struct { JSONRPC string "json:\\"jsonrpc\\""; ID interface {} "json:\\"id,omitempty\\""; ' +
  'Method string "json:\\"method\\""; Params json.RawMessage "json:\\"params\\"" }';

const cannotRead = (value: JsonValue): RequestError =>
  new RequestError(`json: cannot unmarshal ${goKind(value)} into Go value of type ${GO_REQUEST}`);

const FIELDS = ["jsonrpc", "id", "method", "params"] as const;
type Field = (typeof FIELDS)[number];

/** Member names match in any case, the last one counts. */
function fieldOf(name: string): Field | undefined {
  const lower = name.toLowerCase() as Field;
  return FIELDS.includes(lower) ? lower : undefined;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Ids that are numbers lose their fraction, as in Go. */
function idOf(id: JsonValue): RpcId {
  if (typeof id === "string") return id;
  if (typeof id === "number") {
    const whole = Number.isFinite(id) ? BigInt(Math.trunc(id)) : INT64_MIN;
    return Number(whole < INT64_MIN || whole > INT64_MAX ? INT64_MIN : whole);
  }
  const type = { bool: "bool", array: "[]interface {}", object: "map[string]interface {}" }[
    goKind(id) as "bool" | "array" | "object"
  ];
  throw new RequestError(`json-rpc ID (${goText(id)}) is of unknown type (${type})`);
}

/** Go's `%v`. */
function goText(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, member]) => `${key}:${goText(member)}`).join(" ")}]`;
}

/** One request out of parsed JSON; undefined for a notification. Throws {@link RequestError}. */
export function readRequest(value: JsonValue, text: () => string): RpcRequest | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw cannotRead(value);
  const fields = new Map<Field, JsonValue>();
  for (const [name, member] of Object.entries(value)) {
    const field = fieldOf(name);
    if (field === undefined) continue;
    if ((field === "jsonrpc" || field === "method") && member !== null && typeof member !== "string")
      throw new RequestError(
        `json: cannot unmarshal ${goKind(member)} into Go struct field .${field} of type string`,
      );
    fields.set(field, member);
  }
  const id = fields.get("id") ?? null;
  if (id === null) return undefined;
  if (id === Number.POSITIVE_INFINITY || id === Number.NEGATIVE_INFINITY)
    throw new RequestError(
      `json: cannot unmarshal number ${rawField(text(), "id")} into Go struct field .id of type float64`,
    );
  const params = fields.get("params");
  return {
    id: idOf(id),
    method: (fields.get("method") as string | null) ?? "",
    params,
    paramsText: () => rawField(text(), "params") ?? "null",
  };
}

const rawField = (text: string, field: Field): string | undefined =>
  [...rawMembers(text)].filter(([name]) => fieldOf(name) === field).at(-1)?.[1];

/** Text that is nested deeper than Go reads; parsed natively it would pass. */
function isTooDeep(text: string): boolean {
  let opened = 0;
  for (let at = 0; at < text.length; at++) if (text[at] === "[" || text[at] === "{") opened++;
  return opened > MAX_DEPTH && jsonSyntaxError(Buffer.from(text)) !== undefined;
}

/** A body's requests, notifications left out. `batch` tells whether it was an array. Throws {@link RequestError}. */
export function readBody(text: string): { requests: (RpcRequest | undefined)[]; batch: boolean } {
  let body: JsonValue;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    throw new RequestError(jsonSyntaxError(Buffer.from(text)) ?? "unexpected end of JSON input");
  }
  if (text.length > 2 * MAX_DEPTH && isTooDeep(text))
    throw new RequestError(jsonSyntaxError(Buffer.from(text))!);
  if (body === null) return { requests: [], batch: true };
  if (!Array.isArray(body)) return { requests: [readRequest(body, () => text)], batch: false };
  try {
    const elements = (): string[] => rawElements(text);
    return { requests: body.map((item, i) => readRequest(item, () => elements()[i]!)), batch: true };
  } catch (error) {
    // As in Go: what is no list of requests is read again as one request, and that message is shown.
    if (error instanceof RequestError) throw cannotRead(body);
    throw error;
  }
}
