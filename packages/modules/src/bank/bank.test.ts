import { toHex } from "@tandem-ics/crypto";
import {
  type Account,
  amountOf,
  atBlock,
  CodedError,
  type Coins,
  type Context,
  createAddressCodecs,
  createTestContext,
  createTestSigner,
  InvariantError,
  type JsonObject,
  moduleAddress,
  parseCoins,
} from "@tandem-ics/runtime";
import * as queries from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  MsgMultiSend,
  MsgSend,
  MsgSetSendEnabled,
  MsgUpdateParams,
} from "cosmjs-types/cosmos/bank/v1beta1/tx";
import fc from "fast-check";
import { createAuthModule } from "../auth/index.ts";
import { createBankModule } from "./index.ts";

const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const auth = createAuthModule({
  addresses,
  authority,
  permissions: { fee_collector: [], mint: ["minter"], gov: ["burner"], bonded_pool: ["burner", "staking"] },
});
const { keeper, module: bank } = createBankModule({
  addresses,
  auth: auth.keeper,
  authority,
  blocked: auth.keeper.moduleAddresses().values(),
});
const services = { deliverTx: () => {} };
const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => createTestSigner(name).address) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const text = (address: Uint8Array): string => addresses.account.encode(address);

function started(
  balances: Record<string, string> = { [text(alice)]: "100atom,1000stake" },
  changes: object = {},
): Context {
  const ctx = createTestContext({ stores: [auth.module, bank] });
  auth.module.initGenesis!(ctx, auth.module.defaultGenesis!(), services);
  bank.initGenesis!(
    ctx,
    {
      ...bank.defaultGenesis!(),
      balances: Object.entries(balances).map(([address, coins]) => ({
        address,
        coins: parseCoins(coins).map(({ denom, amount }) => ({ denom, amount: amount.toString() })),
      })),
      ...changes,
    } as JsonObject,
    services,
  );
  return ctx;
}

const told = (ctx: Context): string[] =>
  ctx.events.events.map(
    ({ type, attributes }) => `${type} ${attributes.map(({ key, value }) => `${key}=${value}`).join(" ")}`,
  );

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

const run = (ctx: Context, typeUrl: string, value: Uint8Array): void => {
  bank.messages!.find((route) => route.typeUrl === typeUrl)!.run(ctx, value);
};

const toProto = (coins: Coins) => coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
const msgSend = (
  ctx: Context,
  to: string,
  amount: { denom: string; amount: string }[],
  from = text(alice),
): void => run(ctx, MsgSend.typeUrl, MsgSend.encode({ fromAddress: from, toAddress: to, amount }).finish());

describe("sending", () => {
  test("moves coins, makes the recipient's account, and tells it in the SDK's order", () => {
    const ctx = started();
    keeper.sendCoins(ctx, alice, bob, parseCoins("3atom,5stake"));
    expect(keeper.getAllBalances(ctx, alice)).toEqual(parseCoins("97atom,995stake"));
    expect(keeper.getAllBalances(ctx, bob)).toEqual(parseCoins("3atom,5stake"));
    expect(auth.keeper.getAccount(ctx, bob)).toMatchObject({ accountNumber: 1n, sequence: 0n });
    const [a, b] = [text(alice), text(bob)];
    expect(told(ctx)).toEqual([
      `coin_spent spender=${a} amount=3atom,5stake`,
      `coin_received receiver=${b} amount=3atom,5stake`,
      `transfer recipient=${b} sender=${a} amount=3atom,5stake`,
      `message sender=${a}`,
    ]);
  });

  test("an empty balance leaves nothing behind in the store", () => {
    const ctx = started();
    keeper.sendCoins(ctx, alice, bob, parseCoins("100atom"));
    expect(keeper.getAllBalances(ctx, alice)).toEqual(parseCoins("1000stake"));
    const keys = Array.from(ctx.kv("bank").iterate(), ([key]) => toHex(key));
    expect(keys.filter((key) => key.includes(toHex(alice)) && key.includes("61746f6d"))).toEqual([]);
  });

  test("to oneself changes nothing", () => {
    const ctx = started();
    keeper.sendCoins(ctx, alice, alice, parseCoins("100atom"));
    expect(keeper.getAllBalances(ctx, alice)).toEqual(parseCoins("100atom,1000stake"));
  });

  test("more than there is, is refused", () => {
    const ctx = started();
    expect(refusal(() => keeper.sendCoins(ctx, alice, bob, parseCoins("101atom")))).toBe(
      "sdk/5 spendable balance 100atom is smaller than 101atom: insufficient funds",
    );
  });

  test.each<[string, { denom: string; amount: string }[]]>([
    ["nothing", []],
    ["a negative amount", [{ denom: "stake", amount: "-1" }]],
    ["zero", [{ denom: "stake", amount: "0" }]],
    [
      "one denomination twice",
      [
        { denom: "stake", amount: "1" },
        { denom: "stake", amount: "1" },
      ],
    ],
    [
      "unsorted coins",
      [
        { denom: "stake", amount: "1" },
        { denom: "atom", amount: "1" },
      ],
    ],
    ["a number of more than 256 bits (security 37)", [{ denom: "stake", amount: (2n ** 256n).toString() }]],
  ])("by message: %s is refused", (_, amount) => {
    expect(refusal(() => msgSend(started(), text(bob), amount))).toMatch(/^sdk\/10 /);
  });

  test("by message: not to modules (security 37), not from elsewhere, not what may not be sent", () => {
    const one = toProto(parseCoins("1stake"));
    expect(refusal(() => msgSend(started(), text(moduleAddress("mint")), one))).toBe(
      `sdk/4 ${text(moduleAddress("mint"))} is not allowed to receive funds: unauthorized`,
    );
    expect(refusal(() => msgSend(started(), text(bob), one, "cosmos1x"))).toMatch(
      /^sdk\/7 invalid from address: /,
    );
    expect(refusal(() => msgSend(started(), "", one))).toMatch(/^sdk\/7 invalid to address: empty address/);
    const ctx = started();
    keeper.setSendEnabled(ctx, "stake", false);
    expect(refusal(() => msgSend(ctx, text(bob), one))).toBe(
      "bank/5 stake transfers are currently disabled: send transactions are disabled",
    );
    msgSend(ctx, text(bob), toProto(parseCoins("1atom")));
    keeper.setParams(ctx, { sendEnabled: [], defaultSendEnabled: false });
    expect(refusal(() => msgSend(ctx, text(bob), toProto(parseCoins("1atom"))))).toMatch(/^bank\/5 atom/);
  });

  test("a sum of more than 256 bits crashes the transaction and writes nothing wrong (security 37)", () => {
    const most = 2n ** 256n - 1n;
    const ctx = started({ [text(alice)]: "5stake" });
    keeper.mintCoins(ctx, "mint", [{ denom: "big", amount: most }]);
    expect(() => keeper.mintCoins(ctx, "mint", [{ denom: "big", amount: 1n }])).toThrow(RangeError);
    expect(keeper.getBalance(ctx, moduleAddress("mint"), "big")).toBe(most);
    expect(keeper.getSupply(ctx, "big")).toBe(most);
  });
});

describe("sending to many", () => {
  const multi = (ctx: Context, inputs: [Uint8Array, string][], outputs: [Uint8Array, string][]): void => {
    const side = ([address, coins]: [Uint8Array, string]) => ({
      address: text(address),
      coins: toProto(parseCoins(coins)),
    });
    run(
      ctx,
      MsgMultiSend.typeUrl,
      MsgMultiSend.encode({ inputs: inputs.map(side), outputs: outputs.map(side) }).finish(),
    );
  };

  test("gives everybody the own part", () => {
    const ctx = started();
    multi(
      ctx,
      [[alice, "10atom,6stake"]],
      [
        [bob, "4atom,6stake"],
        [carol, "6atom"],
      ],
    );
    expect(keeper.getAllBalances(ctx, bob)).toEqual(parseCoins("4atom,6stake"));
    expect(keeper.getAllBalances(ctx, carol)).toEqual(parseCoins("6atom"));
    expect(told(ctx).map((line) => line.split(" ")[0])).toEqual([
      "coin_spent",
      "message",
      "coin_received",
      "transfer",
      "coin_received",
      "transfer",
    ]);
  });

  test.each<[string, [Uint8Array, string][], [Uint8Array, string][], RegExp]>([
    ["without input", [], [[bob, "1stake"]], /^bank\/2 /],
    ["without output", [[alice, "1stake"]], [], /^bank\/3 /],
    ["with different sums", [[alice, "2stake"]], [[bob, "1stake"]], /^bank\/4 /],
    [
      "with two senders",
      [
        [alice, "1stake"],
        [bob, "1stake"],
      ],
      [[carol, "2stake"]],
      /^bank\/9 /,
    ],
    ["to a module", [[alice, "1stake"]], [[moduleAddress("mint"), "1stake"]], /^sdk\/4 /],
    ["more than there is", [[alice, "2000stake"]], [[bob, "2000stake"]], /^sdk\/5 /],
  ])("%s is refused", (_, inputs, outputs, reason) => {
    expect(refusal(() => multi(started(), inputs, outputs))).toMatch(reason);
  });
});

describe("modules", () => {
  test("mint and burn, and the supply follows", () => {
    const ctx = started();
    keeper.mintCoins(ctx, "mint", parseCoins("7stake"));
    expect(told(ctx)).toEqual([
      `coin_received receiver=${text(moduleAddress("mint"))} amount=7stake`,
      `coinbase minter=${text(moduleAddress("mint"))} amount=7stake`,
    ]);
    keeper.sendFromModuleToModule(ctx, "mint", "gov", parseCoins("7stake"));
    expect(keeper.totalSupply(ctx)).toEqual(parseCoins("100atom,1007stake"));
    keeper.burnCoins(ctx, "gov", parseCoins("7stake"));
    expect(told(ctx).slice(-2)).toEqual([
      `coin_spent spender=${text(moduleAddress("gov"))} amount=7stake`,
      `burn burner=${text(moduleAddress("gov"))} amount=7stake`,
    ]);
    expect(keeper.totalSupply(ctx)).toEqual(parseCoins("100atom,1000stake"));
    expect(bank.invariants!["total-supply"]!(ctx)).toBeUndefined();
  });

  test("without permission a module's mint is a broken invariant", () => {
    expect(() => keeper.mintCoins(started(), "gov", parseCoins("7stake"))).toThrow(InvariantError);
    expect(() => keeper.burnCoins(started(), "mint", parseCoins("7stake"))).toThrow(InvariantError);
    expect(() => keeper.sendFromModuleToModule(started(), "mint", "nobody", [])).toThrow(InvariantError);
  });

  test("do not pay to blocked addresses", () => {
    const ctx = started();
    keeper.mintCoins(ctx, "mint", parseCoins("7stake"));
    expect(
      refusal(() => keeper.sendFromModuleToAccount(ctx, "mint", moduleAddress("gov"), parseCoins("7stake"))),
    ).toMatch(/^sdk\/4 /);
    keeper.sendFromModuleToAccount(ctx, "mint", bob, parseCoins("7stake"));
    expect(keeper.getBalance(ctx, bob, "stake")).toBe(7n);
  });

  test("burning more than there is, is refused", () => {
    expect(refusal(() => keeper.burnCoins(started(), "gov", parseCoins("1stake")))).toMatch(/^sdk\/5 /);
  });
});

describe("vesting accounts", () => {
  const S = 1_000_000_000n;
  function vesting(): Context {
    const ctx = started();
    const account: Account = {
      ...auth.keeper.newAccount(ctx, alice),
      vesting: {
        kind: "delayed",
        originalVesting: parseCoins("900stake"),
        delegatedFree: [],
        delegatedVesting: [],
        startTime: 0n,
        endTime: ctx.timeNs / S + 100n,
        periods: [],
      },
    };
    auth.keeper.setAccount(ctx, account);
    return ctx;
  }

  test("cannot spend what is locked, until it is released", () => {
    const ctx = vesting();
    expect(keeper.spendableCoins(ctx, alice)).toEqual(parseCoins("100atom,100stake"));
    expect([keeper.spendableCoin(ctx, alice, "stake"), keeper.lockedCoins(ctx, alice)]).toEqual([
      100n,
      parseCoins("900stake"),
    ]);
    expect(refusal(() => keeper.sendCoins(ctx, alice, bob, parseCoins("101stake")))).toBe(
      "sdk/5 spendable balance 100stake is smaller than 101stake: insufficient funds",
    );
    keeper.sendCoins(ctx, alice, bob, parseCoins("100stake"));
    keeper.sendCoins(atBlock(ctx, { timeNs: ctx.timeNs + 100n * S }), alice, bob, parseCoins("900stake"));
  });

  test("may delegate what is locked, and it comes back locked", () => {
    const ctx = vesting();
    keeper.delegateCoinsFromAccountToModule(ctx, alice, "bonded_pool", parseCoins("950stake"));
    expect(told(ctx).map((line) => line.split(" ")[0])).toEqual(["coin_spent", "coin_received"]);
    expect(auth.keeper.getAccount(ctx, alice)?.vesting).toMatchObject({
      delegatedVesting: parseCoins("900stake"),
      delegatedFree: parseCoins("50stake"),
    });
    expect(keeper.spendableCoin(ctx, alice, "stake")).toBe(50n);
    keeper.undelegateCoinsFromModuleToAccount(ctx, "bonded_pool", alice, parseCoins("950stake"));
    expect(keeper.spendableCoin(ctx, alice, "stake")).toBe(100n);
    expect(
      refusal(() =>
        keeper.delegateCoinsFromAccountToModule(ctx, alice, "bonded_pool", parseCoins("1001stake")),
      ),
    ).toMatch(/^sdk\/5 failed to delegate; 1000stake is smaller than 1001stake/);
    expect(() => keeper.delegateCoinsFromAccountToModule(ctx, alice, "gov", parseCoins("1stake"))).toThrow(
      InvariantError,
    );
  });
});

describe("genesis", () => {
  test("export and import are inverse", () => {
    const ctx = started(
      { [text(bob)]: "5stake", [text(alice)]: "100atom,1000stake" },
      {
        send_enabled: [{ denom: "atom", enabled: false }],
        denom_metadata: [
          {
            description: "The fee token of this test chain",
            denom_units: [
              { denom: "stake", exponent: 0, aliases: [] },
              { denom: "STAKE", exponent: 6, aliases: [] },
            ],
            base: "stake",
            display: "STAKE",
            name: "",
            symbol: "",
            uri: "",
            uri_hash: "",
          },
        ],
        supply: toProto(parseCoins("100atom,1005stake")),
      },
    );
    const exported = bank.exportGenesis!(ctx);
    bank.validateGenesis!(exported);
    const again = createTestContext({ stores: [auth.module, bank] });
    bank.initGenesis!(again, exported, services);
    expect(bank.exportGenesis!(again)).toEqual(exported);
    expect(Array.from(again.kv("bank").iterate())).toEqual(Array.from(ctx.kv("bank").iterate()));
    const sorted = [alice, bob].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1)).map(text);
    expect((exported["balances"] as JsonObject[]).map(({ address }) => address)).toEqual(sorted);
  });

  test("a supply that is not the sum of the balances is refused", () => {
    const supply = toProto(parseCoins("100atom,1001stake"));
    expect(() => started(undefined, { supply })).toThrow(
      "genesis supply is incorrect, expected 100atom,1001stake, got 100atom,1000stake",
    );
  });

  test("an address that appears twice is refused", () => {
    const balance = { address: text(alice), coins: toProto(parseCoins("1stake")) };
    expect(() => started({}, { balances: [balance, balance] })).toThrow("duplicate balance for address");
  });

  test("the older list inside the parameters is read", () => {
    const ctx = started(undefined, {
      params: { send_enabled: [{ denom: "atom", enabled: false }], default_send_enabled: true },
    });
    expect([keeper.isSendEnabled(ctx, "atom"), keeper.isSendEnabled(ctx, "stake")]).toEqual([false, true]);
  });
});

describe("parameters", () => {
  test("are changed by the authority only", () => {
    const ctx = started();
    const set = (
      sender: string,
      sendEnabled: { denom: string; enabled: boolean }[],
      useDefaultFor: string[] = [],
    ) =>
      run(
        ctx,
        MsgSetSendEnabled.typeUrl,
        MsgSetSendEnabled.encode({ authority: sender, sendEnabled, useDefaultFor }).finish(),
      );
    set(authority, [{ denom: "atom", enabled: false }]);
    expect(keeper.getSendEnabled(ctx, "atom")).toBe(false);
    set(authority, [], ["atom"]);
    expect(keeper.getSendEnabled(ctx, "atom")).toBeUndefined();
    expect(refusal(() => set(text(alice), []))).toMatch(/^gov\//);
    const twice = { denom: "atom", enabled: true };
    expect(refusal(() => set(authority, [twice, twice]))).toMatch(
      /^sdk\/18 duplicate denom entries found for "atom"/,
    );
    const update = (sender: string) =>
      run(
        ctx,
        MsgUpdateParams.typeUrl,
        MsgUpdateParams.encode({
          authority: sender,
          params: { sendEnabled: [], defaultSendEnabled: false },
        }).finish(),
      );
    expect(refusal(() => update(text(bob)))).toMatch(/^gov\//);
    update(authority);
    expect(keeper.getParams(ctx)).toEqual({ sendEnabled: [], defaultSendEnabled: false });
  });
});

describe("queries", () => {
  function ask<Request, Response>(
    ctx: Context,
    method: string,
    request: { encode(r: Request): { finish(): Uint8Array }; fromPartial(r: object): Request },
    response: { decode(bytes: Uint8Array): Response },
    value: object,
  ): Response {
    const route = bank.queries!.find(({ path }) => path === `/cosmos.bank.v1beta1.Query/${method}`)!;
    return response.decode(route.run(ctx, request.encode(request.fromPartial(value)).finish()));
  }

  test("balances and supply", () => {
    const ctx = started({ [text(alice)]: "100atom,1000stake", [text(bob)]: "5stake" });
    const address = text(alice);
    expect(
      ask(ctx, "Balance", queries.QueryBalanceRequest, queries.QueryBalanceResponse, {
        address,
        denom: "none",
      }).balance,
    ).toEqual({ denom: "none", amount: "0" });
    const all = ask(ctx, "AllBalances", queries.QueryAllBalancesRequest, queries.QueryAllBalancesResponse, {
      address,
      pagination: { limit: 1n },
    });
    expect([all.balances, new TextDecoder().decode(all.pagination?.nextKey)]).toEqual([
      [{ denom: "atom", amount: "100" }],
      "stake",
    ]);
    expect(
      ask(
        ctx,
        "SpendableBalances",
        queries.QuerySpendableBalancesRequest,
        queries.QuerySpendableBalancesResponse,
        { address },
      ).balances,
    ).toHaveLength(2);
    expect(
      ask(ctx, "SupplyOf", queries.QuerySupplyOfRequest, queries.QuerySupplyOfResponse, { denom: "stake" })
        .amount,
    ).toEqual({ denom: "stake", amount: "1005" });
    expect(
      ask(ctx, "TotalSupply", queries.QueryTotalSupplyRequest, queries.QueryTotalSupplyResponse, {}).supply,
    ).toEqual(toProto(parseCoins("100atom,1005stake")));
    const owners = ask(
      ctx,
      "DenomOwners",
      queries.QueryDenomOwnersRequest,
      queries.QueryDenomOwnersResponse,
      { denom: "stake" },
    );
    expect(owners.denomOwners.map((owner) => [owner.address, owner.balance?.amount]).sort()).toEqual(
      [
        [address, "1000"],
        [text(bob), "5"],
      ].sort(),
    );
    expect(
      ask(ctx, "DenomOwners", queries.QueryDenomOwnersRequest, queries.QueryDenomOwnersResponse, {
        denom: "sta",
      }).denomOwners,
    ).toEqual([]);
  });

  test.each<[string, () => unknown, number, string]>([
    [
      "an invalid address",
      () =>
        ask(started(), "Balance", queries.QueryBalanceRequest, queries.QueryBalanceResponse, {
          address: "x",
          denom: "stake",
        }),
      3,
      "invalid address: ",
    ],
    [
      "an invalid denomination",
      () =>
        ask(started(), "Balance", queries.QueryBalanceRequest, queries.QueryBalanceResponse, {
          address: text(alice),
          denom: "",
        }),
      3,
      "invalid denom: ",
    ],
    [
      "metadata that is not there",
      () =>
        ask(
          started(),
          "DenomMetadata",
          queries.QueryDenomMetadataRequest,
          queries.QueryDenomMetadataResponse,
          { denom: "stake" },
        ),
      5,
      "client metadata for denom stake",
    ],
  ])("%s has its status", (_, act, status, message) => {
    expect(act).toThrow(
      expect.objectContaining({ status, message: expect.stringContaining(message) as string }),
    );
  });
});

test("no sequence of sends, mints and burns makes or loses coins", () => {
  const people = [alice, bob, carol, moduleAddress("gov")];
  const step = fc.record({
    kind: fc.constantFrom("send", "mint", "burn", "delegate", "undelegate"),
    from: fc.nat(3),
    to: fc.nat(3),
    denom: fc.constantFrom("atom", "stake"),
    amount: fc.bigInt({ min: 0n, max: 400n }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const ctx = started();
      let expected = 1000n;
      for (const { kind, from, to, denom, amount } of steps) {
        const coins = amount === 0n ? [] : [{ denom, amount }];
        const { ctx: inner, commit } = ctx.branch();
        try {
          if (kind === "send") keeper.sendCoins(inner, people[from]!, people[to]!, coins);
          else if (kind === "mint") keeper.mintCoins(inner, "mint", coins);
          else if (kind === "burn") keeper.burnCoins(inner, "gov", coins);
          else if (kind === "delegate")
            keeper.delegateCoinsFromAccountToModule(inner, people[from]!, "bonded_pool", coins);
          else keeper.undelegateCoinsFromModuleToAccount(inner, "bonded_pool", people[to]!, coins);
          commit();
          if (denom === "stake" && kind === "mint") expected += amount;
          if (denom === "stake" && kind === "burn") expected -= amount;
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
        expect(bank.invariants!["total-supply"]!(ctx)).toBeUndefined();
        expect(amountOf(keeper.totalSupply(ctx), "stake")).toBe(expected);
      }
    }),
    { numRuns: 60 },
  );
});
