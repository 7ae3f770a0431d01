/** Messages by which validators speak for themselves (interchain-security `msg_server.go`). */
import { stakingErrors } from "@tandem-ics/modules";
import type {
  MsgAssignConsumerKey,
  MsgOptIn,
  MsgOptOut,
  MsgSetConsumerCommissionRate,
} from "@tandem-ics/proto";
import { type Context, Dec } from "@tandem-ics/runtime";
import { PROVIDER_MODULE } from "../types/constants.ts";
import { requireKnownChainId } from "./consumer-messages.ts";
import { isActive } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import type { KeyAssignment } from "./key-assignment.ts";
import type { OptIn } from "./opt-in.ts";
import * as state from "./state.ts";

type Deps = Pick<ProviderDeps, "addresses" | "staking">;

/** Handlers of the validators' messages. */
export function createValidatorMessages({ addresses, staking }: Deps, keys: KeyAssignment, optIns: OptIn) {
  /** The validator of an operator address. Throws `staking/3` for none. */
  function requireValidator(ctx: Context, operator: string): StakingValidator {
    const validator = staking.validator(ctx, addresses.validator.decode(operator));
    if (validator === undefined) throw stakingErrors.noValidatorFound();
    return validator;
  }

  function emit(
    ctx: Context,
    type: string,
    { consumerId, providerAddr, signer }: { consumerId: string; providerAddr: string; signer: string },
    extra: Readonly<Record<string, string>>,
  ): void {
    ctx.emit(type, {
      module: PROVIDER_MODULE,
      consumer_id: consumerId,
      consumer_chain_id: requireKnownChainId(ctx, consumerId),
      provider_validator_address: providerAddr,
      ...extra,
      submitter_address: signer,
    });
  }

  return {
    assignConsumerKey(ctx: Context, msg: MsgAssignConsumerKey): void {
      const validator = requireValidator(ctx, msg.providerAddr);
      keys.assign(ctx, msg.consumerId, validator, keys.parse(msg.consumerKey));
      emit(ctx, "assign_consumer_key", msg, { consumer_consensus_pub_key: msg.consumerKey });
    },

    optIn(ctx: Context, msg: MsgOptIn): void {
      const validator = requireValidator(ctx, msg.providerAddr);
      optIns.optIn(ctx, msg.consumerId, validator, msg.consumerKey);
      emit(ctx, "opt_in", msg, { consumer_consensus_pub_key: msg.consumerKey });
    },

    optOut(ctx: Context, msg: MsgOptOut): void {
      const validator = requireValidator(ctx, msg.providerAddr);
      optIns.optOut(ctx, msg.consumerId, validator);
      emit(ctx, "opt_out", msg, {});
    },

    setConsumerCommissionRate(ctx: Context, msg: MsgSetConsumerCommissionRate): void {
      const validator = requireValidator(ctx, msg.providerAddr);
      const rate = Dec.fromWire(msg.rate);
      if (!isActive(ctx, msg.consumerId))
        throw providerErrors.invalidPhase(`unknown consumer chain, with id: ${msg.consumerId}`);
      const least = staking.minCommissionRate(ctx);
      if (rate.lt(least))
        throw stakingErrors.commissionBelowMinRate(`commission rate cannot be less than ${least}`);
      state.commissionRates.set(ctx, [msg.consumerId, validator.consAddress], rate);
      emit(ctx, "set_consumer_commission_rate", msg, { consumer_commission_rate: rate.toString() });
    },
  };
}
