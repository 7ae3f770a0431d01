/** Reports of infractions to the provider: queued as they happen, sent one at a time (ICS-28; interchain-security `relay.go`, `throttle_retry.go`). */
import {
  type ConsumerPacketData,
  ConsumerPacketDataType,
  nsToTimestamp,
  timestampToNs,
} from "@tandem-ics/proto";
import type { AddressCodecs, Context } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { CONSUMER_MODULE, CONSUMER_PORT } from "../types/constants.ts";
import { encodeConsumerPacket, INFRACTION_NAMES } from "../types/packets.ts";
import { refusalOf, TransactionAbort } from "../types/refusals.ts";
import { type PacketSender, sendCcvPacket } from "../types/send-packet.ts";
import { ccvTimeoutNs, retryDelayNs } from "./params.ts";
import * as state from "./state.ts";

/** Appends a packet to the queue. */
export function appendPacket(ctx: Context, packet: ConsumerPacketData): void {
  const index = state.nextPacketIndex.get(ctx) ?? 0n;
  state.nextPacketIndex.set(ctx, index + 1n);
  state.pendingPackets.set(ctx, index, packet);
}

/** Removes the oldest packet of the queue. */
export function removeHead(ctx: Context): void {
  for (const [index] of state.pendingPackets.entries(ctx)) {
    state.pendingPackets.remove(ctx, index);
    return;
  }
}

/**
 * Queues a report. A second downtime of a validator is not reported before the provider acknowledged the first. Works
 * before the channel exists.
 */
export function queueSlashRequest(
  ctx: Context,
  addresses: AddressCodecs,
  request: {
    readonly address: Uint8Array;
    readonly power: bigint;
    readonly vscId: bigint;
    readonly infraction: Infraction;
  },
): void {
  const { address, power, vscId, infraction } = request;
  if (infraction === Infraction.INFRACTION_DOWNTIME) {
    if (state.outstandingDowntime.has(ctx, address)) return;
    state.outstandingDowntime.set(ctx, address, true);
  }
  appendPacket(ctx, {
    type: ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH,
    data: {
      $case: "slashPacketData",
      value: { validator: { address, power }, valsetUpdateId: vscId, infraction },
    },
  });
  ctx.emit("consumer_slash_request", {
    module: CONSUMER_MODULE,
    validator_address: addresses.consensus.encode(address),
    valset_update_id: vscId.toString(),
    infraction_type: INFRACTION_NAMES[infraction] ?? String(infraction),
  });
}

/** Whether a packet may leave: none waits for its answer, and after a bounce the delay is over. */
function maySend(ctx: Context): boolean {
  const record = state.slashRecord.get(ctx);
  if (record === undefined) return true;
  return !record.waitingOnReply && ctx.timeNs > timestampToNs(record.sendTime) + retryDelayNs(ctx);
}

/** Sends what may leave, oldest first. A refusal, as over an expired client, leaves the rest for the next block. */
export function sendPackets(ctx: Context, channel: PacketSender): void {
  const channelId = state.providerChannel.get(ctx);
  if (channelId === undefined) return;
  for (const [index, packet] of state.pendingPackets.entries(ctx)) {
    if (!maySend(ctx)) return;
    const data = encodeConsumerPacket(packet);
    const refusal = refusalOf(() =>
      sendCcvPacket(ctx, channel, { portId: CONSUMER_PORT, channelId, data, timeoutNs: ccvTimeoutNs(ctx) }),
    );
    if (refusal !== undefined) return;
    if (packet.type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH) {
      // It stays the head of the queue, and blocks it, until the provider has answered.
      state.slashRecord.set(ctx, { waitingOnReply: true, sendTime: nsToTimestamp(ctx.timeNs) });
      return;
    }
    state.pendingPackets.remove(ctx, index);
  }
}

/** The provider took the slash packet under way. */
export function onHandled(ctx: Context): void {
  state.slashRecord.remove(ctx);
  removeHead(ctx);
}

/** The provider's slash meter was empty: the packet is sent again after the delay. */
export function onBounced(ctx: Context): void {
  const record = state.slashRecord.get(ctx);
  if (record === undefined) throw new TransactionAbort("a slash packet bounced and none is under way");
  state.slashRecord.set(ctx, { ...record, waitingOnReply: false });
}
