/** Validator sets in packets and stores: duplicates, orders, prefixes. */

import { ConsumerPacketDataType, MsgAssignConsumerKey } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import * as consumerState from "../../packages/ccv/src/consumer/state.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { encodeConsumerPacket } from "../../packages/ccv/src/types/packets.ts";
import { diffValidators, mergeChanges } from "../../packages/ccv/src/types/valset-changes.ts";
import { hashOf, powersOf } from "../../packages/localnet/src/invariants/validator-sets.ts";
import {
  accountOf,
  createTestConsumer,
  createTestProvider,
  HANDLED,
  keyJson,
  operatorOf,
  received,
  testAddress,
  testKey,
  updateOf,
} from "./kits.ts";

interface VscJson {
  validator_updates: { pub_key: { ed25519: string }; power?: string }[];
  valset_update_id: string;
}

describe("[sec-12] one update of a validator in a packet", () => {
  test("however often its stake, its key and its consent changed within the epoch", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.openChannel(id);
    const assign = (n: number, key: number) =>
      chain.deliver(MsgAssignConsumerKey, {
        chainId: "",
        consumerId: id,
        providerAddr: operatorOf(n),
        signer: accountOf(n),
        consumerKey: keyJson(key),
      });
    for (const tokens of [1n, 2n, 3n]) chain.fake.set(1, { tokens: tokens * 1_000_000n });
    assign(1, 50);
    assign(1, 51);
    assign(2, 52);
    chain.nextEpoch();
    for (const { data } of chain.ibc.sent) {
      const keys = (JSON.parse(data) as VscJson).validator_updates.map(({ pub_key }) => pub_key.ed25519);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(chain.ibc.sent).toHaveLength(1);
  });

  test("a consumer that takes several packets in one block gives its engine one update of each", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    for (const [id, power] of [
      [1n, 7n],
      [2n, 8n],
      [3n, 9n],
    ] as const)
      chain.vsc(id, [updateOf(1, power), updateOf(9, power)]);
    const updates = chain.nextBlock();
    expect(updates.map(({ power }) => power)).toEqual([9n, 9n]);
  });

  test("merged changes are those of the last one", () => {
    const merged = mergeChanges([updateOf(1, 5n), updateOf(2, 5n)], [updateOf(2, 0n), updateOf(3, 1n)]);
    expect(hashOf(powersOf(merged))).toBe(hashOf(powersOf([updateOf(1, 5n), updateOf(3, 1n)])));
    expect(new Set(merged.map(({ pubKey }) => String(pubKey!.ed25519))).size).toBe(merged.length);
  });
});

describe("[sec-13] powers are sorted by power", () => {
  test("and not by the order in which a store gives them: the set cap takes the strongest", () => {
    // In the order of addresses the weakest comes anywhere.
    const tokens = [3n, 9n, 1n, 7n, 5n, 8n, 2n, 6n, 4n].map((n) => n * 1_000_000n);
    const chain = createTestProvider({ tokens });
    const id = chain.create({
      initializationParameters: chain.initialization(),
      powerShapingParameters: {
        topN: 0,
        validatorsPowerCap: 0,
        validatorSetCap: 4,
        allowlist: [],
        denylist: [],
        minStake: 0n,
        allowInactiveVals: false,
        prioritylist: [],
      },
    });
    for (const i of tokens.keys()) chain.optIn(id, i + 1);
    chain.nextBlock();
    const powers = state.consumerValidators
      .values(chain.ctx, { prefix: state.consumerPrefix(id) })
      .map(({ power }) => power);
    expect([...powers].sort()).toEqual([6n, 7n, 8n, 9n]);
  });

  test("the provider gives its own engine the strongest, wherever they stand in the store", () => {
    const chain = createTestProvider({
      tokens: [1_000_000n, 3_000_000n, 2_000_000n],
      params: { maxProviderConsensusValidators: 2n },
    });
    chain.nextBlock();
    expect(
      state.providerValidators
        .values(chain.ctx)
        .map(({ power }) => power)
        .sort(),
    ).toEqual([2n, 3n]);
  });
});

describe("[sec-18] addresses in consensus data are bytes", () => {
  test("two chains of different prefixes mean the same validator", () => {
    // What travels in a slash packet is the address itself.
    const packet = encodeConsumerPacket({
      type: ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH,
      data: {
        $case: "slashPacketData",
        value: {
          validator: { address: testAddress(1), power: 5n },
          valsetUpdateId: 0n,
          infraction: Infraction.INFRACTION_DOWNTIME,
        },
      },
    });
    expect(Buffer.from(packet).toString()).not.toMatch(/valcons/);
    const chain = createTestProvider();
    chain.openChannel(chain.launch());
    expect(received(chain, packet)).toBe(HANDLED);
    expect(chain.fake.validator(1).jailed).toBe(true);
  });

  test("an acknowledgement, the one text that travels, is read in every prefix and harmless when it is none", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    for (const [id, prefix] of [
      [1n, "cosmos"],
      [2n, "consumer"],
      [3n, "a-b"],
    ] as const) {
      consumerState.outstandingDowntime.set(chain.ctx, testAddress(1), true);
      const ack = createAddressCodecs(prefix).consensus.encode(testAddress(1));
      expect(chain.vsc(id, [], { slashAcks: [ack] }).success).toBe(true);
      expect(consumerState.outstandingDowntime.has(chain.ctx, testAddress(1))).toBe(false);
    }
    expect(chain.vsc(4n, [], { slashAcks: ["", "nonsense", "cosmosvalcons1"] }).success).toBe(true);
  });
});

describe("[sec-26] times are not assumed to come in order", () => {
  test("keys that were replaced earlier are forgotten earlier, also when the unbonding time was shortened between", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const assign = (key: number) =>
      chain.deliver(MsgAssignConsumerKey, {
        chainId: "",
        consumerId: id,
        providerAddr: operatorOf(1),
        signer: accountOf(1),
        consumerKey: keyJson(key),
      });
    const known = (key: number) => state.providerAddresses.has(chain.ctx, [id, testAddress(key)]);
    assign(50);
    // The first waits for three weeks, the second, replaced later, for a day.
    assign(51);
    chain.nextBlock();
    chain.fake.unbondingNs = 86_400_000_000_000n;
    assign(52);
    chain.nextBlock(86_400n);
    chain.nextBlock();
    expect([known(50), known(51), known(52)]).toEqual([true, false, true]);
    chain.nextBlock(22n * 86_400n);
    chain.nextBlock();
    expect([known(50), known(51), known(52)]).toEqual([false, false, true]);
  });

  test("a difference of sets does not depend on the order of either", () => {
    const member = (n: number, power: bigint) => ({
      providerConsAddr: testAddress(n),
      power,
      publicKey: { ed25519: testKey(n) },
      joinHeight: 0n,
    });
    const before = [member(1, 5n), member(2, 5n), member(3, 5n)];
    const after = [member(4, 1n), member(2, 6n), member(1, 5n)];
    const texts = [before, [...before].reverse()].flatMap((a) =>
      [after, [...after].reverse()].map((b) =>
        diffValidators(a, b)
          .map(({ pubKey, power }) => `${pubKey!.ed25519![0]}=${power}`)
          .sort()
          .join(),
      ),
    );
    expect(new Set(texts)).toEqual(new Set(["2=6,3=0,4=1"]));
  });
});
