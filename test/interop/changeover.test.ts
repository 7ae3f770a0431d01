/** A chain of ours that ran by itself becomes a consumer of a Go provider, over the connection that the two have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { CHANGEOVER_PLAN, createDemocracyApp, createPlainApp } from "@tandem-ics/ccv";
import { type ChainClient, createRegistry } from "@tandem-ics/client";
import { type KeyPair, parseGenesis } from "@tandem-ics/comet";
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { createConsensusKey, createSoftware, createTopology, Localnet } from "@tandem-ics/localnet";
import { createNode, type Node } from "@tandem-ics/node";
import { MsgCreateConsumer, MsgUpdateConsumer, nsToTimestamp } from "@tandem-ics/proto";
import { createClient, createRelayer, openChannel, openConnection, type Relayer } from "@tandem-ics/relayer";
import { createAddressCodecs, type JsonObject, moduleAddress } from "@tandem-ics/runtime";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { MsgSoftwareUpgrade } from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import { accountOf } from "./harness/accounts.ts";
import { eventually } from "./harness/connect.ts";
import { createConsumer, delegate, optIn, transfer } from "./harness/mixed-messages.ts";
import { goProvider } from "./harness/mixed-pairs.ts";
import { STAKES } from "./harness/mixed-scenario.ts";
import { POWER, PROVIDER_TYPE, powersAt, powersOf, STAKE, send } from "./harness/mixed-world.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch } from "./harness/scratch.ts";
import { createSteps } from "./harness/steps.ts";
import { createDoors } from "./harness/subject-senders.ts";
import type { ProviderSubject, Subject } from "./harness/subjects.ts";
import { createTandem } from "./harness/tandem.ts";

const CHAIN_ID = "sovereign-1";
const CONSUMER_ID = "0";
const SECOND_NS = 1_000_000_000n;
const HOUR_NS = 3_600n * SECOND_NS;
const SEED = "interop changeover";
/** Blocks of 200 ms from the launch to the upgrade: the vote of three seconds, and room for a slow machine. */
const UNTIL_UPGRADE = 60n;

const voucherOver = (channel: string): string =>
  `ibc/${toHexUpper(sha256(utf8(`transfer/${channel}/${STAKE}`)))}`;

describeInterop("[handshake-14] [handshake-15] a sovereign chain changed over under a Go provider", () => {
  const scratch = createScratch();
  const phase = createPhases("changeover");
  const declare = createSteps();
  const step = (name: string, work: () => Promise<void>) => declare(name, () => phase(name, work));
  const own = createConsensusKey(SEED, "own", CHAIN_ID);
  const software = createSoftware((backend) => createPlainApp({ backend, bech32Prefix: "cosmos" }));
  let provider: ProviderSubject;
  let sovereign: Subject;
  let node: Node;
  let close: (() => Promise<void>) | undefined;
  let onProvider: ChainClient;
  let onSovereign: ChainClient;
  let connectionId: string;
  let relayer: Relayer | undefined;
  let upgradeHeight: bigint;

  /** A chain with one validator of its own, as a node that anybody can reach. */
  async function startSovereign(): Promise<void> {
    const account = async (name: string) => ({
      name,
      mnemonic: (await accountOf(name)).mnemonic,
      coins: `1000000000${STAKE}`,
    });
    const home = join(scratch.directory, "sovereign");
    const topology = createTopology({
      seed: SEED,
      chains: [
        {
          name: "sovereign",
          chainId: CHAIN_ID,
          accounts: await Promise.all(["own", "user", "relayer"].map(account)),
          validators: [{ name: "own", stake: 100_000_000 }],
          genesis: { gov: { params: { voting_period: "3s", expedited_voting_period: "2s" } } },
        },
      ],
    });
    // What a network of the topology begins with.
    await (await Localnet.start({ topology, home, clock: "system" })).stop();
    const genesis = parseGenesis(readFileSync(join(home, "sovereign/genesis.json"), "utf8"));
    const app = openLmdbBackend(join(home, "sovereign/app"), { sync: "deferred" });
    const blocks = openLmdbBackend(join(home, "sovereign/node"), { sync: "now" });
    node = createNode({
      app: software.open(app),
      genesis,
      keys: [own.seed],
      backend: blocks,
      engine: { kind: "timer", blockTimeMs: 200 },
      bech32Prefix: "cosmos",
    });
    close = async () => {
      await node.stop();
      app.close();
      blocks.close();
    };
    node.start();
    const { url } = await node.listen();
    sovereign = {
      chainId: CHAIN_ID,
      rpcUrl: url,
      grpcUrl: "",
      prefix: "cosmos",
      ...createDoors(url, "cosmos"),
    };
    onSovereign = await sovereign.client();
  }

  beforeAll(async () => {
    provider = await phase("start the Go provider", () => goProvider(scratch));
    onProvider = await provider.client();
    await phase("start the sovereign chain", startSovereign);
  }, 300_000);
  afterAll(async () => {
    await relayer?.stop();
    await close?.();
    await scratch.end();
  }, 60_000);

  const end = async (subject: Subject) => ({
    chain: await subject.client(),
    sender: await subject.sender("relayer"),
  });
  const setOf = async (): Promise<Record<string, bigint>> =>
    powersAt(onSovereign, (await onSovereign.status()).height);
  const key = (name: string): KeyPair => provider.keyOf(name);
  const balance = async (subject: Subject, denom: string): Promise<bigint> => {
    const { address } = await subject.sender("user");
    const { balance: coin } = await (await subject.client()).query.bank.Balance({ address, denom });
    return BigInt(coin?.amount ?? "0");
  };
  const give = async (from: Subject, to: Subject, amount: bigint): Promise<void> => {
    const until = (await (await to.client()).status()).timeNs + HOUR_NS;
    const coin = { denom: STAKE, amount };
    await send(from, "user", await transfer(from, "user", to, "user", "channel-0", coin, until));
  };
  const untilGiven = (subject: Subject, amount: bigint): Promise<true> =>
    subject
      .client()
      .then((client) =>
        eventually(client, `${amount} of the other chain's coins`, async () =>
          (await balance(subject, voucherOver("channel-0"))) === amount ? true : undefined,
        ),
      );

  step("both run by themselves, with a connection and a channel for transfers", async () => {
    const [a, b] = [await end(provider), await end(sovereign)];
    const clients = { a: await createClient(a, b.chain), b: await createClient(b, a.chain) };
    const ends = await openConnection({ ...a, clientId: clients.a }, { ...b, clientId: clients.b });
    connectionId = ends.a.connectionId;
    const channel = await openChannel(ends.a, ends.b, {
      portA: "transfer",
      portB: "transfer",
      ordering: "unordered",
      version: "ics20-1",
    });
    expect([channel.a.channelId, channel.b.channelId]).toEqual(["channel-0", "channel-0"]);
    relayer = await createRelayer(ends.a, ends.b, { sweepMs: 1000 });
    relayer.start();
    await Promise.all([give(provider, sovereign, 1000n), give(sovereign, provider, 700n)]);
    await Promise.all([untilGiven(sovereign, 1000n), untilGiven(provider, 700n)]);
    expect(await setOf()).toEqual(powersOf([{ seed: own.seed, publicKey: own.pubKey }, 100n]));
  });

  step("Go launches it over that connection", async () => {
    const parametersOf = async (spawnNs: bigint) => {
      const { value } = (await createConsumer(provider, "owner", CHAIN_ID, spawnNs)) as {
        value: MsgCreateConsumer;
      };
      return MsgCreateConsumer.fromPartial({
        ...value,
        initializationParameters: {
          ...value.initializationParameters,
          initialHeight: { revisionNumber: 1n, revisionHeight: upgradeHeight },
          distributionTransmissionChannel: "channel-0",
          connectionId,
        },
      });
    };
    upgradeHeight = node.height + UNTIL_UPGRADE;
    const { timeNs } = await onProvider.status();
    const created = await parametersOf(timeNs + HOUR_NS);
    await send(provider, "owner", { typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`, value: created });
    for (const name of ["alice", "bob"]) await send(provider, name, await optIn(provider, name, CONSUMER_ID));
    const { initializationParameters } = created;
    upgradeHeight = node.height + UNTIL_UPGRADE;
    const now = nsToTimestamp((await onProvider.status()).timeNs);
    const value = MsgUpdateConsumer.fromPartial({
      owner: created.submitter,
      consumerId: CONSUMER_ID,
      initializationParameters: {
        ...initializationParameters,
        spawnTime: now,
        initialHeight: { revisionNumber: 1n, revisionHeight: upgradeHeight },
      },
    });
    await send(provider, "owner", { typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`, value });
    await eventually(onProvider, "the launch", async () => {
      const { phase: at } = await onProvider.query.provider.QueryConsumerChain({ consumerId: CONSUMER_ID });
      return at === "CONSUMER_PHASE_LAUNCHED";
    });
  });

  step(
    "its own governance plans the upgrade, and what Go answers is what its new software begins with",
    async () => {
      const query = ["query", "provider", "consumer-genesis", CONSUMER_ID, "--node", provider.rpcUrl];
      const answer = await scratch.run(peerPath("interchain-security-pd"), [...query, "--output", "json"]);
      expect([answer.code, answer.stderr]).toEqual([0, ""]);
      const changeover = JSON.parse(answer.stdout) as JsonObject;
      expect(changeover).toMatchObject({ preCCV: true, connection_id: "connection-0", new_chain: true });
      software.prepare({
        plan: CHANGEOVER_PLAN,
        open: (backend) => createDemocracyApp({ backend, bech32Prefix: "cosmos", changeover }),
        onTaken: () => {
          for (const name of ["alice", "bob"]) node.addKey(key(name).seed);
        },
      });
      const sender = await sovereign.sender("own");
      const authority = createAddressCodecs("cosmos").account.encode(moduleAddress("gov"));
      const upgrade: EncodeObject = {
        typeUrl: MsgSoftwareUpgrade.typeUrl,
        value: MsgSoftwareUpgrade.fromPartial({
          authority,
          plan: {
            name: CHANGEOVER_PLAN,
            height: upgradeHeight,
            info: "",
          },
        }),
      };
      const proposal = MsgSubmitProposal.fromPartial({
        messages: [createRegistry().encodeAsAny(upgrade)],
        initialDeposit: [{ denom: STAKE, amount: "10000000" }],
        proposer: sender.address,
        title: "become a consumer",
        summary: "the provider's validators make our blocks",
      });
      await sender.send([{ typeUrl: MsgSubmitProposal.typeUrl, value: proposal }]);
      const option = VoteOption.VOTE_OPTION_YES;
      const vote = MsgVote.fromPartial({ proposalId: 1n, voter: sender.address, option });
      await sender.send([{ typeUrl: MsgVote.typeUrl, value: vote }]);
      const { plan } = await eventually(onSovereign, "the plan", async () => {
        const found = await onSovereign.query.upgrade.CurrentPlan({});
        return found.plan === undefined ? undefined : found;
      });
      expect(plan?.height).toBe(upgradeHeight);
    },
  );

  step("hands its blocks over to the Go provider's validators", async () => {
    for (let at = 0n; at < upgradeHeight + 3n; ) at = await onSovereign.pace.after(at);
    expect(software.taken).toBe(true);
    const before = powersOf([{ seed: own.seed, publicKey: own.pubKey }, 100n]);
    const after = powersOf([key("alice"), STAKES.alice / POWER], [key("bob"), STAKES.bob / POWER]);
    expect(await powersAt(onSovereign, upgradeHeight)).toEqual(before);
    expect(await powersAt(onSovereign, upgradeHeight + 1n)).toEqual(before);
    expect(await powersAt(onSovereign, upgradeHeight + 2n)).toEqual(after);
  });

  step(
    "the command opens the CCV channel over the old connection, and finds the transfer channel",
    async () => {
      await relayer?.stop();
      const tandem = createTandem(scratch, { provider: provider.rpcUrl, consumer: sovereign.rpcUrl });
      const { channels } = await tandem.json<{
        channels: {
          provider: { port: string; channel: string };
          consumer: { port: string; channel: string };
          ordering: string;
          open: boolean;
        }[];
      }>("relayer", "relay", "connect", CONSUMER_ID);
      const endText = ({ port, channel }: { port: string; channel: string }): string => `${port}/${channel}`;
      expect(channels.map((c) => [endText(c.provider), endText(c.consumer), c.ordering, c.open])).toEqual([
        ["provider/channel-1", "consumer/channel-1", "ordered", true],
        ["transfer/channel-0", "transfer/channel-0", "unordered", true],
      ]);
      relayer?.start();
    },
  );

  step("follows delegations on the Go provider, and coins go both ways as before", async () => {
    await send(provider, "owner", await delegate(provider, "owner", "bob", 5n * POWER));
    const wanted = powersOf([key("alice"), STAKES.alice / POWER], [key("bob"), STAKES.bob / POWER + 5n]);
    await eventually(onSovereign, "the delegation", async () => {
      const set = await setOf();
      return Object.entries(wanted).every(([address, power]) => set[address] === power);
    });
    expect(await setOf()).toEqual(wanted);
    await Promise.all([give(provider, sovereign, 30n), give(sovereign, provider, 40n)]);
    await Promise.all([untilGiven(sovereign, 1030n), untilGiven(provider, 740n)]);
    const { validators } = await onSovereign.query.staking.Validators({ status: "" } as never);
    expect(validators.map((v) => [v.tokens, v.jailed])).toEqual([["100000000", false]]);
    expect(relayer?.status).toMatchObject({ errors: 0 });
  });
});
