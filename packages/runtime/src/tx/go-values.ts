/**
 * Values that Go refuses while it decodes a message, because its types are narrower than those of the wire: integers,
 * times, durations, and packed values of another interface (gogoproto custom types, `codec/types/interface_registry.go`).
 */
import {
  codecOf,
  type FieldDescriptor,
  implementationsOf,
  messageDescriptor,
  typeRegistry,
} from "@tandem-ics/proto";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { parseGoInt } from "../go-int.ts";
import { sdkErrors } from "../sdk-errors.ts";

/** Packed values inside packed values, the outermost counted. */
const MAX_DEPTH = 10;
/** Packed values inside one message, itself counted. */
const MAX_PACKED = 100;
/** 0001-01-01 and 10000-01-01, in seconds since 1970. */
const FIRST_SECOND = -62_135_596_800n;
const END_SECOND = 253_402_300_800n;
const SECOND_NS = 1_000_000_000;
/** Whole seconds in Go's 64 bits of nanoseconds. */
const MAX_DURATION_SECONDS = 9_223_372_036n;
/** Decimals have 256 bits and 18 places. */
const MAX_DEC_DIGITS = 96;

const MESSAGE = "cosmos.base.v1beta1.Msg";
/** Interfaces that Go asks for without an annotation in the .proto file. */
const UNANNOTATED: Readonly<Record<string, string>> = { "cosmos.gov.v1.MsgSubmitProposal.messages": MESSAGE };

/** Names of the interfaces in Go's texts. */
const GO_NAMES: Readonly<Record<string, string>> = {
  [MESSAGE]: "*proto.Message",
  "cosmos.authz.v1beta1.Authorization": "*authz.Authorization",
  "cosmos.crypto.PubKey": "*types.PubKey",
  "cosmos.evidence.v1beta1.Evidence": "*exported.Evidence",
  "cosmos.feegrant.v1beta1.FeeAllowanceI": "*feegrant.FeeAllowanceI",
  "cosmos.gov.v1beta1.Content": "*v1beta1.Content",
};

/** What is left of {@link MAX_PACKED}. */
interface Budget {
  left: number;
}
/** Checks one value of a field. */
type Check = (value: unknown, depth: number, budget: Budget) => void;
type Fields = Readonly<Record<string, unknown>>;

const malformed = (what: string): Error => sdkErrors.txDecode(what);

/**
 * Throws `sdk/2` for a value that Go does not decode.
 * @throws nothing else: `message` must be decoded already.
 */
export function assertGoValues(typeName: string, message: unknown): void {
  checkMessage(typeName, message as Fields, 1, { left: MAX_PACKED - 1 });
}

/** Checks by field of each type that has any; made once. */
const plans = new Map<string, readonly (readonly [FieldDescriptor, Check])[]>();

function planOf(typeName: string): readonly (readonly [FieldDescriptor, Check])[] {
  let plan = plans.get(typeName);
  if (plan === undefined) {
    const descriptor = messageDescriptor(typeName);
    plan = descriptor.fields.flatMap((field) => {
      const check = checkOf(typeName, field);
      return check === undefined || (field.oneof !== undefined && descriptor.unionOneofs)
        ? []
        : [[field, check] as const];
    });
    plans.set(typeName, plan);
  }
  return plan;
}

function checkMessage(typeName: string, message: Fields, depth: number, budget: Budget): void {
  for (const [{ property, repeated }, check] of planOf(typeName)) {
    const value = message[property];
    if (value === undefined) continue;
    if (!repeated) check(value, depth, budget);
    else for (const each of value as readonly unknown[]) check(each, depth, budget);
  }
}

function checkOf(owner: string, { kind, type, custom, name, accepts }: FieldDescriptor): Check | undefined {
  if (kind === "string" && custom === "int") return checkInt;
  if (kind === "string" && custom === "dec") return checkDec;
  if (kind === "bytes" && custom === "dec") return checkDecBytes;
  if (kind !== "message") return undefined;
  switch (type) {
    case "google.protobuf.Timestamp":
      return checkTime;
    case "google.protobuf.Duration":
      return checkDuration;
    case "google.protobuf.Any": {
      const wanted = UNANNOTATED[`${owner}.${name}`] ?? accepts;
      const types = new Set(wanted === undefined ? [] : implementationsOf(wanted));
      return types.size === 0 ? undefined : checkPacked(types, wanted!);
    }
    default:
      return (value, depth, budget) => checkMessage(type, value as Fields, depth, budget);
  }
}

const checkInt: Check = (text) => {
  // No text at all is Go's nil, which is the handler's to refuse.
  if (text !== "" && parseGoInt(text as string) === undefined)
    throw malformed(`math/big: cannot unmarshal "${(text as string).slice(0, 100)}" into a *big.Int`);
};

const checkDec: Check = (text) => {
  if (text !== "" && !/^[+-]?\d+$/.test((text as string).slice(0, MAX_DEC_DIGITS + 1)))
    throw malformed(`math/big: cannot unmarshal "${(text as string).slice(0, 100)}" into a *big.Int`);
};

const checkDecBytes: Check = (bytes, depth, budget) =>
  checkDec(new TextDecoder().decode(bytes as Uint8Array), depth, budget);

const checkTime: Check = (value) => {
  const { seconds, nanos } = value as Timestamp;
  if (seconds < FIRST_SECOND || seconds >= END_SECOND || nanos < 0 || nanos >= SECOND_NS)
    throw malformed(`timestamp: seconds:${seconds} nanos:${nanos} is out of range`);
};

const checkDuration: Check = (value) => {
  const { seconds, nanos } = value as Duration;
  const magnitude = seconds < 0n ? -seconds : seconds;
  const mixed = (seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0);
  if (magnitude > MAX_DURATION_SECONDS || Math.abs(nanos) >= SECOND_NS || mixed)
    throw malformed(`duration: seconds:${seconds} nanos:${nanos} is out of range`);
};

const checkPacked =
  (types: ReadonlySet<string>, wanted: string): Check =>
  (value, depth, budget) => {
    const { typeUrl, value: bytes } = value as Any;
    if (depth >= MAX_DEPTH) throw malformed("max depth exceeded");
    if (budget.left === 0) throw malformed("call limit exceeded");
    budget.left--;
    // Go takes a value without a type for none at all.
    if (typeUrl === "") return;
    if (!types.has(typeUrl))
      throw malformed(
        `no concrete type registered for type URL ${typeUrl.slice(0, 200)} against interface ${GO_NAMES[wanted] ?? wanted}`,
      );
    const typeName = typeRegistry.get(typeUrl)!.typeName;
    checkMessage(typeName, codecOf(typeName).decode(bytes) as Fields, depth + 1, budget);
  };
