/**
 * Recorded gRPC answers against those of our chains to the same requests, over the port: what was recorded is there, of the
 * same kind. And the services and methods that reflection tells of.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonValue } from "@tandem-ics/comet";
import { codecOf, fromProtoJson, methods, toProtoJson } from "@tandem-ics/proto";
import { FileDescriptorProto, type ServiceDescriptorProto } from "cosmjs-types/google/protobuf/descriptor";
import { testEach } from "../each.ts";
import { createClient, type TestClient } from "../grpc/client.ts";
import { goldenDir, recordedGrpc } from "./files.ts";
import { differences } from "./structure.ts";
import { chainOf, createNetwork, type Network, NotGiven, type Subject } from "./subject.ts";

let network: Network;
const clients = new Map<Subject, TestClient>();
const notGiven: string[] = [];

beforeAll(async () => {
  network = await createNetwork();
  for (const subject of [network.provider, network.consumer])
    clients.set(subject, createClient((await subject.node.listenGrpc()).port));
}, 60_000);
afterAll(async () => {
  for (const client of clients.values()) client.close();
  await network?.stop();
  if (notGiven.length > 0)
    process.stdout.write(
      `gRPC answers that the network cannot give:\n${notGiven.map((n) => `  ${n}\n`).join("")}`,
    );
});

/** Member names without case and underscores, and decimals unscaled: as far as two printers of protobuf JSON agree. */
function common(json: unknown): JsonValue {
  if (Array.isArray(json)) return json.map(common);
  if (typeof json === "bigint") return Number(json);
  if (typeof json === "string") return /^\d+\.\d{18}$/.test(json) ? json.replace(".", "") : json;
  if (typeof json !== "object" || json === null) return json as JsonValue;
  const members = Object.entries(json).map(([name, value]) => [
    name.replaceAll("_", "").toLowerCase(),
    common(value),
  ]);
  return Object.fromEntries(members) as JsonValue;
}

const calls = recordedGrpc();
(calls.length > 0 ? describe : describe.skip)("gRPC", () => {
  testEach(calls.map(({ name, json }) => [name, json] as const))(
    "%s",
    async (name, { method, request, response }) => {
      const path = `/${method.replace(/\.(\w+)$/, "/$1")}`.replace("//", "/");
      const [service, rpc] = path.slice(1).split("/");
      const found = methods().find((m) => m.service === service && m.name === rpc);
      expect(found).toBeDefined();
      const bytes = codecOf(found!.request)
        .encode(fromProtoJson(found!.request, request as never))
        .finish();
      const { code, details, value } = await clients.get(chainOf(network, name))!.call(path, bytes);
      if (code !== 0) {
        notGiven.push(`${name}: ${new NotGiven(details).message}`);
        return;
      }
      const ours = toProtoJson(found!.response, codecOf(found!.response).decode(value));
      // grpcurl leaves out zero values, so more may stand here than was recorded
      const wrong = differences(common(response), common(ours)).filter(
        (line) => !line.endsWith("not recorded"),
      );
      expect(wrong).toEqual([]);
    },
  );
});

/** Of the recorded services: that of the SDK's own tests. */
const NOT_HERE = ["testpb.Query"];
/** Go servers have reflection under its older name only. */
const MORE_HERE = ["grpc.reflection.v1.ServerReflection"];
/** A Go consumer does not serve consensus parameters. */
const MORE_ON_CONSUMERS = ["cosmos.consensus.v1.Query"];
const ICS = "interchain_security.ccv";

describe.each([
  ["provider", `${ICS}.provider.v1`],
  ["consumer", `${ICS}.consumer.v1`],
] as const)("reflection of a %s", (kind, ccv) => {
  const moreHere = [...MORE_HERE, ...(kind === "consumer" ? MORE_ON_CONSUMERS : [])];
  const recorded = (file: string): string => join(goldenDir, kind, "grpc", file);
  const linesOf = (file: string): string[] => readFileSync(recorded(file), "utf8").trim().split("\n");
  const testOf = (...files: string[]): typeof test =>
    files.every((file) => existsSync(recorded(file))) ? test : (test.skip as unknown as typeof test);
  const client = (): TestClient => clients.get(network[kind])!;

  async function services(): Promise<string[]> {
    const [answer] = await client().reflect("v1alpha", { listServices: "*" });
    return answer!.listServicesResponse!.service.map(({ name }) => name);
  }
  async function describeService(name: string): Promise<ServiceDescriptorProto> {
    const [answer] = await client().reflect("v1alpha", { fileContainingSymbol: name });
    const files = answer!.fileDescriptorResponse!.fileDescriptorProto.map((b) =>
      FileDescriptorProto.decode(b),
    );
    const file = files[0]!;
    return file.service.find((service) => `${file.package}.${service.name}` === name)!;
  }

  testOf("services.txt")("names the recorded services", async () => {
    const expected = [...linesOf("services.txt").filter((name) => !NOT_HERE.includes(name)), ...moreHere];
    expect(await services()).toEqual(expected.sort());
  });

  testOf("methods.txt")("describes the recorded methods, and only such as are served", async () => {
    const ours: string[] = [];
    for (const service of await services())
      for (const { name } of (await describeService(service)).method) ours.push(`${service}.${name}`);
    const ofOthers = (method: string): boolean =>
      [...NOT_HERE, ...moreHere].includes(method.slice(0, method.lastIndexOf(".")));
    expect(ours.filter((m) => !ofOthers(m)).sort()).toEqual(
      linesOf("methods.txt")
        .filter((m) => !ofOthers(m))
        .sort(),
    );
    for (const method of ours.filter((m) => !m.startsWith("grpc."))) {
      const { details } = await client().call(`/${method.replace(/\.(\w+)$/, "/$1")}`);
      expect(details).not.toMatch(/^unknown (service|method)/);
    }
  });

  testOf("describe_ccv.txt")("describes CCV as recorded", async () => {
    const { method } = await describeService(`${ccv}.Query`);
    const text = readFileSync(recorded("describe_ccv.txt"), "utf8");
    const expected = [...text.matchAll(/rpc (\w+) \( (\S+) \) returns \( (\S+) \)/g)].map(
      ([, ...parts]) => parts,
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(method.map((m) => [m.name, m.inputType, m.outputType]).sort()).toEqual(expected.sort());
    const [refused] = await client().reflect("v1alpha", { fileContainingSymbol: `${ccv}.Msg` });
    expect(refused!.errorResponse?.errorCode).toBe(5);
  });
});
