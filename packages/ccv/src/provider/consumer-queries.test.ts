/** The list of consumers where it refuses (interchain-security `grpc_query.go`). */
import { QueryConsumerChainsRequest } from "@tandem-ics/proto";
import { GrpcError } from "@tandem-ics/runtime";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { createTestProvider, type TestProvider } from "../testing/test-provider.ts";
import * as state from "./state.ts";

const INTERNAL = 13;

/** Status and text of a query that must refuse. */
function refusal(chain: TestProvider, rpc: string, request: Uint8Array): [number, string] {
  const route = chain.module.queries!.find(({ path }) => path.endsWith(`.Query/${rpc}`))!;
  try {
    route.run(chain.ctx, request);
  } catch (error) {
    if (error instanceof GrpcError) return [error.status, error.message];
    throw error;
  }
  throw new Error(`${rpc} did not refuse`);
}

const listing = (pagination: Partial<PageRequest>): Uint8Array =>
  QueryConsumerChainsRequest.encode({
    phase: 0,
    pagination: PageRequest.fromPartial(pagination),
  }).finish();

test("a consumer without its chain id fails the list, on the page or behind it", () => {
  const chain = createTestProvider();
  for (let i = 0; i < 3; i++) chain.create();
  state.chainIds.remove(chain.ctx, "2");
  const text = "rpc error: code = Internal desc = cannot find chainID for consumer (2)";
  expect(refusal(chain, "QueryConsumerChains", listing({}))).toEqual([INTERNAL, text]);
  expect(refusal(chain, "QueryConsumerChains", listing({ limit: 1n, countTotal: true }))).toEqual([
    INTERNAL,
    text,
  ]);
});

test("a key and an offset together are an internal error here", () => {
  const chain = createTestProvider();
  expect(refusal(chain, "QueryConsumerChains", listing({ key: new Uint8Array([1]), offset: 1n }))).toEqual([
    INTERNAL,
    "invalid request, either offset or key is expected, got both",
  ]);
});
