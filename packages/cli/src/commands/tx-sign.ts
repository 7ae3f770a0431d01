/** Signatures of transactions: made, put together for groups, and as the JSON that members hand on. */
import "@tandem-ics/proto/wire";
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import { equalBytes, secp256k1Sign } from "@tandem-ics/crypto";
import { fromProtoJsonText, ProtoError, toProtoJsonText } from "@tandem-ics/proto";
import {
  CodedError,
  createAddressCodecs,
  createTxDecoder,
  type DecodedTx,
  type MultisigPublicKey,
  type PublicKey,
  parsePublicKey,
  readSignature,
  SIGN_MODE,
  type SignatureData,
  samePublicKey,
  signBytes,
  verifySignature,
} from "@tandem-ics/runtime";
import { CompactBitArray, MultiSignature } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import { SignatureDescriptors } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { AuthInfo, ModeInfo, SignerInfo, type Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { CliError, usageError } from "../exit-codes.ts";
import type { Signatory } from "./signatory.ts";
import { encodeTx } from "./tx-build.ts";
import type { AccountState } from "./tx-flags.ts";

const DESCRIPTORS = "cosmos.tx.signing.v1beta1.SignatureDescriptors";

/** What a signature holds for besides the transaction. */
export interface SigningContext extends AccountState {
  readonly chainId: string;
  /** Wire number of the sign mode. */
  readonly mode: number;
}

/** The transaction as a chain sees it, who must sign it among others. Throws `bad-input` for what no chain takes. */
export function readForSigning(tx: Tx, prefix: string): DecodedTx {
  try {
    const decode = createTxDecoder({ routes: new Map(), addresses: createAddressCodecs(prefix) });
    const decoded = decode(encodeTx(tx));
    if (decoded.signerProblem !== undefined) throw decoded.signerProblem;
    return decoded;
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError(
      { code: "bad-input", message: `no chain would take this transaction: ${cause.message}` },
      { cause },
    );
  }
}

const countDirect = (info: ModeInfo | undefined): number =>
  info?.single !== undefined
    ? Number(info.single.mode === SIGN_MODE.direct)
    : (info?.multi?.modeInfos ?? []).reduce((sum, part) => sum + countDirect(part), 0);

function withSignature(tx: Tx, info: SignerInfo, signature: Uint8Array, overwrite: boolean): Tx {
  const infos = overwrite ? [] : (tx.authInfo?.signerInfos ?? []);
  return {
    ...tx,
    authInfo: AuthInfo.fromPartial({ ...tx.authInfo, signerInfos: [...infos, info] }),
    signatures: [...(overwrite ? [] : tx.signatures), signature],
  };
}

/**
 * Signs a transaction, in place of the signatures that it has or after them. `address` is the account that is signed
 * for: the signatory's own, or that of a group. Throws `usage` for what cannot be signed so.
 */
export function signTx(
  tx: Tx,
  { privateKey, publicKey, why }: Signatory,
  address: string,
  { chainId, accountNumber, sequence, mode }: SigningContext,
  overwrite: boolean,
): Tx {
  if (privateKey === undefined || publicKey === undefined)
    throw usageError(`${address} cannot sign here: ${why}`, "--generate-only prints what is to be signed");
  const info = SignerInfo.fromPartial({ publicKey, modeInfo: { single: { mode } }, sequence });
  const unsigned = withSignature(tx, info, new Uint8Array(), overwrite);
  const direct = unsigned.authInfo!.signerInfos.reduce((sum, { modeInfo }) => sum + countDirect(modeInfo), 0);
  if (direct > 1)
    throw usageError(
      "txs signed with CLI can have maximum 1 DIRECT signer",
      "a direct signature holds for all signers at once: the others sign with --sign-mode amino-json, before it",
    );
  const decoded = readForSigning(unsigned, fromBech32(address).prefix);
  let bytes: Uint8Array;
  try {
    bytes = signBytes(mode, decoded, {
      chainId,
      accountNumber,
      sequence,
      address,
      publicKey: parsePublicKey(publicKey),
    });
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError(
      {
        code: "usage",
        message: `this cannot be signed so: ${cause.message}`,
        hint: "--sign-mode direct signs everything",
      },
      { cause },
    );
  }
  return withSignature(tx, info, secp256k1Sign(privateKey, bytes), overwrite);
}

/** The signatures alone, as members of a group hand them on. */
export const signaturesJson = (tx: Tx): string =>
  toProtoJsonText(
    DESCRIPTORS,
    SignatureDescriptors.fromPartial({
      signatures: (tx.authInfo?.signerInfos ?? []).map(({ publicKey, modeInfo, sequence }, i) => ({
        ...(publicKey === undefined ? {} : { publicKey }),
        data: descriptorOf(modeInfo, tx.signatures[i] ?? new Uint8Array()),
        sequence,
      })),
    }),
  );

type DescriptorData = NonNullable<SignatureDescriptors["signatures"][number]["data"]>;

function descriptorOf(info: ModeInfo | undefined, signature: Uint8Array): DescriptorData {
  if (info?.multi === undefined) return { single: { mode: info?.single?.mode ?? 0, signature } };
  const { bitarray, modeInfos } = info.multi;
  const parts = MultiSignature.decode(signature).signatures;
  return {
    multi: {
      ...(bitarray === undefined ? {} : { bitarray }),
      signatures: modeInfos.map((part, i) => descriptorOf(part, parts[i] ?? new Uint8Array())),
    },
  };
}

/** One member's signature. */
export interface MemberSignature {
  readonly publicKey: PublicKey;
  readonly mode: ModeInfo;
  readonly signature: Uint8Array;
  /** The same, to verify. */
  readonly data: SignatureData;
}

function ofDescriptor(data: DescriptorData): { mode: ModeInfo; signature: Uint8Array } {
  if (data.multi === undefined) {
    const { mode, signature } = data.single!;
    return { mode: ModeInfo.fromPartial({ single: { mode } }), signature };
  }
  const parts = data.multi.signatures.map(ofDescriptor);
  return {
    mode: ModeInfo.fromPartial({
      multi: {
        ...(data.multi.bitarray === undefined ? {} : { bitarray: data.multi.bitarray }),
        modeInfos: parts.map(({ mode }) => mode),
      },
    }),
    signature: MultiSignature.encode({ signatures: parts.map(({ signature }) => signature) }).finish(),
  };
}

/** Reads what `tx sign --signature-only` printed. Throws `bad-input`. */
export function signaturesFromJson(text: string, where: string): MemberSignature[] {
  try {
    const { signatures } = fromProtoJsonText(DESCRIPTORS, text) as SignatureDescriptors;
    return signatures.map(({ publicKey, data }) => {
      if (publicKey === undefined || (data?.single === undefined && data?.multi === undefined))
        throw new ProtoError("bad-value", "a signature lacks its public_key or its data");
      const { mode, signature } = ofDescriptor(data);
      return { publicKey: parsePublicKey(publicKey), mode, signature, data: readSignature(mode, signature)! };
    });
  } catch (cause) {
    if (!(cause instanceof ProtoError || cause instanceof CodedError)) throw cause;
    throw new CliError(
      {
        code: "bad-input",
        message: `${where} holds no signatures: ${cause.message.replace(`${DESCRIPTORS}.`, "")}`,
        hint: "tx sign --signature-only, or --multisig, prints them",
      },
      { cause },
    );
  }
}

/** What is wrong with one signature over a transaction; nothing when it is good. */
export function signatureFault(
  decoded: DecodedTx,
  publicKey: PublicKey,
  data: SignatureData,
  { chainId, accountNumber, sequence }: Omit<SigningContext, "mode">,
  prefix: string,
): string | undefined {
  const address = toBech32(prefix, publicKey.address);
  return verifySignature(decoded, { chainId, accountNumber, sequence, address, publicKey }, data);
}

/** Puts members' signatures together to the one of their group. Throws `bad-input` for a stranger's. */
export function joinSignatures(
  tx: Tx,
  group: { readonly any: Any; readonly key: MultisigPublicKey },
  members: readonly MemberSignature[],
  sequence: bigint,
): Tx {
  const { keys } = group.key;
  const byIndex = new Map<number, MemberSignature>();
  for (const member of members) {
    const index = keys.findIndex((key) => samePublicKey(key, member.publicKey));
    if (index < 0)
      throw new CliError({ code: "bad-input", message: "a signature is of a key that is not in the group" });
    byIndex.set(index, member);
  }
  const parts = keys.flatMap((_, i) => byIndex.get(i) ?? []);
  // Bits are counted from the most significant one of each byte (Tendermint `CompactBitArray`).
  const elems = new Uint8Array(Math.ceil(keys.length / 8));
  for (const i of byIndex.keys()) elems[i >> 3]! |= 0x80 >> (i & 7);
  const info = SignerInfo.fromPartial({
    publicKey: group.any,
    modeInfo: {
      multi: {
        bitarray: CompactBitArray.fromPartial({ extraBitsStored: keys.length % 8, elems }),
        modeInfos: parts.map(({ mode }) => mode),
      },
    },
    sequence,
  });
  const signature = MultiSignature.encode({ signatures: parts.map((part) => part.signature) }).finish();
  return withSignature(tx, info, signature, true);
}

/** Whether a key is a member of a group, or of a group inside it. */
export const isMember = (group: MultisigPublicKey, key: PublicKey): boolean =>
  group.keys.some((member) =>
    member.kind === "multisig" ? isMember(member, key) : samePublicKey(member, key),
  );

/** Whether an account must sign. */
export const mustSign = (decoded: DecodedTx, address: string): boolean =>
  decoded.signers.some((signer) => equalBytes(signer, fromBech32(address).data));
