import {
  ConsumerPhase,
  MsgAssignConsumerKey,
  MsgOptOut,
  MsgRemoveConsumer,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { atBlock } from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import fc from "fast-check";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  AUTHORITY,
  accountOf,
  consAddressOf,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { keyText } from "../types/addresses.ts";
import { TransactionAbort } from "../types/refusals.ts";
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
const vscId = (chain: TestProvider): bigint => state.vscId.require(chain.ctx);
const ackBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** A launched consumer with an open channel. */
function connected(options?: Parameters<typeof createTestProvider>[0]): { chain: TestProvider; id: string } {
  const chain = createTestProvider(options);
  const id = chain.launch(options?.tokens?.map((_, i) => i + 1) ?? [1, 2, 3]);
  chain.openChannel(id);
  return { chain, id };
}

describe("VSC packets", () => {
  test("leave at heights divisible by the epoch's length only", () => {
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

  test("take an id each epoch, sent or not", () => {
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

  test("time out by time only, the block's plus the period", () => {
    const { chain } = connected();
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextBlock();
    const { timeNs } = chain.ctx;
    chain.nextBlock();
    expect(chain.ibc.sent).toMatchObject([
      { port: "provider", channel: "channel-0", timeoutNs: timeNs + 2_419_200n * 1_000_000_000n },
    ]);
  });

  test("wait for the channel and are sent in order at the first boundary after it opened", () => {
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

  test("remove the old key and add the new one together", () => {
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

  test("have ids that map to the height after their boundary, while the next id keeps moving", () => {
    const { chain } = connected();
    chain.nextEpoch();
    expect(chain.ctx.height).toBe(4n);
    chain.nextBlock();
    chain.nextBlock();
    expect(state.heightOfVscId.get(chain.ctx, 1n)).toBe(4n);
    expect(state.heightOfVscId.get(chain.ctx, 2n)).toBe(6n);
  });

  test("go nowhere over an inactive client, keep their order, and leave when it recovers", () => {
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
  });

  test("that cannot be sent for another reason stop the consumer", () => {
    const { chain, id } = connected();
    chain.ibc.refuseSending(true);
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextEpoch();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
  });

  test("that time out or come back with an error stop the consumer", () => {
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
      expect([...state.removalQueue.entries(chain.ctx)]).toHaveLength(1);
    }
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
  test("take a validator at the next boundary after it opts in, also an unbonded one's consent", () => {
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

  test("lose a validator at the next boundary after it opts out, in phase 3 only", () => {
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

  test("of Top N chains enrol the strongest active validators, and keep them when N shrinks", () => {
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

  test("remember when a member joined, and anew after a gap", () => {
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
  test("is the strongest of the bonded ones, each block, and shrinks with its parameter", () => {
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

describe("slash packets", () => {
  const address = (n: number): string => Buffer.from(testAddress(n)).toString("base64");
  const slash = (n: number, changes: { infraction?: string; vscId?: string; power?: string } = {}): string =>
    JSON.stringify({
      type: "CONSUMER_PACKET_TYPE_SLASH",
      slashPacketData: {
        validator: { address: address(n), power: changes.power ?? "5" },
        valset_update_id: changes.vscId ?? "0",
        infraction: changes.infraction ?? "INFRACTION_TYPE_DOWNTIME",
      },
    });
  const receive = (chain: TestProvider, data: string, channelId = "channel-0"): string =>
    ackBase64(
      chain.provider.ibcApp.onRecvPacket(chain.ctx, {
        channelVersion: "1",
        packet: packetTo("provider", channelId, data),
        relayer: new Uint8Array(20),
      })!.bytes,
    );
  const HANDLED = '{"result":"Ag=="}';
  const BOUNCED = '{"result":"Aw=="}';
  const OK = '{"result":"AQ=="}';

  test("jail a member by this consumer's parameters and are acknowledged with the next VSC packet", () => {
    const { chain } = connected();
    const { timeNs } = chain.ctx;
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(chain.fake.validator(1).jailed).toBe(true);
    expect(chain.fake.jailedUntil.get(1)).toBe(timeNs + 600_000_000_000n);
    expect(chain.fake.slashes).toMatchObject([{ height: 2n, power: 5n, fraction: "0.000000000000000000" }]);
    expect(chain.eventsOf("execute_consumer_chain_slash")).toEqual([
      {
        module: "provider",
        validator_address: consAddressOf(1),
        infraction_type: "INFRACTION_DOWNTIME",
        infraction_height: "2",
        valset_update_id: "0",
      },
    ]);
    chain.nextEpoch();
    expect(sent(chain)[0]).toMatchObject({ slash_acks: [consAddressOf(1)] });
  });

  test("keep their acknowledgement while the set does not change", () => {
    const { chain } = connected();
    chain.fake.set(4, { tokens: 1_000_000n });
    receive(chain, slash(4));
    chain.nextEpoch();
    expect(chain.ibc.sent).toEqual([]);
    chain.fake.set(1, { tokens: 11_000_000n });
    chain.nextEpoch();
    expect(sent(chain)[0]!.slash_acks).toEqual([consAddressOf(4)]);
  });

  test("are taken in the staking form and with numbers too", () => {
    const { chain } = connected();
    expect(receive(chain, slash(1, { infraction: "INFRACTION_DOWNTIME" }))).toBe(HANDLED);
    const numeric = slash(2)
      .replace('"INFRACTION_TYPE_DOWNTIME"', "2")
      .replace('"CONSUMER_PACKET_TYPE_SLASH"', "1");
    state.slashMeter.set(chain.ctx, 100n);
    expect(receive(chain, numeric)).toBe(HANDLED);
    expect(chain.fake.validator(2).jailed).toBe(true);
  });

  test.each([
    ["no JSON", "hello", 29],
    ["an unknown field", slash(1).replace("{", '{"x":1,'), 29],
    ["a duplicate field", slash(1).replace("{", '{"type":1,'), 29],
    ["the snake case name", slash(1).replace("slashPacketData", "slash_packet_data"), 29],
    ["no power", slash(1, { power: "0" }), 1],
    ["no address", slash(1).replace(address(1), ""), 1],
    ["an unknown VSC id", slash(1, { vscId: "77" }), 1],
    ["no infraction", slash(1, { infraction: "INFRACTION_TYPE_UNSPECIFIED" }), 1],
    [
      "an unknown type",
      slash(1).replace("CONSUMER_PACKET_TYPE_SLASH", "CONSUMER_PACKET_TYPE_UNSPECIFIED"),
      1,
    ],
  ])("with %s get an error that names the code only", (_, data, code) => {
    const { chain } = connected();
    expect(receive(chain, data)).toBe(
      `{"error":"ABCI code: ${code}: error handling packet: see events for details"}`,
    );
    expect(chain.eventsOf("ccv_packet")[0]).toMatchObject({ module: "provider", success: "false" });
    expect(chain.fake.slashes).toEqual([]);
  });

  test("for a double sign are noted and never punished", () => {
    const { chain } = connected();
    expect(receive(chain, slash(1, { infraction: "INFRACTION_TYPE_DOUBLE_SIGN" }))).toBe(OK);
    expect(state.slashLog.has(chain.ctx, testAddress(1))).toBe(true);
    expect(chain.fake.slashes).toEqual([]);
  });

  test("about maturity are taken and do nothing", () => {
    const { chain } = connected();
    expect(
      receive(chain, '{"type":"CONSUMER_PACKET_TYPE_VSCM","vscMaturedPacketData":{"valset_update_id":"9"}}'),
    ).toBe(OK);
  });

  test("against a stranger, or from a stopped consumer, are acknowledged without jailing", () => {
    const { chain, id } = connected();
    chain.fake.set(4, { tokens: 1_000_000n });
    expect(receive(chain, slash(4))).toBe(HANDLED);
    chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(4), consAddressOf(1)]);
    expect(chain.fake.slashes).toEqual([]);
  });

  test("bounce while the meter is below zero, and leave no acknowledgement", () => {
    const { chain, id } = connected();
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashMeter.require(chain.ctx)).toBe(1n - 10n);
    expect(receive(chain, slash(2))).toBe(BOUNCED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(1)]);
    expect(chain.fake.validator(2).jailed).toBe(false);
  });

  test("against one who is jailed already cost no meter and jail nobody again", () => {
    const { chain } = connected();
    chain.fake.set(1, { jailed: true });
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashMeter.require(chain.ctx)).toBe(1n);
    expect(chain.fake.slashes).toEqual([]);
    expect(chain.eventsOf("execute_consumer_chain_slash")).toHaveLength(1);
  });

  test("against a tombstoned or unbonded member are handled without acknowledgement", () => {
    const { chain, id } = connected();
    chain.fake.tombstoned.add(1);
    chain.fake.set(2, { status: 1 });
    expect(receive(chain, slash(1))).toBe(HANDLED);
    state.slashMeter.set(chain.ctx, 5n);
    expect(receive(chain, slash(2))).toBe(HANDLED);
    expect(state.slashAcks.has(chain.ctx, id)).toBe(false);
  });

  test("name heights by their VSC id, and the channel's opening for id 0", () => {
    const { chain } = connected();
    chain.nextEpoch();
    state.slashMeter.set(chain.ctx, 100n);
    receive(chain, slash(1, { vscId: "0" }));
    receive(chain, slash(2, { vscId: "1" }));
    expect(chain.fake.slashes.map(({ height }) => height)).toEqual([2n, 4n]);
  });

  test("on a channel of no consumer abort the transaction", () => {
    const { chain } = connected();
    expect(() => receive(chain, slash(1), "channel-66")).toThrow(TransactionAbort);
  });

  test("that promise slash data and bring none abort the transaction", () => {
    const { chain } = connected();
    const empty = '{"type":"CONSUMER_PACKET_TYPE_SLASH","vscMaturedPacketData":{"valset_update_id":"9"}}';
    expect(() => receive(chain, empty)).toThrow(TransactionAbort);
  });

  test("find the validator behind an old key until it is pruned", () => {
    const { chain, id } = connected();
    chain.optIn(id, 1, keyJson(50));
    chain.nextEpoch();
    expect(receive(chain, slash(50))).toBe(HANDLED);
    expect(chain.fake.validator(1).jailed).toBe(true);
    chain.optIn(id, 2, keyJson(51));
    chain.optIn(id, 2, keyJson(52));
    state.slashMeter.set(chain.ctx, 100n);
    expect(receive(chain, slash(51))).toBe(HANDLED);
    expect(chain.fake.validator(2).jailed).toBe(true);
  });
});

describe("the slash meter", () => {
  const meter = (chain: TestProvider): bigint => state.slashMeter.require(chain.ctx);
  const tokensOf = (total: bigint): bigint[] => [total * 1_000_000n];

  test.each([
    [50n, 2n],
    [30n, 2n],
    [70n, 4n],
    [10n, 1n],
    [1n, 1n],
  ])("starts full: of a power of %i it may hold %i", (total, expected) => {
    expect(meter(createTestProvider({ tokens: tokensOf(total) }))).toBe(expected);
  });

  test("fills by one allowance a period and never above it", () => {
    const chain = createTestProvider({ tokens: tokensOf(100n) });
    state.slashMeter.set(chain.ctx, -7n);
    const levels: bigint[] = [];
    for (let i = 0; i < 4; i++) {
      chain.nextBlock(3600n);
      levels.push(meter(chain));
    }
    expect(levels).toEqual([-2n, 3n, 5n, 5n]);
  });

  test("keeps postponing while full, and shrinks with the total power", () => {
    const chain = createTestProvider({ tokens: tokensOf(100n) });
    chain.nextBlock(10n);
    expect(state.replenishCandidate.require(chain.ctx)).toBe(chain.ctx.timeNs + 3_600_000_000_000n);
    chain.fake.set(1, { tokens: 40_000_000n });
    chain.nextBlock();
    expect(meter(chain)).toBe(2n);
  });

  test("lets no more than the allowance and one validator be jailed between two fillings", () => {
    const { chain, id } = connected();
    const before = chain.fake.staking.lastTotalPower(chain.ctx);
    for (const n of [1, 2, 3])
      chain.provider.ibcApp.onRecvPacket(chain.ctx, {
        channelVersion: "1",
        packet: packetTo(
          "provider",
          "channel-0",
          `{"type":1,"slashPacketData":{"validator":{"address":"${Buffer.from(testAddress(n)).toString("base64")}","power":"5"},"valset_update_id":"0","infraction":2}}`,
        ),
        relayer: new Uint8Array(20),
      });
    expect(id).toBe("0");
    expect(before - chain.fake.staking.lastTotalPower(chain.ctx)).toBe(10n);
  });
});

describe("the provider's end of the handshake", () => {
  const opening = (chain: TestProvider, id: string) => {
    chain.ibc.openConnection("connection-0", state.clientOfConsumer.get(chain.ctx, id)!);
    return {
      ordering: 2,
      connectionHops: ["connection-0"],
      portId: "provider",
      channelId: "channel-4",
      counterparty: { portId: "consumer", channelId: "channel-7" },
      counterpartyVersion: "1",
    } as const;
  };

  test("answers a try with the pool's address as raw protobuf", () => {
    const chain = createTestProvider();
    const version = chain.provider.ibcApp.onChanOpenTry(chain.ctx, opening(chain, chain.launch()));
    const pool = "cosmos1ap0mh6xzfn8943urr84q6ae7zfnar48am2erhd";
    expect(Buffer.from(version).toString("hex")).toBe(`0a2d${Buffer.from(pool).toString("hex")}120131`);
  });

  test.each([
    ["an unordered channel", { ordering: 1 }, "channel/6"],
    ["another port", { portId: "transfer" }, "port/4"],
    ["another counterparty port", { counterparty: { portId: "transfer", channelId: "" } }, "port/4"],
    ["another version", { counterpartyVersion: "ccv-1" }, "CCV/2"],
    ["two hops", { connectionHops: ["connection-0", "connection-1"] }, "channel/15"],
    ["an unknown connection", { connectionHops: ["connection-8"] }, "connection/3"],
    ["another client", { connectionHops: ["connection-2"] }, "CCV/15"],
  ])("refuses %s", (_, changes, code) => {
    const chain = createTestProvider();
    const channel = opening(chain, chain.launch());
    chain.ibc.clients.set("07-tendermint-8", chain.ibc.clients.get("07-tendermint-0")!);
    chain.ibc.openConnection("connection-2", "07-tendermint-8");
    expect(
      refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, { ...channel, ...changes })),
    ).toBe(code);
  });

  test("never takes init, ack or a user's close", () => {
    const { ibcApp } = createTestProvider().provider;
    const { ctx } = createTestProvider();
    const end = { portId: "provider", channelId: "channel-0" };
    expect(refusalCode(() => ibcApp.onChanOpenInit(ctx, {} as never))).toBe("CCV/3");
    expect(refusalCode(() => ibcApp.onChanOpenAck(ctx, {} as never))).toBe("CCV/3");
    expect(refusalCode(() => ibcApp.onChanCloseInit(ctx, end))).toBe("sdk/18");
  });

  test("lets the first confirm win, and refuses tries and confirms after it", () => {
    const { chain, id } = connected();
    expect(chain.eventsOf("channel_established")[0]).toEqual({
      module: "ccvconsumer",
      consumer_id: "0",
      consumer_chain_id: "consumer-1",
      client_id: "07-tendermint-0",
      channel_id: "channel-0",
      connection_id: "connection-0",
    });
    chain.ibc.openChannel("provider", "channel-4", "connection-0");
    const late = { portId: "provider", channelId: "channel-4" };
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenConfirm(chain.ctx, late))).toBe("CCV/5");
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, opening(chain, id)))).toBe(
      "CCV/5",
    );
    expect(state.initChainHeight.get(chain.ctx, id)).toBe(2n);
  });

  test("closes no channel that is closed already when a consumer is deleted", () => {
    const { chain, id } = connected();
    const end = chain.ibc.channels.get("provider/channel-0")!;
    chain.ibc.channels.set("provider/channel-0", { ...end, state: State.STATE_CLOSED });
    chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
    chain.nextBlock(21n * 86_400n);
    expect(chain.ibc.closed).toEqual([]);
    expect(state.channelOfConsumer.has(chain.ctx, id)).toBe(false);
  });
});

test("invariants of the provider hold along a consumer's life", () => {
  const { chain, id } = connected();
  const check = (): void => {
    for (const [name, holds] of Object.entries(chain.module.invariants!))
      expect([name, holds(atBlock(chain.ctx, {}))]).toEqual([name, undefined]);
  };
  check();
  chain.optIn(id, 1, keyJson(50));
  chain.nextEpoch();
  check();
  chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
  check();
  chain.nextBlock(21n * 86_400n);
  check();
});
