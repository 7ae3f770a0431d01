/** What a network consists of: a YAML file that users copy, or an object in tests. Every field has a default. */
import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { LocalnetError } from "./errors.ts";

/** Nodes of one chain on one machine: each is a process with some 40 MB, and each connects to each. */
const MAX_NODES = 50;
const NAME = /^[a-z][a-z0-9-]{0,48}$/;
const name = z.string().regex(NAME, "lower-case letters, digits and dashes, starting with a letter");
const amount = z
  .union([z.string().regex(/^\d+$/, "a whole number of base units"), z.number().int().nonnegative()])
  .transform((v) => BigInt(v));
const rate = z.string().regex(/^[01](\.\d{1,18})?$/, "a decimal such as 0.05");
const positiveInt = z.number().int().positive();
const port = z.number().int().min(1).max(65535);
const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a duration such as 5s, 20m, 21d")
  .transform(parseDuration);

/** Nanoseconds of `500ms`, `5s`, `20m`, `3h`, `21d`. */
export function parseDuration(text: string): bigint {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null)
    throw new LocalnetError("bad-topology", `"${text}" is not a duration`, {
      hint: "write 500ms, 5s, 20m, 3h or 21d",
    });
  const unit = { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n }[
    match[2] as "ms" | "s" | "m" | "h" | "d"
  ];
  return BigInt(match[1]!) * unit * 1_000_000n;
}

const ports = z
  .strictObject({ rpc: port.optional().describe("JSON-RPC and WebSocket; a free one by default") })
  .prefault({});

const validator = z.strictObject({
  name: name.describe("used wherever an address is expected"),
  moniker: z.string().max(70).optional().describe("shown on chain; the name by default"),
  stake: amount.optional().describe("self-delegation in base units; 1000000 is one unit of voting power"),
  commission: rate.optional().describe("share of rewards kept, default 0.1"),
  jailed: z.boolean().optional().describe("starts jailed, outside the active set"),
});

const consumer = z.strictObject({
  name,
  chainId: z.string().min(1).max(50).optional().describe("the name by default"),
  optIn: z
    .union([
      z.literal("all"),
      z.array(name),
      z.strictObject({ largest: positiveInt }),
      z.strictObject({ smallest: positiveInt }),
    ])
    .optional()
    .describe(
      "who validates: all active validators (default), the largest or smallest of them, or those named",
    ),
  assignKeys: z
    .union([z.boolean(), z.array(name)])
    .optional()
    .describe("validators that use a key of their own on this chain; default none"),
  initialHeight: positiveInt.optional().describe("height of the first block, default 1"),
  powerCap: z.number().int().min(0).max(100).optional().describe("most power of one validator, percent"),
  setCap: z.number().int().nonnegative().optional().describe("most validators"),
  unbondingPeriod: duration.optional(),
  slashFractionDowntime: rate.optional().describe("of stake, for being down on this chain; default 0"),
  bech32Prefix: z
    .string()
    .regex(/^[a-z]{1,20}$/)
    .optional()
    .describe("default consumer"),
  denom: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/)
    .optional(),
  ports,
});

const provider = z
  .strictObject({
    chainId: z.string().min(1).max(50).default("provider"),
    bech32Prefix: z
      .string()
      .regex(/^[a-z]{1,20}$/)
      .default("cosmos"),
    denom: z.string().default("stake").describe("bond and fee denomination"),
    blocksPerEpoch: positiveInt.default(5),
    unbondingPeriod: duration.default(parseDuration("21d")),
    maxValidators: positiveInt.default(100),
    maxProviderConsensusValidators: positiveInt.default(180),
    slashMeterReplenishPeriod: duration.default(parseDuration("1h")),
    slashMeterReplenishFraction: rate.default("0.05"),
    signedBlocksWindow: positiveInt.default(100),
    downtimeJailDuration: duration.default(parseDuration("60s")),
    ports,
  })
  .prefault({});

const account = z.strictObject({
  name,
  coins: z.string().optional().describe("such as 1000000000stake"),
});

const FIRST_NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];

const numbered = (count: number): z.output<typeof validator>[] =>
  Array.from({ length: count }, (_, i) => ({ name: FIRST_NAMES[i] ?? `validator-${i + 1}` }));

const engine = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("local").describe("the engine in this process") }),
  z.strictObject({
    kind: z.literal("cometbft").describe("real CometBFT 0.38 nodes, each with an application of its own"),
    nodes: z
      .number()
      .int()
      .min(1)
      .max(MAX_NODES)
      .optional()
      .describe("of each chain; as many as validators by default, more are full nodes"),
    binary: z.string().min(1).optional().describe("the cometbft program; by default the one in PATH"),
  }),
]);

const schema = z.strictObject({
  name: name.default("localnet"),
  seed: z
    .union([z.string(), z.number().int()])
    .transform(String)
    .default("tandem")
    .describe("all keys follow from it"),
  blockTime: duration.default(parseDuration("1s")),
  provider,
  validators: z
    .union([z.number().int().min(1).max(500), z.array(validator).min(1).max(500)])
    .default(4)
    .transform((v) => (typeof v === "number" ? numbered(v) : v))
    .describe("how many, or which"),
  consumers: z
    .union([z.number().int().min(0).max(100), z.array(consumer).max(100)])
    .default(2)
    .transform((v) =>
      typeof v === "number"
        ? Array.from({ length: v }, (_, i) => consumer.parse({ name: `consumer-${i}` }))
        : v,
    )
    .describe("how many, or which"),
  engine: engine.default({ kind: "local" }).describe("what makes the blocks"),
  accounts: z.array(account).default([]).describe("further funded accounts"),
});

/** A topology as files and tests write it: everything optional. */
export type TopologyInput = z.input<typeof schema>;
type Parsed = z.output<typeof schema>;

/** A validator with everything decided. */
export interface ValidatorSpec {
  readonly name: string;
  readonly moniker: string;
  readonly stake: bigint;
  readonly commission: string;
  readonly jailed: boolean;
}

/** A consumer with everything decided. */
export interface ConsumerSpec {
  readonly name: string;
  readonly chainId: string;
  readonly optIn: readonly string[];
  readonly assignKeys: readonly string[];
  /** Height of the first block. */
  readonly initialHeight: bigint;
  readonly powerCap: number;
  readonly setCap: number;
  readonly unbondingPeriodNs: bigint;
  readonly slashFractionDowntime: string;
  readonly bech32Prefix: string;
  readonly denom: string;
  readonly rpcPort: number | undefined;
}

/** What makes the blocks of all chains. */
export type EngineSpec =
  | { readonly kind: "local" }
  | { readonly kind: "cometbft"; readonly nodes: number; readonly binary?: string };

/** A topology with everything decided. */
export interface Topology {
  readonly name: string;
  readonly seed: string;
  readonly blockTimeNs: bigint;
  readonly provider: Parsed["provider"];
  readonly validators: readonly ValidatorSpec[];
  readonly consumers: readonly ConsumerSpec[];
  readonly accounts: readonly { readonly name: string; readonly coins: string | undefined }[];
  readonly engine: EngineSpec;
}

/** Powers of unnamed validators: 500, 400, 300, 200, then 100 each. */
const DEFAULT_POWERS = [500n, 400n, 300n, 200n];
const POWER_REDUCTION = 1_000_000n;
/** Names that mean something else: the relayer pays from its own account. */
const RESERVED = new Set(["relayer", "provider", "all"]);

/** Reads a topology file. Throws `bad-topology` with the place and the reason. */
export function parseTopology(text: string, file = "topology"): Topology {
  let value: unknown;
  try {
    value = parseYaml(text) ?? {};
  } catch (cause) {
    const reason = cause instanceof YAMLParseError ? cause.message : String(cause);
    throw new LocalnetError("bad-topology", `${file} is not YAML: ${reason}`, { cause });
  }
  return createTopology(value as TopologyInput, file);
}

/** Completes and checks a topology. */
export function createTopology(input: TopologyInput = {}, file = "topology"): Topology {
  const result = schema.safeParse(withValidatorPerNode(input));
  if (!result.success) throw badTopology(file, result.error, "the fields are listed in docs/topology.md");
  const parsed = result.data;
  const validators = validatorSpecs(parsed);
  const topology: Topology = {
    name: parsed.name,
    seed: parsed.seed,
    blockTimeNs: parsed.blockTime,
    provider: parsed.provider,
    validators,
    consumers: consumerSpecs(parsed.consumers, parsed.provider, validators),
    accounts: parsed.accounts.map(({ name: n, coins }) => ({ name: n, coins })),
    engine: engineSpec(parsed, validators.length, file),
  };
  checkNames(topology, file);
  return topology;
}

/** Nodes and no word on validators: a validator for each node. */
function withValidatorPerNode(input: TopologyInput): TopologyInput {
  if (typeof input !== "object" || input === null || input.validators !== undefined) return input;
  const { engine: chosen } = input;
  if (chosen?.kind !== "cometbft" || typeof chosen.nodes !== "number") return input;
  return { ...input, validators: chosen.nodes };
}

function engineSpec({ engine: chosen }: Parsed, validators: number, file: string): EngineSpec {
  if (chosen.kind === "local") return chosen;
  const nodes = chosen.nodes ?? validators;
  if (nodes < validators || nodes > MAX_NODES)
    throw new LocalnetError(
      "bad-topology",
      `${file}: engine.nodes: ${nodes} nodes for ${validators} validators: each validator has a node of its own, and a chain at most ${MAX_NODES}`,
      { hint: "name at least as many nodes as validators; those beyond are full nodes" },
    );
  return { kind: "cometbft", nodes, ...(chosen.binary === undefined ? {} : { binary: chosen.binary }) };
}

/** A consumer as files and tests write it. */
export type ConsumerInput = z.input<typeof consumer>;

/** Completes and checks a consumer that joins a network. Throws `bad-topology`. */
export function addedConsumer(topology: Topology, input: ConsumerInput): ConsumerSpec {
  const result = consumer.safeParse(input);
  if (!result.success)
    throw badTopology("consumer", result.error, "tandem consumer create --help lists what can be said");
  const [spec] = consumerSpecs([result.data], topology.provider, topology.validators);
  checkNames({ ...topology, consumers: [spec!] }, "consumer");
  return spec!;
}

const badTopology = (where: string, { issues }: z.ZodError, hint: string): LocalnetError =>
  new LocalnetError(
    "bad-topology",
    `${where}: ${issues.map((i) => `${i.path.join(".") || "(top)"}: ${i.message}`).join("; ")}`,
    { hint },
  );

function validatorSpecs({ validators }: Parsed): ValidatorSpec[] {
  return validators.map((v, i) => ({
    name: v.name,
    moniker: v.moniker ?? v.name,
    stake: v.stake ?? (DEFAULT_POWERS[i] ?? 100n) * POWER_REDUCTION,
    commission: v.commission ?? "0.1",
    jailed: v.jailed ?? false,
  }));
}

function consumerSpecs(
  consumers: Parsed["consumers"],
  p: Parsed["provider"],
  validators: readonly ValidatorSpec[],
): ConsumerSpec[] {
  return consumers.map((c) => ({
    name: c.name,
    chainId: c.chainId ?? c.name,
    optIn: chooseValidators(c.optIn ?? "all", validators, p.maxValidators),
    assignKeys: c.assignKeys === true ? validators.map((v) => v.name) : c.assignKeys || [],
    initialHeight: BigInt(c.initialHeight ?? 1),
    powerCap: c.powerCap ?? 0,
    setCap: c.setCap ?? 0,
    // Shorter than the provider's, so that evidence can still be punished there.
    unbondingPeriodNs: c.unbondingPeriod ?? (p.unbondingPeriod * 20n) / 21n,
    slashFractionDowntime: c.slashFractionDowntime ?? "0",
    bech32Prefix: c.bech32Prefix ?? "consumer",
    denom: c.denom ?? p.denom,
    rpcPort: c.ports.rpc,
  }));
}

function chooseValidators(
  choice: NonNullable<z.output<typeof consumer>["optIn"]>,
  validators: readonly ValidatorSpec[],
  maxValidators: number,
): string[] {
  if (Array.isArray(choice)) return choice;
  const active = validators
    .filter((v) => !v.jailed && v.stake >= POWER_REDUCTION)
    .sort((a, b) => (a.stake < b.stake ? 1 : a.stake > b.stake ? -1 : 0))
    .slice(0, maxValidators)
    .map((v) => v.name);
  if (choice === "all") return active;
  return "largest" in choice ? active.slice(0, choice.largest) : active.slice(-choice.smallest);
}

function checkNames({ validators, consumers, accounts, provider: p }: Topology, file: string): void {
  const fail = (message: string): never => {
    throw new LocalnetError("bad-topology", `${file}: ${message}`);
  };
  const seen = new Set<string>();
  for (const n of [...validators, ...accounts].map((v) => v.name)) {
    if (seen.has(n) || RESERVED.has(n)) fail(`the name ${n} is taken`);
    seen.add(n);
  }
  const chains = new Set([p.chainId]);
  const names = new Set(["provider"]);
  for (const c of consumers) {
    if (names.has(c.name)) fail(`two chains have the name ${c.name}`);
    names.add(c.name);
    if (chains.has(c.chainId)) fail(`two chains have the id ${c.chainId}`);
    chains.add(c.chainId);
    for (const n of [...c.optIn, ...c.assignKeys])
      if (!validators.some((v) => v.name === n)) fail(`consumer ${c.name} names ${n}, which is no validator`);
    if (c.optIn.length === 0) fail(`nobody opts in to consumer ${c.name}: it could not launch`);
  }
}

/** JSON schema of topology files, for editors. */
export const topologyJsonSchema = (): object =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
