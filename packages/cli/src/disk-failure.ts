/** Disks that take no more: what the system says of them, wherever in a chain of causes it stands. */
import { CliError } from "./exit-codes.ts";

interface Meaning {
  readonly code: "disk-full" | "disk-read-only" | "disk-failed";
  readonly message: string;
  readonly hint: string;
}

const FULL: Meaning = {
  code: "disk-full",
  message: "the disk is full",
  hint: "nothing that was committed is lost: make room and start again",
};
const READ_ONLY: Meaning = {
  code: "disk-read-only",
  message: "the disk cannot be written to",
  hint: "nothing that was committed is lost: make it writable for this user and start again",
};
/** LMDB says the same of a write that was cut short, as on a disk with room for a part, and of a disk that fails. */
const CUT_SHORT: Meaning = {
  code: "disk-full",
  message: "the disk took only a part of a write: it is full, or it fails",
  hint: "nothing that was committed is lost: make room and start again; the system's log tells of a disk that fails",
};
const FAILED: Meaning = {
  code: "disk-failed",
  message: "the disk failed",
  hint: "the system's log may say why; what is on the disk is whole up to the last block that it took",
};

/** By errno: names as Node gives them, numbers as LMDB does (Linux and macOS agree on all but EDQUOT). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: FULL,
  28: FULL,
  EDQUOT: FULL,
  122: FULL,
  69: FULL,
  // A limit on the size of files (`ulimit -f`), or the largest file of the file system.
  EFBIG: FULL,
  27: FULL,
  EROFS: READ_ONLY,
  30: READ_ONLY,
  EACCES: READ_ONLY,
  13: READ_ONLY,
  EPERM: READ_ONLY,
  EIO: FAILED,
  5: CUT_SHORT,
};

/** Causes looked through. */
const MAX_DEPTH = 8;

/** What the command line shows for a disk that did not take a write; `undefined` for any other error. */
export function diskFailure(error: unknown): CliError | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && cause instanceof Error; depth++) {
    const { code, syscall } = cause as { code?: unknown; syscall?: unknown };
    // Sockets are refused and closed with such codes as well.
    const ofFiles = typeof code === "number" || syscall === undefined || FILE_CALLS.has(String(syscall));
    const meaning = ofFiles && Object.hasOwn(MEANINGS, String(code)) ? MEANINGS[String(code)] : undefined;
    if (meaning !== undefined) {
      const { message, ...rest } = meaning;
      return new CliError({ ...rest, message: `${message}: ${cause.message}` }, { cause: error });
    }
    ({ cause } = cause);
  }
  return undefined;
}

/** Calls by which files are written. */
const FILE_CALLS: ReadonlySet<string> = new Set([
  "open",
  "write",
  "fsync",
  "rename",
  "mkdir",
  "unlink",
  "rm",
]);
