/** Server reflection as grpcurl uses it, and the SDK's own reflection services. */

import type { Node } from "@tandem-ics/node";
import { codecOf } from "@tandem-ics/proto";
import { protoFiles } from "@tandem-ics/proto/reflection";
import {
  ListAllInterfacesResponse,
  ListImplementationsRequest,
  ListImplementationsResponse,
} from "cosmjs-types/cosmos/base/reflection/v1beta1/reflection";
import { FileDescriptorProto } from "cosmjs-types/google/protobuf/descriptor";
import { createBankNode } from "../rpc/bank-chain.ts";
import { createClient, type TestClient } from "./client.ts";

const BANK = "cosmos.bank.v1beta1";
let node: Node;
let client: TestClient;

beforeAll(async () => {
  node = createBankNode({ accounts: [] });
  node.start();
  node.produceBlock();
  client = createClient((await node.listenGrpc()).port);
}, 60_000);
afterAll(async () => {
  client?.close();
  await node?.stop();
});

const namesOf = (files: readonly Uint8Array[] | undefined): string[] =>
  (files ?? []).map((bytes) => FileDescriptorProto.decode(bytes).name);

describe.each(["v1", "v1alpha"])("grpc.reflection.%s", (version) => {
  test("lists the services that are served", async () => {
    const [answer] = await client.reflect(version, { host: "here", listServices: "*" });
    const names = answer!.listServicesResponse!.service.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(
      expect.arrayContaining([
        `${BANK}.Query`,
        "cosmos.tx.v1beta1.Service",
        "cosmos.base.tendermint.v1beta1.Service",
        `grpc.reflection.${version}.ServerReflection`,
      ]),
    );
    expect(names).not.toContain("cosmos.staking.v1beta1.Query");
    expect([answer!.validHost, answer!.originalRequest]).toMatchObject([
      "here",
      { host: "here", listServices: "*" },
    ]);
  });

  test("gives a file with all that it imports, each once a stream", async () => {
    const query = "cosmos/bank/v1beta1/query.proto";
    const [first, second] = await client.reflect(
      version,
      { fileContainingSymbol: `${BANK}.Query` },
      { fileByFilename: "cosmos/bank/v1beta1/bank.proto" },
    );
    const names = namesOf(first!.fileDescriptorResponse?.fileDescriptorProto);
    expect(names[0]).toBe(query);
    expect(names).toEqual(
      expect.arrayContaining([
        "cosmos/bank/v1beta1/bank.proto",
        "google/api/http.proto",
        "google/protobuf/descriptor.proto",
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
    // what is asked for is sent again, what it imports is not
    expect(namesOf(second!.fileDescriptorResponse?.fileDescriptorProto)).toEqual([
      "cosmos/bank/v1beta1/bank.proto",
    ]);
  });

  test.each([
    ["a method", `${BANK}.Query.Balance`],
    ["a message", `${BANK}.QueryBalanceRequest`],
    ["a field", `${BANK}.QueryBalanceRequest.address`],
    ["a message of no service", `${BANK}.MsgSend`],
  ])("finds %s", async (_, fileContainingSymbol) => {
    const [answer] = await client.reflect(version, { fileContainingSymbol });
    expect(namesOf(answer!.fileDescriptorResponse?.fileDescriptorProto)[0]).toMatch(/^cosmos\/bank\//);
  });

  test("finds extensions", async () => {
    const field = "google.protobuf.FieldOptions";
    const [numbers, file] = await client.reflect(
      version,
      { allExtensionNumbersOfType: field },
      { fileContainingExtension: { containingType: field, extensionNumber: 65_001 } },
    );
    expect(numbers!.allExtensionNumbersResponse!.extensionNumber).toContain(65_001);
    expect(namesOf(file!.fileDescriptorResponse?.fileDescriptorProto)[0]).toBe("gogoproto/gogo.proto");
  });

  test.each([
    [{ fileByFilename: "no.proto" }, "unknown file: no.proto"],
    [{ fileContainingSymbol: "no.Such" }, "unknown symbol: no.Such"],
    // transactions go another way: their services are not served
    [{ fileContainingSymbol: `${BANK}.Msg` }, `unknown symbol: ${BANK}.Msg`],
    [{ allExtensionNumbersOfType: "no.Such" }, 'unknown type: "no.Such"'],
    [
      { fileContainingExtension: { containingType: "google.protobuf.FieldOptions", extensionNumber: 1 } },
      "failed to find registered extension for extension number 1",
    ],
  ])("answers %j by NotFound and goes on", async (request, errorMessage) => {
    const [refused, listed] = await client.reflect(version, request, { listServices: "" });
    expect(refused!.errorResponse).toEqual({ errorCode: 5, errorMessage });
    expect(listed!.listServicesResponse!.service.length).toBeGreaterThan(5);
  });

  test("ends a stream that asks for nothing", async () => {
    await expect(client.reflect(version, { host: "x" })).rejects.toMatchObject({ code: 3 });
  });
});

test("every file's imports are there", () => {
  const names = new Set(protoFiles().map(({ name }) => name));
  expect(names.size).toBeGreaterThan(100);
  for (const { name, imports } of protoFiles())
    for (const imported of imports)
      expect([name, imported, names.has(imported)]).toEqual([name, imported, true]);
});

describe("the SDK's reflection", () => {
  const ask = async (path: string, data?: Uint8Array) => {
    const { code, value } = await client.call(path, data);
    expect([path, code]).toEqual([path, 0]);
    return value;
  };
  const v2 = async (noun: string): Promise<object> =>
    codecOf(`cosmos.base.reflection.v2alpha1.Get${noun}Response`).decode(
      await ask(`/cosmos.base.reflection.v2alpha1.ReflectionService/Get${noun}`),
    ) as object;

  test("tells interfaces and their types", async () => {
    const service = "/cosmos.base.reflection.v1beta1.ReflectionService";
    const { interfaceNames } = ListAllInterfacesResponse.decode(await ask(`${service}/ListAllInterfaces`));
    expect(interfaceNames).toContain("cosmos.crypto.PubKey");
    const request = ListImplementationsRequest.encode({ interfaceName: "cosmos.crypto.PubKey" }).finish();
    const { implementationMessageNames } = ListImplementationsResponse.decode(
      await ask(`${service}/ListImplementations`, request),
    );
    expect(implementationMessageNames).toContain("/cosmos.crypto.secp256k1.PubKey");
    expect((await client.call(`${service}/ListImplementations`)).code).toBe(3);
  });

  test("describes chain, prefix, sign modes, codec, queries and messages", async () => {
    expect(await v2("ChainDescriptor")).toMatchObject({ chain: { id: node.chainId } });
    expect(await v2("ConfigurationDescriptor")).toMatchObject({
      config: { bech32AccountAddressPrefix: "cosmos" },
    });
    expect(await v2("AuthnDescriptor")).toMatchObject({
      authn: {
        signModes: [
          { name: "SIGN_MODE_DIRECT", number: 1 },
          { name: "SIGN_MODE_DIRECT_AUX", number: 3 },
          { name: "SIGN_MODE_LEGACY_AMINO_JSON", number: 127 },
        ],
      },
    });
    const { queries } = (await v2("QueryServicesDescriptor")) as {
      queries: { queryServices: { fullname: string; methods: { fullQueryPath: string }[] }[] };
    };
    const bank = queries.queryServices.find(({ fullname }) => fullname === `${BANK}.Query`);
    expect(bank?.methods.map((m) => m.fullQueryPath)).toContain(`/${BANK}.Query/Balance`);
    const { tx } = (await v2("TxDescriptor")) as { tx: { fullname: string; msgs: { msgTypeUrl: string }[] } };
    expect(tx.fullname).toBe("cosmos.tx.v1beta1.Tx");
    expect(tx.msgs.map((m) => m.msgTypeUrl)).toContain(`/${BANK}.MsgSend`);
    expect(await v2("CodecDescriptor")).toMatchObject({
      codec: {
        interfaces: expect.arrayContaining([expect.objectContaining({ fullname: "cosmos.crypto.PubKey" })]),
      },
    });
  });

  test("hands out every file, and each module's services", async () => {
    const files = await ask("/cosmos.reflection.v1.ReflectionService/FileDescriptors");
    expect(files.length).toBeGreaterThan(100_000);
    const options = Buffer.from(await ask("/cosmos.autocli.v1.Query/AppOptions")).toString("latin1");
    for (const text of ["bank", `${BANK}.Query`, `${BANK}.Msg`]) expect(options).toContain(text);
  });
});
