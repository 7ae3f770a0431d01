/** Genesis files of a network's chains: the applications' defaults with accounts, validators and parameters filled in. */

import { defaultConsumerGenesis, defaultProviderGenesis } from "@tandem-ics/ccv";
import { defaultConsensusParams, type GenesisDoc } from "@tandem-ics/comet";
import {
  accountSections,
  type GenesisAccount,
  stakePool,
  stakingSection,
  withParams,
} from "@tandem-ics/node/home";
import { nsToTimestamp } from "@tandem-ics/proto";
import { type Coins, createAddressCodecs, Dec, type JsonObject, parseCoins } from "@tandem-ics/runtime";
import type { AccountKey, ConsensusKey } from "./keys.ts";
import type { ConsumerSpec, Topology, ValidatorSpec } from "./topology.ts";

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

/** Genesis of the provider. */
export function providerGenesis(
  topology: Topology,
  validators: readonly ValidatorKeys[],
  accounts: readonly AccountKey[],
  genesisTimeNs: bigint,
): GenesisDoc {
  const { provider } = topology;
  const codecs = createAddressCodecs(provider.bech32Prefix);
  const state = defaultProviderGenesis({ bech32Prefix: provider.bech32Prefix });
  const extra = new Map(topology.accounts.map((a) => [a.name, a.coins]));
  const holders: GenesisAccount[] = [...validators.map((v) => v.account), ...accounts].map(
    ({ name, address }) => {
      const coins = extra.get(name);
      return { address, coins: coins === undefined ? pocketCoins(provider.denom) : parseCoins(coins) };
    },
  );
  const first = validators.map(({ spec, account, consensus }) => ({
    ...spec,
    operator: account.address,
    publicKey: consensus.pubKey,
  }));
  const staking = withParams(state, "staking", {
    unbonding_time: seconds(provider.unbondingPeriod),
    max_validators: provider.maxValidators,
    bond_denom: provider.denom,
  });
  return genesisDoc(provider.chainId, genesisTimeNs, 1n, {
    ...state,
    ...accountSections(state, codecs, holders, stakePool(provider.denom, first)),
    staking: stakingSection(staking, codecs, first),
    mint: withParams(state, "mint", { mint_denom: provider.denom }),
    slashing: withParams(state, "slashing", {
      signed_blocks_window: provider.signedBlocksWindow.toString(),
      downtime_jail_duration: seconds(provider.downtimeJailDuration),
    }),
    provider: withParams(state, "provider", {
      blocks_per_epoch: provider.blocksPerEpoch.toString(),
      max_provider_consensus_validators: provider.maxProviderConsensusValidators.toString(),
      slash_meter_replenish_period: seconds(provider.slashMeterReplenishPeriod),
      slash_meter_replenish_fraction: Dec.parse(provider.slashMeterReplenishFraction).toString(),
      number_of_epochs_to_start_receiving_rewards: "1",
    }),
  });
}

/** Genesis of a consumer: `ccvconsumer` is the provider's answer to `consumer-genesis`, unchanged. */
export function consumerGenesis(
  topology: Topology,
  spec: ConsumerSpec,
  ccvState: JsonObject,
  accounts: readonly AccountKey[],
  genesisTimeNs: bigint,
): GenesisDoc {
  const codecs = createAddressCodecs(spec.bech32Prefix);
  const state = defaultConsumerGenesis({ bech32Prefix: spec.bech32Prefix });
  const holders = accounts.map(({ address }) => ({ address, coins: pocketCoins(spec.denom) }));
  return genesisDoc(spec.chainId, genesisTimeNs, spec.initialHeight, {
    ...state,
    ...accountSections(state, codecs, holders),
    slashing: withParams(state, "slashing", {
      signed_blocks_window: topology.provider.signedBlocksWindow.toString(),
    }),
    ccvconsumer: ccvState,
  });
}

function genesisDoc(
  chainId: string,
  genesisTimeNs: bigint,
  initialHeight: bigint,
  appState: JsonObject,
): GenesisDoc {
  return {
    genesisTime: nsToTimestamp(genesisTimeNs),
    chainId,
    initialHeight,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appHash: new Uint8Array(),
    appState: JSON.stringify(appState),
  };
}
