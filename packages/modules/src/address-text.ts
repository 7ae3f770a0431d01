/** Addresses in messages and requests, refused in the words of the SDK's address codec (`codec/address`). */
import { type AddressCodec, CodedError, decodeBech32, plainError, sdkErrors } from "@tandem-ics/runtime";

/** Throws `undefined/1` for text that is no address, `sdk/35` for another prefix. */
export function decodeAddress(codec: AddressCodec, text: string): Uint8Array {
  try {
    return codec.decode(text);
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    const prefix = decodeBech32(text)?.prefix;
    if (prefix !== undefined && prefix !== codec.prefix)
      throw sdkErrors.logic(`hrp does not match bech32 prefix: expected '${codec.prefix}' got '${prefix}'`);
    throw plainError(cause.message.replace(/: invalid address$/, ""), { cause });
  }
}

/** Throws `sdk/7` that tells which address is wrong: `invalid <what> address: <why>`. */
export function decodeNamedAddress(codec: AddressCodec, text: string, what: string): Uint8Array {
  try {
    return decodeAddress(codec, text);
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw sdkErrors.invalidAddress(`invalid ${what} address: ${cause.message}`, { cause });
  }
}

/** Whether two address texts are the same but for case (Go's `strings.EqualFold` over ASCII). */
export const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
