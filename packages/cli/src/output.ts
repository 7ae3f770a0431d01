/** What a command prints: results on stdout, talk on stderr; JSON where asked. */
import { inspect, stripVTControlCharacters } from "node:util";
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

/** Talk is coloured by what standard error is: results may go to a file while a person reads the talk. */
const talk = pc.createColors(pc.isColorSupported && process.stderr.isTTY === true);

/** Columns that a cell takes on a terminal: marks take none, wide characters and emoji two. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(text)))
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
        segment,
      )
        ? 2
        : 1;
  return width;
}

/** Makes an output. */
export function createOutput(options: { json: boolean; quiet: boolean; verbose: boolean }): Output {
  return {
    json: options.json,
    result: (value, text) => void process.stdout.write(`${options.json ? stringify(value) : text(value)}\n`),
    note(message) {
      if (!options.quiet && !options.json) process.stderr.write(`${talk.dim(message)}\n`);
    },
    fail(error) {
      if (options.json) {
        const { code, message, hint, abci, details } = error;
        process.stdout.write(`${stringify({ error: { code, message, hint, abci, details } })}\n`);
        return;
      }
      process.stderr.write(`${talk.red("error")} ${talk.dim(`[${error.code}]`)} ${error.message}\n`);
      if (error.hint !== undefined) process.stderr.write(`${talk.cyan("hint")}  ${error.hint}\n`);
      if (options.verbose) process.stderr.write(`${inspect(error.cause ?? error)}\n`);
    },
  };
}

/** Columns of the terminal; wide where there is none, or it does not tell. */
export const terminalWidth = (): number =>
  process.stdout.columns || Number(process.env["COLUMNS"]) || WIDTH_OF_PIPES;
const WIDTH_OF_PIPES = 160;

/** Columns aligned by their widest cell; those that look like numbers, or that `right` names, to the right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => displayWidth(row[i] ?? ""))));
  const numeric = header.map(
    (_, i) => right.includes(i) || (rows.length > 0 && rows.every((row) => /^[-–\d]*$/.test(row[i] ?? ""))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        const space = " ".repeat(widths[i]! - displayWidth(cell));
        return numeric[i] ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  return [pc.bold(line(header)), ...rows.map(line)].join("\n");
}
