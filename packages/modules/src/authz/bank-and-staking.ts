/** Authorizations to send and to stake (SDK `x/bank/types/send_authorization.go`, `x/staking/types/authz.go`). */
import {
  type Coin,
  type Context,
  coinsToProto,
  coinToProto,
  type DecodedMessage,
  intFromWire,
  plainError,
  sdkErrors,
} from "@tandem-ics/runtime";
import { SendAuthorization } from "cosmjs-types/cosmos/bank/v1beta1/authz";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { AuthorizationType, StakeAuthorization } from "cosmjs-types/cosmos/staking/v1beta1/authz";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgDelegate,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { bankErrors } from "../bank/errors.ts";
import { safeSub } from "../safe-coins.ts";
import { rawCoins } from "../wire-fields.ts";
import { authorizationKind } from "./authorization.ts";
import { authzErrors } from "./errors.ts";

/** Gas for each address of a list that is looked at. State-breaking. */
const GAS_PER_ADDRESS = 10n;

/** Whether `address` is in the list; looking stops at it. */
function isListed(ctx: Context, list: readonly string[], address: string, what: string): boolean {
  for (const listed of list) {
    ctx.gas.consume(GAS_PER_ADDRESS, what);
    if (listed === address) return true;
  }
  return false;
}

/** Permits to send coins up to a limit, to anybody or to those in a list. */
export const sendAuthorization = authorizationKind(SendAuthorization, (authorization, pack) => {
  const { spendLimit, allowList } = authorization;
  const limit = rawCoins(spendLimit);
  return {
    msgTypeUrl: MsgSend.typeUrl,
    validate() {
      if (limit.length === 0) throw sdkErrors.invalidCoins("spend limit cannot be nil");
      if (limit.some(({ amount }) => amount <= 0n))
        throw sdkErrors.invalidCoins("spend limit must be positive");
      if (new Set(allowList).size !== allowList.length) throw bankErrors.duplicateEntry();
    },
    accept(ctx, { typeUrl, message }) {
      if (typeUrl !== MsgSend.typeUrl) throw sdkErrors.invalidType("type mismatch");
      const { toAddress, amount } = message as MsgSend;
      const left = safeSub(limit, rawCoins(amount));
      if (left === undefined) throw sdkErrors.insufficientFunds("requested amount is more than spend limit");
      const listed = isListed(ctx, allowList, toAddress, "send authorization");
      if (allowList.length > 0 && !listed)
        throw sdkErrors.unauthorized(`cannot send to ${toAddress} address`);
      if (left.length === 0) return { after: "remove" };
      return { after: "replace", left: pack({ ...authorization, spendLimit: coinsToProto(left) }) };
    },
  };
});

const STAKE_MESSAGES: ReadonlyMap<AuthorizationType, string> = new Map([
  [AuthorizationType.AUTHORIZATION_TYPE_DELEGATE, MsgDelegate.typeUrl],
  [AuthorizationType.AUTHORIZATION_TYPE_UNDELEGATE, MsgUndelegate.typeUrl],
  [AuthorizationType.AUTHORIZATION_TYPE_REDELEGATE, MsgBeginRedelegate.typeUrl],
  [AuthorizationType.AUTHORIZATION_TYPE_CANCEL_UNBONDING_DELEGATION, MsgCancelUnbondingDelegation.typeUrl],
]);

/** With which validator a message stakes, and how much. Throws `sdk/18` for other messages. */
function stakeOf({ typeUrl, message }: DecodedMessage): { validator: string; amount: ProtoCoin } {
  switch (typeUrl) {
    case MsgDelegate.typeUrl:
    case MsgUndelegate.typeUrl:
    case MsgCancelUnbondingDelegation.typeUrl: {
      const { validatorAddress, amount } = message as MsgDelegate;
      return { validator: validatorAddress, amount };
    }
    case MsgBeginRedelegate.typeUrl: {
      const { validatorDstAddress, amount } = message as MsgBeginRedelegate;
      return { validator: validatorDstAddress, amount };
    }
    default:
      throw sdkErrors.invalidRequest("unknown msg type");
  }
}

/** What is left of a limit. Throws a plain refusal for another denomination and when too little is left. */
function restOf(limit: ProtoCoin, used: ProtoCoin): Coin {
  if (limit.denom !== used.denom) throw plainError(`invalid coin denoms: ${limit.denom}, ${used.denom}`);
  const amount = intFromWire(limit.amount) - intFromWire(used.amount);
  if (amount < 0n) throw plainError(`negative coin amount: ${amount}${limit.denom}`);
  return { denom: limit.denom, amount };
}

/** Permits one kind of staking message, with some validators or without some, up to a limit or without one. */
export const stakeAuthorization = authorizationKind(StakeAuthorization, (authorization, pack) => {
  const { maxTokens, allowList, denyList, authorizationType } = authorization;
  return {
    get msgTypeUrl() {
      const typeUrl = STAKE_MESSAGES.get(authorizationType);
      if (typeUrl === undefined)
        // Go panics here, with the text of this error
        throw new RangeError(
          "cannot normalize authz type with types.AuthorizationType: unknown authorization type",
        );
      return typeUrl;
    },
    validate() {
      if (maxTokens !== undefined && intFromWire(maxTokens.amount) < 0n)
        throw authzErrors.negativeMaxTokens(`negative coin amount: ${maxTokens.amount}${maxTokens.denom}`);
      if (authorizationType === AuthorizationType.AUTHORIZATION_TYPE_UNSPECIFIED)
        throw authzErrors.unknownAuthorizationType();
    },
    accept(ctx, message) {
      const { validator, amount } = stakeOf(message);
      const allowed = allowList?.address ?? [];
      const refused = (): Error =>
        sdkErrors.unauthorized(`cannot delegate/undelegate to ${validator} validator`);
      const listed = isListed(ctx, allowed, validator, "stake authorization");
      if (isListed(ctx, denyList?.address ?? [], validator, "stake authorization")) throw refused();
      if (allowed.length > 0 && !listed) throw refused();
      if (maxTokens === undefined) return { after: "replace", left: pack(authorization) };
      const left = restOf(maxTokens, amount);
      if (left.amount === 0n) return { after: "remove" };
      return { after: "replace", left: pack({ ...authorization, maxTokens: coinToProto(left) }) };
    },
  };
});
