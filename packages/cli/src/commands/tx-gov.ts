/** Transactions of governance, named as the Go binaries' `tx gov` names them: owners of Top N consumers need them. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { suggest } from "@tandem-ics/localnet";
import { fromProtoJson, isJsonObject, type JsonObject, ProtoError, parseJson } from "@tandem-ics/proto";
import { CodedError, Dec } from "@tandem-ics/runtime";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import {
  MsgCancelProposal,
  MsgDeposit,
  MsgSubmitProposal,
  MsgVote,
  MsgVoteWeighted,
} from "cosmjs-types/cosmos/gov/v1/tx";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { coinsOf } from "./fees.ts";
import type { Note, TxSpec } from "./tx-spec.ts";

const OPTIONS: Readonly<Record<string, VoteOption>> = {
  yes: VoteOption.VOTE_OPTION_YES,
  abstain: VoteOption.VOTE_OPTION_ABSTAIN,
  no: VoteOption.VOTE_OPTION_NO,
  no_with_veto: VoteOption.VOTE_OPTION_NO_WITH_VETO,
};

const METADATA_FLAG = ["--metadata <text>", "metadata of the vote"] as const;

function optionOf(text: string): VoteOption {
  const name = text.trim().toLowerCase().replace(/-/g, "_");
  const option = OPTIONS[name] ?? OPTIONS[name.replace(/^vote_option_/, "")];
  if (option === undefined)
    throw usageError(`"${text}" is no way to vote`, suggest(name, Object.keys(OPTIONS)));
  return option;
}

function proposalIdOf(text: string): bigint {
  if (!/^\d{1,20}$/.test(text)) throw usageError(`"${text}" is no number of a proposal`);
  return BigInt(text);
}

/** `yes=0.6,no=0.4`; without a weight an option has all of it. */
function weightsOf(text: string): { option: VoteOption; weight: string }[] {
  return text.split(",").map((part) => {
    const [option = "", weight = "1"] = part.split("=");
    try {
      return { option: optionOf(option), weight: Dec.parse(weight.trim()).toString() };
    } catch (cause) {
      if (!(cause instanceof CodedError)) throw cause;
      throw usageError(`"${weight}" is no weight: ${cause.message}`, "write yes=0.6,no=0.4");
    }
  });
}

const metadataOf = (flags: { readonly [name: string]: string | boolean | undefined }): string =>
  typeof flags["metadata"] === "string" ? flags["metadata"] : "";

/** A proposal's file: its messages are protobuf JSON with `@type`, its deposit is text. */
function proposalOf(file: string, proposer: string, note: Note): EncodeObject {
  const bad = (why: string, cause?: unknown): CliError =>
    new CliError({ code: "bad-input", message: `${file}: ${why}` }, { cause });
  const text = readText(file);
  try {
    const json = parseJson(text);
    if (!isJsonObject(json)) throw bad("the file holds no JSON object");
    const { deposit, ...fields } = json;
    const known = ["messages", "metadata", "title", "summary", "expedited"];
    for (const key of Object.keys(fields)) {
      if (known.includes(key)) continue;
      note(`${file}: "${key}" means nothing; ${suggest(key, [...known, "deposit"])}`);
      delete fields[key];
    }
    if (deposit !== undefined && typeof deposit !== "string") throw bad('deposit is text, such as "10stake"');
    const request: JsonObject = { ...fields, proposer };
    const message = fromProtoJson(MsgSubmitProposal.typeUrl.slice(1), request) as MsgSubmitProposal;
    const initialDeposit = deposit === undefined || deposit === "" ? [] : coinsOf(deposit);
    return { typeUrl: MsgSubmitProposal.typeUrl, value: { ...message, initialDeposit } };
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw bad(cause.message.replace(/^cosmos\.gov\.v1\.MsgSubmitProposal\.?/, ""), cause);
  }
}

const gov = (spec: Omit<TxSpec, "module">): TxSpec => ({ module: "gov", ...spec });

/** All of them. */
export const GOV_TXS: readonly TxSpec[] = [
  gov({
    command: "submit-proposal",
    args: ["<file>"],
    about: "propose messages for governance to send",
    example: "proposal.json --from alice",
    help: `The file. Messages are protobuf JSON, signed by governance's account:
{
  "messages": [{
    "@type": "/interchain_security.ccv.provider.v1.MsgUpdateConsumer",
    "owner": "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn",
    "consumer_id": "0",
    "power_shaping_parameters": {"top_N": 67}
  }],
  "deposit": "10000000stake",
  "title": "Make consumer 0 a Top N chain",
  "summary": "because",
  "metadata": "",
  "expedited": false
}`,
    build: ({ address }, [file], _, note) => proposalOf(file!, address, note),
  }),
  gov({
    command: "deposit",
    args: ["<proposal-id>", "<deposit>"],
    about: "add to a proposal's deposit",
    example: "1 10000000stake --from alice",
    build: ({ address }, [proposalId, amount]) => ({
      typeUrl: MsgDeposit.typeUrl,
      value: MsgDeposit.fromPartial({
        proposalId: proposalIdOf(proposalId!),
        depositor: address,
        amount: coinsOf(amount!),
      }),
    }),
  }),
  gov({
    command: "vote",
    args: ["<proposal-id>", "<option>"],
    about: "vote: yes, no, no_with_veto or abstain",
    example: "1 yes --from alice",
    flags: [METADATA_FLAG],
    build: ({ address }, [proposalId, option], flags) => ({
      typeUrl: MsgVote.typeUrl,
      value: MsgVote.fromPartial({
        proposalId: proposalIdOf(proposalId!),
        voter: address,
        option: optionOf(option!),
        metadata: metadataOf(flags),
      }),
    }),
  }),
  gov({
    command: "weighted-vote",
    args: ["<proposal-id>", "<options>"],
    about: "vote several ways by weights that add up to 1",
    example: "1 yes=0.6,no=0.3,abstain=0.1 --from alice",
    flags: [METADATA_FLAG],
    build: ({ address }, [proposalId, options], flags) => ({
      typeUrl: MsgVoteWeighted.typeUrl,
      value: MsgVoteWeighted.fromPartial({
        proposalId: proposalIdOf(proposalId!),
        voter: address,
        options: weightsOf(options!),
        metadata: metadataOf(flags),
      }),
    }),
  }),
  gov({
    command: "cancel-proposal",
    args: ["<proposal-id>"],
    about: "take an own proposal back before its voting ends",
    example: "1 --from alice",
    build: ({ address }, [proposalId]) => ({
      typeUrl: MsgCancelProposal.typeUrl,
      value: MsgCancelProposal.fromPartial({ proposalId: proposalIdOf(proposalId!), proposer: address }),
    }),
  }),
];
