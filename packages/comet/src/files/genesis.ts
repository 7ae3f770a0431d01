/** `genesis.json` in both its forms: CometBFT's (`types/genesis.go`) and the Cosmos SDK's (`x/genutil/types/genesis.go`). */
import { equalBytes, utf8 } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import {
  defaultConsensusParams,
  type FullConsensusParams,
  validateConsensusParams,
} from "../consensus-params.ts";
import { CometError, within } from "../errors.ts";
import { MAX_CHAIN_ID_LENGTH } from "../header.ts";
import { consensusParamsFromRpcJson, consensusParamsToRpcJson } from "../json/consensus-params.ts";
import {
  goJsonText,
  hexJson,
  type JsonObject,
  type JsonReader,
  type JsonValue,
  parseJsonText,
  readJson,
  timeJson,
} from "../json/json-value.ts";
import { publicKeyFromRpcJson, publicKeyToRpcJson } from "../json/public-key.ts";
import { publicKeyAddress } from "../public-key.ts";
import { rawMember } from "./raw-member.ts";

/** A validator of the genesis file. */
export interface GenesisValidator {
  pubKey: PublicKey;
  power: bigint;
  name: string;
}

/** A chain before its first block. */
export interface GenesisDoc {
  genesisTime: Timestamp;
  chainId: string;
  initialHeight: bigint;
  consensusParams: FullConsensusParams;
  /** Empty where the application names them, as an SDK chain with genesis transactions and a consumer chain do. */
  validators: GenesisValidator[];
  appHash: Uint8Array;
  /** JSON text of the application's state, exactly as in the file. */
  appState: string;
  /** Name of the binary; SDK form only. */
  appName?: string;
  /** Version of the binary; SDK form only. */
  appVersion?: string;
}

/**
 * The document of either form; missing parameters are the defaults, height 0 reads as 1.
 * @throws CometError `invalidGenesis`, the cause saying more.
 */
export function parseGenesis(text: string): GenesisDoc {
  const doc = within("invalidGenesis", "genesis", () => {
    const json = readJson(parseJsonText(text));
    // The SDK writes the height as a number and keeps parameters and validators in `consensus`.
    const sdk = json.has("consensus") || typeof json.raw("initial_height") === "number";
    return readDoc(json, sdk, rawMember(text, "app_state") ?? "");
  });
  validateGenesis(doc);
  return doc;
}

function readDoc(json: JsonReader, sdk: boolean, appState: string): GenesisDoc {
  const consensus = sdk ? json.object("consensus") : json;
  const height = sdk ? readSdkHeight(json) : json.int64("initial_height");
  const optional = (key: string): string | undefined => (json.has(key) ? json.text(key) : undefined);
  const appName = optional("app_name");
  const appVersion = optional("app_version");
  return {
    genesisTime: json.time("genesis_time"),
    chainId: json.text("chain_id"),
    initialHeight: height === 0n ? 1n : height,
    consensusParams:
      consensus.optional(sdk ? "params" : "consensus_params", consensusParamsFromRpcJson) ??
      defaultConsensusParams(),
    validators: consensus
      .list("validators", (json) => (sdk && isKeyless(json) ? [] : [readValidator(json)]))
      .flat(),
    appHash: json.hex("app_hash"),
    appState,
    ...(appName === undefined ? {} : { appName }),
    ...(appVersion === undefined ? {} : { appVersion }),
  };
}

/** What `interchain-security-cd export` writes: address and power, the key null. The application knows its validators. */
const isKeyless = (json: JsonReader): boolean => (json.raw("pub_key") ?? null) === null;

function readSdkHeight(json: JsonReader): bigint {
  const height: JsonValue = json.raw("initial_height") ?? 0;
  return typeof height === "number" && Number.isSafeInteger(height)
    ? BigInt(height)
    : json.int64("initial_height");
}

function readValidator(json: JsonReader): GenesisValidator {
  const pubKey = publicKeyFromRpcJson(json.object("pub_key"));
  const address = json.hex("address");
  if (address.length > 0 && !equalBytes(address, publicKeyAddress(pubKey)))
    throw new CometError("invalidGenesis", `${json.path}: address is not that of the key`, {
      path: json.path,
    });
  return { pubKey, power: json.int64("power"), name: json.text("name") };
}

/** Whether a chain can start from it (`ValidateAndComplete`). @throws CometError `invalidGenesis`. */
export function validateGenesis(doc: GenesisDoc): void {
  const refuse = (message: string): CometError =>
    new CometError("invalidGenesis", message, { chainId: doc.chainId });
  if (doc.chainId === "") throw refuse("chain id is missing");
  if (utf8(doc.chainId).length > MAX_CHAIN_ID_LENGTH) throw refuse("chain id is too long");
  if (doc.initialHeight < 1n) throw refuse("initial height is below one");
  within("invalidGenesis", "parameters", () => validateConsensusParams(doc.consensusParams));
  if (doc.validators.some(({ power }) => power <= 0n)) throw refuse("a validator has no power");
}

const validatorJson = ({ pubKey, power, name }: GenesisValidator): JsonObject => ({
  address: hexJson(publicKeyAddress(pubKey)),
  pub_key: publicKeyToRpcJson(pubKey),
  power: String(power),
  name,
});

const validatorsMember = ({ validators }: GenesisDoc): JsonObject =>
  validators.length === 0 ? {} : { validators: validators.map(validatorJson) };

/** CometBFT's form, also that of the RPC method `genesis`. `app_state` stands as it is. */
export function genesisToCometJson(doc: GenesisDoc): string {
  const head = goJsonText({
    genesis_time: timeJson(doc.genesisTime),
    chain_id: doc.chainId,
    initial_height: String(doc.initialHeight),
    consensus_params: consensusParamsToRpcJson(doc.consensusParams),
    ...validatorsMember(doc),
    app_hash: hexJson(doc.appHash),
  });
  return withMember(head, "app_state", doc.appState);
}

/** The SDK's form: height as a number, `app_hash` null when empty, parameters and validators in `consensus`. */
export function genesisToSdkJson(doc: GenesisDoc): string {
  const head = goJsonText({
    app_name: doc.appName ?? "",
    app_version: doc.appVersion ?? "",
    genesis_time: timeJson(doc.genesisTime),
    chain_id: doc.chainId,
    initial_height: Number(doc.initialHeight),
    app_hash: doc.appHash.length === 0 ? null : hexJson(doc.appHash),
  });
  const consensus = goJsonText({
    ...validatorsMember(doc),
    params: consensusParamsToRpcJson(doc.consensusParams),
  });
  return withMember(withMember(head, "app_state", doc.appState), "consensus", consensus);
}

/** The JSON object `text` with one more member, whose value is raw JSON; none for an empty value. */
const withMember = (text: string, key: string, value: string): string =>
  value === "" ? text : `${text.slice(0, -1)},${JSON.stringify(key)}:${value}}`;
