import { toHex } from "@tandem-ics/crypto";
import { GO_ZERO_TIME_NS, nsToTimestamp } from "@tandem-ics/proto";
import { atBlock, type CodedError, createTestContext } from "@tandem-ics/runtime";
import {
  QueryAppliedPlanRequest,
  QueryAppliedPlanResponse,
  QueryCurrentPlanRequest,
  QueryCurrentPlanResponse,
} from "cosmjs-types/cosmos/upgrade/v1beta1/query";
import { MsgCancelUpgrade, MsgSoftwareUpgrade } from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import { createUpgradeModule } from "./index.ts";

const plan = (name: string, height: bigint): Plan => ({
  name,
  height,
  info: "",
  time: nsToTimestamp(GO_ZERO_TIME_NS),
});
function create(handlers: Record<string, () => void> = {}) {
  const { keeper, module } = createUpgradeModule({ authority: "gov", handlers });
  const ctx = createTestContext({ stores: [module], height: 5n });
  const run = (name: string, request: Uint8Array): Uint8Array =>
    module.queries!.find(({ path }) => path.endsWith(`/${name}`))!.run(ctx, request);
  const send = (typeUrl: string, bytes: Uint8Array): string => {
    try {
      module.messages!.find((route) => route.typeUrl === typeUrl)!.run(ctx, bytes);
      return "none";
    } catch (error) {
      return `${(error as CodedError).codespace}/${(error as CodedError).code}`;
    }
  };
  return { keeper, module, ctx, run, send };
}

test("plans are made and cancelled by the authority alone, never for the past", () => {
  const { keeper, ctx, run, send } = create();
  const schedule = (authority: string, p: Plan) =>
    send(MsgSoftwareUpgrade.typeUrl, MsgSoftwareUpgrade.encode({ authority, plan: p }).finish());
  expect(schedule("me", plan("v2", 10n))).toBe("gov/13");
  expect(schedule("gov", plan("v2", 4n))).toBe("sdk/18");
  expect(schedule("gov", plan("", 10n))).toBe("sdk/18");
  expect(schedule("gov", { ...plan("v2", 10n), time: { seconds: 5n, nanos: 0 } })).toBe("sdk/18");
  // the epoch is a time like any other; only an absent field is none
  expect(schedule("gov", { ...plan("v2", 10n), time: { seconds: 0n, nanos: 0 } })).toBe("sdk/18");
  const untimed = { name: "v2", height: 10n, info: "", time: undefined as unknown as Plan["time"] };
  expect(schedule("gov", untimed)).toBe("none");
  expect(schedule("gov", plan("v2", 10n))).toBe("none");
  const current = () =>
    QueryCurrentPlanResponse.decode(run("CurrentPlan", QueryCurrentPlanRequest.encode({}).finish())).plan;
  expect(current()).toMatchObject({ name: "v2", height: 10n });
  keeper.setUpgradedClient(ctx, 10n, Uint8Array.of(1));
  const cancel = MsgCancelUpgrade.encode({ authority: "gov" }).finish();
  expect(send(MsgCancelUpgrade.typeUrl, cancel)).toBe("none");
  expect(current()).toBeUndefined();
  expect(keeper.upgradedClient(ctx, 10n)).toBeUndefined();
});

test("software without a handler stops at the planned height", () => {
  const { keeper, module, ctx } = create();
  keeper.scheduleUpgrade(ctx, plan("v2", 7n));
  expect(module.preBlock!(atBlock(ctx, { height: 6n }))).toBeUndefined();
  expect(() => module.preBlock!(atBlock(ctx, { height: 7n }))).toThrow('UPGRADE "v2" NEEDED at height: 7');
});

test("software with a handler goes on and remembers", () => {
  let ran = 0;
  const { keeper, module, ctx, run } = create({ v2: () => void ran++ });
  keeper.scheduleUpgrade(ctx, plan("v2", 7n));
  expect(module.preBlock!(atBlock(ctx, { height: 7n }))).toEqual({ consensusParamsChanged: true });
  expect([ran, keeper.plan(ctx)]).toEqual([1, undefined]);
  const { height } = QueryAppliedPlanResponse.decode(
    run("AppliedPlan", QueryAppliedPlanRequest.encode({ name: "v2" }).finish()),
  );
  expect(height).toBe(7n);
  expect(() => keeper.scheduleUpgrade(ctx, plan("v2", 20n))).toThrow("has already been completed");
});

test("what is carried out leaves the rows of the Go keeper: each plan at its height, and a protocol version more", () => {
  const { keeper, module, ctx } = create({ v2: () => undefined, v3: () => undefined });
  for (const [name, height] of [
    ["v2", 7n],
    ["v3", 9n],
  ] as const) {
    keeper.scheduleUpgrade(ctx, plan(name, height));
    module.preBlock!(atBlock(ctx, { height }));
  }
  const rows = [...ctx.kv("upgrade").iterate()].map(([key, value]) => [toHex(key), toHex(value)]);
  expect(rows).toEqual([
    ["0100000000000000077632", "01"],
    ["0100000000000000097633", "01"],
    ["03", "0000000000000002"],
  ]);
  expect(["v2", "v3", "v4"].map((name) => keeper.doneHeight(ctx, name))).toEqual([7n, 9n, 0n]);
});

test("states for IBC clients are kept under the paths of ICS-07", () => {
  const { keeper, ctx } = create();
  keeper.setUpgradedClient(ctx, 10n, Uint8Array.of(1));
  keeper.setUpgradedConsensusState(ctx, 10n, Uint8Array.of(2));
  const stored = [...ctx.kv("upgrade").iterate({})].map(([key, value]) => [
    new TextDecoder().decode(key),
    value[0],
  ]);
  expect(stored).toEqual([
    ["upgradedIBCState/10/upgradedClient", 1],
    ["upgradedIBCState/10/upgradedConsState", 2],
  ]);
});
