/** Events of connections (ibc-go `03-connection/keeper/events.go`). */
import type { Context } from "@tandem-ics/runtime";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";

/** The event of a handshake step, then `message{module: ibc_connection}`. */
export function emitConnection(
  ctx: Context,
  type: "connection_open_init" | "connection_open_try" | "connection_open_ack" | "connection_open_confirm",
  connectionId: string,
  { clientId, counterparty }: ConnectionEnd,
): void {
  ctx.emit(type, {
    connection_id: connectionId,
    client_id: clientId,
    counterparty_client_id: counterparty.clientId,
    // not known yet at the first step
    ...(type === "connection_open_init" ? {} : { counterparty_connection_id: counterparty.connectionId }),
  });
  ctx.emit("message", { module: "ibc_connection" });
}
