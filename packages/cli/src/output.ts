/** What a command prints: results on stdout, talk on stderr; JSON where asked. */
import pc from "picocolors";
import type { CliError } from "./exit-codes.ts";

/** How to talk. */
export interface Output {
  readonly json: boolean;
  /** The result: `value` as one JSON document, or the lines that `text` makes of it. */
  result<T>(value: T, text: (value: T) => string): void;
  /** Progress and hints, on stderr; silent with -q and --json. */
  note(message: string): void;
  fail(error: CliError): void;
}

const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? v.toString() : v));

/** Makes an output. */
export function createOutput(options: { json: boolean; quiet: boolean; verbose: boolean }): Output {
  return {
    json: options.json,
    result: (value, text) => void process.stdout.write(`${options.json ? stringify(value) : text(value)}\n`),
    note(message) {
      if (!options.quiet && !options.json) process.stderr.write(`${pc.dim(message)}\n`);
    },
    fail(error) {
      if (options.json) {
        const { code, message, hint, abci, details } = error;
        process.stdout.write(`${stringify({ error: { code, message, hint, abci, details } })}\n`);
        return;
      }
      process.stderr.write(`${pc.red("error")} ${pc.dim(`[${error.code}]`)} ${error.message}\n`);
      if (error.hint !== undefined) process.stderr.write(`${pc.cyan("hint")}  ${error.hint}\n`);
      if (options.verbose && error.cause instanceof Error)
        process.stderr.write(`${error.cause.stack ?? ""}\n`);
    },
  };
}

/** Columns aligned by their widest cell; numbers, which look like numbers, to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  const numeric = header.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[-–\d]*$/.test(row[i] ?? "")),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [pc.bold(line(header)), ...rows.map(line)].join("\n");
}
