import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch } from "./run-tandem.ts";

const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
const tour = /<!-- tour -->\n```sh\n([\s\S]*?)```/
  .exec(readme)![1]!
  .trim()
  .split("\n")
  .map((line) => line.replace(/^pnpm -s tandem /, "").split(" "));
const shown = /in no\s+chain's validator set any more:\n\n```\n([\s\S]*?)```/.exec(readme)![1]!.trim();

describe("the README's tour", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  test("every command succeeds, and the validators are at last as shown", async () => {
    let lastList = "";
    for (const args of tour) {
      const { code, stdout, stderr } = await scratch.tandem(...args);
      if (code !== 0) throw new Error(`tandem ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
      expect(stdout.trim()).not.toBe("");
      expect(stdout.split("\n").length).toBeLessThanOrEqual(26);
      if (args[0] === "validator" && args[1] === "list") lastList = stdout.trim();
    }
    const words = (table: string) => table.split("\n").map((line) => line.trim().split(/\s+/));
    expect(words(lastList)).toEqual(words(shown));
  }, 120_000);
});
