/** The genesis file of a home: the application's defaults with accounts, and validators that stake from the start. */
import { existsSync } from "node:fs";
import {
  APP_VERSION,
  CONSUMER_APP_NAME,
  defaultConsumerGenesis,
  defaultProviderGenesis,
  PROVIDER_APP_NAME,
} from "@tandem-ics/ccv";
import {
  defaultConsensusParams,
  type GenesisDoc,
  genesisToCometJson,
  genesisToSdkJson,
  goJsonText,
  nsToTimestamp,
  parseGenesis,
  parseJsonText,
  validateGenesis,
} from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import { stringifyJson } from "@tandem-ics/proto";
import {
  type AddressCodecs,
  addCoins,
  type Coins,
  createAddressCodecs,
  Dec,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";
import { HomeError } from "./errors.ts";
import { crisisSection, govSection } from "./go-sections.ts";
import type { HomeLayout } from "./layout.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";

/** Which application a home is for. */
export type ChainKind = "provider" | "consumer";

/** Prefix of account addresses, as in the Go binaries. */
export const BECH32_PREFIX: Readonly<Record<ChainKind, string>> = {
  provider: "cosmos",
  consumer: "consumer",
};

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
}

/** What a genesis is made of. */
export interface GenesisInput {
  readonly chainId: string;
  /** Nanoseconds since 1970. */
  readonly genesisTimeNs: bigint;
  readonly initialHeight: bigint;
  readonly accounts: readonly GenesisAccount[];
}

const NOT_BONDED_POOL = "not_bonded_tokens_pool";
const EPOCH_TIME = "1970-01-01T00:00:00Z";
const COMMISSION = { rate: "0.1", max_rate: "1", max_change_rate: "1" };

/** A consumer has no denomination of its own; this one is the Go binaries' default. */
const DEFAULT_DENOM = "stake";

const section = (state: JsonObject, name: string): JsonObject => state[name] as JsonObject;
const coinsJson = (coins: Coins) => coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() }));

/** Accounts named twice hold the sum; the order of first mention gives the account numbers. */
function merged(accounts: readonly GenesisAccount[]): GenesisAccount[] {
  const byAddress = new Map<string, GenesisAccount>();
  for (const { address, coins } of accounts) {
    const id = toHex(address);
    byAddress.set(id, { address, coins: addCoins(byAddress.get(id)?.coins ?? [], coins) });
  }
  return [...byAddress.values()];
}

/** Sections `auth` and `bank` with these accounts; `pools` are module accounts, which their modules make. */
function holders(
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

/** Validators start unbonded with their tokens; the staking module bonds the strongest in its first act. */
function validatorJson(codecs: AddressCodecs, { operator, publicKey, stake, moniker }: FirstValidator) {
  const rates = Object.entries(COMMISSION).map(([name, rate]) => [name, Dec.parse(rate).toString()]);
  return {
    operator_address: codecs.validator.encode(operator),
    consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(publicKey) },
    jailed: false,
    status: "BOND_STATUS_UNBONDED",
    tokens: stake.toString(),
    delegator_shares: Dec.fromInt(stake).toString(),
    description: { moniker, identity: "", website: "", security_contact: "", details: "" },
    unbonding_height: "0",
    unbonding_time: EPOCH_TIME,
    commission: { commission_rates: Object.fromEntries(rates), update_time: EPOCH_TIME },
    min_self_delegation: "1",
    unbonding_on_hold_ref_count: "0",
    unbonding_ids: [],
  };
}

const withParams = (state: JsonObject, name: string, params: JsonObject): JsonObject => ({
  ...section(state, name),
  params: { ...(section(state, name)["params"] as JsonObject), ...params },
});

function document(input: GenesisInput, appName: string, appState: JsonObject): GenesisDoc {
  const doc: GenesisDoc = {
    appName,
    appVersion: APP_VERSION,
    genesisTime: nsToTimestamp(input.genesisTimeNs),
    chainId: input.chainId,
    initialHeight: input.initialHeight,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appHash: new Uint8Array(),
    appState: stringifyJson(appState),
  };
  try {
    validateGenesis(doc);
  } catch (cause) {
    throw new HomeError("badGenesis", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return doc;
}

/** Genesis of a provider, staking in `denom`. @throws HomeError `badGenesis`. */
export function newProviderGenesis(
  input: GenesisInput & { readonly denom: string; readonly validators: readonly FirstValidator[] },
): GenesisDoc {
  const { denom, validators } = input;
  const codecs = createAddressCodecs(BECH32_PREFIX.provider);
  const state = defaultProviderGenesis();
  const operators = validators.map(({ operator }) => ({ address: operator, coins: [] }));
  const staked = validators.reduce((sum, { stake }) => sum + stake, 0n);
  const pool = {
    address: moduleAddress(NOT_BONDED_POOL),
    coins: staked === 0n ? [] : [{ denom, amount: staked }],
  };
  return document(input, PROVIDER_APP_NAME, {
    ...state,
    crisis: crisisSection(denom),
    gov: govSection(denom),
    ...holders(state, codecs, merged([...operators, ...input.accounts]), [pool]),
    staking: {
      ...withParams(state, "staking", { bond_denom: denom }),
      validators: validators.map((validator) => validatorJson(codecs, validator)),
      delegations: validators.map(({ operator, stake }) => ({
        delegator_address: codecs.account.encode(operator),
        validator_address: codecs.validator.encode(operator),
        shares: Dec.fromInt(stake).toString(),
      })),
    },
    mint: withParams(state, "mint", { mint_denom: denom }),
  });
}

/** Genesis of a consumer. `ccv` is its provider's answer to `consumer-genesis`, taken as it is. @throws HomeError `badGenesis`. */
export function newConsumerGenesis(input: GenesisInput & { readonly ccv: JsonObject }): GenesisDoc {
  const state = defaultConsumerGenesis();
  const codecs = createAddressCodecs(BECH32_PREFIX.consumer);
  return document(input, CONSUMER_APP_NAME, {
    ...state,
    crisis: crisisSection(DEFAULT_DENOM),
    ...holders(state, codecs, merged(input.accounts)),
    ccvconsumer: input.ccv,
  });
}

/** Whose form a genesis is written in. SDK nodes and ours read both, `cometbft` its own only. */
export type GenesisForm = "sdk" | "cometbft";

/** Text of a genesis on one line. */
export const genesisText = (doc: GenesisDoc, form: GenesisForm): string =>
  form === "sdk" ? genesisToSdkJson(doc) : genesisToCometJson(doc);

/** Writes `config/genesis.json` as the Go binaries' `init` does. @throws HomeError `fileExists` unless it may replace one. */
export function writeGenesisFile(
  layout: HomeLayout,
  doc: GenesisDoc,
  options: { readonly replace: boolean; readonly form: GenesisForm },
): void {
  if (!options.replace && existsSync(layout.genesis))
    throw new HomeError("fileExists", `there is a genesis already: ${layout.genesis}`, {
      hint: "--overwrite replaces it and the keys",
    });
  writeWholeFile(layout.genesis, goJsonText(parseJsonText(genesisText(doc, options.form)), 2));
}

/** `config/genesis.json`, in CometBFT's form or the SDK's. @throws HomeError `missingFile`, `badFile`. */
export function readGenesisFile({ genesis }: HomeLayout): GenesisDoc {
  const text = readWholeFile(genesis, "tandem chain init writes one; or copy the chain's into the home");
  try {
    return parseGenesis(text);
  } catch (cause) {
    throw new HomeError("badFile", `${genesis}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
