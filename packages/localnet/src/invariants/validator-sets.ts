/** Validator sets as what is compared: keys and powers, whoever they are written by. */
import { makeValidator, newValidatorSet, validatorSetHash } from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";

/** Key as text → key and power. */
export type Powers = Map<string, { readonly pubKey: PublicKey; readonly power: bigint }>;

/** A key as text, different for different keys. */
export const keyOf = ({ ed25519, secp256k1 }: PublicKey): string =>
  ed25519 === undefined ? `secp256k1 ${toBase64(secp256k1 ?? new Uint8Array())}` : toBase64(ed25519);

/** Makes changes: power 0 removes. */
export function applyUpdates(powers: Powers, updates: readonly ValidatorUpdate[]): void {
  for (const { pubKey, power } of updates) {
    if (power === 0n) powers.delete(keyOf(pubKey));
    else powers.set(keyOf(pubKey), { pubKey, power });
  }
}

/** A set out of nothing. */
export function powersOf(updates: readonly ValidatorUpdate[]): Powers {
  const powers: Powers = new Map();
  applyUpdates(powers, updates);
  return powers;
}

/** The set as a header's hash has it; empty for nobody. */
export const hashOf = (powers: Powers): string =>
  powers.size === 0
    ? ""
    : toHex(
        validatorSetHash(
          newValidatorSet([...powers.values()].map(({ pubKey, power }) => makeValidator(pubKey, power))),
        ),
      );

/** The set as text, the same for equal sets. */
export const textOf = (powers: Powers): string =>
  `{${[...powers]
    .map(([key, { power }]) => `${key}: ${power}`)
    .sort()
    .join(", ")}}`;
