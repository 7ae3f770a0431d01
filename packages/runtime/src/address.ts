/** Bech32 addresses: the same 20 bytes under three prefixes (SDK `codec/address`, `types/address.go`). */
import { bech32 } from "@scure/base";
import { sha256, toBinary, utf8 } from "@tandem-ics/crypto";
import { bech32Reason, MAX_BECH32_LENGTH } from "./bech32-reason.ts";
import { plainError } from "./errors.ts";
import { sdkErrors } from "./sdk-errors.ts";

/** Text form of one kind of address. */
export interface AddressCodec {
  readonly prefix: string;
  encode(bytes: Uint8Array): string;
  /** Throws `undefined/1` for text that is no address, `sdk/35` for another prefix, `sdk/9` for a length outside 1…255. */
  decode(text: string): Uint8Array;
}

/** The three kinds of one chain. */
export interface AddressCodecs {
  /** `cosmos1…` */
  readonly account: AddressCodec;
  /** `cosmosvaloper1…` */
  readonly validator: AddressCodec;
  /** `cosmosvalcons1…` */
  readonly consensus: AddressCodec;
}

/** Longest address, in bytes. */
const MAX_ADDRESS_BYTES = 255;

/** Addresses remembered in each direction: the same few appear in every transaction, and the text form is slow. */
const CACHE_LIMIT = 32_768;
/** Longest text remembered. */
const CACHED_TEXT_LENGTH = 128;

function remember<V>(cache: Map<string, V>, key: string, value: V): V {
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, value);
  return value;
}

interface Bech32 {
  readonly prefix: string;
  readonly bytes: Uint8Array;
}

const decoded = new Map<string, Bech32>();

/** Decodes any bech32 text; `undefined` when it is none. The bytes are shared: not to be changed. */
export function decodeBech32(text: string): Bech32 | undefined {
  const known = decoded.get(text);
  if (known !== undefined) return known;
  const result = decodeText(text);
  return result === undefined || text.length > CACHED_TEXT_LENGTH ? result : remember(decoded, text, result);
}

function decodeText(text: string): Bech32 | undefined {
  try {
    const { prefix, words } = bech32.decode(text as `${string}1${string}`, MAX_BECH32_LENGTH);
    return { prefix, bytes: bech32.fromWords(words) };
  } catch {
    return undefined; // the library only throws for malformed text
  }
}

function createAddressCodec(prefix: string): AddressCodec {
  const encoded = new Map<string, string>();
  return {
    prefix,
    encode(bytes) {
      const id = toBinary(bytes);
      return (
        encoded.get(id) ??
        remember(encoded, id, bech32.encode(prefix, bech32.toWords(bytes), MAX_BECH32_LENGTH))
      );
    },
    decode(text) {
      if (text.trim() === "") throw plainError("empty address string is not allowed");
      const decoded = decodeBech32(text);
      if (decoded === undefined) throw plainError(`decoding bech32 failed: ${bech32Reason(text)}`);
      if (decoded.prefix !== prefix)
        throw sdkErrors.logic(
          `hrp does not match bech32 prefix: expected '${prefix}' got '${decoded.prefix}'`,
        );
      const { length } = decoded.bytes;
      if (length === 0) throw sdkErrors.unknownAddress("addresses cannot be empty");
      if (length > MAX_ADDRESS_BYTES)
        throw sdkErrors.unknownAddress(`address max length is ${MAX_ADDRESS_BYTES}, got ${length}`);
      return decoded.bytes;
    },
  };
}

/** Codecs of a chain whose accounts start with `base`. */
export const createAddressCodecs = (base: string): AddressCodecs => ({
  account: createAddressCodec(base),
  validator: createAddressCodec(`${base}valoper`),
  consensus: createAddressCodec(`${base}valcons`),
});

/** Address bytes of a module account: the first 20 bytes of the SHA-256 of its name (SDK `x/auth`, ADR-028). */
export const moduleAddress = (name: string): Uint8Array => sha256(utf8(name)).slice(0, 20);
