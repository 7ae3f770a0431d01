/** `tandem check traces` as a user calls it, and the commands of docs/traces.md. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readTrace, type Trace } from "../../packages/conformance/src/index.ts";
import { startTandem } from "../cli/run-tandem.ts";
import { ownTrace } from "./support/trace-dir.ts";

const root = join(__dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "tandem-check-traces-"));
afterAll(() => rmSync(directory, { recursive: true }));

const TIMEOUT_MS = 300_000;
const STATES = 15;

/** The beginning of a trace, in which consumers start and a packet is sent. */
function beginning(): Trace {
  const trace = readTrace(ownTrace("bound_noinv-02"));
  return { ...trace, steps: trace.steps.slice(0, STATES) };
}

function write(name: string, trace: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, gzipSync(JSON.stringify(trace)));
  return path;
}

/** A trace whose last state has another power than our chains will have. */
function wrong(): Trace {
  const trace = structuredClone(beginning());
  trace.steps[STATES - 1]!.provider.powers["node1"] = 12_345;
  return trace;
}

/** Before anything has happened, with a consumer of that name. */
function withChain(name: string): Trace {
  const { params, steps, ...rest } = beginning();
  const [{ action, provider }] = steps as [Trace["steps"][number]];
  const named = (of: Readonly<Record<string, number>>) => ({ ...of, [name]: of["consumer1"]! });
  return {
    ...rest,
    params: {
      ...params,
      ConsumerChains: [name],
      UnbondingPeriodPerChain: named(params.UnbondingPeriodPerChain),
      TrustingPeriodPerChain: named(params.TrustingPeriodPerChain),
      CcvTimeout: named(params.CcvTimeout),
    },
    steps: [
      { action, provider: { ...provider, status: { [name]: "not consumer" }, queueTo: {} }, consumers: {} },
    ],
  };
}

const tandem = (...args: string[]) => startTandem(args, root).ended;

test(
  "a directory's traces are replayed, the first difference is told, and the exit code is 6",
  async () => {
    const traces = join(directory, "traces");
    mkdirSync(join(traces, "v7"), { recursive: true });
    mkdirSync(join(traces, "classic"));
    writeFileSync(join(traces, "classic/x.json.gz"), "passed over");
    cpSync(write("a.json.gz", beginning()), join(traces, "v7/a.json.gz"));
    cpSync(write("b.json.gz", wrong()), join(traces, "v7/b.json.gz"));
    const { code, stdout, stderr } = await tandem("check", "traces", traces);
    const { action, provider } = beginning().steps[STATES - 1]!;
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      `${join(traces, "v7/a.json.gz")} ok ${STATES} states`,
      expect.stringContaining(
        `${join(traces, "v7/b.json.gz")} differs at step ${STATES - 1}, ${action.kind}`,
      ),
    ]);
    expect(stdout.split("\n").slice(2)).toEqual([
      "  field     provider.powers.node1",
      "  expected  12345",
      `  found     ${provider.powers["node1"]}`,
      "",
    ]);
    expect(stderr).toContain("1 of 2 traces went otherwise");
    expect(code).toBe(6);
  },
  TIMEOUT_MS,
);

test(
  "with --json there is one document",
  async () => {
    const { code, stdout } = await tandem("check", "traces", write("wrong.json.gz", wrong()), "--json");
    expect(code).toBe(6);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe("check-failed");
    expect(error.details).toMatchObject({
      ok: false,
      counts: { files: 1, ok: 0, skipped: 0, differing: 1 },
      traces: [
        {
          kind: "difference",
          difference: { step: STATES - 1, field: "provider.powers.node1", expected: 12_345 },
        },
      ],
    });
  },
  TIMEOUT_MS,
);

test(
  "what is no trace is told with its place, and the others are replayed",
  async () => {
    const files = [
      write("unknown-action.json.gz", {
        ...beginning(),
        steps: [...beginning().steps.slice(0, 1), { ...beginning().steps[1], action: { kind: "Jump" } }],
      }),
      write("impossible.json.gz", withChain("x".repeat(51))),
      write("good.json.gz", { ...beginning(), steps: beginning().steps.slice(0, 2) }),
    ];
    const { code, stdout, stderr } = await tandem("check", "traces", ...files);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/unknown-action\.json\.gz is no trace: steps\.1\.action\.kind: /),
      expect.stringMatching(/impossible\.json\.gz is no trace: params: no chains can be set up with them: /),
      `${files[2]} ok 2 states`,
    ]);
    expect(stderr).toContain("2 of 3 files are no traces");
    expect(code).toBe(2);
    const json = await tandem("check", "traces", ...files, "--json");
    expect(JSON.parse(json.stdout).error.details.counts).toEqual({
      files: 3,
      ok: 1,
      skipped: 0,
      differing: 0,
      bad: 2,
    });
  },
  TIMEOUT_MS,
);

test.each([
  ["a file that is not there", () => join(directory, "none.json.gz"), 3, /there is no .*none\.json\.gz/],
  ["a directory without traces", () => mkdtempSync(join(directory, "empty-")), 3, /no traces in /],
  [
    "a trace of another flavour",
    () => write("classic.json.gz", { ...beginning(), flavour: "classic" }),
    2,
    /flavour classic/,
  ],
  ["what is no trace", () => write("none.json.gz", { flavour: "v7" }), 2, /none\.json\.gz: family: /],
])(
  "%s",
  async (_, make, code, message) => {
    const ran = await tandem("check", "traces", make());
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  },
  TIMEOUT_MS,
);

const page = readFileSync(join(root, "docs/traces.md"), "utf8");
const commands = [...page.matchAll(/^pnpm -s tandem (.*)$/gm)].map((match) => match[1]!);

test("the page names its commands", () => {
  expect(commands).toHaveLength(2);
  expect(page).toContain("pnpm test:traces");
  expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts["test:traces"]).toBe(
    "jest test/traces",
  );
});

test.each(commands)(
  "tandem %s",
  async (command) => {
    const { code, stdout } = await tandem(...command.split(" "));
    expect(code).toBe(0);
    if (!command.includes("--json")) expect(stdout).toMatch(/^test\/data\/\S+ ok 70 states\n$/);
    else expect(JSON.parse(stdout)).toMatchObject({ ok: true, traces: [{ kind: "ok", states: 70 }] });
  },
  TIMEOUT_MS,
);
