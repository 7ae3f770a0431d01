/** The Go binaries' transaction commands: their names, their arguments in order, and the messages that they make. */
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgWithdrawDelegatorReward } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { coinOf, coinsOf } from "./fees.ts";
import { TRANSFER } from "./ibc-transfer.ts";
import { GOV_TXS } from "./tx-gov.ts";
import { PROVIDER_TXS } from "./tx-provider.ts";
import type { TxSpec } from "./tx-spec.ts";

/** Every command, by module. */
export const TXS: readonly TxSpec[] = [
  ...PROVIDER_TXS,
  {
    module: "bank",
    command: "send",
    args: ["<to>", "<amount>"],
    leadingSigner: true,
    about: "send coins",
    example: "cosmos1… 5stake --from alice",
    help: "As in the Go binaries, the sender may come first instead of --from. Several amounts are apart by commas.",
    build: ({ address }, [toAddress, amount]) => ({
      typeUrl: "/cosmos.bank.v1beta1.MsgSend",
      value: MsgSend.fromPartial({ fromAddress: address, toAddress: toAddress!, amount: coinsOf(amount!) }),
    }),
  },
  {
    module: "staking",
    command: "delegate",
    args: ["<validator>", "<amount>"],
    about: "delegate to a validator",
    example: "cosmosvaloper1… 5000000stake --from alice",
    build: ({ address }, [validatorAddress, amount]) => ({
      typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
      value: MsgDelegate.fromPartial({
        delegatorAddress: address,
        validatorAddress: validatorAddress!,
        amount: coinOf(amount!),
      }),
    }),
  },
  {
    module: "staking",
    command: "unbond",
    args: ["<validator>", "<amount>"],
    about: "take a delegation back; the coins come when the unbonding period is over",
    example: "cosmosvaloper1… 5000000stake --from alice",
    build: ({ address }, [validatorAddress, amount]) => ({
      typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate",
      value: MsgUndelegate.fromPartial({
        delegatorAddress: address,
        validatorAddress: validatorAddress!,
        amount: coinOf(amount!),
      }),
    }),
  },
  {
    module: "staking",
    command: "redelegate",
    args: ["<from-validator>", "<to-validator>", "<amount>"],
    about: "move a delegation to another validator",
    example: "cosmosvaloper1… cosmosvaloper1… 5000000stake --from alice",
    build: ({ address }, [source, target, amount]) => ({
      typeUrl: "/cosmos.staking.v1beta1.MsgBeginRedelegate",
      value: MsgBeginRedelegate.fromPartial({
        delegatorAddress: address,
        validatorSrcAddress: source!,
        validatorDstAddress: target!,
        amount: coinOf(amount!),
      }),
    }),
  },
  {
    module: "slashing",
    command: "unjail",
    args: [],
    about: "let the signer's jailed validator back in",
    example: "--from alice",
    build: ({ operator }) => ({
      typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
      value: MsgUnjail.fromPartial({ validatorAddr: operator }),
    }),
  },
  {
    module: "distribution",
    command: "withdraw-rewards",
    args: ["<validator>"],
    about: "withdraw the rewards of a delegation",
    example: "cosmosvaloper1… --from alice",
    build: ({ address }, [validatorAddress]) => ({
      typeUrl: "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward",
      value: MsgWithdrawDelegatorReward.fromPartial({
        delegatorAddress: address,
        validatorAddress: validatorAddress!,
      }),
    }),
  },
  ...GOV_TXS,
  TRANSFER,
];
