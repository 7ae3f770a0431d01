/** What must never stop a chain: odd state in hooks, sends that fail, amounts beyond what decimals hold. */
import { isTransactionAbort } from "@tandem-ics/ibc";
import { ConsumerPhase, MsgRemoveConsumer } from "@tandem-ics/proto";
import { type Context, Dec, formatDecCoins } from "@tandem-ics/runtime";
import {
  MsgDepositValidatorRewardsPool,
  MsgFundCommunityPool,
  MsgWithdrawDelegatorReward,
  MsgWithdrawValidatorCommission,
} from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { allocationOf, setAllocation } from "../../packages/ccv/src/provider/rewards.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { CONSUMER_REWARDS_POOL } from "../../packages/ccv/src/types/constants.ts";
import { createStakeChain, type StakeChain } from "../../packages/modules/src/testing.ts";
import {
  createTestConsumer,
  createTestProvider,
  HANDLED,
  OWNER,
  received,
  refusalCode,
  slashData,
  testAddress,
  testOperator,
} from "./kits.ts";

const M = 1_000_000n;
/** As much of a coin as there can be: an ICS-20 voucher of a chain that mints what it likes. */
const FLOOD = (1n << 256n) - 1n;
/** The most whole coins that a decimal of 18 places and 315 bits holds. */
const MOST = ((1n << 315n) - 1n) / 10n ** 18n;

/** Gives an account coins of a denomination that others made. */
function flood(chain: StakeChain, ctx: Context, to: Uint8Array, amount: bigint): void {
  const coins = [{ denom: "ibc/FLOOD", amount }];
  chain.bank.mintCoins(ctx, "mint", coins);
  chain.bank.sendFromModuleToAccount(ctx, "mint", to, coins);
}

describe("[sec-15] ISA-2025-005: rewards beyond what decimals hold", () => {
  test("do not stop the slash of the validator that holds them", () => {
    const chain = createStakeChain({ tokens: [11n * M, 2n * M], balances: [1000n * M] });
    let { ctx } = chain;
    const validator = 1;
    const attacker = chain.operator(validator);
    const depositor = chain.addresses.account.encode(attacker);
    const validatorAddress = chain.valoper(validator);
    flood(chain, ctx, attacker, FLOOD);
    // One token of stake is left, and each deposit gives it all there is.
    chain.send(ctx, MsgUndelegate, {
      delegatorAddress: depositor,
      validatorAddress,
      amount: { denom: "stake", amount: (2n * M - 1n).toString() },
    });
    const deposit = () =>
      chain.send(ctx, MsgDepositValidatorRewardsPool, {
        depositor,
        validatorAddress,
        amount: [{ denom: "ibc/FLOOD", amount: (MOST / 2n).toString() }],
      });
    for (let i = 0; i < 2; i++) {
      deposit();
      chain.endBlock(ctx);
      ctx = chain.beginBlock(ctx);
      chain.send(ctx, MsgWithdrawDelegatorReward, { delegatorAddress: depositor, validatorAddress });
      chain.send(ctx, MsgWithdrawValidatorCommission, { validatorAddress });
    }
    deposit();
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const before = chain.staking.validator(ctx, attacker)!.tokens;
    expect(before).toBe(1n);
    const slash = () =>
      chain.staking.slashWithInfractionReason(
        ctx,
        chain.consAddr(validator),
        1n,
        2n,
        Dec.parse("0.05"),
        Infraction.INFRACTION_DOUBLE_SIGN,
      );
    expect(slash).not.toThrow();
    chain.endBlock(ctx);
    expect(() => chain.beginBlock(ctx)).not.toThrow();
  });

  test("as fees beside the community pool's do not stop a block, and hold up no other fees", () => {
    const chain = createStakeChain({ tokens: [11n * M], balances: [1000n * M] });
    const { ctx } = chain;
    flood(chain, ctx, chain.account(0), FLOOD);
    chain.send(ctx, MsgFundCommunityPool, {
      depositor: chain.acc(0),
      amount: [{ denom: "ibc/FLOOD", amount: MOST.toString() }],
    });
    const rest = chain.bank.getBalance(ctx, chain.account(0), "ibc/FLOOD");
    chain.bank.sendFromAccountToModule(ctx, chain.account(0), "fee_collector", [
      { denom: "ibc/FLOOD", amount: rest > MOST ? MOST : rest },
    ]);
    chain.bank.sendFromAccountToModule(ctx, chain.account(0), "fee_collector", [
      { denom: "stake", amount: 1000n },
    ]);
    const outstanding = () =>
      chain.distribution.outstandingRewards(ctx, chain.operator(0)).find(({ denom }) => denom === "stake")!
        .amount;
    let next = ctx;
    expect(() => {
      next = chain.beginBlock(ctx);
    }).not.toThrow();
    expect(outstanding().gt(Dec.fromInt(900n))).toBe(true);
    chain.endBlock(next);
    expect(() => chain.beginBlock(next)).not.toThrow();
  });

  test("do not stop the end of a validator whose dust the community pool cannot take", () => {
    const chain = createStakeChain({ tokens: [11n * M, 3n * M], balances: [1000n * M] });
    let { ctx } = chain;
    const attacker = chain.operator(1);
    const depositor = chain.addresses.account.encode(attacker);
    const validatorAddress = chain.valoper(1);
    flood(chain, ctx, attacker, FLOOD);
    // A third of each token has digits that nobody is paid.
    chain.send(ctx, MsgDepositValidatorRewardsPool, {
      depositor,
      validatorAddress,
      amount: [{ denom: "ibc/FLOOD", amount: "1000001" }],
    });
    chain.send(ctx, MsgFundCommunityPool, {
      depositor,
      amount: [{ denom: "ibc/FLOOD", amount: MOST.toString() }],
    });
    chain.send(ctx, MsgUndelegate, {
      delegatorAddress: depositor,
      validatorAddress,
      amount: { denom: "stake", amount: (3n * M).toString() },
    });
    expect(() => {
      chain.endBlock(ctx);
      ctx = chain.beginBlock(ctx, { seconds: 22n * 86_400n });
      chain.endBlock(ctx);
    }).not.toThrow();
    expect(chain.staking.validator(ctx, attacker)).toBeUndefined();
  });

  test("as fees of a consumer do not stop it, and hold up no other fees", () => {
    const chain = createTestConsumer();
    chain.bank.give("fee_collector", [
      { denom: "ibc/FLOOD", amount: FLOOD },
      { denom: "stake", amount: 1000n },
    ]);
    expect(() => chain.nextBlock()).not.toThrow();
    expect(chain.bank.balanceOf("cons_redistribute")).toContainEqual({ denom: "stake", amount: 750n });
    expect(() => chain.nextBlock()).not.toThrow();
  });
});

describe("[sec-15] hooks and sends that meet odd state", () => {
  test("a packet that cannot be sent stops its consumer, not the provider; the others get theirs", () => {
    const chain = createTestProvider();
    const [first, second] = [chain.launch(), chain.launch()];
    chain.openChannel(first);
    chain.openChannel(second);
    chain.ibc.channels.delete(`provider/channel-${first}`);
    chain.ibc.refuseSending(true);
    chain.fake.set(1, { tokens: 12_000_000n });
    expect(() => chain.nextEpoch()).not.toThrow();
    expect(state.phases.get(chain.ctx, first)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
    const third = chain.launch();
    chain.openChannel(third);
    chain.ibc.refuseSending(false);
    chain.fake.set(1, { tokens: 13_000_000n });
    chain.nextEpoch();
    expect(chain.ibc.sent.map(({ channel }) => channel)).toEqual([`channel-${third}`]);
  });

  test("a validator that staking no longer knows stops no epoch, no reward and no removal", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.openChannel(id);
    const address = testAddress(2);
    chain.fake.remove(2);
    chain.provider.stakingHooks.afterValidatorRemoved(chain.ctx, address, testOperator(2));
    setAllocation(chain.ctx, id, "ucons", [{ denom: "ucons", amount: Dec.fromInt(1000n) }]);
    chain.bank.give(CONSUMER_REWARDS_POOL, [{ denom: "ucons", amount: 1000n }]);
    state.rewardDenoms.set(chain.ctx, "ucons", true);
    expect(() => chain.nextEpoch()).not.toThrow();
    expect(received(chain, slashData(2))).toBe(HANDLED);
    chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
    expect(() => {
      chain.nextBlock(22n * 86_400n);
      chain.nextEpoch();
    }).not.toThrow();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
  });

  test("no packet of a consumer throws what would stop a block: each is answered, or its transaction fails", () => {
    const chain = createTestProvider();
    chain.openChannel(chain.launch());
    for (const data of [
      "",
      "null",
      "[]",
      "{}",
      '{"type":"CONSUMER_PACKET_TYPE_SLASH"}',
      '{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":null}',
      '{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"","power":"-1"}}}',
      slashData(1, { vscId: "18446744073709551615" }),
      slashData(1, { vscId: "18446744073709551616" }),
      "{".repeat(20_000),
      Uint8Array.of(0xff, 0xfe),
    ]) {
      let thrown: unknown;
      try {
        received(chain, data);
      } catch (error) {
        thrown = error;
      }
      expect(thrown === undefined || isTransactionAbort(thrown)).toBe(true);
    }
    expect(chain.fake.slashes).toEqual([]);
    expect(() => chain.nextEpoch()).not.toThrow();
  });
});

describe("[sec-14] what fails leaves nothing, and nothing fails with it", () => {
  test("a launch that fails at its last step leaves no client, genesis or set, and its siblings launch", () => {
    const chain = createTestProvider();
    const broken = chain.create({
      initializationParameters: chain.initialization({ unbondingPeriod: { seconds: 0n, nanos: 1 } }),
    });
    chain.optIn(broken, 1);
    const sound = chain.create({ initializationParameters: chain.initialization() });
    chain.optIn(sound, 1);
    chain.nextBlock();
    expect([broken, sound].map((id) => state.phases.get(chain.ctx, id))).toEqual([
      ConsumerPhase.CONSUMER_PHASE_REGISTERED,
      ConsumerPhase.CONSUMER_PHASE_LAUNCHED,
    ]);
    expect([
      state.clientOfConsumer.has(chain.ctx, broken),
      state.consumerGenesis.has(chain.ctx, broken),
      state.evidenceMinHeight.has(chain.ctx, broken),
      state.consumerValidators.keys(chain.ctx, { prefix: state.consumerPrefix(broken) }).length,
    ]).toEqual([false, false, false, 0]);
  });

  test("rewards that cannot be paid stay allocated, and others are paid", () => {
    const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 0n } });
    const id = chain.launch();
    for (const denom of ["apoor", "brich"]) {
      state.rewardDenoms.set(chain.ctx, denom, true);
      setAllocation(chain.ctx, id, denom, [{ denom, amount: Dec.fromInt(1000n) }]);
    }
    chain.bank.give(CONSUMER_REWARDS_POOL, [{ denom: "brich", amount: 1000n }]);
    chain.nextBlock();
    expect(formatDecCoins(allocationOf(chain.ctx, id, "apoor"))).toBe("1000.000000000000000000apoor");
    expect(formatDecCoins(allocationOf(chain.ctx, id, "brich"))).not.toContain("1000.");
    expect(chain.bank.allocated.length).toBeGreaterThan(0);
  });
});

describe("[sec-16] a flood of reward denominations", () => {
  test("costs no block anything: only listed ones are looked at", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    state.rewardDenoms.set(chain.ctx, "ucons", true);
    const cost = (): bigint => {
      const { consumed } = chain.ctx.gas;
      chain.module.beginBlock!(chain.ctx);
      return chain.ctx.gas.consumed - consumed;
    };
    const before = cost();
    for (let i = 0; i < 500; i++)
      setAllocation(chain.ctx, id, `ibc/${i}`, [{ denom: `ibc/${i}`, amount: Dec.ONE }]);
    expect(cost()).toBe(before);
    expect(chain.bank.communityPool).toEqual([]);
  });

  test("is not let in by a consumer's own list either: three at most", () => {
    const chain = createTestProvider();
    const id = chain.create();
    const list = (...denoms: string[]) =>
      refusalCode(() => chain.update(id, { allowlistedRewardDenoms: { denoms } }));
    expect(list("aaa", "bbb", "ccc")).toBe("none");
    expect(list("aaa", "bbb", "ccc", "ddd")).not.toBe("none");
  });

  test("rewards of nothing change nothing and stop nothing", () => {
    const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 0n } });
    const id = chain.launch();
    state.rewardDenoms.set(chain.ctx, "ucons", true);
    setAllocation(chain.ctx, id, "ucons", []);
    expect(state.rewardAllocations.keys(chain.ctx)).toEqual([]);
    setAllocation(chain.ctx, id, "ucons", [{ denom: "ucons", amount: Dec.fromScaled(1n) }]);
    expect(() => chain.nextBlock()).not.toThrow();
    expect(chain.bank.allocated.filter(({ tokens }) => tokens !== "")).toEqual([]);
  });
});

describe("[sec-23] spawn times", () => {
  test("without anybody to validate bring nothing to life, and may be set again", () => {
    const chain = createTestProvider();
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.nextBlock();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(state.spawnQueue.keys(chain.ctx)).toEqual([]);
    chain.optIn(id, 1);
    chain.update(id, { initializationParameters: chain.initialization() });
    chain.nextBlock();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  });

  test("of a launched consumer cannot be set again: there is no second launch", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const client = state.clientOfConsumer.get(chain.ctx, id);
    expect(
      refusalCode(() => chain.update(id, { initializationParameters: chain.initialization() })),
    ).not.toBe("none");
    chain.nextBlock();
    expect(state.clientOfConsumer.get(chain.ctx, id)).toBe(client);
    expect(chain.ibc.clients.size).toBe(1);
  });

  test("shared by several lose nobody when one of them changes its mind", () => {
    const chain = createTestProvider();
    const later = { seconds: chain.ctx.timeNs / 1_000_000_000n + 60n, nanos: 0 };
    const ids = [1, 2, 3].map(() => {
      const id = chain.create({ initializationParameters: chain.initialization({ spawnTime: later }) });
      chain.optIn(id, 1);
      return id;
    });
    chain.update(ids[1]!, {
      initializationParameters: chain.initialization({
        spawnTime: { seconds: later.seconds + 600n, nanos: 0 },
      }),
    });
    chain.nextBlock(61n);
    expect(ids.map((id) => state.clientOfConsumer.has(chain.ctx, id))).toEqual([true, false, true]);
    chain.nextBlock(601n);
    expect(ids.map((id) => state.clientOfConsumer.has(chain.ctx, id))).toEqual([true, true, true]);
  });
});
