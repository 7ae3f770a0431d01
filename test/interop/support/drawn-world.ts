/** The people and the genesis of a randomly drawn history, and what is known of its chain while it is made. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import type { JsonObject } from "../harness/go-genesis.ts";
import type { Signatory } from "./crowd-sender.ts";
import { fund } from "./go-validators.ts";
import { type Keys, keysOf } from "./keys.ts";
import { inLanes } from "./lanes.ts";
import { mangled } from "./mangled.ts";
import type { Random } from "./random.ts";

/** A second denomination, that everybody has. */
export const EXTRA = "extra";
/** A voucher, as a consumer's rewards would come in. */
export const VOUCHER = "ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2";
/** One unit of voting power. */
export const UNIT = 1_000_000n;
const FUNDS = 1_000_000_000_000n;
const PEOPLE_COUNT = 5;
const VALIDATOR_COUNT = 14;
/** Keys that a validator may use on a consumer, besides its own. */
const SPARE_KEYS = 4;
const PAGE = { key: new Uint8Array(), offset: 0n, limit: 200n, countTotal: false, reverse: false };

/** Addresses of the provider. */
export const codecs = createAddressCodecs(PROVIDER_PREFIX);

/** Everybody with keys. */
export interface Cast {
  /** Rich: they delegate and own consumers. */
  readonly people: readonly Keys[];
  /** They hold next to nothing, so that what they do runs out of funds. */
  readonly poor: readonly Keys[];
  /** Operators of validators that sign nothing. */
  readonly validators: readonly Keys[];
  /** Who becomes a vesting account. */
  readonly vesting: readonly Keys[];
}

/** The cast; the same for each seed. */
export const CAST: Cast = {
  people: Array.from({ length: PEOPLE_COUNT }, (_, i) => keysOf(`drawn person ${i}`)),
  poor: [keysOf("drawn poor 0"), keysOf("drawn poor 1")],
  validators: Array.from({ length: VALIDATOR_COUNT }, (_, i) => keysOf(`drawn validator ${i}`)),
  vesting: Array.from({ length: 6 }, (_, i) => keysOf(`drawn vesting ${i}`)),
};

/** Keys for consumers: a few of each validator's. */
export const consumerKeyOf = (validator: Keys, index: number): Keys =>
  keysOf(`${validator.name} spare ${index % SPARE_KEYS}`);

/** Seeds of consensus keys by their public keys in hex: of all that can sign. */
export const SEEDS: ReadonlyMap<string, Keys> = new Map(
  CAST.validators
    .flatMap((keys) => [keys, ...Array.from({ length: SPARE_KEYS }, (_, i) => consumerKeyOf(keys, i))])
    .map((keys) => [Buffer.from(keys.consensusKey).toString("hex"), keys]),
);

/** A validator as the chain told of it last. */
export interface KnownValidator {
  readonly operator: string;
  readonly bonded: boolean;
  readonly jailed: boolean;
  readonly tokens: bigint;
  /** Its operator, unless it is the one that signs blocks. */
  readonly keys: Keys | undefined;
}

/** A consumer as the chain told of it last. */
export interface KnownConsumer {
  readonly id: string;
  readonly chainId: string;
  readonly phase: string;
  readonly owner: string;
  readonly clientId: string;
  readonly topN: number;
}

/** A delegation. */
export interface KnownDelegation {
  readonly delegator: Keys;
  readonly operator: string;
  readonly amount: bigint;
}

/** An unbonding entry. */
export interface KnownUnbonding extends KnownDelegation {
  readonly creationHeight: bigint;
}

/** What is known of the chain, maybe a few blocks late. */
export interface Knowledge {
  readonly height: bigint;
  readonly timeNs: bigint;
  readonly validators: readonly KnownValidator[];
  readonly consumers: readonly KnownConsumer[];
  readonly delegations: readonly KnownDelegation[];
  readonly unbondings: readonly KnownUnbonding[];
  /** In their deposit and their voting period. */
  readonly deposits: readonly bigint[];
  readonly votes: readonly bigint[];
  readonly proposals: bigint;
}

/** Messages of a transaction and who signs it. */
export interface Act {
  readonly by: readonly Signatory[];
  readonly messages: readonly EncodeObject[];
}

/** What acts are drawn from. */
export interface World {
  readonly chain: ChainClient;
  readonly random: Random;
  /** The validator that signs, and who speaks for it. */
  readonly main: Signatory & { readonly operator: string };
  readonly known: Knowledge;
}

/** `true` in so many of a hundred cases. */
export const chance = (random: Random, percent: number): boolean => random.below(100) < percent;

/** From `low` to `high`. */
export const between = (random: Random, low: number, high: number): number =>
  low + random.below(high - low + 1);

/** An amount of the stake as people choose it: round, odd or tiny. */
export function amountOf(random: Random, units = 60): bigint {
  const whole = BigInt(1 + random.below(units)) * UNIT;
  return random.pick([whole, whole, whole + BigInt(random.below(1_000_000)), BigInt(1 + random.below(2000))]);
}

/** A message of somebody's, now and then with something odd in it. */
export function maybeMangled(world: World, message: EncodeObject, percent = 8): EncodeObject {
  const { random, known } = world;
  if (!chance(random, percent)) return message;
  const { people, validators } = CAST;
  return mangled(message, random, [
    ...[people[0]!.address, people[1]!.operator, validators[0]!.operator, validators[1]!.address],
    codecs.consensus.encode(validators[2]!.consensusAddress),
    ...["osmo1pkptre7fdkl6gfrzlesjjvhxhlc3r4gm32kke3", "cosmos1xyz", VOUCHER, EXTRA],
    ...known.consumers.slice(0, 2).map(({ id }) => id),
  ]);
}

/** Draws a genesis: every parameter that decides when something happens. */
export function editDrawnGenesis(app: JsonObject, random: Random): void {
  const paramsOf = (name: string): JsonObject => (app[name] as JsonObject)["params"] as JsonObject;
  const { people, poor, validators, vesting } = CAST;
  fund(app, [...people, ...validators, ...vesting.slice(0, 2)], FUNDS);
  fund(app, poor, 60_000n);
  const bank = app["bank"] as { balances: JsonObject[]; supply: { denom: string; amount: string }[] };
  const rich = new Set([...people, ...validators].map(({ address }) => address));
  for (const balance of bank.balances)
    if (rich.has(balance["address"] as string))
      (balance["coins"] as JsonObject[]).unshift({ denom: EXTRA, amount: FUNDS.toString() });
  bank.supply.unshift({ denom: EXTRA, amount: (FUNDS * BigInt(rich.size)).toString() });

  Object.assign(paramsOf("provider"), {
    blocks_per_epoch: String(between(random, 2, 6)),
    max_provider_consensus_validators: String(between(random, 4, 14)),
    number_of_epochs_to_start_receiving_rewards: String(between(random, 1, 4)),
    slash_meter_replenish_fraction: random.pick(["0.05", "0.5", "1.0"]),
    slash_meter_replenish_period: random.pick(["2s", "9s"]),
  });
  Object.assign(paramsOf("staking"), {
    max_validators: between(random, 6, 16),
    max_entries: between(random, 2, 7),
    historical_entries: random.pick([1, 5, 10_000]),
    min_commission_rate: random.pick(["0.000000000000000000", "0.050000000000000000"]),
  });
  Object.assign(paramsOf("slashing"), {
    min_signed_per_window: random.pick(["0.500000000000000000", "0.300000000000000000"]),
    slash_fraction_downtime: random.pick([
      "0.010000000000000000",
      "0.000100000000000000",
      "0.333333333333333333",
    ]),
    slash_fraction_double_sign: random.pick(["0.050000000000000000", "0.123456789012345678"]),
    downtime_jail_duration: `${between(random, 1, 3)}s`,
  });
  Object.assign(paramsOf("distribution"), {
    community_tax: random.pick(["0.020000000000000000", "0.000000000000000000", "0.333333333333333333"]),
    withdraw_addr_enabled: chance(random, 85),
  });
  Object.assign(paramsOf("gov"), {
    max_deposit_period: "6s",
    voting_period: "6s",
    expedited_voting_period: "3s",
    min_deposit: [{ denom: "stake", amount: "10000000" }],
    expedited_min_deposit: [{ denom: "stake", amount: "50000000" }],
    burn_vote_quorum: chance(random, 50),
    burn_proposal_deposit_prevote: chance(random, 50),
    burn_vote_veto: chance(random, 50),
    proposal_cancel_ratio: random.pick([
      "0.500000000000000000",
      "0.000000000000000000",
      "1.000000000000000000",
    ]),
    proposal_cancel_dest: random.pick(["", people[4]!.address]),
  });
}

/** Asks the chain what there is. */
export async function learn(chain: ChainClient): Promise<Knowledge> {
  const { height, timeNs } = await chain.status();
  const { staking, provider, gov } = chain.query;
  const byOperator = new Map(CAST.validators.map((keys) => [keys.operator, keys]));
  const { validators } = await staking.Validators({ status: "", pagination: PAGE });
  const { chains } = await provider.QueryConsumerChains({ phase: 0, pagination: PAGE });
  const consumers = await inLanes(chains.length, async (i): Promise<KnownConsumer> => {
    const { consumerId, chainId, phase, clientId, topN } = chains[i]!;
    const { ownerAddress } = await provider.QueryConsumerChain({ consumerId });
    return { id: consumerId, chainId, phase, clientId, topN, owner: ownerAddress };
  });
  const delegations: KnownDelegation[] = [];
  const unbondings: KnownUnbonding[] = [];
  const delegators = [...CAST.people, ...CAST.vesting.slice(0, 4)];
  const stakes = await inLanes(delegators.length, async (i) => {
    const request = { delegatorAddr: delegators[i]!.address, pagination: PAGE };
    const [{ delegationResponses }, { unbondingResponses }] = await Promise.all([
      staking.DelegatorDelegations(request),
      staking.DelegatorUnbondingDelegations(request),
    ]);
    return { delegator: delegators[i]!, delegationResponses, unbondingResponses };
  });
  for (const { delegator, delegationResponses, unbondingResponses } of stakes) {
    for (const { delegation, balance } of delegationResponses)
      delegations.push({ delegator, operator: delegation.validatorAddress, amount: BigInt(balance.amount) });
    for (const { validatorAddress, entries } of unbondingResponses)
      for (const { creationHeight, balance } of entries)
        unbondings.push({ delegator, operator: validatorAddress, creationHeight, amount: BigInt(balance) });
  }
  const { proposals } = await gov.Proposals({
    proposalStatus: 0,
    voter: "",
    depositor: "",
    pagination: PAGE,
  });
  const inStatus = (wanted: number): bigint[] =>
    proposals.filter(({ status }) => status === wanted).map(({ id }) => id);
  return {
    height,
    timeNs,
    consumers,
    delegations,
    unbondings,
    validators: validators.map(({ operatorAddress, status, jailed, tokens }) => ({
      operator: operatorAddress,
      bonded: status === BondStatus.BOND_STATUS_BONDED,
      jailed,
      tokens: BigInt(tokens),
      keys: byOperator.get(operatorAddress),
    })),
    deposits: inStatus(1),
    votes: inStatus(2),
    proposals: BigInt(proposals.length),
  };
}
