/** A committed version as a row of items (SDK `store/rootmulti`, `Snapshot`). */
import { StoreError } from "../errors.ts";
import type { ExportedNode } from "../iavl/export.ts";
import type { IavlVersion } from "../iavl/tree.ts";
import type { VersionExport } from "../multistore-types.ts";
import type { SnapshotItem } from "./items.ts";

/** Gives out `stores`, names ascending. `release` is called once, at the end. */
export function createVersionExport(
  version: bigint,
  stores: readonly { readonly name: string; readonly tree: IavlVersion }[],
  release: () => void,
): VersionExport {
  let following = 0;
  let nodes: Iterator<ExportedNode, void> | undefined;
  let state: "open" | "ended" | "closed" = "open";

  function end(as: "ended" | "closed"): void {
    if (state !== "open") return;
    state = as;
    nodes = undefined;
    release();
  }

  return {
    version,
    // a tree of n leaves has n - 1 inner nodes
    size: stores.reduce((sum, { tree }) => sum + 1 + Math.max(0, 2 * tree.size - 1), 0),
    next(): SnapshotItem | undefined {
      if (state === "closed") throw new StoreError("logic", `the export of version ${version} is closed`);
      const step = nodes?.next();
      if (step !== undefined && step.done !== true) return { kind: "node", node: step.value };
      const store = stores[following++];
      if (store === undefined) {
        end("ended");
        return undefined;
      }
      nodes = store.tree.export();
      return { kind: "store", name: store.name };
    },
    close: () => end("closed"),
  };
}
