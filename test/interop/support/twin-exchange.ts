/** One request, and what of its answer clients can tell apart. */
import { Agent, request as httpRequest } from "node:http";
import type { TwinCase } from "./twin-cases.ts";

/** An answer. */
export interface TwinAnswer {
  readonly status: number;
  /** Headers that mean something, by name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TOLD_HEADERS =
  /^(?:content-type|cache-control|location|allow|vary|x-content-type-options|access-control-.*)$/;

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Sends a case to the node at `url`, as it is written. */
export function exchange(
  url: string,
  { path, method = "GET", headers = {}, body }: TwinCase,
): Promise<TwinAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = httpRequest(
      { hostname, port, path, method, agent, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const told = Object.entries(response.headers)
            .filter(([name]) => TOLD_HEADERS.test(name))
            .map(([name, value]) => [name, String(value)] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1));
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(told),
            body: Buffer.concat(chunks).toString().replaceAll(`${hostname}:${port}`, "HOST"),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const isError = ({ body }: TwinAnswer): boolean => /^\{"jsonrpc":"2\.0",(?:"id":[^,]+,)?"error":/.test(body);
const errorCode = ({ body }: TwinAnswer): string | undefined => /"code":(-\d+)/.exec(body)?.[1];

/** Where ours is meant to answer otherwise, and as what. */
function isMeant(item: TwinCase, go: TwinAnswer, ours: TwinAnswer): boolean {
  // A call without `params` of a method that has some: CometBFT's handler panics; here they are absent.
  if (go.body.includes("reflect: Call with too few input arguments")) return ours.status === 200;
  // Other panics of CometBFT's handler are errors here.
  if (go.body.includes("runtime error: ")) return isError(ours);
  // Paths that are not clean: CometBFT redirects; here repeated slashes are one, and the rest names no method.
  if (go.status === 307) return ours.status === 200 || ours.status === 404;
  // A number in escapes: CometBFT looks at the text, not at the value.
  if (item.body?.includes('"\\u0031"') === true) return isError(go) && (isError(ours) || ours.status === 200);
  // Bytes that are no UTF-8 are U+FFFD here from the start, and so in messages.
  return item.path.includes("%FF") && errorCode(go) === errorCode(ours) && go.status === ours.status;
}

/** The same, without what is never compared: marks on errors that they may be kept, and a header for caches. */
function comparable(item: TwinCase, answer: TwinAnswer): TwinAnswer {
  const { vary, "cache-control": cache, ...headers } = answer.headers;
  return {
    ...answer,
    headers: {
      ...headers,
      ...(item.headers?.["origin"] === undefined || vary === undefined ? {} : { vary }),
      ...(cache === undefined || answer.body.includes('"error":{"code"') ? {} : { "cache-control": cache }),
    },
  };
}

/** What two answers differ in beyond what is meant to differ, for people; undefined for nothing. */
export function difference(item: TwinCase, ofGo: TwinAnswer, ofOurs: TwinAnswer): string | undefined {
  const [go, ours] = [comparable(item, ofGo), comparable(item, ofOurs)];
  const lines: string[] = [];
  if (go.status !== ours.status) lines.push(`status ${go.status} != ${ours.status}`);
  for (const name of new Set([...Object.keys(go.headers), ...Object.keys(ours.headers)]))
    if (go.headers[name] !== ours.headers[name])
      lines.push(`${name}: ${go.headers[name]} != ${ours.headers[name]}`);
  if (go.body !== ours.body) {
    let at = 0;
    while (go.body[at] === ours.body[at]) at++;
    const from = Math.max(0, at - 80);
    lines.push(
      `body at ${at}:\n    go   ${go.body.slice(from, at + 160)}\n    ours ${ours.body.slice(from, at + 160)}`,
    );
  }
  return lines.length === 0 || isMeant(item, go, ours) ? undefined : lines.join("; ");
}
