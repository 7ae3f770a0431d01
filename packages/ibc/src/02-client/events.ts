/** Events of clients (ibc-go `02-client/keeper/events.go`). Each is followed by `message{module: ibc_client}`. */
import type { Attributes, Context } from "@tandem-ics/runtime";
import { formatHeight, type Height, UPGRADE_STORE } from "../24-host/index.ts";

function emit(ctx: Context, type: string, attributes: Attributes): void {
  ctx.emit(type, attributes);
  ctx.emit("message", { module: "ibc_client" });
}

/** `create_client`, or `upgrade_client` once the client follows an upgraded chain. */
export const emitClientHeight = (
  ctx: Context,
  type: "create_client" | "upgrade_client",
  client: { readonly clientId: string; readonly clientType: string; readonly height: Height },
): void =>
  emit(ctx, type, {
    client_id: client.clientId,
    client_type: client.clientType,
    consensus_height: formatHeight(client.height),
  });

/** `update_client`: the first height alone and all of them; both empty when nothing was stored. */
export function emitUpdateClient(
  ctx: Context,
  clientId: string,
  clientType: string,
  heights: readonly Height[],
): void {
  const texts = heights.map(formatHeight);
  emit(ctx, "update_client", {
    client_id: clientId,
    client_type: clientType,
    consensus_height: texts[0] ?? "",
    consensus_heights: texts.join(","),
  });
}

/** `client_misbehaviour` */
export const emitMisbehaviour = (ctx: Context, clientId: string, clientType: string): void =>
  emit(ctx, "client_misbehaviour", { client_id: clientId, client_type: clientType });

/** `recover_client` */
export const emitRecoverClient = (ctx: Context, clientId: string, clientType: string): void =>
  emit(ctx, "recover_client", { subject_client_id: clientId, client_type: clientType });

/** `schedule_ibc_software_upgrade` */
export const emitScheduleUpgrade = (ctx: Context, title: string, height: bigint): void =>
  emit(ctx, "schedule_ibc_software_upgrade", { title, upgrade_plan_height: height.toString() });

/** `upgrade_chain`: the last block before the upgrade, in which the consensus state to start from was committed. */
export const emitUpgradeChain = (ctx: Context, height: bigint): void =>
  emit(ctx, "upgrade_chain", { upgrade_plan_height: height.toString(), upgrade_store: UPGRADE_STORE });
