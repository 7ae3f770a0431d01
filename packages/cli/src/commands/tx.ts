/** `tandem tx MODULE COMMAND …`: the Go binaries' transaction commands, signed by `--from`. */
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet, type EncodeObject } from "@cosmjs/proto-signing";
import { createTxSender, doubleVotingMessage, parseEvidenceFile, parseHeaderFile } from "@tandem-ics/client";
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
import type { Command } from "commander";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgWithdrawDelegatorReward } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { readText } from "../arguments.ts";
import { usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { connect, mnemonicOf, type NameKind, prefixOf, resolveName } from "./chain-door.ts";
import { next, txLines } from "./change.ts";

/** What a command needs to make its message. */
interface Signer {
  readonly address: string;
  /** The operator address of the same bytes. */
  readonly operator: string;
}

interface TxSpec {
  readonly module: string;
  readonly command: string;
  readonly args: readonly string[];
  build(signer: Signer, args: readonly string[]): EncodeObject;
}

const PROVIDER = "/interchain_security.ccv.provider.v1";

function coinOf(text: string): { denom: string; amount: string } {
  const match = /^(\d+)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/.exec(text);
  if (match === null)
    throw usageError(`"${text}" is no amount`, "write a number and a denomination: 5000000stake");
  return { amount: match[1]!, denom: match[2]! };
}

const decToWire = (text: string): string => {
  const match = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw usageError(`"${text}" is no decimal such as 0.05`);
  return BigInt(match[1]! + (match[2] ?? "").padEnd(18, "0")).toString();
};

const TXS: readonly TxSpec[] = [
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
];

/** What a name stands for in an argument's place. */
const NAMED: Readonly<Record<string, NameKind>> = {
  "<consumer-id>": "consumerId",
  "<to>": "account",
  "<validator>": "operator",
  "<from-validator>": "operator",
  "<to-validator>": "operator",
};

async function sendTx(
  spec: TxSpec,
  args: readonly string[],
  chainName: string | undefined,
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  const chain = await connect(settings, chainName, "provider");
  try {
    const bech32Prefix = await prefixOf(chain);
    const signer = await DirectSecp256k1HdWallet.fromMnemonic(await mnemonicOf(settings), {
      prefix: bech32Prefix,
    });
    const address = (await signer.getAccounts())[0]!.address;
    const { prefix, data } = fromBech32(address);
    const resolved = await Promise.all(
      args.map((text, i) => {
        const kind = NAMED[spec.args[i] ?? ""];
        return kind === undefined ? text : resolveName(settings, kind, text, bech32Prefix);
      }),
    );
    const message = spec.build({ address, operator: toBech32(`${prefix}valoper`, data) }, resolved);
    if (settings.dryRun) {
      settings.out.result(
        { typeUrl: message.typeUrl, signer: address },
        (m) => `would send ${m.typeUrl} signed by ${m.signer}`,
      );
      return;
    }
    const sender = createTxSender({
      chainId: chain.chainId,
      rpc: chain.rpc,
      comet: chain.comet,
      signer,
      address,
      pace: chain.pace,
    });
    const { hash, height, gasUsed, events } = await sender.send([message]);
    settings.out.result(
      { hash, height: height.toString(), gasUsed: gasUsed.toString(), code: 0, events },
      (r) =>
        [
          ...txLines(r),
          `gas     ${r.gasUsed}`,
          `sent    ${message.typeUrl.slice(message.typeUrl.lastIndexOf(".") + 1)} by ${address}`,
          next("tandem status"),
        ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
}

/** Adds `tx`. */
export function addTx(program: Command): void {
  const root = program.command("tx").description("send a transaction, signed by --from");
  const groups = new Map<string, Command>();
  for (const spec of TXS) {
    let group = groups.get(spec.module);
    if (group === undefined) {
      group = root.command(spec.module).description(`messages of ${spec.module}`);
      groups.set(spec.module, group);
    }
    group
      .command([spec.command, ...spec.args].join(" "))
      .option("--chain <name>", "a chain of the network; the provider by default")
      .action(async (...all: unknown[]) => {
        const flags = all.at(-2) as { chain?: string };
        const args = all.slice(0, spec.args.length).filter((a): a is string => typeof a === "string");
        await sendTx(spec, args, flags.chain, all.at(-1) as Command);
      });
  }
}
