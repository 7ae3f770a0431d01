/** Flags of everything that is signed, with the names, meanings and refusals of the Go binaries. */
import { fromBech32 } from "@cosmjs/encoding";
import { looksLikeMnemonic } from "@tandem-ics/client/keyring";
import { suggest } from "@tandem-ics/localnet";
import { SIGN_MODE } from "@tandem-ics/runtime";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { addKeyringFlags, type KeyringFlags } from "../keyring-store.ts";
import type { Target } from "./chain-door.ts";
import { addFeeFlags, type FeeFlags, type FeeOptions, feesOf, isGasAutoNamed } from "./fees.ts";
import type { SpecFlags } from "./tx-spec.ts";

/** What these flags are called by commander, beside those of a command of its own. */
export type TxFlags = FeeFlags & KeyringFlags & Target & SpecFlags;

/** Account number and sequence, which a chain tells or the user. */
export interface AccountState {
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** What the flags say. */
export interface TxOptions {
  readonly fees: FeeOptions;
  /** Whether gas is to be simulated in any case: `--gas auto` was typed. */
  readonly simulate: boolean;
  /** Undefined where no mode was named. */
  readonly signMode: number | undefined;
  /** 0 for none. */
  readonly timeoutHeight: bigint;
  readonly feePayer: string | undefined;
  readonly feeGranter: string | undefined;
  /** Given with `--offline`, which asks no chain. */
  readonly offline: AccountState | undefined;
  readonly generateOnly: boolean;
  readonly chainId: string | undefined;
  readonly broadcastMode: "sync" | "async" | undefined;
}

/** Sign modes by the names that the Go binaries give them. */
const SIGN_MODES: Readonly<Record<string, number>> = {
  direct: SIGN_MODE.direct,
  "amino-json": SIGN_MODE.legacyAminoJson,
};
/** Modes of the Go binaries that are not here. */
const OTHER_MODES: readonly string[] = ["direct-aux", "textual", "eip-191"];
const MAX_U64 = (1n << 64n) - 1n;

/** Adds the flags that say who signs, and how: fees, keys and all else. */
export const addTxFlags = (command: Command): Command =>
  addKeyringFlags(addFeeFlags(command))
    .option("--chain <name>", "a chain of the network; the provider, or else the first, by default")
    .option("--node <url>", "JSON-RPC of any chain")
    .option("--chain-id <id>", "the chain that is meant; another one is refused")
    .option("--sign-mode <mode>", "direct, the default, or amino-json")
    .option("--offline", "ask no chain for the account: --account-number and --sequence tell it")
    .option("-a, --account-number <n>", "number of the account that signs, with --offline")
    .option("-s, --sequence <n>", "sequence of the account that signs, with --offline")
    .option("--timeout-height <height>", "last block that may hold the transaction")
    .option("--fee-payer <account>", "pays the fees instead of the signer, and signs as well")
    .option("--fee-granter <account>", "has granted the fees (feegrant)")
    .option("-b, --broadcast-mode <mode>", "sync or async: do not wait for the block")
    .option("-o, --output <format>", "json is the same as --json");

const textOf = (flags: TxFlags, name: string): string | undefined =>
  typeof flags[name] === "string" ? (flags[name] as string) : undefined;

/** A number of 64 bits. Throws `usage`. */
function numberOf(flags: TxFlags, name: string, flag: string): bigint | undefined {
  const text = textOf(flags, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > MAX_U64)
    throw usageError(`${flag} takes a whole number of 64 bits, not "${text}"`);
  return BigInt(text);
}

function signModeOf(flags: TxFlags): number | undefined {
  const text = textOf(flags, "signMode");
  if (text === undefined || text === "") return undefined;
  const mode = SIGN_MODES[text];
  if (mode !== undefined) return mode;
  throw usageError(
    `--sign-mode takes ${Object.keys(SIGN_MODES).join(" or ")}, not "${text}"`,
    OTHER_MODES.includes(text) ? `${text} is not supported` : suggest(text, Object.keys(SIGN_MODES)),
  );
}

function broadcastModeOf(flags: TxFlags): "sync" | "async" | undefined {
  const mode = textOf(flags, "broadcastMode");
  if (mode === undefined || mode === "sync" || mode === "async") return mode;
  throw usageError(`--broadcast-mode takes sync or async, not "${mode}"`);
}

function offlineOf(flags: TxFlags, note: (text: string) => void): AccountState | undefined {
  const accountNumber = numberOf(flags, "accountNumber", "--account-number");
  const sequence = numberOf(flags, "sequence", "--sequence");
  if (flags["offline"] === true) {
    if (accountNumber === undefined || sequence === undefined)
      throw usageError(
        "account-number and sequence must be set in offline mode",
        "tandem query auth account ADDRESS tells both",
      );
    return { accountNumber, sequence };
  }
  // The Go binaries pass over them in silence.
  if (accountNumber !== undefined || sequence !== undefined)
    note("--account-number and --sequence mean nothing without --offline: the chain is asked");
  return undefined;
}

/** Refuses an address that is none. */
export function assertAddress(text: string | undefined, flag: string): void {
  if (text === undefined) return;
  try {
    fromBech32(text);
  } catch (cause) {
    throw usageError(`${flag} is no address: ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** Whether a text has the form of an account's address, good or bad. */
export const isAddress = (text: string | undefined): text is string => /1[a-z0-9]{38}/.test(text ?? "");

/** Reads the flags; `ownMemo` when the command has a `--memo` of another meaning. Throws `usage`. */
export function txOptionsOf(flags: TxFlags, ownMemo: boolean, note: (text: string) => void): TxOptions {
  const { memo: _, ...withoutMemo } = flags;
  const fees = feesOf(ownMemo ? withoutMemo : flags);
  if (fees.memo !== undefined && looksLikeMnemonic(fees.memo))
    throw usageError(
      "cannot provide a valid mnemonic seed in the memo field",
      "everybody can read a memo: whoever reads a mnemonic has the account",
    );
  const offline = offlineOf(flags, note);
  const simulate = isGasAutoNamed(flags);
  if (offline !== undefined && simulate)
    throw usageError("cannot estimate gas in offline mode", "--gas takes a number");
  const generateOnly = flags["generateOnly"] === true;
  const chainId = textOf(flags, "chainId");
  if (offline !== undefined && generateOnly && chainId !== undefined)
    throw usageError("chain ID cannot be used when offline and generate-only flags are set");
  return {
    fees,
    simulate,
    signMode: signModeOf(flags),
    timeoutHeight: numberOf(flags, "timeoutHeight", "--timeout-height") ?? 0n,
    feePayer: textOf(flags, "feePayer") || undefined,
    feeGranter: textOf(flags, "feeGranter") || undefined,
    offline,
    generateOnly,
    chainId,
    broadcastMode: broadcastModeOf(flags),
  };
}
