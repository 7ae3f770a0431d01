/** The kept inputs: `corpus/*.jsonl`, described in `corpus/README.md`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the answer to an input must be at least. */
export type Expectation = "error" | "notFound" | "refused" | "status" | "closed" | "silent" | "any";

/** One input. */
export interface HostileInput {
  readonly name: string;
  readonly expect: Expectation;
  /** What is sent; empty for requests that are only a path. */
  readonly bytes: Buffer;
  /** Sent as bytes rather than as text, where that is a difference. */
  readonly isBinary: boolean;
  readonly path: string;
  readonly method: string;
}

/** Names of the files. */
export const CORPUS_FILES = [
  "json-rpc",
  "uri",
  "http",
  "websocket",
  "websocket-frames",
  "abci",
  "transactions",
  "evidence",
  "rest",
  "grpc",
  "http2",
] as const;

/** A file of the corpus. */
export type CorpusFile = (typeof CORPUS_FILES)[number];

type Parts = string | readonly (string | readonly [unit: string, count: number])[];

interface Line {
  readonly name: string;
  readonly expect: Expectation;
  readonly text?: Parts;
  readonly base64?: Parts;
  readonly path?: Parts;
  readonly method?: string;
}

function joined(parts: Parts, encoding: "utf8" | "base64"): Buffer {
  const list = typeof parts === "string" ? [parts] : parts;
  return Buffer.concat(
    list.map((part) => {
      if (typeof part === "string") return Buffer.from(part, encoding);
      const unit = Buffer.from(part[0], encoding);
      return Buffer.alloc(unit.length * part[1], unit);
    }),
  );
}

function toInput({ name, expect, text, base64, path, method }: Line): HostileInput {
  return {
    name,
    expect,
    bytes: base64 !== undefined ? joined(base64, "base64") : joined(text ?? "", "utf8"),
    isBinary: base64 !== undefined,
    path: joined(path ?? "/", "utf8").toString(),
    method: method ?? (text === undefined && base64 === undefined ? "GET" : "POST"),
  };
}

/** The inputs of a file. */
export function readCorpus(file: CorpusFile): HostileInput[] {
  const text = readFileSync(join(__dirname, "corpus", `${file}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => toInput(JSON.parse(line) as Line));
}
