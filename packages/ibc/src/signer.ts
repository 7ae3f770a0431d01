/** Who signed a message. */
import { type AddressCodec, CodedError } from "@tandem-ics/runtime";
import { ibcErrors } from "./errors.ts";

/** Address bytes of a signer. Throws `ibc/5`. */
export function signerBytes(address: AddressCodec, signer: string): Uint8Array {
  try {
    return address.decode(signer);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw ibcErrors.invalidAddress(`string could not be parsed as address: ${error.message}`, {
      cause: error,
    });
  }
}

/** Throws `ibc/2` unless the governance account has signed. */
export function assertAuthority(authority: string, signer: string): void {
  if (signer !== authority) throw ibcErrors.unauthorized(`expected ${authority}, got ${signer}`);
}
