/** Recorded gRPC answers against those of our chains to the same requests: what was recorded is there, of the same kind. */

import type { JsonValue } from "@tandem-ics/comet";
import { codecOf, fromProtoJson, methods, toProtoJson } from "@tandem-ics/proto";
import { GrpcError } from "@tandem-ics/runtime";
import { testEach } from "../each.ts";
import { recordedGrpc } from "./files.ts";
import { differences } from "./structure.ts";
import { chainOf, createNetwork, type Network, NotGiven } from "./subject.ts";

let network: Network;
const notGiven: string[] = [];

beforeAll(async () => {
  network = await createNetwork();
}, 60_000);
afterAll(async () => {
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
      const { node } = chainOf(network, name);
      const path = `/${method.replace(/\.(\w+)$/, "/$1")}`.replace("//", "/");
      const [service, rpc] = path.slice(1).split("/");
      const found = methods().find((m) => m.service === service && m.name === rpc);
      expect(found).toBeDefined();
      const bytes = codecOf(found!.request)
        .encode(fromProtoJson(found!.request, request as never))
        .finish();
      let value: Uint8Array;
      try {
        ({ value } = await node.services.grpcQuery({ path, data: bytes }));
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error;
        notGiven.push(`${name}: ${new NotGiven(error.message).message}`);
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
