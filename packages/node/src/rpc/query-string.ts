/** Query strings and forms as Go reads them (`net/url`, `ParseQuery`): what is malformed is left out, not taken literally. */

/** A name or a value without its escapes; undefined for an escape that is none. Bytes that are no UTF-8 become U+FFFD. */
function unescaped(text: string): string | undefined {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) return undefined;
  const bytes = Buffer.from(spaced);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0x25) {
      out.push(bytes[i]!);
      continue;
    }
    out.push(Number.parseInt(bytes.toString("latin1", i + 1, i + 3), 16));
    i += 2;
  }
  return Buffer.from(out).toString();
}

/** Parameters by name; of several the first counts. A pair with a semicolon or a malformed escape is dropped. */
export function parseQueryString(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const at = pair.indexOf("=");
    const name = unescaped(at < 0 ? pair : pair.slice(0, at));
    const value = unescaped(at < 0 ? "" : pair.slice(at + 1));
    if (name !== undefined && value !== undefined && !found.has(name)) found.set(name, value);
  }
  return found;
}
