/** Differences of validator sets as validator updates (interchain-security `x/ccv/types/utils.go`). */
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { keyText } from "./addresses.ts";
import { quotedBytes } from "./quoted-bytes.ts";

/** A member of a set as far as a difference needs it. */
export interface KeyedPower {
  readonly publicKey: PublicKey | undefined;
  readonly power: bigint;
}

/**
 * Updates that turn `current` into `next`, by public key: power 0 for a key that is gone, the new power for one that
 * stays with another power or is new. Removals and changes come in the order of `current`, additions in that of `next`.
 */
export function diffValidators(
  current: readonly KeyedPower[],
  next: readonly KeyedPower[],
): ValidatorUpdate[] {
  const updates: ValidatorUpdate[] = [];
  const nextPowers = new Map<string, bigint>();
  for (const { publicKey, power } of next) nextPowers.set(keyText(publicKey!), power);
  const known = new Set<string>();
  for (const { publicKey, power } of current) {
    const key = keyText(publicKey!);
    known.add(key);
    const nextPower = nextPowers.get(key);
    if (nextPower === undefined) updates.push({ pubKey: publicKey!, power: 0n });
    else if (nextPower !== power) updates.push({ pubKey: publicKey!, power: nextPower });
  }
  for (const { publicKey, power } of next)
    if (!known.has(keyText(publicKey!))) updates.push({ pubKey: publicKey!, power });
  return updates;
}

/** A key as Go's protobuf prints it, which is not in the order of the bytes: `\377` comes before `a`. */
const printedKey = ({ ed25519, secp256k1 }: PublicKey): string =>
  ed25519 !== undefined
    ? `ed25519:${quotedBytes(ed25519)}`
    : `secp256k1:${quotedBytes(secp256k1 ?? new Uint8Array(0))}`;

/**
 * `changes` laid over `earlier`: the later update of a key wins. Ordered by power, highest first, then by the printed
 * key, highest first: so the engine gets them, and so its results show them.
 */
export function mergeChanges(
  earlier: readonly ValidatorUpdate[],
  changes: readonly ValidatorUpdate[],
): ValidatorUpdate[] {
  const merged = new Map<string, ValidatorUpdate>();
  for (const update of [...earlier, ...changes]) merged.set(printedKey(update.pubKey!), update);
  return [...merged]
    .sort(([keyA, a], [keyB, b]) => {
      if (a.power !== b.power) return a.power > b.power ? -1 : 1;
      return keyA > keyB ? -1 : keyA < keyB ? 1 : 0;
    })
    .map(([, update]) => update);
}

/** `updates` applied to a set: keyed by public key text, power 0 removes. For checks and tests. */
export function applyChanges(
  set: ReadonlyMap<string, bigint>,
  updates: readonly ValidatorUpdate[],
): Map<string, bigint> {
  const out = new Map(set);
  for (const { pubKey, power } of updates) {
    const key = keyText(pubKey!);
    if (power === 0n) out.delete(key);
    else out.set(key, power);
  }
  return out;
}
