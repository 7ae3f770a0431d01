/** `tandem check scenario` as people and scripts call it, and what docs/scenarios.md tells of it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTandem } from "../cli/run-tandem.ts";

const root = join(__dirname, "../..");
const page = readFileSync(join(root, "docs/scenarios.md"), "utf8");
const [example = ""] = [...page.matchAll(/```json\n(.*?)```/gs)].map((match) => match[1]!);
const commands = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap((match) => match[1]!.trim().split("\n"));

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-scenarios-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string): string {
  writeFileSync(join(directory, name), content);
  return name;
}

const check = (...args: string[]) => runTandem(["check", "scenario", ...args], directory);

test("the page has an example and commands", () => {
  expect(example).not.toBe("");
  expect(commands).toHaveLength(2);
});

test.each(commands)(
  "%s",
  async (command) => {
    const [program, ...args] = command.split(" ");
    expect(program).toBe("tandem");
    const { code, stdout } = await runTandem(args, root);
    expect([code, stdout]).toEqual([0, expect.stringContaining("ok")]);
  },
  180_000,
);

test("the page's example holds: states on standard output, steps on standard error", async () => {
  const file = write("example.json", example);
  const { code, stdout, stderr } = await check(file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^example\.json ok 3 states \(\d+\.\d s\)\n$/);
  expect(stderr).toBe("example.json: step 1 of 2, StartChain\nexample.json: step 2 of 2, DelegateTokens\n");
}, 60_000);

test("tells the first difference, goes on with the next file, and ends with 6", async () => {
  const wrong = write("wrong.json", example.replace('"ben": 205', '"ben": 206'));
  const right = write("right.json", example);
  const { code, stdout, stderr } = await check("-q", wrong, right);
  expect(code).toBe(6);
  const [first, second] = stdout.trim().split("\n");
  expect(first).toBe(
    'wrong.json step 2, DelegateTokens: hub.ValPowers: expected {"ben":206}, found {"ben":205}',
  );
  expect(second).toMatch(/^right\.json ok 3 states/);
  expect(stderr).toContain("error [check-failed] 1 of 2 scenarios went otherwise");
}, 60_000);

test("prints one JSON document", async () => {
  const right = write("right.json", example);
  const wrong = write("wrong.json", example.replace('"ann": 9695000000', '"ann": 1'));
  const good = await check("--json", right);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toEqual({
    ok: true,
    files: [
      { file: "right.json", name: "first-steps", ok: true, steps: 2, states: 3, seconds: expect.any(Number) },
    ],
  });
  const bad = await check("--json", wrong);
  expect(bad.code).toBe(6);
  expect(JSON.parse(bad.stdout)).toMatchObject({
    error: {
      code: "check-failed",
      details: {
        ok: false,
        files: [
          {
            file: "wrong.json",
            ok: false,
            steps: 1,
            difference: {
              step: 2,
              action: "DelegateTokens",
              chain: "hub",
              key: "ValBalances",
              expected: { ann: 1 },
              found: { ann: 9695000000 },
            },
          },
        ],
      },
    },
  });
}, 60_000);

test("refuses what is no scenario before it runs any, and what is not there", async () => {
  const right = write("right.json", example);
  const none = write("none.json", example.replace("DelegateTokens", "Delegate"));
  const bad = await check(right, none);
  expect([bad.code, bad.stdout]).toEqual([2, ""]);
  expect(bad.stderr).toContain('none.json: step 2: there is no action "Delegate"');
  expect((await check("missing.json")).code).toBe(3);
  mkdirSync(join(directory, "empty"));
  expect(await check("empty")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("no scenarios in empty"),
  });
  expect((await check()).code).toBe(2);
}, 60_000);
