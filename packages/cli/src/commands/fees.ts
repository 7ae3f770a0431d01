/** Flags of everything that sends transactions, named as the Go binaries name them: gas, fees, memo. */
import { GasPrice } from "@cosmjs/stargate";
import type { GasPolicy } from "@tandem-ics/client";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";

/** What a transaction may cost, and what it carries beside its messages. */
export interface FeeOptions {
  readonly gas: GasPolicy;
  readonly gasPrice: GasPrice | undefined;
  /** A whole fee; does not go with a price. */
  readonly fee: readonly { readonly denom: string; readonly amount: string }[] | undefined;
  readonly memo: string | undefined;
  /** Account prefix of a chain that does not tell its own. */
  readonly prefix: string | undefined;
}

/** Whether `--gas auto` was typed: what is signed or printed without a chain has a fixed limit otherwise. */
export const isGasAutoNamed = ({ gas }: FeeFlags): boolean => gas === "auto";

/** What these flags are called by commander. */
export interface FeeFlags {
  readonly gas?: string;
  readonly gasAdjustment?: string;
  readonly gasPrices?: string;
  readonly fees?: string;
  readonly note?: string;
  readonly memo?: string;
  readonly prefix?: string;
}

/** Simulated gas misses what later blocks do to the same state: a quarter is usual, and relaying needs more. */
const DEFAULT_ADJUSTMENT = 1.4;

/** An amount as the chains write it: digits and a denomination. Throws `usage`. */
export function coinOf(text: string): { denom: string; amount: string } {
  const match = /^(\d+)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/.exec(text);
  if (match === null)
    throw usageError(`"${text}" is no amount`, "write a number and a denomination: 5000000stake");
  return { amount: match[1]!, denom: match[2]! };
}

/** A list of amounts, in the order in which chains want them. Throws `usage`. */
export const coinsOf = (text: string): { denom: string; amount: string }[] =>
  text
    .split(",")
    .map((part) => coinOf(part.trim()))
    .sort((a, b) => (a.denom < b.denom ? -1 : 1));

/** Adds the flags to a command. */
export const addFeeFlags = (command: Command): Command =>
  command
    .option("--gas-prices <price>", "price of one unit of gas, such as 0.025stake")
    .option("--gas <limit>", 'most gas to use, or "auto", the default, to simulate first')
    .option(
      "--gas-adjustment <factor>",
      `what simulated gas is multiplied by, ${DEFAULT_ADJUSTMENT} by default`,
    )
    .option("--fees <amount>", "the whole fee, such as 5000stake, instead of a price")
    .option("--note <text>", "memo of the transaction")
    .option("--prefix <prefix>", "address prefix of a chain that does not tell its own");

function gasOf({ gas = "auto", gasAdjustment = String(DEFAULT_ADJUSTMENT) }: FeeFlags): GasPolicy {
  if (gas !== "auto") {
    if (!/^[1-9]\d{0,18}$/.test(gas)) throw usageError(`--gas takes a whole number or auto, not "${gas}"`);
    return { kind: "fixed", limit: BigInt(gas) };
  }
  const factor = Number(gasAdjustment);
  if (!/^\d+(\.\d+)?$/.test(gasAdjustment) || factor < 1 || factor > 100)
    throw usageError(`--gas-adjustment takes a number from 1 to 100, not "${gasAdjustment}"`);
  return { kind: "simulate", factor };
}

/** A price as the Go binaries write it. Throws `usage`. */
export function gasPriceOf(text: string, flag = "--gas-prices"): GasPrice {
  try {
    return GasPrice.fromString(text);
  } catch (cause) {
    throw usageError(
      `${flag} takes a price such as 0.025stake, not "${text}": ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}

/** Reads the flags. Throws `usage` for what does not go together. */
export function feesOf(flags: FeeFlags): FeeOptions {
  if (flags.fees !== undefined && flags.gasPrices !== undefined)
    throw usageError("--fees and --gas-prices are two ways to say one thing", "give one of them");
  if (flags.note !== undefined && flags.memo !== undefined && flags.note !== flags.memo)
    throw usageError("--note and --memo are two names of one thing", "give one of them");
  return {
    gas: gasOf(flags),
    gasPrice: flags.gasPrices === undefined ? undefined : gasPriceOf(flags.gasPrices),
    fee: flags.fees === undefined ? undefined : coinsOf(flags.fees),
    memo: flags.note ?? flags.memo,
    prefix: flags.prefix,
  };
}
