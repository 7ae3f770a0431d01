import { Dec } from "@tandem-ics/runtime";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { consAddressOf, createTestProvider, keyJson, type TestProvider } from "../testing/test-provider.ts";
import { TransactionAbort } from "../types/refusals.ts";
import { encodeFraction } from "./infraction-params.ts";
import * as state from "./state.ts";

interface VscJson {
  validator_updates: { pub_key: { ed25519: string }; power: string }[];
  valset_update_id: string;
  slash_acks: string[];
}
const sent = (chain: TestProvider): VscJson[] =>
  chain.ibc.sent.map(({ data }) => JSON.parse(data) as VscJson);
const ackBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** A launched consumer with an open channel. */
function connected(options?: Parameters<typeof createTestProvider>[0]): { chain: TestProvider; id: string } {
  const chain = createTestProvider(options);
  const id = chain.launch(options?.tokens?.map((_, i) => i + 1) ?? [1, 2, 3]);
  chain.openChannel(id);
  return { chain, id };
}

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
  /** Reasons as Go tells them in events. */
  const UNREADABLE = "cannot unmarshal ConsumerPacket data: invalid type";
  const invalid = (why: string): string =>
    `error validating SlashPacket data: ${why}: invalid CCV packet data`;

  test("[slash-13] [slash-14] jail a member by this consumer's parameters and are acknowledged with the next VSC packet", () => {
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

  test("[slash-13] punish by what this consumer's parameters say of downtime, and no other's", () => {
    const { chain, id } = connected();
    const other = chain.launch();
    chain.openChannel(other);
    const downtime = {
      slashFraction: encodeFraction(Dec.parse("0.013")),
      jailDuration: { seconds: 77n, nanos: 0 },
      tombstone: true,
    };
    state.infractionParams.set(chain.ctx, id, {
      ...state.infractionParams.get(chain.ctx, id)!,
      downtime,
    });
    state.slashMeter.set(chain.ctx, 100n);
    expect(receive(chain, slash(1, { power: "3" }))).toBe(HANDLED);
    expect(receive(chain, slash(2), `channel-${other}`)).toBe(HANDLED);
    expect(chain.fake.slashes.map(({ power, fraction }) => [power, fraction])).toEqual([
      [3n, "0.013000000000000000"],
      [5n, "0.000000000000000000"],
    ]);
    expect(chain.fake.jailedUntil).toEqual(
      new Map([
        [1, chain.ctx.timeNs + 77_000_000_000n],
        [2, chain.ctx.timeNs + 600_000_000_000n],
      ]),
    );
    // Downtime tombstones nobody, whatever the parameters say.
    expect(chain.fake.tombstoned.size).toBe(0);
  });

  test("[slash-9] from two consumers jail once, and both get their acknowledgement", () => {
    const { chain, id } = connected();
    const other = chain.launch();
    chain.openChannel(other);
    state.slashMeter.set(chain.ctx, 100n);
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(receive(chain, slash(1), `channel-${other}`)).toBe(HANDLED);
    expect(chain.fake.slashes).toHaveLength(1);
    expect(state.slashMeter.require(chain.ctx)).toBe(90n);
    for (const each of [id, other])
      expect(state.slashAcks.get(chain.ctx, each)?.addresses).toEqual([consAddressOf(1)]);
  });

  test("[vsc-3] keep their acknowledgement while the set does not change", () => {
    const { chain } = connected();
    chain.fake.set(4, { tokens: 1_000_000n });
    receive(chain, slash(4));
    chain.nextEpoch();
    expect(chain.ibc.sent).toEqual([]);
    chain.fake.set(1, { tokens: 11_000_000n });
    chain.nextEpoch();
    expect(sent(chain)[0]!.slash_acks).toEqual([consAddressOf(4)]);
  });

  test("[wire-4] are taken in the V1 form, in the staking form and with numbers", () => {
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
    ["no JSON", "hello", 29, UNREADABLE],
    ["an unknown field", slash(1).replace("{", '{"x":1,'), 29, UNREADABLE],
    ["a duplicate field", slash(1).replace("{", '{"type":1,'), 29, UNREADABLE],
    ["the snake case name", slash(1).replace("slashPacketData", "slash_packet_data"), 29, UNREADABLE],
    ["no power", slash(1, { power: "0" }), 1, invalid("validator power cannot be zero")],
    [
      "no address",
      slash(1).replace(address(1), ""),
      1,
      invalid("invalid validator: addresses cannot be empty: unknown address"),
    ],
    [
      "a long address",
      slash(1).replace(address(1), Buffer.alloc(256).toString("base64")),
      1,
      invalid("invalid validator: address max length is 255, got 256: unknown address"),
    ],
    [
      "an unknown VSC id",
      slash(1, { vscId: "77" }),
      1,
      "cannot find infraction height matching the validator update id 77 for chain 0",
    ],
    [
      "no infraction",
      slash(1, { infraction: "INFRACTION_TYPE_UNSPECIFIED" }),
      1,
      invalid("invalid infraction type: INFRACTION_UNSPECIFIED"),
    ],
    [
      "an unknown type",
      slash(1).replace("CONSUMER_PACKET_TYPE_SLASH", "CONSUMER_PACKET_TYPE_UNSPECIFIED"),
      1,
      'invalid consumer packet type: "CONSUMER_PACKET_TYPE_UNSPECIFIED"',
    ],
  ])(
    "[wire-4] [wire-6] [slash-11] with %s get an error that names the code only",
    (_, data, code, reason) => {
      const { chain } = connected();
      expect(receive(chain, data)).toBe(
        `{"error":"ABCI code: ${code}: error handling packet: see events for details"}`,
      );
      expect(chain.eventsOf("ccv_packet")).toEqual([{ module: "provider", success: "false", error: reason }]);
      expect(chain.fake.slashes).toEqual([]);
    },
  );

  test("[slash-6] for a double sign are noted and never punished", () => {
    const { chain } = connected();
    expect(receive(chain, slash(1, { infraction: "INFRACTION_TYPE_DOUBLE_SIGN" }))).toBe(OK);
    expect(state.slashLog.has(chain.ctx, testAddress(1))).toBe(true);
    expect(chain.fake.slashes).toEqual([]);
  });

  test("[wire-5] about maturity are taken and do nothing", () => {
    const { chain } = connected();
    const rows = (): string =>
      JSON.stringify(
        Array.from(chain.ctx.kv(state.STORE).iterate({}), (row) => row.map((bytes) => Buffer.from(bytes))),
      );
    const before = rows();
    const matured = '{"type":"CONSUMER_PACKET_TYPE_VSCM","vscMaturedPacketData":{"valset_update_id":"9"}}';
    expect(receive(chain, matured)).toBe(OK);
    expect(receive(chain, matured.replace('"9"', '"0"').replace('"CONSUMER_PACKET_TYPE_VSCM"', "2"))).toBe(
      OK,
    );
    expect(rows()).toBe(before);
    expect(chain.eventsOf("ccv_packet")).toEqual([1, 2].map(() => ({ module: "provider", success: "true" })));
  });

  test("[wire-6] are answered with exactly one of three results, which names the VSC id", () => {
    const { chain } = connected();
    const answers = [slash(1, { infraction: "INFRACTION_TYPE_DOUBLE_SIGN" }), slash(1), slash(2)].map(
      (data) => receive(chain, data),
    );
    expect(answers).toEqual(['{"result":"AQ=="}', '{"result":"Ag=="}', '{"result":"Aw=="}']);
    expect(chain.eventsOf("ccv_packet")).toEqual(
      [1, 2, 3].map(() => ({ module: "provider", valset_update_id: "0", success: "true" })),
    );
  });

  test("[slash-7] against a stranger, or from a stopped consumer, are acknowledged without jailing", () => {
    const { chain, id } = connected();
    chain.fake.set(4, { tokens: 1_000_000n });
    expect(receive(chain, slash(4))).toBe(HANDLED);
    chain.remove(id);
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(4), consAddressOf(1)]);
    expect(chain.fake.slashes).toEqual([]);
  });

  test("[slash-8] bounce while the meter is below zero, and leave no acknowledgement", () => {
    const { chain, id } = connected();
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashMeter.require(chain.ctx)).toBe(1n - 10n);
    expect(receive(chain, slash(2))).toBe(BOUNCED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(1)]);
    expect(chain.fake.validator(2).jailed).toBe(false);
  });

  test("[slash-9] against one who is jailed already cost no meter and jail nobody again", () => {
    const { chain } = connected();
    chain.fake.set(1, { jailed: true });
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashMeter.require(chain.ctx)).toBe(1n);
    expect(chain.fake.slashes).toEqual([]);
    expect(chain.eventsOf("execute_consumer_chain_slash")).toHaveLength(1);
  });

  test("[slash-9] against one who is jailed already cost the reading of what the punishment would be", () => {
    const gasWith = (fraction: string): bigint => {
      const { chain, id } = connected();
      chain.fake.set(1, { jailed: true });
      const { doubleSign, downtime } = state.infractionParams.get(chain.ctx, id)!;
      state.infractionParams.set(chain.ctx, id, {
        doubleSign,
        downtime: { ...downtime!, slashFraction: encodeFraction(Dec.parse(fraction)) },
      });
      const before = chain.ctx.gas.consumed;
      expect(receive(chain, slash(1))).toBe(HANDLED);
      return chain.ctx.gas.consumed - before;
    };
    // 0.1 is written with seventeen digits more than 0; a byte that is read costs 3.
    expect(gasWith("0.1") - gasWith("0")).toBe(17n * 3n);
  });

  test("of a consumer for which no punishments are known are handled, and nobody is punished", () => {
    const { chain, id } = connected();
    state.infractionParams.remove(chain.ctx, id);
    expect(receive(chain, slash(1))).toBe(HANDLED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(1)]);
    expect(chain.fake.validator(1).jailed).toBe(false);
    expect(chain.eventsOf("execute_consumer_chain_slash")).toEqual([]);
  });

  test("[slash-10] against a tombstoned or unbonded member are handled without acknowledgement", () => {
    const { chain, id } = connected();
    chain.fake.tombstoned.add(1);
    chain.fake.set(2, { status: 1 });
    expect(receive(chain, slash(1))).toBe(HANDLED);
    state.slashMeter.set(chain.ctx, 5n);
    expect(receive(chain, slash(2))).toBe(HANDLED);
    expect(state.slashAcks.has(chain.ctx, id)).toBe(false);
  });

  test("[slash-12] name heights by their VSC id, and the channel's opening for id 0", () => {
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

  test("[key-6] find the validator behind an old key until it is pruned", () => {
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
    chain.optIn(id, 3, keyJson(53));
    chain.optIn(id, 3, keyJson(54));
    const jails = chain.fake.slashes.length;
    chain.nextBlock(21n * 86_400n);
    chain.nextBlock(0n);
    state.slashMeter.set(chain.ctx, 100n);
    // Nobody's any more: an address of no validator in the set.
    expect(receive(chain, slash(53))).toBe(HANDLED);
    expect(chain.fake.slashes).toHaveLength(jails);
    expect(chain.fake.validator(3).jailed).toBe(false);
    expect(receive(chain, slash(54))).toBe(HANDLED);
    expect(chain.fake.validator(3).jailed).toBe(true);
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
  ])("[slash-15] starts full: of a power of %i it may hold %i", (total, expected) => {
    expect(meter(createTestProvider({ tokens: tokensOf(total) }))).toBe(expected);
  });

  test("[slash-15] fills by one allowance a period and never above it", () => {
    const chain = createTestProvider({ tokens: tokensOf(100n) });
    state.slashMeter.set(chain.ctx, -7n);
    const levels: bigint[] = [];
    for (let i = 0; i < 4; i++) {
      chain.nextBlock(3600n);
      levels.push(meter(chain));
    }
    expect(levels).toEqual([-2n, 3n, 5n, 5n]);
  });

  test("[slash-16] keeps postponing while full, and shrinks with the total power", () => {
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
