/** One command line for two programs: the Go provider's binary and ours print the same. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Peer, peerPath } from "../harness/peers.ts";
import { TANDEM } from "../harness/places.ts";
import type { Ran, Scratch } from "../harness/scratch.ts";

/** What a command printed, or that it was refused. */
export interface Printed {
  readonly code: "ok" | "refused";
  /** Standard output of a command that went well. */
  readonly text: string;
  /** For the reader of a failure. */
  readonly talk: string;
}

/** Both programs, on one chain. */
export interface CliTwins {
  /** Runs `query ARGS` with both on the chain at `height`. */
  query(height: bigint, ...args: string[]): Promise<[go: Printed, ours: Printed]>;
  /** Runs `tx ARGS --generate-only` with both, signed by an address. */
  generate(from: string, ...args: string[]): Promise<[go: Printed, ours: Printed]>;
  /** Writes a file that a command reads, and returns its path. */
  file(name: string, text: string): string;
}

const printed = ({ code, stdout, stderr }: Ran): Printed => ({
  code: code === 0 ? "ok" : "refused",
  text: code === 0 ? stdout.trim() : "",
  talk: (stderr || stdout).slice(-600),
});

/** Binds both to a chain. */
export function cliTwins(scratch: Scratch, peer: Peer, node: { url: string; chainId: string }): CliTwins {
  const home = join(scratch.directory, "cli-twins");
  const go = async (...args: string[]): Promise<Printed> =>
    printed(await scratch.run(peerPath(peer), [...args, "--node", node.url, "--home", home]));
  const ours = async (...args: string[]): Promise<Printed> =>
    printed(
      await scratch.run(process.execPath, [TANDEM, ...args, "--node", node.url, "--home", home], {
        env: { TANDEM_MNEMONIC: "" },
      }),
    );
  const both = async (goArgs: string[], ourArgs: string[]): Promise<[Printed, Printed]> => {
    const [theirs, own] = await Promise.all([go(...goArgs), ours(...ourArgs)]);
    return [theirs, own];
  };
  return {
    query(height, ...args) {
      const line = ["query", ...args, "--height", height.toString(), "-o", "json"];
      return both(line, line);
    },
    generate(from, ...args) {
      const line = ["tx", ...args, "--from", from, "--generate-only", "--chain-id", node.chainId];
      return both([...line, "--keyring-backend", "test"], line);
    },
    file(name, text) {
      const path = join(scratch.directory, name);
      writeFileSync(path, text);
      return path;
    },
  };
}
