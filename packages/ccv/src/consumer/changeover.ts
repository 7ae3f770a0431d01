/** A chain that ran by itself becomes a consumer (interchain-security `changeover.go`). */
import { assert, type Context } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { keyText } from "../types/addresses.ts";
import { publicKeyFromAny } from "../types/public-keys.ts";
import type { ConsumerSlashing, StandaloneStaking } from "./expected-keepers.ts";
import * as state from "./state.ts";
import { applyUpdates } from "./validators.ts";

/** Blocks between returning a set and its first signature, less one. */
const VALIDATOR_UPDATE_DELAY = 1n;

/** First height that the provider's set signs. */
export const firstConsumerHeight = (ctx: Context): bigint =>
  state.genesisHeight.require(ctx) + VALIDATOR_UPDATE_DELAY + 1n;

/** Whether the provider's set is in force; always for chains that started as consumers. */
export const isChangeoverComplete = (ctx: Context): boolean =>
  !state.wasStandalone.has(ctx) || ctx.height >= firstConsumerHeight(ctx);

/** Installs the provider's first set and retires the old validators that are not in it. */
export function changeOver(
  ctx: Context,
  slashing: ConsumerSlashing,
  standalone: StandaloneStaking | undefined,
): ValidatorUpdate[] {
  assert(standalone !== undefined, "a changeover needs the staking module of the chain before it");
  const initial = state.initialValSet.get(ctx)?.provider.initialValSet ?? [];
  applyUpdates(ctx, slashing, initial);
  const kept = new Set(initial.map(({ pubKey }) => keyText(pubKey!)));
  const retired = standalone
    .bondedValidatorsByPower(ctx)
    .map(({ consensusPubkey }) => publicKeyFromAny(consensusPubkey))
    .filter((key) => !kept.has(keyText(key)))
    .map((pubKey): ValidatorUpdate => ({ pubKey, power: 0n }));
  state.preCcv.remove(ctx);
  return [...initial, ...retired];
}
