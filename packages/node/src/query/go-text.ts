/** Texts as Go prints them, where clients see them in error messages. */

const NAMED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

function escapeRune(rune: string, quote: string): string {
  if (rune === quote) return `\\${quote}`;
  const named = NAMED[rune];
  if (named !== undefined) return named;
  const code = rune.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(rune)) return rune;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Go's `%q` of a string (`strconv.Quote`). */
export const goQuote = (text: string): string =>
  `"${Array.from(text, (rune) => escapeRune(rune, '"')).join("")}"`;

/** Go's `%q` of a character (`strconv.QuoteRune`). */
export const goQuoteRune = (rune: string): string => `'${escapeRune(rune, "'")}'`;
