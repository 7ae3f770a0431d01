import { readdirSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "@cosmjs/encoding";
import fc from "fast-check";
import protobuf from "protobufjs";
import {
  codecOf,
  type FieldDescriptor,
  fromProtoJson,
  messageDescriptor,
  messageNames,
  parseJson,
  toProtoJson,
  toProtoJsonText,
} from "./index.ts";
import { defaultValue, getField, type MessageObject, setField } from "./message.ts";

// The second opinion: protobufjs reflecting the same .proto files.
const protoDir = join(__dirname, "../../../proto");
// The files import it for the definition of options, which reflection does not need.
const options = (name: string): object => ({ [name]: { fields: {}, extensions: [[1, 536_870_911]] } });
protobuf.common("google/protobuf/descriptor.proto", {
  nested: {
    google: {
      nested: {
        protobuf: {
          nested: {
            FileDescriptorProto: { fields: {} },
            ...options("FieldOptions"),
            ...options("MessageOptions"),
            ...options("MethodOptions"),
            ...options("ServiceOptions"),
          },
        },
      },
    },
  },
});
const root = new protobuf.Root();
root.resolvePath = (_, target) => (target.startsWith("/") ? target : join(protoDir, target));
root.loadSync(
  (readdirSync(protoDir, { recursive: true }) as string[]).filter((f) => f.endsWith(".proto")),
  { keepCase: true },
);

const MAX_DEPTH = 3;
const int = (bits: number, signed: boolean): fc.Arbitrary<bigint> => {
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const edges = [min, -1n, 0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, max];
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...edges.filter((v) => v >= min && v <= max)));
};
const bytes = fc.uint8Array({ maxLength: 40 });
const decimal = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String);

/** Values of one field, as they stand in our objects. */
function arbitraryValue(field: FieldDescriptor, depth: number): fc.Arbitrary<unknown> {
  if (field.custom === "dec" || field.custom === "int") {
    return field.kind === "bytes" ? decimal.map((text) => new TextEncoder().encode(text)) : decimal;
  }
  switch (field.kind) {
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 12 });
    case "bytes":
      return bytes;
    case "bool":
      return fc.boolean();
    case "int32":
      return int(32, true).map(Number);
    case "uint32":
      return int(32, false).map(Number);
    case "int64":
      return int(64, true);
    case "uint64":
      return int(64, false);
    case "enum":
      return fc.constantFrom(
        ...(root.lookupEnum(field.type).values ? Object.values(root.lookupEnum(field.type).values) : [0]),
      );
    case "message":
      return arbitraryMessage(field.type, depth + 1);
  }
}

const TIMES: Record<string, fc.Arbitrary<unknown>> = {
  "google.protobuf.Timestamp": fc.record({
    seconds: fc.oneof(
      fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }),
      fc.bigInt({ min: 2n ** 31n, max: 2n ** 32n }),
    ),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
  }),
  "google.protobuf.Duration": fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((ns) => ({
    seconds: ns / 1_000_000_000n,
    nanos: Number(ns % 1_000_000_000n),
  })),
};

function arbitraryMessage(typeName: string, depth = 0): fc.Arbitrary<MessageObject> {
  const time = TIMES[typeName];
  if (time !== undefined) return time as fc.Arbitrary<MessageObject>;
  const descriptor = messageDescriptor(typeName);
  const oneofs = [...new Set(descriptor.fields.flatMap((f) => (f.oneof === undefined ? [] : [f.oneof])))];
  const chosen = fc.tuple(
    ...oneofs.map((name) => fc.constantFrom(undefined, ...descriptor.fields.filter((f) => f.oneof === name))),
  );
  return chosen.chain((cases) => {
    const values = descriptor.fields.map((field): fc.Arbitrary<unknown> => {
      const deep = field.kind === "message" && depth >= MAX_DEPTH;
      if (field.oneof !== undefined)
        return cases.includes(field) && !deep ? arbitraryValue(field, depth) : fc.constant(undefined);
      if (field.repeated)
        return deep ? fc.constant([]) : fc.array(arbitraryValue(field, depth), { maxLength: 2 });
      if (field.kind !== "message" || field.nonNullable) return arbitraryValue(field, depth);
      return deep ? fc.constant(undefined) : fc.option(arbitraryValue(field, depth), { nil: undefined });
    });
    return fc.tuple(...values).map((list) => {
      const message: MessageObject = {};
      descriptor.fields.forEach((field, i) => {
        if (list[i] !== undefined || field.oneof === undefined) setField(message, field, descriptor, list[i]);
        else if (!descriptor.unionOneofs) message[field.property] = undefined;
      });
      for (const name of descriptor.unionOneofs ? oneofs : []) message[name] ??= undefined;
      return message;
    });
  });
}

const low32 = (value: bigint): { low: number; high: number } => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
});

function referenceValue(field: FieldDescriptor, value: unknown): unknown {
  if (typeof value === "bigint") return low32(value);
  return field.kind === "message" ? reference(field.type, value as MessageObject) : value;
}

/** The object for protobufjs, which writes whatever property is there: so only what Go would write. */
function reference(typeName: string, message: MessageObject): Record<string, unknown> {
  const descriptor = messageDescriptor(typeName);
  const out: Record<string, unknown> = {};
  for (const field of descriptor.fields) {
    const value = getField(message, field, descriptor);
    if (value === undefined) continue;
    if (field.repeated) {
      if ((value as unknown[]).length > 0)
        out[field.name] = (value as unknown[]).map((item) => referenceValue(field, item));
      continue;
    }
    const empty =
      value instanceof Uint8Array
        ? value.length === 0
        : value === 0 || value === 0n || value === "" || value === false;
    if (empty && field.oneof === undefined) {
      if (field.nonNullable && field.custom !== "hex") out[field.name] = defaultValue(field);
      continue;
    }
    out[field.name] = referenceValue(field, value);
  }
  return out;
}

const ics = messageNames().filter((name) => name.startsWith("interchain_security."));
const upstream = messageNames().filter((name) => !ics.includes(name));
// gogoproto's jsonpb and ours agree on these only for values that are in range of their text form.
const hasJson = (name: string): boolean => !name.startsWith("google.protobuf.");

describe("our codec writes what protobufjs writes and reads it back", () => {
  test.each(ics)("%s", (typeName) => {
    const codec = codecOf(typeName);
    fc.assert(
      fc.property(arbitraryMessage(typeName), (message) => {
        const ours = codec.encode(message).finish();
        const theirs = root.lookupType(typeName).encode(reference(typeName, message)).finish();
        expect(toHex(ours)).toBe(toHex(theirs));
        expect(codec.decode(ours)).toEqual(message);
      }),
      { numRuns: 25 },
    );
  });
});

test("messages of cosmjs-types have the fields and bytes that our .proto files say", () => {
  for (const typeName of upstream) {
    const codec = codecOf(typeName);
    fc.assert(
      fc.property(arbitraryMessage(typeName), (message) => {
        const ours = codec.encode(message).finish();
        const theirs = root.lookupType(typeName).encode(reference(typeName, message)).finish();
        expect([typeName, toHex(ours)]).toEqual([typeName, toHex(theirs)]);
        // A TxBody of cosmjs-types has two fields of later SDK versions.
        expect([typeName, codec.decode(ours)]).toMatchObject([typeName, message]);
      }),
      { numRuns: 5 },
    );
  }
});

/** Any values must contain a known type to have a JSON form. */
const withoutAny = (typeName: string, seen = new Set<string>()): boolean => {
  if (typeName === "google.protobuf.Any") return false;
  if (seen.has(typeName)) return true;
  seen.add(typeName);
  return messageDescriptor(typeName).fields.every((f) => f.kind !== "message" || withoutAny(f.type, seen));
};

test("proto JSON of every message is read back to the same message", () => {
  for (const typeName of [...ics, ...upstream].filter((name) => hasJson(name) && withoutAny(name))) {
    fc.assert(
      fc.property(arbitraryMessage(typeName), (message) => {
        expect([typeName, fromProtoJson(typeName, toProtoJson(typeName, message))]).toEqual([
          typeName,
          message,
        ]);
        expect([typeName, fromProtoJson(typeName, parseJson(toProtoJsonText(typeName, message)))]).toEqual([
          typeName,
          message,
        ]);
      }),
      { numRuns: 4 },
    );
  }
});
