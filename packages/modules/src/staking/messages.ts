/** Messages of staking (SDK x/staking `keeper/msg_server.go`). */
import { formatTimestamp, GO_ZERO_TIME_NS, nsToTimestamp } from "@tandem-ics/proto";
import { type Context, type MessageRoute, message, plainError, sdkErrors } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import {
  MsgBeginRedelegate,
  MsgBeginRedelegateResponse,
  MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationResponse,
  MsgDelegate,
  MsgDelegateResponse,
  MsgUndelegate,
  MsgUndelegateResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { assertAuthority } from "../authority.ts";
import { stakingErrors } from "./errors.ts";
import type { StakingParty } from "./keeper.ts";
import { createMessageArguments, type MessageArguments } from "./message-arguments.ts";
import { stakingParamsFromProto } from "./params.ts";
import { hasInvalidExchangeRate, type Validator } from "./validator.ts";
import { createValidatorMessages } from "./validator-messages.ts";

/** Time as event attributes have it: whole seconds. */
const eventTime = (timeNs: bigint): string => formatTimestamp(timeNs - (timeNs % 1_000_000_000n));

const formatCoin = ({ denom, amount }: { denom: string; amount: bigint }): string => `${amount}${denom}`;

const typeUrl = (name: string): string => `/cosmos.staking.v1beta1.${name}`;

/** Routes of all messages. */
export function createStakingMessages(party: StakingParty, authority: string): MessageRoute[] {
  const tools = createMessageArguments(party);
  return [
    ...createValidatorMessages(party, tools),
    delegateRoute(party, tools),
    redelegateRoute(party, tools),
    undelegateRoute(party, tools),
    cancelUnbondingRoute(party, tools),
    message({
      typeUrl: typeUrl("MsgUpdateParams"),
      request: MsgUpdateParams,
      response: MsgUpdateParamsResponse,
      handle(ctx, msg) {
        assertAuthority(authority, msg.authority);
        updateParams(ctx, party, msg);
        return {};
      },
    }),
  ];
}

function delegateRoute({ keeper }: StakingParty, tools: MessageArguments): MessageRoute {
  return message({
    typeUrl: typeUrl("MsgDelegate"),
    request: MsgDelegate,
    response: MsgDelegateResponse,
    handle(ctx, msg) {
      const valAddr = tools.operator(msg.validatorAddress);
      const delAddr = tools.delegator(msg.delegatorAddress);
      const coin = tools.amount(msg.amount, "invalid delegation amount");
      const validator = keeper.requireValidator(ctx, valAddr);
      tools.assertBondDenom(ctx, coin.denom);
      const source = BondStatus.BOND_STATUS_UNBONDED;
      const shares = keeper.delegate(ctx, delAddr, coin.amount, source, validator, true);
      ctx.emit("delegate", {
        validator: msg.validatorAddress,
        delegator: msg.delegatorAddress,
        amount: formatCoin(coin),
        new_shares: shares.toString(),
      });
      return {};
    },
  });
}

function redelegateRoute({ keeper }: StakingParty, tools: MessageArguments): MessageRoute {
  return message({
    typeUrl: typeUrl("MsgBeginRedelegate"),
    request: MsgBeginRedelegate,
    response: MsgBeginRedelegateResponse,
    handle(ctx, msg) {
      const source = tools.operator(msg.validatorSrcAddress, "source validator");
      const destination = tools.operator(msg.validatorDstAddress, "destination validator");
      const delAddr = tools.delegator(msg.delegatorAddress);
      const coin = tools.amount(msg.amount, "invalid shares amount");
      const shares = keeper.validateUnbondAmount(ctx, delAddr, source, coin.amount);
      tools.assertBondDenom(ctx, coin.denom);
      const done = keeper.redelegate(ctx, delAddr, source, destination, shares) ?? GO_ZERO_TIME_NS;
      ctx.emit("redelegate", {
        source_validator: msg.validatorSrcAddress,
        destination_validator: msg.validatorDstAddress,
        amount: formatCoin(coin),
        completion_time: eventTime(done),
      });
      return { completionTime: nsToTimestamp(done) };
    },
  });
}

function undelegateRoute({ keeper }: StakingParty, tools: MessageArguments): MessageRoute {
  return message({
    typeUrl: typeUrl("MsgUndelegate"),
    request: MsgUndelegate,
    response: MsgUndelegateResponse,
    handle(ctx, msg) {
      const valAddr = tools.operator(msg.validatorAddress);
      const delAddr = tools.delegator(msg.delegatorAddress);
      const coin = tools.amount(msg.amount, "invalid shares amount");
      const shares = keeper.validateUnbondAmount(ctx, delAddr, valAddr, coin.amount);
      tools.assertBondDenom(ctx, coin.denom);
      const { amount, completionTimeNs } = keeper.undelegate(ctx, delAddr, valAddr, shares);
      ctx.emit("unbond", {
        validator: msg.validatorAddress,
        delegator: msg.delegatorAddress,
        amount: formatCoin({ denom: coin.denom, amount }),
        completion_time: eventTime(completionTimeNs),
      });
      return {
        completionTime: nsToTimestamp(completionTimeNs),
        amount: { denom: coin.denom, amount: amount.toString() },
      };
    },
  });
}

/** Takes unbonding tokens back into the validator. */
function cancelUnbondingRoute({ keeper, records }: StakingParty, tools: MessageArguments): MessageRoute {
  return message({
    typeUrl: typeUrl("MsgCancelUnbondingDelegation"),
    request: MsgCancelUnbondingDelegation,
    response: MsgCancelUnbondingDelegationResponse,
    handle(ctx, msg) {
      const valAddr = tools.operator(msg.validatorAddress);
      const delAddr = tools.delegator(msg.delegatorAddress);
      const coin = tools.amount(msg.amount, "invalid amount");
      if (msg.creationHeight <= 0n) throw sdkErrors.invalidRequest("invalid height");
      tools.assertBondDenom(ctx, coin.denom);
      const validator = keeper.requireValidator(ctx, valAddr);
      if (hasInvalidExchangeRate(validator)) throw stakingErrors.invalidExchangeRate();
      if (validator.jailed) throw stakingErrors.validatorJailed();
      const unbonding = keeper.unbondingDelegation(ctx, delAddr, valAddr);
      if (unbonding === undefined) {
        throw plainError(
          `rpc error: code = NotFound desc = unbonding delegation with delegator ${msg.delegatorAddress} not found for validator ${msg.validatorAddress}`,
        );
      }
      const at = unbonding.entries.findIndex((entry) => entry.creationHeight === msg.creationHeight);
      const entry = unbonding.entries[at];
      if (entry === undefined) {
        throw sdkErrors.notFound(
          `unbonding delegation entry is not found at block height ${msg.creationHeight}`,
        );
      }
      if (entry.balance < coin.amount) {
        throw sdkErrors.invalidRequest("amount is greater than the unbonding delegation entry balance");
      }
      if (entry.completionTimeNs < ctx.timeNs) {
        throw sdkErrors.invalidRequest("unbonding delegation is already processed");
      }
      const source = BondStatus.BOND_STATUS_UNBONDING;
      keeper.delegate(ctx, delAddr, coin.amount, source, validator, false);
      const balance = entry.balance - coin.amount;
      const initialBalance = entry.initialBalance - coin.amount;
      records.setUnbonding(ctx, {
        ...unbonding,
        entries:
          balance === 0n
            ? unbonding.entries.toSpliced(at, 1)
            : unbonding.entries.with(at, { ...entry, balance, initialBalance }),
      });
      ctx.emit("cancel_unbonding_delegation", {
        amount: formatCoin(coin),
        validator: msg.validatorAddress,
        delegator: msg.delegatorAddress,
        creation_height: msg.creationHeight.toString(),
      });
      return {};
    },
  });
}

/** New params; a raised minimum commission raises all rates below it. */
function updateParams(ctx: Context, { keeper, validators }: StakingParty, msg: MsgUpdateParams): void {
  const before = keeper.minCommissionRate(ctx);
  const params = stakingParamsFromProto(msg.params);
  keeper.setParams(ctx, params);
  const minRate = params.minCommissionRate;
  if (minRate.eq(before)) return;
  const raised = (validator: Validator): Validator => ({
    ...validator,
    commission: {
      ...validator.commission,
      rate: minRate,
      maxRate: validator.commission.maxRate.lt(minRate) ? minRate : validator.commission.maxRate,
      updateTimeNs: ctx.timeNs,
    },
  });
  for (const validator of validators.all(ctx)) {
    if (validator.commission.rate.lt(minRate)) validators.set(ctx, raised(validator));
  }
}
