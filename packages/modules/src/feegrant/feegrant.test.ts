import { fromUtf8, toHex } from "@tandem-ics/crypto";
import { nsToDuration, nsToTimestamp } from "@tandem-ics/proto";
import {
  atBlock,
  CodedError,
  type Coins,
  type Context,
  createAddressCodecs,
  createTestContext,
  createTestSigner,
  type DecodedTx,
  GrpcError,
  moduleAddress,
  parseCoins,
} from "@tandem-ics/runtime";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  PeriodicAllowance,
} from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import * as queries from "cosmjs-types/cosmos/feegrant/v1beta1/query";
import {
  MsgGrantAllowance,
  MsgPruneAllowances,
  MsgRevokeAllowance,
} from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { createAuthModule } from "../auth/index.ts";
import { createBankModule } from "../bank/index.ts";
import { createFeegrantModule } from "./index.ts";

const SECOND = 1_000_000_000n;
const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const auth = createAuthModule({ addresses, authority, permissions: { gov: [] } });
const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [moduleAddress("gov")] });
const { keeper, module: feegrant } = createFeegrantModule({
  addresses,
  auth: auth.keeper,
  bank: bank.keeper,
});
const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => createTestSigner(name).address) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const text = (address: Uint8Array): string => addresses.account.encode(address);
const coins = (list: string) =>
  parseCoins(list).map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
const services = { deliverTx: () => {} };

function started(): Context {
  const ctx = createTestContext({ stores: [auth.module, bank.module, feegrant] });
  for (const each of [auth.module, bank.module, feegrant])
    each.initGenesis!(ctx, each.defaultGenesis!(), services);
  return atBlock(ctx, {});
}

const basic = (limit = "", expiresNs?: bigint): Any => ({
  typeUrl: BasicAllowance.typeUrl,
  value: BasicAllowance.encode({
    spendLimit: coins(limit),
    ...(expiresNs === undefined ? {} : { expiration: nsToTimestamp(expiresNs) }),
  }).finish(),
});

const periodic = (limit: string, each: string, canSpend: string, resetNs: bigint): Any => ({
  typeUrl: PeriodicAllowance.typeUrl,
  value: PeriodicAllowance.encode({
    basic: { spendLimit: coins(limit) },
    period: nsToDuration(10n * SECOND),
    periodSpendLimit: coins(each),
    periodCanSpend: coins(canSpend),
    periodReset: nsToTimestamp(resetNs),
  }).finish(),
});

const allowed = (allowance: Any | undefined, ...allowedMessages: string[]): Any => ({
  typeUrl: AllowedMsgAllowance.typeUrl,
  value: AllowedMsgAllowance.encode({
    ...(allowance === undefined ? {} : { allowance }),
    allowedMessages,
  }).finish(),
});

function run<T>(
  ctx: Context,
  codec: { typeUrl: string; encode(m: T): { finish(): Uint8Array } },
  message: T,
): void {
  const route = feegrant.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
  const branch = ctx.branch();
  route.run(branch.ctx, codec.encode(message).finish());
  branch.commit();
}

const grant = (ctx: Context, allowance: Any, from = alice, to = bob): void =>
  run(ctx, MsgGrantAllowance, { granter: text(from), grantee: text(to), allowance });

const tx = (...typeUrls: string[]) =>
  ({ messages: typeUrls.map((typeUrl) => ({ typeUrl })) }) as unknown as DecodedTx;

const use = (ctx: Context, fee: string | Coins, ...typeUrls: string[]): void =>
  keeper.useGrantedFees(ctx, alice, bob, typeof fee === "string" ? parseCoins(fee) : fee, tx(...typeUrls));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code} ${error.message}`;
    if (error instanceof GrpcError) return `grpc ${error.status} ${error.message}`;
    throw error;
  }
  return "passed";
}

const told = (ctx: Context): string[] =>
  ctx.events.events.map(
    ({ type, attributes }) => `${type} ${attributes.map(({ key, value }) => `${key}=${value}`).join(" ")}`,
  );

/** Keys of the store, as hex without the addresses' noise. */
const keysOf = (ctx: Context): string[] =>
  [...ctx.kv("feegrant").iterate({ start: Uint8Array.of(0), end: Uint8Array.of(255) })].map(([key]) =>
    key[0] === 1 ? `queue ${fromUtf8(key.slice(1, 30))}` : toHex(key),
  );

const stored = (ctx: Context): Any => {
  const answer = ask(ctx, "Allowance", queries.QueryAllowanceRequest, queries.QueryAllowanceResponse, {
    granter: text(alice),
    grantee: text(bob),
  });
  return answer.allowance!.allowance!;
};

function ask<Q, A>(
  ctx: Context,
  method: string,
  request: { encode(message: Q): { finish(): Uint8Array } },
  response: { decode(bytes: Uint8Array): A },
  message: Q,
): A {
  const route = feegrant.queries!.find(({ path }) => path === `/cosmos.feegrant.v1beta1.Query/${method}`)!;
  return response.decode(route.run(ctx, request.encode(message).finish()));
}

describe("allowances", () => {
  it("are granted once, under the SDK's keys, and make the grantee's account", () => {
    const ctx = started();
    const end = ctx.timeNs + 60n * SECOND;
    grant(ctx, basic("100stake", end));
    expect(auth.keeper.hasAccount(ctx, bob)).toBe(true);
    expect(keysOf(ctx)).toEqual([
      `0014${toHex(bob)}14${toHex(alice)}`,
      "queue 2023-11-14T22:14:20.000000000",
    ]);
    expect(told(ctx)).toEqual([`set_feegrant granter=${text(alice)} grantee=${text(bob)}`]);
    expect(refusal(() => grant(ctx, basic()))).toBe("sdk/18 fee allowance already exists: invalid request");
  });

  it.each<[string, Any, string]>([
    ["no limit", basic(), "passed"],
    [
      "negative limits",
      {
        typeUrl: BasicAllowance.typeUrl,
        value: BasicAllowance.encode({ spendLimit: [{ denom: "stake", amount: "-1" }] }).finish(),
      },
      "sdk/10 send amount is invalid: -1stake: invalid coins",
    ],
    ["the past", basic("", 1n), "sdk/18 expiration is before current block time: invalid request"],
    [
      "times before 1970",
      basic("", -SECOND),
      "feegrant/4 expiration time cannot be negative: invalid duration",
    ],
    ["no periodic limit", periodic("", "", "", 0n), "sdk/10 spend limit must be positive: invalid coins"],
    [
      "another denomination",
      periodic("5stake", "5atom", "", 0n),
      "sdk/10 period spend limit has different currency than basic spend limit: invalid coins",
    ],
    [
      "no inner allowance",
      allowed(undefined, "/a"),
      "feegrant/5 allowance should not be empty: no allowance",
    ],
    [
      "no messages",
      allowed(basic()),
      "feegrant/6 allowed messages shouldn't be empty: allowed messages are empty",
    ],
    [
      "what is no allowance",
      { typeUrl: MsgRevokeAllowance.typeUrl, value: new Uint8Array() },
      `sdk/2 no concrete type registered for type URL ${MsgRevokeAllowance.typeUrl} against interface *feegrant.FeeAllowanceI: tx parse error`,
    ],
  ])("of %s", (_, allowance, expected) => {
    expect(refusal(() => grant(started(), allowance))).toBe(expected);
  });

  it("are not given to oneself, to nobody, or to modules", () => {
    const ctx = started();
    expect(refusal(() => grant(ctx, basic(), alice, alice))).toBe(
      "sdk/7 cannot self-grant fee authorization: invalid address",
    );
    expect(refusal(() => grant(ctx, basic(), alice, moduleAddress("gov")))).toBe(
      `sdk/4 ${authority} is not allowed to receive funds: unauthorized`,
    );
    expect(refusal(() => run(ctx, MsgGrantAllowance, { granter: text(alice), grantee: text(bob) }))).toBe(
      "feegrant/5 failed to get allowance: no allowance",
    );
  });
});

describe("paying", () => {
  it("uses a limit up and removes the allowance", () => {
    const ctx = started();
    grant(ctx, basic("100stake"));
    const at = atBlock(ctx, {});
    use(at, "60stake");
    expect(told(at)).toEqual([
      `use_feegrant granter=${text(alice)} grantee=${text(bob)}`,
      `update_feegrant granter=${text(alice)} grantee=${text(bob)}`,
    ]);
    expect(BasicAllowance.decode(stored(at).value).spendLimit).toEqual(coins("40stake"));
    expect(refusal(() => use(at, "41stake"))).toBe("feegrant/2 basic allowance: fee limit exceeded");
    expect(refusal(() => use(at, "1atom"))).toBe("feegrant/2 basic allowance: fee limit exceeded");
    const last = atBlock(at, {});
    use(last, "40stake");
    expect(told(last)).toEqual([
      `revoke_feegrant granter=${text(alice)} grantee=${text(bob)}`,
      `use_feegrant granter=${text(alice)} grantee=${text(bob)}`,
    ]);
    expect(refusal(() => use(last, "1stake"))).toBe("sdk/38 fee-grant not found: not found");
  });

  it("ends with the allowance, and panics for unsorted fees as Go does", () => {
    const ctx = started();
    grant(ctx, basic("100stake", ctx.timeNs + SECOND));
    const unsorted = [
      { denom: "stake", amount: 1n },
      { denom: "atom", amount: 1n },
    ];
    expect(() => use(ctx, unsorted)).toThrow(RangeError);
    use(atBlock(ctx, { timeNs: ctx.timeNs + SECOND }), "1stake");
    const late = atBlock(ctx, { timeNs: ctx.timeNs + SECOND + 1n });
    expect(refusal(() => use(late, "1stake"))).toBe("feegrant/3 basic allowance: fee allowance expired");
  });

  it("is for the named messages only", () => {
    const ctx = started();
    grant(ctx, allowed(basic("100stake"), "/a", "/b"));
    use(ctx, "10stake", "/a", "/b");
    const inner = AllowedMsgAllowance.decode(stored(ctx).value).allowance!;
    expect(BasicAllowance.decode(inner.value).spendLimit).toEqual(coins("90stake"));
    const before = ctx.gas.consumed;
    expect(refusal(() => use(ctx, "10stake", "/c"))).toBe(
      "feegrant/7 message does not exist in allowed messages: message not allowed",
    );
    expect(ctx.gas.consumed - before).toBeGreaterThanOrEqual(30n);
  });

  it("starts periods: in step while they are used, anew after a pause, never beyond the whole", () => {
    const ctx = started();
    const t = ctx.timeNs;
    const at = (seconds: bigint): Context => atBlock(ctx, { timeNs: t + seconds * SECOND });
    const state = (): string => {
      const { basic: whole, periodCanSpend, periodReset } = PeriodicAllowance.decode(stored(ctx).value);
      return `${whole.spendLimit[0]?.amount} ${periodCanSpend[0]?.amount ?? 0} ${periodReset.seconds - t / SECOND}`;
    };
    grant(ctx, periodic("25stake", "10stake", "4stake", t + 5n * SECOND));
    expect(refusal(() => use(at(0n), "5stake"))).toBe("feegrant/2 period limit: fee limit exceeded");
    use(at(0n), "4stake");
    expect(state()).toBe("21 0 5");
    use(at(6n), "10stake");
    expect(state()).toBe("11 0 15");
    use(at(40n), "2stake");
    expect(state()).toBe("9 8 50");
    use(at(50n), "9stake"); // less than a period's amount is left
    expect(refusal(() => stored(ctx))).toBe("grpc 13 fee-grant not found: not found");
  });

  it("reads a missing start of the period as Go's zero time", () => {
    const ctx = started();
    const { value } = periodic("", "10stake", "10stake", 0n);
    // the last field, an empty time, is its tag and a zero length
    grant(ctx, { typeUrl: PeriodicAllowance.typeUrl, value: value.slice(0, -2) });
    expect(PeriodicAllowance.decode(stored(ctx).value).periodReset.seconds).toBe(-62_135_596_800n);
  });
});

describe("the end of allowances", () => {
  it("revokes, and leaves the queue's entry as the SDK does", () => {
    const ctx = started();
    grant(ctx, basic("", ctx.timeNs + SECOND));
    const revoke = { granter: text(alice), grantee: text(bob) };
    run(ctx, MsgRevokeAllowance, revoke);
    expect(keysOf(ctx)).toEqual(["queue 2023-11-14T22:13:21.000000000"]);
    expect(refusal(() => run(ctx, MsgRevokeAllowance, revoke))).toBe("sdk/38 fee-grant not found: not found");
    expect(refusal(() => run(ctx, MsgRevokeAllowance, { ...revoke, grantee: text(alice) }))).toBe(
      "sdk/7 addresses must be different: invalid address",
    );
  });

  it("prunes what is over, at the end of blocks and by message", () => {
    const ctx = started();
    grant(ctx, basic("", ctx.timeNs + SECOND));
    grant(ctx, basic("", ctx.timeNs + 2n * SECOND), alice, carol);
    feegrant.endBlock!(atBlock(ctx, { timeNs: ctx.timeNs + SECOND })); // ends at this very moment: stays
    expect(keysOf(ctx)).toHaveLength(4);
    feegrant.endBlock!(atBlock(ctx, { timeNs: ctx.timeNs + SECOND + 1n }));
    expect(keysOf(ctx)).toHaveLength(2);
    const late = atBlock(ctx, { timeNs: ctx.timeNs + 3n * SECOND });
    run(late, MsgPruneAllowances, { pruner: text(carol) });
    expect(keysOf(ctx)).toEqual([]);
    expect(told(late)).toEqual([`prune_feegrant pruner=${text(carol)}`]);
  });
});

describe("what can be seen", () => {
  it("lists allowances by grantee and by granter", () => {
    const ctx = started();
    grant(ctx, basic("1stake"));
    grant(ctx, basic("2stake"), carol, bob);
    grant(ctx, basic("3stake"), alice, carol);
    const byGrantee = ask(
      ctx,
      "Allowances",
      queries.QueryAllowancesRequest,
      queries.QueryAllowancesResponse,
      { grantee: text(bob) },
    );
    expect(byGrantee.allowances.map(({ granter }) => granter).sort()).toEqual(
      [text(alice), text(carol)].sort(),
    );
    const byGranter = ask(
      ctx,
      "AllowancesByGranter",
      queries.QueryAllowancesByGranterRequest,
      queries.QueryAllowancesByGranterResponse,
      { granter: text(alice) },
    );
    expect(byGranter.allowances.map(({ grantee }) => grantee).sort()).toEqual(
      [text(bob), text(carol)].sort(),
    );
    expect(byGranter.pagination?.total).toBe(2n);
  });

  it("goes through genesis and back", () => {
    const ctx = started();
    grant(ctx, allowed(periodic("25stake", "10stake", "4stake", ctx.timeNs), "/a"));
    grant(ctx, basic("1stake", ctx.timeNs + SECOND), carol, bob);
    const exported = feegrant.exportGenesis!(ctx);
    feegrant.validateGenesis!(exported);
    const again = started();
    feegrant.initGenesis!(again, exported, services);
    expect(feegrant.exportGenesis!(again)).toEqual(exported);
    expect(keysOf(again)).toEqual(keysOf(ctx));
  });
});
