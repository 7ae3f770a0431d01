/** Command lines for both programs of `cli-twins.ts`, about the consumers of `ccv-states.ts`. */
import { toBase64 } from "@cosmjs/encoding";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { AUTHORITY, CAST, CONSUMER_KEYS, CONSUMERS, consensusOf } from "./ccv-states.ts";
import { keysOf } from "./keys.ts";

const { first } = CAST;
const { launched, initialized } = CONSUMERS;

/** Where the row of consumer 5 lies among the phases. */
const ROW_OF_5 = toBase64(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 1, 0x35]));

/** Queries: what follows `query`. */
export const QUERY_LINES: readonly (readonly string[])[] = [
  ["list-consumer-chains"],
  ["list-consumer-chains", "0", "--page", "2", "--limit", "5"],
  ["list-consumer-chains", "--reverse", "--offset", "1", "--limit", "3"],
  ["list-consumer-chains", "1", "--page-key", ROW_OF_5, "--limit", "2"],
  ["list-consumer-chains", "x"],
  ["consumer-genesis", launched],
  ["consumer-genesis", initialized],
  ["consumer-chain", initialized],
  ["consumer-validators", launched],
  ["consumer-opted-in-validators", launched],
  ["has-to-validate", consensusOf(first).toUpperCase()],
  ["validator-consumer-key", launched, consensusOf(first)],
  ["validator-provider-key", launched, consensusOf(CONSUMER_KEYS.first)],
  ["all-pairs-valconsensus-address", launched],
  ["validator-consumer-commission-rate", launched, consensusOf(first)],
  ["throttle-state"],
  ["params"],
  ["blocks-until-next-epoch"],
  ["registered-consumer-reward-denoms"],
  ["consumer-id-from-client-id", "07-tendermint-1"],
  ["consumer-genesis-time", launched],
].map((line) => ["provider", ...line]);

const PARTS = {
  metadata: { name: "game", description: "<a> & b", metadata: '{"stage":"test"}' },
  initialization_parameters: {
    initial_height: { revision_number: 3, revision_height: 1 },
    genesis_hash: "AQID",
    binary_hash: "",
    spawn_time: "2030-05-06T07:08:09.123456+02:00",
    unbonding_period: 1728000000000001,
    ccv_timeout_period: 2419200000000000,
    transfer_timeout_period: 1800000000000,
    consumer_redistribution_fraction: "0.75",
    blocks_per_distribution_transmission: 1000,
    historical_entries: 10000,
    distribution_transmission_channel: "channel-7",
    connection_id: "",
  },
  power_shaping_parameters: { validators_power_cap: 10, min_stake: 7, allowlist: [consensusOf(first)] },
  infraction_parameters: { downtime: { slash_fraction: "0.0001", jail_duration: 600000000000 } },
  allowlisted_reward_denoms: { denoms: ["stake"] },
};

/** A command, and the files that it reads by their names. */
export interface TxLine {
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const fileLine = (command: string, name: string, content: unknown): TxLine => ({
  args: ["provider", command, name],
  files: { [name]: typeof content === "string" ? content : JSON.stringify(content) },
});

/** Transactions: what follows `tx`. */
export const TX_LINES: readonly TxLine[] = [
  { args: ["provider", "opt-in", "3", pubKeyJsonOf(keysOf("cli key").consensusKey)] },
  { args: ["provider", "opt-out", "18446744073709551616"] },
  { args: ["provider", "assign-consensus-key", "007", '{"@type":"x","key":"<&>"}'] },
  { args: ["provider", "assign-consensus-key", "0"] },
  { args: ["provider", "set-consumer-commission-rate", "0", "+00.25"] },
  { args: ["provider", "set-consumer-commission-rate", "0", "0.1234567890123456789"] },
  {
    args: ["provider", "remove-consumer", "5", "--note", "gone <for> good", "--fees", "7stake", "--gas", "5"],
  },
  fileLine("create-consumer", "whole.json", { chain_id: "game-3", ...PARTS }),
  fileLine("create-consumer", "least.json", { Chain_ID: "game-3", metadata: PARTS.metadata, unknown: [1] }),
  fileLine("create-consumer", "texts.json", {
    chain_id: "game-3",
    metadata: PARTS.metadata,
    power_shaping_parameters: { min_stake: "7" },
  }),
  fileLine("create-consumer", "hours.json", {
    chain_id: "game-3",
    metadata: PARTS.metadata,
    initialization_parameters: { ...PARTS.initialization_parameters, unbonding_period: "1h" },
  }),
  fileLine("create-consumer", "top.json", {
    chain_id: "game-3",
    metadata: PARTS.metadata,
    power_shaping_parameters: { top_N: 50 },
  }),
  fileLine("update-consumer", "update.json", {
    consumer_id: "2",
    new_owner_address: first.address,
    new_chain_id: "other-3",
    ...PARTS,
    power_shaping_parameters: null,
  }),
  fileLine("update-consumer", "nobody.json", { metadata: PARTS.metadata }),
  {
    args: ["provider", "submit-consumer-misbehaviour", "0", "evil.json"],
    files: { "evil.json": '{"client_id":"07-tendermint-0","header_1":null,"header_2":null}' },
  },
  { args: ["gov", "vote", "7", "no_with_veto"] },
  { args: ["gov", "weighted-vote", "7", "yes=0.6,no=0.4"] },
  { args: ["gov", "weighted-vote", "7", "yes"] },
  { args: ["gov", "deposit", "7", "5stake,1atom"] },
  {
    args: ["gov", "submit-proposal", "proposal.json"],
    files: {
      "proposal.json": JSON.stringify({
        messages: [
          {
            "@type": "/interchain_security.ccv.provider.v1.MsgUpdateConsumer",
            owner: AUTHORITY,
            consumer_id: "0",
            power_shaping_parameters: { top_N: 67 },
          },
        ],
        metadata: "4pIMOgIGx1vZGU=",
        deposit: "10stake",
        title: "a title",
        summary: "a summary",
        unknown: true,
      }),
    },
  },
];

/** How many of all lines both programs refuse. */
export const REFUSED_LINES = 10;
