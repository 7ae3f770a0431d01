/**
 * The REST door of an SDK 0.50 API server without the port: a request in, an answer out (grpc-gateway v1
 * `runtime/mux.go`, SDK `server/api`). Routes and JSON follow from the descriptors.
 */
import {
  codecOf,
  fromProtoJson,
  type JsonObject,
  ProtoError,
  stringifyJson,
  toProtoJsonText,
} from "@tandem-ics/proto";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import { errorText } from "../errors.ts";
import { goQuote } from "../query/go-text.ts";
import type { Services } from "../services/services.ts";
import { readBody } from "./body.ts";
import { ValueError } from "./go-values.ts";
import { openApiDocument } from "./openapi.ts";
import { parseForm, setParameters, setVariables, unescapePercent } from "./parameters.ts";
import { findRoute, type Match, type Route, routesOf } from "./routes.ts";
import { routesPage } from "./routes-page.ts";

/** What the gateway asks for. */
export interface RestEnvironment {
  readonly chainId: string;
  readonly services: Services;
  /** Full method paths that are answered: the application's and the node's own. */
  readonly methods: readonly string[];
  /** Last committed height. */
  readonly height: () => bigint;
}

/** A request as it came; header names in lower case. */
export interface RestRequest {
  readonly verb: string;
  /** Path and query, not unescaped. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What goes back. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A gateway over one node. */
export interface Gateway {
  /** Never throws: whatever is wrong is in the answer. */
  handle(request: RestRequest): Promise<RestAnswer>;
  readonly routes: readonly Route[];
}

const HEIGHT_HEADER = "x-cosmos-block-height";
const BROADCAST = "/cosmos.tx.v1beta1.Service/BroadcastTx";
const JSON_TYPE = { "Content-Type": "application/json" } as const;
const FORM_TYPE = "application/x-www-form-urlencoded";

/** HTTP statuses of gRPC codes; all others are 500 (grpc-gateway v1 `runtime/errors.go`). */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  1: 408,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  14: 503,
  16: 401,
};

/** An error as the gateway prints it: `{"code":5,"message":"…","details":[]}`. */
export function errorAnswer(code: number, message: string, headers: Record<string, string> = {}): RestAnswer {
  return {
    status: HTTP_STATUS[code] ?? 500,
    headers: { ...JSON_TYPE, ...headers },
    // statuses are not gogoproto messages: Go leaves `<` and `&` alone in them
    body: stringifyJson({ code, message, details: [] }, { escapeHtml: false }),
  };
}

const notImplemented = (): RestAnswer => errorAnswer(GRPC.unimplemented, "Not Implemented");

/** A path without `//`, `.` and `..`; a slash at its end stays. */
function cleanPath(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") out.pop();
    else out.push(part);
  }
  const clean = `/${out.join("/")}`;
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/** Everything that is wrong with a call before its method runs is an invalid argument. */
function invalidArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ValueError || error instanceof ProtoError)
      throw new GrpcError(GRPC.invalidArgument, error.message, { cause: error });
    throw error;
  }
}

function header(request: RestRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function heightAsked(request: RestRequest): bigint {
  const text = header(request, HEIGHT_HEADER) ?? header(request, `grpc-metadata-${HEIGHT_HEADER}`);
  if (text === undefined) return 0n;
  const refuse = (why: string): GrpcError =>
    new GrpcError(
      GRPC.unknown,
      `codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height header "${HEIGHT_HEADER}": strconv.ParseInt: parsing ${goQuote(text)}: ${why}`,
    );
  if (!/^[+-]?\d+$/.test(text)) throw refuse("invalid syntax");
  const height = text.length > 30 ? 1n << 64n : BigInt(text.replace("+", ""));
  if (BigInt.asIntN(64, height) !== height) throw refuse("value out of range");
  if (height < 0n)
    throw new GrpcError(
      GRPC.unknown,
      "codespace sdk code 18: invalid request: cannot query with height < 0; please provide a valid height",
    );
  return height;
}

function checkTimeout(request: RestRequest): void {
  const text = header(request, "grpc-timeout");
  if (text !== undefined && text !== "" && !/^[+-]?\d{1,19}[HMSmun]$/.test(text))
    throw new GrpcError(GRPC.invalidArgument, `invalid grpc-timeout: ${text}`);
}

/** Path and query of a target; the scheme and host of an absolute one do not matter. */
function split(target: string): { path: string; query: string } {
  const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "").replace(/#.*$/s, "");
  const at = local.indexOf("?");
  const raw = at < 0 ? local : local.slice(0, at);
  return { path: unescapePercent(raw === "" ? "/" : raw), query: at < 0 ? "" : local.slice(at + 1) };
}

function redirect(path: string, query: string): RestAnswer {
  const location = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  return {
    status: 301,
    headers: { Location: query === "" ? location : `${location}?${query}` },
    body: "",
  };
}

/** The request message of a call, encoded. */
function encodeRequest({ route, values }: Match, query: string, form: string, body: Uint8Array): Uint8Array {
  const { request: type, http } = route.method;
  const json: JsonObject = http?.verb === "post" ? readBody(body, type) : {};
  setVariables(json, type, route.variables, values);
  if (http?.verb !== "post") setParameters(json, type, parseForm(form, query), route.variables);
  return codecOf(type).encode(fromProtoJson(type, json)).finish();
}

/** A gateway over the given services. */
export function createGateway(env: RestEnvironment): Gateway {
  const routes = routesOf(env.methods);
  let document: string | undefined;

  /** The route of a call. A form sent to a GET route is read as its query: long queries come so. */
  function route(request: RestRequest, path: string): { match: Match; form: boolean } | undefined {
    const isForm = request.verb === "POST" && header(request, "content-type") === FORM_TYPE;
    const override = isForm ? header(request, "x-http-method-override") : undefined;
    const verb = override === undefined || override === "" ? request.verb : override.toUpperCase();
    const match = findRoute(routes, path, (candidate) => candidate.verb === verb);
    if (match !== undefined) return { match, form: false };
    const other = isForm && verb === "POST" ? findRoute(routes, path, () => true) : undefined;
    return other === undefined ? undefined : { match: other, form: true };
  }

  async function call(match: Match, request: RestRequest, query: string, form: boolean): Promise<RestAnswer> {
    const { method } = match.route;
    let height: bigint | undefined;
    // broadcasting asks no state, so no height is told
    const shown = (): Record<string, string> =>
      method.path === BROADCAST || height === undefined
        ? {}
        : {
            "Grpc-Metadata-Content-Type": "application/grpc+cosmos-sdk-grpc-codec",
            "Grpc-Metadata-X-Cosmos-Block-Height": String(height),
          };
    try {
      checkTimeout(request);
      const body = form ? Buffer.from(request.body).toString() : "";
      const data = invalidArgument(() => encodeRequest(match, query, body, request.body));
      const asked = heightAsked(request);
      height = asked === 0n ? env.height() : asked;
      const answer = await env.services.grpcQuery({ path: method.path, data, height: asked });
      height = answer.height;
      const message = codecOf(method.response).decode(answer.value);
      return {
        status: 200,
        headers: { ...JSON_TYPE, ...shown() },
        body: toProtoJsonText(method.response, message),
      };
    } catch (error) {
      const code = error instanceof GrpcError ? error.status : GRPC.unknown;
      if (height !== undefined && height > env.height()) height = undefined;
      return errorAnswer(code, errorText(error), shown());
    }
  }

  function page(path: string): RestAnswer | undefined {
    if (path === "/" || path === "/swagger" || path === "/swagger/")
      return {
        status: 200,
        headers: { "Content-Type": "text/html; charset=utf-8" },
        body: routesPage(env.chainId, routes),
      };
    if (path !== "/openapi.json") return undefined;
    document ??= stringifyJson(openApiDocument(env.chainId, routes));
    return { status: 200, headers: JSON_TYPE, body: document };
  }

  return {
    routes,
    async handle(request) {
      let target: { path: string; query: string };
      try {
        target = split(request.target);
      } catch (error) {
        return errorAnswer(GRPC.invalidArgument, errorText(error));
      }
      const { path, query } = target;
      if (!path.startsWith("/")) return errorAnswer(GRPC.invalidArgument, "Bad Request");
      const clean = cleanPath(path);
      if (clean !== path) return redirect(clean, query);
      const shown = request.verb === "GET" ? page(path) : undefined;
      if (shown !== undefined) return shown;
      // a last part that begins with a colon is a verb without a resource
      if (path.slice(path.lastIndexOf("/") + 1).lastIndexOf(":") === 0) return notImplemented();
      const found = route(request, path);
      return found === undefined ? notImplemented() : call(found.match, request, query, found.form);
    },
  };
}
