/** Where the `cometbft` program is, and that it is one whose blocks ours are. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { LocalnetError } from "../errors.ts";

/** A program that can be started. */
export interface CometBinary {
  /** Absolute path. */
  readonly path: string;
  /** As it calls itself, such as `0.38.17`. */
  readonly version: string;
}

const ENVIRONMENT = "TANDEM_COMETBFT";
const INSTALL = "go install github.com/cometbft/cometbft/cmd/cometbft@v0.38.17";
const HINT = `${INSTALL}, then put it into PATH, or name it with --cometbft FILE or ${ENVIRONMENT}`;
const VERSION_TIMEOUT_MS = 10_000;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function locate(named: string | undefined): string {
  const explicit = named ?? process.env[ENVIRONMENT];
  if (explicit !== undefined && explicit !== "") {
    const path = resolve(explicit);
    if (isProgram(path)) return path;
    throw new LocalnetError("not-installed", `${path} is no program that can be started`, { hint: HINT });
  }
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => resolve(join(folder, "cometbft")))
    .find(isProgram);
  if (found === undefined)
    throw new LocalnetError("not-installed", "there is no cometbft in PATH", { hint: HINT });
  return found;
}

/**
 * The program at `named`; without a name the one in `TANDEM_COMETBFT`, then the first `cometbft` in PATH.
 * Throws LocalnetError `not-installed` when there is none, or one of another version than 0.38.
 */
export async function findCometBinary(named?: string): Promise<CometBinary> {
  const path = locate(named);
  let version: string;
  try {
    const { stdout } = await promisify(execFile)(path, ["version"], { timeout: VERSION_TIMEOUT_MS });
    version = stdout.trim().replace(/^v/, "");
  } catch (cause) {
    throw new LocalnetError("not-installed", `${path} does not tell its version`, { hint: HINT, cause });
  }
  if (!/^0\.38\.\d+/.test(version))
    throw new LocalnetError("not-installed", `${path} is CometBFT ${version}, needed is 0.38`, {
      hint: HINT,
    });
  return { path, version };
}
