import { type CodedError, createAddressCodecs, createTestContext, moduleAddress } from "@tandem-ics/runtime";
import { MsgUpdateParams, MsgVerifyInvariant } from "cosmjs-types/cosmos/crisis/v1beta1/tx";
import { NO_TRANSACTIONS } from "../testing.ts";
import { createCrisisModule } from "./index.ts";

const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const sender = addresses.account.encode(moduleAddress("somebody"));

/** The module beside another one, whose invariants can be broken; what was paid. */
function create() {
  const paid: string[] = [];
  let broken: string | undefined;
  const { module } = createCrisisModule({
    addresses,
    authority,
    bank: {
      sendFromAccountToModule: (_ctx, from, to, [coin]) =>
        void paid.push(`${addresses.account.encode(from)} ${to} ${coin?.amount}${coin?.denom}`),
    },
    invariants: { toy: ["sums"] },
    modules: () => [{ name: "toy", invariants: { sums: () => broken, secret: () => undefined } }],
  });
  const ctx = createTestContext({ stores: [module] });
  module.initGenesis!(ctx, module.defaultGenesis!(), NO_TRANSACTIONS);
  const run = (typeUrl: string, bytes: Uint8Array) =>
    module.messages!.find((route) => route.typeUrl === typeUrl)!.run(ctx, bytes);
  const verify = (invariantModuleName: string, invariantRoute: string, from = sender) =>
    run(
      MsgVerifyInvariant.typeUrl,
      MsgVerifyInvariant.encode({ sender: from, invariantModuleName, invariantRoute }).finish(),
    );
  return {
    module,
    ctx,
    paid,
    run,
    verify,
    breakIt: () => {
      broken = "two and two are five";
    },
  };
}

test("has an invariant checked for the fee, and tells of it", () => {
  const { ctx, paid, verify } = create();
  verify("toy", "sums");
  expect(paid).toEqual([`${sender} fee_collector 1000stake`]);
  expect(ctx.events.events).toEqual([{ type: "invariant", attributes: [{ key: "route", value: "sums" }] }]);
});

test("knows only the invariants that are listed", () => {
  const { verify } = create();
  for (const [owner, route] of [
    ["toy", "secret"],
    ["toy", "none"],
    ["__proto__", "sums"],
  ] as const)
    expect(() => verify(owner, route)).toThrow("unknown invariant");
  expect(() => verify("toy", "sums", "nobody")).toThrow("invalid sender address");
});

test("a broken invariant ends the transaction as a fault of the program does", () => {
  const { verify, breakIt } = create();
  breakIt();
  expect(() => verify("toy", "sums")).toThrow(RangeError);
});

test("governance sets the fee, which goes to genesis and back", () => {
  const { module, ctx, run, paid, verify } = create();
  const update = (by: string, denom: string, amount: string) =>
    run(
      MsgUpdateParams.typeUrl,
      MsgUpdateParams.encode({ authority: by, constantFee: { denom, amount } }).finish(),
    );
  const code = (act: () => unknown): string => {
    try {
      act();
      return "none";
    } catch (error) {
      return `${(error as CodedError).codespace}/${(error as CodedError).code}`;
    }
  };
  expect(code(() => update(sender, "stake", "5"))).toBe("gov/13");
  expect(code(() => update(authority, "stake", "-5"))).toBe("sdk/10");
  expect(code(() => update(authority, "atom", "5"))).toBe("none");
  verify("toy", "sums");
  expect(paid).toEqual([`${sender} fee_collector 5atom`]);
  const exported = module.exportGenesis!(ctx);
  expect(exported).toEqual({ constant_fee: { denom: "atom", amount: "5" } });
  expect(module.validateGenesis!(exported)).toBeUndefined();
  expect(() => module.validateGenesis!({ constant_fee: { denom: "atom", amount: "0" } })).toThrow("positive");
});
