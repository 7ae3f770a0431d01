/**
 * JSON text by the rules of Go's `encoding/json`, for its error messages and for the raw text of members. Requests that
 * are well formed never come here: they are parsed natively.
 */

/** Text that is not JSON; the message is Go's. */
export class JsonSyntaxError extends Error {
  /** The text ends within a value. */
  readonly isCut: boolean;

  constructor(message: string, isCut = false) {
    super(message);
    this.name = "JsonSyntaxError";
    this.isCut = isCut;
  }
}

/** Deepest nesting of arrays and objects that Go reads. */
export const MAX_DEPTH = 10_000;
const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

const isSpace = (c: number): boolean => c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isHex = (c: number): boolean => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);

/** A byte as Go quotes it in messages; bytes above ASCII are taken for Latin-1. */
function quoteByte(c: number): string {
  if (c === 0x27) return "'\\''";
  if (c === 0x22) return "'\"'";
  const named = ["\\a", "\\b", "\\t", "\\n", "\\v", "\\f", "\\r"][c - 7];
  if (named !== undefined) return `'${named}'`;
  if (c === 0x5c) return "'\\\\'";
  if (c < 0x20 || c === 0x7f) return `'\\x${c.toString(16).padStart(2, "0")}'`;
  if ((c >= 0x80 && c <= 0xa0) || c === 0xad) return `'\\u${c.toString(16).padStart(4, "0")}'`;
  return `'${String.fromCharCode(c)}'`;
}

const END = -1;
/** Contexts in which a space is an error. */
const NO_SPACE = /^(?:in (?:numeric|literal |\\u|string escape|exponent)|after decimal point)/;

/** Reads single values; positions are byte offsets. */
class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  peek(): number {
    return this.at < this.bytes.length ? this.bytes[this.at]! : END;
  }

  fail(c: number, context: string): never {
    // At the end Go tries a space more: it complains of that where none may stand.
    if (c === END && NO_SPACE.test(context))
      throw new JsonSyntaxError(`invalid character ' ' ${context}`, true);
    if (c === END) throw new JsonSyntaxError("unexpected end of JSON input", true);
    throw new JsonSyntaxError(`invalid character ${quoteByte(c)} ${context}`);
  }

  space(): number {
    while (this.at < this.bytes.length && isSpace(this.bytes[this.at]!)) this.at++;
    return this.peek();
  }

  string(): void {
    this.at++; // opening quote
    for (;;) {
      const c = this.peek();
      if (c === END || c < 0x20) this.fail(c, "in string literal");
      this.at++;
      if (c === 0x22) return;
      if (c === 0x5c) this.escape();
    }
  }

  escape(): void {
    const c = this.peek();
    if (c === END || !'bfnrt\\/"u'.includes(String.fromCharCode(c))) this.fail(c, "in string escape code");
    this.at++;
    if (c !== 0x75) return;
    for (let i = 0; i < 4; i++) {
      const digit = this.peek();
      if (!isHex(digit)) this.fail(digit, "in \\u hexadecimal character escape");
      this.at++;
    }
  }

  digits(context: string): void {
    if (!isDigit(this.peek())) this.fail(this.peek(), context);
    while (isDigit(this.peek())) this.at++;
  }

  number(): void {
    if (this.peek() === 0x2d) {
      this.at++;
      if (!isDigit(this.peek())) this.fail(this.peek(), "in numeric literal");
    }
    if (this.peek() === 0x30) this.at++;
    else this.digits("in numeric literal");
    if (this.peek() === 0x2e) {
      this.at++;
      this.digits("after decimal point in numeric literal");
    }
    if (this.peek() === 0x65 || this.peek() === 0x45) {
      this.at++;
      if (this.peek() === 0x2b || this.peek() === 0x2d) this.at++;
      this.digits("in exponent of numeric literal");
    }
  }

  literal(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.at++;
      const c = this.peek();
      if (c !== word.charCodeAt(i)) this.fail(c, `in literal ${word} (expecting '${word[i]}')`);
    }
    this.at++;
  }

  scalar(c: number): void {
    if (c === 0x22) this.string();
    else if (c === 0x2d || isDigit(c)) this.number();
    else {
      const word = c === END ? undefined : LITERALS[String.fromCharCode(c)];
      if (word === undefined) this.fail(c, "looking for beginning of value");
      this.literal(word);
    }
  }

  objectKey(c: number): void {
    if (c !== 0x22) this.fail(c, "looking for beginning of object key string");
    this.string();
    const colon = this.space();
    if (colon !== 0x3a) this.fail(colon, "after object key");
    this.at++;
  }

  /** Reads one value with everything in it; iterative, so that depth costs no stack. */
  value(): void {
    const closers: number[] = [];
    for (;;) {
      const c = this.space();
      const closer = c === 0x7b ? 0x7d : c === 0x5b ? 0x5d : undefined;
      if (closer === undefined) this.scalar(c);
      else {
        this.at++;
        if (closers.push(closer) > MAX_DEPTH) this.fail(c, "exceeded max depth");
        if (this.space() !== closer) {
          if (closer === 0x7d) this.objectKey(this.peek());
          continue;
        }
        this.at++;
        closers.pop();
      }
      if (!this.closeOrGoOn(closers)) return;
    }
  }

  /** After a value: closes what ends here; true when another value follows. */
  closeOrGoOn(closers: number[]): boolean {
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return false;
      const c = this.space();
      if (c === closer) {
        this.at++;
        closers.pop();
        continue;
      }
      if (c !== 0x2c) this.fail(c, closer === 0x7d ? "after object key:value pair" : "after array element");
      this.at++;
      if (closer === 0x7d) this.objectKey(this.space());
      return true;
    }
  }
}

/** Go's message for a text that is not JSON, as `json.Unmarshal` gives it; undefined for JSON. */
export function jsonSyntaxError(bytes: Uint8Array): string | undefined {
  const reader = new Reader(bytes);
  try {
    reader.value();
    const rest = reader.space();
    if (rest !== END) reader.fail(rest, "after top-level value");
    return undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
}

/**
 * The first JSON value of a stream, as `json.Decoder` reads it: what follows is ignored.
 * @throws JsonSyntaxError with Go's message: `EOF` for nothing, `unexpected EOF` for a value that is cut.
 */
export function firstJsonValue(text: string): string {
  const bytes = Buffer.from(text);
  const reader = new Reader(bytes);
  if (reader.space() === END) throw new JsonSyntaxError("EOF");
  const start = reader.at;
  try {
    reader.value();
  } catch (error) {
    if (error instanceof JsonSyntaxError && error.isCut) throw new JsonSyntaxError("unexpected EOF");
    throw error;
  }
  return bytes.toString("utf8", start, reader.at);
}

/** Raw texts of an array's elements. The text must be valid. */
export function rawElements(text: string): string[] {
  const bytes = Buffer.from(text);
  const reader = new Reader(bytes);
  const out: string[] = [];
  reader.space();
  reader.at++;
  while (reader.space() !== 0x5d) {
    const start = reader.at;
    reader.value();
    out.push(bytes.toString("utf8", start, reader.at));
    if (reader.space() === 0x2c) reader.at++;
  }
  return out;
}

/** Raw texts of an object's members, of equal names the last. The text must be valid. */
export function rawMembers(text: string): Map<string, string> {
  const bytes = Buffer.from(text);
  const reader = new Reader(bytes);
  const out = new Map<string, string>();
  reader.space();
  reader.at++;
  while (reader.space() !== 0x7d) {
    const keyStart = reader.at;
    reader.string();
    const key = JSON.parse(bytes.toString("utf8", keyStart, reader.at)) as string;
    reader.space();
    reader.at++;
    reader.space();
    const start = reader.at;
    reader.value();
    out.set(key, bytes.toString("utf8", start, reader.at));
    if (reader.space() === 0x2c) reader.at++;
  }
  return out;
}

/** What a JSON value is, in Go's words. */
export function goKind(value: unknown): "string" | "number" | "bool" | "array" | "object" | "null" {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "number";
    case "boolean":
      return "bool";
    default:
      return "object";
  }
}
