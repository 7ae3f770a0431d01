/** Keys in JSON: the typed form of RPC, genesis and key files, and that of validator updates. */
import { toBase64 } from "@tandem-ics/crypto";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { CometError } from "../errors.ts";
import { ed25519Key, type PublicKeyType, secp256k1Key, splitPublicKey } from "../public-key.ts";
import type { JsonObject, JsonReader } from "./json-value.ts";

const TYPE_NAMES: Readonly<Record<PublicKeyType, string>> = {
  ed25519: "tendermint/PubKeyEd25519",
  secp256k1: "tendermint/PubKeySecp256k1",
};

const SUM_NAMES: Readonly<Record<PublicKeyType, string>> = {
  ed25519: "tendermint.crypto.PublicKey_Ed25519",
  secp256k1: "tendermint.crypto.PublicKey_Secp256K1",
};

/** `{"type":"tendermint/PubKeyEd25519","value":base64}`. @throws CometError `invalidPublicKey`. */
export function publicKeyToRpcJson(key: PublicKey): JsonObject {
  const { type, bytes } = splitPublicKey(key);
  return { type: TYPE_NAMES[type], value: toBase64(bytes) };
}

/** The key of a typed object. @throws CometError `invalidJson`, `invalidPublicKey`. */
export function publicKeyFromRpcJson(json: JsonReader): PublicKey {
  const type = json.text("type");
  const bytes = json.bytes("value");
  const key =
    type === TYPE_NAMES.ed25519
      ? ed25519Key(bytes)
      : type === TYPE_NAMES.secp256k1
        ? secp256k1Key(bytes)
        : undefined;
  if (key === undefined)
    throw new CometError("invalidJson", `${json.path}: unknown key type ${JSON.stringify(type)}`, { type });
  splitPublicKey(key);
  return key;
}

/** An entry of `validator_updates` in block results; a removal has no `power`. */
export function validatorUpdateToRpcJson({ pubKey, power }: ValidatorUpdate): JsonObject {
  const { type, bytes } = splitPublicKey(pubKey);
  const json: JsonObject = {
    pub_key: { Sum: { type: SUM_NAMES[type], value: { [type]: toBase64(bytes) } } },
  };
  if (power !== 0n) json["power"] = String(power);
  return json;
}

/** The update of such an entry. @throws CometError `invalidJson`, `invalidPublicKey`. */
export function validatorUpdateFromRpcJson(json: JsonReader): ValidatorUpdate {
  const sum = json.object("pub_key").object("Sum").object("value");
  const pubKey = sum.has("secp256k1")
    ? secp256k1Key(sum.bytes("secp256k1"))
    : ed25519Key(sum.bytes("ed25519"));
  splitPublicKey(pubKey);
  return { pubKey, power: json.int64("power") };
}
