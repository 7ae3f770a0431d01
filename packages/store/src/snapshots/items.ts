/** What a snapshot's stream is made of (SDK `cosmos/store/snapshots/v1/snapshot.proto`). */
import "@tandem-ics/proto/wire";
import { SnapshotItem as ItemCodec, Metadata } from "cosmjs-types/cosmos/store/snapshots/v1/snapshot";
import type { ExportedNode } from "../iavl/export.ts";
import { SnapshotError } from "./errors.ts";

/** The beginning of a store, or a node of the store that began last. */
export type SnapshotItem =
  | { readonly kind: "store"; readonly name: string }
  | { readonly kind: "node"; readonly node: ExportedNode };

/** The SDK's number of this format. */
export const SNAPSHOT_FORMAT = 3;

/** An item as protobuf, without its length. */
export function encodeItem(item: SnapshotItem): Uint8Array {
  if (item.kind === "store") return ItemCodec.encode({ store: { name: item.name } }).finish();
  const { key, value, version, height } = item.node;
  return ItemCodec.encode({ iavl: { key, value, version: BigInt(version), height } }).finish();
}

/** Reads {@link encodeItem}. Throws {@link SnapshotError}, also for extensions: no application here has any. */
export function decodeItem(bytes: Uint8Array): SnapshotItem {
  const { store, iavl, extension, extensionPayload } = orMalformed(() => ItemCodec.decode(bytes));
  if (extension !== undefined || extensionPayload !== undefined)
    throw new SnapshotError(`unknown extension ${extension?.name ?? ""}`);
  if ((store === undefined) === (iavl === undefined)) throw new SnapshotError("an item is not of one kind");
  if (store !== undefined) return { kind: "store", name: store.name };
  const { key, value, version, height } = iavl!;
  if (version > BigInt(Number.MAX_SAFE_INTEGER))
    throw new SnapshotError("the version of a node is out of range");
  return { kind: "node", node: { key, value, version: Number(version), height } };
}

/** The metadata of an ABCI snapshot: SHA-256 of each chunk. */
export const encodeMetadata = (chunkHashes: readonly Uint8Array[]): Uint8Array =>
  Metadata.encode({ chunkHashes: [...chunkHashes] }).finish();

/** Reads {@link encodeMetadata}. Throws {@link SnapshotError}. */
export const decodeMetadata = (bytes: Uint8Array): Uint8Array[] =>
  orMalformed(() => Metadata.decode(bytes)).chunkHashes;

function orMalformed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new SnapshotError("malformed protobuf", { cause });
  }
}
