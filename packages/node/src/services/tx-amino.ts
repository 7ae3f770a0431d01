/**
 * Methods of `cosmos.tx.v1beta1.Service` for transactions of the first Cosmos chains, `StdTx`, between amino's JSON and its
 * binary form (SDK `x/auth/tx/service.go`, `x/auth/migrations/legacytx`).
 */
import { concatBytes, EMPTY, equalBytes, fromBase64, toBase64, toHexUpper } from "@tandem-ics/crypto";
import {
  type BinaryReader,
  BinaryWriter,
  decodeAny,
  encodeAny,
  fromAminoJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ProtoError,
  parseJson,
  stringifyJson,
  toAminoJson,
  typeUrlOfAminoName,
} from "@tandem-ics/proto";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import {
  TxDecodeAminoRequest,
  TxDecodeAminoResponse,
  TxEncodeAminoRequest,
  TxEncodeAminoResponse,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { errorText } from "../errors.ts";
import { jsonSyntaxError } from "../rpc/go-json.ts";
import { aminoError, aminoPrefix, decodeRegistered, encodeRegistered, readFields } from "./amino-binary.ts";
import type { ServiceMethod } from "./service-method.ts";

const SERVICE = "/cosmos.tx.v1beta1.Service";
const NAME = "cosmos-sdk/StdTx";
const PREFIX = aminoPrefix(NAME);
/** Tags of numbers and of bytes. */
const varint = (number: number): number => number << 3;
const bytes = (number: number): number => (number << 3) | 2;

interface StdSignature {
  readonly publicKey: Any | undefined;
  readonly signature: Uint8Array;
}

interface StdTx {
  /** An empty one is Go's nil, which amino passes on. */
  readonly messages: readonly (Any | undefined)[];
  readonly amount: readonly Coin[];
  readonly gas: bigint;
  readonly payer: string;
  readonly granter: string;
  readonly signatures: readonly StdSignature[];
  readonly memo: string;
  readonly timeoutHeight: bigint;
}

/** What Go's decoder calls a value. */
function kindOf(json: JsonValue): string {
  if (Array.isArray(json)) return "array";
  if (typeof json === "boolean") return "bool";
  return typeof json === "bigint" ? "number" : typeof json;
}

/** A type with its name, as JSON has it. */
function registered(json: JsonValue): { type: string; value: JsonValue } {
  if (json !== null && !isJsonObject(json))
    throw aminoError(
      `cannot parse disfix JSON wrapper: json: cannot unmarshal ${kindOf(json)} into Go value of type amino.disfixWrapper`,
    );
  const type = json === null ? undefined : json["type"];
  if (json === null || typeof type !== "string" || type === "")
    throw aminoError("JSON encoding of interfaces require non-empty type field.");
  if (json["value"] === undefined)
    throw aminoError("interface JSON wrapper should have non-empty value field");
  return { type, value: json["value"] };
}

function anyOf(json: JsonValue): Any {
  const { type, value } = registered(json);
  let typeUrl: string;
  try {
    typeUrl = typeUrlOfAminoName(type);
  } catch (cause) {
    throw new GrpcError(GRPC.unknown, `unrecognized concrete type name ${type}`, { cause });
  }
  // A type without an amino name goes by its URL elsewhere; amino itself does not know it.
  if (type.startsWith("/")) throw aminoError(`unrecognized concrete type name ${type}`);
  return encodeAny(typeUrl, fromAminoJson(typeUrl, value));
}

const list = (json: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(json) ? json : []);
const object = (json: JsonValue | undefined): JsonObject =>
  json !== undefined && isJsonObject(json) ? json : {};

function text(json: JsonValue | undefined): string {
  if (json === undefined || json === null) return "";
  if (typeof json !== "string")
    throw aminoError(`json: cannot unmarshal ${kindOf(json)} into Go value of type string`);
  return json;
}

function number(json: JsonValue | undefined): bigint {
  if (json === undefined || json === null) return 0n;
  if (typeof json !== "string" || !/^\d{1,20}$/.test(json))
    throw aminoError(
      `invalid character -- Amino:JSON int/int64/uint/uint64 expects quoted values for javascript numeric support, got: ${stringifyJson(json)}.`,
    );
  return BigInt(json);
}

function fromJson(source: string): StdTx {
  const syntax = jsonSyntaxError(Buffer.from(source));
  if (syntax !== undefined) throw aminoError(`cannot parse disfix JSON wrapper: ${syntax}`);
  const { type, value } = registered(parseJson(source));
  if (type !== NAME) throw aminoError(`UnmarshalJSON wants to decode a ${NAME} but found a ${type}`);
  const tx = object(value);
  const fee = object(tx["fee"]);
  return {
    messages: list(tx["msg"]).map((json) => (json === null ? undefined : anyOf(json))),
    amount: list(fee["amount"]).map((coin) =>
      Coin.fromPartial({ denom: text(object(coin)["denom"]), amount: text(object(coin)["amount"]) }),
    ),
    gas: number(fee["gas"]),
    payer: text(fee["payer"]),
    granter: text(fee["granter"]),
    signatures: list(tx["signatures"]).map((json) => {
      const { pub_key: publicKey = null, signature } = object(json);
      return {
        publicKey: publicKey === null ? undefined : anyOf(publicKey),
        signature: fromBase64(text(signature)),
      };
    }),
    memo: text(tx["memo"]),
    timeoutHeight: number(tx["timeout_height"]),
  };
}

const messageJson = (any: Any): JsonObject => toAminoJson(any.typeUrl, decodeAny(any).message);

/** Amino itself prints a threshold before its keys; in what is signed it stands behind them. */
function keyJson(key: Any): JsonObject {
  const json = messageJson(key);
  const { threshold, pubkeys } = object(json["value"]);
  return threshold === undefined || pubkeys === undefined ? json : { ...json, value: { threshold, pubkeys } };
}

function toJson(tx: StdTx): string {
  const orNull = (items: readonly JsonValue[]): JsonValue => (items.length === 0 ? null : [...items]);
  return stringifyJson({
    type: NAME,
    value: {
      msg: orNull(tx.messages.map((any) => (any === undefined ? null : messageJson(any)))),
      fee: {
        amount: tx.amount.map(({ denom, amount }) => ({ denom, amount })),
        gas: tx.gas.toString(),
        ...(tx.payer === "" ? {} : { payer: tx.payer }),
        ...(tx.granter === "" ? {} : { granter: tx.granter }),
      },
      signatures: orNull(
        tx.signatures.map(({ publicKey, signature }) => ({
          pub_key: publicKey === undefined ? null : keyJson(publicKey),
          signature: signature.length === 0 ? null : toBase64(signature),
        })),
      ),
      memo: tx.memo,
      timeout_height: tx.timeoutHeight.toString(),
    },
  });
}

function toBinary(tx: StdTx): Uint8Array {
  const fee = BinaryWriter.create();
  for (const coin of tx.amount) fee.uint32(bytes(1)).bytes(Coin.encode(coin).finish());
  if (tx.gas > 0n) fee.uint32(varint(2)).uint64(tx.gas);
  if (tx.payer !== "") fee.uint32(bytes(3)).string(tx.payer);
  if (tx.granter !== "") fee.uint32(bytes(4)).string(tx.granter);
  const writer = BinaryWriter.create();
  for (const message of tx.messages)
    writer.uint32(bytes(1)).bytes(message === undefined ? EMPTY : encodeRegistered(message));
  const feeBytes = fee.finish();
  if (feeBytes.length > 0) writer.uint32(bytes(2)).bytes(feeBytes);
  for (const { publicKey, signature } of tx.signatures) {
    writer.uint32(bytes(3)).fork();
    if (publicKey !== undefined) writer.uint32(bytes(1)).bytes(encodeRegistered(publicKey));
    if (signature.length > 0) writer.uint32(bytes(2)).bytes(signature);
    writer.ldelim();
  }
  if (tx.memo !== "") writer.uint32(bytes(4)).string(tx.memo);
  if (tx.timeoutHeight > 0n) writer.uint32(varint(5)).uint64(tx.timeoutHeight);
  return concatBytes(PREFIX, writer.finish());
}

function fromBinary(data: Uint8Array): StdTx {
  if (!equalBytes(data.subarray(0, PREFIX.length), PREFIX))
    throw aminoError(
      `UnmarshalBinaryBare expected to read prefix bytes ${toHexUpper(PREFIX)} (since it is registered concrete) but got ${toHexUpper(data.subarray(0, PREFIX.length))}`,
    );
  const messages: (Any | undefined)[] = [];
  const amount: Coin[] = [];
  const signatures: StdSignature[] = [];
  const tx = { gas: 0n, payer: "", granter: "", memo: "", timeoutHeight: 0n };
  const readFee = (part: number, reader: BinaryReader): void => {
    if (part === 1) amount.push(Coin.decode(reader.bytes()));
    else if (part === 2) tx.gas = reader.uint64();
    else if (part === 3) tx.payer = reader.string();
    else tx.granter = reader.string();
  };
  const readSignature = (data: Uint8Array): StdSignature => {
    let publicKey: Any | undefined;
    let signature = EMPTY;
    readFields(data, (part, reader) => {
      if (part === 1) publicKey = decodeRegistered(reader.bytes());
      else signature = reader.bytes();
    });
    return { publicKey, signature };
  };
  readFields(data.subarray(PREFIX.length), (field, reader) => {
    if (field === 1) {
      const message = reader.bytes();
      messages.push(message.length === 0 ? undefined : decodeRegistered(message));
    } else if (field === 2) readFields(reader.bytes(), readFee);
    else if (field === 3) signatures.push(readSignature(reader.bytes()));
    else if (field === 4) tx.memo = reader.string();
    else tx.timeoutHeight = reader.uint64();
  });
  return { ...tx, messages, amount, signatures };
}

/** Whatever is wrong with a transaction has no status of its own. */
function read<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ProtoError || error instanceof SyntaxError) throw aminoError(errorText(error));
    throw error;
  }
}

/** The methods. */
export const txAminoService = (): Record<string, ServiceMethod> => ({
  [`${SERVICE}/TxEncodeAmino`]: (data) => {
    const { aminoJson } = TxEncodeAminoRequest.decode(data);
    if (aminoJson === "") throw new GrpcError(GRPC.invalidArgument, "invalid empty tx json");
    const aminoBinary = read(() => toBinary(fromJson(aminoJson)));
    return TxEncodeAminoResponse.encode({ aminoBinary }).finish();
  },
  [`${SERVICE}/TxDecodeAmino`]: (data) => {
    const { aminoBinary } = TxDecodeAminoRequest.decode(data);
    if (aminoBinary.length === 0) throw new GrpcError(GRPC.invalidArgument, "invalid empty tx bytes");
    const aminoJson = read(() => toJson(fromBinary(aminoBinary)));
    return TxDecodeAminoResponse.encode({ aminoJson }).finish();
  },
});
