/** The `tandem` command on chains by their URLs, as a user runs it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountOf } from "./accounts.ts";
import { TANDEM } from "./places.ts";
import type { Ran, Scratch, Service } from "./scratch.ts";

/** The command, bound to chains. */
export interface Tandem {
  /** Runs `tandem ARGS` with the mnemonic of the account `name` in its environment. */
  run(name: string, ...args: string[]): Promise<Ran>;
  /** The same with `--json`; throws when it fails, else returns the document. */
  json<T>(name: string, ...args: string[]): Promise<T>;
  /** Starts one that goes on. */
  start(service: string, name: string, ...args: string[]): Promise<Service>;
  /** Where a file of that name is or would be. */
  pathOf(name: string): string;
  /** Writes a file that a command reads, and returns its path. */
  file(name: string, text: string): string;
}

/** Binds the command to the chains at these URLs, in a directory and home of its own. */
export function createTandem(scratch: Scratch, urls: { provider?: string; consumer?: string }): Tandem {
  const flags = [
    ...(urls.provider === undefined ? [] : ["--provider", urls.provider]),
    ...(urls.consumer === undefined ? [] : ["--consumer", urls.consumer]),
    ...["--home", join(scratch.directory, "tandem")],
  ];
  const argsOf = (args: readonly string[]): string[] => [TANDEM, ...args, ...flags];
  const optionsOf = async (name: string) => ({
    env: { TANDEM_MNEMONIC: (await accountOf(name)).mnemonic },
  });
  const run = async (name: string, args: readonly string[]): Promise<Ran> =>
    scratch.run(process.execPath, argsOf(args), await optionsOf(name));
  return {
    run: (name, ...args) => run(name, args),
    async json<T>(name: string, ...args: string[]) {
      const { code, stdout, stderr } = await run(name, [...args, "--json"]);
      if (code !== 0)
        throw new Error(`tandem ${args.slice(0, 3).join(" ")} ended with ${code}: ${stderr || stdout}`);
      return JSON.parse(stdout) as T;
    },
    start: async (service, name, ...args) =>
      scratch.start(service, process.execPath, argsOf(args), await optionsOf(name)),
    pathOf: (name) => join(scratch.directory, name),
    file(name, text) {
      const path = join(scratch.directory, name);
      writeFileSync(path, text);
      return path;
    },
  };
}
