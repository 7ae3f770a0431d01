/** Each invariant across chains fails when one of the chains is broken behind its keepers. */
import "./tampered-modules.ts";
import { INVARIANTS, InvariantBroken, Localnet, type LocalnetOptions } from "@tandem-ics/localnet";
import { Dec } from "@tandem-ics/runtime";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { Channel } from "cosmjs-types/ibc/core/channel/v1/channel";
import { RequestInfo } from "cosmjs-types/tendermint/abci/types";
import * as consumerState from "../../packages/ccv/src/consumer/state.ts";
import * as providerState from "../../packages/ccv/src/provider/state.ts";
import { bank, slashing, staking } from "./broken-state.ts";
import { hands, once } from "./tampering.ts";

const EVERYTHING = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };

async function transfer(net: Localnet): Promise<void> {
  const { channels } = await net.provider.client.query.ibcChannel.Channels({ pagination: EVERYTHING });
  const sender = net.sender("provider", "owner");
  const { timeNs } = await net.provider.client.status();
  await sender.send([
    {
      typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
      value: MsgTransfer.fromPartial({
        sourcePort: "transfer",
        sourceChannel: channels.find((c) => c.portId === "transfer")!.channelId,
        token: { denom: "stake", amount: "1000" },
        sender: sender.address,
        receiver: net.sender("consumer-0", "owner").address,
        timeoutTimestamp: timeNs + 3_600_000_000_000n,
      }),
    },
  ]);
}

/** Down on a chain until it was reported there. */
async function reported(net: Localnet, validator: string, chain: string): Promise<void> {
  const before = net.chain(chain).node.height;
  await net.fault.down(validator, { chain });
  while (net.chain(chain).node.height < before + 14n) await net.blocks(1);
  await net.fault.heal();
}

const untilCarried = async (net: Localnet): Promise<void> => {
  await net.epochEnd();
  await net.relay.once();
  await net.blocks(3);
};

interface Case {
  readonly options?: LocalnetOptions;
  /** Must end with a broken invariant. */
  readonly live: (net: Localnet) => Promise<void>;
  /** Chain on which it is found. */
  readonly chain: string;
}

const CASES: Readonly<Record<string, Case>> = {
  ValidatorUpdatesArePropagated: {
    chain: "provider",
    async live(net) {
      // A row of the kept set changes at the epoch's end, after its packet was made.
      hands.provider = (ctx) => {
        const [row] = providerState.consumerValidators.entries(ctx);
        const { power, ...member } = row![1];
        if (ctx.height % 5n === 0n)
          providerState.consumerValidators.set(ctx, row![0], { ...member, power: power + 1n });
        return undefined;
      };
      await net.epochEnd();
    },
  },
  ValidatorSetHasExisted: {
    chain: "consumer-0",
    async live(net) {
      hands.consumer = (_, updates) =>
        updates.length === 0 ? undefined : updates.map((u) => ({ ...u, power: u.power + 1n }));
      await net.stake.delegate("alice", "5000000stake");
      await untilCarried(net);
    },
  },
  SameVscPackets: {
    chain: "provider",
    async live(net) {
      hands.provider = once((ctx) => {
        providerState.vscId.set(ctx, 1n);
        return undefined;
      });
      await net.stake.delegate("alice", "5000000stake");
      await untilCarried(net);
    },
  },
  ChannelUniqueness: {
    chain: "provider",
    async live(net) {
      hands.provider = once((ctx) => {
        const at = (channel: string) =>
          new TextEncoder().encode(`channelEnds/ports/provider/channels/${channel}`);
        const bytes = ctx.kv("ibc").get(at("channel-0"))!;
        ctx.kv("ibc").set(at("channel-7"), Channel.encode(Channel.decode(bytes)).finish());
        ctx.emit("channel_open_confirm", { port_id: "provider", channel_id: "channel-7" });
        return undefined;
      });
      await net.blocks(1);
    },
  },
  OneSlashPacketPerDowntime: {
    chain: "consumer-0",
    async live(net) {
      // A consumer that forgets what it has reported, and reports again and again.
      hands.consumer = (ctx) => {
        consumerState.outstandingDowntime.clear(ctx);
        return undefined;
      };
      await net.fault.down("dave", { chain: "consumer-0" });
      await net.blocks(40);
    },
  },
  OneJailingPerDowntime: {
    chain: "provider",
    options: {
      consumers: 2,
      provider: { signedBlocksWindow: 10, slashMeterReplenishFraction: "1", blocksPerEpoch: 20 },
    },
    async live(net) {
      await reported(net, "dave", "consumer-0");
      await reported(net, "dave", "consumer-1");
      // Both reports come within one epoch: dave is in both sets still.
      await net.epochEnd();
      await net.relay.once("consumer-0");
      await net.blocks(2);
      hands.provider = (ctx) => {
        for (const [address, info] of slashing.signingInfos.entries(ctx))
          slashing.signingInfos.set(ctx, address, { ...info, jailedUntilNs: info.jailedUntilNs + 1n });
        return undefined;
      };
      await net.relay.once("consumer-1");
    },
  },
  OneSlashPerDoubleSign: {
    chain: "provider",
    async live(net) {
      const first = await net.fault.doubleSign("dave", "consumer-0");
      const second = await net.fault.doubleSign("carol", "consumer-0");
      await net.evidence.submitDoubleSign("consumer-0", first.evidence, { unchecked: true });
      hands.provider = (ctx) => {
        for (const [operator, validator] of staking.validators.entries(ctx))
          if (validator.jailed)
            staking.validators.set(ctx, operator, {
              ...validator,
              tokens: Dec.fromInt(validator.tokens).mul(Dec.parse("0.95")).truncateInt(),
            });
        return undefined;
      };
      await net.evidence.submitDoubleSign("consumer-0", second.evidence, { unchecked: true });
    },
  },
  MeterAllowsItsFraction: {
    chain: "provider",
    async live(net) {
      hands.provider = once((ctx) => {
        providerState.slashMeter.set(ctx, 1_000_000n);
        return undefined;
      });
      await net.blocks(1);
    },
  },
  SupplyConservation: {
    chain: "consumer-0",
    async live(net) {
      // Coins out of nothing, entered everywhere where they belong.
      hands.consumer = once((ctx) => {
        const [[[address, denom], amount] = [[new Uint8Array(), ""], 0n] as const] =
          bank.balances.entries(ctx);
        bank.balances.set(ctx, [address, denom], amount + 5n);
        bank.supply.set(ctx, denom, bank.supply.get(ctx, denom)! + 5n);
        return undefined;
      });
      await net.blocks(1);
    },
  },
  RewardsAndTransfersAreEscrowed: {
    chain: "consumer-0",
    async live(net) {
      await transfer(net);
      // The voucher is paid twice.
      hands.consumer = (ctx) => {
        for (const [[address, denom], amount] of bank.balances.entries(ctx))
          if (denom.startsWith("ibc/")) {
            bank.balances.set(ctx, [address, denom], amount * 2n);
            bank.supply.set(ctx, denom, amount * 2n);
          }
        return undefined;
      };
      await net.blocks(2);
      await net.relay.once();
    },
  },
  NoHalt: {
    chain: "provider",
    async live(net) {
      hands.provider = () => {
        throw new RangeError("division by zero");
      };
      await net.blocks(1);
    },
  },
};

/** What `live` ends with. */
async function brokenBy(live: () => Promise<unknown>): Promise<InvariantBroken> {
  try {
    await live();
  } catch (error) {
    if (error instanceof InvariantBroken) return error;
    throw error;
  }
  throw new Error("nothing was found broken");
}

test.each(Object.entries(CASES))(
  "%s is found broken, and the network stands still",
  async (name, { options = {}, live, chain }) => {
    const told: InvariantBroken[] = [];
    const net = await Localnet.start({
      validators: 4,
      consumers: 1,
      provider: { signedBlocksWindow: 10, slashMeterReplenishFraction: "1" },
      checkInvariants: true,
      onInvariantBroken: (error) => told.push(error),
      ...options,
    });
    try {
      const error = await brokenBy(() => live(net));
      const found = error.violations.find(({ invariant }) => invariant === name);
      expect(error.violations.map(({ invariant }) => invariant)).toContain(name);
      expect(found).toMatchObject({ chain });
      // In the block that showed it, or in the one that could not be.
      const last = net.chain(chain).node.app.info(RequestInfo.fromPartial({})).lastBlockHeight;
      expect([last, last + 1n]).toContain(found!.height);
      expect(error).toMatchObject({ code: "invariant-broken" });
      expect(error.message).toContain(`invariant ${name} is broken on ${chain}`);
      expect(told[0]).toBe(error);
      // Nothing goes on, whoever asks for it, even if nobody tampers any more.
      hands.provider = undefined;
      hands.consumer = undefined;
      const heights = net.chains.map((c) => c.node.height);
      expect(await brokenBy(() => net.blocks(1))).toBe(error);
      expect(await brokenBy(() => net.stake.delegate("alice", "1000000stake"))).toBe(error);
      expect(net.chains.map((c) => c.node.height)).toEqual(heights);
    } finally {
      await net.stop();
    }
  },
  120_000,
);

test("updates that CometBFT would refuse are found before it is given them", async () => {
  const net = await Localnet.start({ validators: 4, consumers: 1, checkInvariants: true });
  try {
    hands.consumer = (_, updates) => [...updates, ...updates];
    await net.stake.delegate("alice", "5000000stake");
    const { violations } = await brokenBy(() => untilCarried(net));
    expect(violations[0]).toMatchObject({
      invariant: "NoHalt",
      chain: "consumer-0",
      expected: "one update of a validator in a block",
    });
  } finally {
    await net.stop();
  }
}, 120_000);

test("every listed invariant across chains is broken by a test", () => {
  const listed = Object.keys(INVARIANTS).filter((name) => !name.includes("/"));
  expect(Object.keys(CASES).sort()).toEqual([...listed].sort());
});
