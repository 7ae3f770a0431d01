/** Events of ABCI: what happened, for indexers and relayers. Not hashed, but part of the contract with tools. */

/** One attribute; the SDK marks every one for indexing. */
export interface EventAttribute {
  readonly key: string;
  readonly value: string;
}

/** An event in the order in which it was emitted. */
export interface Event {
  readonly type: string;
  readonly attributes: readonly EventAttribute[];
}

/** Attributes as an object (insertion order), or as pairs where a key repeats. */
export type Attributes = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

/** Makes an event. */
export function createEvent(type: string, attributes: Attributes): Event {
  const pairs = Array.isArray(attributes)
    ? (attributes as readonly (readonly [string, string])[])
    : Object.entries(attributes as Record<string, string>);
  return { type, attributes: pairs.map(([key, value]) => ({ key, value })) };
}

/** Collects events in order. */
export interface EventManager {
  readonly events: readonly Event[];
  emit(event: Event): void;
  emitAll(events: readonly Event[]): void;
}

/** An empty collector. */
export function createEventManager(): EventManager {
  const events: Event[] = [];
  return {
    events,
    emit: (event) => void events.push(event),
    emitAll: (more) => void events.push(...more),
  };
}
