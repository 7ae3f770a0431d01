/** One member of a JSON object as the text it was written in, the counterpart of Go's `json.RawMessage`. */

/**
 * Text of the value of `key` in the top-level object of `text`, which must be valid JSON; the last one if it occurs twice,
 * as in Go. Undefined when it is missing.
 */
export function rawMember(text: string, key: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(text, 0);
  if (text[at] !== "{") return undefined;
  at = skipSpace(text, at + 1);
  while (at < text.length && text[at] !== "}") {
    const nameEnd = skipString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = skipValue(text, start);
    if (name === key) found = text.slice(start, end);
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at]!)) at++;
  return at;
}

/** Index after the string that begins at `from`. */
function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Index after the value that begins at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '"') at = skipString(text, at);
    else if (depth === 0 && (c === "," || c === "}" || c === "]")) break;
    else {
      if (c === "{" || c === "[") depth++;
      else if (c === "}" || c === "]") depth--;
      at++;
    }
    if (depth === 0 && (c === '"' || c === "}" || c === "]")) break;
  }
  return depth === 0 ? text.slice(from, at).trimEnd().length + from : at;
}
