/** Subscriptions: clients, their queries, and what is published to them (CometBFT `libs/pubsub`). */
import { NodeError } from "../errors.ts";
import type { EventMap, Query } from "../query/query.ts";
import type { LazyJson } from "../rpc/lazy-json.ts";

/** One message on its way to subscribers. */
export interface PublishedEvent {
  readonly events: EventMap;
  /** `{type, value}` as clients see it. */
  readonly data: LazyJson;
  /** The events as a JSON object. */
  readonly eventsJson: LazyJson;
}

/** What a subscriber is told. */
export interface Subscriber {
  onEvent(event: PublishedEvent): void;
  /** The subscription ended without its client asking. */
  onCancel(reason: string): void;
}

/** Who is subscribed to what. A client is any object that stands for a connection. */
export interface EventBus {
  /** Throws NodeError `invalidQuery` with `already subscribed`. */
  subscribe(client: object, query: Query, subscriber: Subscriber): void;
  /** Throws NodeError `invalidQuery` with `subscription not found`. */
  unsubscribe(client: object, query: Query): void;
  /** Throws NodeError `invalidQuery` with `subscription not found` when the client has none. */
  unsubscribeAll(client: object): void;
  /** Ends a client's subscriptions, telling it why. */
  cancel(client: object, reason: string): void;
  /** Ends everything. */
  cancelAll(reason: string): void;
  /** Clients with at least one subscription. */
  readonly clientCount: number;
  subscriptionCount(client: object): number;
  /** Hands an event to everyone whose query matches. A failing subscriber harms nobody else. */
  publish(event: PublishedEvent): void;
}

interface Topic {
  readonly query: Query;
  readonly subscribers: Map<object, Subscriber>;
}

const notFound = (): NodeError => new NodeError("invalidQuery", "subscription not found");

/** A bus without subscriptions. */
export function createEventBus(): EventBus {
  const topics = new Map<string, Topic>();
  const clients = new Map<object, Set<string>>();

  function remove(client: object, text: string): Subscriber | undefined {
    const topic = topics.get(text);
    const subscriber = topic?.subscribers.get(client);
    topic?.subscribers.delete(client);
    if (topic?.subscribers.size === 0) topics.delete(text);
    const texts = clients.get(client);
    texts?.delete(text);
    if (texts?.size === 0) clients.delete(client);
    return subscriber;
  }

  function cancel(client: object, reason: string): void {
    for (const text of [...(clients.get(client) ?? [])]) remove(client, text)?.onCancel(reason);
  }

  return {
    subscribe(client, query, subscriber) {
      const topic = topics.get(query.text) ?? { query, subscribers: new Map<object, Subscriber>() };
      if (topic.subscribers.has(client)) throw new NodeError("invalidQuery", "already subscribed");
      topic.subscribers.set(client, subscriber);
      topics.set(query.text, topic);
      const texts = clients.get(client) ?? new Set<string>();
      clients.set(client, texts.add(query.text));
    },
    unsubscribe(client, query) {
      if (!clients.get(client)?.has(query.text)) throw notFound();
      remove(client, query.text);
    },
    unsubscribeAll(client) {
      const texts = clients.get(client);
      if (texts === undefined) throw notFound();
      for (const text of [...texts]) remove(client, text);
    },
    cancel,
    cancelAll(reason) {
      for (const client of [...clients.keys()]) cancel(client, reason);
    },
    get clientCount() {
      return clients.size;
    },
    subscriptionCount: (client) => clients.get(client)?.size ?? 0,
    publish(event) {
      for (const { query, subscribers } of [...topics.values()]) {
        if (!query.matches(event.events)) continue;
        for (const [client, subscriber] of [...subscribers]) {
          try {
            subscriber.onEvent(event);
          } catch {
            // a subscriber that throws is broken and must not stop the chain
            remove(client, query.text);
          }
        }
      }
    },
  };
}
