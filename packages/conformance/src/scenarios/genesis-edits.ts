/**
 * Changes of a genesis file: by path, as a scenario's chains have them, and as assignments in the language of jq, as its
 * actions do: `.app_state.gov.params.quorum = "0.5" | .app_state.staking.params.max_validators = 2`.
 */
import type { Json, JsonObject } from "@tandem-ics/runtime";
import { ScenarioError } from "./errors.ts";

/** A place in a genesis file and the value to put there. */
export interface GenesisEdit {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

const bad = (message: string): ScenarioError => new ScenarioError("bad-scenario", message);

const SEGMENT = /\.?\["((?:[^"\\]|\\.)*)"\]|\.?\[(\d+)\]|\.?([A-Za-z_][A-Za-z0-9_-]*)/y;

/** Segments of `app_state.gov.params`, `.a["b"][0]`. Throws `bad-scenario`. */
export function parseGenesisPath(text: string): (string | number)[] {
  const path: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const at = SEGMENT.lastIndex;
    const found = SEGMENT.exec(text);
    if (found === null) throw bad(`"${text}" is no path in a genesis file, from "${text.slice(at)}" on`);
    const [, quoted, index, name] = found;
    if (index !== undefined) path.push(Number(index));
    else path.push(quoted === undefined ? name! : (JSON.parse(`"${quoted}"`) as string));
  }
  if (path.length === 0) throw bad("the path of a genesis change is empty");
  return path;
}

/** Parts of `text` between bars that stand outside of quotes and brackets. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c === "\\") i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if ("[{(".includes(c)) depth++;
    else if ("]})".includes(c)) depth--;
    else if (c === "|" && depth === 0) {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...found, text.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}

/** Reads assignments in the language of jq. Throws `bad-scenario`. */
export const parseGenesisChanges = (text: string): GenesisEdit[] =>
  parts(text).map((part) => {
    const [, path, value] = /^(\.[^=]*?)\s*=\s*(.*)$/s.exec(part) ?? [];
    if (path === undefined || value === undefined)
      throw bad(`"${part}" is no genesis change: write .app_state.gov.params.quorum = "0.5"`);
    try {
      return { path: parseGenesisPath(path), value: JSON.parse(value) as Json };
    } catch (cause) {
      if (cause instanceof ScenarioError) throw cause;
      throw bad(`the value of the genesis change "${part}" is no JSON`);
    }
  });

/** Edits from paths with values. Throws `bad-scenario`. */
export const genesisEdits = (changes: Readonly<Record<string, unknown>>): GenesisEdit[] =>
  Object.entries(changes).map(([path, value]) => ({ path: parseGenesisPath(path), value: value as Json }));

function put(base: Json | undefined, [key, ...rest]: readonly (string | number)[], value: Json): Json {
  if (key === undefined) return value;
  if (typeof key === "number") {
    const list = Array.isArray(base) ? [...(base as Json[])] : [];
    list[key] = put(list[key], rest, value);
    return Array.from(list, (item) => item ?? null);
  }
  const object = (
    typeof base === "object" && base !== null && !Array.isArray(base) ? base : {}
  ) as JsonObject;
  return { ...object, [key]: put(object[key] as Json | undefined, rest, value) } as Json;
}

/** `json` with the edits in their order. What is not there yet is made, as jq does. */
export const editedGenesis = (json: JsonObject, edits: readonly GenesisEdit[]): JsonObject =>
  edits.reduce<Json>((state, { path, value }) => put(state, path, value), json as Json) as JsonObject;
