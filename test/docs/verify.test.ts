/** The programs in docs/verify.md, run as they stand, against vectors that others made. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { hasKeys, vectorFiles, vectorsDir } from "../vectors/load.ts";

const run = promisify(execFile);
const page = readFileSync(join(__dirname, "../../docs/verify.md"), "utf8");
const programs = [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] as string);

const directory = mkdtempSync(join(tmpdir(), "tandem-docs-"));
const bundles: string[] = [];
beforeAll(async () => {
  expect(programs).toHaveLength(2);
  for (const [i, contents] of programs.entries()) {
    const outfile = join(directory, `program-${i}.mjs`);
    await build({
      stdin: { contents, resolveDir: join(__dirname, ".."), loader: "ts" },
      bundle: true,
      outfile,
      platform: "node",
      format: "esm",
      conditions: ["@tandem-ics/source", "node"],
      mainFields: ["module", "main"],
      external: ["lmdb", "secp256k1", "bufferutil", "utf-8-validate"],
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
      logLevel: "error",
    });
    bundles.push(outfile);
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

async function printed(program: number, ...files: string[]): Promise<string[]> {
  const { stdout } = await run(process.execPath, [bundles[program] as string, ...files]);
  return stdout.trim().split("\n");
}

let written = 0;
function write(content: unknown): string {
  const path = join(directory, `input-${written++}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const proofs = vectorFiles(hasKeys("root", "proof", "key", "value"));
const lightRuns = vectorFiles(
  (json) =>
    hasKeys("initial", "input")(json) && hasKeys("trusting_period")((json as { initial: object }).initial),
);

if (proofs.length === 0) {
  console.warn(`SKIPPED: no ICS-23 proofs below ${vectorsDir}; set VECTORS_DIR`);
  test.skip("proofs (set VECTORS_DIR)", () => undefined);
} else {
  test("proofs hold, and not for anything else", async () => {
    const inputs = proofs
      .filter(({ path }) => /iavl/.test(path))
      .map(({ json }) => json as Record<string, string>);
    expect(inputs.length).toBeGreaterThan(0);
    const good = await printed(0, ...inputs.map(write));
    expect(good).toEqual(inputs.map(() => "true"));
    const spoilt = inputs.flatMap((input): Record<string, string>[] => [
      { ...input, root: `00${input["root"]!.slice(2)}` },
      // another absent key may well lie between the same neighbours
      ...(input["value"] ? [{ ...input, key: `${input["key"]}00` }] : []),
      { ...input, value: input["value"] ? "" : "61" },
      { ...input, proof: input["proof"]!.slice(0, -2) },
      { ...input, proof: "" },
    ]);
    expect(await printed(0, ...spoilt.map(write))).toEqual(spoilt.map(() => "false"));
  });
}

if (lightRuns.length === 0) {
  console.warn(`SKIPPED: no model-based light-client runs below ${vectorsDir}; set VECTORS_DIR`);
  test.skip("headers (set VECTORS_DIR)", () => undefined);
} else {
  test("headers get the verdict that the reference verifier gives", async () => {
    for (const { json } of lightRuns) {
      const { input } = json as { input: { verdict: string }[] };
      expect(await printed(1, write(json))).toEqual(input.map(({ verdict }) => verdict));
    }
  }, 60_000);
}
