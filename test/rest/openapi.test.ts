/** The OpenAPI document and the list of routes. */
import SwaggerParser from "@apidevtools/swagger-parser";
import type { OpenAPIV3 } from "openapi-types";
import { CHAIN_ID, type RestChain, startRestChain } from "./chain.ts";

let chain: RestChain;
beforeAll(async () => {
  chain = await startRestChain();
});
afterAll(() => chain.close());

const load = async (): Promise<OpenAPIV3.Document> =>
  (await (await fetch(`${chain.rest.url}/openapi.json`)).json()) as OpenAPIV3.Document;

test("the document is valid and complete", async () => {
  const document = await load();
  const { paths } = document;
  const api = (await SwaggerParser.validate(structuredClone(document))) as OpenAPIV3.Document;
  expect(api.info.title).toBe(CHAIN_ID);
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      "/cosmos/bank/v1beta1/balances/{address}",
      "/cosmos/tx/v1beta1/simulate",
      "/ibc/apps/transfer/v1/denoms/{hash}",
      "/interchain_security/ccv/provider/consumer_chains/{phase}",
    ]),
  );
  const names = paths["/cosmos/bank/v1beta1/balances/{address}"]?.get?.parameters?.map((parameter) =>
    "name" in parameter ? `${parameter.in} ${parameter.name}` : "",
  );
  expect(names).toEqual(
    expect.arrayContaining(["path address", "query pagination.limit", "header x-cosmos-block-height"]),
  );
  expect(paths["/interchain_security/ccv/consumer/params"]).toBeUndefined();
});

test("every path without variables answers as the document says", async () => {
  const { paths, components } = await load();
  const schemas = components?.schemas ?? {};
  const plain = Object.entries(paths).filter(
    ([path, item]) => !path.includes("{") && item?.get !== undefined,
  );
  expect(plain.length).toBeGreaterThan(20);
  for (const [path, item] of plain) {
    const answer = await fetch(`${chain.rest.url}${path}`);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const json = (await answer.json()) as object;
    const response = item?.get?.responses["200"] as OpenAPIV3.ResponseObject;
    const reference = response.content?.["application/json"]?.schema as OpenAPIV3.ReferenceObject;
    const name = answer.ok ? reference.$ref.split("/").pop() : "google.rpc.Status";
    const schema = schemas[name as string] as OpenAPIV3.SchemaObject;
    expect([path, Object.keys(json)]).toEqual([path, Object.keys(schema.properties ?? {})]);
  }
});

test.each(["/", "/swagger/"])("%s lists the routes and asks for nothing from elsewhere", async (path) => {
  const answer = await fetch(`${chain.rest.url}${path}`);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const page = await answer.text();
  expect(page).toContain("/cosmos/bank/v1beta1/balances/{address}");
  expect(page).not.toMatch(/https?:|<script/);
});
