/** The upgrade keeper: the plan, what was carried out, and the states that IBC clients upgrade to. */
import { GO_ZERO_TIME_NS, nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import {
  bytesValue,
  type Context,
  item,
  map,
  pairKey,
  presence,
  proto,
  sdkErrors,
  textKey,
  u64Key,
  u64Value,
} from "@tandem-ics/runtime";
import { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import { upgradeErrors } from "./errors.ts";

/** Store of the module. */
export const UPGRADE_STORE = "upgrade";

/** Upgrades, as other modules see them. */
export interface UpgradeKeeper {
  plan(ctx: Context): Plan | undefined;
  /** Replaces any plan. Throws `sdk/18` for a plan that cannot be. */
  scheduleUpgrade(ctx: Context, plan: Plan): void;
  /** Forgets the plan and the IBC state that was stored with it. */
  clearPlan(ctx: Context): void;
  /** Height at which a plan was carried out, zero if it was not. */
  doneHeight(ctx: Context, name: string): bigint;
  /** Client state of the chain after the plan at `height`, if the plan came with one. */
  upgradedClient(ctx: Context, height: bigint): Uint8Array | undefined;
  setUpgradedClient(ctx: Context, height: bigint, state: Uint8Array): void;
  /** Consensus state of the last height before the plan at `height`. Throws `upgrade/5`. */
  upgradedConsensusState(ctx: Context, height: bigint): Uint8Array;
  setUpgradedConsensusState(ctx: Context, height: bigint, state: Uint8Array): void;
  moduleVersions(ctx: Context): { name: string; version: bigint }[];
  setModuleVersion(ctx: Context, name: string, version: bigint): void;
}

/** Makes the keeper; `markDone` records that a plan was carried out in this block, which makes a further protocol version. */
export function createUpgradeKeeper(): {
  keeper: UpgradeKeeper;
  markDone(ctx: Context, name: string): void;
} {
  const planned = item(UPGRADE_STORE, Uint8Array.of(0x00), proto(Plan));
  const done = map(UPGRADE_STORE, Uint8Array.of(0x01), pairKey(u64Key, textKey), presence);
  const protocolVersion = item(UPGRADE_STORE, Uint8Array.of(0x03), u64Value);
  const versions = map(UPGRADE_STORE, Uint8Array.of(0x02), textKey, u64Value);
  // paths that other chains ask proofs for (ICS-07 upgrades)
  const ibcState = map(UPGRADE_STORE, "upgradedIBCState/", textKey, bytesValue);
  const clientPath = (height: bigint): string => `${height}/upgradedClient`;
  const consensusPath = (height: bigint): string => `${height}/upgradedConsState`;
  const clearIbcState = (ctx: Context, height: bigint): void => {
    ibcState.remove(ctx, clientPath(height));
    ibcState.remove(ctx, consensusPath(height));
  };

  const keeper: UpgradeKeeper = {
    plan: (ctx) => planned.get(ctx),
    scheduleUpgrade(ctx, plan) {
      assertPlan(plan);
      if (plan.height < ctx.height) {
        throw sdkErrors.invalidRequest("upgrade cannot be scheduled in the past");
      }
      if (keeper.doneHeight(ctx, plan.name) > 0n) {
        throw sdkErrors.invalidRequest(`upgrade with name ${plan.name} has already been completed`);
      }
      const old = planned.get(ctx);
      if (old !== undefined) clearIbcState(ctx, old.height);
      planned.set(ctx, { ...plan, time: nsToTimestamp(GO_ZERO_TIME_NS) });
    },
    clearPlan(ctx) {
      const plan = planned.get(ctx);
      if (plan === undefined) return;
      clearIbcState(ctx, plan.height);
      planned.remove(ctx);
    },
    doneHeight(ctx, name) {
      for (const [[height, known]] of done.entries(ctx)) if (known === name) return height;
      return 0n;
    },
    upgradedClient: (ctx, height) => ibcState.get(ctx, clientPath(height)),
    setUpgradedClient: (ctx, height, state) => ibcState.set(ctx, clientPath(height), state),
    upgradedConsensusState(ctx, height) {
      const state = ibcState.get(ctx, consensusPath(height));
      if (state === undefined) throw upgradeErrors.noUpgradedConsensusState();
      return state;
    },
    setUpgradedConsensusState: (ctx, height, state) => ibcState.set(ctx, consensusPath(height), state),
    moduleVersions: (ctx) => Array.from(versions.entries(ctx), ([name, version]) => ({ name, version })),
    setModuleVersion: (ctx, name, version) => versions.set(ctx, name, version),
  };
  return {
    keeper,
    markDone(ctx: Context, name: string): void {
      protocolVersion.set(ctx, (protocolVersion.get(ctx) ?? 0n) + 1n);
      done.set(ctx, [ctx.height, name], true);
    },
  };
}

/** Throws `sdk/18` with the first rule that is broken. */
function assertPlan({ name, height, time, upgradedClientState }: Plan): void {
  if (timestampToNs(time) !== GO_ZERO_TIME_NS) {
    throw sdkErrors.invalidRequest("time-based upgrades have been deprecated in the SDK");
  }
  if (upgradedClientState !== undefined) {
    throw sdkErrors.invalidRequest("upgrade logic for IBC has been moved to the IBC module");
  }
  if (name === "") throw sdkErrors.invalidRequest("name cannot be empty");
  if (height <= 0n) throw sdkErrors.invalidRequest("height must be greater than 0");
}
