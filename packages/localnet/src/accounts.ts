/** The accounts that a topology describes, with their keys. */
import { fromBech32 } from "@cosmjs/encoding";
import { LocalnetError } from "./errors.ts";
import {
  type Account,
  type AccountKey,
  accountOfMnemonic,
  createAccountKey,
  DEFAULT_HD_PATH,
  multisigAddress,
} from "./keys.ts";
import type { AccountSpec } from "./topology-fields.ts";

/** An account and what it holds at the start; undefined coins stand for the chain's usual ones. */
export interface FundedAccount extends Account {
  readonly coins: string | undefined;
}

/** `path` with `step` added to its last number. */
const further = (path: string, step: number): string =>
  path.replace(/(\d+)('?)$/, (_, last: string, mark: string) => `${Number(last) + step}${mark}`);

const withKey = (key: AccountKey, coins: string | undefined): FundedAccount => ({
  name: key.name,
  address: key.address,
  key,
  coins,
});

function fail(place: string, message: string, cause?: unknown): never {
  throw new LocalnetError("bad-topology", `${place}: ${message}`, { cause });
}

function keyOf(place: string, seed: string, spec: AccountSpec, name: string, step: number): AccountKey {
  const { mnemonic, hdPath = DEFAULT_HD_PATH, count } = spec;
  const own = mnemonic ?? createAccountKey(seed, count === undefined ? name : spec.name).mnemonic;
  try {
    return accountOfMnemonic(name, own, further(hdPath, step));
  } catch {
    // What is wrong with it is not said: the message would quote a secret.
    return fail(place, `the mnemonic of ${spec.name} is none of BIP-39, or its hdPath is none`);
  }
}

function addressOf(place: string, name: string, text: string): Uint8Array {
  try {
    const { data } = fromBech32(text);
    if (data.length === 20) return data;
  } catch (cause) {
    return fail(
      place,
      `the address of ${name} is none: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
  return fail(place, `the address of ${name} has not 20 bytes`);
}

/**
 * All accounts of a list in its order, keys derived and multisig addresses made. `others` may be members of multisigs as
 * well. Throws `bad-topology` with `place` for what cannot be read.
 */
export function resolveAccounts(
  specs: readonly AccountSpec[],
  seed: string,
  place: string,
  others: ReadonlyMap<string, Account> = new Map(),
): FundedAccount[] {
  const byName = new Map<string, Account>(others);
  // Members may stand after the multisig that names them.
  const resolved = specs.map((spec): FundedAccount[] | undefined => {
    const { name, coins, count, address, multisig } = spec;
    if (multisig !== undefined) return undefined;
    if (address !== undefined) return [{ name, coins, address: addressOf(place, name, address) }];
    if (count === undefined) return [withKey(keyOf(place, seed, spec, name, 0), coins)];
    return Array.from({ length: count }, (_, i) =>
      withKey(keyOf(place, seed, spec, `${name}-${i}`, i), coins),
    );
  });
  for (const list of resolved) for (const account of list ?? []) byName.set(account.name, account);
  return specs.flatMap((spec, i) => {
    const known = resolved[i];
    if (known !== undefined) return known;
    const { threshold = 1, members = [] } = spec.multisig ?? {};
    if (threshold > members.length)
      fail(place, `${spec.name}: ${threshold} of ${members.length} members cannot sign`);
    const keys = members.map(
      (member) =>
        byName.get(member)?.key?.pubKey ??
        fail(place, `${spec.name} names ${member}, which is no account with a key`),
    );
    return [{ name: spec.name, coins: spec.coins, address: multisigAddress(keys, threshold) }];
  });
}
