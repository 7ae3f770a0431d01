/** Stake that carries its liability wherever it goes, numbers and forms without end, parameters and their documents. */

import { createProviderApp, defaultProviderGenesis } from "@tandem-ics/ccv";
import { createVestingModule } from "@tandem-ics/modules";
import { type Context, Dec, moduleAddress } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgCreateVestingAccount } from "cosmjs-types/cosmos/vesting/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { CheckTxType, RequestCheckTx } from "cosmjs-types/tendermint/abci/types";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { drive, staked } from "../../packages/ccv/src/testing/staked-chain.ts";
import { createStakeChain, type StakeChain } from "../../packages/modules/src/testing.ts";
import { createTestProvider, refusalCode } from "./kits.ts";

const M = 1_000_000n;
const stake = (amount: bigint) => ({ denom: "stake", amount: amount.toString() });
const chainOf = (...tokens: bigint[]): StakeChain =>
  createStakeChain({
    tokens,
    balances: [1000n * M, 1000n * M],
    params: { unbondingTimeNs: 100_000_000_000n },
  });
const delegate = (chain: StakeChain, ctx: Context, v: number, amount: bigint) =>
  chain.send(ctx, MsgDelegate, {
    delegatorAddress: chain.acc(0),
    validatorAddress: chain.valoper(v),
    amount: stake(amount),
  });
const undelegate = (chain: StakeChain, ctx: Context, v: number, amount: bigint) =>
  chain.send(ctx, MsgUndelegate, {
    delegatorAddress: chain.acc(0),
    validatorAddress: chain.valoper(v),
    amount: stake(amount),
  });
const redelegate = (chain: StakeChain, ctx: Context, from: number, to: number, amount: bigint) =>
  chain.send(ctx, MsgBeginRedelegate, {
    delegatorAddress: chain.acc(0),
    validatorSrcAddress: chain.valoper(from),
    validatorDstAddress: chain.valoper(to),
    amount: stake(amount),
  });
const slashHalf = (chain: StakeChain, ctx: Context, height: bigint, power: bigint) =>
  chain.staking.slashWithInfractionReason(
    ctx,
    chain.consAddr(0),
    height,
    power,
    Dec.parse("0.5"),
    Infraction.INFRACTION_DOUBLE_SIGN,
  );

describe("[sec-36] stake that moves answers for what it was at", () => {
  test("ASA-2024-005: redelegating, and undelegating from there, is no way out", () => {
    const chain = chainOf(10n * M, 10n * M);
    let { ctx } = chain;
    delegate(chain, ctx, 0, 100n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const infraction = ctx.height;
    redelegate(chain, ctx, 0, 1, 100n * M);
    undelegate(chain, ctx, 1, 60n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const held = () =>
      [...chain.staking.unbondingDelegationsFromValidator(ctx, chain.operator(1))]
        .flatMap(({ entries }) => entries)
        .reduce((sum, { balance }) => sum + balance, 0n);
    const before = held() + chain.staking.validator(ctx, chain.operator(1))!.tokens;
    slashHalf(chain, ctx, infraction, 110n);
    const after = held() + chain.staking.validator(ctx, chain.operator(1))!.tokens;
    expect(before - after).toBe(50n * M);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("the instant unbonding of 2019: stake under way from a validator that leaves the set still waits and answers", () => {
    const chain = chainOf(10n * M, 9n * M);
    let { ctx } = chain;
    delegate(chain, ctx, 0, 20n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const infraction = ctx.height;
    undelegate(chain, ctx, 0, 20n * M);
    chain.staking.jail(ctx, chain.consAddr(0));
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 99n });
    const balance = () => chain.bank.getBalance(ctx, chain.account(0), "stake");
    const before = balance();
    slashHalf(chain, ctx, infraction, 30n);
    chain.endBlock(ctx);
    expect(balance()).toBe(before);
    ctx = chain.beginBlock(ctx, { seconds: 2n });
    chain.endBlock(ctx);
    expect(balance() - before).toBe(10n * M);
  });

  test("a second hop within the time of the first is refused", () => {
    const chain = chainOf(10n * M, 10n * M, 10n * M);
    const { ctx } = chain;
    delegate(chain, ctx, 0, 50n * M);
    redelegate(chain, ctx, 0, 1, 50n * M);
    expect(refusalCode(() => redelegate(chain, ctx, 1, 2, 50n * M))).not.toBe("none");
  });
});

describe("[sec-37] sizes and depths", () => {
  const MOST = (1n << 256n) - 1n;
  test("ASA-2024-010: no balance and no supply grows beyond 256 bits, and a try leaves nothing", () => {
    const chain = chainOf(10n * M);
    const { ctx } = chain;
    const coins = (amount: bigint) => [{ denom: "ibc/X", amount }];
    chain.bank.mintCoins(ctx, "mint", coins(MOST));
    const branch = ctx.branch();
    expect(() => chain.bank.mintCoins(branch.ctx, "mint", coins(1n))).toThrow();
    expect(chain.bank.getBalance(ctx, moduleAddress("mint"), "ibc/X")).toBe(MOST);
  });

  test("ASA-2024-010: a decimal of more than 315 bits is refused wherever it would come to be", () => {
    const most = Dec.fromScaled((1n << 315n) - 1n);
    for (const act of [
      () => most.add(Dec.ONE),
      () => most.mul(Dec.parse("2")),
      () => Dec.fromInt(1n << 256n),
      () => Dec.parse("1".repeat(100)),
    ])
      expect(() => act()).toThrow();
  });

  test("ASA-2024-0012/0013: messages within messages are refused at a depth, before they are unpacked", () => {
    const { app, block } = drive(
      createProviderApp({ backend: createMemoryBackend() }),
      "provider-1",
      staked(defaultProviderGenesis()),
    );
    block();
    let message: Any = { typeUrl: MsgUndelegate.typeUrl, value: new Uint8Array() };
    for (let i = 0; i < 3000; i++)
      message = {
        typeUrl: MsgExec.typeUrl,
        value: MsgExec.encode({ grantee: "", msgs: [message] }).finish(),
      };
    const body = TxBody.encode(TxBody.fromPartial({ messages: [message] })).finish();
    const tx = TxRaw.encode(
      TxRaw.fromPartial({ bodyBytes: body, authInfoBytes: new Uint8Array(), signatures: [] }),
    ).finish();
    const began = performance.now();
    const { code, codespace } = app.checkTx(RequestCheckTx.fromPartial({ tx, type: CheckTxType.NEW }));
    expect(`${codespace}/${code}`).toBe("sdk/2");
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("ASA-2024-003: no vesting account is made of a blocked address", () => {
    const chain = chainOf(10n * M);
    const { ctx, addresses } = chain;
    const { module } = createVestingModule({ addresses, auth: chain.auth, bank: chain.bank });
    const route = module.messages!.find(({ typeUrl }) => typeUrl === MsgCreateVestingAccount.typeUrl)!;
    const create = (to: Uint8Array) =>
      refusalCode(() =>
        route.run(
          ctx.branch().ctx,
          MsgCreateVestingAccount.encode(
            MsgCreateVestingAccount.fromPartial({
              fromAddress: chain.acc(0),
              toAddress: addresses.account.encode(to),
              amount: [stake(5n)],
              endTime: 4_000_000_000n,
              delayed: true,
            }),
          ).finish(),
        ),
      );
    expect(create(moduleAddress("gov"))).toBe("sdk/4");
    expect(create(new Uint8Array(20).fill(77))).toBe("none");
  });
});

test("[sec-39] the trusting period is the unbonding period times its fraction, as the code has it and not the documents", () => {
  const chain = createTestProvider({ params: { trustingPeriodFraction: "0.25" } });
  const id = chain.launch([1], {
    initializationParameters: chain.initialization({ unbondingPeriod: { seconds: 1_000_000n, nanos: 0 } }),
  });
  const { clientState } = chain.ibc.clients.get(state.clientOfConsumer.get(chain.ctx, id)!)!;
  expect(clientState.trustingPeriod.seconds).toBe(250_000n);
});
