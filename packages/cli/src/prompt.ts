/** Asks the person at the keyboard, or takes the next line of what is piped in. Questions go to standard error. */
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { CliError } from "./exit-codes.ts";

/** Answers, in the order in which they are wanted. */
export interface Prompt {
  /** Whether a person sits there. */
  readonly interactive: boolean;
  /** A line that anybody may see. */
  line(question: string): Promise<string>;
  /** A line that is not shown while it is typed. */
  secret(question: string): Promise<string>;
  /** Whether the answer begins with a y. */
  confirm(question: string): Promise<boolean>;
  close(): void;
}

const YES = /^y(es)?$/i;

/** Opens standard input. With `input` false a person is asked nothing; piped lines are taken all the same. */
export function createPrompt(options: { input: boolean }): Prompt {
  const interactive = process.stdin.isTTY === true;
  let muted = false;
  let reader: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  const echo = new Writable({
    write(chunk: Buffer, _, done) {
      if (!muted) process.stderr.write(chunk);
      done();
    },
  });

  async function next(question: string, hidden: boolean): Promise<string> {
    if (interactive && !options.input)
      throw new CliError({
        code: "usage",
        message: `"${question}" would be asked, and --no-input forbids it`,
        hint: "give the answer on standard input",
      });
    reader ??= createInterface({ input: process.stdin, output: echo, terminal: interactive, historySize: 0 });
    lines ??= reader[Symbol.asyncIterator]();
    if (interactive) process.stderr.write(`${question}: `);
    muted = hidden || !interactive;
    const { value, done } = await lines.next();
    muted = false;
    if (interactive && hidden) process.stderr.write("\n");
    if (done === true)
      throw new CliError({
        code: "usage",
        message: `standard input ended before the answer to "${question}"`,
        hint: "type it, or pipe it in as a line; secrets are never flags",
      });
    return value as string;
  }

  return {
    interactive,
    line: (question) => next(question, false),
    secret: (question) => next(question, true),
    confirm: async (question) => YES.test((await next(`${question} [y/N]`, false)).trim()),
    close() {
      if (reader === undefined) return;
      reader.close();
      process.stdin.unref?.();
    },
  };
}
