/** What stands where: heights, phases, validator sets side by side, packets, clients. As scripts read it (JSON). */
import { toBase64, toHexUpper } from "@tandem-ics/crypto";
import { formatTimestamp } from "@tandem-ics/proto";
import type { Relayer } from "@tandem-ics/relayer";
import { createAddressCodecs } from "@tandem-ics/runtime";
import type { Chain, ChainRole } from "./chain.ts";
import type { NodeReport } from "./engine.ts";
import { consensusKeyOfSeed } from "./keys.ts";
import { providerOf, type RunningConsumer, relayersOf, validatorsOn, type World } from "./world.ts";

/** A validator of one chain. 64-bit numbers are strings. */
export interface ValidatorStatus {
  readonly name: string;
  /** Consensus address on that chain. */
  readonly consAddress: string;
  /** Base64 of the Ed25519 key. */
  readonly pubKey: string;
  readonly power: string;
  readonly jailed: boolean;
  readonly tombstoned: boolean;
  readonly missedBlocks: string;
}

/** A chain of the network. */
export interface ChainReport {
  readonly name: string;
  readonly chainId: string;
  readonly role: ChainRole;
  readonly consumerId?: string;
  readonly phase: string;
  readonly height: string;
  readonly time: string;
  readonly rpc?: string;
  readonly grpc?: string;
  readonly rest?: string;
  readonly faucet?: string;
  readonly ccvChannel?: string;
  /** Id of the last validator-set change that is in force. */
  readonly vscId?: string;
  readonly clientExpiresIn?: string;
  /** Why no blocks are made, when none are. */
  readonly halted?: string;
  /** Nodes behind CometBFT; none with the engine in one process. */
  readonly nodes?: readonly NodeReport[];
  readonly validators: readonly ValidatorStatus[];
}

/** The relayer's part of a report. */
export interface RelayerReport {
  readonly running: boolean;
  readonly paths: readonly {
    /** The consumer whose path it is, or the name of another path. */
    readonly consumer: string;
    /** Of paths that are not a consumer's: the chains, and their ends of the channel. */
    readonly chains?: readonly [string, string];
    readonly channels?: readonly [string, string];
    readonly packets: number;
    readonly acknowledgements: number;
    readonly timeouts: number;
    readonly clientUpdates: number;
    readonly errors: number;
    readonly lastError?: string;
  }[];
}

/** A report on the whole network. */
export interface NetworkReport {
  readonly chains: readonly ChainReport[];
  readonly relayer: RelayerReport;
}

const PHASES: Readonly<Record<string, string>> = {
  CONSUMER_PHASE_REGISTERED: "registered",
  CONSUMER_PHASE_INITIALIZED: "initialized",
  CONSUMER_PHASE_LAUNCHED: "launched",
  CONSUMER_PHASE_STOPPED: "stopped",
  CONSUMER_PHASE_DELETED: "deleted",
};

/** `13d4h`, `5h12m`, `48s`; `expired` from zero down. */
export function formatDuration(ns: bigint): string {
  if (ns <= 0n) return "expired";
  const seconds = ns / 1_000_000_000n;
  const [d, h, m, s] = [seconds / 86400n, (seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n];
  if (d > 0n) return `${d}d${h}h`;
  if (h > 0n) return `${h}h${m}m`;
  return m > 0n ? `${m}m${s}s` : `${s}s`;
}

/** Names of the validators on a chain by consensus address (upper-case hex), assigned keys included. */
function namesOn(world: World, chain: Chain): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, { consensus }] of validatorsOn(world, chain.name)) {
    names.set(toHexUpper(consensus.address), name);
    for (const seed of world.assignedKeys.get(chain.name)?.get(name) ?? [])
      names.set(toHexUpper(consensusKeyOfSeed(seed).address), name);
  }
  return names;
}

interface StakingFacts {
  readonly jailed: ReadonlySet<string>;
  readonly tombstoned: ReadonlySet<string>;
  /** Every validator of the staking module by name, whether or not it is in the set. */
  readonly all: readonly string[];
}

/** Who is jailed and tombstoned, by name: decided where the stake is, on a provider for its consumers too. */
async function stakingFacts(world: World, chain: Chain): Promise<StakingFacts> {
  const { client, bech32Prefix, name: chainName } = chain;
  const known = validatorsOn(world, chainName);
  const pagination = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };
  const [{ validators }, { info }] = await Promise.all([
    client.query.staking.Validators({ status: "", pagination }),
    client.query.slashing.SigningInfos({ pagination }),
  ]);
  const codecs = createAddressCodecs(bech32Prefix);
  const byOperator = new Map(
    [...known].map(([name, v]) => [codecs.validator.encode(v.account.address), name]),
  );
  const byConsensus = new Map(
    [...known].map(([name, v]) => [codecs.consensus.encode(v.consensus.address), name]),
  );
  const jailed = new Set<string>();
  for (const v of validators)
    if (v.jailed) jailed.add(byOperator.get(v.operatorAddress) ?? v.operatorAddress);
  const tombstoned = new Set<string>();
  for (const i of info) if (i.tombstoned) tombstoned.add(byConsensus.get(i.address) ?? i.address);
  return {
    jailed,
    tombstoned,
    all: validators.map((v) => byOperator.get(v.operatorAddress) ?? v.operatorAddress),
  };
}

async function validatorStatuses(
  world: World,
  chain: Chain,
  facts: StakingFacts,
): Promise<ValidatorStatus[]> {
  const { client, bech32Prefix } = chain;
  const codecs = createAddressCodecs(bech32Prefix);
  const names = namesOn(world, chain);
  const { height } = await client.status();
  const [validators, { info }] = await Promise.all([
    // The set that signs the next block: every change that is in force.
    client.validators(height + 1n),
    client.query.slashing.SigningInfos({
      pagination: { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false },
    }),
  ]);
  const missed = new Map(info.map((i) => [i.address, i.missedBlocksCounter]));
  const inSet = validators.map((v) => {
    const consAddress = codecs.consensus.encode(v.address);
    const name = names.get(toHexUpper(v.address)) ?? consAddress;
    return {
      name,
      consAddress,
      pubKey: toBase64(v.pubKey.ed25519 ?? v.pubKey.secp256k1 ?? new Uint8Array()),
      power: v.votingPower.toString(),
      jailed: facts.jailed.has(name),
      tombstoned: facts.tombstoned.has(name),
      missedBlocks: (missed.get(consAddress) ?? 0n).toString(),
    };
  });
  return chain.role === "consumer" ? inSet : [...inSet, ...outsideTheSet(world, chain, facts, inSet)];
}

/** Validators without voting power where the stake is: jailed, or too small. */
function outsideTheSet(
  world: World,
  chain: Chain,
  facts: StakingFacts,
  inSet: readonly ValidatorStatus[],
): ValidatorStatus[] {
  const codecs = createAddressCodecs(chain.bech32Prefix);
  const present = new Set(inSet.map((v) => v.name));
  return facts.all
    .filter((name) => !present.has(name))
    .flatMap((name) => {
      const keys = validatorsOn(world, chain.name).get(name)?.consensus;
      if (keys === undefined) return [];
      return {
        name,
        consAddress: codecs.consensus.encode(keys.address),
        pubKey: toBase64(keys.pubKey),
        power: "0",
        jailed: facts.jailed.has(name),
        tombstoned: facts.tombstoned.has(name),
        missedBlocks: "0",
      };
    });
}

async function consumerPart(world: World, consumer: RunningConsumer): Promise<Partial<ChainReport>> {
  const provider = providerOf(world);
  const { chain, relayer } = consumer;
  const consumerId = chain.consumerId ?? "";
  const { phase } = await provider.client.query.provider.QueryConsumerChain({ consumerId });
  const info = await chain.client.query.ccvconsumer.QueryProviderInfo({}).catch(() => undefined);
  const [expiries, status] = await Promise.all([relayer.expiries(), chain.client.status()]);
  const providerStatus = await provider.client.status();
  const [onProvider, onConsumer] =
    relayer.a.chain === chain.client ? [expiries.b, expiries.a] : [expiries.a, expiries.b];
  const left = [onConsumer - status.timeNs, onProvider - providerStatus.timeNs].sort((a, b) =>
    a < b ? -1 : 1,
  )[0]!;
  return {
    consumerId,
    phase: PHASES[phase] ?? phase,
    ...(info?.consumer?.channelID ? { ccvChannel: info.consumer.channelID } : {}),
    vscId: await lastVscId(chain),
    clientExpiresIn: formatDuration(left),
  };
}

/** Id of the last VSC packet that the consumer received: told by the next sequence on its channel's events. */
async function lastVscId(chain: Chain): Promise<string> {
  const answer = (await chain.client.rpc.execute({
    jsonrpc: "2.0",
    id: 1,
    method: "tx_search",
    params: {
      query: "ccv_packet.valset_update_id EXISTS",
      prove: false,
      page: "1",
      per_page: "1",
      order_by: "desc",
    },
  })) as {
    result: {
      txs:
        | { tx_result: { events: { type: string; attributes: { key: string; value: string }[] }[] } }[]
        | null;
    };
  };
  let id = "0";
  for (const event of answer.result.txs?.[0]?.tx_result.events ?? [])
    if (event.type === "ccv_packet")
      id = event.attributes.find((a) => a.key === "valset_update_id")?.value ?? id;
  return id;
}

/** The report on one chain. */
export async function chainReport(world: World, chain: Chain, provider?: StakingFacts): Promise<ChainReport> {
  const known =
    chain.role === "plain"
      ? await stakingFacts(world, chain)
      : (provider ?? (await stakingFacts(world, providerOf(world))));
  const { height, timeNs } = await chain.client.status();
  const consumer = world.consumers.get(chain.name);
  const faucet = world.faucets.get(chain.name);
  const halted = chain.engine.standstill();
  const nodes = chain.engine.nodes();
  return {
    name: chain.name,
    chainId: chain.chainId,
    role: chain.role,
    phase: chain.role === "consumer" ? "starting" : "running",
    height: height.toString(),
    time: formatTimestamp(timeNs),
    ...chain.doors,
    ...(faucet === undefined ? {} : { faucet: faucet.url }),
    ...(consumer === undefined ? {} : await consumerPart(world, consumer)),
    ...(halted === undefined ? {} : { halted }),
    ...(nodes.length === 0 ? {} : { nodes }),
    validators: await validatorStatuses(world, chain, known),
  };
}

type PathReport = RelayerReport["paths"][number];

function pathReport(consumer: string, relayer: Relayer): PathReport {
  const { total, refreshes, errors, lastError } = relayer.status;
  return {
    consumer,
    ...total,
    clientUpdates: refreshes,
    errors,
    ...(lastError === undefined ? {} : { lastError }),
  };
}

/** The report on the relayer. */
export function relayerReport(world: World): RelayerReport {
  const paths: PathReport[] = [...world.consumers].map(([consumer, { relayer }]) =>
    pathReport(consumer, relayer),
  );
  for (const [name, { spec, channels, relayer }] of world.paths)
    paths.push({ ...pathReport(name, relayer), chains: spec.chains, channels });
  return { running: relayersOf(world).some((relayer) => relayer.status.running), paths };
}

/** The report on everything. */
export async function networkReport(world: World): Promise<NetworkReport> {
  const facts =
    world.topology.provider === undefined ? undefined : await stakingFacts(world, providerOf(world));
  const chains = await Promise.all(
    [...world.chains.values()].map((chain) => chainReport(world, chain, facts)),
  );
  return { chains, relayer: relayerReport(world) };
}
