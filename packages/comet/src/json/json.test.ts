import { utf8 } from "@tandem-ics/crypto";
import type { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import fc from "fast-check";
import { absentCommitSig } from "../commit-sig.ts";
import { defaultConsensusParams } from "../consensus-params.ts";
import { isCometError } from "../errors.ts";
import { secp256k1Key } from "../public-key.ts";
import { makeChain, makeLightBlock, makeSet, memberOf, someBlockId } from "../testing.ts";
import { goZeroTimestamp } from "../time.ts";
import {
  blockFromRpcJson,
  blockResultsToRpcJson,
  blockToRpcJson,
  execTxResultFromRpcJson,
  execTxResultToRpcJson,
} from "./block.ts";
import {
  consensusParamsFromRpcJson,
  consensusParamsToRpcJson,
  consensusParamsUpdateToRpcJson,
} from "./consensus-params.ts";
import {
  blockMetaFromRpcJson,
  blockMetaToRpcJson,
  commitFromRpcJson,
  commitToRpcJson,
  headerFromRpcJson,
  headerToRpcJson,
} from "./header.ts";
import { goJsonText, type JsonObject, parseJsonText, readJson } from "./json-value.ts";
import {
  publicKeyFromRpcJson,
  publicKeyToRpcJson,
  validatorUpdateFromRpcJson,
  validatorUpdateToRpcJson,
} from "./public-key.ts";
import {
  lightBlockFromRpcJson,
  lightBlockToRpcJson,
  validatorsPageFromRpcJson,
  validatorsPageToRpcJson,
} from "./validators.ts";

const made = makeSet([3n, 2n]);
const lightBlock = makeLightBlock(made, 4n);
const { header, commit } = lightBlock.signedHeader;

const refusalPath = (f: () => unknown): unknown => {
  try {
    f();
  } catch (error) {
    if (isCometError(error, "invalidJson")) return error.fields["path"];
    throw error;
  }
  throw new Error("it was accepted");
};

describe("values", () => {
  test("five characters are escaped as Go does", () => {
    expect(goJsonText({ a: '<b>&"\u2028\u2029é' })).toBe('{"a":"\\u003cb\\u003e\\u0026\\"\\u2028\\u2029é"}');
    expect(goJsonText({ a: [1] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  test("text survives writing and parsing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseJsonText(goJsonText(text))).toBe(text);
      }),
    );
    expect(() => parseJsonText("{")).toThrow("not JSON");
  });

  test("missing and null members read as Go's zero values", () => {
    for (const json of [readJson({}), readJson({ a: null })]) {
      expect([json.int64("a"), json.int32("a"), json.text("a"), json.flag("a")]).toEqual([0n, 0, "", false]);
      expect([json.hex("a").length, json.bytes("a").length, json.list("a", () => 1)]).toEqual([0, 0, []]);
      expect(json.time("a")).toEqual(goZeroTimestamp());
      expect(json.optional("a", () => 1)).toBeUndefined();
    }
  });

  test("inherited members are not there", () => {
    expect(readJson({}).has("constructor")).toBe(false);
    expect(readJson(JSON.parse('{"__proto__":{"a":"1"}}')).has("a")).toBe(false);
  });

  const wrong: JsonObject = { n: 5, s: "x", o: {}, l: [1], f: 0.5, big: 2 ** 32, text: "12x", neg: "-7" };
  test.each([
    ["a number for 64 bits", () => readJson(wrong).int64("n"), "$.n"],
    ["letters for 64 bits", () => readJson(wrong).int64("text"), "$.text"],
    ["an empty string for 64 bits", () => readJson({ a: "" }).int64("a"), "$.a"],
    ["a string for 32 bits", () => readJson(wrong).int32("s"), "$.s"],
    ["a fraction", () => readJson(wrong).int32("f"), "$.f"],
    ["33 bits for 32", () => readJson(wrong).int32("big"), "$.big"],
    ["a number for text", () => readJson(wrong).text("n"), "$.n"],
    ["odd hex", () => readJson({ a: "abc" }).hex("a"), "$.a"],
    ["other letters in hex", () => readJson(wrong).hex("s"), "$.s"],
    ["bad base64", () => readJson(wrong).bytes("s"), "$.s"],
    ["a bad time", () => readJson(wrong).time("s"), "$.s"],
    ["an object for a list", () => readJson(wrong).list("o", () => 1), "$.o"],
    ["numbers for objects", () => readJson(wrong).list("l", () => 1), "$.l[0]"],
    ["a list for an object", () => readJson(wrong).object("l"), "$.l"],
    ["text for a flag", () => readJson(wrong).flag("s"), "$.s"],
    ["a number at the top", () => readJson(5), "$"],
  ])("refuses %s", (_, read, path) => {
    expect(refusalPath(read)).toBe(path);
    expect(readJson(wrong).int64("neg")).toBe(-7n);
  });
});

describe("there and back", () => {
  test("headers, commits, light blocks, block metas", () => {
    expect(headerFromRpcJson(readJson(headerToRpcJson(header)))).toEqual(header);
    const mixed = { ...commit, signatures: [commit.signatures[0]!, absentCommitSig()] };
    expect(commitFromRpcJson(readJson(commitToRpcJson(mixed)))).toEqual(mixed);
    expect(lightBlockFromRpcJson(readJson(lightBlockToRpcJson(lightBlock)))).toEqual(lightBlock);
    const meta = { blockId: someBlockId("a"), blockSize: 589n, header, numTxs: 2n };
    expect(blockMetaFromRpcJson(readJson(blockMetaToRpcJson(meta)))).toEqual(meta);
  });

  test("the application's version shows only when it is not 0", () => {
    expect(headerToRpcJson(header)["version"]).toEqual({ block: "11" });
    const versioned = { ...header, version: { block: 11n, app: 2n } };
    expect(headerToRpcJson(versioned)["version"]).toEqual({ block: "11", app: "2" });
  });

  test("an absent signature has an empty address, the year 1 and null", () => {
    const json = commitToRpcJson({ ...commit, signatures: [absentCommitSig()] });
    expect(json["signatures"]).toEqual([
      { block_id_flag: 1, validator_address: "", timestamp: "0001-01-01T00:00:00Z", signature: null },
    ]);
  });

  test("a first block shows empty lists", () => {
    const block = makeChain([3n]).propose();
    const json = blockToRpcJson(block);
    expect([json["data"], json["evidence"]]).toEqual([{ txs: [] }, { evidence: [] }]);
    expect(json["last_commit"]).toMatchObject({ height: "0", signatures: [] });
    expect(blockFromRpcJson(readJson(json))).toEqual(block);
  });

  test("pages of validators", () => {
    const page = { height: 4n, validators: made.set.validators.slice(1), total: 2 };
    const json = validatorsPageToRpcJson(page);
    expect([json["count"], json["total"]]).toEqual(["1", "2"]);
    expect(validatorsPageFromRpcJson(readJson(json))).toEqual(page);
  });

  test("keys of both kinds, and in updates", () => {
    const secp = secp256k1Key(new Uint8Array(33).fill(2));
    for (const pubKey of [memberOf(0, 1n).validator.pubKey, secp]) {
      expect(publicKeyFromRpcJson(readJson(publicKeyToRpcJson(pubKey)))).toEqual(pubKey);
      for (const power of [0n, 7n]) {
        const json = validatorUpdateToRpcJson({ pubKey, power });
        expect("power" in json).toBe(power !== 0n);
        expect(validatorUpdateFromRpcJson(readJson(json))).toEqual({ pubKey, power });
      }
    }
    expect(publicKeyToRpcJson(secp)["type"]).toBe("tendermint/PubKeySecp256k1");
    expect(() => publicKeyFromRpcJson(readJson({ type: "tendermint/PubKeySr25519", value: "" }))).toThrow(
      "key type",
    );
  });

  test("results of transactions", () => {
    const result: ExecTxResult = {
      code: 5,
      data: utf8("x"),
      log: "<log>",
      info: "",
      gasWanted: 9_007_199_254_740_993n,
      gasUsed: -1n,
      events: [{ type: "t", attributes: [{ key: "k", value: "v", index: true }] }],
      codespace: "sdk",
    };
    expect(execTxResultFromRpcJson(readJson(execTxResultToRpcJson(result)))).toEqual(result);
    expect(execTxResultToRpcJson({ ...result, data: new Uint8Array(0) })["data"]).toBeNull();
  });
});

describe("what a node shows of an application's answer", () => {
  test("empty lists are null, and a block's event without attributes has none", () => {
    const response = { events: [], txResults: [], validatorUpdates: [], appHash: utf8("h") };
    expect(blockResultsToRpcJson(3n, response)).toEqual({
      height: "3",
      txs_results: null,
      finalize_block_events: null,
      validator_updates: null,
      consensus_param_updates: null,
      app_hash: "aA==",
    });
    const json = blockResultsToRpcJson(3n, { ...response, events: [{ type: "a", attributes: [] }] });
    expect(json["finalize_block_events"]).toEqual([{ type: "a" }]);
  });

  test("parameters in full and as an update", () => {
    const params = defaultConsensusParams();
    expect(consensusParamsFromRpcJson(readJson(consensusParamsToRpcJson(params)))).toEqual(params);
    expect(consensusParamsToRpcJson(params)).toMatchObject({
      version: { app: "0" },
      block: { max_gas: "-1" },
    });
    expect(consensusParamsUpdateToRpcJson(params)).toEqual({
      block: { max_bytes: "22020096", max_gas: "-1" },
      evidence: { max_age_num_blocks: "100000", max_age_duration: "172800000000000", max_bytes: "1048576" },
      validator: { pub_key_types: ["ed25519"] },
      version: {},
      abci: {},
    });
    expect(consensusParamsUpdateToRpcJson({})).toEqual({});
  });
});
