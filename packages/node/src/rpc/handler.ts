/** Answers JSON-RPC calls, however they come: POST, GET, WebSocket or within the process (CometBFT `rpc/jsonrpc/server`). */
import { goJsonText, type JsonValue } from "@tandem-ics/comet";
import { errorText } from "../errors.ts";
import type { EventBus } from "../events/event-bus.ts";
import type {
  Endpoint,
  Endpoints,
  PushedMessage,
  RpcConnection,
  RpcId,
  RpcLimits,
  RpcResult,
} from "./endpoint.ts";
import { firstJsonValue } from "./go-json.ts";
import type { LazyJson } from "./lazy-json.ts";
import { decodeParams, decodeUriParams, type ParamValue } from "./params.ts";
import { type RpcRequest, readBody, readRequest } from "./request.ts";

/** A JSON-RPC error object. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** What came of a call. */
export type RpcOutcome =
  | { readonly result: RpcResult; readonly cacheable: boolean }
  | { readonly error: RpcErrorObject };

/** An HTTP answer. Without content type there is no body. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType?: string;
  /** May be kept for a day. */
  readonly cacheable?: boolean;
  readonly body: string;
}

/** Standard errors, with CometBFT's messages. */
export const RPC_ERROR = {
  parse: (data: string): RpcErrorObject => ({ code: -32700, message: "Parse error. Invalid JSON", data }),
  invalidRequest: (data: string): RpcErrorObject => ({ code: -32600, message: "Invalid Request", data }),
  methodNotFound: (): RpcErrorObject => ({ code: -32601, message: "Method not found" }),
  invalidParams: (data: string): RpcErrorObject => ({ code: -32602, message: "Invalid params", data }),
  internal: (data: string): RpcErrorObject => ({ code: -32603, message: "Internal error", data }),
  server: (data: string): RpcErrorObject => ({ code: -32000, message: "Server error", data }),
} as const;

const JSON_TYPE = "application/json";
/** Id of answers to GET requests. */
const URI_ID = -1;

const isLazy = (result: RpcResult): result is LazyJson =>
  typeof result === "object" && result !== null && typeof (result as LazyJson).text === "function";

/** A result as text. */
export const resultText = (result: RpcResult): string =>
  isLazy(result) ? result.text() : goJsonText(result);

/** A result as a JSON value, shared with other callers. */
export const resultValue = (result: RpcResult): JsonValue => (isLazy(result) ? result.value() : result);

/** An id as it is sent back. Numbers were truncated to 64 bits, all digits of which are printed. */
function idText(id: RpcId | undefined): string {
  if (id === undefined) return "";
  if (typeof id === "string") return `"id":${goJsonText(wellFormed(id))},`;
  return `"id":${Number.isSafeInteger(id) ? id : BigInt(id)},`;
}

/** Half a surrogate pair cannot be sent as UTF-8: Go puts U+FFFD in its place. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");

function errorMessage(id: RpcId | undefined, error: RpcErrorObject): string {
  const { code, message, data } = error;
  const object = data === undefined || data === "" ? { code, message } : { code, message, data };
  return `{"jsonrpc":"2.0",${idText(id)}"error":${goJsonText(object)}}`;
}

function outcomeMessage(id: RpcId, outcome: RpcOutcome): string {
  if ("error" in outcome) return errorMessage(id, outcome.error);
  return `{"jsonrpc":"2.0",${idText(id)}"result":${resultText(outcome.result)}}`;
}

/** Text of a message that answers no request. */
export function pushedText(message: PushedMessage): string {
  if ("cancelled" in message) return errorMessage(message.id, RPC_ERROR.server(message.cancelled));
  const { id, query, data, events } = message;
  return (
    `{"jsonrpc":"2.0",${idText(id)}"result":{"query":${goJsonText(query)},` +
    `"data":${data.text()},"events":${events.text()}}}`
  );
}

/** All ways to call. None of them throws. */
export interface RpcHandler {
  /** One call; `params` as parsed JSON, `paramsText` its raw text for messages. */
  call(request: RpcRequest, connection: RpcConnection, way: "http" | "stream"): Promise<RpcOutcome>;
  /** A POST body. */
  post(body: string): Promise<HttpAnswer>;
  /** A request to `/{method}`; `get` gives a parameter's text. Undefined for an unknown method. */
  uri(method: string, get: (name: string) => string): Promise<HttpAnswer> | undefined;
  /** A WebSocket frame; undefined when nothing is to be answered. */
  frame(text: string, connection: RpcConnection): Promise<string | undefined>;
  /** Ends the subscriptions of a connection that is gone. */
  disconnected(connection: RpcConnection): void;
  /** Ends the subscriptions of a connection, telling it why. */
  cancelSubscriptions(connection: RpcConnection, reason: string): void;
  /** HTML page listing the methods. */
  endpointsPage(host: string): HttpAnswer;
  readonly limits: RpcLimits;
}

/** A handler of these methods. */
export function createRpcHandler(
  endpoints: Endpoints,
  limits: RpcLimits,
  bus: Pick<EventBus, "cancel" | "unsubscribeAll" | "subscriptionCount">,
): RpcHandler {
  const byName = new Map<string, Endpoint>(Object.entries(endpoints));

  const mayCache = ({ params, cacheable }: Endpoint, args: readonly ParamValue[], given: boolean): boolean =>
    cacheable?.every((name) => given && args[Object.keys(params).indexOf(name)] !== undefined) ?? false;

  async function run(
    found: Endpoint,
    args: readonly ParamValue[],
    given: boolean,
    id: RpcId,
    connection: RpcConnection,
  ): Promise<RpcOutcome> {
    try {
      const result = await found.run(args, { id, connection });
      return { result, cacheable: mayCache(found, args, given) };
    } catch (error) {
      return { error: RPC_ERROR.internal(errorText(error)) };
    }
  }

  function decode(found: Endpoint, request: RpcRequest): ParamValue[] | string {
    try {
      return decodeParams(found.params, request.params, request.paramsText);
    } catch (error) {
      return `error converting json params to arguments: ${errorText(error)}`;
    }
  }

  async function call(
    request: RpcRequest,
    connection: RpcConnection,
    way: "http" | "stream",
  ): Promise<RpcOutcome> {
    const found = byName.get(request.method);
    if (found === undefined || (found.streaming && way === "http"))
      return { error: RPC_ERROR.methodNotFound() };
    const args = decode(found, request);
    // Over WebSocket CometBFT calls wrong parameters an internal error.
    if (typeof args === "string")
      return { error: way === "http" ? RPC_ERROR.invalidParams(args) : RPC_ERROR.internal(args) };
    return run(found, args, request.params !== undefined, request.id, connection);
  }

  const jsonAnswer = (status: number, body: string, cacheable = false): HttpAnswer => ({
    status,
    contentType: JSON_TYPE,
    cacheable,
    body,
  });

  async function post(body: string): Promise<HttpAnswer> {
    let requests: (RpcRequest | undefined)[];
    try {
      requests = readBody(body).requests;
    } catch (error) {
      const data = `error unmarshaling request: ${errorText(error)}`;
      return jsonAnswer(500, errorMessage(undefined, RPC_ERROR.parse(data)));
    }
    if (limits.maxBatch > 0 && requests.length > limits.maxBatch) {
      const data = `batch request exceeds maximum (${limits.maxBatch}) allowed number of requests`;
      return jsonAnswer(200, errorMessage(undefined, RPC_ERROR.invalidRequest(data)));
    }
    const messages: string[] = [];
    let cacheable = true;
    for (const request of requests) {
      if (request === undefined) continue;
      const outcome = await call(request, {}, "http");
      // An error of the method itself does not forbid keeping the answer in CometBFT; here it does.
      if ("error" in outcome || !outcome.cacheable) cacheable = false;
      messages.push(outcomeMessage(request.id, outcome));
    }
    if (messages.length === 0) return { status: 200, body: "" };
    return jsonAnswer(200, messages.length === 1 ? messages[0]! : `[${messages.join(",")}]`, cacheable);
  }

  async function uriCall(found: Endpoint, get: (name: string) => string): Promise<HttpAnswer> {
    let args: ParamValue[];
    try {
      args = decodeUriParams(found.params, get);
    } catch (error) {
      const data = `error converting http params to arguments: ${errorText(error)}`;
      return jsonAnswer(500, errorMessage(URI_ID, RPC_ERROR.invalidParams(data)));
    }
    const outcome = await run(found, args, true, URI_ID, {});
    const failed = "error" in outcome;
    return jsonAnswer(failed ? 500 : 200, outcomeMessage(URI_ID, outcome), !failed && outcome.cacheable);
  }

  async function frame(text: string, connection: RpcConnection): Promise<string | undefined> {
    let request: RpcRequest | undefined;
    try {
      const first = firstJsonValue(text);
      request = readRequest(JSON.parse(first) as JsonValue, () => first);
    } catch (error) {
      const data = `error unmarshaling request: ${errorText(error)}`;
      return errorMessage(undefined, RPC_ERROR.parse(data));
    }
    if (request === undefined) return undefined;
    return outcomeMessage(request.id, await call(request, connection, "stream"));
  }

  function endpointsPage(host: string): HttpAnswer {
    const links = [...byName.keys()].sort().map((name) => {
      const names = Object.keys(byName.get(name)!.params);
      const link = escapeHtml(`//${host}/${name}?${names.map((param) => `${param}=_`).join("&")}`);
      return `<a href="${link}">${link}</a></br>`;
    });
    const body =
      "<html><body><br>Available endpoints:<br><br>Endpoints that require arguments:<br>" +
      `${links.join("")}</body></html>`;
    return { status: 200, contentType: "text/html", body };
  }

  return {
    call,
    post,
    uri(method, get) {
      const found = byName.get(method);
      if (found === undefined) return undefined;
      if (found.streaming)
        return Promise.resolve(jsonAnswer(404, errorMessage(URI_ID, RPC_ERROR.methodNotFound())));
      return uriCall(found, get);
    },
    frame,
    disconnected(connection) {
      if (bus.subscriptionCount(connection) > 0) bus.unsubscribeAll(connection);
    },
    cancelSubscriptions: (connection, reason) => bus.cancel(connection, reason),
    endpointsPage,
    limits,
  };
}

/** The host comes from the request. `&` stays, as in CometBFT's page. */
const escapeHtml = (text: string): string =>
  text.replace(/[<>"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
