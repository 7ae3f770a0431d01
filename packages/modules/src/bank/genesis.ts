/** Genesis of x/bank (SDK `x/bank/keeper/genesis.go`, `x/bank/types/genesis.go`). */
import { compareBytes } from "@tandem-ics/crypto";
import { fromProtoJson, toProtoJson } from "@tandem-ics/proto";
import {
  type AddressCodec,
  areValidCoins,
  assert,
  type Coins,
  type Context,
  checkedInt,
  coinFromProto,
  coinsToProto,
  formatCoins,
  type JsonObject,
  normalizeCoins,
  plainError,
} from "@tandem-ics/runtime";
import type { Balance as GenesisBalance, GenesisState } from "cosmjs-types/cosmos/bank/v1beta1/genesis";
import type { BankKeeper } from "./keeper.ts";
import { defaultBankParams } from "./params.ts";
import type { BankState } from "./state.ts";

const GENESIS = "cosmos.bank.v1beta1.GenesisState";

const read = (state: JsonObject): GenesisState => fromProtoJson(GENESIS, state) as GenesisState;
const write = (state: GenesisState): JsonObject => toProtoJson(GENESIS, state) as JsonObject;

/** No coins. */
export const defaultBankGenesis = (): JsonObject =>
  write({ params: defaultBankParams(), balances: [], supply: [], denomMetadata: [], sendEnabled: [] });

interface Holding {
  readonly address: Uint8Array;
  readonly coins: Coins;
}

function readHolding({ address, coins }: GenesisBalance, addresses: AddressCodec): Holding {
  const sorted = normalizeCoins(coins.map(coinFromProto));
  if (sorted.length !== coins.filter(({ amount }) => amount !== "0").length)
    throw plainError(`balances of ${address} name a denomination twice`);
  return { address: addresses.decode(address), coins: sorted };
}

/** Balances by address; throws a plain refusal for an address that appears twice. */
function holdingsOf(state: GenesisState, addresses: AddressCodec): Holding[] {
  const holdings = state.balances
    .map((balance) => readHolding(balance, addresses))
    .sort((a, b) => compareBytes(a.address, b.address));
  holdings.forEach(({ address }, i) => {
    const before = holdings[i - 1];
    if (before !== undefined && compareBytes(before.address, address) === 0)
      throw plainError(`duplicate balance for address ${addresses.encode(address)}`);
  });
  return holdings;
}

const sumOf = (holdings: readonly Holding[]): Coins => normalizeCoins(holdings.flatMap(({ coins }) => coins));

/** Throws a plain refusal unless the balances add up to the supply, if one is given. */
function requireSupply(state: GenesisState, total: Coins): void {
  if (state.supply.length === 0) return;
  const supply = state.supply.map(coinFromProto);
  const given = normalizeCoins(supply);
  if (
    !areValidCoins(supply.filter(({ amount }) => amount !== 0n)) ||
    formatCoins(given) !== formatCoins(total)
  )
    throw plainError(
      `genesis supply is incorrect, expected ${formatCoins(given)}, got ${formatCoins(total)}`,
    );
}

/** Throws a plain refusal for balances that are malformed or do not add up. */
export function validateBankGenesis(json: JsonObject, addresses: AddressCodec): void {
  const state = read(json);
  requireSupply(state, sumOf(holdingsOf(state, addresses)));
}

/** Stores balances; the supply is their sum. */
export function initBankGenesis(
  ctx: Context,
  json: JsonObject,
  { state, keeper, addresses }: { state: BankState; keeper: BankKeeper; addresses: AddressCodec },
): void {
  const genesis = read(json);
  const holdings = holdingsOf(genesis, addresses);
  const total = sumOf(holdings);
  requireSupply(genesis, total);
  keeper.setParams(ctx, genesis.params);
  for (const { denom, enabled } of genesis.sendEnabled) keeper.setSendEnabled(ctx, denom, enabled);
  for (const { address, coins } of holdings)
    for (const { denom, amount } of coins) {
      state.balances.set(ctx, [address, denom], checkedInt(amount));
      state.holders.set(ctx, [denom, address], true);
    }
  for (const { denom, amount } of total) state.supply.set(ctx, denom, checkedInt(amount));
  for (const metadata of genesis.denomMetadata) keeper.setDenomMetadata(ctx, metadata);
}

/** Inverse of {@link initBankGenesis}. */
export function exportBankGenesis(
  ctx: Context,
  { state, keeper, addresses }: { state: BankState; keeper: BankKeeper; addresses: AddressCodec },
): JsonObject {
  const balances: GenesisBalance[] = [];
  for (const { address, denom, amount } of keeper.balances(ctx)) {
    const text = addresses.encode(address);
    const last = balances.at(-1);
    const coin = { denom, amount: amount.toString() };
    if (last?.address === text) last.coins.push(coin);
    else balances.push({ address: text, coins: [coin] });
  }
  return write({
    params: keeper.getParams(ctx),
    balances,
    supply: coinsToProto(keeper.totalSupply(ctx)),
    denomMetadata: state.metadata.values(ctx),
    sendEnabled: keeper.sendEnabledEntries(ctx),
  });
}

/** What is wrong when some balance is below zero, or `undefined`. */
export function balancesInvariant(ctx: Context, keeper: BankKeeper): string | undefined {
  for (const { denom, amount } of keeper.balances(ctx))
    if (amount < 0n) return `a balance of ${denom} is ${amount}`;
  return undefined;
}

/** What is broken when balances and supply differ. */
export function supplyInvariant(ctx: Context, keeper: BankKeeper): string | undefined {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of keeper.balances(ctx)) {
    if (amount <= 0n) return `a balance of ${denom} is ${amount}`;
    sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  }
  const supply = keeper.totalSupply(ctx);
  for (const { denom, amount } of supply)
    if (sums.get(denom) !== amount)
      return `supply of ${denom} is ${amount}, balances add up to ${sums.get(denom) ?? 0n}`;
  assert(supply.length <= sums.size, "supply lists a denomination twice");
  return sums.size === supply.length ? undefined : "some denomination has balances and no supply";
}
