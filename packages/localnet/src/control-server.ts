/**
 * The control API: one HTTP door on loopback through which the CLI reaches a network in another process. A method is a
 * noun and a verb (`stake.delegate`), its parameters are an array; answers are `{"result"}` or `{"error"}`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ClientError } from "@tandem-ics/client";
import type { Localnet } from "./api.ts";
import { LocalnetError } from "./errors.ts";
import { EvidenceRefused } from "./evidence.ts";

/** An error as it travels. */
export interface ControlError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Codespace and code of a chain's refusal. */
  readonly abci?: { readonly codespace: string; readonly code: number };
  readonly details?: unknown;
}

/** A running control server. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Told of errors that nobody foresaw, with the method that was called. */
export type UnexpectedListener = (method: string, error: unknown) => void;

/** Largest request: evidence files fit many times over. */
const MAX_BODY_BYTES = 4_000_000;

type Method = (net: Localnet, params: never[]) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  "network.info": (net) => describe(net),
  "network.status": (net) => net.status(),
  "network.progress": (net, p) => net.progress(...(p as unknown as [number?])),
  "stake.delegate": (net, p) =>
    net.stake.delegate(...(p as unknown as Parameters<Localnet["stake"]["delegate"]>)),
  "stake.undelegate": (net, p) =>
    net.stake.undelegate(...(p as unknown as Parameters<Localnet["stake"]["undelegate"]>)),
  "stake.redelegate": (net, p) =>
    net.stake.redelegate(...(p as unknown as Parameters<Localnet["stake"]["redelegate"]>)),
  "validator.list": (net) => net.validator.list(),
  "validator.optIn": (net, p) =>
    net.validator.optIn(...(p as unknown as Parameters<Localnet["validator"]["optIn"]>)),
  "validator.optOut": (net, p) =>
    net.validator.optOut(...(p as unknown as Parameters<Localnet["validator"]["optOut"]>)),
  "validator.assignKey": (net, p) =>
    net.validator.assignKey(...(p as unknown as Parameters<Localnet["validator"]["assignKey"]>)),
  "validator.unjail": (net, p) =>
    net.validator.unjail(...(p as unknown as Parameters<Localnet["validator"]["unjail"]>)),
  "consumer.create": (net, p) =>
    net.consumer.create(...(p as unknown as Parameters<Localnet["consumer"]["create"]>)),
  "consumer.changeOver": (net, p) =>
    net.consumer.changeOver(...(p as unknown as Parameters<Localnet["consumer"]["changeOver"]>)),
  "consumer.remove": (net, p) => net.consumer.remove(...(p as unknown as [string])),
  "relay.once": (net, p) => net.relay.once(...(p as unknown as Parameters<Localnet["relay"]["once"]>)),
  "relay.start": (net) => net.relay.start(),
  "relay.stop": (net) => net.relay.stop(),
  "relay.status": (net) => net.relay.status(),
  "fault.down": (net, p) => {
    const [validator, options = {}] = p as unknown as [string, { chain?: string; forBlocks?: string }?];
    const { chain, forBlocks } = options;
    return net.fault.down(validator, {
      ...(chain === undefined ? {} : { chain }),
      ...(forBlocks === undefined ? {} : { forBlocks: BigInt(forBlocks) }),
    });
  },
  "fault.doubleSign": (net, p) => net.fault.doubleSign(...(p as unknown as [string, string])),
  "fault.lightClientAttack": (net, p) =>
    net.fault.lightClientAttack(...(p as unknown as Parameters<Localnet["fault"]["lightClientAttack"]>)),
  "fault.heal": (net) => net.fault.heal(),
  "fault.list": (net) => net.fault.list(),
  "evidence.check": (net, p) =>
    net.evidence.check(...(p as unknown as Parameters<Localnet["evidence"]["check"]>)),
  "evidence.submitDoubleSign": (net, p) =>
    net.evidence.submitDoubleSign(...(p as unknown as Parameters<Localnet["evidence"]["submitDoubleSign"]>)),
  "evidence.checkLightClientAttack": (net, p) =>
    net.evidence.checkLightClientAttack(...(p as unknown as [string, string])),
  "evidence.submitLightClientAttack": (net, p) =>
    net.evidence.submitLightClientAttack(
      ...(p as unknown as Parameters<Localnet["evidence"]["submitLightClientAttack"]>),
    ),
  "clock.advance": (net, p) => net.clock.advance(BigInt((p as unknown as [string])[0])),
  "network.stop": () => undefined,
};

/** What `tandem up` prints. */
export async function describe(net: Localnet) {
  const { chains } = await net.status();
  return { home: net.home ?? "", seconds: net.seconds, chains, accounts: net.accounts };
}

/** Serves `net` on a free loopback port. `network.stop` answers, then calls `onStop`. */
export async function startControlServer(
  net: Localnet,
  onStop?: () => void,
  onUnexpected: UnexpectedListener = () => {},
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    void serve(net, request, response, onUnexpected).then((stop) => {
      if (stop) onStop?.();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new LocalnetError("not-running", "the control server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers one request. Returns whether the network is to stop. */
async function serve(
  net: Localnet,
  request: IncomingMessage,
  response: ServerResponse,
  onUnexpected: UnexpectedListener,
): Promise<boolean> {
  // A web page could otherwise reach this door by a form or by DNS rebinding: pages are not asked to control chains.
  const local = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "");
  const json = request.headers["content-type"]?.startsWith("application/json") ?? false;
  if (request.method !== "POST" || !local || !json || request.headers.origin !== undefined) {
    await answer(response, 400, {
      error: { code: "bad-request", message: "POST application/json to loopback" },
    });
    return false;
  }
  let method = "";
  try {
    const call = JSON.parse(await readBody(request)) as { method?: unknown; params?: unknown };
    method = typeof call.method === "string" ? call.method : "";
    const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
    if (run === undefined) throw new LocalnetError("bad-request", `there is no method "${method}"`);
    if (call.params !== undefined && !Array.isArray(call.params))
      throw new LocalnetError("bad-request", "params must be an array");
    // JSON has no undefined: null stands for a parameter that was left out.
    const params = ((call.params ?? []) as unknown[]).map((p) => p ?? undefined);
    const result = await run(net, params as never[]);
    await answer(response, 200, { result: result ?? null });
  } catch (error) {
    if (toControlError(error).code === "unexpected") onUnexpected(method, error);
    await answer(response, 200, { error: toControlError(error) });
    return false;
  }
  return method === "network.stop";
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES)
        reject(new LocalnetError("bad-request", `the request is over ${MAX_BODY_BYTES} bytes`));
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

/** Resolves when the answer has left, or the caller has. */
function answer(response: ServerResponse, status: number, body: object): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
  });
}

/** An error as it travels; what is unexpected keeps its message. */
export function toControlError(error: unknown): ControlError {
  if (error instanceof LocalnetError)
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  if (error instanceof ClientError)
    return {
      code: error.code,
      message: error.message,
      ...(error.abci === undefined ? {} : { abci: error.abci }),
    };
  if (error instanceof EvidenceRefused)
    return { code: "evidence-refused", message: error.message, details: error.report };
  if (error instanceof SyntaxError) return { code: "bad-request", message: error.message };
  return { code: "unexpected", message: error instanceof Error ? error.message : String(error) };
}
