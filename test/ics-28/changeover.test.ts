/** A chain with stake of its own becomes a consumer over its connection to the provider, between real chains. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHANGEOVER_PLAN, createDemocracyApp } from "@tandem-ics/ccv";
import { parseGenesis } from "@tandem-ics/comet";
import { toHex } from "@tandem-ics/crypto";
import { type Chain, createConsensusKey, createTopology, Localnet, startChain } from "@tandem-ics/localnet";
import {
  ConsumerGenesisState,
  ConsumerInitializationParameters,
  MsgCreateConsumer,
  MsgOptIn,
  nsToDuration,
  nsToTimestamp,
  toProtoJson,
} from "@tandem-ics/proto";
import { createRelayer, openCcvPath } from "@tandem-ics/relayer";
import { createAddressCodecs, type JsonObject, moduleAddress } from "@tandem-ics/runtime";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { MsgSoftwareUpgrade } from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import { Order, State } from "cosmjs-types/ibc/core/channel/v1/channel";

const DAY_NS = 86_400n * 1_000_000_000n;
const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";
const { account, validator: operator } = createAddressCodecs("cosmos");

const topology = createTopology({
  validators: [
    { name: "alice", stake: 500_000_000 },
    { name: "bob", stake: 400_000_000 },
    { name: "carol", stake: 300_000_000 },
  ],
  consumers: 0,
  chains: [
    {
      name: "sovereign",
      chainId: "sovereign-1",
      accounts: [
        { name: "own", coins: "500000000stake" },
        { name: "second", coins: "500000000stake" },
      ],
      validators: [{ name: "own", stake: 100_000_000 }],
      genesis: { gov: { params: { voting_period: "10s", expedited_voting_period: "5s" } } },
    },
  ],
  paths: [{ name: "bridge", chains: ["provider", "sovereign"] }],
});
const home = mkdtempSync(join(tmpdir(), "tandem-changeover-"));
let net: Localnet;
const sovereign = (): Chain => net.chain("sovereign");
beforeAll(async () => {
  net = await Localnet.start({ topology, home });
}, 60_000);
afterAll(async () => {
  await net?.stop();
  rmSync(home, { recursive: true, force: true });
});

const any = <T>(codec: { typeUrl: string; encode(value: T): { finish(): Uint8Array } }, value: T) => ({
  typeUrl: codec.typeUrl,
  value: codec.encode(value).finish(),
});

/** The section of the consumer that the provider launches for the chain, to begin at `height`. */
async function launched(height: bigint): Promise<JsonObject> {
  const { client } = net.provider;
  const owner = net.sender("provider", "owner");
  const { timeNs } = await client.status();
  const value = MsgCreateConsumer.fromPartial({
    submitter: owner.address,
    chainId: "sovereign-1",
    metadata: { name: "sovereign", description: "it ran by itself", metadata: "{}" },
    initializationParameters: ConsumerInitializationParameters.fromPartial({
      initialHeight: { revisionNumber: 1n, revisionHeight: height },
      spawnTime: nsToTimestamp(timeNs + 30_000_000_000n),
      unbondingPeriod: nsToDuration(20n * DAY_NS),
      ccvTimeoutPeriod: nsToDuration(28n * DAY_NS),
      transferTimeoutPeriod: nsToDuration(DAY_NS / 24n),
      consumerRedistributionFraction: "0.75",
      blocksPerDistributionTransmission: 1000n,
      historicalEntries: 10_000n,
      distributionTransmissionChannel: "channel-0",
      connectionId: "connection-0",
    }),
  });
  await owner.send([{ typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`, value }]);
  for (const name of ["alice", "bob"]) {
    const sender = net.sender("provider", name);
    const providerAddr = operator.encode(account.decode(sender.address));
    const optIn = MsgOptIn.fromPartial({ providerAddr, consumerId: "0", signer: sender.address });
    await sender.send([{ typeUrl: `${PROVIDER_TYPE}.MsgOptIn`, value: optIn }]);
  }
  await net.clock.advance(30_000_000_000n);
  await net.blocks(2);
  const { phase } = await client.query.provider.QueryConsumerChain({ consumerId: "0" });
  expect(phase).toBe("CONSUMER_PHASE_LAUNCHED");
  const { genesisState } = await client.query.provider.QueryConsumerGenesis({ consumerId: "0" });
  return toProtoJson(
    "interchain_security.ccv.v1.ConsumerGenesisState",
    ConsumerGenesisState.fromPartial(genesisState),
  ) as JsonObject;
}

/** Has the chain's governance plan the upgrade. */
async function plan(height: bigint): Promise<void> {
  const own = net.sender("sovereign", "own");
  const software = MsgSoftwareUpgrade.fromPartial({
    authority: account.encode(moduleAddress("gov")),
    plan: { name: CHANGEOVER_PLAN, height, info: "" },
  });
  const proposal = MsgSubmitProposal.fromPartial({
    messages: [any(MsgSoftwareUpgrade, software)],
    initialDeposit: [{ denom: "stake", amount: "10000000" }],
    proposer: own.address,
    title: "become a consumer",
    summary: "the provider's validators make our blocks",
  });
  await own.send([{ typeUrl: MsgSubmitProposal.typeUrl, value: proposal }]);
  const option = VoteOption.VOTE_OPTION_YES;
  const vote = MsgVote.fromPartial({ proposalId: 1n, voter: own.address, option });
  await own.send([{ typeUrl: MsgVote.typeUrl, value: vote }]);
}

const setOf = ({ node }: Chain) =>
  node.state.validators.validators.map((v) => `${toHex(v.address)} ${v.votingPower}`).sort();
const keyOf = (name: string) => createConsensusKey(topology.seed, name, "provider");
const providerSet = (powers: Record<string, number>) =>
  Object.entries(powers)
    .map(([name, power]) => `${toHex(keyOf(name).address)} ${power}`)
    .sort();

/** A payment on the chain of somebody to himself. */
async function pay() {
  const sender = net.sender("sovereign", "second");
  const amount = [{ denom: "stake", amount: "1" }];
  const value = MsgSend.fromPartial({ fromAddress: sender.address, toAddress: sender.address, amount });
  return sender.send([{ typeUrl: MsgSend.typeUrl, value }]);
}

test("[handshake-14] [handshake-15] the chain stops for the upgrade, and goes on as a consumer with the provider's set", async () => {
  const upgradeHeight = sovereign().node.height + 60n;
  const changeover = await launched(upgradeHeight);
  expect(changeover).toMatchObject({
    preCCV: true,
    connection_id: "connection-0",
    params: { distribution_transmission_channel: "channel-0" },
    provider: { client_state: null, consensus_state: null },
  });
  await plan(upgradeHeight);
  while (sovereign().node.height < upgradeHeight - 1n) await net.blocks(1);
  const own = setOf(sovereign());
  expect(own).toHaveLength(1);
  expect(() => sovereign().node.produceBlock()).toThrow(`UPGRADE "${CHANGEOVER_PLAN}" NEEDED`);

  const before = sovereign();
  const { name, role, bech32Prefix, denom, settings } = before;
  const ownSeed = createConsensusKey(topology.seed, "own", "sovereign-1").seed;
  await before.close();
  const after = await startChain({
    name,
    role,
    bech32Prefix,
    denom,
    settings,
    genesis: parseGenesis(readFileSync(join(home, name, "genesis.json"), "utf8")),
    keys: [ownSeed, keyOf("alice").seed, keyOf("bob").seed],
    keysOf: () => [],
    clock: { nowNs: () => net.provider.node.state.lastBlockTimeNs + topology.blockTimeNs },
    blockTimeMs: undefined,
    home,
    createApp: (backend) => createDemocracyApp({ backend, bech32Prefix, changeover }),
    settleLater: false,
    pace: (fresh) => ({
      async after(height) {
        if (fresh.height <= height) await net.blocks(1);
        return fresh.height;
      },
    }),
    cometbft: undefined,
    monitor: undefined,
  });
  // The network goes on with the chain's new software.
  Object.defineProperties(before, Object.getOwnPropertyDescriptors(after));
  while (sovereign().node.height < upgradeHeight) await net.blocks(1);
  expect(setOf(sovereign())).toEqual(own);
  await net.blocks(1);
  expect(setOf(sovereign())).toEqual(providerSet({ alice: 500, bob: 400 }));
}, 120_000);

test("[handshake-7] [handshake-15] over the old connection the CCV channel opens, with the transfer channel that is there", async () => {
  const ends = [net.provider, sovereign()].map((chain) => ({
    chain: chain.client,
    sender: net.sender(chain.name, chain.role === "provider" ? "owner" : "second"),
  }));
  const path = await openCcvPath(ends[0]!, ends[1]!, "0");
  for (const [chain, portId] of [
    [net.provider, "provider"],
    [sovereign(), "consumer"],
  ] as const) {
    const { channels } = await chain.client.query.ibcChannel.Channels({});
    expect(channels.map((c) => [c.portId, c.state, c.ordering, c.connectionHops])).toEqual([
      [portId, State.STATE_OPEN, Order.ORDER_ORDERED, ["connection-0"]],
      ["transfer", State.STATE_OPEN, Order.ORDER_UNORDERED, ["connection-0"]],
    ]);
  }
  await expect(pay()).rejects.toThrow(/tx contains unsupported message types/);
  await net.stake.delegate("alice", "20000000stake");
  await net.epochEnd();
  const relayer = await createRelayer(path.provider, path.consumer);
  expect(await relayer.once()).toMatchObject({ packets: 1 });
  await net.blocks(3);
  expect(setOf(sovereign())).toEqual(providerSet({ alice: 520, bob: 400 }));
}, 120_000);

test("[vsc-11] [handshake-15] ordinary transactions pass again, and those who staked have what they staked", async () => {
  expect(await pay()).toMatchObject({ code: 0 });
  const { validators } = await sovereign().client.query.staking.Validators({ status: "" });
  expect(validators.map((v) => [v.tokens, v.jailed])).toEqual([["100000000", false]]);
}, 60_000);
