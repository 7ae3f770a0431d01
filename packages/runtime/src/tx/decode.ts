/** Transactions from bytes (SDK `x/auth/tx/decoder.go`, ADR-020, ADR-027). */
import { rememberedTxHash } from "@tandem-ics/comet";
import { toBinary } from "@tandem-ics/crypto";
import { findUnknownFields, isSignedByOperator, signersOf, typeRegistry } from "@tandem-ics/proto";
import { AuthInfo, type SignerInfo, TxBody } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { type AddressCodec, type AddressCodecs, decodeBech32 } from "../address.ts";
import { type Coin, intFromWire } from "../coins.ts";
import { CodedError, plainError } from "../errors.ts";
import type { MessageRoute } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { splitTx } from "./canonical.ts";
import { assertGoValues } from "./go-values.ts";
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
  /** Absent without a mode. */
  readonly signature: SignatureData | undefined;
  /** Why the signature cannot be read: thrown where it is looked at first. */
  readonly problem?: unknown;
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
  /** Why nobody can tell who must sign; {@link signers} is empty then. */
  readonly signerProblem: CodedError | undefined;
  /** Why the named fee payer is none. */
  readonly payerProblem: CodedError | undefined;
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
  // In one process it is the same array all the way.
  const byArray = new WeakMap<Uint8Array, DecodedTx>();
  let cachedBytes = 0;
  return (bytes) => {
    const same = byArray.get(bytes);
    if (same !== undefined) return same;
    const hash = rememberedTxHash(bytes);
    const id = toBinary(hash);
    const known = cache.get(id);
    if (known !== undefined) return known;
    const tx = decodeTx(bytes, hash, options);
    byArray.set(bytes, tx);
    cache.set(id, tx);
    cachedBytes += bytes.length;
    if (cache.size > CACHED_TXS || cachedBytes > CACHED_BYTES) {
      cache.clear();
      cachedBytes = 0;
    }
    return tx;
  };
}

/** No type is registered as an extension, so that none can be unpacked, non-critical ones included. */
function assertNoExtensions({ extensionOptions, nonCriticalExtensionOptions }: TxBody): void {
  if ([...extensionOptions, ...nonCriticalExtensionOptions].some(({ typeUrl }) => typeUrl !== ""))
    throw sdkErrors.txDecode("no registered implementations of type tx.TxExtensionOptionI");
}

function decodeTx(bytes: Uint8Array, hash: Uint8Array, { routes, addresses }: TxDecoderOptions): DecodedTx {
  const { bodyBytes, authInfoBytes, signatures } = splitTx(bytes);
  refuseUnknownFields("cosmos.tx.v1beta1.TxBody", bodyBytes, true);
  refuseUnknownFields("cosmos.tx.v1beta1.AuthInfo", authInfoBytes, false);
  return orDecodeError(() => {
    const body = TxBody.decode(bodyBytes);
    assertNoExtensions(body);
    const authInfo = AuthInfo.decode(authInfoBytes);
    assertGoValues("cosmos.tx.v1beta1.AuthInfo", authInfo);
    const { messages, problem } = decodeMessages(body.messages, routes, addresses);
    const payer = attempt(() => accountOf(authInfo.fee?.payer, addresses));
    const signerProblem = problem ?? payer.problem;
    const paying = payer.value === undefined ? [] : [payer.value];
    const signers =
      signerProblem === undefined ? unionOf([...messages.flatMap((m) => m.signers), ...paying]) : [];
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
      signerProblem,
      payerProblem: payer.problem,
      fee: {
        amount: (authInfo.fee?.amount ?? []).map(({ denom, amount }) => ({
          denom,
          amount: amount === "" ? 0n : intFromWire(amount),
        })),
        gasLimit: authInfo.fee?.gasLimit ?? 0n,
        payer: payer.value ?? signers[0] ?? new Uint8Array(0),
        granter: attempt(() => accountOf(authInfo.fee?.granter, addresses)).value,
      },
      signerInfos: authInfo.signerInfos.map((info, i) => decodeSigner(info, signatures[i])),
    };
  });
}

function decodeSigner(
  { publicKey, modeInfo, sequence }: SignerInfo,
  bytes: Uint8Array = new Uint8Array(0),
): DecodedSigner {
  const { value: signature, problem } = attempt(() => readSignature(modeInfo, bytes));
  return {
    publicKey: publicKey === undefined ? undefined : parsePublicKey(publicKey),
    sequence,
    signature,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What `act` gives, or the refusal that it throws. */
function attempt<T>(act: () => T): { readonly value?: T; readonly problem?: CodedError } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof CodedError) return { problem: error };
    throw error;
  }
}

/** All messages; a signer who is no address is told of later, as the SDK finds it in ValidateBasic. */
function decodeMessages(
  packed: readonly Any[],
  routes: ReadonlyMap<string, MessageRoute>,
  addresses: AddressCodecs,
): { readonly messages: readonly DecodedMessage[]; readonly problem: CodedError | undefined } {
  let problem: CodedError | undefined;
  const messages = packed.map((any) => {
    const decoded = decodeContent(any, routes);
    assertGoValues(any.typeUrl.slice(1), decoded.message);
    const signers = attempt(() => messageSigners(decoded, addresses));
    problem ??= signers.problem;
    return { ...decoded, signers: signers.value ?? [] };
  });
  return { messages, problem };
}

function refuseUnknownFields(typeName: string, bytes: Uint8Array, allowNonCritical: boolean): void {
  orDecodeError(() => findUnknownFields(typeName, bytes, { allowNonCritical }));
}

/** Reads one packed message. Throws `sdk/2` for an unknown type, plain errors for malformed bytes. */
export function decodeMessage(
  any: Any,
  routes: ReadonlyMap<string, MessageRoute>,
  addresses: AddressCodecs,
): DecodedMessage {
  const decoded = decodeContent(any, routes);
  return { ...decoded, signers: messageSigners(decoded, addresses) };
}

type MessageContent = Omit<DecodedMessage, "signers">;

function decodeContent({ typeUrl, value }: Any, routes: ReadonlyMap<string, MessageRoute>): MessageContent {
  const route = routes.get(typeUrl);
  const type = typeRegistry.get(typeUrl);
  if (type === undefined) throw sdkErrors.txDecode(`unable to resolve type URL ${typeUrl.slice(0, 200)}`);
  return { typeUrl, value, message: route?.decode?.(value) ?? type.codec.decode(value), route };
}

/** Signers are named by account address, in some messages by the operator address of the same bytes. */
function messageSigners({ typeUrl, message }: MessageContent, addresses: AddressCodecs): Uint8Array[] {
  const texts = signersOf(typeUrl, message);
  const codec = isSignedByOperator(typeUrl) ? addresses.validator : addresses.account;
  return unionOf(texts.map((text) => signerAddress(text, codec)));
}

function signerAddress(text: string, codec: AddressCodec): Uint8Array {
  const prefix = decodeBech32(text)?.prefix;
  if (prefix !== undefined && prefix !== codec.prefix)
    throw sdkErrors.logic(`hrp does not match bech32 prefix: expected '${codec.prefix}' got '${prefix}'`);
  try {
    return codec.decode(text);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw plainError(error.message.replace(/: invalid address$/, ""), { cause: error });
  }
}

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
