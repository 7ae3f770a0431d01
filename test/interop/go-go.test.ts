/**
 * A Go consumer secured by a Go provider. What operators and relayers do is done by the `tandem` command and by our
 * relayer alone; the chains' own binaries run the nodes and nothing else.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBech32 } from "@cosmjs/encoding";
import { type ChainClient, formatEvidence, parseEvidenceFile } from "@tandem-ics/client";
import { ed25519Address, equalBytes, sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { accountOf } from "./harness/accounts.ts";
import { eventually } from "./harness/connect.ts";
import { createConsumerFile, updateConsumerFile } from "./harness/consumer-files.ts";
import { doubleSign } from "./harness/double-sign.ts";
import { createGoConsumer, createGoProvider, type GoChain, STAKE } from "./harness/go-chain.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { RELAYER } from "./harness/relaying.ts";
import { createScratch, type Ran, type Service } from "./harness/scratch.ts";
import { createSteps } from "./harness/steps.ts";
import { createTandem, type Tandem } from "./harness/tandem.ts";

const CONSUMER = "consumer-1";
/** Nobody can go on alone, and any two can without the third. */
const STAKES = [
  { name: "alice", stake: 40_000_000n },
  { name: "bob", stake: 14_000_000n },
  { name: "carol", stake: 12_000_000n },
];
const ALL = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };
/** Fixed gas: the transaction reaches a block, whose result holds the code that a simulation would swallow. */
const GAS = ["--gas", "1000000"];

/** Codespace and code with which a chain refused what a command sent. */
const refusal = ({ code, stderr }: Ran): string =>
  code === 0 ? "accepted" : (/\((\w+\/\d+)\)/.exec(stderr)?.[1] ?? `exit ${code}: ${stderr}`);

describeInterop("[interface-6] a Go consumer secured by a Go provider", () => {
  const phase = createPhases("go-go");
  const step = createSteps();
  const scratch = createScratch();
  let provider: GoChain;
  let consumer: Awaited<ReturnType<typeof createGoConsumer>>;
  let onProvider: ChainClient;
  let onConsumer: ChainClient;
  let tandem: Tandem;
  let relayer: Service | undefined;
  /** The transfer channel on each chain. */
  let transferChannel: Readonly<Record<string, string>>;
  let consumerId: string;

  /** Sends with the Go binaries' names and arguments; throws when the chain refuses. */
  const tx = (from: string, ...args: string[]) => tandem.json<{ events: Event[] }>(from, "tx", ...args);
  const refused = async (from: string, ...args: string[]) =>
    refusal(await tandem.run(from, "tx", ...args, ...GAS));
  async function startRelayer(): Promise<void> {
    relayer = await tandem.start("relayer", RELAYER, "relay", "start", "--json");
  }
  async function stopRelayer(): Promise<void> {
    expect(await relayer!.stop()).toEqual({ code: 0, signal: undefined });
  }
  /** What the relayer told in all its runs, one object a line. */
  const relayedLines = (): RelayLine[] =>
    relayer!
      .log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const nodeOf = (chain: GoChain, name: string) => chain.nodes[STAKES.findIndex((s) => s.name === name)]!;

  beforeAll(async () => {
    const accounts = ["owner", "user", RELAYER];
    [provider, consumer] = await phase("make the chains", async () => [
      await createGoProvider(scratch, { chainId: "provider", validators: STAKES, accounts }),
      await createGoConsumer(scratch, {
        chainId: CONSUMER,
        nodes: STAKES.map(({ name }) => name),
        accounts: ["user", RELAYER],
        signedBlocksWindow: 50,
      }),
    ]);
    await phase("start the provider", () => provider.start());
    onProvider = await provider.client();
    tandem = createTandem(scratch, { provider: provider.rpcUrl, consumer: consumer.rpcUrl });
  }, 300_000);
  afterAll(async () => {
    await scratch.end();
  }, 60_000);

  step("create, opt in, assign a key, update: the provider launches it", async () => {
    const wrongRevision = createConsumerFile({ chainId: "consumer-3", revision: 1 });
    expect(
      await refused("owner", "provider", "create-consumer", tandem.file("three.json", wrongRevision)),
    ).toBe("provider/30");
    await phase("create and opt in", async () => {
      const file = tandem.file(
        "create.json",
        createConsumerFile({ chainId: CONSUMER, downtimeSlash: "0.01" }),
      );
      const { events } = await tx("owner", "provider", "create-consumer", file);
      consumerId = attributeOf(events, "create_consumer", "consumer_id");
      expect(consumerId).toBe("0");
      // alice validates with her provider key, bob with one that he opts in with, carol with one that she assigns.
      nodeOf(consumer, "alice").useKeyOf(nodeOf(provider, "alice"));
      await Promise.all([
        tx("alice", "provider", "opt-in", consumerId),
        tx("bob", "provider", "opt-in", consumerId, nodeOf(consumer, "bob").pubKeyJson),
        tx("carol", "provider", "opt-in", consumerId),
      ]);
      await tx("carol", "provider", "assign-consensus-key", consumerId, nodeOf(consumer, "carol").pubKeyJson);
    });
    await phase("refusals", async () => {
      const bobsKey = nodeOf(consumer, "bob").pubKeyJson;
      // Each by an account of its own: the transactions of one wait for each other.
      expect(
        await Promise.all([
          refused("carol", "provider", "assign-consensus-key", consumerId, bobsKey),
          refused("alice", "provider", "opt-in", "99"),
          refused("bob", "provider", "opt-out", consumerId),
          refused("owner", "provider", "remove-consumer", consumerId),
          refused("user", "provider", "remove-consumer", consumerId),
        ]),
      ).toEqual(["provider/10", "provider/27", "provider/27", "provider/27", "provider/25"]);
    });
    const spawnTime = new Date(Number((await onProvider.status()).timeNs / 1_000_000n)).toISOString();
    const file = tandem.file("update.json", updateConsumerFile(consumerId, { chainId: CONSUMER, spawnTime }));
    await phase("launch", async () => {
      await tx("owner", "provider", "update-consumer", file);
      await eventually(onProvider, "launched", async () => {
        const { phase } = await onProvider.query.provider.QueryConsumerChain({ consumerId });
        return phase === "CONSUMER_PHASE_LAUNCHED";
      });
    });
  });

  step("its genesis starts the Go consumer with the validators that opted in", async () => {
    const { stdout } = await tandem.run("owner", "query", "provider", "consumer-genesis", consumerId);
    await phase("start the consumer", () => consumer.launch(stdout));
    onConsumer = await consumer.client();
    const keys = (await onConsumer.validators(1n)).map((v) => v.address);
    for (const { name } of STAKES) {
      const address = ed25519Address(nodeOf(consumer, name).key.publicKey);
      expect([name, keys.some((key) => equalBytes(key, address))]).toEqual([name, true]);
    }
  });

  step("our relayer opens the CCV channel, and the transfer channel that the consumer begins", async () => {
    const path = await phase("open the path", () => tandem.json<PathDocument>(RELAYER, "relay", "connect"));
    expect(path).toMatchObject({ consumerId, connected: true });
    expect(path.channels.map((c) => [c.consumer.port, c.provider.port, c.ordering, c.open])).toEqual([
      ["consumer", "provider", "ordered", true],
      ["transfer", "transfer", "unordered", true],
    ]);
    const { provider: onP, consumer: onC } = path.channels[1]!;
    transferChannel = { [provider.chainId]: onP.channel, [consumer.chainId]: onC.channel };
    await startRelayer();
  });

  step("a delegation becomes voting power on the consumer, and the packet is acknowledged", async () => {
    const { operatorAddress } = await validatorOf("alice");
    const before = await powerOn(onConsumer, "alice");
    await phase("delegation", async () => {
      await tx("user", "staking", "delegate", operatorAddress, `3000000${STAKE}`);
      await eventually(
        onConsumer,
        "the power of alice",
        async () => (await powerOn(onConsumer, "alice")) === before + 3n,
      );
    });
    await phase("acknowledgement", () => nothingPending(onProvider, "provider"));
  });

  step("tokens go both ways over the transfer channel, and come back when their time is over", async () => {
    const held = async (chain: GoChain, denom: string): Promise<bigint> => {
      const { address } = await accountOf("user", chain.prefix);
      const { balance } = await (await chain.client()).query.bank.Balance({ address, denom });
      return BigInt(balance?.amount ?? 0n);
    };
    const transfer = async (from: GoChain, to: GoChain, denom: string, ...flags: string[]) => {
      const { address } = await accountOf("user", to.prefix);
      const args = ["transfer", transferChannel[from.chainId]!, address, `1000${denom}`];
      await tx("user", "ibc-transfer", "transfer", ...args, "--node", from.rpcUrl, ...flags);
    };
    const voucherOn = (chain: GoChain) =>
      `ibc/${toHexUpper(sha256(utf8(`transfer/${transferChannel[chain.chainId]}/${STAKE}`)))}`;
    for (const [home, away] of [
      [provider, consumer],
      [consumer, provider],
    ] as const)
      await phase(`transfer from ${home.chainId} and back`, async () => {
        const voucher = voucherOn(away);
        const before = await held(home, STAKE);
        await transfer(home, away, STAKE);
        const arrived = async () => (await held(away, voucher)) === 1000n;
        await eventually(await away.client(), "the voucher", arrived);
        expect(await held(home, STAKE)).toBe(before - 1000n);
        await transfer(away, home, voucher);
        await eventually(await home.client(), "the tokens", async () => (await held(home, STAKE)) === before);
        expect(await held(away, voucher)).toBe(0n);
      });
    await phase("timeout", async () => {
      await nothingPending(onProvider, "transfer");
      await stopRelayer();
      const before = await held(provider, STAKE);
      const deadline = (await onConsumer.status()).timeNs + 5_000_000_000n;
      const timeout = ["--absolute-timeouts", "--packet-timeout-timestamp", deadline.toString()];
      await transfer(provider, consumer, STAKE, ...timeout);
      expect(await held(provider, STAKE)).toBe(before - 1000n);
      await eventually(
        onConsumer,
        "its time over",
        async () => (await onConsumer.status()).timeNs > deadline,
      );
      await startRelayer();
      await nothingPending(onProvider, "transfer");
      expect(await held(provider, STAKE)).toBe(before);
    });
  });

  step("a consumer validator that is down is reported, slashed and jailed", async () => {
    const before = await validatorOf("bob");
    await phase("downtime", async () => {
      await nodeOf(consumer, "bob").stop();
      await eventually(onProvider, "bob jailed", async () => (await validatorOf("bob")).jailed);
    });
    const after = await validatorOf("bob");
    expect(BigInt(after.tokens)).toBe(BigInt(before.tokens) - BigInt(before.tokens) / 100n);
    await phase("removal from the consumer", () =>
      eventually(onConsumer, "bob gone", async () => (await powerOn(onConsumer, "bob")) === 0n),
    );
    await nothingPending(onConsumer, "consumer");
    const state = await tandem.json<object>("owner", "query", "ccvconsumer", "throttle-state");
    expect(state).toMatchObject({ packet_data_queue: [], slash_record: null });
  });

  step("a double sign with a consumer key is slashed, jailed and tombstoned on the provider", async () => {
    const { home, key } = nodeOf(consumer, "carol");
    const { height } = await onConsumer.status();
    const file = join(scratch.directory, "evidence.json");
    const headerFile = join(scratch.directory, "header.json");
    const made = ["--height", height.toString(), "--out", file, "--header-out", headerFile];
    const keyFile = join(home, "config/priv_validator_key.json");
    await tandem.json("user", "evidence", "make", "double-sign", "--key", keyFile, "--yes", ...made);
    const { evidence } = parseEvidenceFile(readFileSync(file, "utf8"));
    const alone = tandem.file("alone.json", formatEvidence(evidence));
    const submit = (from: string, id: string, path: string) =>
      refused(from, "provider", "submit-consumer-double-voting", id, path, headerFile);
    await phase("refusals", async () => {
      const forged = structuredClone(evidence);
      forged.voteB!.signature[3]! ^= 1;
      const round = structuredClone(evidence);
      round.voteB!.round += 1;
      const foreign = (await doubleSign(onConsumer, key, height, "consumer-2")).evidence;
      const fileOf = (name: string, made: typeof evidence) => tandem.file(name, formatEvidence(made));
      expect(
        await Promise.all([
          submit("user", consumerId, fileOf("forged.json", forged)),
          submit("owner", consumerId, fileOf("foreign.json", foreign)),
          submit("alice", consumerId, fileOf("round.json", round)),
          submit("bob", "99", alone),
        ]),
      ).toEqual(["undefined/1", "undefined/1", "CCV/16", "CCV/16"]);
    });
    const before = await validatorOf("carol");
    await phase("double sign", () =>
      tandem.json("user", "evidence", "submit", "double-sign", consumerId, "--file", file),
    );
    const after = await validatorOf("carol");
    expect(BigInt(after.tokens)).toBe(BigInt(before.tokens) - BigInt(before.tokens) / 20n);
    expect(after.jailed).toBe(true);
    const { info } = await onProvider.query.slashing.SigningInfos({ pagination: ALL });
    const tombstoned = info.filter((i) => i.tombstoned).map((i) => fromBech32(i.address).data);
    expect(tombstoned).toEqual([ed25519Address(nodeOf(provider, "carol").key.publicKey)]);
    await phase("removal from the consumer", () =>
      eventually(onConsumer, "carol gone", async () => (await powerOn(onConsumer, "carol")) === 0n),
    );
    expect(await powerOn(onProvider, "carol")).toBe(0n);
    expect(await submit("user", consumerId, alone)).toBe("undefined/1");
  });

  step("a consumer that its owner removes is stopped", async () => {
    await phase("remove", async () => {
      await tx("owner", "provider", "remove-consumer", consumerId);
      const { phase } = await onProvider.query.provider.QueryConsumerChain({ consumerId });
      expect(phase).toBe("CONSUMER_PHASE_STOPPED");
    });
    await stopRelayer();
    const lines = relayedLines();
    expect(lines.filter(({ event }) => event === "error")).toEqual([]);
    expect(lines.filter(({ event }) => event === "carried").map((line) => line.timeouts)).toContain(1);
  });

  /** A validator, as the provider lists it. */
  async function validatorOf(name: string) {
    const { validators } = await onProvider.query.staking.Validators({ status: "", pagination: ALL });
    return validators.find((v) => v.description.moniker === name)!;
  }

  /** Voting power of a validator in a chain's latest set. */
  async function powerOn(chain: ChainClient, name: string): Promise<bigint> {
    const address = ed25519Address(nodeOf(chain === onProvider ? provider : consumer, name).key.publicKey);
    const set = await chain.validators((await chain.status()).height);
    return set.find((v) => equalBytes(v.address, address))?.votingPower ?? 0n;
  }

  /** Waits until a chain holds no packet commitment on its channel of `portId`. */
  async function nothingPending(chain: ChainClient, portId: string): Promise<void> {
    const { channels } = await chain.query.ibcChannel.Channels({ pagination: ALL });
    const { channelId } = channels.find((c) => c.portId === portId)!;
    await eventually(chain, `no commitments on ${portId}`, async () => {
      const held = await chain.query.ibcChannel.PacketCommitments({ portId, channelId, pagination: ALL });
      return held.commitments.length === 0;
    });
  }
});

interface PathDocument {
  channels: {
    consumer: { port: string; channel: string };
    provider: { port: string; channel: string };
    ordering: string;
    open: boolean;
  }[];
}
interface RelayLine {
  event: string;
  timeouts: number;
}
type Event = { type: string; attributes: { key: string; value: string }[] };
const attributeOf = (events: readonly Event[], type: string, key: string): string =>
  events.find((e) => e.type === type)!.attributes.find((a) => a.key === key)!.value;
