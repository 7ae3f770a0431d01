/** This chain's own upgrades: what its counterparties' clients will be upgraded to (ibc-go `02-client/abci.go`). */
import { EMPTY } from "@tandem-ics/crypto";
import { type Context, sdkErrors } from "@tandem-ics/runtime";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { decodeClientState, zeroCustomFields } from "../07-tendermint/client-state.ts";
import { clientStateAny, consensusStateAny } from "../07-tendermint/store.ts";
import { emitScheduleUpgrade, emitUpgradeChain } from "./events.ts";
import type { IbcUpgradeKeeper } from "./keeper.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** Plans an upgrade and commits to the client that will follow the chain after it. */
export function scheduleUpgrade(
  upgrade: IbcUpgradeKeeper | undefined,
  ctx: Context,
  plan: Plan,
  upgradedClient: Any,
): void {
  if (upgrade === undefined) throw sdkErrors.notSupported("this chain has no upgrade module");
  const client = zeroCustomFields(decodeClientState(upgradedClient.value));
  upgrade.scheduleUpgrade(ctx, plan);
  upgrade.setUpgradedClient(ctx, plan.height, clientStateAny(client));
  emitScheduleUpgrade(ctx, plan.name, plan.height);
}

/**
 * In the last block before a planned upgrade: commits to the consensus state from which the upgraded client starts. It
 * has no root, since the next app hash is not known yet.
 */
export function commitUpgradedConsensusState(upgrade: IbcUpgradeKeeper, ctx: Context): void {
  const plan = upgrade.plan(ctx);
  if (plan === undefined || ctx.height !== plan.height - 1n) return;
  if (upgrade.upgradedClient(ctx, plan.height) === undefined) return;
  const nanos = ((ctx.timeNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const state = consensusStateAny({
    timestamp: { seconds: (ctx.timeNs - nanos) / NS_PER_SECOND, nanos: Number(nanos) },
    root: { hash: EMPTY },
    nextValidatorsHash: ctx.block.nextValidatorsHash,
  });
  upgrade.setUpgradedConsensusState(ctx, plan.height, state);
  emitUpgradeChain(ctx, plan.height);
}
