/** What a network consists of: a YAML file that users copy, or an object in tests. Every field has a default. */
import { CONSUMER_APPLICATION_NAMES, type ConsumerApplicationName } from "@tandem-ics/ccv";
import type { JsonObject } from "@tandem-ics/runtime";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { LocalnetError } from "./errors.ts";
import { checkGenesisChanges } from "./genesis-changes.ts";
import {
  type AccountSpec,
  account,
  amount,
  bech32Prefix,
  type ChainSettings,
  chainFields,
  chainId,
  denom,
  duration,
  name,
  parseDuration,
  positiveInt,
  rate,
} from "./topology-fields.ts";
import {
  checkPlain,
  namesOf,
  type PathSpec,
  type PlainChainSpec,
  path,
  plainChain,
  plainSpecs,
} from "./topology-plain.ts";
import {
  isTopN,
  listedValidators,
  type ShapingSpec,
  shapingFields,
  shapingSpec,
} from "./topology-shaping.ts";

/** Nodes of one chain on one machine: each is a process with some 40 MB, and each connects to each. */
const MAX_NODES = 50;
const validator = z.strictObject({
  name: name.describe("used wherever an address is expected"),
  mnemonic: z.string().optional().describe("of its account; made from the seed by default"),
  moniker: z.string().max(70).optional().describe("shown on chain; the name by default"),
  stake: amount.optional().describe("self-delegation in base units; 1000000 is one unit of voting power"),
  commission: rate.optional().describe("share of rewards kept, default 0.1"),
  jailed: z.boolean().optional().describe("starts jailed, outside the active set"),
});

const consumer = z.strictObject({
  name,
  chainId: chainId.optional().describe("the name by default"),
  application: z
    .enum(CONSUMER_APPLICATION_NAMES)
    .optional()
    .describe("democracy has representatives, governance and minting of its own; default consumer"),
  optIn: z
    .union([
      z.literal("all"),
      z.array(name),
      z.strictObject({ largest: positiveInt }),
      z.strictObject({ smallest: positiveInt }),
    ])
    .optional()
    .describe(
      "who opts in: all active validators (default; nobody on a Top N chain), the largest or smallest of them, or those named",
    ),
  assignKeys: z
    .union([z.boolean(), z.array(name)])
    .optional()
    .describe("validators that use a key of their own on this chain; default none"),
  initialHeight: positiveInt.optional().describe("height of the first block, default 1"),
  ...shapingFields,
  unbondingPeriod: duration.optional(),
  slashFractionDowntime: rate.optional().describe("of stake, for being down on this chain; default 0"),
  bech32Prefix: bech32Prefix.optional().describe("default consumer"),
  denom: denom.optional(),
  ...chainFields,
});

const provider = z
  .strictObject({
    chainId: chainId.default("provider"),
    bech32Prefix: bech32Prefix.default("cosmos"),
    denom: denom.default("stake").describe("bond and fee denomination"),
    blocksPerEpoch: positiveInt.default(5),
    unbondingPeriod: duration.default(parseDuration("21d")),
    maxValidators: positiveInt.default(100),
    maxProviderConsensusValidators: positiveInt.default(180),
    slashMeterReplenishPeriod: duration.default(parseDuration("1h")),
    slashMeterReplenishFraction: rate.default("0.05"),
    signedBlocksWindow: positiveInt.default(100),
    downtimeJailDuration: duration.default(parseDuration("60s")),
    votingPeriod: duration.default(parseDuration("2d")).describe("of governance, once the network is up"),
    ...chainFields,
  })
  .prefault({});

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
  provider: z
    .union([z.literal(false), provider])
    .prefault({})
    .describe(
      "false for a network of plain chains only, which it also is with `chains` and nothing of a provider",
    ),
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
  checkInvariants: z
    .boolean()
    .optional()
    .describe("evaluate every invariant of docs/security.md after each block, and stop when one is broken"),
  accounts: z.array(account).default([]).describe("further funded accounts, on provider and consumers"),
  chains: z.array(plainChain).max(50).default([]).describe("chains without CCV"),
  paths: z.array(path).max(100).default([]).describe("channels that the relayer opens and serves"),
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
  readonly mnemonic?: string | undefined;
}

/** A provider with everything decided. Networks that were saved before have no voting period: theirs was two days. */
export type ProviderSpec = Omit<z.output<typeof provider>, "votingPeriod"> &
  Partial<Pick<z.output<typeof provider>, "votingPeriod">>;

/** What a chain that ran by itself brings along, and what its provider made of it. */
export interface ChangeoverPart {
  /** Its connection, as the provider calls it. */
  readonly connectionId: string;
  /** The transfer channel over it, as the chain itself calls it; empty for none: one is opened then. */
  readonly transferChannel: string;
  /** Its id, and the section `ccvconsumer` with which its new software begins; undefined until it is launched. */
  readonly launched?: { readonly consumerId: string; readonly section: JsonObject } | undefined;
}

/** A consumer with everything decided. */
export interface ConsumerSpec extends ChainSettings, ShapingSpec {
  readonly name: string;
  readonly chainId: string;
  /** Missing in networks that were saved before there was a choice: `consumer`. */
  readonly application?: ConsumerApplicationName | undefined;
  readonly optIn: readonly string[];
  readonly assignKeys: readonly string[];
  /** Height of the first block. */
  readonly initialHeight: bigint;
  readonly unbondingPeriodNs: bigint;
  readonly slashFractionDowntime: string;
  readonly bech32Prefix: string;
  readonly denom: string;
  /** Set on a chain of the topology's `chains` that becomes a consumer. */
  readonly changeover?: ChangeoverPart | undefined;
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
  /** Undefined in a network of plain chains only. */
  readonly provider: ProviderSpec | undefined;
  /** Of provider and consumers. */
  readonly validators: readonly ValidatorSpec[];
  readonly consumers: readonly ConsumerSpec[];
  /** Further accounts on provider and consumers. */
  readonly accounts: readonly AccountSpec[];
  readonly engine: EngineSpec;
  /** Whether invariants are evaluated after each block; false when absent. */
  readonly checkInvariants?: boolean | undefined;
  readonly chains: readonly PlainChainSpec[];
  readonly paths: readonly PathSpec[];
}

/** Powers of unnamed validators: 500, 400, 300, 200, then 100 each. */
const DEFAULT_POWERS = [500n, 400n, 300n, 200n];
const POWER_REDUCTION = 1_000_000n;
/** Names that mean something else: the relayer pays from its own account. */
const RESERVED = new Set(["relayer", "provider", "all"]);
/** Where reasons for a refusal send the reader. */
const FIELDS_HINT = "the fields are listed in docs/topology.md";

/** Reads a topology file. Throws `bad-topology` with the place and the reason. */
export function parseTopology(text: string, file = "topology"): Topology {
  let value: unknown;
  try {
    // Merge keys let a second instance of a chain say only what is different.
    value = parseYaml(text, { merge: true }) ?? {};
  } catch (cause) {
    const reason = cause instanceof YAMLParseError ? cause.message : String(cause);
    throw new LocalnetError("bad-topology", `${file} is not YAML: ${reason}`, { cause });
  }
  return createTopology(value as TopologyInput, file);
}

/** Completes and checks a topology. */
export function createTopology(input: TopologyInput = {}, file = "topology"): Topology {
  const result = schema.safeParse(withoutProvider(withValidatorPerNode(input)));
  if (!result.success) throw badTopology(file, result.error, FIELDS_HINT);
  const parsed = result.data;
  const provider = parsed.provider === false ? undefined : parsed.provider;
  if (provider === undefined) refuseProviderParts(input, parsed, file);
  const validators = provider === undefined ? [] : validatorSpecs(parsed);
  const plain = plainSpecs(parsed.chains, parsed.paths, { blockTimeNs: parsed.blockTime, numbered });
  const topology: Topology = {
    name: parsed.name,
    seed: parsed.seed,
    blockTimeNs: parsed.blockTime,
    provider,
    validators,
    consumers: provider === undefined ? [] : consumerSpecs(parsed.consumers, provider, validators),
    accounts: parsed.accounts,
    engine: engineSpec(parsed, validators.length, file),
    checkInvariants: parsed.checkInvariants,
    ...plain,
  };
  checkNames(topology, file);
  checkGenesisChanges(topology, file);
  return topology;
}

/** Plain chains and no word on a provider, its validators or consumers: there is none. */
function withoutProvider(input: TopologyInput): TopologyInput {
  if (typeof input !== "object" || input === null || !Array.isArray(input.chains)) return input;
  const { chains, provider: p, validators, consumers } = input;
  if (chains.length === 0 || [p, validators, consumers].some((part) => part !== undefined)) return input;
  return { ...input, provider: false };
}

/** Without a provider nobody validates for it, and no consumer lives. */
function refuseProviderParts(input: TopologyInput, { chains, accounts }: Parsed, file: string): void {
  const fail = (message: string): never => {
    throw new LocalnetError("bad-topology", `${file}: ${message}`, { hint: FIELDS_HINT });
  };
  if (chains.length === 0) fail("provider: false, and there are no chains either");
  for (const part of ["validators", "consumers"] as const) {
    const given = input[part];
    if (Array.isArray(given) ? given.length > 0 : (given ?? 0) !== 0)
      fail(`${part}: there are none without a provider; chains have validators of their own`);
  }
  if (accounts.length > 0) fail("accounts: these are of provider and consumers; chains list their own");
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
  const [spec] = consumerSpecs([result.data], providerSpecOf(topology), topology.validators);
  const grown = { ...topology, consumers: [spec!] };
  checkNames(grown, "consumer");
  checkGenesisChanges(grown, "consumer");
  return spec!;
}

/** The provider of a topology. Throws `bad-request` where there is none. */
export function providerSpecOf({ provider: spec }: Topology): ProviderSpec {
  if (spec !== undefined) return spec;
  throw new LocalnetError("bad-request", "this network has no provider: its chains have no CCV", {
    hint: "--chain NAME names the chain that is meant",
  });
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
    mnemonic: v.mnemonic,
  }));
}

function consumerSpecs(
  consumers: Parsed["consumers"],
  p: ProviderSpec,
  validators: readonly ValidatorSpec[],
): ConsumerSpec[] {
  return consumers.map((c) => ({
    name: c.name,
    chainId: c.chainId ?? c.name,
    application: c.application,
    // Who must validate a Top N chain need not opt in.
    optIn: chooseValidators(c.optIn ?? (c.topN ? [] : "all"), validators, p.maxValidators),
    assignKeys: c.assignKeys === true ? validators.map((v) => v.name) : c.assignKeys || [],
    initialHeight: BigInt(c.initialHeight ?? 1),
    ...shapingSpec(c),
    // Shorter than the provider's, so that evidence can still be punished there.
    unbondingPeriodNs: c.unbondingPeriod ?? (p.unbondingPeriod * 20n) / 21n,
    slashFractionDowntime: c.slashFractionDowntime ?? "0",
    bech32Prefix: c.bech32Prefix ?? "consumer",
    denom: c.denom ?? p.denom,
    denomMetadata: c.denomMetadata,
    genesis: c.genesis,
    consensusParams: c.consensusParams,
    minGasPrices: c.minGasPrices,
    rpc: c.rpc,
    ports: c.ports,
    faucet: c.faucet,
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

function checkNames(topology: Topology, file: string): void {
  const { validators, consumers, accounts, provider: p } = topology;
  const fail = (message: string): never => {
    throw new LocalnetError("bad-topology", `${file}: ${message}`);
  };
  const seen = new Set<string>();
  for (const n of [...validators.map((v) => v.name), ...accounts.flatMap(namesOf)]) {
    if (seen.has(n) || RESERVED.has(n)) fail(`the name ${n} is taken`);
    seen.add(n);
  }
  const first = p === undefined ? [] : [{ name: "provider", chainId: p.chainId }];
  checkPlain(topology.chains, topology.paths, [...first, ...consumers], file);
  const chains = new Set(first.map((c) => c.chainId));
  const names = new Set(first.map((c) => c.name));
  for (const c of consumers) {
    if (names.has(c.name)) fail(`two chains have the name ${c.name}`);
    names.add(c.name);
    if (chains.has(c.chainId)) fail(`two chains have the id ${c.chainId}`);
    chains.add(c.chainId);
    for (const n of [...c.optIn, ...c.assignKeys, ...listedValidators(c)])
      if (!validators.some((v) => v.name === n)) fail(`consumer ${c.name} names ${n}, which is no validator`);
    if (c.optIn.length === 0 && !isTopN(c)) fail(`nobody opts in to consumer ${c.name}: it could not launch`);
  }
}

export { parseDuration } from "./topology-fields.ts";

/** JSON schema of topology files, for editors. */
export const topologyJsonSchema = (): object =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
