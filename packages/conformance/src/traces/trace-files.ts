/** Finds and reads trace files. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { TraceError } from "./errors.ts";
import { type Trace, traceSchema } from "./trace.ts";

const SUFFIX = /\.json(\.gz)?$/;
const GZIP_MAGIC = 0x1f;
/** The protocol that our chains speak. */
export const SUPPORTED_FLAVOUR = "v7";
/** Directories beside traces that hold other recordings. */
const OTHER_RECORDINGS = new Set(["classic", "e2e"]);

/**
 * Trace files in the order of their names: files as they are named, directories with everything below that ends in
 * `.json` or `.json.gz`, but for directories called `classic` or `e2e`, which hold other things. Throws TraceError
 * `not-found`.
 */
export function findTraceFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new TraceError("not-found", `there is no ${path}`);
    return statSync(path).isDirectory() ? below(path) : [path];
  });
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return OTHER_RECORDINGS.has(entry.name) ? [] : below(path);
      return SUFFIX.test(entry.name) ? [path] : [];
    });
}

function parseJson(path: string): unknown {
  try {
    const bytes = readFileSync(path);
    return JSON.parse((bytes[0] === GZIP_MAGIC ? gunzipSync(bytes) : bytes).toString("utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TraceError("bad-trace", `no JSON, gzipped or plain: ${reason}`, { file: path, cause });
  }
}

/** Reads and checks a trace. Throws TraceError `bad-trace` with the first place that is wrong. */
export function readTrace(path: string): Trace {
  const json = parseJson(path);
  const flavour = (json as { flavour?: unknown } | null)?.flavour;
  if (typeof flavour === "string" && flavour !== SUPPORTED_FLAVOUR)
    throw new TraceError("bad-trace", `flavour ${flavour}; our chains follow ${SUPPORTED_FLAVOUR}`, {
      file: path,
    });
  const result = traceSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new TraceError("bad-trace", `${issue?.path.join(".") || "the file"}: ${issue?.message}`, {
    file: path,
    cause: result.error,
  });
}
