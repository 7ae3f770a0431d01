/** Messages that only governance, or who stands in for it, may send. */
import { defineErrors } from "@tandem-ics/runtime";

/** The error of the SDK's gov module that all modules answer with when the authority is another (x/gov `errors.go`). */
export const govErrors = defineErrors("gov", {
  invalidSigner: [13, "expected gov account as only signer for proposal message"],
});

/** Throws `gov/13` unless the message's authority is the module's; both are bech32 text. */
export function assertAuthority(authority: string, given: string): void {
  if (authority !== given)
    throw govErrors.invalidSigner(`invalid authority; expected ${authority}, got ${given}`);
}
