/**
 * What a chain tells of itself: its interfaces and their types, its services and messages, its .proto files
 * (SDK `client/grpc/reflection`, `server/grpc/reflection/v2alpha1`, `runtime/services`).
 */
import { BinaryWriter, codecOf, implementationsOf, interfaceNames, typeRegistry } from "@tandem-ics/proto";
import { type Application, GRPC, GrpcError } from "@tandem-ics/runtime";
import {
  ListAllInterfacesResponse,
  ListImplementationsRequest,
  ListImplementationsResponse,
} from "cosmjs-types/cosmos/base/reflection/v1beta1/reflection";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { serviceTable } from "../grpc/method-table.ts";
import type { ServiceMethod, ServiceOptions } from "./service-method.ts";

const V1BETA1 = "/cosmos.base.reflection.v1beta1.ReflectionService";
const V2ALPHA1 = "/cosmos.base.reflection.v2alpha1.ReflectionService";
/** Tag of field 1, and of field 2, with bytes. */
const [FIRST, SECOND] = [(1 << 3) | 2, (2 << 3) | 2];

const SIGN_MODES = [
  SignMode.SIGN_MODE_DIRECT,
  SignMode.SIGN_MODE_DIRECT_AUX,
  SignMode.SIGN_MODE_LEGACY_AMINO_JSON,
] as const;

/** Answer of a method of v2alpha1, named by its noun: `ChainDescriptor`. */
const described = (noun: string, fields: object): Uint8Array => {
  const codec = codecOf(`cosmos.base.reflection.v2alpha1.Get${noun}Response`);
  return codec.encode(codec.fromPartial(fields)).finish();
};

const codecDescriptor = () => ({
  interfaces: interfaceNames().map((fullname) => ({
    fullname,
    interfaceImplementers: implementationsOf(fullname).map((typeUrl) => ({
      fullname: typeRegistry.get(typeUrl)?.typeName ?? typeUrl.slice(1),
      typeUrl,
    })),
  })),
});

const queryServices = (paths: readonly string[]) => ({
  queryServices: Array.from(serviceTable(paths), ([fullname, names]) => ({
    fullname,
    methods: names.map((name) => ({ name, fullQueryPath: `/${fullname}/${name}` })),
  })),
});

/** Module of a service: `bank` of `cosmos.bank.v1beta1.Query`, `ibc` of all of IBC's core. */
function moduleOf(service: string): string {
  const parts = service.split(".").slice(0, -1);
  if (parts[0] === "ibc" && parts[1] === "core") return "ibc";
  return parts.filter((part) => !/^v\d+((alpha|beta)\d+)?$/.test(part)).at(-1) ?? service;
}

/** Services by module; of several versions the finished one. */
function byModule(services: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const service of services) {
    const known = found.get(moduleOf(service));
    if (known === undefined || !/\.v\d+(alpha|beta)\d+\.\w+$/.test(service))
      found.set(moduleOf(service), service);
  }
  return found;
}

/** `AppOptionsResponse`: a map, which the descriptor table has not, of modules to their two services. */
function appOptions(queries: readonly string[], messages: readonly string[]): Uint8Array {
  const query = byModule([...serviceTable(queries).keys()].filter((name) => name.endsWith(".Query")));
  const packages = new Set(messages.map((typeUrl) => typeUrl.slice(1, typeUrl.lastIndexOf("."))));
  const tx = byModule(Array.from(packages, (name) => `${name}.Msg`).sort());
  const writer = BinaryWriter.create();
  const service = (tag: number, name: string | undefined): void => {
    if (name !== undefined) writer.uint32(tag).fork().uint32(FIRST).string(name).ldelim();
  };
  for (const module of [...new Set([...query.keys(), ...tx.keys()])].sort()) {
    writer.uint32(FIRST).fork().uint32(FIRST).string(module).uint32(SECOND).fork();
    service(FIRST, tx.get(module));
    service(SECOND, query.get(module));
    writer.ldelim().ldelim();
  }
  return writer.finish();
}

async function fileDescriptors(): Promise<Uint8Array> {
  const { protoFiles } = await import("@tandem-ics/proto/reflection");
  const writer = BinaryWriter.create();
  for (const { bytes } of protoFiles()) writer.uint32(FIRST).bytes(bytes);
  return writer.finish();
}

/** Methods of the services. `paths`: all that are served, in the end. */
export function reflectionServices(
  { app, chainId }: { readonly app: Pick<Application, "services">; readonly chainId: string },
  { bech32Prefix }: ServiceOptions,
  paths: () => readonly string[],
): Record<string, ServiceMethod> {
  return {
    [`${V1BETA1}/ListAllInterfaces`]: () =>
      ListAllInterfacesResponse.encode({ interfaceNames: interfaceNames() }).finish(),
    [`${V1BETA1}/ListImplementations`]: (data) => {
      const { interfaceName } = ListImplementationsRequest.decode(data);
      if (interfaceName === "") throw new GrpcError(GRPC.invalidArgument, "invalid interface name");
      const implementationMessageNames = implementationsOf(interfaceName);
      return ListImplementationsResponse.encode({ implementationMessageNames }).finish();
    },
    [`${V2ALPHA1}/GetAuthnDescriptor`]: () =>
      described("AuthnDescriptor", {
        authn: { signModes: SIGN_MODES.map((number) => ({ name: SignMode[number], number })) },
      }),
    [`${V2ALPHA1}/GetChainDescriptor`]: () => described("ChainDescriptor", { chain: { id: chainId } }),
    [`${V2ALPHA1}/GetCodecDescriptor`]: () => described("CodecDescriptor", { codec: codecDescriptor() }),
    [`${V2ALPHA1}/GetConfigurationDescriptor`]: () =>
      described("ConfigurationDescriptor", { config: { bech32AccountAddressPrefix: bech32Prefix } }),
    [`${V2ALPHA1}/GetQueryServicesDescriptor`]: () =>
      described("QueryServicesDescriptor", { queries: queryServices(paths()) }),
    [`${V2ALPHA1}/GetTxDescriptor`]: () =>
      described("TxDescriptor", {
        tx: {
          fullname: "cosmos.tx.v1beta1.Tx",
          msgs: app.services.messages.map((msgTypeUrl) => ({ msgTypeUrl })),
        },
      }),
    "/cosmos.reflection.v1.ReflectionService/FileDescriptors": fileDescriptors,
    "/cosmos.autocli.v1.Query/AppOptions": () => appOptions(app.services.queries, app.services.messages),
  };
}
