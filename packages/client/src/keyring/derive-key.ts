/** Keys from mnemonics: BIP-39, SLIP-10 and BIP-44, with the SDK's paths. */
import { Bip39, EnglishMnemonic, pathToString, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import { randomBytes } from "@noble/hashes/utils.js";
import { KeyringError } from "./errors.ts";
import type { PrivateKey } from "./private-key-armor.ts";

/** Coin type of Cosmos chains (SLIP-44). */
export const DEFAULT_COIN_TYPE = 118;

/** Bytes of entropy behind 24 words. */
const ENTROPY_LENGTH = 32;

/** A new mnemonic of 24 English words. */
export const createMnemonic = (entropy: Uint8Array = randomBytes(ENTROPY_LENGTH)): string =>
  Bip39.encode(entropy).toString();

/** The SDK's path of an account: `m/44'/coin'/account'/0/index`. */
export const hdPath = ({
  coinType = DEFAULT_COIN_TYPE,
  account = 0,
  index = 0,
}: {
  coinType?: number;
  account?: number;
  index?: number;
} = {}): string => `m/44'/${coinType}'/${account}'/0/${index}`;

/** The words of a mnemonic, one blank apart. Throws `bad-mnemonic`; what is wrong is not quoted. */
export function normalizeMnemonic(text: string): string {
  const words = text.trim().toLowerCase().split(/\s+/).join(" ");
  try {
    return new EnglishMnemonic(words).toString();
  } catch {
    throw new KeyringError(
      "bad-mnemonic",
      "this is no English mnemonic of BIP-39: 12 to 24 words, the last one a checksum",
    );
  }
}

/** Word counts of mnemonics (BIP-39). */
const WORD_COUNTS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);

/**
 * Whether a text may be a mnemonic, be its checksum right or wrong: as many English words as one has. What goes on a
 * chain is looked at with this, as the Go binaries look at memos.
 */
export function looksLikeMnemonic(text: string): boolean {
  const words = text.trim().toLowerCase().split(/\s+/);
  return WORD_COUNTS.has(words.length) && words.every((word) => EnglishMnemonic.wordlist.includes(word));
}

/**
 * The secp256k1 key of a mnemonic at a path such as `m/44'/118'/0'/0/0` (the SDK leaves out `m/` as well).
 * `passphrase` is BIP-39's. Throws `bad-mnemonic` and `bad-path`.
 */
export async function deriveKey(
  mnemonic: string,
  path: string = hdPath(),
  passphrase = "",
): Promise<PrivateKey> {
  const words = new EnglishMnemonic(normalizeMnemonic(mnemonic));
  let steps: ReturnType<typeof stringToPath>;
  try {
    steps = stringToPath((path.startsWith("m") ? path : `m/${path}`).replaceAll(/(?<=\d)h/gi, "'"));
    pathToString(steps);
  } catch (cause) {
    throw new KeyringError("bad-path", `"${path}" is no path of BIP-32, such as ${hdPath()}`, { cause });
  }
  const seed = await Bip39.mnemonicToSeed(words, passphrase);
  return { algo: "secp256k1", key: Slip10.derivePath(Slip10Curve.Secp256k1, seed, steps).privkey };
}
