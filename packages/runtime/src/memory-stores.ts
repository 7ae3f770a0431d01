/** Stores without a disk, for unit tests of keepers. */
import { createMemoryKvStore, type KvStore, type StoreView } from "@tandem-ics/store";
import { InvariantError } from "./errors.ts";

/** Empty stores in memory. */
export function createMemoryStores(names: Iterable<string>): StoreView {
  const stores = new Map<string, KvStore>();
  for (const name of names) stores.set(name, createMemoryKvStore());
  return {
    store(name) {
      const store = stores.get(name);
      if (store === undefined) throw new InvariantError(`no such store: ${name}`);
      return store;
    },
  };
}
