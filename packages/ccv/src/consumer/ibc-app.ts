/** The consumer's end of CCV channels (ICS-26; interchain-security `ibc_module.go`). */
import {
  type Acknowledgement,
  channelErrors,
  clientErrors,
  connectionErrors,
  errorAcknowledgement,
  type IbcApp,
  orderingName,
  portErrors,
  resultAcknowledgement,
} from "@tandem-ics/ibc";
import { isBlank } from "@tandem-ics/ibc/24-host";
import { type Context, sdkErrors } from "@tandem-ics/runtime";
import { Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  acknowledgementAttribute,
  acknowledgementText,
  readAcknowledgement,
} from "../types/acknowledgement-text.ts";
import {
  CCV_MODULE,
  CCV_VERSION,
  CONSUMER_MODULE,
  PROVIDER_PORT,
  TRANSFER_PORT,
  TRANSFER_VERSION,
} from "../types/constants.ts";
import { ccvErrors, refuseAsOnly } from "../types/errors.ts";
import { decodeHandshakeMetadata } from "../types/handshake.ts";
import { decodeVscPacket, RESULT_OK } from "../types/packets.ts";
import { isRefusal } from "../types/refusals.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { changeParams, consumerParams } from "./params.ts";
import { type Answers, onVscPacket } from "./relay.ts";
import * as state from "./state.ts";

const initiatedByConsumer = () =>
  ccvErrors.invalidChannelFlow("channel handshake must be initiated by consumer chain");

/** Throws `CCV/5` once the CCV channel is known; `how` it is, is all that tells the two callers apart. */
function assertNoChannel(ctx: Context, how: "set" | "established"): void {
  const channelId = state.providerChannel.get(ctx);
  if (channelId !== undefined)
    throw ccvErrors.duplicateChannel(`provider channel: ${channelId} already ${how}`);
}

/** Callbacks of port `consumer`. */
export function createConsumerApp(
  { channel, connection }: Pick<ConsumerDeps, "channel" | "connection">,
  answers: Answers,
): IbcApp {
  /** Throws unless the one hop leads to the client of the provider that genesis made or took. */
  function assertProviderHop(ctx: Context, hops: readonly string[]): void {
    const [connectionId] = hops;
    if (connectionId === undefined || hops.length !== 1)
      throw channelErrors.tooManyConnectionHops("must have direct connection to provider chain");
    const end = connection.connection(ctx, connectionId);
    if (end === undefined)
      throw connectionErrors.connectionNotFound(`connection not found for connection ID: ${connectionId}`);
    const expected = state.providerClient.get(ctx);
    if (expected === undefined) throw clientErrors.invalidClient("could not find provider client id");
    if (end.clientId !== expected)
      throw clientErrors.invalidClient(
        `invalid client: ${end.clientId}, channel must be built on top of client: ${expected}`,
      );
  }

  /** Keeps the configured reward channel if it exists, else starts one over the CCV channel's connection. */
  function openRewardChannel(ctx: Context, portId: string, channelId: string): void {
    const configured = consumerParams(ctx).distributionTransmissionChannel;
    if (channel.channel(ctx, TRANSFER_PORT, configured) !== undefined) return;
    const end = channel.channel(ctx, portId, channelId);
    if (end === undefined)
      throw ccvErrors.channelNotFound("cannot get connection hops from non-existent channel");
    const opened = channel.openInit(ctx, {
      portId: TRANSFER_PORT,
      ordering: Order.ORDER_UNORDERED,
      connectionHops: end.connectionHops,
      counterparty: { portId: TRANSFER_PORT, channelId: "" },
      version: TRANSFER_VERSION,
    });
    changeParams(ctx, { distributionTransmissionChannel: opened.channelId });
    ctx.emit("fee_transfer_channel_opened", {
      module: CONSUMER_MODULE,
      channel_id: channelId,
      port_id: TRANSFER_PORT,
    });
  }

  return {
    onChanOpenInit(ctx, { ordering, portId, counterparty, connectionHops, version }) {
      const proposed = isBlank(version) ? CCV_VERSION : version;
      assertNoChannel(ctx, "set");
      if (ordering !== Order.ORDER_ORDERED)
        throw channelErrors.invalidChannelOrdering(
          `expected ORDER_ORDERED channel, got ${orderingName(ordering)} `,
        );
      const bound = state.port.get(ctx);
      if (portId !== bound) throw portErrors.invalidPort(`invalid port: ${portId}, expected ${bound}`);
      if (proposed !== CCV_VERSION)
        throw ccvErrors.invalidVersion(`got ${proposed}, expected ${CCV_VERSION}`);
      if (counterparty.portId !== PROVIDER_PORT)
        throw portErrors.invalidPort(
          `invalid counterparty port: ${counterparty.portId}, expected ${PROVIDER_PORT}`,
        );
      assertProviderHop(ctx, connectionHops);
      return proposed;
    },
    onChanOpenTry() {
      throw initiatedByConsumer();
    },
    onChanOpenAck(ctx, { portId, channelId, counterpartyVersion }) {
      assertNoChannel(ctx, "established");
      const { providerFeePoolAddr } = decodeHandshakeMetadata(counterpartyVersion);
      changeParams(ctx, { providerFeePoolAddrStr: providerFeePoolAddr });
      openRewardChannel(ctx, portId, channelId);
    },
    onChanOpenConfirm() {
      throw initiatedByConsumer();
    },
    onChanCloseInit(ctx, { channelId }) {
      // Duplicates that lost the race may be closed; the CCV channel never.
      const established = state.providerChannel.get(ctx);
      if (established === undefined || established === channelId)
        throw sdkErrors.invalidRequest("user cannot close channel");
    },
    onChanCloseConfirm() {},

    onRecvPacket(ctx, { packet }): Acknowledgement {
      const attributes: [string, string][] = [["module", CCV_MODULE]];
      let vscId = 0n;
      let ack = resultAcknowledgement(RESULT_OK);
      let reason: string | undefined;
      try {
        const { data, assertValid } = refuseAsOnly(
          sdkErrors.invalidType,
          "cannot unmarshal VSCPacket data",
          () => decodeVscPacket(packet.data),
        );
        vscId = data.valsetUpdateId;
        assertValid();
        onVscPacket(ctx, packet, data);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        ack = errorAcknowledgement(error);
        reason = error.message;
      }
      attributes.push(["valset_update_id", vscId.toString()], ["success", String(reason === undefined)]);
      if (reason !== undefined) attributes.push(["error", reason]);
      ctx.emit("ccv_packet", attributes);
      return ack;
    },

    onAcknowledgementPacket(ctx, { packet, acknowledgement }) {
      const content = readAcknowledgement(acknowledgement);
      answers.onAcknowledgement(ctx, packet, content);
      ctx.emit("ccv_packet", { module: CONSUMER_MODULE, acknowledgement: acknowledgementText(content) });
      ctx.emit("ccv_packet", acknowledgementAttribute(content));
    },

    // Core IBC closes the ordered channel; the chain goes on with its last set.
    onTimeoutPacket(ctx) {
      ctx.emit("timeout", { module: CONSUMER_MODULE });
    },
  };
}
