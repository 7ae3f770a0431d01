/** Where the traces of the suite lie: those that travel with the code, or those that `TRACES_DIR` names. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { findTraceFiles } from "../../../packages/conformance/src/index.ts";

const OWN = join(__dirname, "../../data/traces");

/** The directory: it has trace files itself, or in `v7` below it. */
export const tracesDir = process.env["TRACES_DIR"] ?? OWN;

/** All traces of the directory. */
export const traceFiles: readonly string[] = existsSync(tracesDir) ? findTraceFiles([tracesDir]) : [];

/** A trace that travels with the code, by the end of its name such as `bound_key-03`. */
export const ownTrace = (name: string): string => join(OWN, "v7", `v7-${name}.json.gz`);

/** Traces of the protocol as first specified, beside the others; none travel with the code. */
export function classicFiles(): string[] {
  const directory = [join(tracesDir, "classic"), join(tracesDir, "../classic")].find((path) =>
    existsSync(path),
  );
  if (directory === undefined) return [];
  return readdirSync(directory)
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** Files of one of `shards` parts: jest runs test files side by side, not tests. */
export const shardOf = (shard: number, shards: number): string[] =>
  traceFiles.filter((_, i) => i % shards === shard);

/** What tests are called after. */
export const nameOf = (path: string): string => basename(path).replace(/\.json(\.gz)?$/, "");
