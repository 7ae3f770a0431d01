/** Queries of the SDK's and IBC's modules that a tour of a chain needs, named as the Go binaries name them. */
import { suggest } from "@tandem-ics/localnet";
import { usageError } from "../exit-codes.ts";
import type { QueryField, QuerySpec } from "./query-spec.ts";

const STATUSES: readonly string[] = [
  "unspecified",
  "deposit-period",
  "voting-period",
  "passed",
  "rejected",
  "failed",
];

function statusOf(text: string): number {
  const name = text
    .toLowerCase()
    .replace(/^proposal_status_/, "")
    .replace(/_/g, "-");
  const number = STATUSES.indexOf(name);
  if (number < 0) throw usageError(`"${text}" is no status of proposals`, suggest(name, STATUSES));
  return number;
}

const account: QueryField = { field: "address", kind: "account" };
const delegator: QueryField = { field: "delegator_addr", kind: "account" };
const validator: QueryField = { field: "validator_addr", kind: "operator" };
/** Prefixes of bases, as Go reads integers of flags (`strconv.ParseUint` with base 0). */
const BASES: readonly (readonly [prefix: RegExp, digits: RegExp, prefixed: string])[] = [
  [/^0x/i, /^[0-9a-f]+$/i, "0x"],
  [/^0b/i, /^[01]+$/, "0b"],
  [/^0o?(?=.)/i, /^[0-7]+$/, "0o"],
  [/^/, /^\d+$/, ""],
];

/** A proposal's number in any base that the Go binaries read. */
function proposalId(text: string): string {
  const plain = /_/.test(text) ? text.replace(/(?<=[0-9a-fx])_(?=[0-9a-f])/gi, "") : text;
  const [prefix, digits, prefixed] = BASES.find(([start]) => start.test(plain))!;
  const rest = plain.replace(prefix, "");
  if (!digits.test(rest)) throw usageError(`"${text}" is no number of a proposal`);
  return BigInt(`${prefixed}${rest}`).toString();
}

const proposal: QueryField = { field: "proposal_id", read: proposalId };

const sdk = (
  module: string,
  command: string,
  path: string,
  about: string,
  args: QuerySpec["args"] = [],
  flags: NonNullable<QuerySpec["flags"]> = [],
): QuerySpec => ({ module, command, args, flags, path, about });

const gov = (
  command: string,
  method: string,
  about: string,
  args: QuerySpec["args"] = [["<proposal-id>", proposal]],
  flags: NonNullable<QuerySpec["flags"]> = [],
): QuerySpec => ({
  ...sdk("gov", command, `cosmos.gov.v1.Query/${method}`, about, args, flags),
  autocli: true,
});

/** All of them. */
export const MODULE_QUERIES: readonly QuerySpec[] = [
  sdk("bank", "balances", "cosmos.bank.v1beta1.Query/AllBalances", "coins of an account", [
    ["<address>", account],
  ]),
  sdk("bank", "total-supply", "cosmos.bank.v1beta1.Query/TotalSupply", "all coins that there are"),
  sdk("auth", "account", "cosmos.auth.v1beta1.Query/Account", "number and sequence of an account", [
    ["<address>", account],
  ]),
  sdk("staking", "validators", "cosmos.staking.v1beta1.Query/Validators", "all validators"),
  sdk("staking", "validator", "cosmos.staking.v1beta1.Query/Validator", "one validator", [
    ["<validator-addr>", validator],
  ]),
  sdk("staking", "delegation", "cosmos.staking.v1beta1.Query/Delegation", "a delegation", [
    ["<delegator-addr>", delegator],
    ["<validator-addr>", validator],
  ]),
  sdk("staking", "params", "cosmos.staking.v1beta1.Query/Params", "parameters of staking"),
  sdk("staking", "pool", "cosmos.staking.v1beta1.Query/Pool", "bonded and unbonded coins"),
  sdk(
    "slashing",
    "signing-infos",
    "cosmos.slashing.v1beta1.Query/SigningInfos",
    "missed blocks of validators",
  ),
  sdk("slashing", "params", "cosmos.slashing.v1beta1.Query/Params", "parameters of slashing"),
  sdk("distribution", "params", "cosmos.distribution.v1beta1.Query/Params", "parameters of distribution"),
  sdk(
    "distribution",
    "community-pool",
    "cosmos.distribution.v1beta1.Query/CommunityPool",
    "coins of the community pool",
  ),
  sdk("mint", "params", "cosmos.mint.v1beta1.Query/Params", "parameters of mint"),
  gov(
    "proposals",
    "Proposals",
    "all proposals, or those that match",
    [],
    [
      ["--proposal-status <status>", STATUSES.join(", "), { field: "proposal_status", read: statusOf }],
      ["--voter <address>", "proposals that the account voted on", { field: "voter", kind: "account" }],
      [
        "--depositor <address>",
        "proposals that the account paid for",
        { field: "depositor", kind: "account" },
      ],
    ],
  ),
  { ...gov("proposal", "Proposal", "one proposal"), alias: "proposer" },
  gov("votes", "Votes", "votes on a proposal, while it is voted on"),
  gov("vote", "Vote", "one account's vote", [
    ["<proposal-id>", proposal],
    ["<voter>", { field: "voter", kind: "account" }],
  ]),
  gov("deposits", "Deposits", "deposits on a proposal"),
  gov("deposit", "Deposit", "one account's deposit", [
    ["<proposal-id>", proposal],
    ["<depositor>", { field: "depositor", kind: "account" }],
  ]),
  gov("tally", "TallyResult", "how a vote stands, or ended"),
  gov("params", "Params", "parameters of governance; voting, tallying or deposit adds those of old", [
    ["[params-type]", { field: "params_type" }],
  ]),
  gov("constitution", "Constitution", "the chain's constitution", []),
  sdk("ibc", "client-states", "ibc.core.client.v1.Query/ClientStates", "all IBC clients"),
  sdk("ibc", "connections", "ibc.core.connection.v1.Query/Connections", "all IBC connections"),
  sdk("ibc", "channels", "ibc.core.channel.v1.Query/Channels", "all IBC channels"),
];
