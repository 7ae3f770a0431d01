/** CCV and ICS-20 between a provider and a consumer, with Hermes as the only relayer. Told once for every pair of chains. */
import type { ChainClient } from "@tandem-ics/client";
import { eventually } from "../interop/harness/connect.ts";
import {
  createConsumer,
  delegate,
  optIn,
  undelegate,
  updateSpawn,
} from "../interop/harness/mixed-messages.ts";
import { transferSteps } from "../interop/harness/mixed-transfers.ts";
import {
  POWER,
  powersAt,
  powersOf,
  type Relay,
  send,
  untilPowers,
  type World,
} from "../interop/harness/mixed-world.ts";
import { createPhases } from "../interop/harness/phases.ts";
import { createScratch, type Scratch, type Service } from "../interop/harness/scratch.ts";
import type { Pair } from "../interop/harness/subjects.ts";
import { createTandem } from "../interop/harness/tandem.ts";
import { createHermes, type Hermes, type HermesChain, parseLines } from "./hermes.ts";

const CONSUMER_ID = "0";
/** The clients that the launch made on both sides: a path over others is refused. */
const CLIENT = "07-tendermint-0";
const FAR_NS = 3_600_000_000_000n;
const ALL = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };

/**
 * What Hermes 1.11 says of any chain with ibc-go v10, of Go ones as of ours: the version is newer than those that it
 * knows, and `update_client` events carry no header any more in which it could look for misbehaviour.
 */
const OF_ALL_SUCH_CHAINS = [
  /does not meet compatibility requirements/,
  /misbehaviour checking is being disabled/,
  /could not extract header from update client event/,
  /does not provide a minimum gas price/,
];

/** What a log complains of, beside that; `chain`: in lines about this chain only. */
export const complaints = (text: string, levels: readonly string[], chain?: string): string[] =>
  parseLines(text)
    .filter(({ level, fields }) => levels.includes(level ?? "") && fields?.message !== undefined)
    .filter(({ span }) => chain === undefined || span?.chain === chain)
    .map(({ level, fields }) => `${level} ${fields!.message}`)
    .filter((line) => !OF_ALL_SUCH_CHAINS.some((known) => known.test(line)));

/** A Hermes in the place of our relayer. */
export function relayOf(hermes: Hermes): Relay & { log(): string } {
  const services: Service[] = [];
  const last = (): Service | undefined => services.at(-1);
  return {
    async start() {
      services.push(hermes.start());
    },
    async stop() {
      await last()?.stop();
    },
    check() {
      if (last()?.running !== true) throw new Error(`Hermes ended: ${last()?.log().slice(-4000)}`);
    },
    log: () => last()?.log() ?? "",
  };
}

/** Channel end of the port `transfer` on a chain, once it is open. */
const openTransfer = (client: ChainClient): Promise<string> =>
  eventually(client, "an open transfer channel", async () => {
    const { channels } = await client.query.ibcChannel.Channels({ pagination: ALL });
    return channels.find(({ portId, state }) => portId === "transfer" && state === 3)?.channelId;
  });

/** Declares the steps. `events`: how Hermes listens to provider and consumer; `ours`: which of them is none of Go. */
export function describeCcv(
  suite: string,
  {
    events,
    ours,
  }: {
    readonly events: readonly [HermesChain["events"], HermesChain["events"]];
    readonly ours: readonly ("provider" | "consumer")[];
  },
  createPair: (scratch: Scratch) => Promise<Pair>,
): void {
  const scratch = createScratch();
  const phase = createPhases(suite);
  let pair: Pair;
  let world: World;
  let hermes: Hermes;
  let relay: ReturnType<typeof relayOf>;
  let provider: ChainClient;
  let consumer: ChainClient;
  let failed = false;
  const step = (name: string, work: () => Promise<void>): void =>
    test(name, async () => {
      if (failed) throw new Error("an earlier step failed");
      failed = true;
      await phase(name, work);
      failed = false;
    });
  const key = (name: "alice" | "bob" | "carol") => pair.consumer.keyOf(name);

  beforeAll(async () => {
    pair = await phase("make the chains, start the provider", () => createPair(scratch));
    provider = await pair.provider.client();
  }, 300_000);
  afterAll(() => phase("end", () => scratch.end()), 60_000);

  step("launches a consumer", async () => {
    const { provider: p, consumer: c } = pair;
    const { timeNs } = await provider.status();
    await send(p, "owner", await createConsumer(p, "owner", c.chainId, timeNs + FAR_NS));
    for (const name of ["alice", "bob"]) await send(p, name, await optIn(p, name, CONSUMER_ID));
    await send(p, "carol", await optIn(p, "carol", CONSUMER_ID, key("carol").publicKey));
    await send(p, "owner", await updateSpawn(p, "owner", CONSUMER_ID, (await provider.status()).timeNs));
    await eventually(provider, "launch", async () => {
      const { phase } = await provider.query.provider.QueryConsumerChain({ consumerId: CONSUMER_ID });
      return phase === "CONSUMER_PHASE_LAUNCHED";
    });
    const tandem = createTandem(scratch, { provider: p.rpcUrl });
    const { stdout } = await tandem.run("owner", "query", "provider", "consumer-genesis", CONSUMER_ID);
    await c.launch(stdout);
    consumer = await c.client();
    expect(await powersAt(consumer, 1n)).toEqual(
      powersOf([key("alice"), 100n], [key("bob"), 10n], [key("carol"), 8n]),
    );
  });

  step("passes Hermes's health check", async () => {
    const chains: HermesChain[] = [
      { subject: pair.provider, consumer: false, events: events[0] },
      { subject: pair.consumer, consumer: true, events: events[1] },
    ];
    hermes = createHermes(scratch, chains);
    for (const chain of chains) await hermes.addKey(chain);
    const lines = await hermes.log("health-check");
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    expect(lines.find(({ status }) => status !== undefined)?.status).toBe("success");
    // A Go chain is unhealthy in the eyes of Hermes 1.11, for its ibc-go is one that it does not know.
    for (const end of ours)
      expect([end, complaints(text, ["ERROR", "WARN"], pair[end].chainId)]).toEqual([end, []]);
    const healthy = lines.filter(({ fields }) => fields?.message === "chain is healthy");
    expect(healthy.map(({ span }) => span?.chain)).toEqual(ours.map((end) => pair[end].chainId));
  });

  step("opens the connection over the clients of the launch, and the CCV channel", async () => {
    const c = pair.consumer.chainId;
    await hermes.command(
      ...["create", "connection", "--a-chain", c, "--a-client", CLIENT, "--b-client", CLIENT],
    );
    await hermes.command(
      ...["create", "channel", "--a-chain", c, "--a-connection", "connection-0"],
      ...["--a-port", "consumer", "--b-port", "provider", "--order", "ordered", "--channel-version", "1"],
    );
    const info = await consumer.query.ibcChannel.Channel({ portId: "consumer", channelId: "channel-0" });
    expect(info.channel?.state).toBe(3);
  });

  step("finishes the transfer channel that the consumer began", async () => {
    relay = relayOf(hermes);
    await relay.start();
    const transfer = { consumer: await openTransfer(consumer), provider: await openTransfer(provider) };
    const tandem = createTandem(scratch, { provider: pair.provider.rpcUrl, consumer: pair.consumer.rpcUrl });
    const ccv = { provider: "channel-0", consumer: "channel-0" };
    world = { ...pair, consumerId: CONSUMER_ID, tandem, relay, transfer, ccv };
    relay.check();
  });

  step("carries a delegation to the consumer's validator set, and an undelegation", async () => {
    await send(pair.provider, "user", await delegate(pair.provider, "user", "bob", 5n * POWER));
    await untilPowers(world, [key("alice"), 100n], [key("bob"), 15n], [key("carol"), 8n]);
    await send(pair.provider, "user", await undelegate(pair.provider, "user", "bob", 2n * POWER));
    await untilPowers(world, [key("alice"), 100n], [key("bob"), 13n], [key("carol"), 8n]);
    await eventually(provider, "acknowledgements", async () => {
      const found = await provider.query.ibcChannel.PacketCommitments({
        ...{ portId: "provider", channelId: "channel-0", pagination: ALL },
      });
      return found.commitments.length === 0;
    });
  });

  transferSteps(step, () => world);

  step("leaves nothing to complain of", async () => {
    const log = relay.log();
    await relay.stop();
    expect(complaints(log, ["ERROR"])).toEqual([]);
  });
}
