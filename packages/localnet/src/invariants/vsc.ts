/**
 * Validator-set changes across chains, after the Quint model of interchain-security (`tests/mbt/model/ccv_model.qnt`):
 * ValidatorUpdatesArePropagated, ValidatorSetHasExisted, SameVscPackets, all three under key assignment and partial set
 * security, where each consumer has a sequence of sets of its own.
 */
import { toHex } from "@tandem-ics/crypto";
import { ConsumerPhase } from "@tandem-ics/proto";
import { type VscPacket, vscPacketOf } from "./ccv-packets.ts";
import {
  attributeOf,
  eventsOf,
  type ObservedBlock,
  type ObservedChain,
  type ObservedNetwork,
  type Report,
  type Watcher,
} from "./observed.ts";
import {
  BLOCKS_UNTIL_NEXT_EPOCH,
  CHANNEL_CLIENT,
  CLIENT_STATUS,
  CONSUMER_CHAINS,
  CONSUMER_GENESIS,
  CONSUMER_OF_CLIENT,
  CONSUMER_VALIDATORS,
  EVERYTHING,
} from "./questions.ts";
import { applyUpdates, hashOf, type Powers, powersOf, textOf } from "./validator-sets.ts";

/** What is known of one consumer. */
interface Track {
  /** What genesis and all packets sent so far add up to; undefined until it is known. */
  sum: Powers | undefined;
  /** Hashes of the sets that the provider made for it, oldest first. */
  readonly sets: string[];
  /** Whether the chain began with the first of {@link sets}, as all do but those that were chains before. */
  readonly fromFirst: boolean;
  /** Index in {@link sets} of the set that the consumer has; undefined until it had a known one. */
  reached: number | undefined;
  /** Hash that the consumer's last header showed. */
  shown: string;
  /** Whether the provider's end of the channel is known to be open. */
  open: boolean;
  readonly sent: Map<bigint, VscPacket>;
  lastSent: bigint;
  /** Sequence and VSC id of the last packet that the consumer received. */
  received: { readonly sequence: bigint; readonly vscId: bigint } | undefined;
}

/** Makes the watcher. */
export function createVscWatcher(network: ObservedNetwork): Watcher {
  const tracks = new Map<string, Track>();
  const consumerOfChannel = new Map<string, string>();

  function trackOf(provider: ObservedChain, consumerId: string): Track {
    let track = tracks.get(consumerId);
    if (track === undefined) {
      // Of a consumer whose launch was not seen, packets may have been sent that nobody here knows of.
      const first = provider.complete ? firstSetOf(provider, consumerId) : undefined;
      track = {
        sum: first?.set,
        sets: first === undefined ? [] : [hashOf(first.set)],
        fromFirst: first !== undefined && !first.preCcv,
        reached: undefined,
        shown: "",
        open: !provider.complete,
        sent: new Map(),
        lastSent: 0n,
        received: undefined,
      };
      tracks.set(consumerId, track);
    }
    return track;
  }

  function consumerOf(provider: ObservedChain, channelId: string): string {
    let consumerId = consumerOfChannel.get(channelId);
    if (consumerId === undefined) {
      const { identifiedClientState } = provider.ask(CHANNEL_CLIENT, { portId: "provider", channelId });
      const { clientId = "" } = identifiedClientState ?? {};
      consumerId = provider.ask(CONSUMER_OF_CLIENT, { clientId }).consumerId;
      consumerOfChannel.set(channelId, consumerId);
    }
    return consumerId;
  }

  function onSent(provider: ObservedChain, channelId: string, packet: VscPacket, report: Report): void {
    const consumerId = consumerOf(provider, channelId);
    const track = trackOf(provider, consumerId);
    if (packet.vscId <= track.lastSent)
      report(
        "SameVscPackets",
        `a VSC id above ${track.lastSent} to consumer ${consumerId}`,
        `VSC id ${packet.vscId} in packet ${packet.sequence}`,
      );
    track.lastSent = packet.vscId;
    track.open = true;
    track.sent.set(packet.sequence, packet);
    if (track.sum !== undefined) applyUpdates(track.sum, packet.updates);
  }

  /** In the last block of an epoch the set kept for a consumer is what it gets to know of. */
  function onEpochEnd(provider: ObservedChain, report: Report): void {
    const { chains } = provider.ask(CONSUMER_CHAINS, {
      phase: ConsumerPhase.CONSUMER_PHASE_LAUNCHED,
      ...EVERYTHING,
    });
    for (const { consumerId, clientId } of chains) {
      const track = trackOf(provider, consumerId);
      const kept = keptSetOf(provider, consumerId);
      const hash = hashOf(kept);
      if (track.sets.at(-1) !== hash) track.sets.push(hash);
      // Packets wait while there is no channel, or no client to send over.
      if (!track.open || provider.ask(CLIENT_STATUS, { clientId }).status !== "Active") continue;
      if (track.sum === undefined) track.sum = kept;
      else if (hashOf(track.sum) !== hash)
        report(
          "ValidatorUpdatesArePropagated",
          `the packets to consumer ${consumerId} to add up to its set ${textOf(kept)}`,
          textOf(track.sum),
        );
    }
  }

  function onProviderBlock(block: ObservedBlock, report: Report): void {
    const { chain: provider } = block;
    for (const event of eventsOf(block)) {
      const { type } = event;
      if (type === "channel_open_confirm" && attributeOf(event, "port_id") === "provider")
        trackOf(provider, consumerOf(provider, attributeOf(event, "channel_id"))).open = true;
      if (type !== "send_packet" || attributeOf(event, "packet_src_port") !== "provider") continue;
      const packet = vscPacketOf(event);
      if (packet !== undefined) onSent(provider, attributeOf(event, "packet_src_channel"), packet, report);
    }
    if (provider.ask(BLOCKS_UNTIL_NEXT_EPOCH).blocksUntilNextEpoch === 0n) onEpochEnd(provider, report);
  }

  function onReceived(track: Track, packet: VscPacket, complete: boolean, report: Report): void {
    const { sequence, vscId } = packet;
    const last = track.received;
    if (last !== undefined && (sequence !== last.sequence + 1n || vscId <= last.vscId))
      report(
        "SameVscPackets",
        `packet ${last.sequence + 1n} with a VSC id above ${last.vscId}`,
        `packet ${sequence} with VSC id ${vscId}`,
      );
    const sent = track.sent.get(sequence);
    if (complete && sent === undefined)
      report("SameVscPackets", "a packet that the provider sent", `packet ${sequence} with VSC id ${vscId}`);
    if (sent !== undefined && sent.hex !== packet.hex)
      report("SameVscPackets", `packet ${sequence} to be ${sent.hex}`, packet.hex);
    track.sent.delete(sequence);
    track.received = { sequence, vscId };
  }

  function onShown(track: Track, shown: string, report: Report): void {
    if (shown === track.shown) return;
    track.shown = shown;
    const from = track.reached ?? 0;
    const at = track.sets.indexOf(shown, from);
    if (at >= 0) track.reached = at;
    else if (track.reached !== undefined || track.sets.length > 0)
      report(
        "ValidatorSetHasExisted",
        `one of the sets that the provider made for this chain, not older than its last: ${track.sets.slice(from).join(", ")}`,
        `next_validators_hash ${shown}`,
      );
  }

  function onConsumerBlock(block: ObservedBlock, provider: ObservedChain, report: Report): void {
    const { chain } = block;
    const track = trackOf(provider, chain.consumerId ?? "");
    for (const event of eventsOf(block)) {
      if (event.type !== "recv_packet" || attributeOf(event, "packet_dst_port") !== "consumer") continue;
      const packet = vscPacketOf(event);
      if (packet !== undefined) onReceived(track, packet, chain.complete && provider.complete, report);
    }
    // A chain that was resumed, or ran by itself before, may have a set that the provider did not make.
    if (track.reached === undefined && !(chain.complete && track.fromFirst)) {
      const shown = toHex(block.nextValidatorsHash);
      if (track.sets.includes(shown)) track.reached = track.sets.indexOf(shown);
      track.shown = shown;
    } else onShown(track, toHex(block.nextValidatorsHash), report);
  }

  return (block, report) => {
    const { provider } = network;
    if (block.chain === provider) onProviderBlock(block, report);
    else if (block.chain.role === "consumer" && provider !== undefined)
      onConsumerBlock(block, provider, report);
  };
}

function firstSetOf(provider: ObservedChain, consumerId: string): { set: Powers; preCcv: boolean } {
  const { genesisState } = provider.ask(CONSUMER_GENESIS, { consumerId });
  return { set: powersOf(genesisState.provider?.initialValSet ?? []), preCcv: genesisState.preCCV };
}

const keptSetOf = (provider: ObservedChain, consumerId: string): Powers =>
  powersOf(
    provider
      .ask(CONSUMER_VALIDATORS, { consumerId })
      .validators.map(({ consumerKey, consumerPower }) => ({ pubKey: consumerKey!, power: consumerPower })),
  );
