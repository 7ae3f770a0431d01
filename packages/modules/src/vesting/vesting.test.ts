import {
  atBlock,
  CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  createTestSigner,
  type JsonObject,
  moduleAddress,
  parseCoins,
} from "@tandem-ics/runtime";
import {
  MsgCreatePeriodicVestingAccount,
  MsgCreatePermanentLockedAccount,
  MsgCreateVestingAccount,
} from "cosmjs-types/cosmos/vesting/v1beta1/tx";
import { createAuthModule } from "../auth/index.ts";
import { createBankModule } from "../bank/index.ts";
import { createVestingModule } from "./index.ts";

const NOW = 1_700_000_000n;
const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const auth = createAuthModule({ addresses, authority, permissions: { gov: [] } });
const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [moduleAddress("gov")] });
const { module: vesting } = createVestingModule({ addresses, auth: auth.keeper, bank: bank.keeper });
const text = (name: string): string => addresses.account.encode(createTestSigner(name).address);
const coins = (list: string) =>
  parseCoins(list).map(({ denom, amount }) => ({ denom, amount: amount.toString() }));

function started(sendEnabled: object[] = []): Context {
  const ctx = createTestContext({ stores: [auth.module, bank.module] });
  const services = { deliverTx: () => {} };
  auth.module.initGenesis!(ctx, auth.module.defaultGenesis!(), services);
  const balances = [{ address: text("alice"), coins: coins("1000stake,500atom") }];
  bank.module.initGenesis!(
    ctx,
    { ...bank.module.defaultGenesis!(), balances, send_enabled: sendEnabled } as unknown as JsonObject,
    services,
  );
  return atBlock(ctx, { timeNs: NOW * 1_000_000_000n });
}

function run<T>(
  ctx: Context,
  codec: { typeUrl: string; encode(m: T): { finish(): Uint8Array } },
  message: T,
): string {
  const route = vesting.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
  const branch = ctx.branch();
  try {
    route.run(branch.ctx, codec.encode(message).finish());
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code} ${error.message}`;
    throw error;
  }
  branch.commit();
  return "passed";
}

const create = (ctx: Context, changes: Partial<MsgCreateVestingAccount> = {}): string =>
  run(ctx, MsgCreateVestingAccount, {
    fromAddress: text("alice"),
    toAddress: text("new"),
    amount: coins("100stake"),
    endTime: NOW + 100n,
    delayed: false,
    ...changes,
  });

const periods = (ctx: Context, startTime: bigint, ...list: [bigint, string][]): string =>
  run(ctx, MsgCreatePeriodicVestingAccount, {
    fromAddress: text("alice"),
    toAddress: text("new"),
    startTime,
    vestingPeriods: list.map(([length, amount]) => ({ length, amount: coins(amount) })),
  });

const vestingOf = (ctx: Context) => auth.keeper.getAccount(ctx, createTestSigner("new").address)?.vesting;
const spendable = (ctx: Context, later: bigint): bigint =>
  bank.keeper.spendableCoin(
    atBlock(ctx, { timeNs: (NOW + later) * 1_000_000_000n }),
    createTestSigner("new").address,
    "stake",
  );

it("makes accounts that release coins bit by bit, at the end, or never", () => {
  const continuous = started();
  expect(create(continuous)).toBe("passed");
  expect(vestingOf(continuous)).toMatchObject({ kind: "continuous", startTime: NOW, endTime: NOW + 100n });
  expect([0n, 25n, 99n, 100n].map((later) => spendable(continuous, later))).toEqual([0n, 25n, 99n, 100n]);
  expect(continuous.events.events.map(({ type }) => type)).toEqual([
    "coin_spent",
    "coin_received",
    "transfer",
    "message",
  ]);

  const delayed = started();
  expect(create(delayed, { delayed: true })).toBe("passed");
  expect([0n, 99n, 100n].map((later) => spendable(delayed, later))).toEqual([0n, 0n, 100n]);

  const locked = started();
  const message = { fromAddress: text("alice"), toAddress: text("new"), amount: coins("7stake") };
  expect(run(locked, MsgCreatePermanentLockedAccount, message)).toBe("passed");
  expect(vestingOf(locked)).toMatchObject({ kind: "permanent", endTime: 0n });
  expect(spendable(locked, 1_000_000_000n)).toBe(0n);

  const periodic = started();
  expect(periods(periodic, NOW, [10n, "40stake,1atom"], [20n, "60stake"])).toBe("passed");
  expect(vestingOf(periodic)).toMatchObject({
    originalVesting: parseCoins("1atom,100stake"),
    endTime: NOW + 30n,
  });
  expect([9n, 10n, 29n, 30n].map((later) => spendable(periodic, later))).toEqual([0n, 40n, 40n, 100n]);
});

it("frees all coins at once when the end lies before the start, as the SDK does", () => {
  const ctx = started();
  expect(create(ctx, { endTime: 5n })).toBe("passed");
  expect(spendable(ctx, 1n)).toBe(100n);
});

it.each<[string, Partial<MsgCreateVestingAccount>, string]>([
  ["no coins", { amount: [] }, "sdk/10 : invalid coins"],
  ["zero coins", { amount: [{ denom: "stake", amount: "0" }] }, "sdk/10 0stake: invalid coins"],
  ["unsorted coins", { amount: coins("1atom,1stake").reverse() }, "sdk/10 1stake,1atom: invalid coins"],
  ["no end", { endTime: 0n }, "sdk/18 invalid end time: invalid request"],
  [
    "too many coins",
    { amount: coins("1001stake") },
    "sdk/5 spendable balance 1000stake is smaller than 1001stake: insufficient funds",
  ],
  ["a module", { toAddress: authority }, `sdk/4 ${authority} is not allowed to receive funds: unauthorized`],
  [
    "no address",
    { toAddress: "" },
    "sdk/7 invalid 'to' address: empty address string is not allowed: invalid address",
  ],
])("refuses %s", (_, changes, expected) => {
  expect(create(started(), changes)).toBe(expected);
});

it("refuses to make an account twice", () => {
  const ctx = started();
  expect(create(ctx)).toBe("passed");
  expect(create(ctx)).toBe(`sdk/18 account ${text("new")} already exists: invalid request`);
});

it("refuses periods that are none", () => {
  const ctx = started();
  expect(periods(ctx, 0n, [1n, "1stake"])).toBe(
    "sdk/18 invalid start time of 0, length must be greater than 0: invalid request",
  );
  expect(periods(ctx, NOW, [1n, "1stake"], [0n, "1stake"])).toBe(
    "sdk/18 invalid period length of 0 in period 1, length must be greater than 0: invalid request",
  );
  expect(periods(ctx, NOW, [1n, ""])).toBe("sdk/10 : invalid coins");
  expect(periods(ctx, NOW)).toBe("sdk/18 vesting start-time cannot be before end-time: invalid request");
  const longest = (1n << 63n) - 1n;
  expect(periods(ctx, NOW, [longest, "1stake"])).toBe(
    "sdk/18 vesting start-time cannot be before end-time: invalid request",
  );
});

it("asks whether the coins may be sent", () => {
  const ctx = started([{ denom: "stake", enabled: false }]);
  expect(create(ctx)).toMatch(/^bank\/5 /);
  expect(periods(ctx, NOW, [1n, "1stake"])).toMatch(/^bank\/5 /);
});
