/**
 * Amino's binary form of messages (go-amino v0.16), in which transactions of the first Cosmos chains were written: a field's
 * number is its place in the Go struct, and a type behind an interface begins with bytes of its name's hash.
 */
import { concatBytes, EMPTY, fromUtf8, sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import {
  BinaryReader,
  BinaryWriter,
  codecOf,
  decodeAny,
  encodeAny,
  type FieldDescriptor,
  messageDescriptor,
  typeRegistry,
} from "@tandem-ics/proto";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";

type Fields = { [property: string]: unknown };

/** Wire types of amino, which are those of protobuf. */
const VARINT = 0;
const BYTES = 2;
const PREFIX_BYTES = 4;
const NS_PER_SECOND = 1_000_000_000n;
const U64_BITS = 64;

/** A refusal; errors of amino have no status of their own. */
export const aminoError = (message: string): GrpcError => new GrpcError(GRPC.unknown, message);

/** The four bytes in front of a registered type: of the SHA-256 of its name, behind zeros and three bytes more. */
export function aminoPrefix(name: string): Uint8Array {
  const hash = sha256(utf8(name));
  const behindZeros = (from: number): number => {
    let at = from;
    while (hash[at] === 0) at++;
    return at;
  };
  const start = behindZeros(behindZeros(0) + 3);
  return hash.slice(start, start + PREFIX_BYTES);
}

let byPrefix: ReadonlyMap<string, string> | undefined;

/** Type URL of the registered type whose prefix these bytes begin with. */
function typeOfPrefix(bytes: Uint8Array): string {
  byPrefix ??= new Map(
    [...typeRegistry.keys()].flatMap((typeUrl): [string, string][] => {
      const name = messageDescriptor(typeUrl.slice(1)).aminoName;
      return name === undefined ? [] : [[toHexUpper(aminoPrefix(name)), typeUrl]];
    }),
  );
  const prefix = toHexUpper(bytes.subarray(0, PREFIX_BYTES));
  const typeUrl = bytes.length < PREFIX_BYTES ? undefined : byPrefix.get(prefix);
  if (typeUrl === undefined) throw aminoError(`unrecognized prefix bytes ${prefix}`);
  return typeUrl;
}

/** A type behind an interface: its prefix and its value. @throws GrpcError for one without an amino name. */
export function encodeRegistered(any: Any): Uint8Array {
  const typeName = any.typeUrl.slice(1);
  const { aminoName } = messageDescriptor(typeName);
  if (aminoName === undefined) throw aminoError(`Cannot encode unregistered concrete type ${typeName}.`);
  const { message } = decodeAny(any);
  return concatBytes(aminoPrefix(aminoName), encodeValue(typeName, message as Fields));
}

/** The counterpart of {@link encodeRegistered}. @throws GrpcError */
export function decodeRegistered(bytes: Uint8Array): Any {
  const typeUrl = typeOfPrefix(bytes);
  return encodeAny(typeUrl, decodeValue(typeUrl.slice(1), bytes.subarray(PREFIX_BYTES)));
}

interface Multisig {
  readonly threshold: number;
  readonly publicKeys: readonly Any[];
}

function encodeValue(typeName: string, message: Fields): Uint8Array {
  const { aminoEncoding } = messageDescriptor(typeName);
  const writer = BinaryWriter.create();
  if (aminoEncoding === "key_field") return writer.bytes(message["key"] as Uint8Array).finish();
  if (aminoEncoding === "threshold_string") {
    const { threshold, publicKeys } = message as unknown as Multisig;
    if (threshold > 0) writer.uint32(key(1, VARINT)).uint32(threshold);
    for (const publicKey of publicKeys) writer.uint32(key(2, BYTES)).bytes(encodeRegistered(publicKey));
    return writer.finish();
  }
  return encodeStruct(typeName, message);
}

function decodeValue(typeName: string, bytes: Uint8Array): unknown {
  const { aminoEncoding } = messageDescriptor(typeName);
  const codec = codecOf(typeName);
  if (aminoEncoding === "key_field") return codec.fromPartial({ key: new BinaryReader(bytes).bytes() });
  if (aminoEncoding === "threshold_string") {
    let threshold = 0;
    const publicKeys: Any[] = [];
    readFields(bytes, (number, reader) => {
      if (number === 1) threshold = reader.uint32();
      else publicKeys.push(decodeRegistered(reader.bytes()));
    });
    return codec.fromPartial({ threshold, publicKeys });
  }
  return codec.fromPartial(decodeStruct(typeName, bytes));
}

const key = (number: number, wireType: number): number => (number << 3) | wireType;

/** Fields with their numbers: places in the Go struct, where the cases of a oneof share one. */
function placed(typeName: string): { field: FieldDescriptor; number: number }[] {
  const oneofs = new Map<string, number>();
  let last = 0;
  return messageDescriptor(typeName).fields.map((field) => {
    const { oneof } = field;
    const number = (oneof === undefined ? undefined : oneofs.get(oneof)) ?? ++last;
    if (oneof !== undefined) oneofs.set(oneof, number);
    return { field, number };
  });
}

const isDuration = ({ type }: FieldDescriptor): boolean => type === "google.protobuf.Duration";
const isNumber = (field: FieldDescriptor): boolean =>
  isDuration(field) || ["bool", "enum", "int32", "uint32", "int64", "uint64"].includes(field.kind);

interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

function toNumber(field: FieldDescriptor, value: unknown): bigint {
  if (!isDuration(field)) return BigInt.asUintN(U64_BITS, BigInt(value as bigint | number | boolean));
  const { seconds, nanos } = value as Duration;
  return BigInt.asUintN(U64_BITS, seconds * NS_PER_SECOND + BigInt(nanos));
}

function fromNumber(field: FieldDescriptor, value: bigint): unknown {
  const signed = BigInt.asIntN(U64_BITS, value);
  if (isDuration(field)) return { seconds: signed / NS_PER_SECOND, nanos: Number(signed % NS_PER_SECOND) };
  if (field.kind === "bool") return value !== 0n;
  if (field.kind === "uint64") return value;
  return field.kind === "int64" ? signed : Number(signed);
}

/** What stands behind the length. */
function toBytes(field: FieldDescriptor, value: unknown): Uint8Array {
  if (field.type === "google.protobuf.Any") return encodeRegistered(value as Any);
  if (field.kind === "message") return encodeValue(field.type, value as Fields);
  const bytes = typeof value === "string" ? utf8(value) : (value as Uint8Array);
  return bytes.length === 0 && (field.custom === "int" || field.custom === "dec") ? utf8("0") : bytes;
}

function fromBytes(field: FieldDescriptor, bytes: Uint8Array): unknown {
  if (field.type === "google.protobuf.Any") return decodeRegistered(bytes);
  if (field.kind === "message") return decodeValue(field.type, bytes);
  return field.kind === "string" ? fromUtf8(bytes) : bytes;
}

function encodeStruct(typeName: string, message: Fields): Uint8Array {
  const writer = BinaryWriter.create();
  for (const { field, number } of placed(typeName)) {
    const value = message[field.oneof === undefined ? field.property : field.oneof];
    if (value === undefined) continue;
    if (field.oneof !== undefined) throw aminoError(`Unregistered interface in ${typeName}.${field.oneof}`);
    const list = field.repeated ? (value as readonly unknown[]) : [value];
    if (isNumber(field)) {
      const numbers = list.map((item) => toNumber(field, item));
      if (!field.repeated && numbers[0] !== 0n) writer.uint32(key(number, VARINT)).uint64(numbers[0]!);
      if (!field.repeated || numbers.length === 0) continue;
      writer.uint32(key(number, BYTES)).fork();
      for (const item of numbers) writer.uint64(item);
      writer.ldelim();
      continue;
    }
    for (const item of list) {
      const bytes = toBytes(field, item);
      const kept = field.repeated || (field.kind === "message" && !field.nonNullable);
      if (bytes.length > 0 || kept) writer.uint32(key(number, BYTES)).bytes(bytes);
    }
  }
  return writer.finish();
}

/** Calls back with each field. @throws GrpcError for bytes that end too early. */
export function readFields(bytes: Uint8Array, visit: (number: number, reader: BinaryReader) => void): void {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) visit(reader.uint32() >>> 3, reader);
  } catch (error) {
    if (error instanceof GrpcError) throw error;
    throw aminoError("EOF");
  }
}

function decodeStruct(typeName: string, bytes: Uint8Array): Fields {
  const fields = new Map(placed(typeName).map(({ field, number }) => [number, field]));
  const message: Fields = {};
  readFields(bytes, (number, reader) => {
    const field = fields.get(number);
    if (field === undefined || field.oneof !== undefined)
      throw aminoError(`unexpected field number ${number} in ${typeName}`);
    if (!field.repeated) {
      message[field.property] = isNumber(field)
        ? fromNumber(field, reader.uint64())
        : fromBytes(field, reader.bytes());
      return;
    }
    const list = (message[field.property] ?? []) as unknown[];
    message[field.property] = list;
    if (!isNumber(field)) list.push(fromBytes(field, reader.bytes()));
    else
      for (const packed = new BinaryReader(reader.bytes()); packed.pos < packed.len; )
        list.push(fromNumber(field, packed.uint64()));
  });
  for (const { field } of placed(typeName))
    if (field.nonNullable && field.kind === "message" && !field.repeated)
      message[field.property] ??= decodeValue(field.type, EMPTY);
  return message;
}
