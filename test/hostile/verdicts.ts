/** Whether an answer is decent, and what was to be expected. */
import type { Expectation } from "./corpus.ts";
import type { HttpReply } from "./senders.ts";

const TRACE = /\bat .*\.(?:ts|js):\d+|node:internal|\/src\/|\/home\//;
/** Answers that a JSON-RPC server may give. */
const STATUSES = [200, 400, 404, 405, 413, 431, 500];

interface RpcAnswer {
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
  readonly result?: { readonly code?: number };
}

function parsed(text: string): RpcAnswer | undefined {
  try {
    const value = JSON.parse(text) as RpcAnswer | null;
    return value === null || typeof value !== "object" ? undefined : value;
  } catch {
    return undefined;
  }
}

const isRpcError = (text: string): boolean => {
  const error = parsed(text)?.error;
  return typeof error?.code === "number" && typeof error.message === "string";
};

/** What is wrong with a JSON-RPC answer; undefined for nothing. */
export function rpcFault(expect: Expectation, reply: HttpReply | undefined): string | undefined {
  if (reply === undefined) return "the connection ended without an answer";
  const { status, text } = reply;
  if (!STATUSES.includes(status)) return `status ${status}`;
  if (TRACE.test(text)) return `tells of the code: ${text}`;
  if (status === 500 && !isRpcError(text)) return `500 without an error: ${text}`;
  if (expect === "error" && !isRpcError(text)) return `no error: ${status} ${text}`;
  if (expect === "notFound" && status !== 404 && !isRpcError(text)) return `found: ${status} ${text}`;
  if (expect === "silent" && text !== "") return `answered: ${text}`;
  if (expect === "refused" && !isRpcError(text) && !((parsed(text)?.result?.code ?? 0) > 0))
    return `not refused: ${text}`;
  return undefined;
}

/** What is wrong with an answer of the gateway; undefined for nothing. */
export function restFault(expect: Expectation, reply: HttpReply | undefined): string | undefined {
  if (reply === undefined) return "the connection ended without an answer";
  const { status, text } = reply;
  if (TRACE.test(text)) return `tells of the code: ${text}`;
  const body = parsed(text) as { code?: unknown; message?: unknown } | undefined;
  const isError = typeof body?.code === "number" && typeof body.message === "string";
  if (status >= 500 && !isError) return `${status} without an error: ${text}`;
  if (expect === "error" && status < 400) return `no error: ${status} ${text}`;
  return undefined;
}

/** What is wrong with a WebSocket message; undefined for nothing. */
export function messageFault(expect: Expectation, text: string): string | undefined {
  if (TRACE.test(text)) return `tells of the code: ${text}`;
  if (expect === "error" && !isRpcError(text)) return `no error: ${text}`;
  return undefined;
}
