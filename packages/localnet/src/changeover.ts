/**
 * A chain that runs by itself becomes a consumer of the provider beside it (interchain-security `changeover.go`): the
 * provider launches it over the connection that the two have, the chain's own governance plans the upgrade, and in that
 * block software with the consumer module takes over, on the same state. Every step looks first at what the chains know
 * already, so that an attempt which failed, or whose process was killed, is completed by the next one.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { CHANGEOVER_PLAN, createDemocracyApp } from "@tandem-ics/ccv";
import { channelStates, type Endpoint, type Relayer } from "@tandem-ics/relayer";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { MsgSoftwareUpgrade } from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import { untilInForce } from "./actions.ts";
import type { Chain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { carryProposal, patientParams, votingNsOf } from "./governance.ts";
import { applyFirstChange, appOptions, connectConsumer, consumerKeys, consumerSection } from "./launch.ts";
import { saveNetwork } from "./network-file.ts";
import { connectEnds, softwareOf } from "./plain.ts";
import { findRegistered, launchOnProvider } from "./register-consumer.ts";
import { addedConsumer, type ChangeoverPart, type ConsumerSpec } from "./topology.ts";
import {
  accountsOn,
  carrierOn,
  chainOf,
  type PlainMembers,
  providerOf,
  RELAYER,
  senderOf,
  suggest,
  type World,
} from "./world.ts";

/** What becomes a consumer, and who validates it then. */
export interface ChangeoverInput {
  /** A chain of the topology's `chains`, by its name or chain id. */
  readonly chain: string;
  /** Validators of the provider that opt in; all by default. */
  readonly optIn?: readonly string[];
}

/** A chain that is a consumer now. 64-bit numbers are strings. */
export interface ChangedOver {
  readonly name: string;
  readonly chainId: string;
  readonly consumerId: string;
  /** Height of the upgrade's block: the provider's set signs from two blocks later on. */
  readonly upgradeHeight: string;
  /** The connection that both had, as the provider calls it. */
  readonly connectionId: string;
  /** The CCV channel and the transfer channel, as the consumer calls them. */
  readonly ccvChannel: string;
  readonly transferChannel: string;
}

/** Blocks that a vote needs beside its time: the proposal, the votes, the end, and some to spare. */
const VOTE_BLOCKS = 10n;
/** Blocks of the provider until it has launched a consumer: registration, opt-ins, spawn time, launch, and some to spare. */
const LAUNCH_BLOCKS = 14n;
/** What to do when the chain's governance takes too long. */
const VOTING_HINT =
  "give the chain a shorter voting period in the topology: genesis: { gov: { params: { voting_period: 10s } } }";

/** The chain, if it can become a consumer. Throws `unknown-name`, `bad-request`. */
function sovereignOf(world: World, name: string): { chain: Chain; members: PlainMembers } {
  const provider = providerOf(world);
  const chain = chainOf(world, name);
  const members = world.plain.get(chain.name);
  const refuse = (message: string, hint: string): never => {
    throw new LocalnetError("bad-request", message, { hint });
  };
  if (members === undefined || world.consumers.has(chain.name)) {
    const what = chain.role === "provider" ? "the provider" : "a consumer already";
    const others = [...world.plain.keys()].filter((other) => !world.consumers.has(other));
    return refuse(
      `${chain.name} is ${what}: chains that run by themselves become consumers`,
      suggest("", others),
    );
  }
  if (world.cometbft !== undefined)
    refuse(
      "nodes of CometBFT hold one key each: the provider's validators would have none on this chain",
      "start the network with the engine of this process",
    );
  const twins = [...world.chains.values()].filter((c) => c.chainId === chain.chainId);
  if (twins.length > 1)
    refuse(
      `${twins.map((c) => c.name).join(" and ")} share the chain id ${chain.chainId}: the provider could not tell them apart`,
      "give them ids of their own in the topology",
    );
  if (chain.chainId === provider.chainId) refuse("it has the provider's chain id", "choose another one");
  return { chain, members };
}

/** Turns a chain that runs by itself into a consumer, or completes an attempt that failed. */
export async function changeOver(
  world: World,
  { chain: name, optIn }: ChangeoverInput,
): Promise<ChangedOver> {
  const { chain, members } = sovereignOf(world, name);
  const begun = world.pending.get(chain.name);
  if (begun !== undefined) return finishChangeover(world, begun);
  const { topology } = world;
  const others = topology.chains.filter((c) => c.name !== chain.name);
  const { bech32Prefix, stakeDenom, ...settings } = members.spec;
  const spec = addedConsumer(
    { ...topology, chains: others, paths: [] },
    {
      name: chain.name,
      chainId: chain.chainId,
      application: "democracy",
      bech32Prefix,
      denom: stakeDenom,
      ...(optIn === undefined ? {} : { optIn: [...optIn] }),
    },
  );
  // Before anything is sent: who would wait for days is told now.
  await patientParams(chain, VOTING_HINT);
  await proposerOn(world, chain);
  const { rpc, ports, denomMetadata, consensusParams, minGasPrices, faucet } = settings;
  const pending: ConsumerSpec = {
    ...spec,
    ...{ rpc, ports, denomMetadata, consensusParams, minGasPrices, faucet },
    changeover: await joined(world, chain),
  };
  world.pending.set(chain.name, pending);
  saveNetwork(world);
  return finishChangeover(world, pending);
}

const endOn = (world: World, chain: Chain): Endpoint => ({
  chain: chain.client,
  sender: senderOf(world, chain, carrierOn(world, chain, RELAYER)),
});

/** The connection of the chain and the provider, opened where there is none, and the transfer channel over it. */
async function joined(world: World, chain: Chain): Promise<ChangeoverPart> {
  const { a, b } = await connectEnds(endOn(world, providerOf(world)), endOn(world, chain), (what) =>
    world.progress(`${chain.name}: looking for ${what}`),
  );
  const channels = await channelStates(a, b);
  const transfer = channels.find(
    (c) => c.a.port === "transfer" && c.b.port === "transfer" && c.a.state === "open" && c.b.state === "open",
  );
  return { connectionId: a.connectionId, transferChannel: transfer?.b.id ?? "" };
}

/** Blocks that the chain makes in `ns`. With a manual clock all chains keep the network's step. */
function blocksIn(world: World, { spec }: PlainMembers, ns: bigint): bigint {
  const each = world.manualClock === undefined ? spec.blockTimeNs : world.topology.blockTimeNs;
  return (ns + each - 1n) / each;
}

/** The first height by which a vote that begins after `ns` is over. */
async function heightAfterVote(
  world: World,
  chain: Chain,
  members: PlainMembers,
  ns: bigint,
): Promise<bigint> {
  const { params } = await chain.client.query.gov.Params({ paramsType: "" });
  const { height } = await chain.client.status();
  return height + blocksIn(world, members, ns + votingNsOf(params)) + VOTE_BLOCKS;
}

/** Does what is left to do for a changeover of {@link World.pending}. */
export async function finishChangeover(world: World, begun: ConsumerSpec): Promise<ChangedOver> {
  const { chain, members } = sovereignOf(world, begun.name);
  const consumerId = await launched(world, begun, chain, members);
  const spec = world.pending.get(begun.name) ?? begun;
  await planUpgrade(world, spec, chain, members);
  const upgradeHeight = await untilTaken(world, chain);
  const relayer = await connected(world, spec, chain);
  const info = await chain.client.query.ccvconsumer.QueryProviderInfo({});
  const transfer = await chain.client.query.ccvconsumer.QueryParams({});
  world.pending.delete(spec.name);
  saveNetwork(world);
  if (world.manualClock === undefined && !world.launching) relayer.start();
  return {
    name: chain.name,
    chainId: chain.chainId,
    consumerId,
    upgradeHeight: upgradeHeight.toString(),
    connectionId: spec.changeover?.connectionId ?? "",
    ccvChannel: info.consumer?.channelID ?? "",
    transferChannel: transfer.params?.distributionTransmissionChannel ?? "",
  };
}

/** Has the provider launch the chain, and its new software wait for its block. Gives the consumer id. */
async function launched(
  world: World,
  begun: ConsumerSpec,
  chain: Chain,
  members: PlainMembers,
): Promise<string> {
  const known = begun.changeover?.launched;
  if (known !== undefined) {
    prepareSoftware(world, begun, members);
    return known.consumerId;
  }
  const launchNs = LAUNCH_BLOCKS * world.topology.blockTimeNs;
  const spec = { ...begun, initialHeight: await heightAfterVote(world, chain, members, launchNs) };
  world.progress(`${spec.name}: launching it on the provider`);
  const consumerId = await launchOnProvider(world, spec, await findRegistered(world, spec));
  const section = await consumerSection(world, consumerId);
  const ready: ConsumerSpec = {
    ...spec,
    changeover: {
      connectionId: "",
      transferChannel: "",
      ...spec.changeover,
      launched: { consumerId, section },
    },
  };
  world.pending.set(ready.name, ready);
  // Before the upgrade is planned: a restart must know what takes over.
  saveNetwork(world);
  prepareSoftware(world, ready, members);
  return consumerId;
}

/** Has the software with the consumer module take over in the block of its plan. */
export function prepareSoftware(world: World, spec: ConsumerSpec, members: PlainMembers): void {
  const { launched: known } = spec.changeover ?? {};
  if (known === undefined) return;
  softwareOf(world, members.spec).prepare({
    plan: CHANGEOVER_PLAN,
    open: (backend) => createDemocracyApp({ backend, ...appOptions(spec), changeover: known.section }),
    onTaken() {
      const chain = world.chains.get(spec.name);
      // While the chain is being opened it is not there yet: who opens it goes on.
      if (chain !== undefined) becomeConsumer(world, spec, chain);
    },
  });
}

/** From now on the chain counts as a consumer, and the provider's validators have their keys there. */
export function becomeConsumer(world: World, spec: ConsumerSpec, chain: Chain): void {
  const { launched: known } = spec.changeover ?? {};
  if (known === undefined || chain.role === "consumer") return;
  chain.role = "consumer";
  chain.consumerId = known.consumerId;
  world.monitor?.becomesConsumer(chain.name, known.consumerId);
  for (const seed of consumerKeys(world, spec)) chain.engine.addKey(spec.name, seed);
}

/** Who pays the deposit of a proposal on the chain: the first account that has it. Throws `bad-request`. */
async function proposerOn(world: World, chain: Chain): Promise<string> {
  const { client, bech32Prefix } = chain;
  const { params } = await client.query.gov.Params({ paramsType: "" });
  const deposit = params?.minDeposit ?? [];
  const { account } = createAddressCodecs(bech32Prefix);
  for (const { name, address, key } of accountsOn(world, chain.name).values()) {
    if (key === undefined) continue;
    const held = await Promise.all(
      deposit.map(async ({ denom, amount }) => {
        const { balance } = await client.query.bank.Balance({ address: account.encode(address), denom });
        return BigInt(balance?.amount ?? "0") >= BigInt(amount);
      }),
    );
    if (held.every(Boolean)) return name;
  }
  const needed = deposit.map(({ denom, amount }) => `${amount}${denom}`).join(",");
  throw new LocalnetError(
    "bad-request",
    `nobody on ${chain.name} has ${needed}, the deposit of the proposal that plans the upgrade`,
    {
      hint: "give an account coins, or set genesis: { gov: { params: { min_deposit: … } } } in the topology",
    },
  );
}

/** Has the chain's governance plan the upgrade, unless it has. */
async function planUpgrade(
  world: World,
  spec: ConsumerSpec,
  chain: Chain,
  members: PlainMembers,
): Promise<void> {
  if (chain.role === "consumer") return;
  const { plan } = await chain.client.query.upgrade.CurrentPlan({});
  if (plan?.name === CHANGEOVER_PLAN) return;
  if (plan !== undefined)
    throw new LocalnetError(
      "bad-request",
      `${chain.name} has another upgrade planned, "${plan.name}" at height ${plan.height}`,
      { hint: "its governance can cancel it with MsgCancelUpgrade" },
    );
  const soonest = await heightAfterVote(world, chain, members, 0n);
  const height = soonest > spec.initialHeight ? soonest : spec.initialHeight;
  const authority = createAddressCodecs(chain.bech32Prefix).account.encode(moduleAddress("gov"));
  const upgrade: EncodeObject = {
    typeUrl: MsgSoftwareUpgrade.typeUrl,
    value: MsgSoftwareUpgrade.fromPartial({
      authority,
      plan: { name: CHANGEOVER_PLAN, height, info: "" },
    }),
  };
  const council = {
    chain,
    proposer: await proposerOn(world, chain),
    voters: [...members.validators.values()].map(({ account }) => account.name),
  };
  world.progress(`${chain.name}: its own governance plans the upgrade at height ${height}`);
  const params = await patientParams(chain, VOTING_HINT);
  await carryProposal(world, council, params, `${chain.name} becomes a consumer`, [upgrade]);
}

/** Waits until the provider's set is in force on the chain. Gives the height of the upgrade. */
async function untilTaken(world: World, chain: Chain): Promise<bigint> {
  const { client } = chain;
  if (chain.role !== "consumer") world.progress(`${chain.name}: waiting for the block of the upgrade`);
  for (;;) {
    const { height } = await client.status();
    const applied =
      chain.role === "consumer"
        ? (await client.query.upgrade.AppliedPlan({ name: CHANGEOVER_PLAN })).height
        : 0n;
    if (applied > 0n && height >= applied) {
      world.progress(`${chain.name}: the provider's set takes over`);
      await chain.reopenDoors();
      await untilInForce(chain);
      return applied;
    }
    await client.pace.after(height);
  }
}

/** Opens the CCV channel over the old connection, and carries the first change of the set. Gives the relayer. */
async function connected(world: World, spec: ConsumerSpec, chain: Chain): Promise<Relayer> {
  const provider = providerOf(world);
  // What an earlier attempt did in the last blocks can be proved once there are blocks after them.
  for (const c of [provider, chain]) await untilInForce(c);
  // It would open the same channel at the same time.
  const old = [...world.paths.values()].find(({ spec: { chains } }) =>
    [provider.name, chain.name].every((end) => chains.includes(end)),
  )?.relayer;
  const wasRunning = old?.status.running ?? false;
  await old?.stop();
  try {
    const running = await connectConsumer(world, spec, chain);
    const info = await chain.client.query.ccvconsumer.QueryProviderInfo({}).catch(() => undefined);
    if (!info?.consumer?.channelID) await applyFirstChange(world, [running]);
    return running.relayer;
  } finally {
    if (wasRunning) old?.start();
  }
}
