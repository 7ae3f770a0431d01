/** The file of a Unix socket: whose it is, and that nobody else may use it. */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { isMainThread } from "node:worker_threads";
import { AbciError, errorText } from "./errors.ts";

const OWNER_ONLY = 0o600;

/**
 * Makes way for a new socket: a file that a dead process left behind is removed.
 * @throws AbciError `addressInUse` when somebody listens there or something else than a socket lies there.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new AbciError("addressInUse", `${path} exists and is no socket`);
  const state = await probe(path);
  if (state === undefined)
    throw new AbciError(
      "addressInUse",
      `another process listens at ${path}: stop it or choose another address`,
    );
  if (state === "ENOENT") return;
  // A full queue or missing rights say nothing about its owner being dead.
  if (state !== "ECONNREFUSED")
    throw new AbciError("addressInUse", `cannot tell whether the socket ${path} is in use: ${state}`);
  unlinkSync(path);
}

/** Undefined if somebody listens, else the code of the error. */
const probe = (path: string): Promise<string | undefined> =>
  new Promise((settle) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      settle(undefined);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code ?? errorText(error)));
  });

/** Listens at a path. The file is its owner's alone from the beginning: who connects drives the chain. */
export function listenOwnerOnly(server: Server, path: string): void {
  // Worker threads have no mask of their own; there the file is narrowed right after it was made.
  const before = isMainThread ? process.umask(0o777 & ~OWNER_ONLY) : undefined;
  try {
    // Makes the file before it returns.
    server.listen(path);
  } finally {
    if (before !== undefined) process.umask(before);
  }
  if (server.listening) chmodSync(path, OWNER_ONLY);
}
