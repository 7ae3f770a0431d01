/**
 * Recorded answers of Go chains, found by their shape. The directory is $GOLDEN_DIR, or test/data/golden; it may hold only
 * some kinds, and files of any name.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject, JsonValue } from "@tandem-ics/comet";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Where recordings are looked for. */
export const goldenDir: string = resolve(process.env["GOLDEN_DIR"] ?? join(repository, "test/data/golden"));

/** A parsed file and its name below the directory. */
export interface GoldenFile<T> {
  readonly name: string;
  readonly json: T;
}

/** An answer to a POST. */
export interface RecordedCall {
  readonly request: { readonly method: string; readonly params: JsonObject };
  readonly response: JsonObject;
}

/** An answer to a GET. */
export interface RecordedGet {
  readonly uri: string;
  readonly response: JsonObject;
}

/** An HTTP exchange of any kind. */
export interface RecordedExchange {
  readonly name: string;
  readonly request: { readonly http: string; readonly url: string; readonly body: string | null };
  readonly status: number;
  readonly content_type: string | null;
  readonly body: JsonValue;
}

/** Frames of a WebSocket. */
export interface RecordedSocket {
  readonly sent: readonly JsonObject[];
  readonly received: readonly JsonObject[];
}

/** Heights in a row, with what a light client asks for. */
export interface RecordedHeight {
  readonly height: number;
  readonly commit: JsonObject;
  readonly validators: JsonObject;
  readonly app_hash_after: string;
}

/** A transaction with its result. */
export interface RecordedTx {
  readonly tx_base64: string;
  readonly hash: string;
  readonly result: JsonObject;
}

/** A unary gRPC call in protobuf JSON as grpcurl prints it: lower camel case, zero values left out. */
export interface RecordedGrpc {
  readonly method: string;
  readonly request: JsonObject;
  readonly response: JsonObject;
}

/** An event with the place where it was emitted. */
export interface RecordedEvent {
  readonly height: string;
  readonly event: JsonObject;
}

const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);
const has = (json: unknown, ...keys: string[]): boolean =>
  isObject(json) && keys.every((key) => Object.hasOwn(json, key));

const paths = (dir: string): string[] =>
  readdirSync(dir)
    .sort()
    .map((name) => join(dir, name))
    .flatMap((path) => (statSync(path).isDirectory() ? paths(path) : path.endsWith(".json") ? [path] : []));

/** Appends a path to the list named by $GOLDEN_USED, so that a run can show what it read. */
function markUsed(path: string): void {
  const list = process.env["GOLDEN_USED"];
  if (list) appendFileSync(list, `${path}\n`);
}

function files<T>(match: (json: unknown) => boolean): GoldenFile<T>[] {
  if (!existsSync(goldenDir)) return [];
  return paths(goldenDir).flatMap((path) => {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!match(json)) return [];
    markUsed(path);
    return [{ name: relative(goldenDir, path), json: json as T }];
  });
}

/** All recorded POSTs. */
export const recordedCalls = (): GoldenFile<RecordedCall>[] =>
  files((json) => has(json, "request", "response") && has((json as JsonObject)["request"], "method"));

/** All recorded GETs. */
export const recordedGets = (): GoldenFile<RecordedGet>[] => files((json) => has(json, "uri", "response"));

/** All recorded exchanges, most of them malformed. */
export const recordedExchanges = (): GoldenFile<RecordedExchange[]>[] =>
  files((json) => Array.isArray(json) && has(json[0], "name", "request", "status", "body"));

/** All recorded WebSockets. */
export const recordedSockets = (): GoldenFile<RecordedSocket>[] =>
  files((json) => has(json, "sent", "received"));

/** Runs of heights. */
export const recordedHeights = (): GoldenFile<RecordedHeight[]>[] =>
  files((json) => Array.isArray(json) && has(json[0], "height", "commit", "validators"));

/** Whole blocks. */
export const recordedBlocks = (): GoldenFile<JsonObject[]>[] =>
  files((json) => Array.isArray(json) && has(json[0], "block_id", "block"));

/** Single transactions. */
export const recordedTxs = (): GoldenFile<RecordedTx>[] =>
  files((json) => has(json, "tx_base64", "hash", "result"));

/** Lists of events. */
export const recordedEvents = (): GoldenFile<RecordedEvent[]>[] =>
  files((json) => Array.isArray(json) && has(json[0], "height", "event"));

/** gRPC calls. */
export const recordedGrpc = (): GoldenFile<RecordedGrpc>[] =>
  files(
    (json) =>
      has(json, "method", "request", "response") && typeof (json as JsonObject)["method"] === "string",
  );
