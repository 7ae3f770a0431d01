/** Tokens of the event query language (CometBFT `libs/pubsub/query/syntax`). */
import { errorText, NodeError } from "../errors.ts";
import { parseDateText, parseTimeText } from "./time-text.ts";

/** What a token is, in the words of CometBFT's messages. */
export type TokenKind =
  | "invalid token"
  | "tag"
  | "string"
  | "number"
  | "timestamp"
  | "datestamp"
  | "AND operator"
  | "CONTAINS operator"
  | "EXISTS operator"
  | "= operator"
  | "< operator"
  | "<= operator"
  | "> operator"
  | ">= operator";

/** Walks over the tokens of one query. */
export interface Scanner {
  /** Reads the next token: `end` after the last. Throws NodeError `invalidQuery` for anything that is no token. */
  next(): "token" | "end";
  readonly kind: TokenKind;
  readonly text: string;
  /** Byte offset at which the token begins. */
  readonly position: number;
}

const SPACE = /\p{White_Space}/u;
const FIRST_OF_TAG = /[_\p{L}\p{Nd}]/u;
const IN_TAG = /[._\-\p{L}\p{Nd}]/u;
const DIGIT = /[0-9]/;
const IN_TIME = /[-T:+Z0-9]/;
const IN_DATE = /[-0-9]/;
const KEYWORDS: Readonly<Record<string, TokenKind>> = {
  AND: "AND operator",
  EXISTS: "EXISTS operator",
  CONTAINS: "CONTAINS operator",
};

const byteLength = (rune: string): number => Buffer.byteLength(rune);

/** A scanner at the start of `source`. */
export function createScanner(source: string): Scanner {
  const runes = Array.from(source);
  let at = 0;
  let bytes = 0;
  let kind: TokenKind = "invalid token";
  let text = "";
  let position = 0;

  const peek = (): string | undefined => runes[at];
  const take = (): string => {
    const rune = runes[at++]!;
    bytes += byteLength(rune);
    return rune;
  };
  function takeWhile(pattern: RegExp): string {
    let out = "";
    for (let rune = peek(); rune !== undefined && pattern.test(rune); rune = peek()) out += take();
    return out;
  }
  const refuse = (message: string): never => {
    throw new NodeError("invalidQuery", message);
  };

  function number(first: string): void {
    text = first + takeWhile(DIGIT);
    if (peek() === ".") text += take() + takeWhile(DIGIT);
    kind = "number";
  }

  function string(): void {
    for (let rune = peek(); rune !== "'"; rune = peek()) {
      if (rune === undefined) refuse("EOF");
      text += take();
    }
    take();
    kind = "string";
  }

  function comparison(first: string): void {
    text = first;
    if (first === "=") kind = "= operator";
    else if (peek() === "=") {
      text += take();
      kind = first === "<" ? "<= operator" : ">= operator";
    } else kind = first === "<" ? "< operator" : "> operator";
  }

  function moment(label: "TIME" | "DATE"): void {
    take(); // the space
    text = takeWhile(label === "TIME" ? IN_TIME : IN_DATE);
    try {
      if (label === "TIME") parseTimeText(text);
      else parseDateText(text);
    } catch (error) {
      refuse(`invalid ${label} value: ${errorText(error)}`);
    }
    const year = Number(text.slice(0, 4));
    kind = label === "TIME" ? "timestamp" : "datestamp";
    if (year < 1900 || year > 2999) refuse(`${kind} year ${year} out of range`);
  }

  function tagLike(first: string): void {
    text = first + takeWhile(IN_TAG);
    if ((text === "TIME" || text === "DATE") && peek() === " ") moment(text);
    else kind = Object.hasOwn(KEYWORDS, text) ? KEYWORDS[text]! : "tag";
  }

  return {
    next() {
      kind = "invalid token";
      text = "";
      position = bytes;
      while (at < runes.length) {
        const rune = take();
        if (SPACE.test(rune)) {
          position = bytes;
          continue;
        }
        if (DIGIT.test(rune)) number(rune);
        else if (FIRST_OF_TAG.test(rune)) tagLike(rune);
        else if (rune === "'") string();
        else if (rune === "<" || rune === ">" || rune === "=") comparison(rune);
        else refuse(`invalid input ${rune} at offset ${bytes}`);
        return "token";
      }
      return "end";
    },
    get kind() {
      return kind;
    },
    get text() {
      return text;
    },
    get position() {
      return position;
    },
  };
}
