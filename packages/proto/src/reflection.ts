/**
 * The .proto files themselves, as programs that know none of them ask for: FileDescriptorProtos by file name, by symbol
 * and by extension. A module of its own, for it is large and few need it. Which symbols there are, and which files go
 * with one, is as grpc-go's and the SDK's reflection have it (SDK `server/grpc/gogoreflection`).
 */
import { fromBase64 } from "@cosmjs/encoding";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FileDescriptorProto,
} from "cosmjs-types/google/protobuf/descriptor";
import { FILES } from "./gen/files.ts";

/** A .proto file. */
export interface ProtoFile {
  /** `cosmos/bank/v1beta1/query.proto` */
  readonly name: string;
  /** Its encoded FileDescriptorProto. */
  readonly bytes: Uint8Array;
  /** Names of the files that it imports. */
  readonly imports: readonly string[];
  /** Full names of its messages, nested ones too. */
  readonly messages: readonly string[];
  readonly services: readonly string[];
  /** Full names of all that it declares: messages, fields, oneofs, enums, their values, services, methods, extensions. */
  readonly symbols: readonly string[];
  /** What it adds to messages of others. */
  readonly extensions: readonly { readonly extendee: string; readonly number: number }[];
}

const under = (scope: string, name: string): string => (scope === "" ? name : `${scope}.${name}`);

function parse(bytes: Uint8Array): ProtoFile {
  const file = FileDescriptorProto.decode(bytes);
  const messages: string[] = [];
  const symbols: string[] = [];
  const extensions: { extendee: string; number: number }[] = [];

  function addExtensions(scope: string, fields: readonly FieldDescriptorProto[]): void {
    for (const { name, extendee, number } of fields) {
      symbols.push(under(scope, name));
      extensions.push({ extendee: extendee.replace(/^\./, ""), number });
    }
  }
  function addMessage(scope: string, message: DescriptorProto): void {
    const name = under(scope, message.name);
    messages.push(name);
    symbols.push(name);
    for (const field of message.field) symbols.push(under(name, field.name));
    for (const oneof of message.oneofDecl) symbols.push(under(name, oneof.name));
    for (const nested of message.nestedType) addMessage(name, nested);
    for (const item of message.enumType) addEnum(name, item);
    addExtensions(name, message.extension);
  }
  function addEnum(scope: string, item: { name: string; value: readonly { name: string }[] }): void {
    const name = under(scope, item.name);
    symbols.push(name, ...item.value.map((value) => under(name, value.name)));
  }

  for (const message of file.messageType) addMessage(file.package, message);
  for (const item of file.enumType) addEnum(file.package, item);
  addExtensions(file.package, file.extension);
  const services = file.service.map((service) => {
    const name = under(file.package, service.name);
    symbols.push(name, ...service.method.map((method) => under(name, method.name)));
    return name;
  });
  return { name: file.name, bytes, imports: file.dependency, messages, services, symbols, extensions };
}

const parsed = new Map<string, ProtoFile>();

/** A file by its name. */
export function protoFile(name: string): ProtoFile | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const text = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (text === undefined) return undefined;
  const fresh = parse(fromBase64(text));
  parsed.set(name, fresh);
  return fresh;
}

/** Every file, by name. */
export const protoFiles = (): ProtoFile[] => Object.keys(FILES).flatMap((name) => protoFile(name) ?? []);

/** Where things are declared. */
export interface ProtoIndex {
  /** The file of anything that the served services' files or their imports declare, and of every message. */
  fileOfSymbol(name: string): ProtoFile | undefined;
  hasMessage(name: string): boolean;
  fileOfExtension(extendee: string, number: number): ProtoFile | undefined;
  /** Numbers of all extensions of a message, ascending. */
  extensionNumbers(extendee: string): number[];
}

/** Indexes what belongs to the services named. */
export function createProtoIndex(services: Iterable<string>): ProtoIndex {
  const all = protoFiles();
  const byService = new Map(all.flatMap((file) => file.services.map((name) => [name, file] as const)));
  const byMessage = new Map(all.flatMap((file) => file.messages.map((name) => [name, file] as const)));
  const bySymbol = new Map<string, ProtoFile>();
  const done = new Set<ProtoFile>();
  function add(file: ProtoFile | undefined): void {
    if (file === undefined || done.has(file)) return;
    done.add(file);
    for (const symbol of file.symbols) bySymbol.set(symbol, file);
    for (const name of file.imports) add(protoFile(name));
  }
  for (const service of services) add(byService.get(service));
  const extending = (extendee: string, number?: number) => (file: ProtoFile) =>
    file.extensions.some((e) => e.extendee === extendee && (number === undefined || e.number === number));
  return {
    fileOfSymbol: (name) => bySymbol.get(name) ?? byMessage.get(name),
    hasMessage: (name) => byMessage.has(name),
    fileOfExtension: (extendee, number) => all.find(extending(extendee, number)),
    extensionNumbers: (extendee) =>
      all
        .flatMap((file) => file.extensions.filter((e) => e.extendee === extendee).map((e) => e.number))
        .sort((a, b) => a - b),
  };
}

/** A file and all that it imports, directly or not, nearest first; those in `sent` are left out, unless asked for itself. */
export function withImports(file: ProtoFile, sent: Set<string>): ProtoFile[] {
  const found: ProtoFile[] = [];
  const queued = new Set([file.name]);
  const queue = [file];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.length === 0 || !sent.has(next.name)) {
      sent.add(next.name);
      found.push(next);
    }
    for (const name of next.imports) {
      const imported = protoFile(name);
      if (imported === undefined || queued.has(name)) continue;
      queued.add(name);
      queue.push(imported);
    }
  }
  return found;
}
