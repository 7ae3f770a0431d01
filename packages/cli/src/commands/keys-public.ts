/** `tandem keys add --pubkey` and `--multisig`: keys whose private part is elsewhere, and those of groups. */
import "@tandem-ics/proto/wire";
import { toBech32 } from "@cosmjs/encoding";
import { compareBytes } from "@tandem-ics/crypto";
import { fromProtoJson, ProtoError, parseJson } from "@tandem-ics/proto";
import { CodedError, parsePublicKey } from "@tandem-ics/runtime";
import type { Command } from "commander";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { CliError, usageError } from "../exit-codes.ts";
import type { HomeKeyring } from "../keyring-store.ts";
import { type KeysFlags, keyOutput, keyText, onKeyring } from "./keys-context.ts";

const MULTISIG_URL = "/cosmos.crypto.multisig.LegacyAminoPubKey";

/** What makes a key that signs nothing by itself. */
export interface PublicKeyFlags extends KeysFlags {
  readonly pubkey?: string;
  readonly multisig?: string;
  readonly multisigThreshold: string;
  readonly nosort?: boolean;
}

/** Adds the flags to `keys add`. */
export const addPublicKeyFlags = (command: Command): Command =>
  command
    .option("--pubkey <json>", "keep this public key, as keys show --pubkey prints it")
    .option("--multisig <names>", "the key of a group: its members' names, apart by commas")
    .option("--multisig-threshold <n>", "members of the group that have to sign", "1")
    .option("--nosort", "keep the members in the order given, instead of that of their addresses");

/** A public key's JSON, checked. Throws `usage`. */
function publicKeyOf(text: string): Any {
  try {
    const any = fromProtoJson("google.protobuf.Any", parseJson(text)) as Any;
    parsePublicKey(any);
    return any;
  } catch (cause) {
    if (!(cause instanceof ProtoError || cause instanceof CodedError)) throw cause;
    throw usageError(
      `--pubkey is no public key: ${cause.message}`,
      '{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"BASE64"} is one',
    );
  }
}

async function groupKeyOf(ring: HomeKeyring, flags: PublicKeyFlags, names: readonly string[]): Promise<Any> {
  const threshold = /^\d{1,4}$/.test(flags.multisigThreshold) ? Number(flags.multisigThreshold) : 0;
  if (threshold < 1) throw usageError("threshold must be a positive integer");
  if (names.length < threshold)
    throw usageError(
      `threshold k of n multisignature: ${names.length} < ${threshold}`,
      "a group has at least as many members as have to sign",
    );
  const keys: Any[] = [];
  for (const name of names) keys.push((await ring.get(name)).pubKeyAny);
  // The order makes the address: members who sort find the same group.
  if (flags.nosort !== true)
    keys.sort((a, b) => compareBytes(parsePublicKey(a).address, parsePublicKey(b).address));
  return {
    typeUrl: MULTISIG_URL,
    value: LegacyAminoPubKey.encode(LegacyAminoPubKey.fromPartial({ threshold, publicKeys: keys })).finish(),
  };
}

/** Keeps a public key, or a group's. */
export function addPublicKey(name: string, flags: PublicKeyFlags, command: Command): Promise<void> {
  const { pubkey, multisig } = flags;
  return onKeyring(command, flags, async ({ ring, settings, out }) => {
    if (pubkey !== undefined && multisig !== undefined)
      throw usageError("--pubkey and --multisig are two kinds of key", "give one of them");
    if (ring.has(name))
      throw new CliError({
        code: "unsafe",
        message: `there is a key "${name}" already in ${ring.folder}`,
        hint: "take another name, or tandem keys delete it first",
      });
    const names = (multisig ?? "")
      .split(",")
      .map((member) => member.trim())
      .filter((member) => member !== "");
    const [kind, any]: ["offline" | "multi", Any] =
      pubkey !== undefined
        ? ["offline", publicKeyOf(pubkey)]
        : ["multi", await groupKeyOf(ring, flags, names)];
    if (settings.dryRun) {
      const { address } = parsePublicKey(any);
      out.result(
        { name, kind, address: toBech32(flags.prefix, address) },
        (r) => `would keep ${r.name}: ${r.address}`,
      );
      return;
    }
    out.result(keyOutput(await ring.addPublic(name, kind, any), flags.prefix), keyText);
  });
}
