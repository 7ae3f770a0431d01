/** Genesis of x/auth (SDK `x/auth/keeper/genesis.go`, `x/auth/types/genesis.go`). */

import { toBinary } from "@tandem-ics/crypto";
import { fromProtoJson, toProtoJson } from "@tandem-ics/proto";
import { type Account, type Context, FEE_COLLECTOR, type JsonObject, plainError } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/auth/v1beta1/genesis";
import type { AccountCodec } from "./account-codec.ts";
import type { AuthKeeper } from "./keeper.ts";
import { defaultAuthParams, validateAuthParams } from "./params.ts";
import type { AuthState } from "./state.ts";
import { validateSchedule } from "./vesting-schedule.ts";

const GENESIS = "cosmos.auth.v1beta1.GenesisState";

const read = (state: JsonObject): GenesisState => fromProtoJson(GENESIS, state) as GenesisState;
const write = (state: GenesisState): JsonObject => toProtoJson(GENESIS, state) as JsonObject;

/** No accounts. */
export const defaultAuthGenesis = (): JsonObject => write({ params: defaultAuthParams(), accounts: [] });

/** Throws a plain refusal for bad parameters, an address that appears twice, and a vesting schedule that is none. */
export function validateAuthGenesis(state: JsonObject, codec: AccountCodec): void {
  const { params, accounts } = read(state);
  validateAuthParams(params);
  const seen = new Set<string>();
  for (const any of accounts) {
    const account = codec.fromAny(any);
    const id = toBinary(account.address);
    if (seen.has(id)) throw plainError("duplicate account found in genesis state");
    seen.add(id);
    if (account.vesting !== undefined) validateSchedule(account.vesting);
  }
}

/** Accounts by number; of those that share one, the later ones get the lowest numbers that are free. */
function withDistinctNumbers(accounts: readonly Account[]): Account[] {
  const seen = new Set<bigint>();
  const repeated: Account[] = [];
  const out: Account[] = [];
  for (const account of accounts) {
    (seen.has(account.accountNumber) ? repeated : out).push(account);
    seen.add(account.accountNumber);
  }
  let free = 0n;
  for (const account of repeated.sort(byNumber)) {
    while (seen.has(free)) free++;
    seen.add(free);
    out.push({ ...account, accountNumber: free });
  }
  return out.sort(byNumber);
}

const byNumber = (a: Account, b: Account): number =>
  a.accountNumber < b.accountNumber ? -1 : a.accountNumber > b.accountNumber ? 1 : 0;

/** Stores parameters and accounts; the fee collector exists from the start. */
export function initAuthGenesis(
  ctx: Context,
  json: JsonObject,
  state: AuthState,
  keeper: AuthKeeper,
  codec: AccountCodec,
): void {
  const genesis = read(json);
  keeper.setParams(ctx, genesis.params);
  const accounts = withDistinctNumbers(genesis.accounts.map(codec.fromAny));
  for (const account of accounts) keeper.setAccount(ctx, account);
  const last = accounts.at(-1);
  if (last !== undefined) state.nextNumber.set(ctx, last.accountNumber + 1n);
  if (keeper.moduleAddresses().has(FEE_COLLECTOR)) keeper.ensureModuleAccount(ctx, FEE_COLLECTOR);
}

/** Inverse of {@link initAuthGenesis}. */
export const exportAuthGenesis = (ctx: Context, keeper: AuthKeeper, codec: AccountCodec): JsonObject =>
  write({ params: keeper.getParams(ctx), accounts: Array.from(keeper.accounts(ctx), codec.toAny) });
