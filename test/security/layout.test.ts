/** Bytes in stores and on the wire: prefixes that must not meet, forms that must not change. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { ConsumerPacketDataType } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { queueSlashRequest } from "../../packages/ccv/src/consumer/slash-requests.ts";
import * as consumerState from "../../packages/ccv/src/consumer/state.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import {
  decodeConsumerPacket,
  encodeConsumerPacket,
  encodeVscPacket,
} from "../../packages/ccv/src/types/packets.ts";
import { createTestConsumer, createTestProvider, testAddress, updateOf } from "./kits.ts";

describe("[sec-17] keys of different kinds never meet", () => {
  test.each(["provider", "consumer"])("each row of the %s's state has a first byte of its own", (side) => {
    const text = readFileSync(join(__dirname, `../../packages/ccv/src/${side}/state.ts`), "utf8");
    const prefixes = [...text.matchAll(/\bat\((0x[0-9a-f]+|\d+)\)/g)].map(([, n]) => Number(n));
    expect(prefixes.length).toBeGreaterThan(15);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes.every((n) => n >= 0 && n < 256)).toBe(true);
  });

  test("what belongs to consumer 1 is not taken for that of consumer 10 or 11", () => {
    const chain = createTestProvider();
    const ids = ["1", "10", "11", "2"];
    for (const id of ids) {
      state.optedIn.set(chain.ctx, [id, testAddress(1)], true);
      state.consumerKeys.set(chain.ctx, [id, testAddress(1)], { ed25519: new Uint8Array(32) });
      state.rewardAllocations.set(chain.ctx, [id, "stake"], { rewards: [] });
    }
    const range = { prefix: state.consumerPrefix("1") };
    for (const map of [state.optedIn, state.consumerKeys, state.rewardAllocations]) {
      expect(map.keys(chain.ctx, range)).toHaveLength(1);
      map.clear(chain.ctx, range);
      expect([...map.entries(chain.ctx)].map(([[id]]) => id).sort()).toEqual(["10", "11", "2"]);
    }
  });

  test("queues are walked in the order of their times, whatever the store's order of other kinds", () => {
    const chain = createTestProvider();
    for (const ns of [300n, 5n, 70_000_000_000n, 1_000n])
      state.spawnQueue.set(chain.ctx, ns, { ids: [`${ns}`] });
    expect(state.spawnQueue.keys(chain.ctx)).toEqual([5n, 300n, 1_000n, 70_000_000_000n]);
  });
});

describe("[sec-19] forms on the wire, version by version", () => {
  const V1 =
    '{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"AQIDBAUGBwgJCgsMDQ4PEBESExQ=","power":"5"},' +
    '"valset_update_id":"7","infraction":"INFRACTION_TYPE_DOWNTIME"}}';
  const packet = {
    type: ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH,
    data: {
      $case: "slashPacketData" as const,
      value: {
        validator: { address: Uint8Array.from({ length: 20 }, (_, i) => i + 1), power: 5n },
        valsetUpdateId: 7n,
        infraction: Infraction.INFRACTION_DOWNTIME,
      },
    },
  };
  test("a slash packet goes out in the form that providers of every version read", () => {
    expect(fromUtf8(encodeConsumerPacket(packet))).toBe(V1);
  });

  test("and comes in in both forms, of which neither is taken for the other", () => {
    const later = V1.replace("INFRACTION_TYPE_DOWNTIME", "INFRACTION_DOWNTIME");
    for (const text of [V1, later]) expect(decodeConsumerPacket(utf8(text))).toEqual(packet);
    const mixed = V1.replace("INFRACTION_TYPE_DOWNTIME", "INFRACTION_TYPE_LATE");
    expect(() => decodeConsumerPacket(utf8(mixed))).toThrow();
  });

  test("a VSC packet has the bytes of interchain-security v7", () => {
    const bytes = encodeVscPacket({
      validatorUpdates: [updateOf(1, 10n), updateOf(2, 0n)],
      valsetUpdateId: 3n,
      slashAcks: ["cosmosvalcons1x"],
    });
    expect(fromUtf8(bytes)).toBe(
      '{"validator_updates":[{"pub_key":{"ed25519":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},"power":"10"},' +
        '{"pub_key":{"ed25519":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="},"power":"0"}],' +
        '"valset_update_id":"3","slash_acks":["cosmosvalcons1x"]}',
    );
  });
});

describe("[sec-20] packets that wait leave once", () => {
  test("a consumer's report over a client that sleeps stays where it is, and goes out once when it wakes", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    chain.ibc.inactive.add("channel-0");
    queueSlashRequest(chain.ctx, createAddressCodecs("cosmos"), {
      address: testAddress(1),
      power: 10n,
      vscId: 0n,
      infraction: Infraction.INFRACTION_DOWNTIME,
    });
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect([chain.ibc.sent.length, consumerState.pendingPackets.keys(chain.ctx).length]).toEqual([0, 1]);
    chain.ibc.inactive.clear();
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(1);
    chain.answer();
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect([chain.ibc.sent.length, consumerState.pendingPackets.keys(chain.ctx).length]).toEqual([1, 0]);
  });

  test("the provider's likewise, all of them, in their order", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.openChannel(id);
    chain.ibc.inactive.add(`channel-${id}`);
    for (const tokens of [11n, 12n, 13n]) {
      chain.fake.set(1, { tokens: tokens * 1_000_000n });
      chain.nextEpoch();
    }
    expect(chain.ibc.sent).toEqual([]);
    chain.ibc.inactive.clear();
    chain.nextEpoch();
    chain.nextEpoch();
    const ids = chain.ibc.sent.map(
      ({ data }) => (JSON.parse(data) as { valset_update_id: string }).valset_update_id,
    );
    expect(ids).toHaveLength(3);
    expect([...ids].sort()).toEqual(ids);
  });
});
