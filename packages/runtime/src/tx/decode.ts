/** Transactions from bytes (SDK `x/auth/tx/decoder.go`, ADR-020, ADR-027). */
import { sha256, toBinary } from "@tandem-ics/crypto";
import { findUnknownFields, signersOf, typeRegistry } from "@tandem-ics/proto";
import { AuthInfo, TxBody } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { type AddressCodecs, decodeBech32 } from "../address.ts";
import { type Coin, intFromWire } from "../coins.ts";
import { CodedError } from "../errors.ts";
import type { MessageRoute } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { splitTx } from "./canonical.ts";
import { type PublicKey, parsePublicKey } from "./public-key.ts";
import { readSignature, type SignatureData } from "./signature-data.ts";

/** One message of a transaction. */
export interface DecodedMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
  /** The message as its codec gives it. Not to be changed. */
  readonly message: unknown;
  /** Who handles it; absent if nobody does. */
  readonly route: MessageRoute | undefined;
  /** Addresses that must sign, first the one that events name as sender. */
  readonly signers: readonly Uint8Array[];
}

/** What one signer put into the transaction. */
export interface DecodedSigner {
  /** Absent when the account is expected to have it. */
  readonly publicKey: PublicKey | undefined;
  readonly sequence: bigint;
  readonly signature: SignatureData | undefined;
}

/** What a transaction pays. */
export interface DecodedFee {
  /** As given: possibly unsorted, zero or negative. */
  readonly amount: readonly Coin[];
  readonly gasLimit: bigint;
  /** Pays unless there is a granter: the `payer` field, else the first signer. */
  readonly payer: Uint8Array;
  readonly granter: Uint8Array | undefined;
}

/** A transaction whose form is right; nothing is verified yet. Not to be changed. */
export interface DecodedTx {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly body: TxBody;
  readonly authInfo: AuthInfo;
  readonly signatures: readonly Uint8Array[];
  readonly messages: readonly DecodedMessage[];
  readonly fee: DecodedFee;
  /** Everybody who must sign: of the messages in order, then the fee payer. No repetitions. */
  readonly signers: readonly Uint8Array[];
  /** One for each entry of `auth_info.signer_infos`. */
  readonly signerInfos: readonly DecodedSigner[];
}

/** Decodes transactions; throws `sdk/2` for malformed ones. */
export type TxDecoder = (bytes: Uint8Array) => DecodedTx;

/** What a decoder needs to know. */
export interface TxDecoderOptions {
  readonly routes: ReadonlyMap<string, MessageRoute>;
  readonly addresses: AddressCodecs;
}

/** A transaction is decoded when it is checked and taken from here when its block is executed. */
const CACHED_TXS = 20_000;
const CACHED_BYTES = 64 * 1024 * 1024;

/** Makes a decoder that remembers what it decoded. */
export function createTxDecoder(options: TxDecoderOptions): TxDecoder {
  const cache = new Map<string, DecodedTx>();
  let cachedBytes = 0;
  return (bytes) => {
    const hash = sha256(bytes);
    const id = toBinary(hash);
    const known = cache.get(id);
    if (known !== undefined) return known;
    const tx = decodeTx(bytes, hash, options);
    cache.set(id, tx);
    cachedBytes += bytes.length;
    if (cache.size > CACHED_TXS || cachedBytes > CACHED_BYTES) {
      cache.clear();
      cachedBytes = 0;
    }
    return tx;
  };
}

function decodeTx(bytes: Uint8Array, hash: Uint8Array, { routes, addresses }: TxDecoderOptions): DecodedTx {
  const { bodyBytes, authInfoBytes, signatures } = splitTx(bytes);
  refuseUnknownFields("cosmos.tx.v1beta1.TxBody", bodyBytes, true);
  refuseUnknownFields("cosmos.tx.v1beta1.AuthInfo", authInfoBytes, false);
  return orDecodeError(() => {
    const body = TxBody.decode(bodyBytes);
    const authInfo = AuthInfo.decode(authInfoBytes);
    const messages = body.messages.map((any) => decodeMessage(any, routes, addresses));
    const payer = accountOf(authInfo.fee?.payer, addresses);
    const signers = unionOf([...messages.flatMap((m) => m.signers), ...(payer === undefined ? [] : [payer])]);
    return {
      bytes,
      hash,
      bodyBytes,
      authInfoBytes,
      body,
      authInfo,
      signatures,
      messages,
      signers,
      fee: {
        amount: (authInfo.fee?.amount ?? []).map(({ denom, amount }) => ({
          denom,
          amount: intFromWire(amount),
        })),
        gasLimit: authInfo.fee?.gasLimit ?? 0n,
        payer: payer ?? signers[0] ?? new Uint8Array(0),
        granter: accountOf(authInfo.fee?.granter, addresses),
      },
      signerInfos: authInfo.signerInfos.map(({ publicKey, modeInfo, sequence }, i) => ({
        publicKey: publicKey === undefined ? undefined : parsePublicKey(publicKey),
        sequence,
        signature: readSignature(modeInfo, signatures[i] ?? new Uint8Array(0)),
      })),
    };
  });
}

function refuseUnknownFields(typeName: string, bytes: Uint8Array, allowNonCritical: boolean): void {
  orDecodeError(() => findUnknownFields(typeName, bytes, { allowNonCritical }));
}

/** Reads one packed message. Throws `sdk/2` for an unknown type, plain errors for malformed bytes. */
export function decodeMessage(
  { typeUrl, value }: Any,
  routes: ReadonlyMap<string, MessageRoute>,
  addresses: AddressCodecs,
): DecodedMessage {
  const route = routes.get(typeUrl);
  const type = typeRegistry.get(typeUrl);
  if (type === undefined) throw sdkErrors.txDecode(`unable to resolve type URL ${typeUrl.slice(0, 200)}`);
  const message = route?.decode?.(value) ?? type.codec.decode(value);
  const signers = unionOf(signersOf(typeUrl, message).map((text) => signerAddress(text, addresses)));
  return { typeUrl, value, message, route, signers };
}

/** Signers are named by account address, in some messages by the operator address of the same bytes. */
const signerAddress = (text: string, { account, validator }: AddressCodecs): Uint8Array =>
  (decodeBech32(text)?.prefix === validator.prefix ? validator : account).decode(text);

const accountOf = (text: string | undefined, { account }: AddressCodecs): Uint8Array | undefined =>
  text === undefined || text === "" ? undefined : account.decode(text);

function unionOf(addresses: readonly Uint8Array[]): Uint8Array[] {
  if (addresses.length < 2) return [...addresses];
  // a map keeps the place of the first of equal keys
  return [...new Map(addresses.map((address) => [toBinary(address), address])).values()];
}

/** Codecs of protobuf throw plain errors for malformed bytes; all of them mean the same here. */
function orDecodeError<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (sdkErrors.txDecode.is(error)) throw error;
    const reason = error instanceof CodedError || error instanceof Error ? error.message : "malformed";
    throw sdkErrors.txDecode(reason.slice(0, 300), { cause: error });
  }
}
