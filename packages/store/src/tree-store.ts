/** IAVL trees as key-value stores. */
import { StoreError } from "./errors.ts";
import type { IavlReader, IavlTree } from "./iavl/tree.ts";
import { assertKey, type KvStore } from "./kv.ts";

/** The working tree as a store: writes go into it at once. */
export function treeStore(tree: IavlTree): KvStore {
  return {
    ...reads(tree),
    set(key, value) {
      assertKey(key);
      tree.set(key, value);
    },
    delete(key) {
      assertKey(key);
      tree.remove(key);
    },
  };
}

/** A store whose writes throw {@link StoreError}. */
export function readOnlyStore(source: Pick<IavlReader, "get" | "has" | "iterate">): KvStore {
  const refuse = (): never => {
    throw new StoreError("logic", "a past version cannot be written");
  };
  return { ...reads(source), set: refuse, delete: refuse };
}

function reads(
  source: Pick<IavlReader, "get" | "has" | "iterate">,
): Pick<KvStore, "get" | "has" | "iterate"> {
  return {
    get(key) {
      assertKey(key);
      return source.get(key);
    },
    has(key) {
      assertKey(key);
      return source.has(key);
    },
    iterate: (range) => source.iterate(range),
  };
}
