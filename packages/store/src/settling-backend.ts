/** A backend that begins in memory and moves to where it is to stay. */
import { type Backend, type BackendBatch, createMemoryBackend } from "./backend.ts";
import { StoreError } from "./errors.ts";

/** A backend that has a final place. */
export interface SettlingBackend extends Backend {
  /**
   * Moves everything into the final backend in one batch, durable on return; from then on that one is used. A second call
   * does nothing.
   */
  settle(): void;
}

/**
 * Holds everything in memory until `settle`: for state that is of no use before it is complete, as a network's is while it
 * is being launched. `target` must be empty. A stop before `settle` leaves it empty.
 */
export function createSettlingBackend(target: Backend): SettlingBackend {
  const memory = createMemoryBackend();
  let current: Backend = memory;
  return {
    get: (key) => current.get(key),
    iterate: (range) => current.iterate(range),
    batch() {
      const batch: BackendBatch = current.batch();
      const home = current;
      return {
        set: batch.set,
        delete: batch.delete,
        write() {
          // Its operations would reach the memory that nobody reads any more.
          if (home !== current) throw new StoreError("logic", "a batch was begun before the backend settled");
          batch.write();
        },
      };
    },
    settle() {
      if (current === target) return;
      const batch = target.batch();
      for (const [key, value] of memory.iterate()) batch.set(key, value);
      batch.write();
      current = target;
      memory.close();
    },
    close() {
      memory.close();
      target.close();
    },
  };
}
