/** Messages that make and change validators (SDK x/staking `keeper/msg_server.go`, `types/msg.go`). */
import { utf8 } from "@tandem-ics/crypto";
import { type Context, Dec, intFromWire, type MessageRoute, message, sdkErrors } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import {
  MsgCreateValidator,
  MsgCreateValidatorResponse,
  MsgEditValidator,
  MsgEditValidatorResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { describePublicKey } from "../consensus-key.ts";
import { assertCommissionRates, changeCommissionRate, formatCommission } from "./commission.ts";
import { stakingErrors } from "./errors.ts";
import type { StakingParty } from "./keeper.ts";
import type { MessageArguments } from "./message-arguments.ts";
import {
  assertDescription,
  isEmptyDescription,
  newValidator,
  updateDescription,
  type Validator,
} from "./validator.ts";

const ED25519_KEY_LENGTH = 32;
const byteLength = (text: string): number => utf8(text).length;

/** Routes of MsgCreateValidator and MsgEditValidator. */
export function createValidatorMessages(party: StakingParty, tools: MessageArguments): MessageRoute[] {
  return [
    message({
      typeUrl: "/cosmos.staking.v1beta1.MsgCreateValidator",
      request: MsgCreateValidator,
      response: MsgCreateValidatorResponse,
      handle(ctx, msg) {
        createValidator(ctx, party, tools, msg);
        return {};
      },
    }),
    message({
      typeUrl: "/cosmos.staking.v1beta1.MsgEditValidator",
      request: MsgEditValidator,
      response: MsgEditValidatorResponse,
      handle(ctx, msg) {
        editValidator(ctx, party, tools, msg);
        return {};
      },
    }),
  ];
}

/** What a MsgCreateValidator says, checked without state. */
function readCreateValidator(msg: MsgCreateValidator, tools: MessageArguments) {
  const operator = tools.operator(msg.validatorAddress);
  const { pubkey } = msg;
  if (pubkey === undefined) throw stakingErrors.emptyValidatorPubKey();
  const value = tools.amount(msg.value, "invalid delegation amount");
  if (isEmptyDescription(msg.description)) throw sdkErrors.invalidRequest("empty description");
  const { rate, maxRate, maxChangeRate } = msg.commission;
  if (rate === "" && maxRate === "" && maxChangeRate === "") {
    throw sdkErrors.invalidRequest("empty commission");
  }
  const rates = {
    rate: Dec.fromWire(rate),
    maxRate: Dec.fromWire(maxRate),
    maxChangeRate: Dec.fromWire(maxChangeRate),
  };
  assertCommissionRates(rates);
  const minSelfDelegation = msg.minSelfDelegation === "" ? 0n : intFromWire(msg.minSelfDelegation);
  if (minSelfDelegation <= 0n) {
    throw sdkErrors.invalidRequest("minimum self delegation must be a positive integer");
  }
  if (value.amount < minSelfDelegation) throw stakingErrors.selfDelegationBelowMinimum();
  return { operator, pubkey, value, rates, minSelfDelegation };
}

/** Throws staking/6 and staking/48 for a key that consensus does not take. */
function assertConsensusKey(ctx: Context, validator: Validator): void {
  const allowed = ctx.consensusParams?.validator?.pubKeyTypes;
  if (allowed === undefined) return;
  const { type, bytes } = describePublicKey(validator.publicKey);
  if (!allowed.includes(type)) {
    throw stakingErrors.validatorPubKeyTypeNotSupported(`got: ${type}, expected: [${allowed.join(" ")}]`);
  }
  if (type === "ed25519" && bytes.length !== ED25519_KEY_LENGTH) {
    throw stakingErrors.consensusPubKeyLength(`got: ${bytes.length}, expected: ${ED25519_KEY_LENGTH}`);
  }
}

function createValidator(
  ctx: Context,
  { keeper, parts, validators }: StakingParty,
  tools: MessageArguments,
  msg: MsgCreateValidator,
): void {
  const { operator, pubkey, value, rates, minSelfDelegation } = readCreateValidator(msg, tools);
  const minRate = keeper.minCommissionRate(ctx);
  if (rates.rate.lt(minRate)) {
    throw stakingErrors.commissionBelowMinRate(
      `cannot set validator commission to less than minimum rate of ${minRate}`,
    );
  }
  if (validators.get(ctx, operator) !== undefined) throw stakingErrors.validatorOwnerExists();
  const fresh = newValidator(operator, pubkey, msg.description);
  if (validators.byConsAddr(ctx, fresh.consAddress) !== undefined) {
    throw stakingErrors.validatorPubKeyExists();
  }
  tools.assertBondDenom(ctx, value.denom);
  assertDescription(msg.description, byteLength);
  assertConsensusKey(ctx, fresh);
  const validator: Validator = {
    ...fresh,
    commission: { ...rates, updateTimeNs: ctx.timeNs },
    minSelfDelegation,
  };
  validators.set(ctx, validator);
  validators.setConsAddr(ctx, validator);
  validators.setPower(ctx, validator);
  parts.hooks.afterValidatorCreated(ctx, operator);
  const source = BondStatus.BOND_STATUS_UNBONDED;
  keeper.delegate(ctx, operator, value.amount, source, validator, true);
  ctx.emit("create_validator", {
    validator: msg.validatorAddress,
    amount: `${value.amount}${value.denom}`,
  });
}

/** What a MsgEditValidator asks for, checked without the validator. */
function readEditValidator(ctx: Context, { keeper }: StakingParty, msg: MsgEditValidator) {
  if (isEmptyDescription(msg.description)) throw sdkErrors.invalidRequest("empty description");
  const minSelfDelegation = msg.minSelfDelegation === "" ? undefined : intFromWire(msg.minSelfDelegation);
  if (minSelfDelegation !== undefined && minSelfDelegation <= 0n) {
    throw sdkErrors.invalidRequest("minimum self delegation must be a positive integer");
  }
  const rate = msg.commissionRate === "" ? undefined : Dec.fromWire(msg.commissionRate);
  if (rate !== undefined) {
    if (rate.gt(Dec.ONE) || rate.isNegative()) {
      throw sdkErrors.invalidRequest("commission rate must be between 0 and 1 (inclusive)");
    }
    const minRate = keeper.minCommissionRate(ctx);
    if (rate.lt(minRate)) {
      throw sdkErrors.invalidRequest(
        `commission rate cannot be less than the min commission rate ${minRate}`,
      );
    }
  }
  return { minSelfDelegation, rate };
}

function editValidator(
  ctx: Context,
  party: StakingParty,
  tools: MessageArguments,
  msg: MsgEditValidator,
): void {
  const { keeper, parts, validators } = party;
  const operator = tools.operator(msg.validatorAddress);
  const { minSelfDelegation, rate } = readEditValidator(ctx, party, msg);
  let validator = validators.require(ctx, operator);
  const description = updateDescription(validator.description, msg.description);
  assertDescription(description, byteLength);
  validator = { ...validator, description };
  if (rate !== undefined) {
    const minRate = (): Dec => keeper.minCommissionRate(ctx);
    const commission = changeCommissionRate(validator.commission, rate, minRate, ctx.timeNs);
    parts.hooks.beforeValidatorModified(ctx, operator);
    validator = { ...validator, commission };
  }
  if (minSelfDelegation !== undefined) {
    if (minSelfDelegation <= validator.minSelfDelegation) throw stakingErrors.minSelfDelegationDecreased();
    if (minSelfDelegation > validator.tokens) throw stakingErrors.selfDelegationBelowMinimum();
    validator = { ...validator, minSelfDelegation };
  }
  validators.set(ctx, validator);
  ctx.emit("edit_validator", {
    commission_rate: formatCommission(validator.commission),
    min_self_delegation: validator.minSelfDelegation.toString(),
  });
}
