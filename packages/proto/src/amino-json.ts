/**
 * Legacy amino JSON, the form that hardware wallets sign (SIGN_MODE_LEGACY_AMINO_JSON). SDK x/tx/signing/aminojson.
 * Reading is in amino-json-read.ts.
 */
import { toBase64 } from "@cosmjs/encoding";
import type { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { decWireToText, intText } from "./decimal.ts";
import {
  enumDescriptor,
  type FieldDescriptor,
  type MessageDescriptor,
  messageDescriptor,
} from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { type JsonObject, type JsonValue, stringifySorted } from "./json.ts";
import { defaultValue, getField, type MessageObject } from "./message.ts";
import { aminoName, decodeAny } from "./registry.ts";
import { durationToNs, formatTimestamp, timestampToNs } from "./time.ts";

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** A message with its amino name. */
export type AminoJson = { type: string; value: JsonValue };

/** How a form that is read differs from the one that is signed. */
export type AminoForm = {
  /** Enums by their names, those without one as numbers. Default false: as numbers. */
  readonly enumNames?: boolean;
  /** The `type` of an `Any` is its type URL. Default false: its amino name. */
  readonly typeUrls?: boolean;
  /** Messages with a form of their own, by their names. */
  readonly encodings?: Readonly<Record<string, (message: never) => JsonValue>>;
};

/** What is signed. */
const SIGNED: AminoForm = {};

/** `{type, value}` of a message; messages without an amino name have their type URL as type. Keys are not sorted. */
export const toAminoJson = (typeUrl: string, message: unknown): AminoJson => ({
  type: aminoName(typeUrl),
  value: toAminoValue(typeUrl.slice(1), message),
});

function anyToAmino(any: Any, form: AminoForm): JsonValue {
  const { message } = decodeAny(any);
  return {
    type: form.typeUrls === true ? any.typeUrl : aminoName(any.typeUrl),
    value: toAminoValue(any.typeUrl.slice(1), message, form),
  };
}

function scalarText(field: FieldDescriptor, value: string | Uint8Array): string {
  const text = typeof value === "string" ? value : ascii(value);
  // An empty Dec is "0", without decimals.
  if (text === "") return "0";
  if (field.amino.scalar === "dec") return decWireToText(text);
  return typeof value === "string" ? text : intText(text);
}

function valueToAmino(field: FieldDescriptor, value: unknown, form: AminoForm): JsonValue {
  if (field.amino.scalar !== undefined) return scalarText(field, value as string | Uint8Array);
  switch (field.kind) {
    case "string":
      return value as string;
    case "bool":
      return value as boolean;
    case "int32":
    case "uint32":
      return value as number;
    case "enum":
      return form.enumNames === true
        ? (enumDescriptor(field.type).nameOf.get(value as number) ?? (value as number))
        : (value as number);
    case "int64":
    case "uint64":
      return (value as bigint).toString();
    case "bytes":
      return (value as Uint8Array).length === 0 && !field.repeated ? null : toBase64(value as Uint8Array);
    case "message":
      return toAminoValue(field.type, value, form);
  }
}

/** Proto3 presence: what would not be on the wire. */
function isUnset(field: FieldDescriptor, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.oneof !== undefined || field.kind === "message") return false;
  if (field.kind === "bytes") return (value as Uint8Array).length === 0;
  return value === 0 || value === 0n || value === false || value === "";
}

/** Amino's name of a oneof: its proto name in CamelCase. */
const oneofName = (name: string): string =>
  name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

function writeOneof(
  out: JsonObject,
  message: MessageObject,
  field: FieldDescriptor,
  d: MessageDescriptor,
  form: AminoForm,
): void {
  const name = oneofName(field.oneof as string);
  const value = getField(message, field, d);
  if (field.amino.oneofCase === undefined) {
    throw new ProtoError("not-supported", `${d.fullName}.${field.name} has no amino JSON form`);
  }
  if (value !== undefined)
    out[name] = {
      type: field.amino.oneofCase,
      value: { [field.amino.name]: valueToAmino(field, value, form) },
    };
  else if (!(name in out)) out[name] = null;
}

function writeList(out: JsonObject, field: FieldDescriptor, list: readonly unknown[], form: AminoForm): void {
  if (list.length > 0) out[field.amino.name] = list.map((item) => valueToAmino(field, item, form));
  else if (field.amino.keepEmpty) out[field.amino.name] = field.amino.emptyList ? [] : null;
}

/** A key is its bytes alone; a threshold key and a module account have forms of their own. */
const ENCODINGS: Readonly<Record<string, (message: never, form: AminoForm) => JsonValue>> = {
  key_field: ({ key }: { key: Uint8Array }) => (key.length === 0 ? null : toBase64(key)),
  threshold_string: (
    { threshold, publicKeys }: { threshold: number; publicKeys: Any[] },
    form: AminoForm,
  ) => ({
    pubkeys: publicKeys.map((key) => anyToAmino(key, form)),
    threshold: threshold.toString(),
  }),
  module_account: (account: {
    baseAccount?: { address: string; accountNumber: bigint; sequence: bigint };
    name: string;
    permissions: string[];
  }) => ({
    account_number: account.baseAccount?.accountNumber ?? 0n,
    address: account.baseAccount?.address ?? "",
    name: account.name,
    permissions: account.permissions.length === 0 ? null : account.permissions,
    public_key: "",
    sequence: account.baseAccount?.sequence ?? 0n,
  }),
};

/** Whole seconds above which `x/tx` refuses to write nanoseconds: one less than 64 bits hold. */
const MAX_DURATION_SECONDS = (1n << 63n) / 1_000_000_000n - 1n;

/** Nanoseconds as text. The longest duration, with which chains say "for ever", has no form: state-breaking. */
function durationText(duration: Duration): string {
  if (duration.seconds > MAX_DURATION_SECONDS)
    throw new ProtoError("not-supported", `${duration.seconds} seconds have no amino form`);
  return durationToNs(duration).toString();
}

/**
 * The `value` part: empty fields left out unless annotated, 64-bit integers and durations (nanoseconds) as text, enums
 * as numbers, Dec with 18 decimals. `typeName` without slash; `form` is what is signed, unless it says otherwise. Throws
 * {@link ProtoError} `not-supported` for messages with a oneof that has no amino names, such as a CometBFT public key.
 */
export function toAminoValue(typeName: string, message: unknown, form: AminoForm = SIGNED): JsonValue {
  const own = form.encodings?.[typeName];
  if (own !== undefined) return own(message as never);
  if (typeName === "google.protobuf.Timestamp") return formatTimestamp(timestampToNs(message as Timestamp));
  if (typeName === "google.protobuf.Duration") return durationText(message as Duration);
  if (typeName === "google.protobuf.Any") return anyToAmino(message as Any, form);
  const descriptor = messageDescriptor(typeName);
  const encoding = descriptor.aminoEncoding === undefined ? undefined : ENCODINGS[descriptor.aminoEncoding];
  if (encoding !== undefined) return encoding(message as never, form);
  const out: JsonObject = {};
  for (const field of descriptor.fields) {
    if (field.oneof !== undefined) {
      writeOneof(out, message as MessageObject, field, descriptor, form);
      continue;
    }
    const given = getField(message as MessageObject, field, descriptor);
    if (field.repeated) {
      writeList(out, field, (given ?? []) as unknown[], form);
      continue;
    }
    // What Go holds by value is on the wire also when it is empty, so it counts as present.
    const value = field.nonNullable && isUnset(field, given) ? defaultValue(field) : given;
    if (!isUnset(field, value)) out[field.amino.name] = valueToAmino(field, value, form);
    else if (field.amino.keepEmpty) {
      if (field.kind === "message")
        throw new ProtoError("not-supported", `${typeName}.${field.name} must be set`);
      out[field.amino.name] = valueToAmino(field, value, form);
    }
  }
  return out;
}

/** What an amino sign document is made of. */
export type AminoSignInput = {
  chainId: string;
  accountNumber: bigint;
  sequence: bigint;
  /** `payer` and `granter` are left out when empty. */
  fee: { amount: readonly Coin[]; gasLimit: bigint; payer?: string; granter?: string };
  memo: string;
  /** Left out when 0 or missing. */
  timeoutHeight?: bigint;
  messages: readonly Any[];
};

/** The sign document as a JSON value, keys not sorted. */
export function aminoSignDoc(input: AminoSignInput): JsonObject {
  const { amount, gasLimit, payer, granter } = input.fee;
  return {
    account_number: input.accountNumber.toString(),
    chain_id: input.chainId,
    fee: {
      amount: amount.map((coin) => toAminoValue("cosmos.base.v1beta1.Coin", coin)),
      gas: gasLimit.toString(),
      ...(granter ? { granter } : {}),
      ...(payer ? { payer } : {}),
    },
    memo: input.memo,
    msgs: input.messages.map((message) => anyToAmino(message, SIGNED)),
    sequence: input.sequence.toString(),
    ...(input.timeoutHeight ? { timeout_height: input.timeoutHeight.toString() } : {}),
  };
}

/** The bytes to hash and sign: sorted keys, no white space, HTML characters escaped. */
export const aminoSignDocBytes = (input: AminoSignInput): Uint8Array =>
  new TextEncoder().encode(stringifySorted(aminoSignDoc(input)));
