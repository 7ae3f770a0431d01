/** Recorded JSON-RPC answers against those of a node of ours to the same calls: keys and kinds of values. */

import type { JsonObject, JsonValue } from "@tandem-ics/comet";
import { testEach } from "../each.ts";
import { recordedCalls, recordedExchanges, recordedGets } from "./files.ts";
import { differences, withoutValues } from "./structure.ts";
import { chainOf, createNetwork, type Network, NotGiven, paramsLike, type Subject } from "./subject.ts";

let network: Network;
const notGiven: string[] = [];

beforeAll(async () => {
  network = await createNetwork();
}, 60_000);
afterAll(async () => {
  await network?.stop();
  if (notGiven.length > 0)
    process.stdout.write(
      `answers that the network cannot give:\n${notGiven.map((line) => `  ${line}\n`).join("")}`,
    );
});

const post = async (
  url: string,
  body: string,
): Promise<{ status: number; type: string | null; text: string }> => {
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

/** Compares everything but the texts of errors, which are compared without numbers and hashes. */
function compare(recorded: JsonObject, ours: JsonObject): void {
  expect(Object.keys(ours)).toEqual(Object.keys(recorded));
  if (recorded["error"] === undefined) {
    expect(differences(recorded["result"] ?? null, ours["result"] ?? null)).toEqual([]);
    return;
  }
  const text = (answer: JsonObject): JsonValue => {
    const { code, message, data } = answer["error"] as JsonObject;
    return [code!, message!, withoutValues(String(data ?? ""))];
  };
  expect(text(ours)).toEqual(text(recorded));
}

/** Runs a comparison unless the chain that answers lacks what is asked for; then it is listed. */
async function given(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof NotGiven)) throw error;
    notGiven.push(`${name}: ${error.message}`);
  }
}

const calls = recordedCalls().filter(({ json }) => json.response["jsonrpc"] === "2.0");
const gets = recordedGets();
const exchanges = recordedExchanges().flatMap(({ name, json }) =>
  json.map((exchange) => ({ name: `${name}: ${exchange.name}`, exchange })),
);

(calls.length > 0 ? describe : describe.skip)("POST", () => {
  testEach(calls.map((call) => [call.name, call.json] as const))("%s", (name, { request, response }) =>
    given(name, async () => {
      const subject = chainOf(network, name);
      const params = await paramsLike(subject, request.method, request.params, response);
      const { status, type, text } = await post(
        subject.url,
        JSON.stringify({ jsonrpc: "2.0", id: response["id"], method: request.method, params }),
      );
      expect([status, type]).toEqual([200, "application/json"]);
      compare(response, JSON.parse(text) as JsonObject);
    }),
  );
});

/** A GET's parameters, put in our chain's terms and written back. */
async function uriLike(subject: Subject, uri: string, response: JsonObject): Promise<string> {
  const url = new URL(uri, "http://localhost");
  const method = url.pathname.slice(1);
  const params: JsonObject = {};
  for (const [key, value] of url.searchParams) {
    const bytes = /^0x/.test(value) ? Buffer.from(value.slice(2), "hex") : undefined;
    params[key] =
      bytes === undefined ? value.replace(/^"|"$/g, "") : bytes.toString(method === "tx" ? "base64" : "hex");
  }
  const ours = await paramsLike(subject, method, params, response);
  const query = Object.entries(ours).map(([key, value]) => {
    const text = String(value);
    const original = url.searchParams.get(key) ?? "";
    if (/^0x/.test(original)) {
      const bytes = Buffer.from(text, method === "tx" ? "base64" : "hex");
      return `${key}=0x${bytes.toString("hex")}`;
    }
    return `${key}=${encodeURIComponent(original.startsWith('"') ? `"${text}"` : text)}`;
  });
  return `${subject.url}${url.pathname}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

(gets.length > 0 ? describe : describe.skip)("GET", () => {
  testEach(gets.map((get) => [get.name, get.json] as const))("%s", (name, { uri, response }) =>
    given(name, async () => {
      const answer = await fetch(await uriLike(chainOf(network, name), uri, response));
      expect(answer.headers.get("content-type")).toBe("application/json");
      compare(response, (await answer.json()) as JsonObject);
    }),
  );
});

(exchanges.length > 0 ? describe : describe.skip)("odd and malformed requests", () => {
  testEach(exchanges.map(({ name, exchange }) => [name, exchange] as const))("%s", async (name, exchange) => {
    const { http, url, body } = exchange.request;
    const response = await fetch(`${chainOf(network, name).url}${url}`, {
      method: http,
      ...(body === null || http === "GET" ? {} : { body }),
    });
    const text = await response.text();
    expect(response.status).toBe(exchange.status);
    const type = response.headers.get("content-type");
    if (exchange.content_type !== null || text !== "") expect(type).toBe(exchange.content_type);
    if (typeof exchange.body === "string") {
      const host = /127\.0\.0\.1:\d+/g;
      expect(text.replace(host, "")).toBe(exchange.body.replace(host, ""));
      return;
    }
    const ours = JSON.parse(text) as JsonValue;
    const pairs = Array.isArray(exchange.body)
      ? exchange.body.map((recorded, i) => [recorded, (ours as JsonValue[])[i]] as const)
      : [[exchange.body, ours] as const];
    for (const [recorded, own] of pairs) compare(recorded as JsonObject, own as JsonObject);
  });
});
