/** Keyrings on disk: `keyring-test` and `keyring-file` below a home, in the files that the Go binaries' `keys` use. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import {
  createKeyhash,
  KEYHASH_FILE,
  type KeyRecord,
  type Keyring,
  KeyringError,
  type KeyringErrorCode,
  type KeyringFiles,
  matchesKeyhash,
  openKeyring,
} from "@tandem-ics/client/keyring";
import type { Command } from "commander";
import { CliError, usageError } from "./exit-codes.ts";
import { createPrompt, type Prompt } from "./prompt.ts";
import type { Settings } from "./settings.ts";

/** How keys are kept: encrypted with a passphrase, or readable by whoever can read the files. */
export type KeyringBackend = "file" | "test";

/** Flags that say where keys lie. */
export interface KeyringFlags {
  readonly keyringBackend?: string;
  readonly keyringDir?: string;
}

/** A keyring that was found or is to be made. */
export interface HomeKeyring extends Keyring {
  readonly backend: KeyringBackend;
  readonly folder: string;
}

/** Named in the environment, it is the backend of every command without `--keyring-backend`. */
const BACKEND_VARIABLE = "TANDEM_KEYRING_BACKEND";
/** The Go keyring's passphrase of the backend that protects nothing. */
const TEST_PASSPHRASE = "test";
/** As in the SDK's prompts. */
const MIN_PASSPHRASE_LENGTH = 8;
const ATTEMPTS = 3;

/** Adds the flags to a command. */
export const addKeyringFlags = (command: Command): Command =>
  command
    .option("--keyring-backend <backend>", "file asks for a passphrase, test keeps keys readable")
    .option("--keyring-dir <dir>", "where the keyring lies, instead of --home");

function backendOf({ keyringBackend }: KeyringFlags): KeyringBackend | undefined {
  const text = keyringBackend ?? (process.env[BACKEND_VARIABLE] || undefined);
  if (text === undefined || text === "file" || text === "test") return text;
  const flag = keyringBackend === undefined ? BACKEND_VARIABLE : "--keyring-backend";
  throw usageError(`${flag} is file or test, not "${text}"`, "the system's own key stores are not supported");
}

/** A directory of files that are their owner's alone; a file is whole or not there. */
function openFolder(folder: string): KeyringFiles {
  const path = (name: string): string => join(folder, name);
  return {
    names() {
      try {
        return readdirSync(folder).filter((name) => !name.startsWith("."));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    },
    read(name) {
      try {
        return readFileSync(path(name), "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write(name, text) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const fresh = path(`.${name}.${process.pid}`);
      const file = openSync(fresh, "w", 0o600);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, path(name));
    },
    remove: (name) => rmSync(path(name), { force: true }),
  };
}

/** A passphrase for something new, typed twice: nobody can ask for it later. */
export async function newPassphrase(prompt: Prompt, what: string, twice: boolean): Promise<string> {
  const passphrase = await prompt.secret(`New passphrase for ${what}`);
  if (passphrase.length < MIN_PASSPHRASE_LENGTH)
    throw usageError(`a passphrase has at least ${MIN_PASSPHRASE_LENGTH} characters`);
  if (twice && (await prompt.secret("The same again")) !== passphrase)
    throw usageError("the two passphrases are not the same");
  return passphrase;
}

/** The passphrase of the `file` backend, checked against its hash; the first one makes the hash. */
async function filePassphrase(files: KeyringFiles, prompt: Prompt): Promise<string> {
  const keyhash = files.read(KEYHASH_FILE);
  if (keyhash === undefined) {
    const passphrase = await newPassphrase(prompt, "the keyring", true);
    files.write(KEYHASH_FILE, await createKeyhash(passphrase));
    return passphrase;
  }
  for (let attempt = 1; ; attempt++) {
    const passphrase = await prompt.secret("Passphrase of the keyring");
    if (await matchesKeyhash(passphrase, keyhash)) return passphrase;
    if (!prompt.interactive || attempt === ATTEMPTS)
      throw new KeyringError("wrong-passphrase", "the passphrase of the keyring is wrong");
    process.stderr.write("that is not it\n");
  }
}

function open(settings: Settings, flags: KeyringFlags, backend: KeyringBackend, prompt: Prompt): HomeKeyring {
  const folder = join(resolve(flags.keyringDir ?? settings.home), `keyring-${backend}`);
  const files = openFolder(folder);
  const passphrase = backend === "test" ? async () => TEST_PASSPHRASE : () => filePassphrase(files, prompt);
  return { ...openKeyring({ files, passphrase }), backend, folder };
}

/** The keyring of a home: `test` where nothing else is said. */
export const homeKeyring = (settings: Settings, flags: KeyringFlags, prompt: Prompt): HomeKeyring =>
  open(settings, flags, backendOf(flags) ?? "test", prompt);

/** Runs `work` with a prompt that is closed after it, and tells keyrings' errors as the command line does. */
export async function withPrompt<T>(settings: Settings, work: (prompt: Prompt) => Promise<T>): Promise<T> {
  const prompt = createPrompt({ input: settings.input });
  try {
    return await work(prompt);
  } catch (error) {
    throw keyringFailure(error);
  } finally {
    prompt.close();
  }
}

/** A key by its name or address, in whichever backend has it; `undefined` when none has. */
export function findKey(
  settings: Settings,
  flags: KeyringFlags,
  nameOrAddress: string,
): Promise<KeyRecord | undefined> {
  const backend = backendOf(flags);
  return withPrompt(settings, async (prompt) => {
    for (const candidate of backend === undefined ? (["test", "file"] as const) : [backend]) {
      const ring = open(settings, flags, candidate, prompt);
      if (ring.has(nameOrAddress)) return ring.get(nameOrAddress);
    }
    return undefined;
  });
}

const CODES: Readonly<Record<KeyringErrorCode, string>> = {
  "bad-armor": "bad-input",
  "bad-mnemonic": "bad-input",
  "bad-name": "usage",
  "bad-path": "usage",
  damaged: "bad-input",
  "key-exists": "unsafe",
  "unknown-key": "not-found",
  "unsupported-key": "bad-input",
  "weak-passphrase": "usage",
  "wrong-passphrase": "bad-input",
};

const HINTS: Partial<Readonly<Record<KeyringErrorCode, string>>> = {
  "key-exists": "tandem keys list shows what there is; tandem keys delete removes",
  "unknown-key": "tandem keys list shows what there is; --keyring-backend and --home say where",
};

/** A refusal of the keyring as the command line shows it; other errors as they are. */
export function keyringFailure(error: unknown): unknown {
  if (!(error instanceof KeyringError)) return error;
  const hint = HINTS[error.code];
  return new CliError(
    { code: CODES[error.code], message: error.message, ...(hint === undefined ? {} : { hint }) },
    { cause: error },
  );
}
