/** Parameters of the provider (interchain-security `x/ccv/provider/types/params.go`). */

import { validateClientState } from "@tandem-ics/ibc";
import { durationToNs, nsToDuration, type ProviderParams } from "@tandem-ics/proto";
import { type Context, isDenom, plainError } from "@tandem-ics/runtime";
import { PROOF_SPECS } from "@tandem-ics/store/ics23";
import type { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { ClientState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { DEFAULT_CCV_TIMEOUT_NS, DEFAULT_CONSUMER_UNBONDING_NS } from "../types/consumer-params.ts";
import { isRefusal } from "../types/refusals.ts";
import {
  assertPositive,
  assertPositiveDuration,
  assertPositiveFractionText,
  trustingPeriodNs,
} from "../types/validation.ts";
import * as state from "./state.ts";

const DEFAULT_TRUSTING_FRACTION = "0.66";
const SECOND_NS = 1_000_000_000n;

/** Template of both sides' clients: chain id, periods and height are filled in at launch. */
export const defaultTemplateClient = (): ClientState => ({
  chainId: "",
  trustLevel: { numerator: 1n, denominator: 3n },
  trustingPeriod: nsToDuration(0n),
  unbondingPeriod: nsToDuration(0n),
  maxClockDrift: nsToDuration(10n * SECOND_NS),
  frozenHeight: { revisionNumber: 0n, revisionHeight: 0n },
  latestHeight: { revisionNumber: 0n, revisionHeight: 0n },
  proofSpecs: [...PROOF_SPECS],
  upgradePath: ["upgrade", "upgradedIBCState"],
  allowUpdateAfterExpiry: false,
  allowUpdateAfterMisbehaviour: false,
});

/** Default parameters. */
export const defaultProviderParams = (): ProviderParams => ({
  templateClient: defaultTemplateClient(),
  trustingPeriodFraction: DEFAULT_TRUSTING_FRACTION,
  ccvTimeoutPeriod: nsToDuration(DEFAULT_CCV_TIMEOUT_NS),
  slashMeterReplenishPeriod: nsToDuration(3600n * SECOND_NS),
  slashMeterReplenishFraction: "0.05",
  consumerRewardDenomRegistrationFee: { denom: "stake", amount: "10000000" },
  blocksPerEpoch: 600n,
  numberOfEpochsToStartReceivingRewards: 24n,
  maxProviderConsensusValidators: 180n,
});

function assertTemplateClient(template: ClientState | undefined): void {
  if (template === undefined) throw plainError("template client is nil");
  validateClientState({
    ...template,
    chainId: "chainid",
    trustingPeriod: nsToDuration(trustingPeriodNs(DEFAULT_CONSUMER_UNBONDING_NS, DEFAULT_TRUSTING_FRACTION)),
    unbondingPeriod: nsToDuration(DEFAULT_CONSUMER_UNBONDING_NS),
    latestHeight: { revisionNumber: 0n, revisionHeight: 1n },
  });
}

function assertFee({ denom, amount }: Coin): void {
  if (!isDenom(denom) || !/^\d+$/.test(amount))
    throw plainError(`invalid consumer reward denom registration fee: ${amount}${denom}`);
}

/**
 * Throws an untyped refusal unless every parameter is in its range. Texts are state-breaking: governance keeps the reason
 * why a proposal failed.
 */
export function assertProviderParams(params: ProviderParams): void {
  const check = (name: string, assertPart: () => void): void => {
    try {
      assertPart();
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw plainError(`${name} is invalid: ${cause.message}`, { cause });
    }
  };
  assertTemplateClient(params.templateClient);
  check("trusting period fraction", () => assertPositiveFractionText(params.trustingPeriodFraction));
  check("ccv timeout period", () => assertPositiveDuration(params.ccvTimeoutPeriod));
  check("slash meter replenish period", () => assertPositiveDuration(params.slashMeterReplenishPeriod));
  check("slash meter replenish fraction", () =>
    assertPositiveFractionText(params.slashMeterReplenishFraction),
  );
  check("consumer reward denom registration fee", () => assertFee(params.consumerRewardDenomRegistrationFee));
  check("blocks per epoch", () => assertPositive(params.blocksPerEpoch));
  check("number of epochs to start receiving rewards", () =>
    assertPositive(params.numberOfEpochsToStartReceivingRewards),
  );
  check("max provider consensus validators", () => assertPositive(params.maxProviderConsensusValidators));
}

/** Parameters in force. */
export const providerParams = (ctx: Context): ProviderParams => state.params.require(ctx);

/** Lifetime of packets that the provider sends, in nanoseconds. */
export const ccvTimeoutNs = (ctx: Context): bigint => durationToNs(providerParams(ctx).ccvTimeoutPeriod);

/** Size of the provider's own consensus set at most. */
export const maxProviderValidators = (ctx: Context): number =>
  Number(providerParams(ctx).maxProviderConsensusValidators);

/** Blocks until the next epoch boundary; 0 on a boundary, where VSC packets are queued and sent. */
export function blocksUntilNextEpoch(ctx: Context): bigint {
  const { blocksPerEpoch } = providerParams(ctx);
  const since = ctx.height % blocksPerEpoch;
  return since === 0n ? 0n : blocksPerEpoch - since;
}
