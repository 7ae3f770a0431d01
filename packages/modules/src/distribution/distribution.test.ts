import { type CodedError, type Context, Dec, formatDecCoins, toDecCoins } from "@tandem-ics/runtime";
import {
  QueryDelegationTotalRewardsRequest,
  QueryDelegationTotalRewardsResponse,
  QueryDelegatorWithdrawAddressRequest,
  QueryDelegatorWithdrawAddressResponse,
  QueryValidatorDistributionInfoRequest,
  QueryValidatorDistributionInfoResponse,
  QueryValidatorSlashesRequest,
  QueryValidatorSlashesResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/query";
import {
  MsgCommunityPoolSpend,
  MsgDepositValidatorRewardsPool,
  MsgFundCommunityPool,
  MsgSetWithdrawAddress,
  MsgUpdateParams,
  MsgWithdrawDelegatorReward,
  MsgWithdrawDelegatorRewardResponse,
  MsgWithdrawValidatorCommission,
  MsgWithdrawValidatorCommissionResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { createStakeChain, type StakeChain } from "../testing.ts";

const M = 1_000_000n;
const stake = (amount: bigint) => [{ denom: "stake", amount }];
const wire = (amount: bigint) => [{ denom: "stake", amount: amount.toString() }];
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { codespace, code } = error as CodedError;
    return `${codespace}/${code}`;
  }
  return "none";
}
function allocate(chain: StakeChain, ctx: Context, fees: bigint): void {
  chain.bank.mintCoins(ctx, "mint", stake(fees));
  chain.bank.sendFromModuleToModule(ctx, "mint", "fee_collector", stake(fees));
  const { votes } = chain.votes(ctx);
  const total = votes.reduce((sum, { validator }) => sum + validator.power, 0n);
  chain.distribution.allocateTokens(ctx, total, votes);
}
/** Powers 11, 10 and 8 at ten per cent commission: the recorded provider chain. */
const createChain = (): StakeChain =>
  createStakeChain({ tokens: [11n * M, 10n * M, 8n * M], balances: [1000n * M] });
const atHeight = (ctx: Context, height: bigint): Context => ctx.with({ block: { ...ctx.block, height } });

describe("allocation", () => {
  test("gives the rewards and commissions that a Go chain gave for the same fees", () => {
    const chain = createChain();
    const ctx = atHeight(chain.ctx, 238n);
    const before = ctx.events.events.length;
    allocate(chain, ctx, 102_990n);
    const events = ctx.events.events.slice(before).filter(({ type }) => /commission|rewards/.test(type));
    const byValidator = [0, 1, 2].map((i) =>
      events
        .filter(({ attributes }) => attributes[1]!.value === chain.valoper(i))
        .map(({ type, attributes }) => [type, attributes[0]!.value]),
    );
    // finalize_block_events of interchain-security-pd v7.0.1
    expect(byValidator).toEqual([
      [
        ["commission", "3828.386896551724128882stake"],
        ["rewards", "38283.868965517241288821stake"],
      ],
      [
        ["commission", "3480.351724137931027174stake"],
        ["rewards", "34803.517241379310271740stake"],
      ],
      [
        ["commission", "2784.281379310344823758stake"],
        ["rewards", "27842.813793103448237578stake"],
      ],
    ]);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("gives all to the community when nobody voted, and the part of a voter who is gone", () => {
    const chain = createChain();
    const { ctx, distribution } = chain;
    chain.bank.mintCoins(ctx, "mint", stake(100n));
    chain.bank.sendFromModuleToModule(ctx, "mint", "fee_collector", stake(100n));
    distribution.allocateTokens(ctx, 0n, []);
    expect(formatDecCoins(distribution.communityPool(ctx))).toBe("100.000000000000000000stake");
    chain.bank.mintCoins(ctx, "mint", stake(100n));
    chain.bank.sendFromModuleToModule(ctx, "mint", "fee_collector", stake(100n));
    const gone = { validator: { address: new Uint8Array(20), power: 5n }, blockIdFlag: 2 };
    distribution.allocateTokens(ctx, 5n, [gone]);
    expect(formatDecCoins(distribution.communityPool(ctx))).toBe("200.000000000000000000stake");
  });

  test("takes another commission rate for one validator when told so", () => {
    const chain = createChain();
    const { ctx, distribution, staking } = chain;
    const validator = staking.requireValidator(ctx, chain.operator(0));
    distribution.allocateTokensToValidator(ctx, validator, toDecCoins(stake(100n)), Dec.withPlaces(5n, 1));
    expect(formatDecCoins(distribution.accumulatedCommission(ctx, chain.operator(0)))).toBe(
      "50.000000000000000000stake",
    );
  });
});

describe("withdrawing", () => {
  test("pays whole coins, keeps the commission's rest, and leaves the rest of rewards to the community", () => {
    const chain = createChain();
    allocate(chain, chain.ctx, 102_990n);
    const ctx = atHeight(chain.ctx, 2n);
    const delegatorAddress = chain.addresses.account.encode(chain.operator(0));
    const validatorAddress = chain.valoper(0);
    const reward = chain.send(ctx, MsgWithdrawDelegatorReward, { delegatorAddress, validatorAddress });
    expect(MsgWithdrawDelegatorRewardResponse.decode(reward).amount).toEqual(wire(34_455n));
    const commission = chain.send(ctx, MsgWithdrawValidatorCommission, { validatorAddress });
    expect(MsgWithdrawValidatorCommissionResponse.decode(commission).amount).toEqual(wire(3828n));
    expect(formatDecCoins(chain.distribution.accumulatedCommission(ctx, chain.operator(0)))).toBe(
      "0.386896551724128882stake",
    );
    expect(chain.bank.getBalance(ctx, chain.operator(0), "stake")).toBe(38_283n);
    expect(codeOf(() => chain.send(ctx, MsgWithdrawValidatorCommission, { validatorAddress }))).toBe("none");
    // nothing left to pay: a zero coin says so
    const again = chain.send(ctx, MsgWithdrawDelegatorReward, { delegatorAddress, validatorAddress });
    expect(MsgWithdrawDelegatorRewardResponse.decode(again).amount).toEqual(wire(0n));
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("goes to the withdraw address, which may not be a module's and may be forbidden", () => {
    const chain = createChain();
    allocate(chain, chain.ctx, 102_990n);
    const ctx = atHeight(chain.ctx, 2n);
    const delegatorAddress = chain.addresses.account.encode(chain.operator(1));
    const set = (withdrawAddress: string) =>
      codeOf(() => chain.send(ctx, MsgSetWithdrawAddress, { delegatorAddress, withdrawAddress }));
    const module = chain.addresses.account.encode(chain.auth.getModuleAddress("distribution"));
    expect(set(module)).toBe("sdk/4");
    expect(set("cosmos1wrong")).toBe("sdk/7");
    expect(set(chain.acc(7))).toBe("none");
    chain.send(ctx, MsgWithdrawDelegatorReward, { delegatorAddress, validatorAddress: chain.valoper(1) });
    expect(chain.bank.getBalance(ctx, chain.account(7), "stake")).toBe(31_323n);
    chain.distribution.setParams(ctx, {
      ...chain.distribution.params(ctx),
      withdrawAddressEnabled: false,
    });
    expect(set(chain.acc(8))).toBe("distribution/8");
  });

  test("is refused without delegation, validator or commission", () => {
    const chain = createChain();
    const delegatorAddress = chain.acc(0);
    const withdraw = (i: number) =>
      codeOf(() =>
        chain.send(chain.ctx, MsgWithdrawDelegatorReward, {
          delegatorAddress,
          validatorAddress: chain.valoper(i),
        }),
      );
    expect([withdraw(0), withdraw(9)]).toEqual(["staking/19", "staking/3"]);
    expect(
      codeOf(() =>
        chain.send(chain.ctx, MsgWithdrawValidatorCommission, { validatorAddress: chain.valoper(0) }),
      ),
    ).toBe("distribution/7");
  });

  test("counts stake before and after a slash apart", () => {
    const chain = createChain();
    let ctx = chain.beginBlock(chain.ctx);
    allocate(chain, ctx, 29n * M);
    chain.staking.slash(ctx, chain.consAddr(0), ctx.height, 11n, Dec.withPlaces(5n, 1));
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const self = () =>
      formatDecCoins(chain.distribution.delegationRewards(ctx, chain.operator(0), chain.operator(0)));
    const before = self();
    allocate(chain, ctx, 10n * M);
    expect(self()).not.toBe(before);
    chain.endBlock(ctx);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
    const slashes = chain.modules
      .flatMap(({ queries }) => queries ?? [])
      .find(({ path }) => path.endsWith("Query/ValidatorSlashes"))!;
    const request = { validatorAddress: chain.valoper(0), startingHeight: 0n, endingHeight: 100n };
    const answer = slashes.run(ctx, QueryValidatorSlashesRequest.encode(request).finish());
    expect(QueryValidatorSlashesResponse.decode(answer).slashes).toEqual([
      { validatorPeriod: 2n, fraction: Dec.withPlaces(5n, 1).toWire() },
    ]);
  });
});

describe("community pool", () => {
  test("is funded by anybody and spent by the authority alone, never beyond what it has", () => {
    const chain = createChain();
    const { ctx } = chain;
    chain.send(ctx, MsgFundCommunityPool, { amount: wire(500n), depositor: chain.acc(0) });
    const spend = (authority: string, amount: bigint, recipient = chain.acc(3)) =>
      codeOf(() => chain.send(ctx, MsgCommunityPoolSpend, { authority, recipient, amount: wire(amount) }));
    expect(spend(chain.acc(0), 1n)).toBe("gov/13");
    expect(spend(chain.authority, 501n)).toBe("distribution/9");
    const module = chain.addresses.account.encode(chain.auth.getModuleAddress("mint"));
    expect(spend(chain.authority, 1n, module)).toBe("sdk/4");
    expect(spend(chain.authority, 300n)).toBe("none");
    expect(chain.bank.getBalance(ctx, chain.account(3), "stake")).toBe(300n);
    expect(formatDecCoins(chain.distribution.communityPool(ctx))).toBe("200.000000000000000000stake");
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("wants coins, but for deposits, which the bank looks at", () => {
    const chain = createChain();
    const { ctx } = chain;
    const bad = [
      { denom: "1x", amount: "5" },
      { denom: "stake", amount: "7" },
    ];
    const fund = (amount: typeof bad) => () =>
      chain.send(ctx, MsgFundCommunityPool, { amount, depositor: chain.acc(0) });
    const deposit = (amount: typeof bad) => () =>
      chain.send(ctx, MsgDepositValidatorRewardsPool, {
        depositor: chain.acc(0),
        validatorAddress: chain.valoper(2),
        amount,
      });
    expect(fund([])).toThrow("amount cannot be nil: invalid coins");
    expect(fund(bad)).toThrow("51x,7stake: invalid coins");
    expect(deposit([])).not.toThrow();
    const before = ctx.gas.consumed;
    expect(deposit(bad)).toThrow("51x,7stake: invalid coins");
    // the module's account was read
    expect(ctx.gas.consumed - before).toBeGreaterThan(1000n);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("has nothing to do with deposits for one validator", () => {
    const chain = createChain();
    chain.send(chain.ctx, MsgDepositValidatorRewardsPool, {
      depositor: chain.acc(0),
      validatorAddress: chain.valoper(2),
      amount: wire(1000n),
    });
    expect(formatDecCoins(chain.distribution.outstandingRewards(chain.ctx, chain.operator(2)))).toBe(
      "1000.000000000000000000stake",
    );
    expect(chain.brokenInvariants(chain.ctx)).toEqual([]);
  });
});

test("params may not bring the proposer's rewards back", () => {
  const chain = createChain();
  const update = (change: Partial<MsgUpdateParams["params"]>, authority = chain.authority) =>
    codeOf(() =>
      chain.send(chain.ctx, MsgUpdateParams, {
        authority,
        params: {
          communityTax: Dec.withPlaces(3n, 2).toWire(),
          baseProposerReward: "0",
          bonusProposerReward: "0",
          withdrawAddrEnabled: true,
          ...change,
        },
      }),
    );
  expect(update({}, chain.acc(0))).toBe("gov/13");
  expect(update({ baseProposerReward: "1" })).toBe("sdk/18");
  expect(update({ communityTax: Dec.withPlaces(11n, 1).toWire() })).toBe("undefined/1");
  expect(update({})).toBe("none");
  expect(chain.distribution.communityTax(chain.ctx).toString()).toBe("0.030000000000000000");
});

test("queries tell what a withdrawal would pay, without paying", () => {
  const chain = createChain();
  allocate(chain, chain.ctx, 102_990n);
  const ctx = atHeight(chain.ctx, 2n);
  const run = (name: string, request: Uint8Array): Uint8Array =>
    chain.modules
      .flatMap(({ queries }) => queries ?? [])
      .find(({ path }) => path === `/cosmos.distribution.v1beta1.Query/${name}`)!
      .run(ctx, request);
  const delegatorAddress = chain.addresses.account.encode(chain.operator(0));
  const exported = JSON.stringify(chain.modules.map((module) => module.exportGenesis?.(ctx)));
  const total = QueryDelegationTotalRewardsResponse.decode(
    run("DelegationTotalRewards", QueryDelegationTotalRewardsRequest.encode({ delegatorAddress }).finish()),
  );
  expect(total.rewards.map(({ validatorAddress }) => validatorAddress)).toEqual([chain.valoper(0)]);
  expect(total.total).toEqual(total.rewards[0]!.reward);
  const info = QueryValidatorDistributionInfoResponse.decode(
    run(
      "ValidatorDistributionInfo",
      QueryValidatorDistributionInfoRequest.encode({ validatorAddress: chain.valoper(0) }).finish(),
    ),
  );
  expect(info.operatorAddress).toBe(delegatorAddress);
  expect(info.commission).toEqual([{ denom: "stake", amount: "3828386896551724128882" }]);
  const address = QueryDelegatorWithdrawAddressResponse.decode(
    run(
      "DelegatorWithdrawAddress",
      QueryDelegatorWithdrawAddressRequest.encode({ delegatorAddress }).finish(),
    ),
  );
  expect(address.withdrawAddress).toBe(delegatorAddress);
  expect(JSON.stringify(chain.modules.map((module) => module.exportGenesis?.(ctx)))).toBe(exported);
  chain.send(ctx, MsgWithdrawDelegatorReward, { delegatorAddress, validatorAddress: chain.valoper(0) });
  const paid = chain.bank.getBalance(ctx, chain.operator(0), "stake");
  expect(paid).toBe(BigInt(total.total[0]!.amount) / 10n ** 18n);
});
