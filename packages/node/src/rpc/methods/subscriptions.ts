/** Subscriptions (CometBFT `rpc/core/events.go`). */
import { errorText } from "../../errors.ts";
import { parseQuery, type Query } from "../../query/query.ts";
import { type Endpoints, endpoint, type RpcCall, type RpcEnvironment, RpcRefusal } from "../endpoint.ts";
import { MAX_QUERY_BYTES } from "./txs.ts";

function queryOf(text: string): Query {
  try {
    return parseQuery(text);
  } catch (error) {
    throw new RpcRefusal(`failed to parse query: ${errorText(error)}`);
  }
}

/** Methods of connections that messages can be pushed to. */
export function subscriptionMethods({ bus, limits }: RpcEnvironment): Endpoints {
  function subscribe(text: string, { id, connection }: RpcCall): void {
    const { push } = connection;
    if (push === undefined) throw new RpcRefusal("this connection cannot be subscribed");
    if (bus.clientCount >= limits.maxWebSocketClients)
      throw new RpcRefusal(`max_subscription_clients ${limits.maxWebSocketClients} reached`);
    if (bus.subscriptionCount(connection) >= limits.maxSubscriptionsPerClient)
      throw new RpcRefusal(`max_subscriptions_per_client ${limits.maxSubscriptionsPerClient} reached`);
    if (Buffer.byteLength(text) > MAX_QUERY_BYTES) throw new RpcRefusal("maximum query length exceeded");
    bus.subscribe(connection, queryOf(text), {
      onEvent: ({ data, eventsJson }) => push({ id, query: text, data, events: eventsJson }),
      onCancel: (reason) => push({ id, cancelled: `subscription was canceled (reason: ${reason})` }),
    });
  }

  return {
    subscribe: endpoint(
      { query: "string" },
      ({ query }, call) => {
        subscribe(query, call);
        return {};
      },
      { streaming: true },
    ),
    unsubscribe: endpoint(
      { query: "string" },
      ({ query }, { connection }) => {
        bus.unsubscribe(connection, queryOf(query));
        return {};
      },
      { streaming: true },
    ),
    unsubscribe_all: endpoint(
      {},
      (_args, { connection }) => {
        bus.unsubscribeAll(connection);
        return {};
      },
      { streaming: true },
    ),
  };
}
