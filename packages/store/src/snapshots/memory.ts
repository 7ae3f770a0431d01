/** Snapshots in memory, for tests and throw-away chains. */
import { concatBytes, sha256 } from "@tandem-ics/crypto";
import { newestFirst, type SnapshotInfo, type SnapshotStore } from "./snapshot-store.ts";

/** An empty store. Chunks are kept by reference. */
export function createMemorySnapshotStore(): SnapshotStore {
  const all = new Map<string, { readonly info: SnapshotInfo; readonly chunks: readonly Uint8Array[] }>();
  const idOf = (height: bigint, format: number): string => `${height}/${format}`;
  return {
    list: () => [...all.values()].map(({ info }) => info).sort(newestFirst),
    chunk: (height, format, index) => all.get(idOf(height, format))?.chunks[index],
    begin(height, format) {
      const chunks: Uint8Array[] = [];
      return {
        add: (chunk) => void chunks.push(chunk),
        finish() {
          const info = {
            height,
            format,
            chunkHashes: chunks.map((chunk) => sha256(chunk)),
            hash: sha256(concatBytes(...chunks)),
          };
          all.set(idOf(height, format), { info, chunks });
          return info;
        },
        discard() {},
      };
    },
    delete: (height, format) => void all.delete(idOf(height, format)),
  };
}
