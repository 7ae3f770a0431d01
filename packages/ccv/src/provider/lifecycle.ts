/** The way of a consumer through its phases: waiting, launched, stopped, deleted (ICS-28; interchain-security `consumer_lifecycle.go`). */

import { ConsumerPhase, GO_ZERO_TIME_NS, nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { PROVIDER_PORT } from "../types/constants.ts";
import { refusalOf } from "../types/refusals.ts";
import {
  isPrelaunched,
  MAX_CONSUMERS_PER_BLOCK,
  phaseOf,
  removeClient,
  requireInitialization,
} from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { removeQueuedInfractionParams } from "./infraction-params.ts";
import { removeKeys } from "./key-assignment.ts";
import type { Launch } from "./launch.ts";
import * as state from "./state.ts";
import { createTimeQueue } from "./time-queue.ts";
import { type BondedSets, removeConsumerSet, type ValidatorSets } from "./validator-sets.ts";

/** Consumers by spawn time. */
export const spawnQueue = createTimeQueue(state.spawnQueue);
/** Stopped consumers by the time of their deletion. */
export const removalQueue = createTimeQueue(state.removalQueue);

/** Spawn time of a consumer; `undefined` while it has none. */
export function spawnTimeOf(ctx: Context, consumerId: string): bigint | undefined {
  const init = state.initialization.get(ctx, consumerId);
  const timeNs = init === undefined ? GO_ZERO_TIME_NS : timestampToNs(init.spawnTime);
  return timeNs === GO_ZERO_TIME_NS ? undefined : timeNs;
}

/**
 * Moves a consumer with a spawn time to phase 2 and queues it, taking it out of the queue at `previousNs`. Throws an
 * untyped refusal when it does not wait there.
 * @returns its spawn time, `undefined` when it cannot be initialized
 */
export function initialize(
  ctx: Context,
  consumerId: string,
  previousNs: bigint | undefined,
): bigint | undefined {
  if (!isPrelaunched(ctx, consumerId)) return undefined;
  const timeNs = spawnTimeOf(ctx, consumerId);
  if (timeNs === undefined) return undefined;
  state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_INITIALIZED);
  if (previousNs !== undefined) spawnQueue.remove(ctx, consumerId, previousNs);
  spawnQueue.append(ctx, consumerId, timeNs);
  return timeNs;
}

type Deps = Pick<ProviderDeps, "staking" | "channel">;

/** Starting, stopping and deleting consumers. */
export function createLifecycle({ staking, channel }: Deps, sets: ValidatorSets, { launch }: Launch) {
  /** Launches the consumers that are due; one that cannot be launched goes back to phase 1 without a spawn time. */
  function launchDue(ctx: Context): void {
    const due = spawnQueue.take(ctx, MAX_CONSUMERS_PER_BLOCK);
    if (due.length === 0) return;
    const bonded: BondedSets = sets.bondedSets(ctx);
    for (const consumerId of due) {
      const branch = ctx.branch();
      if (refusalOf(() => launch(branch.ctx, consumerId, bonded)) === undefined) {
        branch.commit();
        continue;
      }
      const init = requireInitialization(ctx, consumerId);
      state.initialization.set(ctx, consumerId, { ...init, spawnTime: nsToTimestamp(GO_ZERO_TIME_NS) });
      state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    }
  }

  /** Stops a consumer: no more VSC packets; its state goes after the unbonding period, since evidence may still come. */
  function stop(ctx: Context, consumerId: string): void {
    state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_STOPPED);
    const removalNs = ctx.timeNs + staking.unbondingTimeNs(ctx);
    state.removalTimes.set(ctx, consumerId, removalNs);
    removalQueue.append(ctx, consumerId, removalNs);
  }

  function closeChannel(ctx: Context, consumerId: string): void {
    const channelId = state.channelOfConsumer.get(ctx, consumerId);
    if (channelId === undefined) return;
    const end = channel.channel(ctx, PROVIDER_PORT, channelId);
    // A channel over a dead client cannot be closed; that must not keep the consumer's state alive.
    if (end !== undefined && end.state !== State.STATE_CLOSED)
      refusalOf(() => channel.closeInit(ctx, { portId: PROVIDER_PORT, channelId }));
    state.channelOfConsumer.remove(ctx, consumerId);
    state.consumerOfChannel.remove(ctx, channelId);
  }

  /**
   * Deletes a stopped consumer. Chain id, owner, metadata, parameters and phase stay, to be shown; so do allocated
   * rewards. Throws an untyped refusal unless it is stopped.
   */
  function remove(ctx: Context, consumerId: string): void {
    if (phaseOf(ctx, consumerId) !== ConsumerPhase.CONSUMER_PHASE_STOPPED)
      throw plainError(`cannot delete non-stopped chain: ${consumerId}`);
    const range = { prefix: state.consumerPrefix(consumerId) };
    removeClient(ctx, consumerId);
    state.consumerGenesis.remove(ctx, consumerId);
    removeKeys(ctx, consumerId);
    state.minimumPower.remove(ctx, consumerId);
    state.evidenceMinHeight.remove(ctx, consumerId);
    closeChannel(ctx, consumerId);
    state.commissionRates.clear(ctx, range);
    state.initChainHeight.remove(ctx, consumerId);
    state.slashAcks.remove(ctx, consumerId);
    state.pendingVscPackets.remove(ctx, consumerId);
    state.allowlist.clear(ctx, range);
    state.denylist.clear(ctx, range);
    state.prioritylist.clear(ctx, range);
    state.optedIn.clear(ctx, range);
    removeConsumerSet(ctx, consumerId);
    state.removalTimes.remove(ctx, consumerId);
    removeQueuedInfractionParams(ctx, consumerId);
    state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_DELETED);
  }

  /** Deletes the consumers that are due; one that cannot be deleted does not stop the others. */
  function removeDue(ctx: Context): void {
    for (const consumerId of removalQueue.take(ctx, MAX_CONSUMERS_PER_BLOCK)) {
      const branch = ctx.branch();
      if (refusalOf(() => remove(branch.ctx, consumerId)) === undefined) branch.commit();
    }
  }

  return { launchDue, stop, remove, removeDue };
}

/** See {@link createLifecycle}. */
export type Lifecycle = ReturnType<typeof createLifecycle>;
