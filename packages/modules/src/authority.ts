/** Messages that only governance, or who stands in for it, may send. */
import { govErrors } from "./gov/errors.ts";

/** Throws `gov/13` unless the message's authority is the module's; both are bech32 text. */
export function assertAuthority(authority: string, given: string): void {
  if (authority !== given)
    throw govErrors.invalidSigner(`invalid authority; expected ${authority}, got ${given}`);
}
