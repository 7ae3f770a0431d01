/** The provider of a trace with its registered consumers, and how a consumer comes to run. */
import {
  CCV_VERSION,
  CONSUMER_PORT,
  createConsumerApp,
  createProviderApp,
  PROVIDER_PORT,
} from "@tandem-ics/ccv";
import { ConsumerGenesisState, MsgOptIn, MsgRemoveConsumer, toProtoJson } from "@tandem-ics/proto";
import {
  type CcvPath,
  ccvClients,
  openChannel,
  openConnection,
  type SentPacket,
  type WrittenAck,
} from "@tandem-ics/relayer";
import { createAddressCodecs, type JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import {
  type ConsumerSpec,
  consumerGenesis,
  createConsumerMessage,
  POWER_REDUCTION,
  providerGenesis,
  SECOND_NS,
  spawnMessage,
  type TrustPeriods,
} from "./genesis.ts";
import { type Account, ANCHOR, accountOf, createNames, type NamedKey, type Names } from "./names.ts";
import type { TraceParams } from "./trace.ts";
import { openTraceChain, type TraceChain } from "./trace-chain.ts";

/** The model's second 0: 2026-01-01T00:00:00Z. */
export const BASE_NS = 1_767_225_600_000_000_000n;
/** Genesis is that long before: registering consumers takes some blocks. */
const SETUP_SECONDS = 600n;
/** Periods of clients that are never to expire: ten years, a second less and all of it. */
const NEVER: TrustPeriods = { trusting: 315_359_999n, unbonding: 315_360_000n };
const PROVIDER_TYPES = "/interchain_security.ccv.provider.v1";

const OWNER = accountOf("owner");
const ERRANDS = accountOf("errands");
const CARRIER = accountOf("carrier");
const CONSUMER_ACCOUNTS = [ERRANDS, CARRIER];

/** A consumer that has been started. */
export interface Launched {
  readonly chain: TraceChain;
  readonly path: CcvPath;
  /** Packets to it, by sequence. */
  readonly toConsumer: Map<bigint, SentPacket>;
  /** Packets from it, by sequence. */
  readonly toProvider: Map<bigint, SentPacket>;
  /** Its acknowledgements that the provider has not got yet. */
  acksForProvider: WrittenAck[];
  /** VSC ids (the chains') that came in one block with others: no height stands for them any more. */
  readonly overwritten: Set<bigint>;
  /** VSC id → a height under which the slashing module finds it. */
  readonly heightOfVscId: Map<bigint, bigint>;
  /** VSC ids that came in its running block. */
  arriving: bigint[];
}

/**
 * `ending`: a packet of it timed out at the provider, which reality can prove only when the provider's running block has
 * ended.
 */
export type ConsumerStatus = "not consumer" | "running" | "ending" | "over";

/** A consumer of the model. */
export interface ModelConsumer {
  readonly name: string;
  readonly consumerId: string;
  readonly spec: ConsumerSpec;
  status: ConsumerStatus;
  /** Whether the provider has forgotten it, as it does with stopped ones after the unbonding period; the model never does. */
  isDeleted: boolean;
  launched: Launched | undefined;
}

/** Everything that a trace moves. */
export interface World {
  readonly params: TraceParams;
  readonly names: Names;
  readonly provider: TraceChain;
  readonly consumers: ReadonlyMap<string, ModelConsumer>;
  /** Real blocks in an epoch. */
  readonly blocksPerEpoch: bigint;
  /** Whether clients have the periods of the parameters; else they never expire. */
  readonly expiring: boolean;
  /** The chains' VSC id, less the model's. */
  readonly vscIdOffset: bigint;
  /** Operator of a node. Throws RangeError for an unknown one. */
  operator(node: string): Account;
  close(): Promise<void>;
}

/** How a world is made. */
export interface WorldOptions {
  readonly params: TraceParams;
  readonly blocksPerEpoch: bigint;
  /** Clients have the periods of the parameters; without this they never expire. */
  readonly expiring: boolean;
  /** The model's first VSC id. */
  readonly firstVscId: number;
}

const periodsOf = ({ params, expiring }: WorldOptions, chain: string): TrustPeriods =>
  expiring
    ? {
        trusting: BigInt(params.TrustingPeriodPerChain[chain]!),
        unbonding: BigInt(params.UnbondingPeriodPerChain[chain]!),
      }
    : NEVER;

/** Starts the provider and registers all consumers, with all validators opted in. The model's first block runs afterwards. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { params, blocksPerEpoch, firstVscId } = options;
  const names = createNames(params);
  const operators = new Map([ANCHOR, ...params.Nodes].map((node) => [node, accountOf(`operator ${node}`)]));
  const operator = (node: string): Account => {
    const account = operators.get(node);
    if (account === undefined) throw new RangeError(`no node is called ${node}`);
    return account;
  };
  const accounts = [...operators.values(), OWNER, ERRANDS, CARRIER];
  const validators = [names.anchor, ...names.nodes];
  const provider = await openTraceChain({
    name: "provider",
    bech32Prefix: "cosmos",
    genesis: providerGenesis({
      params,
      genesisTimeNs: BASE_NS - SETUP_SECONDS * SECOND_NS,
      blocksPerEpoch,
      trust: periodsOf(options, "provider"),
      validators: validators.map((key) => ({
        operator: operator(key.name),
        key,
        anchor: key === names.anchor,
      })),
      accounts,
    }),
    accounts,
    errandAccount: ERRANDS,
    carrierAccount: CARRIER,
    keys: validators.map(({ seed }) => seed),
    createApp: (duringBlock) =>
      createProviderApp({ backend: createMemoryBackend(), powerReduction: POWER_REDUCTION, duringBlock }),
  });
  const consumers = params.ConsumerChains.map(
    (name, i): ModelConsumer => ({
      name,
      consumerId: i.toString(),
      spec: {
        chainId: name,
        unbondingSeconds: periodsOf(options, name).unbonding,
        ccvTimeoutSeconds: BigInt(params.CcvTimeout[name]!),
        jailSeconds: BigInt(params.DowntimeJailDuration),
      },
      status: "not consumer",
      isDeleted: false,
      launched: undefined,
    }),
  );
  register(provider, consumers, names.nodes, operator);
  while (provider.height % blocksPerEpoch !== 0n) provider.extraBlock();
  provider.beginAt(BASE_NS - SECOND_NS, BASE_NS);
  return {
    params,
    names,
    provider,
    consumers: new Map(consumers.map((consumer) => [consumer.name, consumer])),
    blocksPerEpoch,
    expiring: options.expiring,
    // The first epoch's id is 1; each boundary so far has taken one.
    vscIdOffset: 1n + provider.height / blocksPerEpoch - BigInt(firstVscId),
    operator,
    async close() {
      await Promise.all(
        [provider, ...consumers.flatMap(({ launched }) => launched?.chain ?? [])].map((chain) =>
          chain.close(),
        ),
      );
    },
  };
}

function register(
  provider: TraceChain,
  consumers: readonly ModelConsumer[],
  nodes: readonly NamedKey[],
  operator: (node: string) => Account,
): void {
  const codecs = createAddressCodecs("cosmos");
  const owner = provider.address(OWNER);
  provider.sendExtra([
    { account: OWNER, messages: consumers.map(({ spec }) => createConsumerMessage(spec, owner)) },
  ]);
  provider.sendExtra(
    nodes.map(({ name }) => {
      const account = operator(name);
      const messages = consumers.map(({ consumerId }) => ({
        typeUrl: `${PROVIDER_TYPES}.MsgOptIn`,
        value: MsgOptIn.fromPartial({
          providerAddr: codecs.validator.encode(account.address),
          consumerId,
          signer: provider.address(account),
        }),
      }));
      return { account, messages };
    }),
  );
}

/** Stops consumers on the provider. */
export function stopConsumers({ provider }: World, consumers: readonly ModelConsumer[]): void {
  if (consumers.length === 0) return;
  const messages = consumers.map(({ consumerId }) => ({
    typeUrl: `${PROVIDER_TYPES}.MsgRemoveConsumer`,
    value: MsgRemoveConsumer.fromPartial({ consumerId, owner: provider.address(OWNER) }),
  }));
  provider.sendExtra([{ account: OWNER, messages }]);
  for (const consumer of consumers) consumer.status = "over";
}

/**
 * Launches consumers from the provider's last committed set, starts their chains and opens their paths. Their running
 * block has the provider's time.
 */
export async function startConsumers(world: World, consumers: readonly ModelConsumer[]): Promise<void> {
  if (consumers.length === 0) return;
  const { provider } = world;
  const owner = provider.address(OWNER);
  const messages = consumers.map(({ spec, consumerId }) =>
    spawnMessage(spec, consumerId, owner, provider.lastNs),
  );
  provider.sendExtra([{ account: OWNER, messages }]);
  // The begin of this block launches them; the one after it proves that.
  provider.extraBlock();
  const chains: TraceChain[] = [];
  for (const consumer of consumers) chains.push(await startChain(world, consumer));
  const paths = await Promise.all(
    consumers.map(({ consumerId }, i) => openPath(provider, chains[i]!, consumerId)),
  );
  consumers.forEach((consumer, i) => {
    const chain = chains[i]!;
    chain.beginAt(provider.lastNs, provider.runningNs);
    consumer.status = "running";
    consumer.launched = {
      chain,
      path: paths[i]!,
      toConsumer: new Map(),
      toProvider: new Map(),
      acksForProvider: [],
      overwritten: new Set(),
      heightOfVscId: new Map(),
      arriving: [],
    };
  });
}

/** Opens connection and CCV channel of a launched consumer; the model knows no rewards, so there is no transfer channel. */
async function openPath(provider: TraceChain, chain: TraceChain, consumerId: string): Promise<CcvPath> {
  const ends = [
    { chain: chain.client, sender: chain.errands },
    { chain: provider.client, sender: provider.errands },
  ] as const;
  const { consumerClient, providerClient } = await ccvClients(ends[1], ends[0], consumerId);
  const connection = await openConnection(
    { ...ends[0], clientId: consumerClient },
    { ...ends[1], clientId: providerClient },
  );
  const channel = await openChannel(connection.a, connection.b, {
    portA: CONSUMER_PORT,
    portB: PROVIDER_PORT,
    ordering: "ordered",
    version: CCV_VERSION,
  });
  return {
    consumer: connection.a,
    provider: connection.b,
    consumerChannel: channel.a,
    providerChannel: channel.b,
  };
}

/** The chain of a launched consumer, from the genesis that the provider made. */
async function startChain(world: World, consumer: ModelConsumer): Promise<TraceChain> {
  const { provider, names } = world;
  const { consumerId, spec, name } = consumer;
  const { genesisState } = await provider.client.query.provider.QueryConsumerGenesis({ consumerId });
  const ccv = toProtoJson(
    "interchain_security.ccv.v1.ConsumerGenesisState",
    ConsumerGenesisState.fromPartial(genesisState),
  ) as JsonObject;
  return openTraceChain({
    name,
    bech32Prefix: "consumer",
    genesis: consumerGenesis({
      chainId: spec.chainId,
      genesisTimeNs: provider.node.state.lastBlockTimeNs + 1n,
      ccv,
      trust: spec.unbondingSeconds === NEVER.unbonding ? NEVER : undefined,
      accounts: CONSUMER_ACCOUNTS,
    }),
    accounts: CONSUMER_ACCOUNTS,
    errandAccount: ERRANDS,
    carrierAccount: CARRIER,
    keys: [...names.nodes, ...names.consumerKeys].map(({ seed }) => seed),
    createApp: (duringBlock) => createConsumerApp({ backend: createMemoryBackend(), duringBlock }),
  });
}
