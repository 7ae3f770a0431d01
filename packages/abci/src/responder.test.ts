import { type Application, InvariantError, sdkErrors } from "@tandem-ics/runtime";
import {
  ResponseApplySnapshotChunk_Result,
  ResponseFinalizeBlock,
  ResponseOfferSnapshot_Result,
} from "cosmjs-types/tendermint/abci/types";
import { decodeRequest } from "./request-codec.ts";
import { createResponder } from "./responder.ts";
import { countingApp, type RequestPart, requestBytes } from "./testing.ts";

function asking(changes: Partial<Application> = {}) {
  const app = countingApp(changes);
  const respond = createResponder(app);
  const ask = (request: RequestPart) => respond(decodeRequest(requestBytes(request)));
  return { app, ask };
}

const failing = (error: unknown) => () => {
  throw error;
};
const extensions = { abci: { voteExtensionsEnableHeight: 5n } };

test.each<[keyof Application, RequestPart]>([
  ["info", { info: {} }],
  ["initChain", { initChain: {} }],
  ["query", { query: {} }],
  ["checkTx", { checkTx: {} }],
  ["prepareProposal", { prepareProposal: {} }],
  ["processProposal", { processProposal: {} }],
  ["finalizeBlock", { finalizeBlock: {} }],
  ["commit", { commit: {} }],
])("%s is asked of the application and answered under its name", (method, request) => {
  const { app, ask } = asking();
  expect(Object.keys(ask(request).response)).toEqual([method]);
  expect(app.asked).toEqual([method]);
});

test.each<["query" | "checkTx", unknown, object]>([
  ["query", sdkErrors.notFound("x"), { codespace: "sdk", code: 38, log: "x: not found" }],
  ["query", new TypeError("oops"), { codespace: "undefined", code: 111222, log: "oops" }],
  ["checkTx", sdkErrors.outOfGas("x"), { codespace: "sdk", code: 11, log: "x: out of gas" }],
  ["checkTx", new InvariantError("broken"), { codespace: "undefined", code: 111222, log: "broken" }],
])(
  "%s answers a code for what it throws, since an exception would stop the node",
  (method, error, refusal) => {
    const { ask } = asking({ [method]: failing(error) });
    const { response, failure } = ask({ [method]: {} });
    expect(response[method]).toMatchObject(refusal);
    expect(failure).toBeUndefined();
  },
);

test.each(["initChain", "finalizeBlock", "commit"] as const)(
  "after a failed %s nothing is executed any more",
  (method) => {
    const error = new InvariantError("out of tune");
    const { app, ask } = asking({ [method]: failing(error) });
    expect(ask({ [method]: {} })).toEqual({
      response: { exception: { error: "out of tune" } },
      failure: { method, error },
    });
    for (const next of ["initChain", "finalizeBlock", "commit"])
      expect(ask({ [next]: {} }).response.exception?.error).toBe(
        `restart the application: ${method} failed: out of tune`,
      );
    expect(app.asked).toEqual([method]);
    expect(ask({ query: {} }).response.query?.code).toBe(0);
  },
);

test.each(["info", "prepareProposal", "processProposal"] as const)(
  "a failed %s is an exception, and no more than that",
  (method) => {
    const { ask } = asking({ [method]: failing(new TypeError("oops")) });
    expect(ask({ [method]: {} })).toMatchObject({
      response: { exception: { error: "oops" } },
      failure: { method },
    });
    expect(ask({ commit: {} }).response.commit).toBeDefined();
  },
);

test("a genesis with vote extensions is refused before the application sees it", () => {
  const { app, ask } = asking();
  const { response, failure } = ask({ initChain: { consensusParams: extensions } });
  expect(response.exception?.error).toBe(
    "the genesis document enables vote extensions at height 5, which this application does not support: " +
      "abci.vote_extensions_enable_height must be 0",
  );
  expect(failure?.error).toMatchObject({ code: "voteExtensions" });
  expect(app.asked).toEqual([]);
  expect(
    ask({ initChain: { consensusParams: { abci: { voteExtensionsEnableHeight: 0n } } } }).failure,
  ).toBeUndefined();
});

test("a block that enables vote extensions is an exception", () => {
  const { ask } = asking({
    finalizeBlock: () => ResponseFinalizeBlock.fromPartial({ consensusParamUpdates: extensions }),
  });
  const { response } = ask({ finalizeBlock: { height: 3n } });
  expect(response.exception?.error).toMatch(/^the block at height 3 enables vote extensions at height 5/);
  expect(ask({ commit: {} }).response.exception?.error).toMatch(/^restart the application/);
});

test.each<RequestPart>([{ extendVote: {} }, { verifyVoteExtension: {} }])(
  "%j is refused in clear words",
  (request) => {
    expect(asking().ask(request).response.exception?.error).toMatch(/does not support vote extensions/);
  },
);

test("an application without snapshots has none and takes none", () => {
  const { ask } = asking();
  expect(ask({ listSnapshots: {} }).response).toEqual({ listSnapshots: { snapshots: [] } });
  expect(ask({ offerSnapshot: {} }).response.offerSnapshot?.result).toBe(ResponseOfferSnapshot_Result.ABORT);
  expect(ask({ loadSnapshotChunk: {} }).response.loadSnapshotChunk?.chunk).toHaveLength(0);
  expect(ask({ applySnapshotChunk: {} }).response.applySnapshotChunk?.result).toBe(
    ResponseApplySnapshotChunk_Result.ABORT,
  );
});

test("an application with snapshots is asked", () => {
  const { ask } = asking({
    listSnapshots: () => ({ snapshots: [] }),
    offerSnapshot: () => ({ result: ResponseOfferSnapshot_Result.ACCEPT }),
    loadSnapshotChunk: ({ chunk }) => ({ chunk: Uint8Array.of(chunk) }),
    applySnapshotChunk: ({ index }) => ({
      result: ResponseApplySnapshotChunk_Result.RETRY,
      refetchChunks: [index],
      rejectSenders: [],
    }),
  });
  expect(ask({ offerSnapshot: {} }).response.offerSnapshot?.result).toBe(ResponseOfferSnapshot_Result.ACCEPT);
  expect([...ask({ loadSnapshotChunk: { chunk: 7 } }).response.loadSnapshotChunk!.chunk]).toEqual([7]);
  expect(ask({ applySnapshotChunk: { index: 9 } }).response.applySnapshotChunk?.refetchChunks).toEqual([9]);
});
