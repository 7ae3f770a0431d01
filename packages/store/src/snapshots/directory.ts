/**
 * Snapshots in a folder. Node only. `<height>-<format>/` holds one: its chunks `0`, `1`, … and `snapshot.pb`, which is
 * the SDK's `cosmos.store.snapshots.v1.Snapshot`. Names that begin with `new-` or `old-` are on their way in or out.
 */
import "@tandem-ics/proto/wire";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { sha256 } from "@tandem-ics/crypto";
import { Snapshot } from "cosmjs-types/cosmos/store/snapshots/v1/snapshot";
import { newestFirst, type SnapshotInfo, type SnapshotStore } from "./snapshot-store.ts";

const INFO = "snapshot.pb";
const NAME = /^\d+-\d+$/;
const UNFINISHED = /^(new|old)-\d+-\d+$/;

/**
 * Opens or creates the folder `path`. What a process left unfinished that ended before is deleted, so a folder serves one
 * process at a time. Errors of the file system are thrown as they are.
 */
export function openSnapshotDirectory(path: string): SnapshotStore {
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) if (UNFINISHED.test(name)) remove(join(path, name));
  const nameOf = (height: bigint, format: number): string => `${height}-${format}`;

  function drop(name: string): void {
    const from = join(path, name);
    if (!existsSync(from)) return;
    // first out of sight: half a snapshot is never listed
    const to = join(path, `old-${name}`);
    remove(to);
    renameSync(from, to);
    remove(to);
  }

  return {
    list: () =>
      readdirSync(path)
        .filter((name) => NAME.test(name))
        .map((name) => decodeInfo(readFileSync(join(path, name, INFO))))
        .sort(newestFirst),
    chunk(height, format, index) {
      const file = join(path, nameOf(height, format), `${index}`);
      return existsSync(file) ? plain(readFileSync(file)) : undefined;
    },
    begin(height, format) {
      const name = nameOf(height, format);
      const folder = join(path, `new-${name}`);
      remove(folder);
      mkdirSync(folder);
      const chunkHashes: Uint8Array[] = [];
      const whole = createHash("sha256");
      return {
        add(chunk) {
          writeDurably(join(folder, `${chunkHashes.length}`), chunk);
          chunkHashes.push(sha256(chunk));
          whole.update(chunk);
        },
        finish() {
          const info = { height, format, chunkHashes, hash: plain(whole.digest()) };
          writeDurably(join(folder, INFO), encodeInfo(info));
          drop(name);
          renameSync(folder, join(path, name));
          return info;
        },
        discard: () => remove(folder),
      };
    },
    delete: (height, format) => drop(nameOf(height, format)),
  };
}

const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const encodeInfo = ({ height, format, chunkHashes, hash }: SnapshotInfo): Uint8Array =>
  Snapshot.encode({
    height,
    format,
    chunks: chunkHashes.length,
    hash,
    metadata: { chunkHashes: [...chunkHashes] },
  }).finish();

function decodeInfo(bytes: Uint8Array): SnapshotInfo {
  const { height, format, hash, metadata } = Snapshot.decode(bytes);
  return { height, format, hash, chunkHashes: metadata.chunkHashes };
}

/** Callers get plain arrays: a Buffer's `slice` shares memory. */
const plain = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
