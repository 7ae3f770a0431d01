/** Notes which consumer a reward transfer belongs to: a layer around the transfer application (interchain-security `ibc_middleware.go`). */

import { equalBytes } from "@tandem-ics/crypto";
import { channelErrors, decodePacketData, type IbcApp, parseAmount } from "@tandem-ics/ibc";
import { type AddressCodec, addDecCoins, type Context, Dec } from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { CONSUMER_REWARDS_POOL, PROVIDER_MODULE } from "../types/constants.ts";
import { receivedDenom } from "../types/denoms.ts";
import { refusalOf } from "../types/refusals.ts";
import { parseRewardMemo } from "../types/reward-memo.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import type { Handshake } from "./handshake.ts";
import { allocationOf, setAllocation } from "./rewards.ts";
import * as state from "./state.ts";

/** Rewards of Stride on the Cosmos Hub come without a memo, over a channel that is not on its CCV client. */
const STRIDE = { hub: "cosmoshub-4", channel: "channel-391", chainId: "stride-1", consumerId: "1" } as const;

const isAddress = (codec: AddressCodec, text: string, address: Uint8Array): boolean => {
  let bytes: Uint8Array | undefined;
  refusalOf(() => {
    bytes = codec.decode(text);
  });
  return bytes !== undefined && equalBytes(bytes, address);
};

type Deps = Pick<ProviderDeps, "addresses" | "auth" | "channel">;

/** The transfer application with the layer around it. */
export function createRewardsMiddleware(
  transfer: IbcApp,
  { addresses, auth, channel }: Deps,
  handshake: Handshake,
): IbcApp {
  function clientUnder(ctx: Context, packet: Packet): { clientId: string; chainId: string } {
    const end = channel.channel(ctx, packet.destinationPort, packet.destinationChannel);
    if (end === undefined) throw channelErrors.channelNotFound(packet.destinationChannel);
    return handshake.underlyingClient(ctx, handshake.onlyHop(end.connectionHops));
  }

  /** Consumer on whose client the transfer channel stands, if it has a CCV channel. */
  function consumerOfTransfer(ctx: Context, packet: Packet): string | undefined {
    let found: { clientId: string; chainId: string } | undefined;
    refusalOf(() => {
      found = clientUnder(ctx, packet);
    });
    if (found === undefined) return undefined;
    const consumerId = state.consumerOfClient.get(ctx, found.clientId);
    // read, not only looked up: that is what it costs in gas
    if (consumerId !== undefined && state.channelOfConsumer.get(ctx, consumerId) !== undefined)
      return consumerId;
    const isStride =
      ctx.chainId === STRIDE.hub &&
      packet.destinationChannel === STRIDE.channel &&
      found.chainId === STRIDE.chainId &&
      state.chainIds.get(ctx, STRIDE.consumerId) === STRIDE.chainId;
    return isStride ? STRIDE.consumerId : undefined;
  }

  /** Adds a transfer to the pool to a consumer's rewards. An unknown consumer's stay in the pool, unaccounted. */
  function note(ctx: Context, packet: Packet): void {
    const data = decodePacketData(packet.data);
    if (
      !isAddress(
        addresses.account,
        data.receiver,
        auth.ensureModuleAccount(ctx, CONSUMER_REWARDS_POOL).address,
      )
    )
      return;
    // A memo is trusted as it is: whoever sends rewards may say whose they are.
    const consumerId = parseRewardMemo(data.memo)?.consumerId ?? consumerOfTransfer(ctx, packet);
    const chainId = consumerId === undefined ? undefined : state.chainIds.get(ctx, consumerId);
    if (consumerId === undefined || chainId === undefined) return;
    const denom = receivedDenom(data.denom, packet);
    const amount = Dec.fromInt(parseAmount(data.amount));
    setAllocation(
      ctx,
      consumerId,
      denom,
      addDecCoins(allocationOf(ctx, consumerId, denom), [{ denom, amount }]),
    );
    ctx.emit("update_consumer", {
      module: PROVIDER_MODULE,
      consumer_id: consumerId,
      consumer_chain_id: chainId,
      reward_denom: denom,
      reward_amount: data.amount,
      reward_distribution: "scheduled",
    });
  }

  return {
    ...transfer,
    onRecvPacket(ctx, arrival) {
      const ack = transfer.onRecvPacket(ctx, arrival);
      if (ack?.success === true) note(ctx, arrival.packet);
      return ack;
    },
  };
}
