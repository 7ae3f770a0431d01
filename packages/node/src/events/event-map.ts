/** The map that queries are matched against (CometBFT `types/event_bus.go`). */
import type { Event } from "cosmjs-types/tendermint/abci/types";
import type { EventMap } from "../query/query.ts";

/** Tag under which every message carries its kind. */
export const EVENT_KIND_TAG = "tm.event";
/** Tag of a transaction's hash, upper-case hex. */
export const TX_HASH_TAG = "tx.hash";
/** Tag of the height at which a transaction was executed. */
export const TX_HEIGHT_TAG = "tx.height";
/** Tag of a block's height, for block searches. */
export const BLOCK_HEIGHT_TAG = "block.height";

/** Values by `type.key`, then the reserved tags. Events without type and attributes without key are left out. */
export function eventMap(events: readonly Event[], reserved: Readonly<Record<string, string>>): EventMap {
  const map = new Map<string, string[]>();
  const add = (tag: string, value: string): void => {
    const values = map.get(tag);
    if (values === undefined) map.set(tag, [value]);
    else values.push(value);
  };
  for (const { type, attributes } of events) {
    if (type === "") continue;
    for (const { key, value } of attributes) if (key !== "") add(`${type}.${key}`, value);
  }
  for (const [tag, value] of Object.entries(reserved)) add(tag, value);
  return map;
}
