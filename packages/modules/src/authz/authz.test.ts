import { fromUtf8, toHex } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  atBlock,
  CodedError,
  type Context,
  createAddressCodecs,
  createMessageRouter,
  createTestContext,
  createTestSigner,
  type JsonObject,
  type MessageRoute,
  moduleAddress,
  parseCoins,
} from "@tandem-ics/runtime";
import { GenericAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import * as queries from "cosmjs-types/cosmos/authz/v1beta1/query";
import { MsgExec, MsgExecResponse, MsgGrant, MsgRevoke } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { SendAuthorization } from "cosmjs-types/cosmos/bank/v1beta1/authz";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { AuthorizationType, StakeAuthorization } from "cosmjs-types/cosmos/staking/v1beta1/authz";
import { MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { createAuthModule } from "../auth/index.ts";
import { createBankModule } from "../bank/index.ts";
import { stakeAuthorization } from "./bank-and-staking.ts";
import { createAuthzModule } from "./index.ts";

const SECOND = 1_000_000_000n;
const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const auth = createAuthModule({ addresses, authority, permissions: { gov: [] } });
const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [moduleAddress("gov")] });
const router = createMessageRouter(addresses);
const { module: authz } = createAuthzModule({ addresses, auth: auth.keeper, bank: bank.keeper, router });
const modules = [auth.module, bank.module, authz];
const routes = new Map<string, MessageRoute>(
  modules.flatMap(({ messages = [] }) => messages).map((route) => [route.typeUrl, route]),
);
router.bind(routes);
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
  const ctx = createTestContext({ stores: modules });
  auth.module.initGenesis!(ctx, auth.module.defaultGenesis!(), services);
  const balances = [{ address: text(alice), coins: coins("1000stake") }];
  bank.module.initGenesis!(
    ctx,
    { ...bank.module.defaultGenesis!(), balances } as unknown as JsonObject,
    services,
  );
  authz.initGenesis!(ctx, authz.defaultGenesis!(), services);
  return atBlock(ctx, {});
}

const pack = <T>(codec: { typeUrl: string; encode(m: T): { finish(): Uint8Array } }, message: T): Any => ({
  typeUrl: codec.typeUrl,
  value: codec.encode(message).finish(),
});
const generic = (msg: string): Any => pack(GenericAuthorization, { msg });
const sending = (limit: string, ...allowList: string[]): Any =>
  pack(SendAuthorization, { spendLimit: coins(limit), allowList });
const send = (amount: string, to = carol, from = alice): Any =>
  pack(MsgSend, { fromAddress: text(from), toAddress: text(to), amount: coins(amount) });
const exec = (...msgs: Any[]): Any => pack(MsgExec, { grantee: text(bob), msgs });

/** Runs a packed message; a refused one changes nothing. */
function run(ctx: Context, { typeUrl, value }: Any): Uint8Array {
  const branch = ctx.branch();
  const response = routes.get(typeUrl)!.run(branch.ctx, value);
  branch.commit();
  return response;
}

const grant = (ctx: Context, authorization: Any | undefined, expiresNs?: bigint, to = bob): void =>
  void run(
    ctx,
    pack(MsgGrant, {
      granter: text(alice),
      grantee: text(to),
      grant: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(expiresNs === undefined ? {} : { expiration: nsToTimestamp(expiresNs) }),
      },
    }),
  );
const revoke = (ctx: Context, msgTypeUrl = MsgSend.typeUrl): void =>
  void run(ctx, pack(MsgRevoke, { granter: text(alice), grantee: text(bob), msgTypeUrl }));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code} ${error.message}`;
    throw error;
  }
  return "passed";
}

const told = (ctx: Context): string[] =>
  ctx.events.events.map(
    ({ type, attributes }) => `${type} ${attributes.map(({ key, value }) => `${key}=${value}`).join(" ")}`,
  );

const entries = (ctx: Context): string[] =>
  [...ctx.kv("authz").iterate({ start: Uint8Array.of(0), end: Uint8Array.of(255) })].map(([key, value]) =>
    key[0] === 2
      ? `queue ${fromUtf8(key.slice(1, 30))} ${toHex(key.slice(30))} ${value.length}`
      : `${toHex(key.slice(0, 43))} ${fromUtf8(key.slice(43))}`,
  );

function ask<Q, A>(
  ctx: Context,
  method: string,
  request: { encode(message: Q): { finish(): Uint8Array } },
  response: { decode(bytes: Uint8Array): A },
  message: Q,
): A {
  const route = authz.queries!.find(({ path }) => path === `/cosmos.authz.v1beta1.Query/${method}`)!;
  return response.decode(route.run(ctx, request.encode(message).finish()));
}

const grantsToBob = (ctx: Context) =>
  ask(ctx, "Grants", queries.QueryGrantsRequest, queries.QueryGrantsResponse, {
    granter: text(alice),
    grantee: text(bob),
    msgTypeUrl: "",
  }).grants;

describe("granting", () => {
  it("writes the SDK's keys, tells it, and makes the grantee's account", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    const parties = `14${toHex(alice)}14${toHex(bob)}`;
    expect(entries(ctx)).toEqual([
      `01${parties} ${MsgSend.typeUrl}`,
      `queue 2023-11-14T22:13:21.000000000 ${parties} 30`,
    ]);
    expect(told(ctx)).toEqual([
      `cosmos.authz.v1beta1.EventGrant grantee="${text(bob)}" granter="${text(alice)}" msg_type_url="${MsgSend.typeUrl}"`,
    ]);
    expect(auth.keeper.hasAccount(ctx, bob)).toBe(true);
  });

  it("moves a grant in the queue when its end changes, and keeps empty entries there", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    grant(ctx, generic(MsgMultiSend.typeUrl), ctx.timeNs + SECOND);
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + 2n * SECOND);
    grant(ctx, generic(MsgSend.typeUrl));
    expect(entries(ctx).filter((entry) => entry.startsWith("queue"))).toEqual([
      expect.stringMatching(/:21\.0+ .* 35$/),
      expect.stringMatching(/:22\.0+ .* 0$/),
    ]);
    expect(grantsToBob(ctx).map(({ expiration }) => expiration !== undefined)).toEqual([true, false]);
  });

  it.each<[string, Any | undefined, string]>([
    ["nothing", undefined, "sdk/29 authorization is nil: invalid type"],
    ["no message type", generic(""), "undefined/1 msg type cannot be empty"],
    ["a type that nobody handles", generic("/a.B"), "sdk/29 /a.B doesn't exist.: invalid type"],
    ["no coins", sending(""), "sdk/10 spend limit cannot be nil: invalid coins"],
    ["one receiver twice", sending("1stake", "a", "a"), "bank/8 duplicate entry"],
    [
      "what is no authorization",
      send("1stake"),
      "sdk/2 no concrete type registered for type URL /cosmos.bank.v1beta1.MsgSend against interface *authz.Authorization: tx parse error",
    ],
    [
      "staking of an unknown kind",
      pack(StakeAuthorization, { authorizationType: 0 }),
      "authz/4 unknown authorization type",
    ],
    [
      "negative stake",
      pack(StakeAuthorization, { authorizationType: 1, maxTokens: { denom: "stake", amount: "-1" } }),
      "authz/12 negative coin amount: -1stake: max tokens should be positive",
    ],
  ])("refuses %s", (_, authorization, expected) => {
    expect(refusal(() => grant(started(), authorization))).toBe(expected);
  });

  it("refuses ends that are over, oneself, and modules", () => {
    const ctx = started();
    expect(refusal(() => grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs))).toBe(
      "authz/3 expiration must be after the current block time (2023-11-14T22:13:20Z), got 2023-11-14T22:13:20Z: expiration time of authorization should be more than current time",
    );
    expect(refusal(() => grant(ctx, generic(MsgSend.typeUrl), undefined, alice))).toBe(
      "authz/7 grantee and granter should be different",
    );
    expect(refusal(() => grant(ctx, generic(MsgSend.typeUrl), undefined, moduleAddress("gov")))).toMatch(
      /^sdk\/4 /,
    );
  });
});

describe("running messages of others", () => {
  it("marks their events and gives their responses", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl));
    const at = atBlock(ctx, {});
    const response = run(at, exec(send("1stake"), send("2stake")));
    expect(MsgExecResponse.decode(response).results).toEqual([new Uint8Array(), new Uint8Array()]);
    const types = ["coin_spent", "coin_received", "transfer", "message"];
    expect(at.events.events.map(({ type }) => type)).toEqual([...types, ...types]);
    expect(at.events.events.map(({ attributes }) => attributes.at(-1))).toEqual(
      [0, 0, 0, 0, 1, 1, 1, 1].map((i) => ({ key: "authz_msg_index", value: `${i}` })),
    );
    expect(bank.keeper.getBalance(ctx, carol, "stake")).toBe(3n);
  });

  it("needs a grant that is not over, and none for one's own messages", () => {
    const ctx = started();
    expect(refusal(() => run(ctx, exec(send("1stake"))))).toBe(
      `authz/2 failed to get grant with given granter: ${text(alice)}, grantee: ${text(bob)} & msgType: ${MsgSend.typeUrl} : authorization not found`,
    );
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    const last = atBlock(ctx, { timeNs: ctx.timeNs + SECOND });
    run(last, exec(send("5stake", bob)));
    run(atBlock(ctx, { timeNs: ctx.timeNs + 9n * SECOND }), exec(send("1stake", carol, bob)));
    const late = atBlock(ctx, { timeNs: ctx.timeNs + SECOND + 1n });
    expect(refusal(() => run(late, exec(send("1stake"))))).toBe("authz/6 authorization expired");
  });

  it("tells which message failed, with its own code, and undoes all", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl));
    expect(refusal(() => run(ctx, exec(send("1stake"), send("5000stake"))))).toBe(
      `sdk/5 failed to execute message; message from_address:"${text(alice)}" to_address:"${text(carol)}" amount:<denom:"stake" amount:"5000" > : spendable balance 999stake is smaller than 5000stake: insufficient funds`,
    );
    expect(bank.keeper.getBalance(ctx, carol, "stake")).toBe(0n);
  });

  it("runs messages inside messages", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl));
    const nested = (depth: number): Any => (depth === 0 ? send("1stake") : exec(nested(depth - 1)));
    expect(refusal(() => run(ctx, nested(9)))).toBe("passed");
    expect(refusal(() => run(ctx, exec()))).toBe("sdk/18 messages cannot be empty: invalid request");
  });

  it("uses a send limit up, for the listed receivers only", () => {
    const ctx = started();
    grant(ctx, sending("10stake", text(carol)));
    run(ctx, exec(send("4stake")));
    expect(SendAuthorization.decode(grantsToBob(ctx)[0]!.authorization!.value).spendLimit).toEqual(
      coins("6stake"),
    );
    expect(refusal(() => run(ctx, exec(send("7stake"))))).toBe(
      "sdk/5 requested amount is more than spend limit: insufficient funds",
    );
    expect(refusal(() => run(ctx, exec(send("1stake", bob))))).toBe(
      `sdk/4 cannot send to ${text(bob)} address: unauthorized`,
    );
    const at = atBlock(ctx, {});
    run(at, exec(send("6stake")));
    expect(told(at)[0]).toMatch(/^cosmos\.authz\.v1beta1\.EventRevoke /);
    expect(grantsToBob(ctx)).toEqual([]);
  });
});

describe("staking for others", () => {
  const delegate = (validatorAddress: string, amount: string) => ({
    typeUrl: MsgDelegate.typeUrl,
    value: new Uint8Array(),
    message: { delegatorAddress: "", validatorAddress, amount: { denom: "stake", amount } },
    route: undefined,
    signers: [],
  });
  const permitted = (changes: Partial<StakeAuthorization>) =>
    stakeAuthorization.read(
      StakeAuthorization.encode({
        authorizationType: AuthorizationType.AUTHORIZATION_TYPE_DELEGATE,
        ...changes,
      }).finish(),
    );

  it("keeps to validators and to the limit", () => {
    const ctx = started();
    const maxTokens = { denom: "stake", amount: "10" };
    const limited = permitted({ maxTokens, allowList: { address: ["a", "b"] } });
    expect(limited.msgTypeUrl).toBe(MsgDelegate.typeUrl);
    expect(limited.accept(ctx, delegate("b", "10"))).toEqual({ after: "remove" });
    const outcome = limited.accept(ctx, delegate("a", "4"));
    expect(
      outcome.after === "replace" && StakeAuthorization.decode(outcome.left.value).maxTokens?.amount,
    ).toBe("6");
    expect(refusal(() => limited.accept(ctx, delegate("c", "1")))).toBe(
      "sdk/4 cannot delegate/undelegate to c validator: unauthorized",
    );
    expect(refusal(() => limited.accept(ctx, delegate("a", "11")))).toBe(
      "undefined/1 negative coin amount: -1stake",
    );
    const without = permitted({ denyList: { address: ["a"] } });
    expect(refusal(() => without.accept(ctx, delegate("a", "1")))).toMatch(/^sdk\/4 /);
    expect(without.accept(ctx, delegate("b", "999999"))).toMatchObject({ after: "replace" });
  });
});

describe("the end of grants", () => {
  it("revokes once", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    revoke(ctx);
    expect(grantsToBob(ctx)).toEqual([]);
    expect(refusal(() => revoke(ctx))).toMatch(
      /^authz\/2 failed to delete grant with key .*MsgSend: authorization not found$/su,
    );
    expect(refusal(() => revoke(ctx, ""))).toBe("sdk/18 missing msg method name: invalid request");
  });

  it("removes what is over at the beginning of blocks", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    grant(ctx, generic(MsgMultiSend.typeUrl), ctx.timeNs + 2n * SECOND);
    authz.beginBlock!(atBlock(ctx, { timeNs: ctx.timeNs + SECOND }));
    expect(grantsToBob(ctx)).toHaveLength(2);
    authz.beginBlock!(atBlock(ctx, { timeNs: ctx.timeNs + SECOND + 1n }));
    expect(grantsToBob(ctx).map(({ authorization }) => authorization!.typeUrl)).toHaveLength(1);
    authz.beginBlock!(atBlock(ctx, { timeNs: ctx.timeNs + 3n * SECOND }));
    expect(entries(ctx)).toEqual([]);
  });
});

describe("what can be seen", () => {
  it("lists grants by either party", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl));
    grant(ctx, generic(MsgSend.typeUrl), undefined, carol);
    const given = ask(
      ctx,
      "GranterGrants",
      queries.QueryGranterGrantsRequest,
      queries.QueryGranterGrantsResponse,
      { granter: text(alice) },
    );
    expect(given.grants.map(({ grantee }) => grantee).sort()).toEqual([text(bob), text(carol)].sort());
    const had = ask(
      ctx,
      "GranteeGrants",
      queries.QueryGranteeGrantsRequest,
      queries.QueryGranteeGrantsResponse,
      { grantee: text(carol) },
    );
    expect(had.grants.map(({ granter, grantee }) => [granter, grantee])).toEqual([
      [text(alice), text(carol)],
    ]);
    const one = (msgTypeUrl: string) =>
      ask(ctx, "Grants", queries.QueryGrantsRequest, queries.QueryGrantsResponse, {
        granter: text(alice),
        grantee: text(bob),
        msgTypeUrl,
      }).grants.length;
    expect(one(MsgSend.typeUrl)).toBe(1);
    expect(refusal(() => one("/x"))).toBe(
      "authz/2 authorization not found for /x type: authorization not found",
    );
  });

  it("goes through genesis and back", () => {
    const ctx = started();
    grant(ctx, generic(MsgSend.typeUrl), ctx.timeNs + SECOND);
    grant(ctx, sending("5stake"), undefined, carol);
    const exported = authz.exportGenesis!(ctx);
    authz.validateGenesis!(exported);
    const again = started();
    authz.initGenesis!(again, exported, services);
    expect(entries(again)).toEqual(entries(ctx));
    expect(authz.exportGenesis!(again)).toEqual(exported);
    const late = atBlock(started(), { timeNs: ctx.timeNs + 2n * SECOND });
    authz.initGenesis!(late, exported, services);
    expect(entries(late)).toHaveLength(1);
  });
});
