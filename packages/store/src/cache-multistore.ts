/** Branches of all stores at once (SDK `store/cachemulti`). */
import { type CacheKvStore, createCacheKvStore } from "./kv.ts";
import type { CacheMultiStore, StoreView } from "./multistore-types.ts";

/** A branch of `parent`; the cache of a store is made when the store is first asked for. */
export function createCacheMultiStore(parent: StoreView): CacheMultiStore {
  const caches = new Map<string, CacheKvStore>();
  const self: CacheMultiStore = {
    store(name) {
      let cache = caches.get(name);
      if (cache === undefined) {
        cache = createCacheKvStore(parent.store(name));
        caches.set(name, cache);
      }
      return cache;
    },
    write() {
      for (const cache of caches.values()) if (cache.dirty) cache.write();
    },
    branch: () => createCacheMultiStore(self),
  };
  return self;
}
