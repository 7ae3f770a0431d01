/** Events of ABCI: what happened, for indexers and relayers. Not hashed, but part of the contract with tools. */

import type { EventAttribute as AbciAttribute, Event as AbciEvent } from "cosmjs-types/tendermint/abci/types";

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

/** An attribute that is an ABCI one as well, so that the millions of a busy chain are made once. */
class IndexedAttribute implements AbciAttribute {
  readonly key: string;
  readonly value: string;

  constructor(key: string, value: string) {
    this.key = key;
    this.value = value;
  }

  get index(): true {
    return true;
  }
}

/** Makes an event. */
export function createEvent(type: string, attributes: Attributes): Event {
  const list: EventAttribute[] = [];
  if (Array.isArray(attributes))
    for (const [key, value] of attributes as readonly (readonly [string, string])[])
      list.push(new IndexedAttribute(key, value));
  else {
    const named = attributes as Readonly<Record<string, string>>;
    for (const key of Object.keys(named)) list.push(new IndexedAttribute(key, named[key]!));
  }
  return { type, attributes: list };
}

/** The event with one more attribute behind the others. */
export const withAttribute = ({ type, attributes }: Event, key: string, value: string): Event => ({
  type,
  attributes: [...attributes, new IndexedAttribute(key, value)],
});

const isAbci = (attribute: EventAttribute): boolean => attribute instanceof IndexedAttribute;

/** Events as engines and indexers get them: the same objects where that can be, so nobody may change them. */
export const toAbciEvents = (events: readonly Event[]): AbciEvent[] =>
  events.map(({ type, attributes }) => ({
    type,
    attributes: (attributes.every(isAbci)
      ? attributes
      : attributes.map(({ key, value }) => new IndexedAttribute(key, value))) as AbciAttribute[],
  }));

/** Collects events in order. */
export interface EventManager {
  readonly events: readonly Event[];
  emit(event: Event): void;
  emitAll(events: readonly Event[]): void;
}

/** An empty collector. */
export const createEventManager = (): EventManager => new EventList();

class EventList implements EventManager {
  readonly events: Event[] = [];

  emit(event: Event): void {
    this.events.push(event);
  }

  emitAll(more: readonly Event[]): void {
    for (const event of more) this.events.push(event);
  }
}
