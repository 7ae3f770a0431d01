/** Key files of a node: `priv_validator_key.json` and `node_key.json` (CometBFT `privval/file.go`, `p2p/key.go`). */
import {
  concatBytes,
  ed25519Address,
  ed25519PublicKey,
  equalBytes,
  toBase64,
  toHex,
} from "@tandem-ics/crypto";
import { CometError } from "../errors.ts";
import {
  goJsonText,
  hexJson,
  type JsonObject,
  type JsonReader,
  parseJsonText,
  readJson,
} from "../json/json-value.ts";
import { publicKeyToRpcJson } from "../json/public-key.ts";
import { ed25519Key } from "../public-key.ts";

const PRIVATE_KEY_TYPE = "tendermint/PrivKeyEd25519";

/** A validator's or node's Ed25519 key pair. */
export interface KeyPair {
  /** 32 bytes, secret. */
  seed: Uint8Array;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

/** The pair of a 32-byte seed. */
export const keyPairOfSeed = (seed: Uint8Array): KeyPair => ({ seed, publicKey: ed25519PublicKey(seed) });

const privateKeyJson = ({ seed, publicKey }: KeyPair): JsonObject => ({
  type: PRIVATE_KEY_TYPE,
  value: toBase64(concatBytes(seed, publicKey)),
});

function privateKeyOf(json: JsonReader): KeyPair {
  const type = json.text("type");
  const expanded = json.bytes("value");
  if (type !== PRIVATE_KEY_TYPE || expanded.length !== 64)
    throw new CometError("invalidJson", `${json.path} is not an Ed25519 private key of 64 bytes`, {
      path: json.path,
    });
  const pair = keyPairOfSeed(expanded.slice(0, 32));
  if (!equalBytes(pair.publicKey, expanded.subarray(32)))
    throw new CometError("invalidJson", `${json.path}: the public half is not that of the seed`, {
      path: json.path,
    });
  return pair;
}

/** Text of `priv_validator_key.json`; the private key is seed ‖ public key. */
export const privValidatorKeyToJson = (pair: KeyPair): string =>
  goJsonText(
    {
      address: hexJson(ed25519Address(pair.publicKey)),
      pub_key: publicKeyToRpcJson(ed25519Key(pair.publicKey)),
      priv_key: privateKeyJson(pair),
    },
    2,
  );

/**
 * The pair in `priv_validator_key.json`; address and public key of the file are derived anew, as CometBFT does.
 * @throws CometError `invalidJson`.
 */
export const privValidatorKeyFromJson = (text: string): KeyPair =>
  privateKeyOf(readJson(parseJsonText(text)).object("priv_key"));

/** Text of `node_key.json`. */
export const nodeKeyToJson = (pair: KeyPair): string => goJsonText({ priv_key: privateKeyJson(pair) });

/** The pair in `node_key.json`. @throws CometError `invalidJson`. */
export const nodeKeyFromJson = privValidatorKeyFromJson;

/** Id of a node: lower-case hex of its key's address. */
export const nodeId = (publicKey: Uint8Array): string => toHex(ed25519Address(publicKey));
