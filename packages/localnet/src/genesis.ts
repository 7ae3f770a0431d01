/** Genesis files of a network's chains: the applications' defaults with accounts, validators and parameters filled in. */

import { CONSUMER_APPLICATIONS, defaultPlainGenesis, defaultProviderGenesis } from "@tandem-ics/ccv";
import type { FullConsensusParams, GenesisDoc } from "@tandem-ics/comet";
import {
  accountSections,
  type GenesisAccount,
  stakePool,
  stakingSection,
  withParams,
} from "@tandem-ics/node/home";
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  addCoins,
  type Coins,
  createAddressCodecs,
  Dec,
  type JsonObject,
  parseCoins,
} from "@tandem-ics/runtime";
import type { FundedAccount } from "./accounts.ts";
import { LocalnetError } from "./errors.ts";
import { changedConsensusParams, changedGenesis, evidenceFor, metadataJson } from "./genesis-changes.ts";
import { genesisTx } from "./gentx.ts";
import type { Account, AccountKey, ConsensusKey } from "./keys.ts";
import { type ConsumerSpec, providerSpecOf, type Topology, type ValidatorSpec } from "./topology.ts";
import type { ChainSettings } from "./topology-fields.ts";
import type { PlainChainSpec, PlainValidatorSpec } from "./topology-plain.ts";
import { firstVotingPeriod } from "./voting-period.ts";

/** A validator with its keys. */
export interface ValidatorKeys {
  readonly spec: ValidatorSpec;
  readonly account: AccountKey;
  readonly consensus: ConsensusKey;
}

/** What every account of the network gets on each chain, beside its stake. */
const POCKET_AMOUNT = 1_000_000_000_000n;

const seconds = (ns: bigint): string => {
  const whole = ns / 1_000_000_000n;
  const rest = ns % 1_000_000_000n;
  return rest === 0n ? `${whole}s` : `${whole}.${rest.toString().padStart(9, "0")}s`;
};

/** What a funded account holds at the start. */
export const pocketCoins = (denom: string): Coins => [{ denom, amount: POCKET_AMOUNT }];

/** Reads an account's coins. Throws `bad-topology`. */
function coinsOf(name: string, text: string): Coins {
  try {
    return parseCoins(text);
  } catch (cause) {
    throw new LocalnetError("bad-topology", `the coins of ${name} are none: "${text}"`, {
      hint: "write 1000000stake,5uatom",
      cause,
    });
  }
}

const holdersOf = (accounts: readonly FundedAccount[], usual: Coins): GenesisAccount[] =>
  accounts.map(({ name, address, coins }) => ({
    address,
    coins: coins === undefined ? usual : coinsOf(name, coins),
  }));

/** What a topology says of any chain, put on its genesis at last. */
function settled(name: string, state: JsonObject, settings: ChainSettings): JsonObject {
  const { denomMetadata, genesis } = settings;
  const bank = { ...(state["bank"] as JsonObject), denom_metadata: metadataJson(denomMetadata) };
  return changedGenesis(denomMetadata === undefined ? state : { ...state, bank }, genesis, name);
}

/** Sections in which modules name the denomination of stake: bonded, minted, deposited. */
function stakeDenomSections(state: JsonObject, denom: string): JsonObject {
  const inStake = (coins: unknown) =>
    (coins as { denom: string; amount: string }[]).map((coin) => ({ ...coin, denom }));
  const { gov, crisis } = state as { gov?: { params: JsonObject }; crisis?: { constant_fee: JsonObject } };
  return {
    ...state,
    staking: withParams(state, "staking", { bond_denom: denom }),
    mint: withParams(state, "mint", { mint_denom: denom }),
    ...(gov === undefined
      ? {}
      : {
          gov: withParams(state, "gov", {
            min_deposit: inStake(gov.params["min_deposit"]),
            expedited_min_deposit: inStake(gov.params["expedited_min_deposit"]),
          }),
        }),
    ...(crisis === undefined
      ? {}
      : { crisis: { ...crisis, constant_fee: { ...crisis.constant_fee, denom } } }),
  };
}

/** A validator of a plain chain with its keys. */
export interface PlainValidatorKeys extends ValidatorKeys {
  readonly spec: PlainValidatorSpec;
}

/** Genesis of a chain without CCV: accounts in their order, validators by genesis transactions. */
export function plainGenesis(
  chain: PlainChainSpec,
  validators: readonly PlainValidatorKeys[],
  accounts: readonly FundedAccount[],
  genesisTimeNs: bigint,
): GenesisDoc {
  const { name, chainId, bech32Prefix, stakeDenom, feeDenom } = chain;
  const codecs = createAddressCodecs(bech32Prefix);
  const usual =
    stakeDenom === feeDenom
      ? pocketCoins(stakeDenom)
      : addCoins(pocketCoins(stakeDenom), pocketCoins(feeDenom));
  const state = stakeDenomSections(defaultPlainGenesis({ bech32Prefix }), stakeDenom);
  const funded = { ...state, ...accountSections(state, codecs, holdersOf(accounts, usual)) };
  const txs = validators.map(({ spec, account, consensus }) =>
    genesisTx({ chainId, bech32Prefix, denom: stakeDenom, spec, operator: account, consensus }),
  );
  return genesisDoc(
    chainId,
    genesisTimeNs,
    chain.initialHeight,
    settled(name, { ...funded, genutil: { ...(state["genutil"] as JsonObject), gen_txs: txs } }, chain),
    changedConsensusParams(chain.consensusParams, name),
  );
}

/** Expedited voting must be shorter. */
const votingParams = (periodNs: bigint): JsonObject => ({
  voting_period: seconds(periodNs),
  expedited_voting_period: seconds(periodNs / 2n),
});

/** Genesis of the provider. */
export function providerGenesis(
  topology: Topology,
  validators: readonly ValidatorKeys[],
  accounts: readonly FundedAccount[],
  genesisTimeNs: bigint,
): GenesisDoc {
  const provider = providerSpecOf(topology);
  const codecs = createAddressCodecs(provider.bech32Prefix);
  const state = stakeDenomSections(
    defaultProviderGenesis({ bech32Prefix: provider.bech32Prefix }),
    provider.denom,
  );
  const own = validators.map(({ account }) => ({ ...account, coins: undefined }));
  const holders = holdersOf([...own, ...accounts], pocketCoins(provider.denom));
  const first = validators.map(({ spec, account, consensus }) => ({
    ...spec,
    operator: account.address,
    publicKey: consensus.pubKey,
  }));
  const staking = withParams(state, "staking", {
    unbonding_time: seconds(provider.unbondingPeriod),
    max_validators: provider.maxValidators,
  });
  const appState = {
    ...state,
    ...accountSections(state, codecs, holders, stakePool(provider.denom, first)),
    staking: stakingSection(staking, codecs, first),
    slashing: withParams(state, "slashing", {
      signed_blocks_window: provider.signedBlocksWindow.toString(),
      downtime_jail_duration: seconds(provider.downtimeJailDuration),
    }),
    gov: withParams(state, "gov", votingParams(firstVotingPeriod(topology))),
    provider: withParams(state, "provider", {
      blocks_per_epoch: provider.blocksPerEpoch.toString(),
      max_provider_consensus_validators: provider.maxProviderConsensusValidators.toString(),
      slash_meter_replenish_period: seconds(provider.slashMeterReplenishPeriod),
      slash_meter_replenish_fraction: Dec.parse(provider.slashMeterReplenishFraction).toString(),
      number_of_epochs_to_start_receiving_rewards: "1",
    }),
  };
  return genesisDoc(
    provider.chainId,
    genesisTimeNs,
    1n,
    settled("provider", appState, provider),
    changedConsensusParams(
      provider.consensusParams,
      "provider",
      evidenceFor(provider.unbondingPeriod, topology.blockTimeNs),
    ),
  );
}

/** Genesis of a consumer: `ccvconsumer` is the provider's answer to `consumer-genesis`, unchanged. */
export function consumerGenesis(
  topology: Topology,
  spec: ConsumerSpec,
  ccvState: JsonObject,
  accounts: readonly Account[],
  genesisTimeNs: bigint,
): GenesisDoc {
  const codecs = createAddressCodecs(spec.bech32Prefix);
  const { bech32Prefix, application = "consumer" } = spec;
  const defaults = CONSUMER_APPLICATIONS[application].defaultGenesis({ bech32Prefix });
  const state = application === "democracy" ? stakeDenomSections(defaults, spec.denom) : defaults;
  const holders = accounts.map(({ address }) => ({ address, coins: pocketCoins(spec.denom) }));
  const appState = {
    ...state,
    ...accountSections(state, codecs, holders),
    slashing: withParams(state, "slashing", {
      signed_blocks_window: providerSpecOf(topology).signedBlocksWindow.toString(),
    }),
    ccvconsumer: ccvState,
  };
  return genesisDoc(
    spec.chainId,
    genesisTimeNs,
    spec.initialHeight,
    settled(spec.name, appState, spec),
    changedConsensusParams(spec.consensusParams, spec.name),
  );
}

function genesisDoc(
  chainId: string,
  genesisTimeNs: bigint,
  initialHeight: bigint,
  appState: JsonObject,
  consensusParams: FullConsensusParams,
): GenesisDoc {
  return {
    genesisTime: nsToTimestamp(genesisTimeNs),
    chainId,
    initialHeight,
    consensusParams,
    validators: [],
    appHash: new Uint8Array(),
    appState: JSON.stringify(appState),
  };
}
