/** Signatures as a transaction carries them: mode infos and bytes brought together (SDK `x/auth/tx/sigs.go`). */
import "@tandem-ics/proto/wire";
import { toBase64 } from "@tandem-ics/crypto";
import { type CompactBitArray, MultiSignature } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import type { ModeInfo } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { plainError } from "../errors.ts";

/** Sign modes by their wire number. */
export const SIGN_MODE = { direct: 1, directAux: 3, legacyAminoJson: 127 } as const;

/** One signature. */
export interface SingleSignature {
  readonly kind: "single";
  readonly mode: number;
  readonly signature: Uint8Array;
}

/** Signatures of some members of a group. */
export interface MultiSignatureData {
  readonly kind: "multi";
  /** Which of the group's keys signed, one flag for each key. */
  readonly signed: readonly boolean[];
  /** One for each set flag, in the order of the keys. */
  readonly signatures: readonly SignatureData[];
  /** The bytes that hold them all. */
  readonly aggregate: Uint8Array;
}

/** What one signer provided. */
export type SignatureData = SingleSignature | MultiSignatureData;

const MAX_DEPTH = 5;

/**
 * Reads one signer's signature; `undefined` without a mode, which only simulations may have.
 * @throws `undefined/1` when bytes and mode do not fit each other.
 */
export function readSignature(
  mode: ModeInfo | undefined,
  signature: Uint8Array,
  depth = 0,
): SignatureData | undefined {
  if (mode?.multi !== undefined) {
    if (depth >= MAX_DEPTH) throw plainError("signatures are nested too deeply");
    const { bitarray, modeInfos } = mode.multi;
    const parts = decodeParts(signature);
    if (parts.length !== modeInfos.length)
      throw plainError(`${parts.length} signatures for ${modeInfos.length} mode infos`);
    const signatures = modeInfos.map((info, i) => {
      const data = readSignature(info, parts[i]!, depth + 1);
      if (data === undefined) throw plainError("a signature of a group has no mode");
      return data;
    });
    return { kind: "multi", signed: readBits(bitarray), signatures, aggregate: signature };
  }
  if (mode?.single !== undefined) return { kind: "single", mode: mode.single.mode, signature };
  return undefined;
}

function decodeParts(bytes: Uint8Array): Uint8Array[] {
  try {
    const message = MultiSignature.decode(bytes);
    // one byte form only: the aggregate is part of the transaction's hash
    if (MultiSignature.encode(message).finish().length === bytes.length) return message.signatures;
  } catch (cause) {
    throw plainError("malformed multisignature", { cause });
  }
  throw plainError("rejecting unrecognized fields found in MultiSignature");
}

/** Bits are counted from the most significant one of each byte (Tendermint `CompactBitArray`). */
function readBits(bits: CompactBitArray | undefined): boolean[] {
  if (bits === undefined) return [];
  const { extraBitsStored, elems } = bits;
  if (extraBitsStored > 7) throw plainError("malformed bit array");
  const count = extraBitsStored === 0 ? elems.length * 8 : (elems.length - 1) * 8 + extraBitsStored;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (elems[i >> 3]! & (0x80 >> (i & 7))) !== 0);
}

/** Whether nobody signed yet, as in simulations. */
export const isIncomplete = (data: SignatureData | undefined): boolean =>
  data === undefined || (data.kind === "single" ? data.signature.length === 0 : data.signatures.length === 0);

/** Whether every part is signed in the mode in which a wrong sequence shows as a wrong signature. */
export const isAminoOnly = (data: SignatureData): boolean =>
  data.kind === "single" ? data.mode === SIGN_MODE.legacyAminoJson : data.signatures.every(isAminoOnly);

/** Values of the `signature` attributes of a signer: parts first, then the whole. */
export function signatureTexts(data: SignatureData): string[] {
  if (data.kind === "single") return [toBase64(data.signature)];
  return [...data.signatures.flatMap(signatureTexts), toBase64(data.aggregate)];
}
