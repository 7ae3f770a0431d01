/** The commands of docs/changeover.md, run as they stand, by the system clock. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch } from "./run-tandem.ts";

const root = join(__dirname, "../..");
const page = readFileSync(join(root, "docs/changeover.md"), "utf8");
const shown = /<!-- run -->\n```sh\n([\s\S]*?)```/.exec(page)![1]!.trim();
const commands = shown.split("\n").map((line) => line.replace(/^tandem /, "").split(" "));
/** What the command tells on its way, heights aside. */
const told = (text: string): string[] =>
  text
    .replace(/height \d+/g, "height H")
    .trim()
    .split("\n");

describe("docs/changeover.md", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  const rest = async (chain: string, path: string): Promise<{ status: number; body: unknown }> => {
    const { stdout } = await scratch.tandem("status", "--json");
    const { chains } = JSON.parse(stdout) as { chains: { name: string; rest: string }[] };
    const response = await fetch(`${chains.find(({ name }) => name === chain)!.rest}${path}`);
    return { status: response.status, body: await response.json() };
  };

  test("every command does what it is shown for", async () => {
    const lists: string[][] = [];
    for (const args of commands) {
      const placed = args.map((arg) => arg.replace(/^localnet\//, `${root}/localnet/`));
      const { code, stdout, stderr } = await scratch.tandem(...placed);
      if (code !== 0) throw new Error(`tandem ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
      if (args[0] === "validator") lists.push(stdout.trim().split("\n").slice(1));
      if (args[1] === "changeover") {
        expect(told(stderr)).toEqual(
          told(/on the way what it waits for:\n\n```\n([\s\S]*?)```/.exec(page)![1]!),
        );
        expect(stdout).toMatch(/^sovereign \(sovereign-1\) is consumer 0 since height \d+; /);
        // Doors that were open before list the queries of the new software.
        expect(await rest("sovereign", "/interchain_security/ccv/consumer/provider-info")).toMatchObject({
          status: 200,
          body: {
            consumer: { chainID: "sovereign-1", connectionID: "connection-0", channelID: "channel-1" },
          },
        });
      }
      if (args[1] === "delegate") expect(stdout).toContain("in force on sovereign");
      if (args[1] === "list" && args[0] === "consumer")
        expect(stdout).toMatch(/\nsovereign +sovereign-1 +0 +launched +2 +channel-1 /);
    }
    const names = lists.map((list) => list.map((line) => line.trim().split(/\s+/)[0]));
    expect(names).toEqual([
      ["founder", "partner"],
      ["alice", "bob"],
    ]);
  }, 600_000);

  test("a chain that is no chain of its own any more is refused, and what would be called is shown", async () => {
    const refused = await scratch.tandem("consumer", "changeover", "sovereign");
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("sovereign is a consumer already");
    const dry = await scratch.tandem("consumer", "changeover", "sovereign", "--opt-in", "bob", "--dry-run");
    expect(dry.stdout).toBe('would call consumer.changeOver with [{"chain":"sovereign","optIn":["bob"]}]\n');
  }, 200_000);
});
