/** Sections of `app_state`: who holds what at the start, and who validates. */
import { toBase64 } from "@tandem-ics/crypto";
import {
  type AddressCodecs,
  addCoins,
  type Coins,
  Dec,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";

/** Somebody who holds coins from the start. */
export interface GenesisAccount {
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly coins: Coins;
}

/** A validator from the start. */
export interface FirstValidator {
  /** 20-byte address of the account that stakes for itself. */
  readonly operator: Uint8Array;
  /** 32-byte Ed25519 consensus key. */
  readonly publicKey: Uint8Array;
  /** Base units of the bond denomination. */
  readonly stake: bigint;
  readonly moniker: string;
  /** Share of its delegators' rewards, a decimal from 0 to 1; 0.1 by default. */
  readonly commission?: string;
  readonly jailed?: boolean;
}

const NOT_BONDED_POOL = "not_bonded_tokens_pool";
const EPOCH_TIME = "1970-01-01T00:00:00Z";
const DEFAULT_COMMISSION = "0.1";

const section = (state: JsonObject, name: string): JsonObject => state[name] as JsonObject;
const coinsJson = (coins: Coins) => coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));

/** Section `name` of `state` with other parameters. */
export const withParams = (state: JsonObject, name: string, params: JsonObject): JsonObject => ({
  ...section(state, name),
  params: { ...(section(state, name)["params"] as JsonObject), ...params },
});

/** Sections `auth` and `bank` with these accounts; `pools` are module accounts, which their modules make. */
export function accountSections(
  state: JsonObject,
  codecs: AddressCodecs,
  accounts: readonly GenesisAccount[],
  pools: readonly GenesisAccount[] = [],
): JsonObject {
  const rich = [...accounts, ...pools].filter(({ coins }) => coins.length > 0);
  return {
    auth: {
      ...section(state, "auth"),
      accounts: accounts.map(({ address }) => ({
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        address: codecs.account.encode(address),
        pub_key: null,
        account_number: "0",
        sequence: "0",
      })),
    },
    bank: {
      ...section(state, "bank"),
      balances: rich.map(({ address, coins }) => ({
        address: codecs.account.encode(address),
        coins: coinsJson(coins),
      })),
      supply: coinsJson(rich.reduce<Coins>((sum, { coins }) => addCoins(sum, coins), [])),
    },
  };
}

/** Where the tokens of validators lie before they are bonded; none without stake. */
export function stakePool(denom: string, validators: readonly FirstValidator[]): GenesisAccount[] {
  const amount = validators.reduce((sum, { stake }) => sum + stake, 0n);
  return amount === 0n ? [] : [{ address: moduleAddress(NOT_BONDED_POOL), coins: [{ denom, amount }] }];
}

/** Validators start unbonded with their tokens; the staking module bonds the strongest in its first act. */
function validatorJson(codecs: AddressCodecs, validator: FirstValidator) {
  const { operator, publicKey, stake, moniker, jailed = false, commission = DEFAULT_COMMISSION } = validator;
  return {
    operator_address: codecs.validator.encode(operator),
    consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(publicKey) },
    jailed,
    status: "BOND_STATUS_UNBONDED",
    tokens: stake.toString(),
    delegator_shares: Dec.fromInt(stake).toString(),
    description: { moniker, identity: "", website: "", security_contact: "", details: "" },
    unbonding_height: "0",
    unbonding_time: EPOCH_TIME,
    commission: {
      commission_rates: {
        rate: Dec.parse(commission).toString(),
        max_rate: Dec.ONE.toString(),
        max_change_rate: Dec.ONE.toString(),
      },
      update_time: EPOCH_TIME,
    },
    min_self_delegation: "1",
    unbonding_on_hold_ref_count: "0",
    unbonding_ids: [],
  };
}

/** Section `staking` with these validators, each of which delegates its stake to itself. */
export const stakingSection = (
  base: JsonObject,
  codecs: AddressCodecs,
  validators: readonly FirstValidator[],
): JsonObject => ({
  ...base,
  validators: validators.map((validator) => validatorJson(codecs, validator)),
  delegations: validators
    .filter(({ stake }) => stake > 0n)
    .map(({ operator, stake }) => ({
      delegator_address: codecs.account.encode(operator),
      validator_address: codecs.validator.encode(operator),
      shares: Dec.fromInt(stake).toString(),
    })),
});
