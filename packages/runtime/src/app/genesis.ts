/** Genesis in and out (SDK `types/module`, `server/export.go`). */

import {
  consensusParamsToRpcJson,
  defaultConsensusParams,
  encodePublicKey,
  hexJson,
  publicKeyAddress,
  publicKeyToRpcJson,
  updateConsensusParams,
} from "@tandem-ics/comet";
import { compareBytes, fromUtf8 } from "@tandem-ics/crypto";
import { isJsonObject, parseJson } from "@tandem-ics/proto";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { Context } from "../context.ts";
import { assert } from "../errors.ts";
import type { AppModule, ConsensusParamsKeeper, GenesisServices, JsonObject } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { type ModuleOrder, modulesInOrder } from "./module-order.ts";

/** `app_state` as sections by module. Throws `sdk/17` for other JSON. */
export function parseAppState(bytes: Uint8Array): JsonObject {
  if (bytes.length === 0) return {};
  const state = parseJson(fromUtf8(bytes));
  if (!isJsonObject(state)) throw sdkErrors.jsonUnmarshal("app_state is not an object");
  return state;
}

/** Sections that no module of `modules` reads and writes. */
export function foreignSections(state: JsonObject, modules: readonly AppModule[]): JsonObject {
  const owned = new Set(
    modules.filter((m) => m.initGenesis !== undefined && m.exportGenesis !== undefined).map((m) => m.name),
  );
  return Object.fromEntries(Object.entries(state).filter(([name]) => !owned.has(name)));
}

/** Runs the modules' genesis and returns the first validator set. */
export function initGenesis(
  ctx: Context,
  state: JsonObject,
  options: {
    readonly modules: readonly AppModule[];
    readonly order: ModuleOrder;
    readonly services: GenesisServices;
  },
): readonly ValidatorUpdate[] {
  const { modules, order, services } = options;
  let validators: readonly ValidatorUpdate[] = [];
  for (const module of modulesInOrder(modules, "initGenesis", order)) {
    const section = Object.hasOwn(state, module.name) ? state[module.name] : undefined;
    if (section === undefined) continue;
    if (!isJsonObject(section)) throw sdkErrors.jsonUnmarshal(`genesis of ${module.name} is not an object`);
    const own = module.initGenesis(ctx, section, services) ?? [];
    assert(
      own.length === 0 || validators.length === 0,
      "validator InitGenesis updates already set by a previous module",
    );
    if (own.length > 0) validators = own;
  }
  return validators;
}

/** The genesis validators of the engine and those of the modules must be the same set. */
export function assertSameValidators(
  given: readonly ValidatorUpdate[],
  made: readonly ValidatorUpdate[],
): void {
  if (given.length === 0) return;
  const bytesOf = (updates: readonly ValidatorUpdate[]) =>
    updates
      .map(({ pubKey, power }) => ({ key: encodePublicKey(pubKey), power }))
      .sort((a, b) => compareBytes(a.key, b.key));
  const [a, b] = [bytesOf(given), bytesOf(made)];
  assert(
    a.length === b.length,
    `len(RequestInitChain.Validators) != len(GenesisValidators) (${a.length} != ${b.length})`,
  );
  a.forEach(({ key, power }, i) => {
    assert(
      compareBytes(key, b[i]!.key) === 0 && power === b[i]!.power,
      `genesisValidators[${i}] != req.Validators[${i}]`,
    );
  });
}

/** The contents of a genesis document from the state of `ctx`. */
export function exportGenesis(
  ctx: Context,
  options: {
    readonly modules: readonly AppModule[];
    readonly foreign: JsonObject;
    readonly consensusParams: ConsensusParamsKeeper;
  },
): JsonObject {
  const { modules, foreign, consensusParams } = options;
  const sections: JsonObject = { ...foreign };
  for (const module of modules)
    if (module.exportGenesis !== undefined) sections[module.name] = module.exportGenesis(ctx);
  const params = consensusParams.get(ctx);
  return {
    app_state: sections,
    validators: modules.flatMap((module) =>
      (module.genesisValidators?.(ctx) ?? []).map(({ pubKey, power, name }) => ({
        address: hexJson(publicKeyAddress(pubKey)),
        pub_key: publicKeyToRpcJson(pubKey),
        power: power.toString(),
        name,
      })),
    ),
    consensus_params:
      params === undefined
        ? null
        : consensusParamsToRpcJson(updateConsensusParams(defaultConsensusParams(), params)),
    height: ctx.height.toString(),
  };
}
