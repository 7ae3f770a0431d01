/** What the commands of `tandem keys` share: flags, the keyring they work on, and how they show a key. */
import { toBech32 } from "@cosmjs/encoding";
import type { KeyRecord } from "@tandem-ics/client/keyring";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import {
  addKeyringFlags,
  type HomeKeyring,
  homeKeyring,
  type KeyringFlags,
  withPrompt,
} from "../keyring-store.ts";
import { createOutput, type Output } from "../output.ts";
import type { Prompt } from "../prompt.ts";
import { type Settings, settingsOf } from "../settings.ts";

/** Flags that every command of `keys` takes. */
export interface KeysFlags extends KeyringFlags {
  readonly prefix: string;
  readonly output?: string;
}

/** A key as the Go binaries print it. */
export interface KeyOutput {
  readonly name: string;
  /** local, ledger, multi or offline. */
  readonly type: string;
  readonly address: string;
  /** The SDK's JSON of a public key, as text. */
  readonly pubkey: string;
  /** Of a new key alone. */
  readonly mnemonic?: string;
}

/** Describes a key; `part` is added to the prefix of the address. */
export const keyOutput = (
  { name, kind, address, pubKey }: KeyRecord,
  prefix: string,
  part = "",
): KeyOutput => ({
  name,
  type: kind,
  address: toBech32(`${prefix}${part}`, address),
  pubkey: JSON.stringify(pubKey),
});

/** The lines of one key. */
export const keyText = ({ name, type, address, pubkey, mnemonic }: KeyOutput): string =>
  [
    `- address: ${address}`,
    `  name: ${name}`,
    `  pubkey: '${pubkey}'`,
    `  type: ${type}`,
    ...(mnemonic === undefined ? [] : ["", mnemonic]),
  ].join("\n");

/** Runs a command on the home's keyring. */
export function onKeyring(
  command: Command,
  flags: KeysFlags,
  work: (context: {
    readonly ring: HomeKeyring;
    readonly prompt: Prompt;
    readonly settings: Settings;
    readonly out: Output;
  }) => Promise<void>,
): Promise<void> {
  const settings = settingsOf(command);
  if (flags.output !== undefined && !["json", "text"].includes(flags.output))
    throw usageError(`--output is json or text, not "${flags.output}"`);
  const out =
    flags.output === "json" ? createOutput({ json: true, quiet: true, verbose: false }) : settings.out;
  if (!/^[a-z][a-z0-9]{0,40}$/.test(flags.prefix)) throw usageError(`--prefix cannot be "${flags.prefix}"`);
  return withPrompt(settings, (prompt) =>
    work({ ring: homeKeyring(settings, flags, prompt), prompt, settings, out }),
  );
}

/** Says once, when a key is put there, that the test backend protects nothing. */
export function noteBackend({ backend, folder }: HomeKeyring, out: Output): void {
  if (backend === "test")
    out.note(`kept unencrypted in ${folder}: for tests alone; --keyring-backend file asks for a passphrase`);
}

/** A command of `keys` with the flags of all. */
export const addKeysCommand = (keys: Command, name: string, description: string): Command =>
  addKeyringFlags(keys.command(name).description(description))
    .option("--prefix <prefix>", "prefix of addresses", "cosmos")
    .option("--output <format>", "json or text, as the Go binaries have it");
