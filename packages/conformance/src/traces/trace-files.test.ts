import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { TraceError } from "./errors.ts";
import { findTraceFiles, readTrace } from "./trace-files.ts";

const directory = mkdtempSync(join(tmpdir(), "tandem-traces-"));
afterAll(() => rmSync(directory, { recursive: true }));

const periods = { provider: 10, consumer1: 10 };
const trusting = { provider: 9, consumer1: 9 };
const init = {
  action: { kind: "init" },
  provider: {
    height: 0,
    lastTime: -1,
    runningTime: 0,
    powers: { node1: 100 },
    committed: { node1: 100 },
    jailedUntil: {},
    vscId: 0,
    status: { consumer1: "not consumer" },
    assignedKeys: {},
    keyOwners: {},
    pendingSlashAcks: {},
    queueTo: { consumer1: [] },
  },
  consumers: {},
};
const trace = {
  family: "bound_key",
  flavour: "v7",
  seed: 1,
  params: {
    BlocksPerEpoch: 3,
    ConsumerChains: ["consumer1"],
    Nodes: ["node1"],
    ConsumerAddresses: ["consAddr1"],
    InitialValidatorSet: { node1: 100 },
    UnbondingPeriodPerChain: periods,
    TrustingPeriodPerChain: trusting,
    CcvTimeout: periods,
    DowntimeJailDuration: 5,
  },
  steps: [init],
};
const doing = (action: object) => ({ ...trace, steps: [init, { ...init, action }] });

function write(name: string, content: unknown, gzip = true): string {
  const path = join(directory, name);
  const bytes = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  writeFileSync(path, gzip ? gzipSync(bytes) : bytes);
  return path;
}

function errorOf(act: () => unknown): [string, string] {
  try {
    act();
  } catch (error) {
    if (error instanceof TraceError) return [error.code, error.message.replaceAll(`${directory}/`, "")];
    throw error;
  }
  return ["none", ""];
}

test("traces are read, gzipped or not", () => {
  expect(readTrace(write("a.json.gz", trace)).params.Nodes).toEqual(["node1"]);
  expect(readTrace(write("a.json", trace, false)).steps).toHaveLength(1);
});

test.each([
  ["what is no JSON", "{", /^x\.json\.gz: no JSON, gzipped or plain: /],
  ["what is no trace", [], /^x\.json\.gz: the file: /],
  ["another flavour", { ...trace, flavour: "classic" }, /^x\.json\.gz: flavour classic; /],
  ["a missing field", { ...trace, steps: undefined }, /^x\.json\.gz: steps: /],
  [
    "no init",
    { ...trace, steps: [{ ...init, action: { kind: "DeliverVscPacket", consumerChain: "consumer1" } }] },
    /^x\.json\.gz: steps\.0\.action: the first action is init$/,
  ],
  ["a second init", doing({ kind: "init" }), /^x\.json\.gz: steps\.1\.action: init comes first and once$/],
  ["an unknown action", doing({ kind: "Jump" }), /^x\.json\.gz: steps\.1\.action\.kind: /],
  [
    "an unknown validator",
    doing({ kind: "VotingPowerChange", validator: "node9", changeAmount: 1 }),
    /^x\.json\.gz: steps\.1\.action\.validator: node9 is not in params$/,
  ],
  [
    "a power of one and a half",
    doing({ kind: "VotingPowerChange", validator: "node1", changeAmount: 1.5 }),
    /^x\.json\.gz: steps\.1\.action\.changeAmount: /,
  ],
  [
    "a change of power of a consumer address",
    doing({ kind: "VotingPowerChange", validator: "consAddr1", changeAmount: 1 }),
    /^x\.json\.gz: steps\.1\.action\.validator: consAddr1 is not in params$/,
  ],
  [
    "an unknown consumer that starts",
    doing({
      kind: "EndAndBeginBlockForProvider",
      timeAdvancement: 1,
      consumersToStart: ["consumer9"],
      consumersToStop: [],
    }),
    /^x\.json\.gz: steps\.1\.action\.consumersToStart: consumer9 is not in params$/,
  ],
  [
    "the state of an unknown consumer",
    { ...trace, steps: [{ ...init, provider: { ...init.provider, keyOwners: { consumer9: {} } } }] },
    /^x\.json\.gz: steps\.0: consumer9 is not in params$/,
  ],
  [
    "trust that lasts as long as unbonding",
    { ...trace, params: { ...trace.params, TrustingPeriodPerChain: { ...trusting, consumer1: 10 } } },
    /^x\.json\.gz: params\.TrustingPeriodPerChain\.consumer1: it is not shorter than the unbonding period$/,
  ],
  [
    "a number that is text",
    { ...trace, params: { ...trace.params, BlocksPerEpoch: "3" } },
    /^x\.json\.gz: params\.BlocksPerEpoch: /,
  ],
  [
    "a name that comes twice",
    { ...trace, params: { ...trace.params, Nodes: ["node1", "node1"] } },
    /^x\.json\.gz: params\.Nodes: a name comes twice$/,
  ],
  [
    "power of nobody's",
    { ...trace, params: { ...trace.params, InitialValidatorSet: { node7: 1 } } },
    /^x\.json\.gz: params\.InitialValidatorSet: node7 is not in Nodes$/,
  ],
  [
    "no period of a chain",
    { ...trace, params: { ...trace.params, CcvTimeout: { provider: 1 } } },
    /^x\.json\.gz: params\.CcvTimeout: nothing is said of consumer1$/,
  ],
])("%s is refused, with the place", (_, content, message) => {
  const path = write("x.json.gz", content);
  expect(errorOf(() => readTrace(path))).toEqual(["bad-trace", expect.stringMatching(message)]);
});

test("directories stand for the traces below them, but for those of other recordings", () => {
  const root = mkdtempSync(join(directory, "tree-"));
  for (const part of ["v7", "v7/more", "classic", "e2e"]) mkdirSync(join(root, part));
  for (const name of [
    "v7/b.json.gz",
    "v7/a.json.gz",
    "v7/more/c.json",
    "v7/README.md",
    "classic/x.json.gz",
    "e2e/y.json",
  ])
    writeFileSync(join(root, name), "");
  const found = ["v7/a.json.gz", "v7/b.json.gz", "v7/more/c.json"].map((name) => join(root, name));
  expect(findTraceFiles([root])).toEqual(found);
  expect(findTraceFiles([join(root, "v7")])).toEqual(found);
  expect(findTraceFiles([join(root, "classic/x.json.gz")])).toHaveLength(1);
  expect(errorOf(() => findTraceFiles([join(root, "none")]))[0]).toBe("not-found");
});
