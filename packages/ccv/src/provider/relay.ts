/** VSC packets down to the consumers, slash packets up from them (ICS-28; interchain-security `relay.go`). */

import { channelErrors, clientErrors } from "@tandem-ics/ibc";
import {
  durationToNs,
  type SlashJailParameters,
  type SlashPacketData,
  type ValidatorSetChangePacketData,
} from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";

import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { PROVIDER_MODULE, PROVIDER_PORT } from "../types/constants.ts";
import {
  assertSlashPacket,
  encodeVscPacket,
  INFRACTION_NAMES,
  RESULT_OK,
  RESULT_SLASH_BOUNCED,
  RESULT_SLASH_HANDLED,
} from "../types/packets.ts";
import { refusalOf, TransactionAbort } from "../types/refusals.ts";
import { sendCcvPacket } from "../types/send-packet.ts";
import { consumersWithClients, isLaunched } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import { slashFraction } from "./infraction-params.ts";
import { pruneAddresses, toProviderAddress } from "./key-assignment.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { blocksUntilNextEpoch, ccvTimeoutNs } from "./params.ts";
import * as state from "./state.ts";
import type { Throttle } from "./throttle.ts";
import { type BondedSets, isConsumerValidator, type ValidatorSets } from "./validator-sets.ts";

const UNBONDED = 1;

/** Slash acks of a consumer that wait for its next VSC packet. */
export const slashAcksOf = (ctx: Context, consumerId: string): string[] =>
  state.slashAcks.get(ctx, consumerId)?.addresses ?? [];

/** VSC packets of a consumer that wait to be sent, oldest first. */
export const pendingVscPacketsOf = (ctx: Context, consumerId: string): ValidatorSetChangePacketData[] =>
  state.pendingVscPackets.get(ctx, consumerId)?.list ?? [];

/** Height on the provider at which the set of a VSC id came to be; id 0 is the consumer's first set. */
export const infractionHeightOf = (ctx: Context, consumerId: string, vscId: bigint): bigint | undefined =>
  vscId === 0n ? state.initChainHeight.get(ctx, consumerId) : state.heightOfVscId.get(ctx, vscId);

type Deps = Pick<ProviderDeps, "addresses" | "staking" | "slashing" | "channel">;
interface Parts {
  readonly sets: ValidatorSets;
  readonly lifecycle: Lifecycle;
  readonly throttle: Throttle;
}

/** Packets of all consumers. */
export function createRelay(
  { addresses, staking, slashing, channel }: Deps,
  { sets, lifecycle, throttle }: Parts,
) {
  /** Queues a VSC packet for every launched consumer whose set changed; the id grows once, packets or not. */
  function queueVscPackets(ctx: Context, bonded: BondedSets = sets.bondedSets(ctx)): void {
    const vscId = state.vscId.require(ctx);
    // All is read before anything is written: walking a store that was written to takes longer the more was written.
    const prepared = consumersWithClients(ctx)
      .filter((consumerId) => isLaunched(ctx, consumerId))
      .map((consumerId) => ({ consumerId, set: sets.prepare(ctx, consumerId, bonded) }));
    for (const { consumerId, set } of prepared) {
      const validatorUpdates = sets.store(ctx, consumerId, set);
      // Without changes nothing is sent, and slash acks keep waiting.
      if (validatorUpdates.length === 0) continue;
      const slashAcks = slashAcksOf(ctx, consumerId);
      if (slashAcks.length > 0) state.slashAcks.remove(ctx, consumerId);
      const list = [
        ...pendingVscPacketsOf(ctx, consumerId),
        { validatorUpdates, valsetUpdateId: vscId, slashAcks },
      ];
      state.pendingVscPackets.set(ctx, consumerId, { list });
    }
    state.vscId.set(ctx, vscId + 1n);
  }

  /** Sends what waits for a consumer. Over an inactive client it keeps waiting; any other refusal stops the consumer. */
  function sendTo(ctx: Context, consumerId: string, channelId: string): void {
    const timeoutNs = ccvTimeoutNs(ctx);
    for (const packet of pendingVscPacketsOf(ctx, consumerId)) {
      const data = encodeVscPacket(packet);
      const refusal = refusalOf(() =>
        sendCcvPacket(ctx, channel, { portId: PROVIDER_PORT, channelId, data, timeoutNs }),
      );
      if (refusal === undefined) continue;
      if (!clientErrors.clientNotActive.is(refusal)) lifecycle.stop(ctx, consumerId);
      return;
    }
    state.pendingVscPackets.remove(ctx, consumerId);
  }

  function sendVscPackets(ctx: Context): void {
    for (const consumerId of consumersWithClients(ctx)) {
      if (!isLaunched(ctx, consumerId)) continue;
      const channelId = state.channelOfConsumer.get(ctx, consumerId);
      if (channelId !== undefined) sendTo(ctx, consumerId, channelId);
    }
  }

  /** End of block: maps the VSC id, prunes old addresses, updates the provider's own set, and at a boundary all consumers'. */
  function endBlock(ctx: Context): ValidatorUpdate[] {
    state.heightOfVscId.set(ctx, state.vscId.require(ctx), ctx.height + 1n);
    for (const consumerId of consumersWithClients(ctx)) pruneAddresses(ctx, consumerId);
    const bonded = sets.bondedSets(ctx);
    const updates = sets.advanceProvider(ctx, bonded);
    if (blocksUntilNextEpoch(ctx) === 0n) {
      queueVscPackets(ctx, bonded);
      sendVscPackets(ctx);
    }
    return updates;
  }

  /** An error acknowledgement of a VSC packet stops the consumer. Throws `provider/4` on an unknown channel. */
  function onErrorAcknowledgement(ctx: Context, packet: Packet): void {
    const consumerId = state.consumerOfChannel.get(ctx, packet.sourceChannel);
    if (consumerId === undefined)
      throw providerErrors.unknownConsumerChannelId(
        `recv ErrorAcknowledgement on unknown channel ${packet.sourceChannel}`,
      );
    lifecycle.stop(ctx, consumerId);
  }

  /** A VSC packet that was not taken in time stops the consumer. Throws `channel/5` on an unknown channel. */
  function onTimeout(ctx: Context, packet: Packet): void {
    const consumerId = state.consumerOfChannel.get(ctx, packet.sourceChannel);
    if (consumerId === undefined) throw channelErrors.invalidChannelState(packet.sourceChannel);
    lifecycle.stop(ctx, consumerId);
  }

  function appendSlashAck(ctx: Context, consumerId: string, consumerAddress: Uint8Array): void {
    const ack = addresses.consensus.encode(consumerAddress);
    state.slashAcks.set(ctx, consumerId, { addresses: [...slashAcksOf(ctx, consumerId), ack] });
  }

  /** Slashes and jails for downtime; false after a refusal, before which what was done stays done. */
  function punishDowntime(
    ctx: Context,
    downtime: SlashJailParameters,
    { consAddress }: StakingValidator,
    infractionHeight: bigint,
    power: bigint,
  ): boolean {
    const refusal = refusalOf(() => {
      const fraction = slashFraction(downtime);
      const reason = Infraction.INFRACTION_DOWNTIME;
      staking.slashWithInfractionReason(ctx, consAddress, infractionHeight, power, fraction, reason);
      staking.jail(ctx, consAddress);
      slashing.jailUntil(ctx, consAddress, ctx.timeNs + durationToNs(downtime.jailDuration));
    });
    return refusal === undefined;
  }

  /** Handles a downtime report that passed every check, unless the validator cannot be punished any more. */
  function handleDowntime(ctx: Context, consumerId: string, data: SlashPacketData): void {
    const providerAddress = toProviderAddress(ctx, consumerId, data.validator.address);
    const validator = staking.validatorByConsAddr(ctx, providerAddress);
    if (validator === undefined || validator.status === UNBONDED) return;
    if (slashing.isTombstoned(ctx, providerAddress)) return;
    const infractionHeight = infractionHeightOf(ctx, consumerId, data.valsetUpdateId);
    if (infractionHeight === undefined) return;
    appendSlashAck(ctx, consumerId, data.validator.address);
    // Read for who is jailed already, too: that is gas.
    const downtime = state.infractionParams.get(ctx, consumerId)?.downtime;
    if (downtime === undefined) return;
    if (
      !validator.jailed &&
      !punishDowntime(ctx, downtime, validator, infractionHeight, data.validator.power)
    )
      return;
    ctx.emit("execute_consumer_chain_slash", {
      module: PROVIDER_MODULE,
      validator_address: addresses.consensus.encode(providerAddress),
      infraction_type: INFRACTION_NAMES[data.infraction]!,
      infraction_height: infractionHeight.toString(),
      valset_update_id: data.valsetUpdateId.toString(),
    });
  }

  /**
   * Takes a consumer's slash packet. A double sign is only noted: it is punished by evidence, never on a consumer's word.
   * Throws for bad data (the consumer then closes the channel) and aborts on a channel that is no CCV channel.
   * @returns the result byte of the acknowledgement
   */
  function onSlashPacket(ctx: Context, packet: Packet, data: SlashPacketData): Uint8Array {
    const consumerId = state.consumerOfChannel.get(ctx, packet.destinationChannel);
    if (consumerId === undefined)
      throw new TransactionAbort(`SlashPacket received on unknown channel ${packet.destinationChannel}`);
    assertSlashPacket(data);
    // State-breaking: what is read twice here, and where it is used, costs gas twice on the Go provider.
    if (infractionHeightOf(ctx, consumerId, data.valsetUpdateId) === undefined)
      throw plainError(
        `cannot find infraction height matching the validator update id ${data.valsetUpdateId} for chain ${consumerId}`,
      );
    const providerAddress = toProviderAddress(ctx, consumerId, data.validator.address);
    if (data.infraction === Infraction.INFRACTION_DOUBLE_SIGN) {
      infractionHeightOf(ctx, consumerId, data.valsetUpdateId);
      state.slashLog.set(ctx, providerAddress, true);
      return RESULT_OK;
    }
    // The second look at the phase is for Go's log.
    const stopped = !isLaunched(ctx, consumerId) && !isLaunched(ctx, consumerId);
    if (stopped || !isConsumerValidator(ctx, consumerId, providerAddress)) {
      // Dropped, but acknowledged, so that the consumer may report this validator again.
      appendSlashAck(ctx, consumerId, data.validator.address);
      return RESULT_SLASH_HANDLED;
    }
    const meter = throttle.meter(ctx);
    if (meter < 0n) return RESULT_SLASH_BOUNCED;
    throttle.charge(ctx, providerAddress, meter);
    handleDowntime(ctx, consumerId, data);
    return RESULT_SLASH_HANDLED;
  }

  return { endBlock, queueVscPackets, sendVscPackets, onErrorAcknowledgement, onTimeout, onSlashPacket };
}

/** See {@link createRelay}. */
export type Relay = ReturnType<typeof createRelay>;
