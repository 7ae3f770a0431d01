/** The validators' keys held by this process, and which of the validators are down. */
import { ed25519Address, ed25519PublicKey, ed25519Sign, toHexUpper } from "@tandem-ics/crypto";
import { NodeError } from "../errors.ts";

/** One key. */
export interface Signer {
  /** 20-byte consensus address. */
  readonly address: Uint8Array;
  /** 32-byte Ed25519 public key. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** All keys of a node. */
export interface Signers {
  /** Holds another key; adding it twice changes nothing. Gives its address. */
  add(seed: Uint8Array): Uint8Array;
  remove(address: Uint8Array): void;
  addresses(): Uint8Array[];
  /** The key of a validator that would sign now: held here, and not down. */
  online(address: Uint8Array): Signer | undefined;
  /** The key, whether its validator is up or down. */
  held(address: Uint8Array): Signer | undefined;
  setDown(address: Uint8Array, down: boolean): void;
  isDown(address: Uint8Array): boolean;
}

const SEED_LENGTH = 32;

/** A signer with a 32-byte seed. Throws RangeError for other lengths. */
export function createSigner(seed: Uint8Array): Signer {
  if (seed.length !== SEED_LENGTH) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const publicKey = ed25519PublicKey(seed);
  return { address: ed25519Address(publicKey), publicKey, sign: (message) => ed25519Sign(seed, message) };
}

/** Keys of 32-byte seeds; all validators are up. */
export function createSigners(seeds: readonly Uint8Array[]): Signers {
  const signers = new Map<string, Signer>();
  const down = new Set<string>();
  const add = (seed: Uint8Array): Uint8Array => {
    const signer = createSigner(seed);
    signers.set(toHexUpper(signer.address), signer);
    return signer.address;
  };
  for (const seed of seeds) add(seed);
  return {
    add,
    remove(address) {
      if (!signers.delete(toHexUpper(address)))
        throw new NodeError("unknownValidator", `no key of ${toHexUpper(address)} is held here`);
    },
    addresses: () => [...signers.values()].map(({ address }) => address),
    online(address) {
      const id = toHexUpper(address);
      return down.has(id) ? undefined : signers.get(id);
    },
    held: (address) => signers.get(toHexUpper(address)),
    setDown(address, isDown) {
      if (isDown) down.add(toHexUpper(address));
      else down.delete(toHexUpper(address));
    },
    isDown: (address) => down.has(toHexUpper(address)),
  };
}
