/** Transactions of the provider module, named as `interchain-security-pd tx provider` names them. */
import { doubleVotingMessage, parseEvidenceFile, parseHeaderFile } from "@tandem-ics/client";
import { suggest } from "@tandem-ics/localnet";
import {
  createConsumerFromFile,
  fromProtoJson,
  type IgnoredKey,
  ignoredByCreateConsumer,
  ignoredByUpdateConsumer,
  MsgAssignConsumerKey,
  MsgCreateConsumer,
  MsgOptIn,
  MsgOptOut,
  MsgRemoveConsumer,
  MsgSetConsumerCommissionRate,
  MsgSubmitConsumerMisbehaviour,
  MsgUpdateConsumer,
  ProtoError,
  parseJson,
  updateConsumerFromFile,
} from "@tandem-ics/proto";
import { CodedError, Dec } from "@tandem-ics/runtime";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import type { Note, TxSpec } from "./tx-spec.ts";

const KEY_FORM = '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"BASE64"}';

const CONSUMER_PARTS = `  "metadata": {"name": "game", "description": "a consumer", "metadata": "{}"},
  "initialization_parameters": {
    "initial_height": {"revision_number": 1, "revision_height": 1},
    "genesis_hash": "", "binary_hash": "",
    "spawn_time": "2030-05-06T07:08:09Z",
    "unbonding_period": 1728000000000000,
    "ccv_timeout_period": 2419200000000000,
    "transfer_timeout_period": 3600000000000,
    "consumer_redistribution_fraction": "0.75",
    "blocks_per_distribution_transmission": 1000,
    "historical_entries": 10000,
    "distribution_transmission_channel": "", "connection_id": ""
  },
  "power_shaping_parameters": {
    "top_N": 0, "validators_power_cap": 0, "validator_set_cap": 0,
    "allowlist": [], "denylist": [], "prioritylist": [],
    "min_stake": 0, "allow_inactive_vals": false
  },
  "infraction_parameters": {
    "double_sign": {"slash_fraction": "0.05", "jail_duration": 9223372036854775807, "tombstone": true},
    "downtime": {"slash_fraction": "0.0001", "jail_duration": 600000000000, "tombstone": false}
  },
  "allowlisted_reward_denoms": {"denoms": []}`;

const CREATE_HELP = `The file, of which chain_id and metadata must be there. Durations are nanoseconds:
{
  "chain_id": "game-1",
${CONSUMER_PARTS}
}`;

const UPDATE_HELP = `The file, of which consumer_id must be there. A part that is given replaces the old one as a whole:
initialization_parameters without spawn_time clear it. Durations are nanoseconds:
{
  "consumer_id": "0",
  "new_owner_address": "",
  "new_chain_id": "",
${CONSUMER_PARTS}
}`;

/** Tells of keys that Go, and so this command, passes over: a misspelled one would do so in silence. */
function noteIgnored(file: string, keys: readonly IgnoredKey[], note: Note): void {
  for (const { path, known } of keys)
    note(`${file}: "${path}" means nothing; ${suggest(path.slice(path.lastIndexOf(".") + 1), known)}`);
}

/** What reading a file gives, its refusals as the command's. */
function fromFile<T>(file: string, read: (text: string) => T): T {
  const text = readText(file);
  try {
    return read(text);
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw new CliError(
      { code: "bad-input", message: `${file}: ${cause.message.replace(/^file\.?/, "")}` },
      { cause },
    );
  }
}

/** A decimal such as 0.05 as the messages carry it. */
function rateOf(text: string): string {
  try {
    return Dec.parse(text).toWire();
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw usageError(`"${text}" is no decimal: ${cause.message}`, "write a fraction such as 0.05");
  }
}

/** A key as JSON, or the file that holds it, such as `chain show-validator` prints. */
const keyOf = (text: string): string =>
  /^\s*[{["n]/.test(text) || text === "" ? text : readText(text).trim();

const provider = (spec: Omit<TxSpec, "module">): TxSpec => ({ module: "provider", ...spec });

/** All of them. */
export const PROVIDER_TXS: readonly TxSpec[] = [
  provider({
    command: "create-consumer",
    args: ["<file>"],
    about: "create a consumer chain; the one who signs owns it",
    example: "create.json --from alice",
    help: CREATE_HELP,
    build: ({ address }, [file], _, note) =>
      fromFile(file!, (text) => {
        noteIgnored(file!, ignoredByCreateConsumer(text), note);
        return { typeUrl: MsgCreateConsumer.typeUrl, value: createConsumerFromFile(text, address) };
      }),
  }),
  provider({
    command: "update-consumer",
    args: ["<file>"],
    about: "change a consumer chain: spawn time, power shaping, owner and all else",
    example: "update.json --from alice",
    help: UPDATE_HELP,
    build: ({ address }, [file], _, note) =>
      fromFile(file!, (text) => {
        noteIgnored(file!, ignoredByUpdateConsumer(text), note);
        const value = updateConsumerFromFile(text, address);
        if (value.consumerId.trim() === "")
          throw new CliError({ code: "bad-input", message: `${file}: consumer_id can't be empty` });
        return { typeUrl: MsgUpdateConsumer.typeUrl, value };
      }),
  }),
  provider({
    command: "remove-consumer",
    args: ["<consumer-id>"],
    about: "stop a launched consumer chain; it is deleted when the unbonding period is over",
    example: "0 --from alice",
    build: ({ address }, [consumerId]) => ({
      typeUrl: MsgRemoveConsumer.typeUrl,
      value: MsgRemoveConsumer.fromPartial({ consumerId: consumerId!, owner: address }),
    }),
  }),
  provider({
    command: "opt-in",
    args: ["<consumer-id>", "[consumer-pubkey]"],
    about: "validate a consumer chain, with a consensus key of its own if one is given",
    example: `0 '${KEY_FORM}' --from alice`,
    help: "The key is JSON, or a file with it. The signer is the validator's operator.",
    build: ({ address, operator }, [consumerId, consumerKey = ""]) => ({
      typeUrl: MsgOptIn.typeUrl,
      value: MsgOptIn.fromPartial({
        consumerId: consumerId!,
        consumerKey: keyOf(consumerKey),
        providerAddr: operator,
        signer: address,
      }),
    }),
  }),
  provider({
    command: "opt-out",
    args: ["<consumer-id>"],
    about: "stop validating a consumer chain from the next epoch on",
    example: "0 --from alice",
    build: ({ address, operator }, [consumerId]) => ({
      typeUrl: MsgOptOut.typeUrl,
      value: MsgOptOut.fromPartial({ consumerId: consumerId!, providerAddr: operator, signer: address }),
    }),
  }),
  provider({
    command: "assign-consensus-key",
    args: ["<consumer-id>", "<consumer-pubkey>"],
    about: "choose the consensus key that the signer's validator uses on a consumer chain",
    example: `0 '${KEY_FORM}' --from alice`,
    help: "The key is JSON, or a file with it.",
    build: ({ address, operator }, [consumerId, consumerKey]) => ({
      typeUrl: MsgAssignConsumerKey.typeUrl,
      value: MsgAssignConsumerKey.fromPartial({
        consumerId: consumerId!,
        consumerKey: keyOf(consumerKey!),
        providerAddr: operator,
        signer: address,
      }),
    }),
  }),
  provider({
    command: "set-consumer-commission-rate",
    args: ["<consumer-id>", "<commission-rate>"],
    about: "set the commission on rewards of one consumer chain, a fraction from 0 to 1",
    example: "0 0.1 --from alice",
    build: ({ address, operator }, [consumerId, rate]) => ({
      typeUrl: MsgSetConsumerCommissionRate.typeUrl,
      value: MsgSetConsumerCommissionRate.fromPartial({
        consumerId: consumerId!,
        rate: rateOf(rate!),
        providerAddr: operator,
        signer: address,
      }),
    }),
  }),
  provider({
    command: "submit-consumer-double-voting",
    args: ["<consumer-id>", "<evidence-file>", "<header-file>"],
    about: "prove that a validator signed two blocks of one height on a consumer chain",
    example: "0 evidence.json header.json --from alice",
    help: "Both files are protobuf JSON: tendermint.types.DuplicateVoteEvidence, and the 07-tendermint Header of its height.",
    build: ({ address }, [consumerId, evidence, header]) =>
      doubleVotingMessage(
        address,
        consumerId!,
        fromFile(evidence!, parseEvidenceFile).evidence,
        fromFile(header!, parseHeaderFile),
      ),
  }),
  provider({
    command: "submit-consumer-misbehaviour",
    args: ["<consumer-id>", "<misbehaviour-file>"],
    about: "prove a light-client attack on a consumer chain",
    example: "0 misbehaviour.json --from alice",
    help: "The file is protobuf JSON: ibc.lightclients.tendermint.v1.Misbehaviour.",
    build: ({ address }, [consumerId, file]) => ({
      typeUrl: MsgSubmitConsumerMisbehaviour.typeUrl,
      value: MsgSubmitConsumerMisbehaviour.fromPartial({
        submitter: address,
        consumerId: consumerId!,
        misbehaviour: fromFile(file!, (text) =>
          fromProtoJson("ibc.lightclients.tendermint.v1.Misbehaviour", parseJson(text)),
        ) as never,
      }),
    }),
  }),
];
