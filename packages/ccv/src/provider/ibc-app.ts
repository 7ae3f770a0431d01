/** The provider's end of CCV channels (ICS-26; interchain-security `ibc_module.go`). */
import {
  type Acknowledgement,
  channelErrors,
  errorAcknowledgement,
  type IbcApp,
  orderingName,
  portErrors,
  resultAcknowledgement,
} from "@tandem-ics/ibc";
import { type ConsumerPacketData, ConsumerPacketDataType } from "@tandem-ics/proto";
import { type Context, plainError, sdkErrors } from "@tandem-ics/runtime";
import { Order, type Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  acknowledgementAttribute,
  acknowledgementText,
  readAcknowledgement,
} from "../types/acknowledgement-text.ts";
import { CCV_VERSION, CONSUMER_PORT, CONSUMER_REWARDS_POOL, PROVIDER_MODULE } from "../types/constants.ts";
import { ccvErrors, refuseAsOnly } from "../types/errors.ts";
import { encodeHandshakeMetadata } from "../types/handshake.ts";
import { decodeConsumerPacket, packetTypeName, RESULT_OK } from "../types/packets.ts";
import { isRefusal, TransactionAbort } from "../types/refusals.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import type { Handshake } from "./handshake.ts";
import type { Relay } from "./relay.ts";
import * as state from "./state.ts";

const initiatedByConsumer = () =>
  ccvErrors.invalidChannelFlow("channel handshake must be initiated by consumer chain");

/** Callbacks of port `provider`. */
export function createProviderApp(
  { addresses, auth }: Pick<ProviderDeps, "addresses" | "auth">,
  handshake: Handshake,
  relay: Relay,
): IbcApp {
  /** Result byte and, for handled slash packets, the VSC id to show. */
  function handle(ctx: Context, packet: Packet): { result: Uint8Array; vscId?: bigint } {
    const { type, data }: ConsumerPacketData = refuseAsOnly(
      sdkErrors.invalidType,
      "cannot unmarshal ConsumerPacket data",
      () => decodeConsumerPacket(packet.data),
    );
    // Only consumers of old versions report maturity; nothing hangs on it any more.
    if (type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM) return { result: RESULT_OK };
    if (type !== ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH)
      throw plainError(`invalid consumer packet type: "${packetTypeName(type)}"`);
    if (data?.$case !== "slashPacketData")
      throw new TransactionAbort("a slash packet without slash packet data");
    return {
      result: relay.onSlashPacket(ctx, packet, data.value),
      vscId: data.value.valsetUpdateId,
    };
  }

  return {
    onChanOpenInit() {
      throw initiatedByConsumer();
    },
    onChanOpenTry(ctx, { ordering, portId, counterparty, counterpartyVersion, connectionHops }) {
      if (ordering !== Order.ORDER_ORDERED)
        throw channelErrors.invalidChannelOrdering(
          `expected ORDER_ORDERED channel, got ${orderingName(ordering)} `,
        );
      const bound = state.port.get(ctx);
      if (portId !== bound) throw portErrors.invalidPort(`invalid port: ${portId}, expected ${bound}`);
      if (counterparty.portId !== CONSUMER_PORT)
        throw portErrors.invalidPort(
          `invalid counterparty port: ${counterparty.portId}, expected ${CONSUMER_PORT}`,
        );
      if (counterpartyVersion !== CCV_VERSION)
        throw ccvErrors.invalidVersion(
          `invalid counterparty version: got: ${counterpartyVersion}, expected ${CCV_VERSION}`,
        );
      handshake.assertConsumerChannel(ctx, connectionHops);
      const { address } = auth.ensureModuleAccount(ctx, CONSUMER_REWARDS_POOL);
      return encodeHandshakeMetadata(addresses.account.encode(address));
    },
    onChanOpenAck() {
      throw initiatedByConsumer();
    },
    onChanOpenConfirm: (ctx, { channelId }) => handshake.establish(ctx, channelId),
    onChanCloseInit() {
      throw sdkErrors.invalidRequest("user cannot close channel");
    },
    onChanCloseConfirm() {},

    onRecvPacket(ctx, { packet }): Acknowledgement {
      const attributes: [string, string][] = [["module", PROVIDER_MODULE]];
      let ack: Acknowledgement;
      try {
        const { result, vscId } = handle(ctx, packet);
        ack = resultAcknowledgement(result);
        if (vscId !== undefined) attributes.push(["valset_update_id", vscId.toString()]);
        attributes.push(["success", "true"]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        ack = errorAcknowledgement(error);
        attributes.push(["success", "false"], ["error", error.message]);
      }
      ctx.emit("ccv_packet", attributes);
      return ack;
    },

    onAcknowledgementPacket(ctx, { packet, acknowledgement }) {
      const content = readAcknowledgement(acknowledgement);
      if ("error" in content && content.error !== "") relay.onErrorAcknowledgement(ctx, packet);
      ctx.emit("ccv_packet", { module: PROVIDER_MODULE, acknowledgement: acknowledgementText(content) });
      ctx.emit("ccv_packet", acknowledgementAttribute(content));
    },

    onTimeoutPacket(ctx, { packet }) {
      relay.onTimeout(ctx, packet);
      ctx.emit("timeout", { module: PROVIDER_MODULE });
    },
  };
}
