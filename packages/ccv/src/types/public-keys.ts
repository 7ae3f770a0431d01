/** Consensus keys out of the SDK's `Any`, decoded once each. */
import { anyToPublicKey } from "@tandem-ics/modules";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";

/** Type URL of Ed25519 keys, the only kind that may be assigned on consumers. */
export const ED25519_TYPE_URL = "/cosmos.crypto.ed25519.PubKey";

// Validators are immutable values that come back from their store again and again.
const decoded = new WeakMap<Uint8Array, PublicKey>();

/** The key inside an `Any`; throws `sdk/8` for other key types. */
export function publicKeyFromAny(any: Any): PublicKey {
  let key = decoded.get(any.value);
  if (key === undefined) {
    key = anyToPublicKey(any);
    decoded.set(any.value, key);
  }
  return key;
}
