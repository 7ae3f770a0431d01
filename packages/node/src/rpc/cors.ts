/** Cross-origin headers as CometBFT's server gives them (its default methods and headers, by github.com/rs/cors). */
import type { IncomingMessage, ServerResponse } from "node:http";

const METHODS = ["HEAD", "GET", "POST"];
const HEADERS = ["accept", "content-type", "origin", "x-requested-with", "x-server-time"];
const PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/** What to allow an origin; undefined when it is not among `allowed`. One `*` in an entry stands for any text. */
function allowedOrigin(origin: string, allowed: readonly string[]): string | undefined {
  if (allowed.includes("*")) return "*";
  const asked = origin.toLowerCase();
  const fits = allowed.some((entry) => {
    const pattern = entry.toLowerCase();
    const star = pattern.indexOf("*");
    if (star < 0) return asked === pattern;
    const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
    return asked.length >= start.length + end.length && asked.startsWith(start) && asked.endsWith(end);
  });
  return fits ? origin : undefined;
}

function preflight(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  response.setHeader("Vary", PREFLIGHT_VARY);
  const { origin } = request.headers;
  const method = request.headers["access-control-request-method"] ?? "";
  const names = request.headers["access-control-request-headers"] ?? "";
  const granted = origin === undefined ? undefined : allowedOrigin(origin, allowed);
  const headersFit = names
    .split(",")
    .every((name) => name.trim() === "" || HEADERS.includes(name.trim().toLowerCase()));
  if (granted === undefined || !(METHODS.includes(method) || method === "OPTIONS") || !headersFit) return;
  response.setHeader("Access-Control-Allow-Origin", granted);
  response.setHeader("Access-Control-Allow-Methods", method);
  if (names !== "") response.setHeader("Access-Control-Allow-Headers", names);
}

/**
 * Sets the headers that tell a browser whether a page may read the answer. Without allowed origins there are none.
 * Gives true for a preflight, which is answered by its headers alone.
 */
export function applyCors(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
): boolean {
  if (allowed.length === 0) return false;
  const { method = "", headers } = request;
  if (method === "OPTIONS" && (headers["access-control-request-method"] ?? "") !== "") {
    preflight(request, response, allowed);
    return true;
  }
  response.setHeader("Vary", "Origin");
  const granted = headers.origin === undefined ? undefined : allowedOrigin(headers.origin, allowed);
  if (granted !== undefined && (METHODS.includes(method) || method === "OPTIONS"))
    response.setHeader("Access-Control-Allow-Origin", granted);
  return false;
}
