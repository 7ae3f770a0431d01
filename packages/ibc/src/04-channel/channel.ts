/** Channel ends as values (ICS-04; ibc-go `04-channel/types/channel.go`). */
import { inContext } from "@tandem-ics/runtime";
import type { Channel, Counterparty } from "cosmjs-types/ibc/core/channel/v1/channel";
import { assertIdentifier } from "../24-host/validate.ts";
import { channelErrors } from "./errors.ts";

/** States of a channel. */
export const CHANNEL_STATE = { uninitialized: 0, init: 1, tryOpen: 2, open: 3, closed: 4 } as const;

const STATE_NAMES: Readonly<Record<number, string>> = {
  0: "STATE_UNINITIALIZED_UNSPECIFIED",
  1: "STATE_INIT",
  2: "STATE_TRYOPEN",
  3: "STATE_OPEN",
  4: "STATE_CLOSED",
};

/** Name of a state as refusals give it. */
export const channelStateName = (state: number): string => STATE_NAMES[state] ?? state.toString();

/** Whether packets arrive in any order or in the order of sending. */
export const ORDERING = { none: 0, unordered: 1, ordered: 2 } as const;

const ORDERING_NAMES: Readonly<Record<number, string>> = {
  0: "ORDER_NONE_UNSPECIFIED",
  1: "ORDER_UNORDERED",
  2: "ORDER_ORDERED",
};

/** Name of an ordering as in events and versions. */
export const orderingName = (ordering: number): string => ORDERING_NAMES[ordering] ?? ordering.toString();

/** What an application says to a step of the handshake; a refusal is told with the channel's end. */
export const calledBack = <T>(
  step: string,
  { portId, channelId }: { readonly portId: string; readonly channelId: string },
  call: () => T,
): T => inContext(`channel ${step} callback failed for port ID: ${portId}, channel ID: ${channelId}`, call);

/** Throws `host/2` for bad identifiers. The channel id may be empty. */
export function validateCounterparty({ portId, channelId }: Counterparty): void {
  assertIdentifier("port", portId, "invalid counterparty port ID");
  if (channelId !== "") assertIdentifier("channel", channelId, "invalid counterparty channel ID");
}

/** Throws unless a stored end would be well-formed. */
export function validateChannel(channel: Channel): void {
  if (channel.state === CHANNEL_STATE.uninitialized) throw channelErrors.invalidChannelState();
  if (channel.ordering !== ORDERING.unordered && channel.ordering !== ORDERING.ordered)
    throw channelErrors.invalidChannelOrdering(orderingName(channel.ordering));
  if (channel.connectionHops.length !== 1)
    throw channelErrors.tooManyConnectionHops("current IBC version only supports one connection hop");
  assertIdentifier("connection", channel.connectionHops[0]!, "invalid connection hop ID");
  validateCounterparty(channel.counterparty);
}

/** Returns the only hop. Throws `channel/15` for none or several: IBC has no multi-hop channels yet. */
export function assertOneHop(hops: readonly string[]): string {
  const [hop] = hops;
  if (hops.length !== 1 || hop === undefined)
    throw channelErrors.tooManyConnectionHops(`expected 1, got ${hops.length}`);
  return hop;
}
