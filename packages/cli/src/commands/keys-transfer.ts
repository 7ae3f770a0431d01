/** `tandem keys export`, `import` and `import-hex`: keys between keyrings, ours and Go's. */
import { armorPrivateKey, type PrivateKey, unarmorPrivateKey } from "@tandem-ics/client/keyring";
import { fromHex, toHex } from "@tandem-ics/crypto";
import type { Command } from "commander";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { newPassphrase } from "../keyring-store.ts";
import {
  addKeysCommand,
  type KeysFlags,
  keyOutput,
  keyText,
  noteBackend,
  onKeyring,
} from "./keys-context.ts";

interface ExportFlags extends KeysFlags {
  readonly unarmoredHex?: boolean;
  readonly unsafe?: boolean;
}

function exportKey(name: string, flags: ExportFlags, command: Command): Promise<void> {
  return onKeyring(command, flags, async ({ ring, prompt, settings, out }) => {
    if (flags.unarmoredHex !== flags.unsafe)
      throw usageError("--unarmored-hex and --unsafe go together", "without them the key leaves encrypted");
    const unarmored = flags.unarmoredHex === true;
    if (unarmored && !settings.yes && !(await prompt.confirm("Print the private key for anybody to read?")))
      throw new CliError({ code: "unsafe", message: "nothing was exported", hint: "--yes does not ask" });
    const passphrase = unarmored ? "" : await newPassphrase(prompt, "the exported key", prompt.interactive);
    const record = await ring.get(name);
    const { privateKey } = record;
    if (privateKey === undefined)
      throw new CliError({
        code: "bad-input",
        message: `the private key of ${record.name} is not in the keyring: it is a ${record.kind} key`,
      });
    if (unarmored) out.result({ name: record.name, hex: toHex(privateKey.key) }, (r) => r.hex);
    else
      out.result({ name: record.name, armor: await armorPrivateKey(privateKey, passphrase) }, (r) => r.armor);
  });
}

function importWith(
  name: string,
  flags: KeysFlags,
  command: Command,
  read: (secret: (question: string) => Promise<string>) => Promise<PrivateKey>,
): Promise<void> {
  return onKeyring(command, flags, async ({ ring, prompt, out }) => {
    if (ring.has(name))
      throw new CliError({ code: "unsafe", message: `there is a key "${name}" already in ${ring.folder}` });
    const record = await ring.add(name, await read(prompt.secret));
    out.result(keyOutput(record, flags.prefix), keyText);
    noteBackend(ring, out);
  });
}

function keyOfHex(text: string): PrivateKey {
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new CliError({ code: "bad-input", message: "a private key is 64 hexadecimal digits" });
  return { algo: "secp256k1", key: fromHex(text.toLowerCase()) };
}

/** Adds `keys export`, `import` and `import-hex`. */
export function addKeyTransfer(keys: Command): void {
  addKeysCommand(keys, "export <name>", "print a private key in the SDK's armor, under a passphrase")
    .option("--unarmored-hex", "print it as it is, with --unsafe")
    .option("--unsafe", "agree that the key can be read by anybody")
    .action((name: string, flags: ExportFlags, command: Command) => exportKey(name, flags, command));
  addKeysCommand(keys, "import <name> <file>", "take a private key from the SDK's armor").action(
    (name: string, file: string, flags: KeysFlags, command: Command) =>
      importWith(name, flags, command, async (secret) =>
        unarmorPrivateKey(readText(file), await secret("Passphrase of the exported key")),
      ),
  );
  addKeysCommand(keys, "import-hex <name>", "take a private key in hexadecimal from standard input").action(
    (name: string, flags: KeysFlags, command: Command) =>
      importWith(name, flags, command, async (secret) =>
        keyOfHex((await secret("Private key in hexadecimal")).trim().replace(/^0x/i, "")),
      ),
  );
}
