/** Finds the network of a home directory and talks to its control API. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "./exit-codes.ts";

/** What a running network leaves in its home. */
export interface RunFile {
  readonly pid: number;
  readonly controlUrl: string;
}

const path = (home: string): string => join(home, "run.json");

/** The network that runs in `home`; undefined when none does. */
export function readRunFile(home: string): RunFile | undefined {
  if (!existsSync(path(home))) return undefined;
  try {
    const run = JSON.parse(readFileSync(path(home), "utf8")) as RunFile;
    return isAlive(run.pid) ? run : undefined;
  } catch {
    return undefined; // half written by a process that died: nothing runs here
  }
}

/** Leaves word of this process. */
export function writeRunFile(home: string, run: RunFile): void {
  writeFileSync(path(home), JSON.stringify(run), { mode: 0o600 });
}

/** Takes the word back. */
export function removeRunFile(home: string): void {
  rmSync(path(home), { force: true });
}

/** Whether a process of that id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Calls a method of the network in `home`. */
export async function callNetwork<T>(home: string, method: string, ...params: unknown[]): Promise<T> {
  const run = readRunFile(home);
  if (run === undefined)
    throw new CliError({
      code: "not-running",
      message: `no network runs in ${home}`,
      hint: "tandem up starts one",
    });
  let response: Response;
  try {
    response = await fetch(run.controlUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ method, params }),
    });
  } catch (cause) {
    throw new CliError(
      { code: "unreachable", message: `the network in ${home} does not answer at ${run.controlUrl}` },
      { cause },
    );
  }
  const body = (await response.json()) as { result?: T; error?: ConstructorParameters<typeof CliError>[0] };
  if (body.error !== undefined) throw new CliError(body.error);
  return body.result as T;
}
