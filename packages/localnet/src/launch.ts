/**
 * From a topology to chains with an open CCV channel and a first validator-set change in force. Only public doors are
 * used: messages, queries and the relayer. The same steps launch a consumer beside a running network.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { CONSUMER_APPLICATIONS, createProviderApp } from "@tandem-ics/ccv";
import type { TxResult } from "@tandem-ics/client";
import { toBase64 } from "@tandem-ics/crypto";
import {
  ConsumerGenesisState,
  MsgAssignConsumerKey,
  MsgOptIn,
  MsgUpdateConsumer,
  toProtoJson,
} from "@tandem-ics/proto";
import { createRelayer, openCcvPath } from "@tandem-ics/relayer";
import { createAddressCodecs, type JsonObject } from "@tandem-ics/runtime";
import { MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Chain } from "./chain.ts";
import { createMessage, initializationParameters, PROVIDER_TYPE, powerShaping } from "./consumer-messages.ts";
import { LocalnetError } from "./errors.ts";
import { consumerGenesis, providerGenesis } from "./genesis.ts";
import { governanceAddress, passProposal } from "./governance.ts";
import { type ConsensusKey, createConsensusKey } from "./keys.ts";
import { saveNetwork } from "./network-file.ts";
import { startChain } from "./start-chain.ts";
import { type ConsumerSpec, providerSpecOf } from "./topology.ts";
import { isTopN } from "./topology-shaping.ts";
import {
  accountOf,
  carrierOn,
  createPace,
  keysOn,
  providerOf,
  RELAYER,
  type RunningConsumer,
  relayerAccount,
  relayerOver,
  senderOf,
  validatorOf,
  type World,
} from "./world.ts";

/** The account that creates consumers and owns them. */
export const OWNER = "owner";
const POWER_REDUCTION = 1_000_000n;
/** Blocks to wait for a launch that must happen in the next one. */
const LAUNCH_BLOCKS = 5;

/** Time between blocks in ms; undefined with a manual clock. */
export const blockTimeMs = (world: World, ns = world.topology.blockTimeNs): number | undefined =>
  world.manualClock === undefined ? Number(ns / 1_000_000n) : undefined;

/** What an application takes from a topology. */
export const appOptions = ({
  bech32Prefix,
  minGasPrices,
}: {
  readonly bech32Prefix: string;
  readonly minGasPrices?: string | undefined;
}) => ({ bech32Prefix, ...(minGasPrices === undefined ? {} : { minGasPrices }) });

/** Starts the provider. */
export async function launchProvider(world: World, genesisTimeNs: bigint): Promise<Chain> {
  const { topology } = world;
  const provider = providerSpecOf(topology);
  const { bech32Prefix, denom } = provider;
  const validators = [...world.validators.values()];
  const others = [...world.accounts.values()].filter(({ name }) => !world.validators.has(name));
  const chain = await startChain({
    name: "provider",
    role: "provider",
    bech32Prefix,
    denom,
    genesis: providerGenesis(topology, validators, others, genesisTimeNs),
    keys: validators.map((v) => v.consensus.seed),
    keysOf: keysOn(world, "provider"),
    clock: world.clock,
    blockTimeMs: blockTimeMs(world),
    home: world.home,
    createApp: (backend) => createProviderApp({ backend, ...appOptions(provider) }),
    settleLater: world.unsettled,
    pace: createPace(world),
    monitor: world.monitor,
    cometbft: world.cometbft,
    settings: provider,
  });
  world.chains.set(chain.name, chain);
  return chain;
}

/** The key JSON that messages carry. */
export const keyJson = (pubKey: Uint8Array): string =>
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(pubKey)}"}`;

/**
 * A key of its own for `validator` on `chain`. It is on disk when this returns: once a transaction has told the
 * provider of it, a network that lost it could not sign there any more.
 */
export function newConsumerKey(world: World, chain: string, validator: string): ConsensusKey {
  let byValidator = world.assignedKeys.get(chain);
  if (byValidator === undefined) {
    byValidator = new Map();
    world.assignedKeys.set(chain, byValidator);
  }
  const seeds = byValidator.get(validator) ?? [];
  const key = createConsensusKey(world.topology.seed, validator, `${chain} ${seeds.length}`);
  byValidator.set(validator, [...seeds, key.seed]);
  saveNetwork(world);
  return key;
}

/** Registers a consumer without a spawn time. Returns its id. */
export async function registerConsumer(world: World, spec: ConsumerSpec): Promise<string> {
  const sender = senderOf(world, providerOf(world), OWNER);
  const result = await sender.send([createMessage(world, spec, sender.address)]);
  return consumerIdOf(result);
}

function consumerIdOf(result: TxResult): string {
  const id = result.events
    .find((event) => event.type === "create_consumer")
    ?.attributes.find((a) => a.key === "consumer_id")?.value;
  if (id === undefined)
    throw new LocalnetError("launch-failed", "the provider told no id of the new consumer");
  return id;
}

/** Names of those who may be in a consumer's set: of a Top N chain's, anybody. */
const mayValidate = (world: World, spec: ConsumerSpec): readonly string[] =>
  isTopN(spec) ? [...world.validators.keys()] : spec.optIn;

/** Opts those validators in who are not yet, each by its own transaction, with keys of their own where the topology says so. */
export async function optInAll(
  world: World,
  spec: ConsumerSpec,
  consumerId: string,
  done: ReadonlySet<string> = new Set(),
): Promise<void> {
  const provider = providerOf(world);
  const codecs = createAddressCodecs(provider.bech32Prefix);
  // Who must validate a Top N chain without having opted in may still want a key of its own.
  const keysOnly = isTopN(spec) ? spec.assignKeys.filter((name) => !spec.optIn.includes(name)) : [];
  const hashes = await Promise.all(
    [...spec.optIn, ...keysOnly]
      .filter((name) => !done.has(name))
      .map(async (name) => {
        const sender = senderOf(world, provider, name);
        const providerAddr = codecs.validator.encode(validatorOf(world, name).account.address);
        const own = spec.assignKeys.includes(name);
        const fields = {
          providerAddr,
          consumerId,
          signer: sender.address,
          consumerKey: own ? keyJson(newConsumerKey(world, spec.name, name).pubKey) : "",
        };
        const message: EncodeObject = keysOnly.includes(name)
          ? {
              typeUrl: `${PROVIDER_TYPE}.MsgAssignConsumerKey`,
              value: MsgAssignConsumerKey.fromPartial(fields),
            }
          : { typeUrl: `${PROVIDER_TYPE}.MsgOptIn`, value: MsgOptIn.fromPartial(fields) };
        return { sender, hash: await sender.submit([message]) };
      }),
  );
  for (const { sender, hash } of hashes) {
    const result = await sender.confirm(hash);
    if (result.code !== 0)
      throw new LocalnetError("launch-failed", `an opt-in to ${spec.name} failed: ${result.log}`);
  }
}

/** Message of a key assignment; the key is new and the validator's node on the consumer gets it. */
export function assignKeyMessage(
  world: World,
  chain: Chain,
  validator: string,
  signer: string,
): EncodeObject {
  const key = newConsumerKey(world, chain.name, validator);
  chain.engine.addKey(validatorOf(world, validator).spec.name, key.seed);
  const codecs = createAddressCodecs(providerOf(world).bech32Prefix);
  return {
    typeUrl: `${PROVIDER_TYPE}.MsgAssignConsumerKey`,
    value: MsgAssignConsumerKey.fromPartial({
      providerAddr: codecs.validator.encode(validatorOf(world, validator).account.address),
      consumerId: chain.consumerId ?? "",
      consumerKey: keyJson(key.pubKey),
      signer,
    }),
  };
}

/** Consumers with their ids. */
type Registered = readonly { readonly spec: ConsumerSpec; readonly consumerId: string }[];

/**
 * Sets spawn times to the last block's time, so that the next block launches the consumers, and waits for that. Top N
 * chains are handed to governance, which sets theirs with the N.
 */
export async function spawnConsumers(world: World, consumers: Registered): Promise<void> {
  const provider = providerOf(world);
  const sender = senderOf(world, provider, OWNER);
  const { timeNs } = await provider.client.status();
  const update = (changes: Partial<MsgUpdateConsumer>): EncodeObject => ({
    typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
    value: MsgUpdateConsumer.fromPartial({ owner: sender.address, ...changes }),
  });
  const spawning = consumers.filter(({ spec }) => !isTopN(spec));
  const governed = consumers.filter(({ spec }) => isTopN(spec));
  const authority = governanceAddress(world);
  const owners = await Promise.all(
    governed.map(({ consumerId }) => provider.client.query.provider.QueryConsumerChain({ consumerId })),
  );
  const messages = [
    ...spawning.map(({ spec, consumerId }) =>
      update({ consumerId, initializationParameters: initializationParameters(spec, timeNs) }),
    ),
    ...owners
      .filter(({ ownerAddress }) => ownerAddress !== authority)
      .map(({ consumerId }) => update({ consumerId, newOwnerAddress: authority })),
  ];
  if (messages.length > 0) await sender.send(messages);
  if (governed.length > 0)
    await passProposal(
      world,
      OWNER,
      `launch ${governed.map(({ spec }) => spec.name).join(", ")}`,
      governed.map(({ spec, consumerId }) =>
        update({
          owner: authority,
          consumerId,
          powerShapingParameters: powerShaping(world, spec, spec.topN ?? 0),
          initializationParameters: initializationParameters(spec, timeNs),
        }),
      ),
    );
  for (const { spec, consumerId } of consumers) await waitForLaunch(world, spec, consumerId);
}

/** Waits until the provider has launched a consumer whose spawn time is over. */
export async function waitForLaunch(world: World, spec: ConsumerSpec, consumerId: string): Promise<void> {
  const { client } = providerOf(world);
  let phase = "";
  for (let i = 0; i < LAUNCH_BLOCKS; i++) {
    ({ phase } = await client.query.provider.QueryConsumerChain({ consumerId }));
    if (phase === "CONSUMER_PHASE_LAUNCHED") return;
    await client.pace.after((await client.status()).height);
  }
  throw new LocalnetError(
    "launch-failed",
    `consumer ${spec.name} (${consumerId}) did not launch: it is ${phase}`,
    {
      hint: "at least one active validator must have opted in before the spawn time",
    },
  );
}

/** The section `ccvconsumer` that the provider made for a launched consumer. */
export async function consumerSection(world: World, consumerId: string): Promise<JsonObject> {
  const { genesisState } = await providerOf(world).client.query.provider.QueryConsumerGenesis({ consumerId });
  return toProtoJson(
    "interchain_security.ccv.v1.ConsumerGenesisState",
    ConsumerGenesisState.fromPartial(genesisState),
  ) as JsonObject;
}

/** Seeds of all keys with which validators may sign on a consumer when it begins. */
export const consumerKeys = (world: World, spec: ConsumerSpec): Uint8Array[] => [
  ...mayValidate(world, spec).map((name) => validatorOf(world, name).consensus.seed),
  ...[...(world.assignedKeys.get(spec.name)?.values() ?? [])].flat(),
];

/** Starts the chain of a launched consumer from the genesis that the provider made. */
export async function startConsumer(world: World, spec: ConsumerSpec, consumerId: string): Promise<Chain> {
  const provider = providerOf(world);
  const ccvState = await consumerSection(world, consumerId);
  const { timeNs } = await provider.client.status();
  const { bech32Prefix, denom } = spec;
  const chain = await startChain({
    name: spec.name,
    role: "consumer",
    consumerId,
    bech32Prefix,
    denom,
    genesis: consumerGenesis(world.topology, spec, ccvState, [...world.accounts.values()], timeNs),
    keys: consumerKeys(world, spec),
    keysOf: keysOn(world, spec.name),
    clock: world.clock,
    blockTimeMs: blockTimeMs(world),
    home: world.home,
    createApp: (backend) =>
      CONSUMER_APPLICATIONS[spec.application ?? "consumer"].create({ backend, ...appOptions(spec) }),
    settleLater: world.unsettled,
    pace: createPace(world),
    monitor: world.monitor,
    cometbft: world.cometbft,
    settings: spec,
  });
  world.chains.set(chain.name, chain);
  return chain;
}

/** Half of what clients allow clocks to differ by. */
const STALE_NS = 5_000_000_000n;

/**
 * Lets a chain that has long stood still, while others were launched, make blocks: to its old time the headers of the
 * provider would come from the future. The first block has the time at which the last one was voted on.
 */
async function catchUp(world: World, { client }: Chain): Promise<void> {
  if (!world.launching || world.manualClock !== undefined) return;
  const { height, timeNs } = await client.status();
  if (world.clock.nowNs() - timeNs < STALE_NS) return;
  for (let at = height; at < height + 2n; ) at = await client.pace.after(at);
}

/** Opens (or finds) the path to a consumer and makes its relayer. */
export async function connectConsumer(
  world: World,
  spec: ConsumerSpec,
  chain: Chain,
): Promise<RunningConsumer> {
  const provider = providerOf(world);
  const own = relayerAccount(spec.name);
  const name = world.accounts.has(own) ? own : RELAYER;
  const paying = carrierOn(world, chain, name);
  await catchUp(world, chain);
  const path = await openCcvPath(
    { chain: provider.client, sender: senderOf(world, provider, name) },
    { chain: chain.client, sender: senderOf(world, chain, paying) },
    chain.consumerId ?? "",
    (what) => world.progress(`${spec.name}: opening ${what}`),
  );
  // One relayer carries all channels of a connection: two would carry each packet twice.
  const relayer = relayerOver(world, path.consumer) ?? (await createRelayer(path.provider, path.consumer));
  const running = { spec, chain, path, relayer };
  world.consumers.set(spec.name, running);
  return running;
}

/**
 * Makes the first change of each consumer's validator set, without which it refuses ordinary transactions: one unit of
 * voting power more for one of its validators, then the epoch's end, then the packet and its acknowledgement.
 */
export async function applyFirstChange(world: World, consumers: readonly RunningConsumer[]): Promise<void> {
  const provider = providerOf(world);
  const sender = senderOf(world, provider, OWNER);
  const codecs = createAddressCodecs(provider.bech32Prefix);
  const chosen = new Set<string>();
  // Where the cap leaves all at the same power, only so many units of the total change it.
  const units = consumers.reduce((most, { spec }) => {
    const needed = spec.powerCap === 0 ? 1n : BigInt(Math.ceil(100 / spec.powerCap));
    return needed > most ? needed : most;
  }, 1n);
  for (const { spec, chain } of consumers) {
    // Somebody who votes there: more stake of a jailed validator would change nothing.
    const candidates = mayValidate(world, spec);
    const voting = candidates.filter((name) => chain.engine.signingKey(name) !== undefined);
    if (!voting.some((name) => chosen.has(name))) chosen.add(voting[0] ?? candidates[0]!);
  }
  await sender.send(
    [...chosen].map((name) => ({
      typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
      value: MsgDelegate.fromPartial({
        delegatorAddress: sender.address,
        validatorAddress: codecs.validator.encode(accountOf(world, name).address),
        amount: { denom: provider.denom, amount: (units * POWER_REDUCTION).toString() },
      }),
    })),
  );
  await untilEpochEnd(world);
  for (const { chain } of consumers) await catchUp(world, chain);
  await Promise.all(consumers.map(({ relayer }) => relayer.drain()));
  for (const consumer of consumers) await untilApplied(consumer);
}

/** Waits until the provider's epoch is over and its packets are committed. */
export async function untilEpochEnd(world: World): Promise<bigint> {
  const { client } = providerOf(world);
  const length = BigInt(providerSpecOf(world.topology).blocksPerEpoch);
  let { height } = await client.status();
  const boundary = ((height + length) / length) * length;
  while (height < boundary) height = await client.pace.after(height);
  return boundary;
}

/** Waits until the consumer has its CCV channel: its first packet has come, and the change is in force two blocks on. */
export async function untilApplied({ chain, spec }: RunningConsumer): Promise<void> {
  for (let i = 0; i < LAUNCH_BLOCKS; i++) {
    const { height } = await chain.client.status();
    const info = await chain.client.query.ccvconsumer.QueryProviderInfo({}).catch(() => undefined);
    if (info?.consumer?.channelID) {
      let at = height;
      while (at < height + 2n) at = await chain.client.pace.after(at);
      return;
    }
    await chain.client.pace.after(height);
  }
  throw new LocalnetError("launch-failed", `${spec.name} has not applied a validator-set change`, {
    hint: "tandem relay once carries what is pending",
  });
}

/** Creates the topology's consumers together: registrations and opt-ins share blocks. */
export async function launchConsumers(world: World, specs: readonly ConsumerSpec[]): Promise<void> {
  if (specs.length === 0) return;
  const provider = providerOf(world);
  const sender = senderOf(world, provider, OWNER);
  world.progress(`creating ${specs.length} consumer${specs.length === 1 ? "" : "s"}`);
  const created = await sender.send(specs.map((spec) => createMessage(world, spec, sender.address)));
  const ids = created.events
    .filter((event) => event.type === "create_consumer")
    .map((event) => event.attributes.find((a) => a.key === "consumer_id")?.value ?? "");
  world.progress("opting validators in");
  for (const [i, spec] of specs.entries()) await optInAll(world, spec, ids[i]!);
  await spawnConsumers(
    world,
    specs.map((spec, i) => ({ spec, consumerId: ids[i]! })),
  );
  const running: RunningConsumer[] = [];
  for (const [i, spec] of specs.entries()) {
    world.progress(`${spec.name}: starting from the provider's genesis`);
    await startConsumer(world, spec, ids[i]!);
  }
  for (const spec of specs) running.push(await connectConsumer(world, spec, world.chains.get(spec.name)!));
  world.progress("waiting for the first validator-set change");
  await applyFirstChange(world, running);
}
