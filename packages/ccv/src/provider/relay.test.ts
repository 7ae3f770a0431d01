import { ConsumerPhase, MsgAssignConsumerKey, MsgOptOut, PowerShapingParameters } from "@tandem-ics/proto";
import fc from "fast-check";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  AUTHORITY,
  accountOf,
  createTestProvider,
  keyJson,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { keyText } from "../types/addresses.ts";
import { applyChanges, diffValidators } from "../types/valset-changes.ts";
import * as state from "./state.ts";

interface VscJson {
  validator_updates: { pub_key: { ed25519: string }; power: string }[];
  valset_update_id: string;
  slash_acks: string[];
}
const sent = (chain: TestProvider): VscJson[] =>
  chain.ibc.sent.map(({ data }) => JSON.parse(data) as VscJson);
const powersOf = (packet: VscJson): string[] => packet.validator_updates.map(({ power }) => power);
const DAY_NS = 86_400_000_000_000n;
const vscId = (chain: TestProvider): bigint => state.vscId.require(chain.ctx);

/** A launched consumer with an open channel. */
function connected(options?: Parameters<typeof createTestProvider>[0]): { chain: TestProvider; id: string } {
  const chain = createTestProvider(options);
  const id = chain.launch(options?.tokens?.map((_, i) => i + 1) ?? [1, 2, 3]);
  chain.openChannel(id);
  return { chain, id };
}

describe("VSC packets", () => {
  test("[vsc-1] leave at heights divisible by the epoch's length only", () => {
    const { chain } = connected();
    const heights: bigint[] = [];
    for (let i = 0; i < 9; i++) {
      const { height } = chain.ctx;
      chain.fake.set(1, { tokens: 20_000_000n + BigInt(i) * 1_000_000n });
      const before = chain.ibc.sent.length;
      chain.nextBlock();
      if (chain.ibc.sent.length > before) heights.push(height);
    }
    expect(heights).toEqual([3n, 6n, 9n]);
  });

  test("[vsc-1] leave for all consumers at one boundary, in the byte order of their ids", () => {
    const chain = createTestProvider();
    for (let i = 0; i < 12; i++) chain.openChannel(chain.launch([1]));
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextEpoch();
    expect(chain.ibc.sent.map(({ channel }) => channel)).toEqual(
      ["0", "1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"].map((id) => `channel-${id}`),
    );
    expect(new Set(sent(chain).map((packet) => packet.valset_update_id)).size).toBe(1);
  });

  test("[vsc-2] take an id each epoch, sent or not", () => {
    const { chain } = connected();
    expect(vscId(chain)).toBe(1n);
    chain.nextEpoch();
    chain.nextEpoch();
    expect(chain.ibc.sent).toEqual([]);
    expect(vscId(chain)).toBe(3n);
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextEpoch();
    expect(sent(chain).map((packet) => packet.valset_update_id)).toEqual(["3"]);
  });

  test("[vsc-14] time out by time only, the block's plus the period", () => {
    const { chain } = connected();
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextBlock();
    const { timeNs } = chain.ctx;
    chain.nextBlock();
    expect(chain.ibc.sent).toMatchObject([
      { port: "provider", channel: "channel-0", timeoutNs: timeNs + 2_419_200n * 1_000_000_000n },
    ]);
    expect(chain.ibc.timeoutHeights).toEqual([{ revisionNumber: 0n, revisionHeight: 0n }]);
  });

  test("[vsc-4] wait for the channel and are sent in order at the first boundary after it opened", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    for (const tokens of [20_000_000n, 30_000_000n]) {
      chain.fake.set(1, { tokens });
      chain.nextEpoch();
    }
    expect(chain.ibc.sent).toEqual([]);
    chain.openChannel(id);
    chain.nextEpoch();
    expect(sent(chain).map(powersOf)).toEqual([["20"], ["30"]]);
    expect(sent(chain).map((packet) => packet.valset_update_id)).toEqual(["1", "2"]);
  });

  test("[vsc-5] remove the old key and add the new one together", () => {
    const { chain, id } = connected();
    chain.deliver(MsgAssignConsumerKey, {
      chainId: "",
      consumerId: id,
      providerAddr: operatorOf(1),
      signer: accountOf(1),
      consumerKey: keyJson(50),
    });
    chain.nextEpoch();
    expect(sent(chain)[0]!.validator_updates).toEqual([
      { pub_key: { ed25519: Buffer.alloc(32, 1).toString("base64") }, power: "0" },
      { pub_key: { ed25519: Buffer.alloc(32, 50).toString("base64") }, power: "10" },
    ]);
  });

  test("[vsc-6] have ids that map to the height after their boundary, while the next id keeps moving", () => {
    const { chain } = connected();
    chain.nextEpoch();
    expect(chain.ctx.height).toBe(4n);
    chain.nextBlock();
    chain.nextBlock();
    expect(state.heightOfVscId.get(chain.ctx, 1n)).toBe(4n);
    expect(state.heightOfVscId.get(chain.ctx, 2n)).toBe(6n);
  });

  test("[life-21] go nowhere over an inactive client, keep their order, and leave when it recovers", () => {
    const { chain, id } = connected();
    chain.ibc.inactive.add("channel-0");
    for (const tokens of [20_000_000n, 30_000_000n]) {
      chain.fake.set(1, { tokens });
      chain.nextEpoch();
    }
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    chain.ibc.inactive.clear();
    chain.nextEpoch();
    expect(sent(chain).map(powersOf)).toEqual([["20"], ["30"]]);
    expect(state.pendingVscPackets.has(chain.ctx, id)).toBe(false);
  });

  test("that cannot be sent for another reason stop the consumer", () => {
    const { chain, id } = connected();
    chain.ibc.refuseSending(true);
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextEpoch();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
  });

  test("[life-20] that time out or come back with an error stop the consumer", () => {
    for (const end of ["timeout", "error"] as const) {
      const { chain, id } = connected();
      const packet = {
        ...packetTo("consumer", "channel-7", ""),
        sourcePort: "provider",
        sourceChannel: "channel-0",
      };
      const arrival = { channelVersion: "1", packet, relayer: new Uint8Array(20) };
      if (end === "timeout") chain.provider.ibcApp.onTimeoutPacket(chain.ctx, arrival);
      else
        chain.provider.ibcApp.onAcknowledgementPacket(chain.ctx, {
          ...arrival,
          acknowledgement: Buffer.from(
            '{"error":"ABCI code: 1: error handling packet: see events for details"}',
          ),
        });
      expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
      const removalNs = chain.ctx.timeNs + 21n * DAY_NS;
      expect([...state.removalQueue.entries(chain.ctx)]).toEqual([[removalNs, { ids: [id] }]]);
      expect(state.removalTimes.get(chain.ctx, id)).toBe(removalNs);
      expect(chain.eventsOf(end === "timeout" ? "timeout" : "ccv_packet")[0]).toMatchObject({
        module: "provider",
      });
      chain.nextBlock(21n * 86_400n);
      expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    }
  });

  test("[life-20] that time out after the stop queue the deletion again, which changes nothing", () => {
    const { chain, id } = connected();
    const packet = {
      ...packetTo("consumer", "channel-7", ""),
      sourcePort: "provider",
      sourceChannel: "channel-0",
    };
    const timeOut = () =>
      chain.provider.ibcApp.onTimeoutPacket(chain.ctx, {
        channelVersion: "1",
        packet,
        relayer: new Uint8Array(20),
      });
    timeOut();
    chain.nextBlock(86_400n);
    timeOut();
    expect([...state.removalQueue.entries(chain.ctx)]).toHaveLength(2);
    chain.nextBlock(20n * 86_400n);
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    chain.nextBlock(86_400n);
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    expect([...state.removalQueue.entries(chain.ctx)]).toEqual([]);
  });

  test("answered on unknown channels are refused", () => {
    const { chain } = connected();
    const packet = { ...packetTo("consumer", "channel-7", ""), sourceChannel: "channel-9" };
    const arrival = { channelVersion: "1", packet, relayer: new Uint8Array(20) };
    expect(refusalCode(() => chain.provider.ibcApp.onTimeoutPacket(chain.ctx, arrival))).toBe("channel/5");
    const acknowledgement = Buffer.from('{"error":"x"}');
    expect(
      refusalCode(() =>
        chain.provider.ibcApp.onAcknowledgementPacket(chain.ctx, { ...arrival, acknowledgement }),
      ),
    ).toBe("provider/4");
  });

  test("whose success is acknowledged change nothing and are told twice", () => {
    const { chain } = connected();
    const packet = { ...packetTo("consumer", "channel-7", ""), sourceChannel: "channel-0" };
    chain.provider.ibcApp.onAcknowledgementPacket(chain.ctx, {
      channelVersion: "1",
      packet,
      relayer: new Uint8Array(20),
      acknowledgement: Buffer.from('{"result":"AQ=="}'),
    });
    expect(chain.eventsOf("ccv_packet")).toEqual([
      { module: "provider", acknowledgement: 'result:"\\001" ' },
      { success: "\u0001" },
    ]);
  });

  test("fold into the provider's stored set, whatever happens to stakes, opt-ins and keys", () => {
    const act = fc.record({
      kind: fc.constantFrom("stake", "out", "in", "key", "epoch" as const),
      validator: fc.integer({ min: 1, max: 4 }),
      amount: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const { chain, id } = connected({ tokens: [10_000_000n, 8_000_000n, 5_000_000n, 3_000_000n] });
        let nextKey = 60;
        const genesis = state.consumerGenesis.get(chain.ctx, id)!.provider.initialValSet;
        for (const { kind, validator: n, amount } of acts) {
          if (kind === "stake") chain.fake.set(n, { tokens: BigInt(amount) * 1_000_000n });
          if (kind === "out") state.optedIn.remove(chain.ctx, [id, testAddress(n)]);
          if (kind === "in") chain.optIn(id, n);
          if (kind === "key") chain.optIn(id, n, keyJson(nextKey++));
          if (kind === "epoch") chain.nextEpoch();
        }
        chain.nextEpoch();
        let folded = applyChanges(new Map(), genesis);
        for (const packet of sent(chain))
          folded = applyChanges(
            folded,
            packet.validator_updates.map(({ pub_key, power }) => ({
              pubKey: { ed25519: Uint8Array.from(Buffer.from(pub_key.ed25519, "base64")) },
              power: BigInt(power),
            })),
          );
        const stored = state.consumerValidators.values(chain.ctx);
        expect(folded).toEqual(new Map(stored.map(({ publicKey, power }) => [keyText(publicKey!), power])));
      }),
      { numRuns: 40 },
    );
  });
});

describe("differences of sets", () => {
  test("turn one set into the other", () => {
    const set = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.bigInt({ min: 1n, max: 9n })), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(set, set, (before, after) => {
        const keyed = (list: typeof before) =>
          list.map(([key, power]) => ({ publicKey: { ed25519: new Uint8Array(32).fill(key) }, power }));
        const powers = (list: typeof before) =>
          new Map(keyed(list).map(({ publicKey, power }) => [keyText(publicKey), power]));
        const updates = diffValidators(keyed(before), keyed(after));
        expect(applyChanges(powers(before), updates)).toEqual(powers(after));
        expect(diffValidators(keyed(after), keyed(after))).toEqual([]);
      }),
    );
  });
});

describe("partial sets", () => {
  test("[pss-1] take a validator at the next boundary after it opts in, also an unbonded one's consent", () => {
    const chain = createTestProvider();
    const id = chain.launch([1]);
    chain.openChannel(id);
    chain.fake.set(3, { status: 1 });
    chain.optIn(id, 2);
    chain.optIn(id, 3);
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(1);
    chain.nextEpoch();
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(2);
  });

  test("[pss-2] lose a validator at the next boundary after it opts out, in phase 3 only", () => {
    const { chain, id } = connected();
    const optOut = (consumerId: string, n: number) =>
      chain.deliver(MsgOptOut, {
        chainId: "",
        consumerId,
        providerAddr: operatorOf(n),
        signer: accountOf(n),
      });
    optOut(id, 2);
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(3);
    chain.nextEpoch();
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(2);
    const waiting = chain.create();
    expect(refusalCode(() => optOut(waiting, 1))).toBe("provider/27");
    expect(refusalCode(() => optOut("55", 1))).toBe("provider/3");
  });

  test("[pss-2] [pss-4] of Top N chains enrol the strongest active validators, and keep them when N shrinks", () => {
    const chain = createTestProvider({
      tokens: [50_000_000n, 30_000_000n, 20_000_000n, 19_000_000n],
      params: { maxProviderConsensusValidators: 3n },
    });
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.update(id, { newOwnerAddress: AUTHORITY });
    const topN = (n: number) =>
      chain.update(id, {
        owner: AUTHORITY,
        powerShapingParameters: PowerShapingParameters.create({ topN: n }),
      });
    topN(100);
    chain.nextBlock();
    // Validator 4 is inactive: not among those counted.
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(3);
    const optOut = (n: number) =>
      chain.deliver(MsgOptOut, {
        chainId: "",
        consumerId: id,
        providerAddr: operatorOf(n),
        signer: accountOf(n),
      });
    expect(refusalCode(() => optOut(3))).toBe("provider/20");
    topN(50);
    chain.nextEpoch();
    expect(state.optedIn.keys(chain.ctx)).toHaveLength(3);
    expect(refusalCode(() => optOut(1))).toBe("provider/20");
    optOut(3);
    chain.nextEpoch();
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(2);
  });

  test("[pss-12] remember when a member joined, and anew after a gap", () => {
    const { chain, id } = connected();
    const joined = (n: number): bigint | undefined =>
      state.consumerValidators.get(chain.ctx, [id, testAddress(n)])?.joinHeight;
    chain.fake.set(1, { tokens: 99_000_000n });
    chain.nextEpoch();
    expect(joined(1)).toBe(2n);
    chain.fake.set(1, { jailed: true });
    chain.nextEpoch();
    expect(joined(1)).toBeUndefined();
    chain.fake.set(1, { jailed: false });
    chain.nextEpoch();
    expect(joined(1)).toBe(9n);
  });
});

describe("the provider's own set", () => {
  test("[pss-14] is the strongest of the bonded ones, each block, and shrinks with its parameter", () => {
    const chain = createTestProvider({ params: { maxProviderConsensusValidators: 2n } });
    expect(chain.genesisUpdates.map(({ power }) => power)).toEqual([10n, 8n, 5n]);
    expect(chain.nextBlock().map(({ power }) => power)).toEqual([0n]);
    chain.fake.set(3, { tokens: 9_000_000n });
    expect(
      chain
        .nextBlock()
        .map(({ power }) => power)
        .sort(),
    ).toEqual([0n, 9n]);
    expect(chain.nextBlock()).toEqual([]);
  });
});
