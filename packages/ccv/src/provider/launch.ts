/** Launching a consumer: its first set, its genesis, and the provider's client of it, all or nothing. */
import { newValidatorSet, validatorSetHash, validatorUpdatesToValidators } from "@tandem-ics/comet";
import {
  type ConsumerGenesisState,
  type ConsumerInitializationParameters,
  ConsumerPhase,
  nsToDuration,
  type ProviderInfo,
} from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { DEFAULT_RETRY_DELAY_NS } from "../types/consumer-params.ts";
import { addressKey } from "./address-index.ts";
import type { ConsumerClients } from "./consumer-client.ts";
import { phaseOf, requireInitialization } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import * as state from "./state.ts";
import { type BondedSets, storedConsumerSet, type ValidatorSets } from "./validator-sets.ts";

/** Hash of the set that these updates make from nothing. */
const hashOfSet = (updates: readonly ValidatorUpdate[]): Uint8Array =>
  validatorSetHash(newValidatorSet(validatorUpdatesToValidators(updates)));

/** Parameters of a consumer's genesis. Nothing is sent as reward until its operator lists denominations. */
const genesisParams = (
  consumerId: string,
  init: ConsumerInitializationParameters,
): ConsumerGenesisState["params"] => ({
  enabled: true,
  blocksPerDistributionTransmission: init.blocksPerDistributionTransmission,
  distributionTransmissionChannel: init.distributionTransmissionChannel,
  providerFeePoolAddrStr: "",
  ccvTimeoutPeriod: init.ccvTimeoutPeriod,
  transferTimeoutPeriod: init.transferTimeoutPeriod,
  consumerRedistributionFraction: init.consumerRedistributionFraction,
  historicalEntries: init.historicalEntries,
  unbondingPeriod: init.unbondingPeriod,
  softOptOutThreshold: "0",
  rewardDenoms: [],
  providerRewardDenoms: [],
  retryDelayPeriod: nsToDuration(DEFAULT_RETRY_DELAY_NS),
  consumerId,
});

/** Launching. */
export function createLaunch(sets: ValidatorSets, clients: ConsumerClients) {
  function makeGenesis(
    ctx: Context,
    consumerId: string,
    initialValSet: ValidatorUpdate[],
  ): ConsumerGenesisState {
    const init = requireInitialization(ctx, consumerId);
    const reused = init.connectionId !== "";
    const connectionId = reused ? clients.adopt(ctx, consumerId, init.connectionId) : "";
    const provider: ProviderInfo = reused
      ? { clientState: undefined, consensusState: undefined, initialValSet }
      : { ...clients.ofProvider(ctx), initialValSet };
    return {
      params: genesisParams(consumerId, init),
      provider,
      newChain: true,
      preCCV: reused,
      connectionId,
    };
  }

  /**
   * Launches a consumer in phase 2: writes its set, genesis and client and moves it to phase 3. Throws when it has no
   * validators or no active one, or when something it needs is missing; run it on a cached context.
   */
  function launch(ctx: Context, consumerId: string, bonded: BondedSets): void {
    const updates = sets.store(ctx, consumerId, sets.prepare(ctx, consumerId, bonded));
    if (updates.length === 0)
      throw plainError(`cannot launch consumer with no consumer validator, consumerId(${consumerId})`);
    const active = new Set(bonded.active.map(({ key }) => key));
    if (!storedConsumerSet(ctx, consumerId).some((v) => active.has(addressKey(v.providerConsAddr))))
      throw plainError(`cannot launch consumer with no active consumer validator, consumerId(${consumerId})`);
    state.consumerGenesis.set(ctx, consumerId, makeGenesis(ctx, consumerId, updates));
    if (phaseOf(ctx, consumerId) !== ConsumerPhase.CONSUMER_PHASE_INITIALIZED)
      throw providerErrors.invalidPhase(`cannot create client for consumer chain ${consumerId}`);
    clients.create(ctx, consumerId, hashOfSet(updates));
    state.phases.set(ctx, consumerId, ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  }
  return { launch };
}

/** See {@link createLaunch}. */
export type Launch = ReturnType<typeof createLaunch>;
