import { toHex } from "@tandem-ics/crypto";
import {
  type Account,
  type CodedError,
  createAddressCodecs,
  createTestContext,
  createTestSigner,
  type JsonObject,
  moduleAddress,
  secp256k1KeyAny,
} from "@tandem-ics/runtime";
import { BaseAccount, ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import * as queries from "cosmjs-types/cosmos/auth/v1beta1/query";
import { MsgUpdateParams } from "cosmjs-types/cosmos/auth/v1beta1/tx";
import { createAuthModule, defaultAuthParams } from "./index.ts";

const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const { keeper, module: auth } = createAuthModule({
  addresses,
  authority,
  permissions: { fee_collector: [], mint: ["minter"], gov: ["burner"] },
});
const services = { deliverTx: () => {} };
const text = (name: string): string => addresses.account.encode(createTestSigner(name).address);

const baseAccount = (name: string, changes: object = {}) => ({
  "@type": "/cosmos.auth.v1beta1.BaseAccount",
  address: text(name),
  pub_key: null,
  account_number: "0",
  sequence: "0",
  ...changes,
});

function started(accounts: object[] = []) {
  const ctx = createTestContext({ stores: [auth] });
  auth.initGenesis!(ctx, { ...auth.defaultGenesis!(), accounts } as JsonObject, services);
  return ctx;
}

function ask<Request, Response>(
  ctx: ReturnType<typeof started>,
  method: string,
  request: { encode(r: Request): { finish(): Uint8Array } },
  response: { decode(bytes: Uint8Array): Response },
  value: Request,
): Response {
  const route = auth.queries!.find(({ path }) => path === `/cosmos.auth.v1beta1.Query/${method}`)!;
  return response.decode(route.run(ctx, request.encode(value).finish()));
}

describe("accounts", () => {
  test("get numbers in the order in which they are made", () => {
    const ctx = started([baseAccount("a"), baseAccount("b")]);
    // the fee collector took number 2
    const made = ["c", "d"].map((name) => keeper.newAccount(ctx, createTestSigner(name).address));
    expect(made.map(({ accountNumber }) => accountNumber)).toEqual([3n, 4n]);
    expect(keeper.hasAccount(ctx, made[0]!.address)).toBe(false);
    keeper.setAccount(ctx, made[0]!);
    expect(keeper.addressOfNumber(ctx, 3n)).toEqual(made[0]!.address);
  });

  test("are stored as the SDK stores them", () => {
    const ctx = started([baseAccount("a", { sequence: "5" })]);
    const { address, publicKey } = createTestSigner("a");
    keeper.setAccount(ctx, { ...keeper.getAccount(ctx, address)!, pubKey: secp256k1KeyAny(publicKey) });
    const stored = ctx.kv("acc").get(Uint8Array.of(1, ...address))!;
    expect(toHex(stored)).toMatch(/^0a20/); // Any: 32 characters of type URL
    expect(new TextDecoder().decode(stored)).toContain("/cosmos.auth.v1beta1.BaseAccount");
    expect(keeper.getAccount(ctx, address)).toMatchObject({ sequence: 5n, accountNumber: 0n });
  });

  test("cannot share a number", () => {
    const ctx = started([baseAccount("a"), baseAccount("b")]);
    const a = keeper.getAccount(ctx, createTestSigner("a").address)!;
    expect(() => keeper.setAccount(ctx, { ...a, accountNumber: 1n })).toThrow("belongs to another account");
  });

  test("removed ones are gone with their number", () => {
    const ctx = started([baseAccount("a")]);
    const a = keeper.getAccount(ctx, createTestSigner("a").address)!;
    keeper.removeAccount(ctx, a);
    expect([keeper.hasAccount(ctx, a.address), keeper.addressOfNumber(ctx, 0n)]).toEqual([false, undefined]);
  });
});

describe("module accounts", () => {
  test("are made at first use, with the permissions of the application", () => {
    const ctx = started();
    const mint = keeper.ensureModuleAccount(ctx, "mint");
    expect(mint).toMatchObject({
      address: moduleAddress("mint"),
      module: { name: "mint", permissions: ["minter"] },
    });
    expect(keeper.ensureModuleAccount(ctx, "mint")).toEqual(mint);
    keeper.assertPermission("mint", "minter");
    expect(() => keeper.assertPermission("mint", "burner")).toThrow("does not have the permission burner");
    expect(() => keeper.getModuleAddress("nobody")).toThrow("module account nobody does not exist");
  });

  test("coins sent to the address before the module lived do not stop the chain", () => {
    const ctx = started();
    const early = keeper.newAccount(ctx, moduleAddress("gov"));
    keeper.setAccount(ctx, early);
    expect(keeper.ensureModuleAccount(ctx, "gov")).toMatchObject({
      accountNumber: early.accountNumber,
      module: { name: "gov", permissions: ["burner"] },
    });
  });
});

describe("genesis", () => {
  test("accounts with one number get the lowest free ones, in the order of the file", () => {
    const ctx = started([
      baseAccount("a"),
      baseAccount("b"),
      baseAccount("c", { account_number: "1" }),
      baseAccount("d"),
    ]);
    const numbers = ["a", "b", "c", "d"].map(
      (n) => keeper.getAccount(ctx, createTestSigner(n).address)!.accountNumber,
    );
    expect(numbers).toEqual([0n, 2n, 1n, 3n]);
    expect(keeper.newAccount(ctx, createTestSigner("e").address).accountNumber).toBe(5n);
  });

  test("export and import are inverse, vesting accounts included", () => {
    const base_vesting_account = {
      base_account: { address: text("v"), pub_key: null, account_number: "7", sequence: "1" },
      original_vesting: [{ denom: "stake", amount: "5" }],
      delegated_free: [],
      delegated_vesting: [{ denom: "stake", amount: "2" }],
    };
    const at = (name: string, number: string, end_time = "300") => ({
      base_vesting_account: {
        ...base_vesting_account,
        end_time,
        base_account: { ...base_vesting_account.base_account, address: text(name), account_number: number },
      },
    });
    const ctx = started([
      baseAccount("a", {
        pub_key: {
          "@type": "/cosmos.crypto.secp256k1.PubKey",
          key: "A0RZ3+xLf9xJiySHQxQsQtW8HJYEcniJKbFxG2R9ZEQv",
        },
        sequence: "18446744073709551615",
      }),
      { "@type": "/cosmos.vesting.v1beta1.ContinuousVestingAccount", ...at("v1", "7"), start_time: "100" },
      { "@type": "/cosmos.vesting.v1beta1.DelayedVestingAccount", ...at("v2", "8") },
      { "@type": "/cosmos.vesting.v1beta1.PermanentLockedAccount", ...at("v3", "9", "0") },
      {
        "@type": "/cosmos.vesting.v1beta1.PeriodicVestingAccount",
        ...at("v4", "10"),
        start_time: "100",
        vesting_periods: [{ length: "200", amount: [{ denom: "stake", amount: "5" }] }],
      },
    ]);
    const exported = auth.exportGenesis!(ctx);
    auth.validateGenesis!(exported);
    const again = createTestContext({ stores: [auth] });
    auth.initGenesis!(again, exported, services);
    expect(auth.exportGenesis!(again)).toEqual(exported);
    expect([...keeper.accounts(again)]).toEqual([...keeper.accounts(ctx)]);
    expect(keeper.getAccount(again, createTestSigner("v4").address)?.vesting).toMatchObject({
      kind: "periodic",
      startTime: 100n,
      endTime: 300n,
      periods: [{ length: 200n }],
    });
    expect((exported["accounts"] as JsonObject[]).map((account) => account["@type"])).toHaveLength(6);
  });

  test("an address that appears twice is refused", () => {
    const accounts = [baseAccount("a"), baseAccount("a")];
    expect(() => auth.validateGenesis!({ ...auth.defaultGenesis!(), accounts } as JsonObject)).toThrow(
      "duplicate account",
    );
  });
});

describe("queries", () => {
  test("an account that is not there is NotFound", () => {
    const address = text("nobody");
    expect(() =>
      ask(started(), "Account", queries.QueryAccountRequest, queries.QueryAccountResponse, { address }),
    ).toThrow(expect.objectContaining({ status: 5, message: `account ${address} not found` }));
  });

  test("accounts, by address, by number, and page by page", () => {
    const ctx = started([baseAccount("a", { sequence: "3" }), baseAccount("b")]);
    const address = text("a");
    const { account } = ask(ctx, "Account", queries.QueryAccountRequest, queries.QueryAccountResponse, {
      address,
    });
    expect(account?.typeUrl).toBe("/cosmos.auth.v1beta1.BaseAccount");
    expect(BaseAccount.decode(account!.value)).toMatchObject({ address, sequence: 3n });
    const { info } = ask(
      ctx,
      "AccountInfo",
      queries.QueryAccountInfoRequest,
      queries.QueryAccountInfoResponse,
      { address },
    );
    expect(info).toMatchObject({ address, sequence: 3n });
    const byId = ask(
      ctx,
      "AccountAddressByID",
      queries.QueryAccountAddressByIDRequest,
      queries.QueryAccountAddressByIDResponse,
      { id: 0n, accountId: 1n },
    );
    expect(byId.accountAddress).toBe(text("b"));
    const page = { key: new Uint8Array(), offset: 0n, limit: 2n, countTotal: true, reverse: false };
    const all = ask(ctx, "Accounts", queries.QueryAccountsRequest, queries.QueryAccountsResponse, {
      pagination: page,
    });
    expect([all.accounts.length, all.pagination?.total]).toEqual([2, 3n]);
  });

  test("module accounts by name, in order of their names", () => {
    const ctx = started();
    const { accounts } = ask(
      ctx,
      "ModuleAccounts",
      queries.QueryModuleAccountsRequest,
      queries.QueryModuleAccountsResponse,
      {},
    );
    expect(accounts.map(({ value }) => ModuleAccount.decode(value).name)).toEqual([
      "fee_collector",
      "gov",
      "mint",
    ]);
    const byName = { name: "mint" };
    const one = ask(
      ctx,
      "ModuleAccountByName",
      queries.QueryModuleAccountByNameRequest,
      queries.QueryModuleAccountByNameResponse,
      byName,
    );
    expect(ModuleAccount.decode(one.account!.value)).toMatchObject({ name: "mint", permissions: ["minter"] });
  });

  test("addresses and their prefix", () => {
    const ctx = started();
    const addressBytes = createTestSigner("a").address;
    const to = ask(
      ctx,
      "AddressBytesToString",
      queries.AddressBytesToStringRequest,
      queries.AddressBytesToStringResponse,
      { addressBytes },
    );
    expect(to.addressString).toBe(text("a"));
    const back = ask(
      ctx,
      "AddressStringToBytes",
      queries.AddressStringToBytesRequest,
      queries.AddressStringToBytesResponse,
      { addressString: text("a") },
    );
    expect(toHex(back.addressBytes)).toBe(toHex(addressBytes));
    expect(
      ask(ctx, "Bech32Prefix", queries.Bech32PrefixRequest, queries.Bech32PrefixResponse, {}).bech32Prefix,
    ).toBe("cosmos");
    expect(ask(ctx, "Params", queries.QueryParamsRequest, queries.QueryParamsResponse, {}).params).toEqual(
      defaultAuthParams(),
    );
  });
});

describe("parameters", () => {
  const update = (ctx: ReturnType<typeof started>, sender: string, params = defaultAuthParams()) =>
    auth.messages![0]!.run(ctx, MsgUpdateParams.encode({ authority: sender, params }).finish());

  test("are changed by the authority only, and to sensible values only", () => {
    const ctx = started();
    const params = { ...defaultAuthParams(), maxMemoCharacters: 512n };
    update(ctx, authority, params);
    expect(keeper.getParams(ctx)).toEqual(params);
    const refused = (act: () => unknown): Partial<CodedError> => {
      try {
        act();
      } catch (error) {
        return error as CodedError;
      }
      return {};
    };
    expect(refused(() => update(ctx, text("a")))).toMatchObject({ codespace: "undefined", code: 1 });
    expect(refused(() => update(ctx, authority, { ...params, txSigLimit: 0n })).message).toBe(
      "invalid tx signature limit: 0",
    );
    expect(keeper.getParams(ctx)).toEqual(params);
  });
});

test("accounts are values: what was read does not change when it is written", () => {
  const ctx = started([baseAccount("a")]);
  const before: Account = keeper.getAccount(ctx, createTestSigner("a").address)!;
  keeper.setAccount(ctx, { ...before, sequence: 9n });
  expect(before.sequence).toBe(0n);
});
