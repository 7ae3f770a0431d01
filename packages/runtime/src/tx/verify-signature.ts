/** Sign bytes and their verification (SDK `x/auth/signing`, `x/tx/signing`, `crypto/keys/multisig`). */
import { ed25519Verify, secp256k1Verify, secp256r1Verify } from "@tandem-ics/crypto";
import { aminoSignDocBytes, ProtoError } from "@tandem-ics/proto";
import { SignDoc, SignDocDirectAux } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx } from "./decode.ts";
import type { MultisigPublicKey, PublicKey } from "./public-key.ts";
import { type MultiSignatureData, SIGN_MODE, type SignatureData } from "./signature-data.ts";

/** What a signature is bound to besides the transaction. */
export interface SignerData {
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Address text of the signer. */
  readonly address: string;
  readonly publicKey: PublicKey;
}

/**
 * Bytes that a signer signs.
 * @throws `sdk/4` for modes that cannot sign this transaction.
 */
export function signBytes(mode: number, tx: DecodedTx, signer: SignerData): Uint8Array {
  switch (mode) {
    case SIGN_MODE.direct:
      return SignDoc.encode({
        bodyBytes: tx.bodyBytes,
        authInfoBytes: tx.authInfoBytes,
        chainId: signer.chainId,
        accountNumber: signer.accountNumber,
      }).finish();
    case SIGN_MODE.directAux:
      return directAuxBytes(tx, signer);
    case SIGN_MODE.legacyAminoJson:
      return aminoBytes(tx, signer);
    default:
      throw sdkErrors.unauthorized(`unsupported sign mode ${mode}`);
  }
}

function directAuxBytes(tx: DecodedTx, signer: SignerData): Uint8Array {
  const payer = tx.authInfo.fee?.payer ?? "";
  if (payer === signer.address)
    throw sdkErrors.unauthorized(`fee payer ${payer} cannot sign with SIGN_MODE_DIRECT_AUX`);
  return SignDocDirectAux.encode(
    SignDocDirectAux.fromPartial({
      bodyBytes: tx.bodyBytes,
      publicKey: signer.publicKey.any,
      chainId: signer.chainId,
      accountNumber: signer.accountNumber,
      sequence: signer.sequence,
    }),
  ).finish();
}

function aminoBytes(tx: DecodedTx, { chainId, accountNumber, sequence }: SignerData): Uint8Array {
  const { body, authInfo } = tx;
  if (body.extensionOptions.length > 0 || body.nonCriticalExtensionOptions.length > 0)
    throw sdkErrors.unauthorized("SIGN_MODE_LEGACY_AMINO_JSON does not support protobuf extension options");
  const { fee } = authInfo;
  if (fee === undefined) throw sdkErrors.unauthorized("fee cannot be nil");
  const { memo, timeoutHeight, messages } = body;
  try {
    return aminoSignDocBytes({ chainId, accountNumber, sequence, fee, memo, timeoutHeight, messages });
  } catch (error) {
    // Some values have no amino form, such as a duration of for ever: nobody can have signed them.
    if (error instanceof ProtoError) throw sdkErrors.unauthorized(error.message, { cause: error });
    throw error;
  }
}

/** For whom single signatures hold: a transaction is verified when it arrives and asked about again in its block. */
const verified = new WeakMap<SignatureData, { readonly tx: DecodedTx; readonly signer: SignerData }>();

const sameSigner = (a: SignerData, b: SignerData): boolean =>
  a.publicKey === b.publicKey &&
  a.accountNumber === b.accountNumber &&
  a.sequence === b.sequence &&
  a.chainId === b.chainId &&
  a.address === b.address;

/** What is wrong with a signature, or `undefined` when it is good. */
export function verifySignature(tx: DecodedTx, signer: SignerData, data: SignatureData): string | undefined {
  const bytesByMode = new Map<number, Uint8Array>();
  const bytesOf = (mode: number): Uint8Array => {
    let bytes = bytesByMode.get(mode);
    if (bytes === undefined) {
      bytes = signBytes(mode, tx, signer);
      bytesByMode.set(mode, bytes);
    }
    return bytes;
  };
  const { publicKey } = signer;
  const known = verified.get(data);
  if (known !== undefined && known.tx === tx && sameSigner(known.signer, signer)) return undefined;
  try {
    if (data.kind === "multi") {
      if (publicKey.kind !== "multisig") return `expected a multisignature key, got ${publicKey.kind}`;
      return verifyMultisignature(publicKey, data, bytesOf);
    }
    if (!verifyOne(publicKey, bytesOf(data.mode), data.signature))
      return "unable to verify single signer signature";
    verified.set(data, { tx, signer });
    return undefined;
  } catch (error) {
    if (sdkErrors.unauthorized.is(error)) return (error as Error).message;
    throw error;
  }
}

function verifyOne(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  switch (key.kind) {
    case "secp256k1":
      return secp256k1Verify(key.key, message, signature);
    case "secp256r1":
      return secp256r1Verify(key.key, message, signature);
    case "ed25519":
      return ed25519Verify(key.key, message, signature);
    case "multisig":
      return false; // a group signs with several signatures only
  }
}

function verifyMultisignature(
  { keys, threshold }: MultisigPublicKey,
  { signed, signatures }: MultiSignatureData,
  bytesOf: (mode: number) => Uint8Array,
): string | undefined {
  if (keys.length !== signed.length) return `bit array size is incorrect, expecting: ${keys.length}`;
  if (signatures.length < threshold || signatures.length > keys.length)
    return `signature size is incorrect ${signatures.length}`;
  const count = signed.filter(Boolean).length;
  if (count < threshold) return `not enough signatures set, have ${count}, expected ${threshold}`;
  // every signature must belong to one key, so that none is carried along unverified
  if (count !== signatures.length) return `signature size is incorrect ${signatures.length}`;
  let next = 0;
  for (const [i, key] of keys.entries()) {
    if (!signed[i]) continue;
    const part = signatures[next++]!;
    if (part.kind === "multi") {
      if (key.kind !== "multisig") return `unable to parse pubkey of index ${i}`;
      const reason = verifyMultisignature(key, part, bytesOf);
      if (reason !== undefined) return reason;
    } else if (!verifyOne(key, bytesOf(part.mode), part.signature)) {
      return `unable to verify signature at index ${i}`;
    }
  }
  return undefined;
}
