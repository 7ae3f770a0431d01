/**
 * Finds vector files by their shape. The directory is $VECTORS_DIR, or test/data/vectors; it may hold only some kinds
 * and files of any name.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** A parsed file. Vectors are data of many shapes, so their content is untyped. */
export interface VectorFile {
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: each suite knows the shape it asked for
  json: any;
}

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Where vectors are looked for. */
export const vectorsDir: string = resolve(
  process.env["VECTORS_DIR"] ?? join(repository, "test/data/vectors"),
);

let files: VectorFile[] | undefined;

/**
 * All `*.json` and `*.json.gz` below {@link vectorsDir} that `match` accepts, by path. They count as used. Files are
 * parsed once a process; those that are no JSON are skipped.
 */
export function vectorFiles(match: (json: unknown, path: string) => boolean): VectorFile[] {
  files ??= existsSync(vectorsDir) ? find(vectorsDir).flatMap(parse) : [];
  const found = files.filter(({ json, path }) => match(json, path));
  for (const { path } of found) markUsed(path);
  return found;
}

/** Whether `json` is an object with at least these top-level keys. */
export const hasKeys =
  (...keys: string[]) =>
  (json: unknown): boolean =>
    typeof json === "object" && json !== null && keys.every((key) => Object.hasOwn(json, key));

/** Appends `path` to the list named by $VECTORS_USED, so that a run can show what it read. */
export function markUsed(path: string): void {
  const list = process.env["VECTORS_USED"];
  if (list) appendFileSync(list, `${path}\n`);
}

function find(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .map((name) => join(dir, name))
    .flatMap((path) =>
      statSync(path).isDirectory() ? find(path) : /\.json(\.gz)?$/.test(path) ? [path] : [],
    );
}

function parse(path: string): VectorFile[] {
  const raw = readFileSync(path);
  try {
    return [{ path, json: JSON.parse((path.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8")) }];
  } catch {
    return []; // not a vector
  }
}
