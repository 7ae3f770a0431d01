/** Genesis files of a network's chains: the applications' defaults with accounts, validators and parameters filled in. */

import { defaultConsumerGenesis, defaultProviderGenesis } from "@tandem-ics/ccv";
import { defaultConsensusParams, type GenesisDoc } from "@tandem-ics/comet";
import { toBase64 } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  addCoins,
  type Coins,
  createAddressCodecs,
  Dec,
  type JsonObject,
  moduleAddress,
  parseCoins,
} from "@tandem-ics/runtime";
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
const NOT_BONDED_POOL = "not_bonded_tokens_pool";
const EPOCH_TIME = "1970-01-01T00:00:00Z";

const seconds = (ns: bigint): string => {
  const whole = ns / 1_000_000_000n;
  const rest = ns % 1_000_000_000n;
  return rest === 0n ? `${whole}s` : `${whole}.${rest.toString().padStart(9, "0")}s`;
};

interface Balance {
  readonly address: string;
  readonly coins: Coins;
}

function authState(base: JsonObject, addresses: readonly string[]): JsonObject {
  return {
    ...base,
    accounts: addresses.map((address) => ({
      "@type": "/cosmos.auth.v1beta1.BaseAccount",
      address,
      pub_key: null,
      account_number: "0",
      sequence: "0",
    })),
  };
}

function bankState(base: JsonObject, balances: readonly Balance[]): JsonObject {
  const supply = balances.reduce<Coins>((sum, { coins }) => addCoins(sum, coins), []);
  const json = (coins: Coins) => coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
  return {
    ...base,
    balances: balances
      .filter(({ coins }) => coins.length > 0)
      .map(({ address, coins }) => ({ address, coins: json(coins) })),
    supply: json(supply),
  };
}

/** Validators start unbonded with their tokens; the staking module bonds the strongest in its first act. */
function stakingState(
  base: JsonObject,
  { provider }: Topology,
  validators: readonly ValidatorKeys[],
): JsonObject {
  const codecs = createAddressCodecs(provider.bech32Prefix);
  return {
    ...base,
    params: {
      ...(base["params"] as JsonObject),
      unbonding_time: seconds(provider.unbondingPeriod),
      max_validators: provider.maxValidators,
      bond_denom: provider.denom,
    },
    validators: validators.map(({ spec, account, consensus }) => ({
      operator_address: codecs.validator.encode(account.address),
      consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(consensus.pubKey) },
      jailed: spec.jailed,
      status: "BOND_STATUS_UNBONDED",
      tokens: spec.stake.toString(),
      delegator_shares: Dec.fromInt(spec.stake).toString(),
      description: { moniker: spec.moniker, identity: "", website: "", security_contact: "", details: "" },
      unbonding_height: "0",
      unbonding_time: EPOCH_TIME,
      commission: {
        commission_rates: {
          rate: Dec.parse(spec.commission).toString(),
          max_rate: Dec.ONE.toString(),
          max_change_rate: Dec.ONE.toString(),
        },
        update_time: EPOCH_TIME,
      },
      min_self_delegation: "1",
      unbonding_on_hold_ref_count: "0",
      unbonding_ids: [],
    })),
    delegations: validators
      .filter(({ spec }) => spec.stake > 0n)
      .map(({ spec, account }) => ({
        delegator_address: codecs.account.encode(account.address),
        validator_address: codecs.validator.encode(account.address),
        shares: Dec.fromInt(spec.stake).toString(),
      })),
  };
}

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
  const module = (name: string) => state[name] as JsonObject;
  const params = (name: string) => module(name)["params"] as JsonObject;
  const everyone = [...validators.map((v) => v.account), ...accounts];
  const extra = new Map(topology.accounts.map((a) => [a.name, a.coins]));
  const staked = validators.reduce((sum, v) => sum + v.spec.stake, 0n);
  const balances: Balance[] = everyone.map(({ name, address }) => ({
    address: codecs.account.encode(address),
    coins: extra.get(name) === undefined ? pocketCoins(provider.denom) : parseCoins(extra.get(name)!),
  }));
  balances.push({
    address: codecs.account.encode(moduleAddress(NOT_BONDED_POOL)),
    coins: [{ denom: provider.denom, amount: staked }],
  });
  return genesisDoc(provider.chainId, genesisTimeNs, 1n, {
    ...state,
    auth: authState(
      module("auth"),
      everyone.map(({ address }) => codecs.account.encode(address)),
    ),
    bank: bankState(module("bank"), balances),
    staking: stakingState(module("staking"), topology, validators),
    mint: { ...module("mint"), params: { ...params("mint"), mint_denom: provider.denom } },
    slashing: {
      ...module("slashing"),
      params: {
        ...params("slashing"),
        signed_blocks_window: provider.signedBlocksWindow.toString(),
        downtime_jail_duration: seconds(provider.downtimeJailDuration),
      },
    },
    provider: {
      ...module("provider"),
      params: {
        ...params("provider"),
        blocks_per_epoch: provider.blocksPerEpoch.toString(),
        max_provider_consensus_validators: provider.maxProviderConsensusValidators.toString(),
        slash_meter_replenish_period: seconds(provider.slashMeterReplenishPeriod),
        slash_meter_replenish_fraction: Dec.parse(provider.slashMeterReplenishFraction).toString(),
        number_of_epochs_to_start_receiving_rewards: "1",
      },
    },
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
  const module = (name: string) => state[name] as JsonObject;
  const addresses = accounts.map(({ address }) => codecs.account.encode(address));
  return genesisDoc(spec.chainId, genesisTimeNs, spec.initialHeight, {
    ...state,
    auth: authState(module("auth"), addresses),
    bank: bankState(
      module("bank"),
      addresses.map((address) => ({ address, coins: pocketCoins(spec.denom) })),
    ),
    slashing: {
      ...module("slashing"),
      params: {
        ...(module("slashing")["params"] as JsonObject),
        signed_blocks_window: topology.provider.signedBlocksWindow.toString(),
      },
    },
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
