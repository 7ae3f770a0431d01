/** The genesis file of a home: the application's defaults with accounts, and validators that stake from the start. */
import { existsSync } from "node:fs";
import {
  APP_VERSION,
  CONSUMER_APPLICATIONS,
  type ConsumerApplicationName,
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
import { toHex } from "@tandem-ics/crypto";
import { stringifyJson } from "@tandem-ics/proto";
import { addCoins, createAddressCodecs, type JsonObject } from "@tandem-ics/runtime";
import { HomeError } from "./errors.ts";
import {
  accountSections,
  type FirstValidator,
  type GenesisAccount,
  stakePool,
  stakingSection,
  withParams,
} from "./genesis-sections.ts";
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

/** What a genesis is made of. */
export interface GenesisInput {
  readonly chainId: string;
  /** Nanoseconds since 1970. */
  readonly genesisTimeNs: bigint;
  readonly initialHeight: bigint;
  readonly accounts: readonly GenesisAccount[];
}

/** A consumer has no denomination of its own; this one is the Go binaries' default. */
const DEFAULT_DENOM = "stake";

/** Accounts named twice hold the sum; the order of first mention gives the account numbers. */
function merged(accounts: readonly GenesisAccount[]): GenesisAccount[] {
  const byAddress = new Map<string, GenesisAccount>();
  for (const { address, coins } of accounts) {
    const id = toHex(address);
    byAddress.set(id, { address, coins: addCoins(byAddress.get(id)?.coins ?? [], coins) });
  }
  return [...byAddress.values()];
}

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
  return document(input, PROVIDER_APP_NAME, {
    ...state,
    crisis: crisisSection(denom),
    gov: govSection(denom),
    ...accountSections(
      state,
      codecs,
      merged([...operators, ...input.accounts]),
      stakePool(denom, validators),
    ),
    staking: stakingSection(withParams(state, "staking", { bond_denom: denom }), codecs, validators),
    mint: withParams(state, "mint", { mint_denom: denom }),
  });
}

/**
 * Genesis of a consumer that runs `application`. `ccv` is its provider's answer to `consumer-genesis`, taken as it is.
 * @throws HomeError `badGenesis`.
 */
export function newConsumerGenesis(
  input: GenesisInput & { readonly ccv: JsonObject; readonly application?: ConsumerApplicationName },
): GenesisDoc {
  const { appName, defaultGenesis } = CONSUMER_APPLICATIONS[input.application ?? "consumer"];
  const state = defaultGenesis();
  const codecs = createAddressCodecs(BECH32_PREFIX.consumer);
  return document(input, appName, {
    ...state,
    crisis: crisisSection(DEFAULT_DENOM),
    ...accountSections(state, codecs, merged(input.accounts)),
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
