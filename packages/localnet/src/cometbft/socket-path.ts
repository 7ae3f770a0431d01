/** Where an application's Unix socket lies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for a socket. */
export interface SocketPath {
  readonly path: string;
  /** Removes what was made for it. */
  remove(): void;
}

/** `sun_path` of the smallest system (macOS) without its final zero. */
const MAX_BYTES = 103;

/** `app.sock` in `home`; where that path is too long for a socket, in a short directory of its own. */
export function createSocketPath(home: string): SocketPath {
  const path = join(home, "app.sock");
  if (Buffer.byteLength(path) <= MAX_BYTES) return { path, remove: () => rmSync(path, { force: true }) };
  const directory = mkdtempSync(join(tmpdir(), "tandem-"));
  return {
    path: join(directory, "app.sock"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
