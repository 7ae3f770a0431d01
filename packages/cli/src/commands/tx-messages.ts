/** The Go binaries' transaction commands: their names, their arguments in order, and the messages that they make. */
import { doubleVotingMessage, parseEvidenceFile, parseHeaderFile } from "@tandem-ics/client";
import {
  createConsumerFromFile,
  fromProtoJson,
  MsgAssignConsumerKey,
  MsgOptIn,
  MsgOptOut,
  MsgRemoveConsumer,
  MsgSetConsumerCommissionRate,
  MsgSubmitConsumerMisbehaviour,
  parseJson,
  updateConsumerFromFile,
} from "@tandem-ics/proto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgWithdrawDelegatorReward } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { readText } from "../arguments.ts";
import { usageError } from "../exit-codes.ts";
import { coinOf } from "./fees.ts";
import { TRANSFER } from "./ibc-transfer.ts";
import type { TxSpec } from "./tx-spec.ts";

const PROVIDER = "/interchain_security.ccv.provider.v1";

const decToWire = (text: string): string => {
  const match = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw usageError(`"${text}" is no decimal such as 0.05`);
  return BigInt(match[1]! + (match[2] ?? "").padEnd(18, "0")).toString();
};

/** Every command, by module. */
export const TXS: readonly TxSpec[] = [
  {
    module: "provider",
    command: "create-consumer",
    args: ["<file>"],
    build: ({ address }, [file]) => ({
      typeUrl: `${PROVIDER}.MsgCreateConsumer`,
      value: createConsumerFromFile(readText(file!), address),
    }),
  },
  {
    module: "provider",
    command: "update-consumer",
    args: ["<file>"],
    build: ({ address }, [file]) => ({
      typeUrl: `${PROVIDER}.MsgUpdateConsumer`,
      value: updateConsumerFromFile(readText(file!), address),
    }),
  },
  {
    module: "provider",
    command: "remove-consumer",
    args: ["<consumer-id>"],
    build: ({ address }, [consumerId]) => ({
      typeUrl: `${PROVIDER}.MsgRemoveConsumer`,
      value: MsgRemoveConsumer.fromPartial({ consumerId: consumerId!, owner: address }),
    }),
  },
  {
    module: "provider",
    command: "opt-in",
    args: ["<consumer-id>", "[pubkey-json]"],
    build: ({ address, operator }, [consumerId, consumerKey = ""]) => ({
      typeUrl: `${PROVIDER}.MsgOptIn`,
      value: MsgOptIn.fromPartial({
        consumerId: consumerId!,
        consumerKey,
        providerAddr: operator,
        signer: address,
      }),
    }),
  },
  {
    module: "provider",
    command: "opt-out",
    args: ["<consumer-id>"],
    build: ({ address, operator }, [consumerId]) => ({
      typeUrl: `${PROVIDER}.MsgOptOut`,
      value: MsgOptOut.fromPartial({ consumerId: consumerId!, providerAddr: operator, signer: address }),
    }),
  },
  {
    module: "provider",
    command: "assign-consensus-key",
    args: ["<consumer-id>", "<pubkey-json>"],
    build: ({ address, operator }, [consumerId, consumerKey]) => ({
      typeUrl: `${PROVIDER}.MsgAssignConsumerKey`,
      value: MsgAssignConsumerKey.fromPartial({
        consumerId: consumerId!,
        consumerKey: consumerKey!,
        providerAddr: operator,
        signer: address,
      }),
    }),
  },
  {
    module: "provider",
    command: "set-consumer-commission-rate",
    args: ["<consumer-id>", "<rate>"],
    build: ({ address, operator }, [consumerId, rate]) => ({
      typeUrl: `${PROVIDER}.MsgSetConsumerCommissionRate`,
      value: MsgSetConsumerCommissionRate.fromPartial({
        consumerId: consumerId!,
        rate: decToWire(rate!),
        providerAddr: operator,
        signer: address,
      }),
    }),
  },
  {
    module: "provider",
    command: "submit-consumer-double-voting",
    args: ["<consumer-id>", "<evidence-file>", "<header-file>"],
    build: ({ address }, [consumerId, evidence, header]) =>
      doubleVotingMessage(
        address,
        consumerId!,
        parseEvidenceFile(readText(evidence!)).evidence,
        parseHeaderFile(readText(header!)),
      ),
  },
  {
    module: "provider",
    command: "submit-consumer-misbehaviour",
    args: ["<consumer-id>", "<misbehaviour-file>"],
    build: ({ address }, [consumerId, file]) => ({
      typeUrl: `${PROVIDER}.MsgSubmitConsumerMisbehaviour`,
      value: MsgSubmitConsumerMisbehaviour.fromPartial({
        submitter: address,
        consumerId: consumerId!,
        misbehaviour: fromProtoJson(
          "ibc.lightclients.tendermint.v1.Misbehaviour",
          parseJson(readText(file!)),
        ) as never,
      }),
    }),
  },
  {
    module: "bank",
    command: "send",
    args: ["<to>", "<amount>"],
    build: ({ address }, [toAddress, amount]) => ({
      typeUrl: "/cosmos.bank.v1beta1.MsgSend",
      value: MsgSend.fromPartial({ fromAddress: address, toAddress: toAddress!, amount: [coinOf(amount!)] }),
    }),
  },
  {
    module: "staking",
    command: "delegate",
    args: ["<validator>", "<amount>"],
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
    build: ({ operator }) => ({
      typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
      value: MsgUnjail.fromPartial({ validatorAddr: operator }),
    }),
  },
  {
    module: "distribution",
    command: "withdraw-rewards",
    args: ["<validator>"],
    build: ({ address }, [validatorAddress]) => ({
      typeUrl: "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward",
      value: MsgWithdrawDelegatorReward.fromPartial({
        delegatorAddress: address,
        validatorAddress: validatorAddress!,
      }),
    }),
  },
  TRANSFER,
];
