/** Keys of the model's names: a trace's nodes and consumer addresses get real keys, the same in every replay. */
import {
  ed25519Address,
  ed25519PublicKey,
  secp256k1Address,
  secp256k1PublicKey,
  sha256,
  toBase64,
  toHex,
  utf8,
} from "@tandem-ics/crypto";
import type { TraceParams } from "./trace.ts";

const derive = (label: string): Uint8Array => sha256(utf8(`tandem model trace\n${label}`));

/** A consensus key with the model's name for it. */
export interface NamedKey {
  readonly name: string;
  /** 32-byte Ed25519 seed. */
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  /** 20-byte consensus address. */
  readonly address: Uint8Array;
  /** As `MsgAssignConsumerKey` takes it. */
  readonly json: string;
}

function namedKey(name: string): NamedKey {
  const seed = derive(`consensus ${name}`);
  const publicKey = ed25519PublicKey(seed);
  const json = `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(publicKey)}"}`;
  return { name, seed, publicKey, address: ed25519Address(publicKey), json };
}

/** An account that signs transactions. */
export interface Account {
  readonly name: string;
  /** 32-byte secp256k1 key. */
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
}

/** The account of a name. */
export function accountOf(name: string): Account {
  const privateKey = derive(`account ${name}`);
  const publicKey = secp256k1PublicKey(privateKey);
  return { name, privateKey, publicKey, address: secp256k1Address(publicKey) };
}

/** A validator that the model does not know: it keeps the provider making blocks when all others are jailed or without power. */
export const ANCHOR = "anchor";

/** All consensus keys of a trace. */
export interface Names {
  readonly anchor: NamedKey;
  readonly nodes: readonly NamedKey[];
  /** Keys that can be assigned. */
  readonly consumerKeys: readonly NamedKey[];
  /** Throws RangeError for a name that is not in the trace's parameters. */
  key(name: string): NamedKey;
  /** The model's name of a consensus address; its upper-case hex for one that the model does not know. */
  nameOf(address: Uint8Array): string;
}

/** Makes the keys. */
export function createNames({ Nodes, ConsumerAddresses }: TraceParams): Names {
  const anchor = namedKey(ANCHOR);
  const nodes = Nodes.map(namedKey);
  const consumerKeys = ConsumerAddresses.map(namedKey);
  const byName = new Map([...nodes, ...consumerKeys].map((key) => [key.name, key]));
  const byAddress = new Map([anchor, ...byName.values()].map((key) => [toHex(key.address), key.name]));
  return {
    anchor,
    nodes,
    consumerKeys,
    key(name) {
      const key = byName.get(name);
      if (key === undefined) throw new RangeError(`no key is called ${name}`);
      return key;
    },
    nameOf: (address) => byAddress.get(toHex(address)) ?? toHex(address).toUpperCase(),
  };
}
