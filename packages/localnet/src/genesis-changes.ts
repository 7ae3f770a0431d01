/** What a topology changes in a default genesis: merged in where it fits, refused with its place where it does not. */
import {
  CONSUMER_APPLICATIONS,
  type ConsumerApplicationName,
  defaultPlainGenesis,
  defaultProviderGenesis,
} from "@tandem-ics/ccv";
import {
  consensusParamsFromRpcJson,
  consensusParamsToRpcJson,
  defaultConsensusParams,
  type FullConsensusParams,
  readJson,
  validateConsensusParams,
} from "@tandem-ics/comet";
import { nsToDuration } from "@tandem-ics/proto";
import type { Json, JsonObject } from "@tandem-ics/runtime";
import { LocalnetError } from "./errors.ts";
import type { ChainSettings, DenomMetadata, GenesisChanges } from "./topology-fields.ts";

type JsonLike = null | boolean | number | string | JsonLike[] | { [key: string]: JsonLike };

const isObject = (value: unknown): value is { [key: string]: JsonLike } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : isObject(value)
        ? "an object"
        : `a ${typeof value}`;

/**
 * `changes` merged into `base`: objects field by field, everything else replaced. A field that `base` does not have is
 * refused, since a module would not read it; so is a value of another kind. Numbers may stand for strings of digits.
 * Throws `bad-topology`.
 */
function merged(base: JsonLike, changes: JsonLike, place: string): JsonLike {
  const fail = (message: string, hint?: string): never => {
    throw new LocalnetError("bad-topology", `${place}: ${message}`, hint === undefined ? {} : { hint });
  };
  // What is empty by default has no shape to hold it to: the module judges it.
  if (base === null || changes === null) return changes;
  if (isObject(base)) {
    if (!isObject(changes)) return fail(`an object is expected, not ${kindOf(changes)}`);
    const result: { [key: string]: JsonLike } = { ...base };
    for (const [key, value] of Object.entries(changes)) {
      if (!Object.hasOwn(base, key))
        fail(`there is no field "${key}"`, `there are: ${Object.keys(base).join(", ")}`);
      result[key] = merged(base[key]!, value, `${place}.${key}`);
    }
    return result;
  }
  if (typeof base === "string" && typeof changes === "number") return String(changes);
  if (typeof base === "number" && typeof changes === "string" && /^-?\d+$/.test(changes))
    return Number(changes);
  if (kindOf(base) !== kindOf(changes)) return fail(`${kindOf(base)} is expected, not ${kindOf(changes)}`);
  return changes;
}

/** `state` with a topology's changes. `place` names it in refusals. Throws `bad-topology`. */
export const changedGenesis = (
  state: JsonObject,
  changes: GenesisChanges | undefined,
  place: string,
): JsonObject =>
  changes === undefined
    ? state
    : (merged(state as JsonLike, changes as JsonLike, `${place}.genesis`) as unknown as JsonObject);

/**
 * Evidence is taken as long as the stake behind it can still be slashed; CometBFT's own 48 hours would let a double sign
 * go while its stake is on the way out for weeks (ASA-2024-004).
 */
export function evidenceFor(unbondingNs: bigint, blockTimeNs: bigint): FullConsensusParams["evidence"] {
  const { evidence } = defaultConsensusParams();
  const blocks = unbondingNs / (blockTimeNs > 0n ? blockTimeNs : 1n) + 1n;
  return {
    ...evidence,
    maxAgeDuration: nsToDuration(unbondingNs),
    maxAgeNumBlocks: blocks > evidence.maxAgeNumBlocks ? blocks : evidence.maxAgeNumBlocks,
  };
}

/** The default consensus parameters with a topology's changes. Throws `bad-topology`. */
export function changedConsensusParams(
  changes: GenesisChanges | undefined,
  place: string,
  evidence = defaultConsensusParams().evidence,
): FullConsensusParams {
  const params = { ...defaultConsensusParams(), evidence };
  if (changes === undefined) return params;
  const where = `${place}.consensusParams`;
  const json = merged(consensusParamsToRpcJson(params) as JsonLike, changes as JsonLike, where);
  try {
    const changed = consensusParamsFromRpcJson(readJson(json));
    validateConsensusParams(changed);
    return changed;
  } catch (cause) {
    throw new LocalnetError("bad-topology", `${where}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** What of a chain its default genesis depends on, and what changes it. */
type Changed = Pick<ChainSettings, "genesis" | "consensusParams"> & { readonly bech32Prefix: string };
type Named = Changed & { readonly name: string };

/** The chains of a topology, as far as their genesis files are concerned. */
export interface ChangedChains {
  readonly provider: Changed | undefined;
  readonly consumers: readonly (Named & { readonly application?: ConsumerApplicationName | undefined })[];
  readonly chains: readonly Named[];
}

/** Holds everything that a topology changes against the defaults, before anything is started. Throws `bad-topology`. */
export function checkGenesisChanges({ provider, consumers, chains }: ChangedChains, file: string): void {
  const all = [
    ...(provider === undefined ? [] : [{ ...provider, name: "provider", defaults: defaultProviderGenesis }]),
    ...consumers.map((c) => ({
      ...c,
      defaults: CONSUMER_APPLICATIONS[c.application ?? "consumer"].defaultGenesis,
    })),
    ...chains.map((c) => ({ ...c, defaults: defaultPlainGenesis })),
  ];
  for (const { name, genesis, consensusParams, bech32Prefix, defaults } of all) {
    const place = `${file}: ${name}`;
    if (genesis !== undefined) changedGenesis(defaults({ bech32Prefix }), genesis, place);
    changedConsensusParams(consensusParams, place);
  }
}

/** Bank's `denom_metadata` as a genesis has it. */
export const metadataJson = (list: DenomMetadata | undefined): Json[] =>
  (list ?? []).map(({ denomUnits, uriHash, ...rest }) => ({
    description: rest.description,
    denom_units: denomUnits.map((unit) => ({ ...unit })),
    base: rest.base,
    display: rest.display,
    name: rest.name,
    symbol: rest.symbol,
    uri: rest.uri,
    uri_hash: uriHash,
  }));
