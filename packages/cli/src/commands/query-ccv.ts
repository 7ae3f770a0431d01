/** Queries of provider and consumer, named as the Go binaries name them, with their arguments. */
import { fromBech32 } from "@cosmjs/encoding";
import { suggest } from "@tandem-ics/localnet";
import type { JsonValue } from "@tandem-ics/proto";
import { usageError } from "../exit-codes.ts";
import type { QueryField, QuerySpec } from "./query-spec.ts";

const PROVIDER = "interchain_security.ccv.provider.v1.Query";
const CONSUMER = "interchain_security.ccv.consumer.v1.Query";

/** Phases of a consumer by their numbers (interchain-security `ConsumerPhase`). */
const PHASES: readonly string[] = [
  "unspecified",
  "registered",
  "initialized",
  "launched",
  "stopped",
  "deleted",
];

/** A phase: its number, as in the Go binary, or its name. */
function phaseOf(text: string): JsonValue {
  if (/^[+-]?\d{1,10}$/.test(text)) return Number(text);
  const name = text.toLowerCase().replace(/^consumer_phase_/, "");
  const number = PHASES.indexOf(name);
  if (number < 0) throw usageError(`"${text}" is no phase`, `${suggest(name, PHASES)}; numbers do as well`);
  return number;
}

/** A consensus address in any spelling; what is none is refused before the chain is asked, as in the Go binary. */
function consensusAddress(text: string): string {
  try {
    fromBech32(text);
  } catch (cause) {
    throw usageError(
      `"${text}" is no address: ${cause instanceof Error ? cause.message : cause}`,
      "write cosmosvalcons1…, or the name of a validator of the network that runs",
    );
  }
  return text.toLowerCase();
}

const consumerId: QueryField = { field: "consumer_id", kind: "consumerId" };
const validator: QueryField = { field: "provider_address", kind: "consensus", read: consensusAddress };

const provider = (
  command: string,
  method: string,
  about: string,
  args: QuerySpec["args"] = [],
  only?: string,
): QuerySpec => ({
  module: "provider",
  command,
  args,
  about,
  path: `${PROVIDER}/${method}`,
  ...(only === undefined ? {} : { only }),
});

const consumer = (command: string, method: string, about: string): QuerySpec => ({
  module: "ccvconsumer",
  command,
  args: [],
  about,
  path: `${CONSUMER}/${method}`,
  role: "consumer",
});

const ONE: QuerySpec["args"] = [["<consumer-id>", consumerId]];

/** All of them. */
export const CCV_QUERIES: readonly QuerySpec[] = [
  provider(
    "consumer-genesis",
    "QueryConsumerGenesis",
    "the genesis that a launched consumer starts with",
    ONE,
    "genesis_state",
  ),
  {
    ...provider("list-consumer-chains", "QueryConsumerChains", "all consumers, or those in one phase", [
      ["[phase]", { field: "phase", read: phaseOf }],
    ]),
    pageLimit: "100",
  },
  provider("consumer-chain", "QueryConsumerChain", "owner, phase and parameters of a consumer", ONE),
  provider(
    "consumer-validators",
    "QueryConsumerValidators",
    "the validator set last sent to a consumer",
    ONE,
  ),
  provider(
    "consumer-opted-in-validators",
    "QueryConsumerChainOptedInValidators",
    "validators that opted in to a consumer",
    ONE,
  ),
  provider(
    "has-to-validate",
    "QueryConsumerChainsValidatorHasToValidate",
    "consumers that a validator validates now or in the next epoch",
    [["<provider-validator-address>", validator]],
  ),
  provider(
    "validator-consumer-key",
    "QueryValidatorConsumerAddr",
    "address of the key that a validator assigned on a consumer; empty without one",
    [
      ["<consumer-id>", consumerId],
      ["<provider-validator-address>", validator],
    ],
  ),
  provider(
    "validator-provider-key",
    "QueryValidatorProviderAddr",
    "address on the provider behind an assigned key's; empty for an unknown one",
    [
      ["<consumer-id>", consumerId],
      ["<consumer-validator-address>", { field: "consumer_address", read: consensusAddress }],
    ],
  ),
  provider(
    "all-pairs-valconsensus-address",
    "QueryAllPairsValConsAddrByConsumer",
    "all assigned keys of a consumer",
    ONE,
  ),
  provider(
    "validator-consumer-commission-rate",
    "QueryValidatorConsumerCommissionRate",
    "commission of a validator on a consumer's rewards",
    [
      ["<consumer-id>", consumerId],
      ["<provider-validator-address>", validator],
    ],
  ),
  provider("throttle-state", "QueryThrottleState", "the slash meter"),
  provider("params", "QueryParams", "parameters of the provider", [], "params"),
  provider("blocks-until-next-epoch", "QueryBlocksUntilNextEpoch", "blocks until validator sets are sent"),
  provider(
    "registered-consumer-reward-denoms",
    "QueryRegisteredConsumerRewardDenoms",
    "denominations that governance takes as rewards",
  ),
  provider("consumer-id-from-client-id", "QueryConsumerIdFromClientId", "the consumer behind an IBC client", [
    ["<client-id>", { field: "client_id" }],
  ]),
  provider("consumer-genesis-time", "QueryConsumerGenesisTime", "when a consumer's client begins", ONE),
  consumer("next-fee-distribution", "QueryNextFeeDistribution", "what the next transfer of rewards would be"),
  consumer("params", "QueryParams", "parameters of the consumer"),
  consumer("provider-info", "QueryProviderInfo", "ids of both ends of the CCV channel"),
  consumer("throttle-state", "QueryThrottleState", "slash packets that wait, and the one that was sent"),
];
