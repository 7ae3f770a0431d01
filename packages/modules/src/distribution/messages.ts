/** Messages of distribution (SDK x/distribution `keeper/msg_server.go`). */
import {
  type AddressCodec,
  areValidCoins,
  type Coins,
  coinsToProto,
  Dec,
  formatCoins,
  type MessageRoute,
  message,
  sdkErrors,
  toDecCoins,
} from "@tandem-ics/runtime";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import {
  MsgCommunityPoolSpend,
  MsgCommunityPoolSpendResponse,
  MsgDepositValidatorRewardsPool,
  MsgDepositValidatorRewardsPoolResponse,
  MsgFundCommunityPool,
  MsgFundCommunityPoolResponse,
  MsgSetWithdrawAddress,
  MsgSetWithdrawAddressResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
  MsgWithdrawDelegatorReward,
  MsgWithdrawDelegatorRewardResponse,
  MsgWithdrawValidatorCommission,
  MsgWithdrawValidatorCommissionResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { assertAuthority } from "../authority.ts";
import { rawCoins } from "../wire-fields.ts";
import { DISTRIBUTION_ACCOUNT } from "./dependencies.ts";
import type { DistributionParty } from "./keeper.ts";
import { assertDistributionParams, distributionParamsFromProto } from "./params.ts";

const typeUrl = (name: string): string => `/cosmos.distribution.v1beta1.${name}`;

/** Throws `sdk/7` that tells whose address is wrong. */
function decode(codec: AddressCodec, text: string, what: string): Uint8Array {
  try {
    return codec.decode(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sdkErrors.invalidAddress(`invalid ${what} address: ${reason}`, { cause });
  }
}

/** Throws `sdk/10` unless there are coins, sorted, positive and each denomination once. */
function readAmount(amount: readonly ProtoCoin[]): Coins {
  if (amount.length === 0) throw sdkErrors.invalidCoins("amount cannot be nil");
  const coins = rawCoins(amount);
  if (!areValidCoins(coins)) throw sdkErrors.invalidCoins(formatCoins(coins));
  return coins;
}

/** Routes of all messages. */
export function createDistributionMessages(party: DistributionParty, authority: string): MessageRoute[] {
  return [
    ...withdrawRoutes(party),
    ...poolRoutes(party, authority),
    depositRoute(party),
    message({
      typeUrl: typeUrl("MsgUpdateParams"),
      request: MsgUpdateParams,
      response: MsgUpdateParamsResponse,
      handle(ctx, { authority: given, params }) {
        decode(party.parts.addresses.account, given, "authority");
        assertAuthority(authority, given);
        const isSet = (dec: string): boolean => !Dec.fromWire(dec).isZero();
        if (isSet(params.baseProposerReward) || isSet(params.bonusProposerReward)) {
          throw sdkErrors.invalidRequest(
            "cannot update base or bonus proposer reward because these are deprecated fields",
          );
        }
        const changed = distributionParamsFromProto(params);
        assertDistributionParams(changed);
        party.parts.state.params.set(ctx, changed);
        return {};
      },
    }),
  ];
}

function withdrawRoutes({ keeper, parts: { addresses } }: DistributionParty): MessageRoute[] {
  const { account, validator } = addresses;
  return [
    message({
      typeUrl: typeUrl("MsgSetWithdrawAddress"),
      request: MsgSetWithdrawAddress,
      response: MsgSetWithdrawAddressResponse,
      handle(ctx, { delegatorAddress, withdrawAddress }) {
        const delegator = decode(account, delegatorAddress, "delegator");
        keeper.setWithdrawAddress(ctx, delegator, decode(account, withdrawAddress, "withdraw"));
        return {};
      },
    }),
    message({
      typeUrl: typeUrl("MsgWithdrawDelegatorReward"),
      request: MsgWithdrawDelegatorReward,
      response: MsgWithdrawDelegatorRewardResponse,
      handle(ctx, { delegatorAddress, validatorAddress }) {
        const valAddr = decode(validator, validatorAddress, "validator");
        const delAddr = decode(account, delegatorAddress, "delegator");
        return { amount: coinsToProto(keeper.withdrawDelegationRewards(ctx, delAddr, valAddr)) };
      },
    }),
    message({
      typeUrl: typeUrl("MsgWithdrawValidatorCommission"),
      request: MsgWithdrawValidatorCommission,
      response: MsgWithdrawValidatorCommissionResponse,
      handle(ctx, { validatorAddress }) {
        const valAddr = decode(validator, validatorAddress, "validator");
        return { amount: coinsToProto(keeper.withdrawValidatorCommission(ctx, valAddr)) };
      },
    }),
  ];
}

function poolRoutes({ keeper, parts }: DistributionParty, authority: string): MessageRoute[] {
  const { account } = parts.addresses;
  return [
    message({
      typeUrl: typeUrl("MsgFundCommunityPool"),
      request: MsgFundCommunityPool,
      response: MsgFundCommunityPoolResponse,
      handle(ctx, { amount, depositor }) {
        const sender = decode(account, depositor, "depositor");
        keeper.fundCommunityPool(ctx, readAmount(amount), sender);
        return {};
      },
    }),
    message({
      typeUrl: typeUrl("MsgCommunityPoolSpend"),
      request: MsgCommunityPoolSpend,
      response: MsgCommunityPoolSpendResponse,
      handle(ctx, { authority: given, recipient, amount }) {
        decode(account, given, "authority");
        assertAuthority(authority, given);
        const coins = readAmount(amount);
        const to = account.decode(recipient);
        if (parts.bank.isBlocked(to)) {
          throw sdkErrors.unauthorized(`${recipient} is not allowed to receive external funds`);
        }
        keeper.distributeFromFeePool(ctx, coins, to);
        return {};
      },
    }),
  ];
}

/** Rewards from anybody for one validator and its delegators. */
function depositRoute({ keeper, parts }: DistributionParty): MessageRoute {
  const { addresses, bank, staking } = parts;
  return message({
    typeUrl: typeUrl("MsgDepositValidatorRewardsPool"),
    request: MsgDepositValidatorRewardsPool,
    response: MsgDepositValidatorRewardsPoolResponse,
    handle(ctx, { depositor, validatorAddress, amount }) {
      const from = addresses.account.decode(depositor);
      // the bank refuses what are no coins, after it has read the module's account, which costs gas
      const coins = rawCoins(amount);
      bank.sendFromAccountToModule(ctx, from, DISTRIBUTION_ACCOUNT, coins);
      const validator = staking.requireValidator(ctx, addresses.validator.decode(validatorAddress));
      keeper.allocateTokensToValidator(ctx, validator, toDecCoins(coins));
      return {};
    },
  });
}
