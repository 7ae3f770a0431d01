/**
 * What the base application keeps beside the stores, outside the app hash: block data for contexts of past heights, and
 * genesis sections of modules that it lacks. Keys are text below `app/`; they are written with the block's own batch.
 */
import { be64, concatBytes, fromUtf8, utf8 } from "@tandem-ics/crypto";
import { nsToTimestamp, parseJson, stringifyJson, timestampToNs } from "@tandem-ics/proto";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import { Header } from "cosmjs-types/tendermint/types/types";
import type { BlockInfo } from "../context.ts";
import type { JsonObject } from "../module.ts";

/** The header fields of a committed block that contexts show. */
export type BlockRecord = Pick<
  BlockInfo,
  "chainId" | "height" | "timeNs" | "appHash" | "nextValidatorsHash" | "proposerAddress"
>;

/** Records of one backend. */
export interface AppRecords {
  block(height: bigint): BlockRecord | undefined;
  putBlock(record: BlockRecord, batch: BackendBatch): void;
  /** Sections of genesis that no module owns. */
  foreignGenesis(): JsonObject;
  putForeignGenesis(sections: JsonObject, batch: BackendBatch): void;
}

const FOREIGN = utf8("app/foreign-genesis");
const BLOCK = utf8("app/block/");
const blockKey = (height: bigint): Uint8Array => concatBytes(BLOCK, be64(height));

/** Opens the records in `backend`. */
export function openAppRecords(backend: Backend): AppRecords {
  return {
    block(height) {
      const bytes = backend.get(blockKey(height));
      if (bytes === undefined) return undefined;
      const { chainId, time, appHash, nextValidatorsHash, proposerAddress } = Header.decode(bytes);
      return { chainId, height, timeNs: timestampToNs(time), appHash, nextValidatorsHash, proposerAddress };
    },
    putBlock({ chainId, height, timeNs, appHash, nextValidatorsHash, proposerAddress }, batch) {
      const time = nsToTimestamp(timeNs);
      const header = { chainId, height, time, appHash, nextValidatorsHash, proposerAddress };
      batch.set(blockKey(height), Header.encode(Header.fromPartial(header)).finish());
    },
    foreignGenesis() {
      const bytes = backend.get(FOREIGN);
      return bytes === undefined ? {} : (parseJson(fromUtf8(bytes)) as JsonObject);
    },
    putForeignGenesis: (sections, batch) => batch.set(FOREIGN, utf8(stringifyJson(sections))),
  };
}
