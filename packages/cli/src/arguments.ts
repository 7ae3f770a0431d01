/** Reads what people type. */
import { readFileSync } from "node:fs";
import { CliError, usageError } from "./exit-codes.ts";

/** Text of a file that was named. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === "ENOENT";
    const message = missing ? `there is no file ${file}` : `${file} cannot be read (${code})`;
    throw new CliError({ code: missing ? "not-found" : "bad-input", message }, { cause });
  }
}

/** A whole number of at most four digits. */
export function wholeNumber(text: string, flag: string): number {
  if (!/^\d{1,4}$/.test(text)) throw usageError(`${flag} takes a whole number, not "${text}"`);
  return Number(text);
}
