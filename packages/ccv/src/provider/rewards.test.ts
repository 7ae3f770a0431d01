import { type IbcApp, resultAcknowledgement } from "@tandem-ics/ibc";
import {
  MsgChangeRewardDenoms,
  MsgSetConsumerCommissionRate,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { Dec, formatCoins, formatDecCoins, moduleAddress } from "@tandem-ics/runtime";
import { packetTo } from "../testing/fake-ibc.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  ADDRESSES,
  AUTHORITY,
  accountOf,
  createTestProvider,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { CONSUMER_REWARDS_POOL } from "../types/constants.ts";
import { receivedDenom } from "../types/denoms.ts";
import { createRewardMemo } from "../types/reward-memo.ts";
import { allocationOf, setAllocation } from "./rewards.ts";
import * as state from "./state.ts";

const POOL = ADDRESSES.account.encode(moduleAddress(CONSUMER_REWARDS_POOL));
const VOUCHER = receivedDenom("ucons", packetTo("transfer", "channel-1", ""));

/** A transfer application that takes everything. */
const takesAll = { onRecvPacket: () => resultAcknowledgement(Uint8Array.of(1)) } as unknown as IbcApp;

/** Members share from their first epoch on. */
function rewarded(): { chain: TestProvider; id: string } {
  const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 1n } });
  const id = chain.launch();
  chain.openChannel(id);
  chain.nextEpoch();
  chain.nextEpoch();
  return { chain, id };
}

function transfer(
  chain: TestProvider,
  data: Partial<Record<"memo" | "receiver" | "denom" | "amount", string>>,
) {
  const packet = packetTo(
    "transfer",
    "channel-1",
    JSON.stringify({ denom: "ucons", amount: "100", sender: "consumer1x", receiver: POOL, ...data }),
  );
  return chain.provider
    .withRewards(takesAll)
    .onRecvPacket(chain.ctx, { channelVersion: "ics20-1", packet, relayer: new Uint8Array(20) });
}

const waiting = (chain: TestProvider, id: string, denom = VOUCHER): string =>
  formatDecCoins(allocationOf(chain.ctx, id, denom));
const allow = (chain: TestProvider, ...denomsToAdd: string[]) =>
  chain.deliver(MsgChangeRewardDenoms, { denomsToAdd, denomsToRemove: [], authority: AUTHORITY });

describe("rewards that arrive", () => {
  test("[reward-4] belong to the consumer that the memo names", () => {
    const { chain, id } = rewarded();
    transfer(chain, { memo: createRewardMemo(id, "consumer-1") });
    expect(waiting(chain, id)).toBe(`100.000000000000000000${VOUCHER}`);
    expect(chain.eventsOf("update_consumer")).toEqual([
      {
        module: "provider",
        consumer_id: id,
        consumer_chain_id: "consumer-1",
        reward_denom: VOUCHER,
        reward_amount: "100",
        reward_distribution: "scheduled",
      },
    ]);
  });

  test("[reward-4] belong to the consumer under the channel when the memo is no JSON object", () => {
    const { chain, id } = rewarded();
    chain.ibc.openChannel("transfer", "channel-1", "connection-0");
    for (const memo of [
      "",
      "consumer chain rewards distribution",
      '"provider"',
      '{"provider":"x"}',
      '{"provider":{"consumerId":1}}',
    ])
      transfer(chain, { memo });
    expect(waiting(chain, id)).toBe(`500.000000000000000000${VOUCHER}`);
  });

  test("[reward-4] belong to nobody when the memo is JSON without a consumer, or names an unknown one", () => {
    const { chain, id } = rewarded();
    chain.ibc.openChannel("transfer", "channel-1", "connection-0");
    for (const memo of ["{}", "null", '{"provider":null}', '{"provider":{}}', createRewardMemo("9", "x")])
      expect(transfer(chain, { memo })?.success).toBe(true);
    expect(waiting(chain, id)).toBe("");
  });

  test("for another account, or over a channel of no consumer, are ordinary transfers", () => {
    const { chain, id } = rewarded();
    transfer(chain, { memo: createRewardMemo(id, "x"), receiver: accountOf(1) });
    transfer(chain, {});
    expect(state.rewardAllocations.keys(chain.ctx)).toEqual([]);
  });

  test("of the provider's own tokens come home under their own name", () => {
    const { chain, id } = rewarded();
    transfer(chain, { denom: "transfer/channel-7/stake", memo: createRewardMemo(id, "x") });
    expect(waiting(chain, id, "stake")).toBe("100.000000000000000000stake");
  });
});

describe("rewards that are paid out", () => {
  const pay = (chain: TestProvider, id: string, amount: bigint): void => {
    setAllocation(chain.ctx, id, "ucons", [{ denom: "ucons", amount: Dec.fromInt(amount) }]);
    chain.bank.give(CONSUMER_REWARDS_POOL, [{ denom: "ucons", amount }]);
  };

  test("[reward-7] follow the powers of the consumer's set, less the community tax and the dust", () => {
    const { chain, id } = rewarded();
    allow(chain, "ucons");
    pay(chain, id, 1000n);
    chain.nextBlock();
    expect(chain.bank.allocated.map(({ moniker }) => moniker).sort()).toEqual(["v1", "v2", "v3"]);
    const of = (n: number) => chain.bank.allocated.find(({ moniker }) => moniker === `v${n}`)!.tokens;
    // 980 × trunc(power / 23)
    expect(of(1)).toBe("426.086956521739129540ucons");
    expect(of(2)).toBe("340.869565217391304220ucons");
    expect(of(3)).toBe("213.043478260869564280ucons");
    expect(chain.bank.communityPool.map(formatCoins)).toEqual(["20ucons"]);
    expect(formatCoins(chain.bank.balanceOf("distribution"))).toBe("980ucons");
    expect(waiting(chain, id, "ucons")).toBe("");
    expect(chain.eventsOf("distributed_ics_rewards")).toEqual([
      {
        module: "provider",
        consumer_id: id,
        consumer_chain_id: "consumer-1",
        total_rewards: "1000.000000000000000000ucons",
        distributed_rewards: "980ucons",
        community_pool_rewards: "20ucons",
      },
    ]);
  });

  test("[reward-8] leave their decimals for the next time", () => {
    const { chain, id } = rewarded();
    allow(chain, "ucons");
    pay(chain, id, 7n);
    chain.nextBlock();
    // 6.86 to validators, 0.14 to the pool: 6 paid, 1 stays.
    expect(waiting(chain, id, "ucons")).toBe("1.000000000000000000ucons");
    expect(formatCoins(chain.bank.balanceOf(CONSUMER_REWARDS_POOL))).toBe("1ucons");
  });

  test("[reward-5] wait while their denomination is listed nowhere", () => {
    const { chain, id } = rewarded();
    pay(chain, id, 1000n);
    chain.nextBlock();
    expect(waiting(chain, id, "ucons")).toBe("1000.000000000000000000ucons");
    chain.update(id, { allowlistedRewardDenoms: { denoms: ["ucons"] } });
    chain.nextBlock();
    expect(waiting(chain, id, "ucons")).toBe("");
  });

  test("[reward-6] go to validators that were members long enough, else to the community", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    allow(chain, "ucons");
    pay(chain, id, 1000n);
    chain.nextBlock();
    expect(chain.bank.allocated).toEqual([]);
    expect(chain.bank.communityPool.map(formatCoins)).toEqual(["1000ucons"]);
    expect(chain.eventsOf("distributed_ics_rewards")).toEqual([]);
  });

  test("[reward-6] begin for a member exactly so many epochs of blocks after it joined", () => {
    const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 2n } });
    const id = chain.launch([1, 2]);
    expect(chain.ctx.height).toBe(2n);
    allow(chain, "ucons");
    chain.optIn(id, 3);
    const paid: Record<string, string> = {};
    for (let i = 0; i < 10; i++) {
      pay(chain, id, 1000n);
      chain.bank.allocated.length = 0;
      chain.nextBlock();
      paid[chain.ctx.height.toString()] = chain.bank.allocated.map(({ moniker }) => moniker).join();
    }
    // Two epochs of three blocks after height 2; number 3 joined at the boundary of height 3.
    expect(paid).toEqual({
      3: "",
      4: "",
      5: "",
      6: "",
      7: "",
      8: expect.stringMatching(/^v[12],v[12]$/),
      9: expect.stringMatching(/v3/),
      10: expect.stringMatching(/v3/),
      11: expect.stringMatching(/v3/),
      12: expect.stringMatching(/v3/),
    });
  });

  test("[reward-7] follow the power that the consumer gives, which a cap may have changed", () => {
    const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 1n } });
    const id = chain.launch([1, 2, 3], {
      powerShapingParameters: PowerShapingParameters.create({ validatorsPowerCap: 40 }),
    });
    for (let i = 0; i < 4; i++) chain.nextBlock();
    // Of 10, 8 and 5 with at most 40 % of 23: 9, 8 and 6.
    expect(
      state.consumerValidators
        .values(chain.ctx)
        .map(({ power }) => power)
        .sort(),
    ).toEqual([6n, 8n, 9n]);
    allow(chain, "ucons");
    pay(chain, id, 1000n);
    chain.nextBlock();
    const share = (power: bigint): string =>
      formatDecCoins([
        {
          denom: "ucons",
          amount: Dec.fromInt(980n).mulTruncate(Dec.fromInt(power).quoTruncate(Dec.fromInt(23n))),
        },
      ]);
    const given = Object.fromEntries(chain.bank.allocated.map(({ moniker, tokens }) => [moniker, tokens]));
    expect(given).toEqual({ v1: share(9n), v2: share(8n), v3: share(6n) });
  });

  test("[reward-8] never leave the pool with less than what is allocated", () => {
    const { chain, id } = rewarded();
    allow(chain, "ucons");
    const denom = "ucons";
    for (const amount of [1n, 7n, 13n, 1n, 999n, 3n, 1n, 1n]) {
      const before = allocationOf(chain.ctx, id, denom)[0]?.amount ?? Dec.ZERO;
      setAllocation(chain.ctx, id, denom, [{ denom, amount: before.add(Dec.fromInt(amount)) }]);
      chain.bank.give(CONSUMER_REWARDS_POOL, [{ denom, amount }]);
      chain.nextBlock();
      const allocated = allocationOf(chain.ctx, id, denom)[0]?.amount ?? Dec.ZERO;
      const held = chain.bank.balanceOf(CONSUMER_REWARDS_POOL)[0]?.amount ?? 0n;
      expect(allocated.gt(Dec.fromInt(held))).toBe(false);
      for (const [name, holds] of Object.entries(chain.module.invariants!))
        expect([name, holds(chain.ctx)]).toEqual([name, undefined]);
    }
  });

  test("[reward-7] [reward-9] pay the commission that a validator set for this consumer", () => {
    const { chain, id } = rewarded();
    allow(chain, "ucons");
    const rate = (n: number, wire: string) =>
      chain.deliver(MsgSetConsumerCommissionRate, {
        chainId: "",
        consumerId: id,
        providerAddr: operatorOf(n),
        signer: accountOf(n),
        rate: wire,
      });
    rate(1, "250000000000000000");
    pay(chain, id, 1000n);
    chain.nextBlock();
    const commission = Object.fromEntries(
      chain.bank.allocated.map((share) => [share.moniker, share.commission]),
    );
    expect(commission).toEqual({ v1: "0.250000000000000000", v2: undefined, v3: undefined });
    chain.fake.minCommission = Dec.parse("0.05");
    expect(refusalCode(() => rate(1, "10000000000000000"))).toBe("staking/40");
    expect(refusalCode(() => rate(1, "1000000000000000001"))).toBe("provider/51");
    expect(refusalCode(() => rate(1, "-1"))).toBe("provider/51");
  });

  test("of one consumer that cannot be paid do not hold up others", () => {
    const { chain, id } = rewarded();
    allow(chain, "ucons", "other");
    setAllocation(chain.ctx, id, "other", [{ denom: "other", amount: Dec.fromInt(5n) }]);
    pay(chain, id, 1000n);
    chain.nextBlock();
    expect(waiting(chain, id, "other")).toBe("5.000000000000000000other");
    expect(waiting(chain, id, "ucons")).toBe("");
  });
});

describe("reward denominations", () => {
  test("are governance's to change, what is so already passed over", () => {
    const chain = createTestProvider();
    const change = (denomsToAdd: string[], denomsToRemove: string[], authority = AUTHORITY) =>
      chain.deliver(MsgChangeRewardDenoms, { denomsToAdd, denomsToRemove, authority });
    change(["uatom", "stake"], []);
    change(["stake", "other"], ["uatom", "nothing"]);
    expect(state.rewardDenoms.keys(chain.ctx)).toEqual(["other", "stake"]);
    expect(chain.events.filter(({ type }) => type === "change_consumer_reward_denom")[1]!.attributes).toEqual(
      [
        { key: "add_consumer_reward_denom", value: "other" },
        { key: "remove_consumer_reward_denom", value: "uatom" },
      ],
    );
    expect(refusalCode(() => change(["x1y"], [], accountOf(1)))).toBe("provider/25");
    expect(refusalCode(() => change([], []))).toBe("provider/52");
    expect(refusalCode(() => change(["abc"], ["abc"]))).toBe("provider/52");
    expect(() => change(["?"], [])).toThrow();
  });

  test.each([
    ["more than three", ["aaa", "bbb", "ccc", "ddd"]],
    ["the bare prefix", ["ibc"]],
    ["a short hash", ["ibc/ABCD"]],
    ["no denomination", ["!"]],
  ])("[reward-9] of a consumer are refused with %s", (_, denoms) => {
    const chain = createTestProvider();
    expect(refusalCode(() => chain.create({ allowlistedRewardDenoms: { denoms } }))).toBe("provider/44");
  });
});
