/** Recorded blocks, commits and transactions, read and checked as a node of ours reads and checks its own. */

import {
  blockFromRpcJson,
  blockId,
  blockIdFromRpcJson,
  blockIdToRpcJson,
  blockToRpcJson,
  execTxResultFromRpcJson,
  execTxResultToRpcJson,
  existingValidatorSet,
  headerHash,
  type JsonObject,
  readJson,
  signedHeaderFromRpcJson,
  signedHeaderToRpcJson,
  validateBlockBasic,
  validatorFromRpcJson,
  validatorSetHash,
  verifyCommit,
} from "@tandem-ics/comet";
import { sha256, toHexUpper } from "@tandem-ics/crypto";
import { testEach } from "../each.ts";
import { recordedBlocks, recordedHeights, recordedTxs } from "./files.ts";

const object = (json: unknown): JsonObject => json as JsonObject;

const blocks = recordedBlocks().flatMap(({ name, json }) =>
  json.map((block, i) => [`${name} ${i}`, block] as const),
);
(blocks.length > 0 ? describe : describe.skip)("blocks", () => {
  testEach(blocks)("%s: bytes give the recorded id, JSON comes out as it went in", (_name, recorded) => {
    const block = blockFromRpcJson(readJson(recorded["block"]));
    expect(() => validateBlockBasic(block)).not.toThrow();
    expect(blockIdToRpcJson(blockId(block))).toEqual(recorded["block_id"]);
    expect(blockToRpcJson(block)).toEqual(recorded["block"]);
  });
});

const runs = recordedHeights();
(runs.length > 0 ? describe : describe.skip)("heights in a row", () => {
  testEach(runs.map(({ name, json }) => [name, json] as const))("%s", (_name, heights) => {
    for (const [i, { commit, validators }] of heights.entries()) {
      const json = readJson(object(commit)["signed_header"]);
      const signed = signedHeaderFromRpcJson(json);
      expect(signedHeaderToRpcJson(signed)).toEqual(object(commit)["signed_header"]);
      const set = existingValidatorSet(readJson(validators).list("validators", validatorFromRpcJson));
      expect(validatorSetHash(set)).toEqual(signed.header.validatorsHash);
      const { chainId, height } = signed.header;
      const id = blockIdFromRpcJson(json.object("commit").object("block_id"));
      expect(id.hash).toEqual(headerHash(signed.header));
      expect(() =>
        verifyCommit({ chainId, height, blockId: id, validators: set, commit: signed.commit }),
      ).not.toThrow();
      const next = heights[i + 1];
      if (next === undefined) continue;
      const after = signedHeaderFromRpcJson(readJson(object(next.commit)["signed_header"])).header;
      expect(after.lastBlockId.hash).toEqual(id.hash);
      expect(Buffer.from(after.appHash).toString("base64")).toBe(heights[i]!.app_hash_after);
    }
  });
});

const txs = recordedTxs();
(txs.length > 0 ? describe : describe.skip)("transactions", () => {
  testEach(txs.map(({ name, json }) => [name, json] as const))("%s", (_name, { tx_base64, hash, result }) => {
    expect(toHexUpper(sha256(Buffer.from(tx_base64, "base64")))).toBe(hash);
    expect(execTxResultToRpcJson(execTxResultFromRpcJson(readJson(result)))).toEqual(result);
  });
});
