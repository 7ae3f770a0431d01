/** Creating, changing and removing consumers (interchain-security `msg_server.go`). */

import { isBlank } from "@tandem-ics/ibc/24-host";
import {
  type AllowlistedRewardDenoms,
  type ConsumerInitializationParameters,
  ConsumerPhase,
  GO_ZERO_TIME_NS,
  type MsgCreateConsumer,
  type MsgRemoveConsumer,
  type MsgUpdateConsumer,
  nsToDuration,
  nsToTimestamp,
  PowerShapingParameters,
  timestampToNs,
} from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import { PROVIDER_MODULE } from "../types/constants.ts";
import {
  DEFAULT_BLOCKS_PER_TRANSMISSION,
  DEFAULT_CCV_TIMEOUT_NS,
  DEFAULT_CONSUMER_UNBONDING_NS,
  DEFAULT_HISTORICAL_ENTRIES,
  DEFAULT_REDISTRIBUTION_FRACTION,
  DEFAULT_TRANSFER_TIMEOUT_NS,
} from "../types/consumer-params.ts";
import { ccvErrors, refuseAs } from "../types/errors.ts";
import { isRefusal } from "../types/refusals.ts";
import { goTimeText } from "../types/time-text.ts";
import { isActive, isPrelaunched, phaseName, phaseOf, takeConsumerId } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import {
  canonicalInfractionParams,
  type InfractionParams,
  requireInfractionParams,
} from "./infraction-params.ts";
import { initialize, type Lifecycle, spawnQueue, spawnTimeOf } from "./lifecycle.ts";
import { assertChainId, assertInitialHeight } from "./message-validation.ts";
import { setPowerShaping, updateMinimumPower } from "./power-shaping-params.ts";
import * as state from "./state.ts";
import type { ValidatorSets } from "./validator-sets.ts";

/** Initialization parameters of a consumer that names none. */
export const defaultInitialization = (): ConsumerInitializationParameters => ({
  initialHeight: { revisionNumber: 1n, revisionHeight: 1n },
  genesisHash: new Uint8Array(0),
  binaryHash: new Uint8Array(0),
  spawnTime: nsToTimestamp(GO_ZERO_TIME_NS),
  unbondingPeriod: nsToDuration(DEFAULT_CONSUMER_UNBONDING_NS),
  ccvTimeoutPeriod: nsToDuration(DEFAULT_CCV_TIMEOUT_NS),
  transferTimeoutPeriod: nsToDuration(DEFAULT_TRANSFER_TIMEOUT_NS),
  consumerRedistributionFraction: DEFAULT_REDISTRIBUTION_FRACTION,
  blocksPerDistributionTransmission: DEFAULT_BLOCKS_PER_TRANSMISSION,
  historicalEntries: DEFAULT_HISTORICAL_ENTRIES,
  distributionTransmissionChannel: "",
  connectionId: "",
});

type Deps = Pick<ProviderDeps, "addresses" | "authority" | "staking">;
interface Parts {
  readonly sets: ValidatorSets;
  readonly lifecycle: Lifecycle;
  readonly infractions: InfractionParams;
}
type Attributes = [key: string, value: string][];

function setInitialization(ctx: Context, consumerId: string, init: ConsumerInitializationParameters): void {
  const chainId = requireKnownChainId(ctx, consumerId);
  refuseAs(
    providerErrors.invalidInitialization,
    `cannot set consumer initialization parameters: invalid initial height for consumer id (${consumerId})`,
    () => assertInitialHeight(init, chainId),
  );
  state.initialization.set(ctx, consumerId, init);
}

/** Owner of a consumer. Throws `provider/37` for an unknown one. */
function requireOwner(ctx: Context, consumerId: string): string {
  const owner = state.owners.get(ctx, consumerId);
  // Go prints the address that it did not find.
  if (owner === undefined) throw providerErrors.noOwnerAddress("cannot retrieve owner address ");
  return owner;
}

/** Chain id of a consumer. Throws `CCV/11` for an unknown one. */
export function requireKnownChainId(ctx: Context, consumerId: string): string {
  const chainId = state.chainIds.get(ctx, consumerId);
  if (chainId === undefined)
    throw ccvErrors.invalidConsumerState(
      `cannot get consumer chain ID: failed to retrieve chain id for consumer id (${consumerId})`,
    );
  return chainId;
}

function assertOwner(owner: string, signer: string): void {
  if (signer !== owner) throw providerErrors.unauthorized(`expected owner address ${owner}, got ${signer}`);
}

/** Removed first, whether there are any or not: that is gas. */
function replaceAllowlistedDenoms(ctx: Context, consumerId: string, denoms: AllowlistedRewardDenoms): void {
  state.allowlistedDenoms.remove(ctx, consumerId);
  state.allowlistedDenoms.set(ctx, consumerId, denoms);
}

const phaseAttribute = (ctx: Context, consumerId: string): Attributes[number] => [
  "consumer_phase",
  phaseName(phaseOf(ctx, consumerId)),
];

/** Handlers of the owner's messages. */
export function createConsumerMessages(
  { addresses, authority }: Deps,
  { sets, lifecycle, infractions }: Parts,
) {
  function createConsumer(ctx: Context, msg: MsgCreateConsumer): { consumerId: string } {
    const consumerId = takeConsumerId(ctx);
    state.owners.set(ctx, consumerId, msg.submitter);
    state.chainIds.set(ctx, consumerId, msg.chainId);
    state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    state.metadata.set(ctx, consumerId, msg.metadata);
    setInitialization(ctx, consumerId, msg.initializationParameters ?? defaultInitialization());
    const shaping = msg.powerShapingParameters ?? PowerShapingParameters.create();
    if (shaping.topN !== 0)
      throw providerErrors.cannotCreateTopN(
        "cannot create a Top N chain using the `MsgCreateConsumer` message; use `MsgUpdateConsumer` instead",
      );
    setPowerShaping(ctx, addresses, consumerId, shaping);
    const defaults = infractions.defaults(ctx);
    const given = msg.infractionParameters && canonicalInfractionParams(msg.infractionParameters);
    state.infractionParams.set(ctx, consumerId, {
      doubleSign: given?.doubleSign ?? defaults.doubleSign,
      downtime: given?.downtime ?? defaults.downtime,
    });
    const spawnTimeNs = initialize(ctx, consumerId, undefined);
    if (msg.allowlistedRewardDenoms !== undefined)
      replaceAllowlistedDenoms(ctx, consumerId, msg.allowlistedRewardDenoms);
    const attributes: Attributes = [
      ["module", PROVIDER_MODULE],
      ["consumer_id", consumerId],
      ["consumer_chain_id", msg.chainId],
      ["consumer_name", msg.metadata.name],
      ["submitter_address", msg.submitter],
      ["consumer_owner", msg.submitter],
    ];
    if (spawnTimeNs !== undefined) attributes.push(["consumer_spawn_time", goTimeText(spawnTimeNs)]);
    ctx.emit("create_consumer", [...attributes, phaseAttribute(ctx, consumerId)]);
    return { consumerId };
  }

  /** Applies a new chain id, before launch only; returns the one in force. */
  function updateChainId(ctx: Context, { consumerId, newChainId }: MsgUpdateConsumer): string {
    const chainId = requireKnownChainId(ctx, consumerId);
    if (isBlank(newChainId) || newChainId === chainId) return chainId;
    refuseAs(providerErrors.invalidMsgUpdateConsumer, "invalid new chain id", () =>
      assertChainId("NewChainId", newChainId),
    );
    if (!isPrelaunched(ctx, consumerId))
      throw providerErrors.invalidPhase(
        `cannot update chain id of a non-prelaunched chain: ${phaseName(phaseOf(ctx, consumerId))}`,
      );
    state.chainIds.set(ctx, consumerId, newChainId);
    return newChainId;
  }

  function updateOwner(ctx: Context, { consumerId, newOwnerAddress }: MsgUpdateConsumer): void {
    if (isBlank(newOwnerAddress)) return;
    try {
      addresses.account.decode(newOwnerAddress);
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw providerErrors.invalidNewOwnerAddress(`invalid new owner address ${newOwnerAddress}`, { cause });
    }
    state.owners.set(ctx, consumerId, newOwnerAddress);
  }

  /** Replaces the initialization parameters, before launch only. Without a spawn time a waiting consumer waits no more. */
  function updateInitialization(
    ctx: Context,
    consumerId: string,
    init: ConsumerInitializationParameters,
    previousNs: bigint | undefined,
  ): void {
    const kind = providerErrors.invalidMsgUpdateConsumer;
    if (!isPrelaunched(ctx, consumerId))
      throw kind(
        "cannot update the initialization parameters of an an already launched chain; " +
          "do not provide any initialization parameters when updating a launched chain",
      );
    const phase = phaseOf(ctx, consumerId);
    const isCleared = timestampToNs(init.spawnTime) === GO_ZERO_TIME_NS;
    if (isCleared && phase === ConsumerPhase.CONSUMER_PHASE_INITIALIZED) {
      refuseAs(kind, "cannot remove the consumer from being launched", () =>
        spawnQueue.remove(ctx, consumerId, previousNs ?? GO_ZERO_TIME_NS),
      );
      state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    }
    setInitialization(ctx, consumerId, init);
  }

  function updatePowerShaping(
    ctx: Context,
    consumerId: string,
    owner: string,
    next: PowerShapingParameters,
  ): void {
    if (next.topN > 0 && owner !== authority)
      throw providerErrors.invalidTransformToTopN(
        "an update to a Top N chain can only be done if chain is owner is the gov module",
      );
    const oldTopN = state.powerShaping.get(ctx, consumerId)?.topN;
    if (oldTopN === undefined)
      throw ccvErrors.invalidConsumerState("cannot get previous power shaping parameters");
    setPowerShaping(ctx, addresses, consumerId, next);
    refuseAs(
      providerErrors.cannotUpdateMinimumPower,
      `could not update minimum power in top N, oldTopN: ${oldTopN}, newTopN: ${next.topN}, error`,
      () => updateMinimumPower(ctx, sets, consumerId, oldTopN, next.topN),
    );
  }

  function updateInfractions(ctx: Context, { consumerId, infractionParameters }: MsgUpdateConsumer): void {
    if (infractionParameters === undefined) return;
    const current = refuseAs(ccvErrors.invalidConsumerState, "", () =>
      requireInfractionParams(ctx, consumerId),
    );
    const given = canonicalInfractionParams(infractionParameters);
    const next = {
      doubleSign: given.doubleSign ?? current.doubleSign,
      downtime: given.downtime ?? current.downtime,
    };
    if (isPrelaunched(ctx, consumerId)) state.infractionParams.set(ctx, consumerId, next);
    else infractions.queue(ctx, consumerId, next);
  }

  function updateConsumer(ctx: Context, msg: MsgUpdateConsumer): void {
    const { consumerId, metadata, initializationParameters: init, powerShapingParameters: shaping } = msg;
    if (!isActive(ctx, consumerId))
      throw providerErrors.invalidPhase(
        `cannot update consumer chain that is not in the registered, initialized, or launched phase: ${consumerId}`,
      );
    const owner = requireOwner(ctx, consumerId);
    assertOwner(owner, msg.owner);
    const chainId = updateChainId(ctx, msg);
    const attributes: Attributes = [
      ["module", PROVIDER_MODULE],
      ["consumer_id", consumerId],
      ["consumer_chain_id", chainId],
      ["submitter_address", msg.owner],
    ];
    updateOwner(ctx, msg);
    if (metadata !== undefined) {
      state.metadata.set(ctx, consumerId, metadata);
      attributes.push(["consumer_name", metadata.name]);
    }
    const previousNs = spawnTimeOf(ctx, consumerId);
    if (init !== undefined) {
      updateInitialization(ctx, consumerId, init, previousNs);
      attributes.push(["consumer_spawn_time", goTimeText(timestampToNs(init.spawnTime))]);
    }
    if (shaping !== undefined) {
      updatePowerShaping(ctx, consumerId, owner, shaping);
      attributes.push(["consumer_topn", shaping.topN.toString()]);
    }
    updateInfractions(ctx, msg);
    const newOwner = requireOwner(ctx, consumerId);
    if ((state.powerShaping.get(ctx, consumerId)?.topN ?? 0) !== 0 && newOwner !== authority)
      throw providerErrors.invalidTransformToOptIn(
        "a move to a new owner address that is not the gov module can only be done if `Top N` is set to 0",
      );
    refuseAs(ccvErrors.invalidConsumerState, `prepare consumer for launch, consumerId(${consumerId})`, () =>
      initialize(ctx, consumerId, previousNs),
    );
    if (msg.allowlistedRewardDenoms !== undefined)
      replaceAllowlistedDenoms(ctx, consumerId, msg.allowlistedRewardDenoms);
    attributes.push(["consumer_owner", newOwner], phaseAttribute(ctx, consumerId));
    ctx.emit("update_consumer", attributes);
  }

  function removeConsumer(ctx: Context, { consumerId, owner: signer }: MsgRemoveConsumer): void {
    const owner = requireOwner(ctx, consumerId);
    const chainId = requireKnownChainId(ctx, consumerId);
    assertOwner(owner, signer);
    if (phaseOf(ctx, consumerId) !== ConsumerPhase.CONSUMER_PHASE_LAUNCHED)
      throw providerErrors.invalidPhase(
        `chain with consumer id: ${consumerId} has to be in its launched phase`,
      );
    lifecycle.stop(ctx, consumerId);
    ctx.emit("remove_consumer", {
      module: PROVIDER_MODULE,
      consumer_id: consumerId,
      consumer_chain_id: chainId,
      submitter_address: signer,
    });
  }

  return { createConsumer, updateConsumer, removeConsumer };
}
