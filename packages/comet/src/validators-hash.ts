/** `validators_hash`: the root over keys and powers of a set (CometBFT spec, core/data_structures). */
import { equalBytes, merkleRoot } from "@tandem-ics/crypto";
import { simpleValidatorBytes, type Validator } from "./validator.ts";
import type { ValidatorSet } from "./validator-set.ts";

/** The part of a validator that is hashed. Address and priority are not. */
type Hashed = Pick<Validator, "pubKey" | "votingPower">;

interface Known {
  /** Own copies, since callers may change their arrays. Sets with other keys are not remembered. */
  keys: Uint8Array[];
  powers: bigint[];
  root: Uint8Array;
}

/** Light clients meet the same few sets header after header, each time as new objects: these are compared, not hashed. */
const MEMORY = 64;
const known: Known[] = [];

/** Root over `validators` in the order given; SHA-256 of nothing for none. @throws CometError `invalidPublicKey`. */
export function validatorsHash(validators: readonly Hashed[]): Uint8Array {
  for (const entry of known) if (isOf(entry, validators)) return entry.root.slice();
  const root = merkleRoot(validators.map(simpleValidatorBytes));
  const keys = validators.flatMap(({ pubKey }) => pubKey.ed25519?.slice() ?? []);
  if (keys.length === validators.length) {
    known.unshift({ keys, powers: validators.map((v) => v.votingPower), root });
    if (known.length > MEMORY) known.pop();
  }
  return root.slice();
}

function isOf({ keys, powers }: Known, validators: readonly Hashed[]): boolean {
  if (keys.length !== validators.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const { pubKey, votingPower } = validators[i]!;
    if (votingPower !== powers[i] || pubKey.ed25519 === undefined || pubKey.secp256k1 !== undefined)
      return false;
    if (!equalBytes(pubKey.ed25519, keys[i]!)) return false;
  }
  return true;
}

/** `validators_hash` of a set. */
export const validatorSetHash = (set: ValidatorSet): Uint8Array => validatorsHash(set.validators);
