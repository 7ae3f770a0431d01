/**
 * What the base application keeps beside the stores, outside the app hash: block data for contexts of past heights, and
 * genesis sections of modules that it lacks. Keys are text below `app/`; they are written with the block's own batch.
 */
import { be64, concatBytes, fromBe64, fromUtf8, utf8 } from "@tandem-ics/crypto";
import { parseJson, stringifyJson } from "@tandem-ics/proto";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import type { JsonObject } from "../module.ts";

/** The header fields of a committed block that contexts show. */
export interface BlockRecord {
  readonly height: bigint;
  readonly timeNs: bigint;
  readonly proposerAddress: Uint8Array;
}

/** Records of one backend. */
export interface AppRecords {
  readonly chainId: string | undefined;
  block(height: bigint): BlockRecord | undefined;
  putBlock(record: BlockRecord, batch: BackendBatch): void;
  putChainId(chainId: string, batch: BackendBatch): void;
  /** Sections of genesis that no module owns. */
  foreignGenesis(): JsonObject;
  putForeignGenesis(sections: JsonObject, batch: BackendBatch): void;
}

const CHAIN_ID = utf8("app/chain-id");
const FOREIGN = utf8("app/foreign-genesis");
const BLOCK = utf8("app/block/");
const blockKey = (height: bigint): Uint8Array => concatBytes(BLOCK, be64(height));

/** Opens the records in `backend`. */
export function openAppRecords(backend: Backend): AppRecords {
  return {
    get chainId() {
      const bytes = backend.get(CHAIN_ID);
      return bytes === undefined ? undefined : fromUtf8(bytes);
    },
    block(height) {
      const bytes = backend.get(blockKey(height));
      return bytes === undefined
        ? undefined
        : { height, timeNs: BigInt.asIntN(64, fromBe64(bytes)), proposerAddress: bytes.slice(8) };
    },
    putBlock: ({ height, timeNs, proposerAddress }, batch) =>
      batch.set(blockKey(height), concatBytes(be64(timeNs), proposerAddress)),
    putChainId: (chainId, batch) => batch.set(CHAIN_ID, utf8(chainId)),
    foreignGenesis() {
      const bytes = backend.get(FOREIGN);
      return bytes === undefined ? {} : (parseJson(fromUtf8(bytes)) as JsonObject);
    },
    putForeignGenesis: (sections, batch) => batch.set(FOREIGN, utf8(stringifyJson(sections))),
  };
}
