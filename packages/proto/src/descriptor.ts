/**
 * The schema at run time: fields, enums and services of every message that our chains use, with the gogoproto
 * and amino options that change bytes or JSON. Parsed from gen/descriptors.ts on first use.
 */
import { ProtoError } from "./errors.ts";
import { ENUMS, MESSAGES, SERVICES } from "./gen/descriptors.ts";

/** Protobuf scalar types that occur, plus message and enum. */
export type FieldKind =
  | "string"
  | "bytes"
  | "bool"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "message"
  | "enum";

/** A field as declared. */
export type FieldDescriptor = {
  /** Name in the .proto file, which is also the SDK's JSON name (`top_N`, `preCCV`). */
  readonly name: string;
  /** Name in TypeScript objects, also accepted in JSON input (`topN`). */
  readonly property: string;
  readonly number: number;
  readonly kind: FieldKind;
  /** Full name of the message or enum, else "". */
  readonly type: string;
  readonly repeated: boolean;
  /** Go holds a value, not a pointer: always written, never absent in JSON output. */
  readonly nonNullable: boolean;
  /** `dec`: wire text is x·10^18; `int`: decimal text; `hex`: bytes shown as upper-case hex in JSON. */
  readonly custom: "dec" | "int" | "hex" | undefined;
  /** Go type is time.Time: the zero value is year 1, not 1970. */
  readonly stdTime: boolean;
  readonly oneof: string | undefined;
  readonly amino: {
    readonly name: string;
    /** Written even when empty (`amino.dont_omitempty`). */
    readonly keepEmpty: boolean;
    /** An empty list is `[]`, not `null` (`legacy_coins`). */
    readonly emptyList: boolean;
    readonly scalar: "dec" | "int" | undefined;
    /** Amino name of this case of its oneof. */
    readonly oneofCase: string | undefined;
  };
  /** Interface that an Any in this field must implement, such as `cosmos.crypto.PubKey`. */
  readonly accepts: string | undefined;
};

/** A message as declared, fields in declaration order (which is the order of its JSON). */
export type MessageDescriptor = {
  readonly fullName: string;
  readonly fields: readonly FieldDescriptor[];
  readonly byNumber: ReadonlyMap<number, FieldDescriptor>;
  /** By declared name and by property name. */
  readonly byName: ReadonlyMap<string, FieldDescriptor>;
  /** Legacy amino name; undefined if it has none (then its type URL stands in). */
  readonly aminoName: string | undefined;
  /** Special amino JSON form: `key_field`, `module_account` or `threshold_string`. */
  readonly aminoEncoding: string | undefined;
  /** Names of the fields that hold the signers (`cosmos.msg.v1.signer`). */
  readonly signers: readonly string[];
  /** Oneofs are `{$case, value}` (our generated types) rather than flat properties (cosmjs-types). */
  readonly unionOneofs: boolean;
};

/** An enum; several names may not share a number here. */
export type EnumDescriptor = {
  readonly fullName: string;
  readonly numberOf: ReadonlyMap<string, number>;
  readonly nameOf: ReadonlyMap<number, string>;
};

/** One gRPC method. */
export type MethodDescriptor = {
  /** Full service name, such as `cosmos.bank.v1beta1.Query`. */
  readonly service: string;
  readonly name: string;
  /** `/service/name`, the gRPC path and the ABCI query path. */
  readonly path: string;
  readonly request: string;
  readonly response: string;
  /** Route of the REST gateway, with `{field}` placeholders; undefined for Msg services. */
  readonly http: { readonly verb: "get" | "post"; readonly path: string } | undefined;
};

// One field in the table: `name=number [*]type flag…`; a type is a scalar, `.message` or `#enum`.
function parseField(text: string): FieldDescriptor {
  const [nameAndNumber = "", typeText = "", ...flags] = text.split(" ");
  const [name = "", number = ""] = nameAndNumber.split("=");
  const type = typeText.replace(/^\*/, "");
  const has = (flag: string): boolean => flags.includes(flag);
  const value = (prefix: string): string | undefined =>
    flags.find((flag) => flag.startsWith(`${prefix}:`))?.slice(prefix.length + 1);
  const kind = type.startsWith(".") ? "message" : type.startsWith("#") ? "enum" : (type as FieldKind);
  return {
    name,
    property: name.replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase()),
    number: Number(number),
    kind,
    type: kind === "message" || kind === "enum" ? type.slice(1) : "",
    repeated: typeText.startsWith("*"),
    nonNullable: has("!"),
    custom: has("dec") ? "dec" : has("int") ? "int" : has("hex") ? "hex" : undefined,
    stdTime: has("time"),
    oneof: value("oneof"),
    amino: {
      name: value("amino") ?? name,
      keepEmpty: has("keep"),
      emptyList: has("coins"),
      scalar: has("aminodec") ? "dec" : has("aminoint") ? "int" : undefined,
      oneofCase: value("case"),
    },
    accepts: value("accepts"),
  };
}

function parseMessage(fullName: string, text: string): MessageDescriptor {
  const [head = "", ...rest] = text.split(";");
  const words = head.split(" ");
  const value = (prefix: string): string | undefined =>
    words.find((word) => word.startsWith(`${prefix}:`))?.slice(prefix.length + 1);
  const fields = rest.map(parseField);
  return {
    fullName,
    fields,
    byNumber: new Map(fields.map((f) => [f.number, f])),
    byName: new Map([
      ...fields.map((f) => [f.property, f] as const),
      ...fields.map((f) => [f.name, f] as const),
    ]),
    aminoName: value("amino"),
    aminoEncoding: value("encoding"),
    signers: words.filter((word) => word.startsWith("signer:")).map((word) => word.slice(7)),
    unionOneofs: words.includes("union"),
  };
}

function parseEnum(fullName: string, text: string): EnumDescriptor {
  const values = text.split(" ").map((value): [string, number] => {
    const [name = "", number = ""] = value.split("=");
    return [name, Number(number)];
  });
  return {
    fullName,
    numberOf: new Map(values),
    nameOf: new Map(values.map(([name, number]) => [number, name])),
  };
}

function lookup<T>(table: Readonly<Record<string, string>>, parse: (name: string, text: string) => T) {
  const parsed = new Map<string, T>();
  return (fullName: string): T | undefined => {
    const known = parsed.get(fullName);
    if (known !== undefined) return known;
    const text = Object.hasOwn(table, fullName) ? table[fullName] : undefined;
    if (text === undefined) return undefined;
    const fresh = parse(fullName, text);
    parsed.set(fullName, fresh);
    return fresh;
  };
}
const messages = lookup(MESSAGES, parseMessage);
const enums = lookup(ENUMS, parseEnum);

/** True if the message is described. `fullName` has no leading slash. */
export const hasMessage = (fullName: string): boolean => Object.hasOwn(MESSAGES, fullName);

/** Throws {@link ProtoError} `unknown-type`. */
export function messageDescriptor(fullName: string): MessageDescriptor {
  const found = messages(fullName);
  if (found === undefined)
    throw new ProtoError("unknown-type", `unknown message type ${JSON.stringify(fullName)}`);
  return found;
}

/** Throws {@link ProtoError} `unknown-type`. */
export function enumDescriptor(fullName: string): EnumDescriptor {
  const found = enums(fullName);
  if (found === undefined)
    throw new ProtoError("unknown-type", `unknown enum type ${JSON.stringify(fullName)}`);
  return found;
}

/** Full names of all described messages, sorted. */
export const messageNames = (): string[] => Object.keys(MESSAGES);

function parseService(service: string, text: string): MethodDescriptor[] {
  return text.split(";").map((method): MethodDescriptor => {
    const [name = "", request = "", response = "", verb, path] = method.split(" ");
    const http =
      path === undefined ? undefined : { verb: verb === "post" ? ("post" as const) : ("get" as const), path };
    return { service, name, path: `/${service}/${name}`, request, response, http };
  });
}

let allMethods: readonly MethodDescriptor[] | undefined;

/** Every gRPC method (Msg and Query services and the SDK's own), by service, then as declared. */
export function methods(): readonly MethodDescriptor[] {
  allMethods ??= Object.entries(SERVICES).flatMap(([service, text]) => parseService(service, text));
  return allMethods;
}
