/** CosmJS's RPC client without a port: the very same handler, called within the process. */
import type { JsonRpcRequest, JsonRpcSuccessResponse } from "@cosmjs/json-rpc";
import { fromListPromise } from "@cosmjs/stream";
import type { RpcClient, WebsocketClient } from "@cosmjs/tendermint-rpc";
import type { JsonValue } from "@tandem-ics/comet";
import { NodeError } from "../errors.ts";
import { type RpcConnection, RpcRefusal } from "./endpoint.ts";
import { type RpcHandler, type RpcOutcome, resultValue } from "./handler.ts";

type EventStream = ReturnType<WebsocketClient["listen"]>;
type SubscriptionEvent = EventStream extends { last(): infer S }
  ? S extends { map<U>(project: (event: infer E) => U): unknown }
    ? E
    : never
  : never;

/** Calls and subscriptions, as `Comet38Client.create` takes them. */
export interface InMemoryRpcClient extends RpcClient {
  readonly listen: (request: JsonRpcRequest) => EventStream;
}

interface EventListener {
  next(event: SubscriptionEvent): void;
  error(error: unknown): void;
  complete(): void;
}

// CosmJS takes streams of its own stream library, whose class is at hand through any stream that it makes.
const streamClass = fromListPromise<SubscriptionEvent>(Promise.resolve([])).constructor as unknown as {
  create(producer: { start(listener: EventListener): void; stop(): void }): EventStream;
};

/**
 * A client of a node in this process, for `Comet38Client.create` and whatever stands on it. It may be made before the node
 * starts. Each subscription counts as a client of its own; `disconnect` ends them all.
 */
export function inMemoryRpcClient({ rpc: handler }: { readonly rpc: RpcHandler }): InMemoryRpcClient {
  const streams = new Map<string, EventStream>();
  const connections = new Set<RpcConnection>();

  const requestOf = ({ id, method, params }: JsonRpcRequest) => ({
    id,
    method,
    params: params as JsonValue,
    paramsText: () => JSON.stringify(params ?? null),
  });

  async function execute(request: JsonRpcRequest): Promise<JsonRpcSuccessResponse> {
    const outcome = await handler.call(requestOf(request), {}, "stream");
    // the text that CosmJS's HTTP and WebSocket clients throw
    if ("error" in outcome) throw new RpcRefusal(JSON.stringify(outcome.error));
    return { jsonrpc: "2.0", id: request.id, result: resultValue(outcome.result) };
  }

  function subscription(request: JsonRpcRequest): EventStream {
    let connection: RpcConnection | undefined;
    return streamClass.create({
      start(listener) {
        connection = {
          push(message) {
            if ("cancelled" in message) listener.error(new NodeError("notStarted", message.cancelled));
            else
              listener.next({
                query: message.query,
                data: message.data.value(),
                events: message.events.value(),
              } as never);
          },
        };
        connections.add(connection);
        const report = (outcome: RpcOutcome): void => {
          if ("error" in outcome) listener.error(JSON.stringify(outcome.error));
        };
        void handler.call(requestOf(request), connection, "stream").then(report);
      },
      stop() {
        if (connection === undefined) return;
        handler.disconnected(connection);
        connections.delete(connection);
      },
    });
  }

  return {
    execute,
    listen(request) {
      const query = (request.params as { query?: unknown } | undefined)?.query;
      if (request.method !== "subscribe" || typeof query !== "string")
        throw new TypeError('listen takes a request with method "subscribe" and a query');
      const stream = streams.get(query) ?? subscription(request);
      streams.set(query, stream);
      return stream;
    },
    disconnect() {
      for (const connection of connections) handler.disconnected(connection);
      connections.clear();
    },
  };
}
