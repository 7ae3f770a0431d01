/** Channel uniqueness (QA matrix of interchain-security, 5.01–5.04): one CCV channel for each consumer, for ever. */
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { attributeOf, eventsOf, type ObservedNetwork, type Watcher } from "./observed.ts";
import { CHANNEL_CLIENT, CHANNELS, EVERYTHING } from "./questions.ts";

/** Makes the watcher. */
export function createChannelWatcher(network: ObservedNetwork): Watcher {
  /** Chain name → its CCV channel, once established. */
  const established = new Map<string, string>();
  return (block, report) => {
    const { chain } = block;
    let opened = false;
    for (const event of eventsOf(block)) {
      if (event.type === "channel_open_confirm") opened = true;
      if (event.type !== "channel_established" || chain.role !== "consumer") continue;
      const channelId = attributeOf(event, "channel_id");
      const known = established.get(chain.name);
      if (known !== undefined && known !== channelId)
        report("ChannelUniqueness", `${known} to stay the CCV channel`, `${channelId} established`);
      established.set(chain.name, channelId);
    }
    if (!opened || chain !== network.provider) return;
    const byClient = new Map<string, string>();
    for (const { portId, channelId, state } of chain.ask(CHANNELS, EVERYTHING).channels) {
      if (portId !== "provider" || state !== State.STATE_OPEN) continue;
      const clientId = chain.ask(CHANNEL_CLIENT, { portId, channelId }).identifiedClientState?.clientId ?? "";
      const known = byClient.get(clientId);
      if (known !== undefined)
        report("ChannelUniqueness", `one open CCV channel over ${clientId}`, `${known} and ${channelId}`);
      byClient.set(clientId, channelId);
    }
  };
}
