/** Hermes makes clients, a connection and a channel between two chains of ours, and carries coins both ways. */
import { transferSteps } from "../interop/harness/mixed-transfers.ts";
import { POWER, type World } from "../interop/harness/mixed-world.ts";
import { createPhases } from "../interop/harness/phases.ts";
import { createScratch } from "../interop/harness/scratch.ts";
import { createTandem } from "../interop/harness/tandem.ts";
import { createTandemProvider, type TandemChain } from "../interop/harness/tandem-chain.ts";
import { complaints, relayOf } from "./ccv-steps.ts";
import { createHermes, describeHermes, type Hermes, type HermesChain } from "./hermes.ts";

const ACCOUNTS = ["user", "relayer"];

/** Answer of `query packet pending`, as far as it is looked at. */
interface Pending {
  readonly src: { readonly unreceived_packets: unknown[]; readonly unreceived_acks: unknown[] };
  readonly dst: { readonly unreceived_packets: unknown[] };
}

describeHermes("Hermes between two chains that know nothing of each other", () => {
  const scratch = createScratch();
  const phase = createPhases("hermes transfer");
  let chains: readonly [TandemChain, TandemChain];
  let hermes: Hermes;
  let world: World;
  let relay: ReturnType<typeof relayOf>;

  beforeAll(async () => {
    const make = async (chainId: string): Promise<TandemChain> => {
      const chain = await createTandemProvider(scratch, {
        ...{ chainId, accounts: ACCOUNTS, stakes: { alice: 10n * POWER } },
      });
      await chain.start();
      return chain;
    };
    chains = [await make("here-1"), await make("there-7")];
  }, 120_000);
  afterAll(() => scratch.end(), 60_000);

  const step = (name: string, work: () => Promise<void>): void => test(name, () => phase(name, work));

  step("creates clients, a connection and a channel", async () => {
    const entries: HermesChain[] = [
      { subject: chains[0], consumer: false, events: "push" },
      { subject: chains[1], consumer: false, events: "pull" },
    ];
    hermes = createHermes(scratch, entries);
    for (const entry of entries) await hermes.addKey(entry);
    await hermes.command(
      ...["create", "channel", "--a-chain", "here-1", "--b-chain", "there-7"],
      ...["--a-port", "transfer", "--b-port", "transfer", "--new-client-connection", "--yes"],
    );
    for (const chain of chains) {
      const { query } = await chain.client();
      const { channel } = await query.ibcChannel.Channel({ portId: "transfer", channelId: "channel-0" });
      expect(channel?.state).toBe(3);
    }
    relay = relayOf(hermes);
    const [one, other] = chains;
    const provider = { ...one, bringUp: () => Promise.resolve() };
    const consumer = { ...other, launch: () => Promise.reject(new Error("it runs already")) };
    const ends = { provider: "channel-0", consumer: "channel-0" };
    const tandem = createTandem(scratch, { provider: provider.rpcUrl, consumer: other.rpcUrl });
    world = { scratch, provider, consumer, consumerId: "", tandem, relay, transfer: ends, ccv: ends };
  });

  step("sends, shows, and clears packets by command", async () => {
    const here = ["--chain", "here-1", "--port", "transfer", "--channel", "channel-0"];
    const pending = async () => (await hermes.command("query", "packet", "pending", ...here)) as Pending;
    await hermes.command(
      ...["tx", "ft-transfer", "--src-chain", "here-1", "--dst-chain", "there-7", "--src-port", "transfer"],
      ...["--src-channel", "channel-0", "--amount", "25", "--denom", "stake", "--timeout-seconds", "1000"],
      ...["--number-msgs", "2"],
    );
    expect((await pending()).src.unreceived_packets).toEqual([1, 2]);
    await hermes.command("clear", "packets", ...here);
    const { src, dst } = await pending();
    expect([src.unreceived_packets, src.unreceived_acks, dst.unreceived_packets]).toEqual([[], [], []]);
    expect(await hermes.command("query", "clients", "--host-chain", "here-1")).toMatchObject([
      { chain_id: "there-7", client_id: "07-tendermint-0" },
    ]);
    expect(await hermes.command("query", "channels", "--chain", "there-7")).toMatchObject([
      { channel_id: "channel-0", port_id: "transfer" },
    ]);
    await hermes.command("update", "client", "--host-chain", "here-1", "--client", "07-tendermint-0");
    await hermes.command("query", "channel", "ends", ...here);
    await relay.start();
  });

  transferSteps(step, () => world);

  step("leaves nothing to complain of", async () => {
    const log = relay.log();
    await relay.stop();
    expect(complaints(log, ["ERROR"])).toEqual([]);
  });
});
