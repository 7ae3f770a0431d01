/** Files that are there whole or not at all, and on disk when the call returns. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { HomeError } from "./errors.ts";

/**
 * Replaces a file, readable by its owner only: a stop of the machine leaves the old text or the new one, and with some file
 * systems the old one even after this returned.
 */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  const fd = openSync(fresh, "w", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(fresh, path);
}

/** Replaces a file as {@link replaceFile}; what is written survives a stop of the machine. */
export function writeWholeFile(path: string, text: string): void {
  replaceFile(path, text);
  // The new name is on disk only once its folder is. Windows opens no folders, and writes names through.
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Text of a file. @throws HomeError `missingFile`, with `hint`; `badFile` when it cannot be read. */
export function readWholeFile(path: string, hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new HomeError("missingFile", `there is no ${path}`, { hint, cause });
    throw new HomeError("badFile", `${path} cannot be read (${code})`, { cause });
  }
}
