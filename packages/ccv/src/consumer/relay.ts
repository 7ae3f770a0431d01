/** VSC packets from the provider, answers to slash packets (ICS-28; interchain-security `relay.go`). */
import { ConsumerPacketDataType, type ValidatorSetChangePacketData } from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { AcknowledgementContent } from "../types/acknowledgement-text.ts";
import { bytesOfBech32, consAddressOfKey } from "../types/addresses.ts";
import { CONSUMER_MODULE, CONSUMER_PORT } from "../types/constants.ts";
import { ccvErrors, refuseAs } from "../types/errors.ts";
import {
  decodeConsumerPacket,
  RESULT_OK,
  RESULT_SLASH_BOUNCED,
  RESULT_SLASH_HANDLED,
} from "../types/packets.ts";
import { refusalOf, TransactionAbort } from "../types/refusals.ts";
import { mergeChanges } from "../types/valset-changes.ts";
import { consumerErrors } from "./errors.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { onBounced, onHandled } from "./slash-requests.ts";
import * as state from "./state.ts";

/** Throws `CCV/1` for updates that would stop the consensus engine: keys it cannot use, powers below zero. */
function assertUpdates({ validatorUpdates }: ValidatorSetChangePacketData): void {
  for (const { pubKey, power } of validatorUpdates) {
    if (pubKey === undefined) throw ccvErrors.invalidPacketData("validator update without key");
    refuseAs(ccvErrors.invalidPacketData, "validator update", () => consAddressOfKey(pubKey));
    if (power < 0n) throw ccvErrors.invalidPacketData("validator update with negative power");
  }
}

/** The first VSC packet ever makes its channel the CCV channel; another channel's then aborts the transaction. */
function fixChannel(ctx: Context, packet: Packet): void {
  const channelId = state.providerChannel.get(ctx);
  if (channelId === packet.destinationChannel) return;
  if (channelId !== undefined)
    throw new TransactionAbort(
      `VSCPacket received on unknown channel ${packet.destinationChannel}; expected: ${channelId}`,
    );
  state.providerChannel.set(ctx, packet.destinationChannel);
  ctx.emit("channel_established", {
    module: CONSUMER_MODULE,
    channel_id: packet.destinationChannel,
    port_id: packet.destinationPort,
  });
}

/** Takes a VSC packet: its changes are applied at the end of the block, its id holds from the next height. */
export function onVscPacket(ctx: Context, packet: Packet, changes: ValidatorSetChangePacketData): void {
  assertUpdates(changes);
  fixChannel(ctx, packet);
  const earlier = state.pendingChanges.get(ctx)?.validatorUpdates ?? [];
  state.pendingChanges.set(ctx, {
    validatorUpdates: mergeChanges(earlier, changes.validatorUpdates),
    valsetUpdateId: 0n,
    slashAcks: [],
  });
  state.vscIdOfHeight.set(ctx, ctx.height + 1n, changes.valsetUpdateId);
  for (const ack of changes.slashAcks) {
    // An unreadable ack is passed over: refusing the packet would end the consumer.
    const address = bytesOfBech32(ack);
    if (address !== undefined && address.length > 0) state.outstandingDowntime.remove(ctx, address);
  }
}

/** Answers to this chain's packets. */
export function createAnswers({ channel }: Pick<ConsumerDeps, "channel">) {
  function onResult(ctx: Context, packet: Packet, result: Uint8Array): void {
    if (result.length !== 1)
      throw plainError(`acknowledgement result length must be 1, got ${result.length}`);
    if (decodeConsumerPacket(packet.data).type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM) return;
    switch (result[0]) {
      case RESULT_OK[0]:
      case RESULT_SLASH_HANDLED[0]:
        onHandled(ctx);
        return;
      case RESULT_SLASH_BOUNCED[0]:
        onBounced(ctx);
        return;
      default:
        throw plainError(`unrecognized acknowledgement result: ${String.fromCharCode(result[0]!)}`);
    }
  }

  /** The provider could not read a packet, which ends the trust: its channel is closed, and the CCV channel with it. */
  function onError(ctx: Context, packet: Packet): void {
    const { sourcePort, sourceChannel } = packet;
    const refusal = refusalOf(() => channel.closeInit(ctx, { portId: sourcePort, channelId: sourceChannel }));
    if (refusal !== undefined)
      throw plainError(`ChanCloseInit(${sourceChannel}) failed: ${refusal.message}`, { cause: refusal });
    const established = state.providerChannel.get(ctx);
    if (established === undefined)
      throw consumerErrors.noProviderChannel(
        `recv ErrorAcknowledgement on non-established channel ${sourceChannel}`,
      );
    if (established !== sourceChannel)
      channel.closeInit(ctx, { portId: CONSUMER_PORT, channelId: established });
  }

  return {
    onAcknowledgement(ctx: Context, packet: Packet, content: AcknowledgementContent): void {
      if ("result" in content) onResult(ctx, packet, content.result);
      else if (content.error !== "") onError(ctx, packet);
    },
  };
}

/** See {@link createAnswers}. */
export type Answers = ReturnType<typeof createAnswers>;
