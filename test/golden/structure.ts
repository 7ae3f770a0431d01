/** Whether two JSON values have one structure: the same keys, and values of the same kinds. */
import type { JsonValue } from "@tandem-ics/comet";

/** Forms of text that clients parse. */
const FORMS: [name: string, pattern: RegExp][] = [
  ["integer", /^-?\d{1,20}$/],
  ["hash", /^[0-9A-F]{64}$/],
  ["address", /^[0-9A-F]{40}$/],
  ["node id", /^[0-9a-f]{40}$/],
  ["time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z$/],
  ["key type", /^tendermint(?:\/|\.crypto\.)\w+$/],
  ["event type", /^tendermint\/event\/\w+$/],
];

const formOf = (text: string): string | undefined => FORMS.find(([, pattern]) => pattern.test(text))?.[0];

/** Keys that Go leaves out when they are zero, by the key of their object. */
const OMITTED: Readonly<Record<string, readonly string[]>> = {
  version: ["app"],
  response: ["version", "app_version", "last_block_height", "last_block_app_hash", "data"],
  validator_updates: ["power"],
  TxResult: ["index"],
  result: ["code", "data", "log", "info", "gas_wanted", "gas_used", "events", "codespace"],
  result_finalize_block: ["events", "tx_results", "consensus_param_updates", "app_hash"],
  genesis: ["validators"],
  abci: ["vote_extensions_enable_height"],
};

/** Keys whose text is an application's or an operator's, of any form. */
const FREE_TEXT = new Set(["value", "log", "info", "moniker", "listen_addr", "data", "key"]);

/** Keys whose content is an application's. */
const FOREIGN = new Set(["app_state"]);

const kindOf = (value: JsonValue): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

/** Go's nil stands for an empty list, empty bytes or nothing, so null goes with each of them. */
const nullable = (value: JsonValue): boolean =>
  value === null ||
  Array.isArray(value) ||
  value === "" ||
  typeof value === "object" ||
  typeof value === "string";

/** Differences, as `path: what`. `recorded` is the other chain's answer, `ours` the one to judge. */
export function differences(recorded: JsonValue, ours: JsonValue, path = "$"): string[] {
  const key = path.replace(/\[\]$/, "").split(".").at(-1)!;
  if (recorded === null || ours === null)
    return nullable(recorded) && nullable(ours)
      ? []
      : [`${path}: ${kindOf(recorded)} recorded, ${kindOf(ours)} here`];
  if (kindOf(recorded) !== kindOf(ours))
    return [`${path}: ${kindOf(recorded)} recorded, ${kindOf(ours)} here`];
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    // elements may be of several kinds: each of ours is held against the recorded one that it is most like
    const nearest = (element: JsonValue): string[] =>
      recorded
        .map((example) => differences(example, element, `${path}[]`))
        .reduce((best, next) => (next.length < best.length ? next : best));
    return recorded.length === 0 ? [] : unique(ours.flatMap(nearest));
  }
  if (typeof recorded === "object" && typeof ours === "object")
    return objectDifferences(
      recorded as Record<string, JsonValue>,
      ours as Record<string, JsonValue>,
      path,
      key,
    );
  if (typeof recorded === "string" && typeof ours === "string" && !FREE_TEXT.has(key)) {
    const form = formOf(recorded);
    if (form !== undefined && ours !== "" && formOf(ours) !== form)
      return [`${path}: ${form} recorded, ${JSON.stringify(ours)} here`];
  }
  return [];
}

function objectDifferences(
  recorded: Record<string, JsonValue>,
  ours: Record<string, JsonValue>,
  path: string,
  key: string,
): string[] {
  const omitted = OMITTED[key] ?? [];
  const out: string[] = [];
  for (const name of Object.keys(recorded))
    if (!Object.hasOwn(ours, name) && !omitted.includes(name)) out.push(`${path}.${name}: missing here`);
  for (const name of Object.keys(ours)) {
    if (!Object.hasOwn(recorded, name)) {
      if (!omitted.includes(name)) out.push(`${path}.${name}: not recorded`);
    } else if (FOREIGN.has(name)) {
      if (kindOf(recorded[name]!) !== kindOf(ours[name]!)) out.push(`${path}.${name}: another kind`);
    } else out.push(...differences(recorded[name]!, ours[name]!, `${path}.${name}`));
  }
  return out;
}

const unique = (list: string[]): string[] => [...new Set(list)];

/** A message with its numbers and hashes taken out, to be compared with another chain's. */
export const withoutValues = (text: string): string =>
  text.replace(/\b[0-9A-F]{40,64}\b/g, "<hex>").replace(/\d+/g, "<n>");
