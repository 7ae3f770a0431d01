/** The buf image (a FileDescriptorSet with resolved options) as the few facts that generation needs. */

/** A field as declared, with the options that change bytes or JSON. */
export type FieldModel = {
  name: string;
  /** Property name in generated code: the lowerCamelCase of `name` (ExecTxResult's `json_name` does not matter). */
  property: string;
  number: number;
  /** `TYPE_…` without the prefix, lower case: `string`, `uint64`, `message`, `enum`, … */
  kind: string;
  /** Full name of the message or enum; undefined for scalars. */
  type?: string;
  repeated: boolean;
  /** Name of the oneof it belongs to. */
  oneof?: string;
  /** Declared `optional`. */
  optional: boolean;
  options: Readonly<Record<string, unknown>>;
};
export type MessageModel = {
  fullName: string;
  file: string;
  fields: FieldModel[];
  mapEntry: boolean;
  options: Readonly<Record<string, unknown>>;
};
export type EnumModel = { fullName: string; file: string; values: [string, number][] };
export type MethodModel = {
  name: string;
  input: string;
  output: string;
  http?: { verb: string; path: string };
};
export type ServiceModel = { fullName: string; file: string; methods: MethodModel[] };
export type FileModel = { name: string; package: string; generated: boolean };
export type ImageModel = {
  files: FileModel[];
  messages: Map<string, MessageModel>;
  enums: Map<string, EnumModel>;
  services: ServiceModel[];
};

type Json = Record<string, unknown>;
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const options = (value: Json): Json => (value["options"] ?? {}) as Json;

/** True for a singular message or custom-type field that Go holds by value and therefore always writes. */
export const isNonNullable = (field: FieldModel): boolean => field.options["[gogoproto.nullable]"] === false;

/** Parses the JSON form of `buf build -o image.json`. */
export function loadImage(json: string): ImageModel {
  const image: ImageModel = { files: [], messages: new Map(), enums: new Map(), services: [] };
  for (const file of list((JSON.parse(json) as Json)["file"])) {
    const name = text(file["name"]);
    const pkg = text(file["package"]);
    image.files.push({ name, package: pkg, generated: name.startsWith("interchain_security/") });
    for (const message of list(file["messageType"])) addMessage(image, name, pkg, message);
    for (const e of list(file["enumType"])) addEnum(image, name, pkg, e);
    for (const s of list(file["service"])) image.services.push(service(name, pkg, s));
  }
  return image;
}

function addMessage(image: ImageModel, file: string, scope: string, message: Json): void {
  const fullName = `${scope}.${text(message["name"])}`;
  const oneofs = list(message["oneofDecl"]).map((o) => text(o["name"]));
  image.messages.set(fullName, {
    fullName,
    file,
    mapEntry: options(message)["mapEntry"] === true,
    options: options(message),
    fields: list(message["field"]).map((f) => field(f, oneofs)),
  });
  for (const nested of list(message["nestedType"])) addMessage(image, file, fullName, nested);
  for (const e of list(message["enumType"])) addEnum(image, file, fullName, e);
}

/** protoc's rule: an underscore goes, the letter after it becomes a capital; nothing else changes. */
const camelCase = (name: string): string =>
  name.replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase());

function field(f: Json, oneofs: string[]): FieldModel {
  const optional = f["proto3Optional"] === true;
  const oneof = typeof f["oneofIndex"] === "number" && !optional ? oneofs[f["oneofIndex"]] : undefined;
  return {
    name: text(f["name"]),
    property: camelCase(text(f["name"])),
    number: Number(f["number"]),
    kind: text(f["type"])
      .replace(/^TYPE_/, "")
      .toLowerCase(),
    ...(f["typeName"] ? { type: text(f["typeName"]).slice(1) } : {}),
    repeated: f["label"] === "LABEL_REPEATED",
    ...(oneof !== undefined ? { oneof } : {}),
    optional,
    options: options(f),
  };
}

function addEnum(image: ImageModel, file: string, scope: string, e: Json): void {
  const fullName = `${scope}.${text(e["name"])}`;
  const values = list(e["value"]).map((v): [string, number] => [text(v["name"]), Number(v["number"] ?? 0)]);
  image.enums.set(fullName, { fullName, file, values });
}

function service(file: string, pkg: string, s: Json): ServiceModel {
  const methods = list(s["method"]).map((m): MethodModel => {
    const rule = (options(m)["[google.api.http]"] ?? {}) as Json;
    const verb = ["get", "post"].find((v) => typeof rule[v] === "string");
    return {
      name: text(m["name"]),
      input: text(m["inputType"]).slice(1),
      output: text(m["outputType"]).slice(1),
      ...(verb !== undefined ? { http: { verb, path: text(rule[verb]) } } : {}),
    };
  });
  return { fullName: `${pkg}.${text(s["name"])}`, file, methods };
}
