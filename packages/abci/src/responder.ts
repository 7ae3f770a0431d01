/** From a request to its response: the application's methods, and what stands in where it fails or has no method. */
import { EMPTY } from "@tandem-ics/crypto";
import { type Application, CodedError, PANIC_CODE, UNDEFINED_CODESPACE } from "@tandem-ics/runtime";
import {
  type Response,
  ResponseApplySnapshotChunk,
  ResponseApplySnapshotChunk_Result,
  ResponseCheckTx,
  ResponseOfferSnapshot_Result,
  ResponseQuery,
} from "cosmjs-types/tendermint/abci/types";
import { AbciError, errorText } from "./errors.ts";
import type { AbciMethod, AbciRequest } from "./request-codec.ts";
import { assertNoVoteExtensions, voteExtensionsUnsupported } from "./vote-extensions.ts";

/** A request that was answered by an exception: the engine stops, and so should the process of the application. */
export interface AbciFailure {
  readonly method: AbciMethod;
  readonly error: unknown;
}

/** A response, with the failure if it is an exception. */
export interface Answer {
  readonly response: Response;
  readonly failure?: AbciFailure;
}

/** Answers requests of all connections, one at a time. Never throws. */
export type Responder = (request: AbciRequest) => Answer;

/** A response that tells the engine to stop. */
export const exception = (error: unknown): Response => ({ exception: { error: errorText(error) } });

/** Makes the one responder of a server. */
export function createResponder(app: Application): Responder {
  // Set once the execution of a block failed: nobody knows what state the application is in.
  let broken: string | undefined;

  function executed<T>(method: AbciMethod, run: () => T): T {
    if (broken !== undefined) throw new AbciError("halted", `restart the application: ${broken}`);
    try {
      return run();
    } catch (error) {
      broken = `${method} failed: ${errorText(error)}`;
      throw error;
    }
  }

  function respond(request: AbciRequest): Response {
    switch (request.method) {
      case "echo":
        return { echo: { message: request.value.message } };
      case "flush":
        return { flush: {} };
      case "info":
        return { info: app.info(request.value) };
      case "initChain":
        // Before the application sees it: with another genesis the same process can go on.
        assertNoVoteExtensions(request.value.consensusParams, "the genesis document");
        return { initChain: executed("initChain", () => app.initChain(request.value)) };
      case "query":
        return { query: tried(() => app.query(request.value), failedQuery) };
      case "checkTx":
        return { checkTx: tried(() => app.checkTx(request.value), failedCheck) };
      case "prepareProposal":
        return { prepareProposal: app.prepareProposal(request.value) };
      case "processProposal":
        return { processProposal: app.processProposal(request.value) };
      case "finalizeBlock":
        return { finalizeBlock: executed("finalizeBlock", () => finalized(app, request.value)) };
      case "commit":
        return { commit: executed("commit", () => app.commit()) };
      case "extendVote":
      case "verifyVoteExtension":
        throw voteExtensionsUnsupported();
      default:
        return snapshots(app, request);
    }
  }

  return (request) => {
    try {
      return { response: respond(request) };
    } catch (error) {
      return { response: exception(error), failure: { method: request.method, error } };
    }
  };
}

function finalized(app: Application, request: Parameters<Application["finalizeBlock"]>[0]) {
  const response = app.finalizeBlock(request);
  // Told now, and not when the engine asks for the first extension and every node falls over.
  assertNoVoteExtensions(response.consensusParamUpdates, `the block at height ${request.height}`);
  return response;
}

type SnapshotRequest = Extract<
  AbciRequest,
  { method: "listSnapshots" | "offerSnapshot" | "loadSnapshotChunk" | "applySnapshotChunk" }
>;

/** Snapshots; an application without them answers as one of the SDK without a snapshot manager. */
function snapshots(app: Application, request: SnapshotRequest): Response {
  switch (request.method) {
    case "listSnapshots":
      return { listSnapshots: app.listSnapshots?.() ?? { snapshots: [] } };
    case "offerSnapshot":
      return {
        offerSnapshot: app.offerSnapshot?.(request.value) ?? { result: ResponseOfferSnapshot_Result.ABORT },
      };
    case "loadSnapshotChunk":
      return { loadSnapshotChunk: app.loadSnapshotChunk?.(request.value) ?? { chunk: EMPTY } };
    case "applySnapshotChunk":
      return {
        applySnapshotChunk:
          app.applySnapshotChunk?.(request.value) ??
          ResponseApplySnapshotChunk.fromPartial({ result: ResponseApplySnapshotChunk_Result.ABORT }),
      };
  }
}

/** An exception would stop the node: no query and no transaction of a stranger may do that. */
function tried<T>(run: () => T, failed: (refusal: Refusal) => T): T {
  try {
    return run();
  } catch (error) {
    const { codespace, code } =
      error instanceof CodedError ? error : { codespace: UNDEFINED_CODESPACE, code: PANIC_CODE };
    return failed({ codespace, code, log: errorText(error) });
  }
}

interface Refusal {
  readonly codespace: string;
  readonly code: number;
  readonly log: string;
}

const failedQuery = (refusal: Refusal): ResponseQuery => ResponseQuery.fromPartial(refusal);
const failedCheck = (refusal: Refusal): ResponseCheckTx => ResponseCheckTx.fromPartial(refusal);
