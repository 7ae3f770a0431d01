import { createAddressCodecs, Dec } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  createTestConsumer,
  newConsumerGenesis,
  type TestConsumer,
  updateOf,
} from "../testing/test-consumer.ts";
import { ADDRESSES } from "../testing/test-provider.ts";
import { TransactionAbort } from "../types/refusals.ts";
import * as state from "./state.ts";

const DOWNTIME = Infraction.INFRACTION_DOWNTIME;
const DOUBLE_SIGN = Infraction.INFRACTION_DOUBLE_SIGN;
const HOUR = 3_600n;

const powers = (chain: TestConsumer): Record<number, bigint> => {
  const out: Record<number, bigint> = {};
  for (const { address, power } of state.validators.values(chain.ctx))
    for (let n = 1; n < 10; n++) if (Buffer.compare(address, testAddress(n)) === 0) out[n] = power;
  return out;
};

function report(chain: TestConsumer, n: number, infraction = DOWNTIME, height = chain.ctx.height - 2n): void {
  chain.view.slashWithInfractionReason(chain.ctx, testAddress(n), height, 5n, Dec.ZERO, infraction);
}

/** Receives bytes, keeping what the callback told: core IBC tells it on, though the packet is refused. */
function receiveWithEvents(chain: TestConsumer, data: string) {
  chain.app.onRecvPacket(chain.ctx, {
    channelVersion: "1",
    packet: packetTo("consumer", "channel-0", data),
    relayer: new Uint8Array(20),
  });
  return { events: chain.eventsOf("ccv_packet") };
}

/** A consumer whose channel is established. */
function established(): TestConsumer {
  const chain = createTestConsumer();
  chain.openChannel();
  chain.vsc(1n);
  chain.nextBlock();
  return chain;
}

describe("VSC packets", () => {
  test("change the set at the end of their block", () => {
    const chain = established();
    expect(chain.vsc(2n, [updateOf(1, 11n), updateOf(2, 0n), updateOf(4, 7n)]).bytes).toEqual(
      new Uint8Array(Buffer.from('{"result":"AQ=="}')),
    );
    expect(powers(chain)).toEqual({ 1: 10n, 2: 8n, 3: 5n });
    const { height } = chain.ctx;
    expect(chain.nextBlock()).toEqual([updateOf(1, 11n), updateOf(4, 7n), updateOf(2, 0n)]);
    expect(powers(chain)).toEqual({ 1: 11n, 3: 5n, 4: 7n });
    expect(chain.bonded.at(-1)).toEqual({ height, address: testAddress(4) });
    expect(chain.nextBlock()).toEqual([]);
  });

  test("[vsc-7] hold from the next height, and each height carries the id on", () => {
    const chain = established();
    chain.vsc(5n);
    const { height } = chain.ctx;
    for (let i = 0; i < 3; i++) chain.nextBlock();
    const ids = Array.from({ length: 4 }, (_, i) => state.vscIdOfHeight.get(chain.ctx, height + BigInt(i)));
    expect(ids).toEqual([1n, 5n, 5n, 5n]);
  });

  test("[vsc-8] of one block are merged, and the last one wins", () => {
    const chain = established();
    chain.vsc(2n, [updateOf(1, 20n), updateOf(4, 7n)]);
    chain.vsc(3n, [updateOf(1, 30n), updateOf(4, 0n), updateOf(2, 9n)]);
    expect(chain.nextBlock()).toEqual([updateOf(1, 30n), updateOf(2, 9n)]);
    expect(powers(chain)).toEqual({ 1: 30n, 2: 9n, 3: 5n });
    expect(state.vscIdOfHeight.get(chain.ctx, chain.ctx.height)).toBe(3n);
  });

  test("[vsc-9] that remove who is not there are not passed on: the engine would stop", () => {
    const chain = established();
    chain.vsc(2n, [updateOf(7, 0n)]);
    expect(chain.nextBlock()).toEqual([]);
    chain.vsc(3n, [updateOf(7, 0n), updateOf(1, 0n)]);
    expect(chain.nextBlock()).toEqual([updateOf(1, 0n)]);
    chain.vsc(4n, [updateOf(1, 0n)]);
    expect(chain.nextBlock()).toEqual([]);
    expect(powers(chain)).toEqual({ 2: 8n, 3: 5n });
  });

  test("[vsc-11] fix the channel when the first one comes, which is told", () => {
    const chain = createTestConsumer();
    chain.openChannel("channel-3");
    chain.vsc(1n, [], {}, "channel-3");
    expect(chain.eventsOf("channel_established")).toEqual([
      { module: "ccvconsumer", channel_id: "channel-3", port_id: "consumer" },
    ]);
    chain.vsc(2n, [], {}, "channel-3");
    expect(chain.eventsOf("channel_established")).toHaveLength(1);
  });

  test("[vsc-13] on another channel abort the transaction: no acknowledgement, no change", () => {
    const chain = established();
    chain.openChannel("channel-4");
    expect(() => chain.vsc(3n, [updateOf(1, 0n)], {}, "channel-4")).toThrow(TransactionAbort);
    expect(chain.nextBlock()).toEqual([]);
    expect(state.providerChannel.require(chain.ctx)).toBe("channel-0");
  });

  test("are told with their id", () => {
    const chain = established();
    chain.vsc(9n);
    expect(chain.eventsOf("ccv_packet")).toEqual([{ module: "CCV", valset_update_id: "9", success: "true" }]);
  });

  test.each([
    ["the id 0", '{"validator_updates":[],"valset_update_id":"0"}', 1],
    ["no list", '{"valset_update_id":"4"}', 1],
    ["a null list", '{"validator_updates":null,"valset_update_id":"4"}', 1],
    ["an unknown field", '{"validator_updates":[],"valset_update_id":"4","maturity":1}', 29],
    ["a key of no kind", '{"validator_updates":[{"pub_key":{},"power":"1"}],"valset_update_id":"4"}', 1],
    [
      "a short key",
      '{"validator_updates":[{"pub_key":{"ed25519":"AQ=="},"power":"1"}],"valset_update_id":"4"}',
      1,
    ],
    ["no key", '{"validator_updates":[{"power":"1"}],"valset_update_id":"4"}', 1],
    ["no JSON", "x", 29],
  ])("[wire-2] [wire-6] with %s are answered with an error that tells the code only", (_, data, code) => {
    const chain = established();
    const ack = chain.receive(data);
    expect(ack.success).toBe(false);
    expect(Buffer.from(ack.bytes).toString()).toBe(
      `{"error":"ABCI code: ${code}: error handling packet: see events for details"}`,
    );
    expect(chain.nextBlock()).toEqual([]);
    expect(state.vscIdOfHeight.get(chain.ctx, chain.ctx.height)).toBe(1n);
  });

  test("[wire-2] without updates are taken: they carry an id and slash acks", () => {
    const chain = established();
    const ack = chain.receive('{"validator_updates":[],"valset_update_id":"4"}');
    expect(Buffer.from(ack.bytes).toString()).toBe('{"result":"AQ=="}');
    chain.nextBlock();
    expect(state.vscIdOfHeight.get(chain.ctx, chain.ctx.height)).toBe(4n);
  });

  test.each([
    ["an unreadable", "x", "0", "cannot unmarshal VSCPacket data: invalid type"],
    [
      "one without list",
      '{"valset_update_id":"4"}',
      "4",
      "error validating VSCPacket data: validator updates cannot be nil: invalid CCV packet data",
    ],
    [
      "one without id",
      '{"validator_updates":[]}',
      "0",
      "error validating VSCPacket data: valset update id cannot be equal to zero: invalid CCV packet data",
    ],
  ])("are told with the reason of Go for refusing %s", (_, data, vscId, error) => {
    const chain = createTestConsumer();
    chain.openChannel();
    const { events } = receiveWithEvents(chain, data);
    expect(events).toEqual([{ module: "CCV", valset_update_id: vscId, success: "false", error }]);
  });

  test("[slash-14] acknowledge reports of any prefix, and unreadable ones are passed over", () => {
    const chain = established();
    for (const n of [1, 2]) report(chain, n);
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(true);
    chain.vsc(2n, [], { slashAcks: ["nonsense", ADDRESSES.consensus.encode(testAddress(1)), ""] });
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(false);
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(2))).toBe(true);
    const foreign = createAddressCodecs("other").consensus.encode(testAddress(2));
    chain.vsc(3n, [], { slashAcks: [` ${foreign} `] });
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(2))).toBe(false);
  });

  test("[vsc-10] that bring a validator back end its record of downtime", () => {
    const chain = established();
    report(chain, 1);
    chain.vsc(2n, [updateOf(1, 0n)]);
    chain.nextBlock();
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(true);
    chain.vsc(3n, [updateOf(1, 3n)]);
    chain.nextBlock();
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(false);
    expect(chain.bonded.filter(({ address }) => Buffer.compare(address, testAddress(1)) === 0)).toHaveLength(
      2,
    );
  });
});

describe("reports of infractions", () => {
  const queued = (chain: TestConsumer): number => state.pendingPackets.values(chain.ctx).length;

  test("[slash-1] name the VSC id in force at the infraction", () => {
    const chain = established();
    chain.vsc(4n);
    for (let i = 0; i < 3; i++) chain.nextBlock();
    report(chain, 1);
    report(chain, 2, DOUBLE_SIGN, 1n);
    expect(
      state.pendingPackets
        .values(chain.ctx)
        .map(({ data }) => (data as { value: { valsetUpdateId: bigint } }).value.valsetUpdateId),
    ).toEqual([4n, 0n]);
    expect(chain.eventsOf("consumer_slash_request")).toEqual([
      {
        module: "ccvconsumer",
        validator_address: ADDRESSES.consensus.encode(testAddress(1)),
        valset_update_id: "4",
        infraction_type: "INFRACTION_DOWNTIME",
      },
      {
        module: "ccvconsumer",
        validator_address: ADDRESSES.consensus.encode(testAddress(2)),
        valset_update_id: "0",
        infraction_type: "INFRACTION_DOUBLE_SIGN",
      },
    ]);
  });

  test("[slash-1] of downtime are not repeated while one is outstanding, of double signs always made", () => {
    const chain = established();
    report(chain, 1);
    report(chain, 1);
    report(chain, 1, DOUBLE_SIGN);
    report(chain, 1, DOUBLE_SIGN);
    report(chain, 1, Infraction.INFRACTION_UNSPECIFIED);
    expect(queued(chain)).toBe(3);
  });

  test("[wire-3] [slash-2] queue before the channel is known and leave once it is", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    report(chain, 1);
    chain.nextBlock();
    expect(chain.ibc.sent).toEqual([]);
    chain.vsc(1n);
    const { timeNs } = chain.ctx;
    chain.nextBlock();
    expect(chain.ibc.sent).toEqual([
      {
        port: "consumer",
        channel: "channel-0",
        data: `{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"${Buffer.from(testAddress(1)).toString("base64")}","power":"5"},"valset_update_id":"0","infraction":"INFRACTION_TYPE_DOWNTIME"}}`,
        timeoutNs: timeNs + 2_419_200_000_000_000n,
      },
    ]);
  });

  test.each([1, 2])("[slash-3] [slash-4] leave one at a time, the next after the answer %d", (answer) => {
    const chain = established();
    for (const n of [1, 2, 3]) report(chain, n);
    for (let i = 0; i < 3; i++) chain.nextBlock(HOUR * 2n);
    expect(chain.ibc.sent).toHaveLength(1);
    expect(queued(chain)).toBe(3);
    chain.answer(Uint8Array.of(answer));
    expect(queued(chain)).toBe(2);
    chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(2);
    expect(new Set(chain.ibc.sent.map(({ data }) => data)).size).toBe(2);
  });

  test("[slash-3] that bounced are sent again strictly after the delay", () => {
    const chain = established();
    report(chain, 1);
    chain.nextBlock(HOUR);
    chain.answer(Uint8Array.of(3));
    chain.nextBlock(1n);
    expect(chain.ibc.sent).toHaveLength(1);
    chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(2);
    expect(chain.ibc.sent[1]!.data).toBe(chain.ibc.sent[0]!.data);
    expect(queued(chain)).toBe(1);
  });

  test("wait over an inactive client", () => {
    const chain = established();
    report(chain, 1);
    chain.ibc.inactive.add("channel-0");
    chain.nextBlock();
    expect(queued(chain)).toBe(1);
    expect(state.slashRecord.has(chain.ctx)).toBe(false);
    chain.ibc.inactive.clear();
    chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(1);
  });

  test.each<[string, string | Uint8Array]>([
    ["an unknown result", Uint8Array.of(4)],
    ["two bytes", Uint8Array.of(1, 1)],
  ])("answered with %s refuse the answer", (_, answer) => {
    const chain = established();
    report(chain, 1);
    chain.nextBlock();
    expect(refusalCode(() => chain.answer(answer))).not.toBe("none");
    expect(queued(chain)).toBe(1);
  });

  test("[slash-5] answered with an error end the channel", () => {
    const chain = established();
    report(chain, 1);
    chain.nextBlock();
    chain.answer('{"error":"ABCI code: 1"}');
    expect(chain.ibc.closed).toEqual(["consumer/channel-0"]);
    expect(chain.eventsOf("ccv_packet").at(-1)).toEqual({ error: "ABCI code: 1" });
    // The chain goes on with the set it has.
    expect(chain.nextBlock()).toEqual([]);
  });

  test("[slash-5] answered with an error on another channel end that one and the CCV channel", () => {
    const chain = established();
    report(chain, 1);
    chain.nextBlock();
    chain.openChannel("channel-5");
    chain.answer('{"error":"x"}', "channel-5");
    expect(chain.ibc.closed).toEqual(["consumer/channel-5", "consumer/channel-0"]);
  });

  test("[slash-5] answered with an error before the channel is known are refused", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    expect(refusalCode(() => chain.answer('{"error":"x"}'))).toBe("ccvconsumer/1");
  });

  test("that time out leave the chain running", () => {
    const chain = established();
    chain.app.onTimeoutPacket(chain.ctx, {
      channelVersion: "1",
      packet: packetTo("provider", "channel-7", ""),
      relayer: new Uint8Array(),
    });
    expect(chain.eventsOf("timeout")).toEqual([{ module: "ccvconsumer" }]);
  });
});

describe("the consumer as staking", () => {
  test("knows everybody and has nothing to take", () => {
    const { view, ctx } = createTestConsumer();
    expect(view.validatorByConsAddr(ctx, testAddress(9))).toEqual({
      operator: new Uint8Array(0),
      jailed: false,
      status: 0,
    });
    view.jail(ctx, testAddress(1));
    view.unjail(ctx, testAddress(1));
    expect(view.isValidatorJailed(ctx, testAddress(1))).toBe(false);
    expect(refusalCode(() => view.requireValidator(ctx, testAddress(1)))).toBe("slashing/2");
    expect(view.validators(ctx)).toEqual([]);
  });
});

describe("historical infos", () => {
  test("keep header and set for as many heights as the parameter says", () => {
    const chain = createTestConsumer({ genesis: newConsumerGenesis({}, { historicalEntries: 3n }) });
    chain.openChannel();
    chain.vsc(1n, [updateOf(2, 50n)]);
    for (let i = 0; i < 5; i++) chain.nextBlock();
    expect(state.historicalInfos.keys(chain.ctx)).toEqual([4n, 5n, 6n]);
  });
});

test("invariants of the consumer hold along its life", () => {
  const chain = established();
  const check = (): void => {
    for (const [name, invariant] of Object.entries(chain.module.invariants!))
      expect([name, invariant(chain.ctx)]).toEqual([name, undefined]);
  };
  report(chain, 1);
  chain.nextBlock();
  check();
  chain.answer(Uint8Array.of(3));
  check();
  chain.nextBlock(HOUR * 2n);
  chain.nextBlock();
  chain.answer(Uint8Array.of(2));
  check();
});
