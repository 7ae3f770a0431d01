/** `tandem keys`: accounts' keys in a home, with the commands, flags and files of the Go binaries. */
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import {
  createMnemonic,
  DEFAULT_COIN_TYPE,
  deriveKey,
  hdPath,
  type KeyRecord,
  normalizeMnemonic,
} from "@tandem-ics/client/keyring";
import { fromHex, secp256k1Address, secp256k1PublicKey, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { secp256k1KeyAny } from "@tandem-ics/runtime";
import type { Command } from "commander";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import {
  addKeysCommand,
  type KeysFlags,
  keyOutput,
  keyText,
  noteBackend,
  onKeyring,
} from "./keys-context.ts";
import { addPublicKey, addPublicKeyFlags, type PublicKeyFlags } from "./keys-public.ts";
import { addKeyTransfer } from "./keys-transfer.ts";

/** Addresses that a key has: of the account, of its validator, of its consensus key. */
const BECH: Readonly<Record<string, string>> = { acc: "", val: "valoper", cons: "valcons" };
const MAX_INDEX = 2 ** 31 - 1;

interface AddFlags extends PublicKeyFlags {
  readonly recover?: boolean;
  readonly source?: string;
  readonly backup: boolean;
  readonly hdPath?: string;
  readonly coinType: string;
  readonly account: string;
  readonly index: string;
  readonly keyType: string;
  readonly algo?: string;
}

function indexOf(text: string, flag: string): number {
  const index = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(index <= MAX_INDEX)) throw usageError(`${flag} takes a number from 0 to ${MAX_INDEX}, not "${text}"`);
  return index;
}

function pathOf(flags: AddFlags): string {
  const algo = flags.algo ?? flags.keyType;
  if (algo !== "secp256k1") throw usageError(`keys are secp256k1; "${algo}" is not supported`);
  return (
    flags.hdPath ??
    hdPath({
      coinType: indexOf(flags.coinType, "--coin-type"),
      account: indexOf(flags.account, "--account"),
      index: indexOf(flags.index, "--index"),
    })
  );
}

function add(name: string, flags: AddFlags, command: Command): Promise<void> {
  if (flags.pubkey !== undefined || flags.multisig !== undefined) return addPublicKey(name, flags, command);
  return onKeyring(command, flags, async ({ ring, prompt, settings, out }) => {
    const path = pathOf(flags);
    if (flags.source !== undefined && flags.recover !== true)
      throw usageError("--source goes with --recover");
    if (ring.has(name))
      throw new CliError({
        code: "unsafe",
        message: `there is a key "${name}" already in ${ring.folder}`,
        hint: "take another name, or tandem keys delete it first",
      });
    const recovered =
      flags.recover !== true
        ? undefined
        : flags.source === undefined
          ? await prompt.secret("Mnemonic")
          : readText(flags.source);
    const mnemonic = recovered === undefined ? createMnemonic() : normalizeMnemonic(recovered);
    const key = await deriveKey(mnemonic, path);
    const pubKey = secp256k1PublicKey(key.key);
    const record: KeyRecord = settings.dryRun
      ? {
          name,
          kind: "local",
          address: secp256k1Address(pubKey),
          pubKey: { "@type": "/cosmos.crypto.secp256k1.PubKey", key: toBase64(pubKey) },
          pubKeyAny: secp256k1KeyAny(pubKey),
          privateKey: key,
        }
      : await ring.add(name, key);
    const shown = recovered === undefined && flags.backup ? { mnemonic } : {};
    out.result({ ...keyOutput(record, flags.prefix), ...shown }, keyText);
    if (recovered === undefined && flags.backup)
      out.note("write the mnemonic down: it is shown this once, and the only way to get the key back");
    if (!settings.dryRun) noteBackend(ring, out);
  });
}

interface ShowFlags extends KeysFlags {
  readonly bech: string;
  readonly address?: boolean;
  readonly pubkey?: boolean;
}

function show(name: string, flags: ShowFlags, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ ring, out }) => {
    const part = BECH[flags.bech];
    if (part === undefined) throw usageError(`--bech is acc, val or cons, not "${flags.bech}"`);
    if (flags.address === true && flags.pubkey === true)
      throw usageError("--address and --pubkey are two things", "give one of them");
    const output = keyOutput(await ring.get(name), flags.prefix, part);
    const one = flags.address === true ? output.address : flags.pubkey === true ? output.pubkey : undefined;
    if (one === undefined) out.result(output, keyText);
    else process.stdout.write(`${one}\n`);
  });
}

function list(flags: KeysFlags & { listNames?: boolean }, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ ring, out }) => {
    const keys = await ring.list();
    if (flags.listNames === true)
      out.result(
        keys.map(({ name }) => name),
        (names) => names.join("\n"),
      );
    else
      out.result(
        keys.map((key) => keyOutput(key, flags.prefix)),
        (all) => (all.length === 0 ? "no keys" : all.map(keyText).join("\n")),
      );
  });
}

function remove(names: readonly string[], flags: KeysFlags, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ ring, prompt, settings, out }) => {
    const deleted: string[] = [];
    for (const given of names) {
      const { name, address } = await ring.get(given);
      const question = `Delete ${name}, ${toBech32(flags.prefix, address)}, for ever?`;
      if (!settings.yes && !settings.dryRun && !(await prompt.confirm(question))) continue;
      if (!settings.dryRun) await ring.remove(name);
      deleted.push(name);
    }
    const verb = settings.dryRun ? "would delete" : "deleted";
    out.result({ deleted }, (r) =>
      r.deleted.length === 0 ? "deleted nothing" : `${verb} ${r.deleted.join(", ")}`,
    );
  });
}

function rename(from: string, to: string, flags: KeysFlags, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ ring, out }) => {
    out.result(keyOutput(await ring.rename(from, to), flags.prefix), keyText);
  });
}

/** Kinds of address that one account's bytes stand for, as the Go binaries list them. */
const FORMATS = ["", "pub", "valoper", "valoperpub", "valcons", "valconspub"];

function parse(text: string, flags: KeysFlags, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ out }) => {
    const address = text.trim();
    try {
      const { prefix, data } = fromBech32(address);
      out.result({ human: prefix, bytes: toHexUpper(data) }, (r) => `bytes: ${r.bytes}\nhuman: ${r.human}`);
      return;
    } catch {
      // hexadecimal, then
    }
    if (!/^([0-9a-fA-F]{2})+$/.test(address))
      throw usageError(`"${address}" is neither a bech32 address nor hexadecimal`);
    const bytes = fromHex(address.toLowerCase());
    out.result({ formats: FORMATS.map((part) => toBech32(`${flags.prefix}${part}`, bytes)) }, (r) =>
      ["formats:", ...r.formats.map((line) => `- ${line}`)].join("\n"),
    );
  });
}

/** Adds `keys`. */
export function addKeyCommands(program: Command): void {
  const keys = program.command("keys").description("accounts' keys in a home (--home DIR)");
  addPublicKeyFlags(addKeysCommand(keys, "add <name>", "make a key, or recover one from its mnemonic"))
    .option("--recover", "take the mnemonic from standard input")
    .option("--source <file>", "with --recover: take it from a file")
    .option("--no-backup", "do not show the mnemonic")
    .option("--hd-path <path>", "BIP-32 path, instead of coin type, account and index")
    .option("--coin-type <n>", "SLIP-44 coin type", String(DEFAULT_COIN_TYPE))
    .option("--account <n>", "account of the path", "0")
    .option("--index <n>", "index of the path", "0")
    .option("--key-type <algorithm>", "secp256k1", "secp256k1")
    .option("--algo <algorithm>", "the same as --key-type")
    .action((name: string, flags: AddFlags, command: Command) => add(name, flags, command));
  addKeysCommand(keys, "list", "all keys")
    .option("-n, --list-names", "names alone")
    .action((flags: KeysFlags, command: Command) => list(flags, command));
  addKeysCommand(keys, "show <name-or-address>", "one key")
    .option("--bech <kind>", "kind of address: acc, val or cons", "acc")
    .option("-a, --address", "the address alone")
    .option("-p, --pubkey", "the public key alone")
    .action((name: string, flags: ShowFlags, command: Command) => show(name, flags, command));
  addKeysCommand(keys, "delete <names...>", "delete keys for ever; asks, unless --yes").action(
    (names: string[], flags: KeysFlags, command: Command) => remove(names, flags, command),
  );
  addKeysCommand(keys, "rename <old> <new>", "give a key another name").action(
    (from: string, to: string, flags: KeysFlags, command: Command) => rename(from, to, flags, command),
  );
  addKeyTransfer(keys);
  addKeysCommand(keys, "parse <address>", "hexadecimal to bech32, and back").action(
    (text: string, flags: KeysFlags, command: Command) => parse(text, flags, command),
  );
  addKeysCommand(keys, "mnemonic", "a new mnemonic of 24 words, kept nowhere").action(
    (flags: KeysFlags, command: Command) =>
      onKeyring(command, flags, async ({ out }) =>
        out.result({ mnemonic: createMnemonic() }, (r) => r.mnemonic),
      ),
  );
}
