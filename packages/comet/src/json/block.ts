/** Blocks and what came of them as JSON-RPC shows them. */
import { EMPTY, toBase64 } from "@tandem-ics/crypto";
import type {
  Event,
  EventAttribute,
  ExecTxResult,
  ResponseFinalizeBlock,
} from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import { consensusParamsUpdateToRpcJson } from "./consensus-params.ts";
import { evidenceFromRpcJson, evidenceToRpcJson } from "./evidence.ts";
import { commitFromRpcJson, commitToRpcJson, headerFromRpcJson, headerToRpcJson } from "./header.ts";
import { bytesJson, type JsonObject, type JsonReader, type JsonValue } from "./json-value.ts";
import { validatorUpdateToRpcJson } from "./public-key.ts";

/** Block, with lists as a node shows a stored one: `[]` where empty. */
export const blockToRpcJson = ({ header, data, evidence, lastCommit }: Block): JsonObject => ({
  header: headerToRpcJson(header),
  data: { txs: data.txs.map(toBase64) },
  evidence: { evidence: evidence.evidence.map(evidenceToRpcJson) },
  last_commit: lastCommit === undefined ? null : commitToRpcJson(lastCommit),
});

/** Block. @throws CometError `invalidJson`, `invalidPublicKey`. */
export function blockFromRpcJson(json: JsonReader): Block {
  const lastCommit = json.optional("last_commit", commitFromRpcJson);
  return {
    header: headerFromRpcJson(json.object("header")),
    data: { txs: json.object("data").bytesList("txs") },
    evidence: { evidence: json.object("evidence").list("evidence", evidenceFromRpcJson) },
    ...(lastCommit === undefined ? {} : { lastCommit }),
  };
}

const attributeToRpcJson = ({ key, value, index }: EventAttribute): JsonObject => ({ key, value, index });

/** Event of a transaction: attributes are always there. */
export const eventToRpcJson = ({ type, attributes }: Event): JsonObject => ({
  type,
  attributes: attributes.map(attributeToRpcJson),
});

/** Event of a block: Go leaves out an empty type and an empty list of attributes here. */
const blockEventToRpcJson = ({ type, attributes }: Event): JsonObject => ({
  ...(type === "" ? {} : { type }),
  ...(attributes.length === 0 ? {} : { attributes: attributes.map(attributeToRpcJson) }),
});

/** Event. @throws CometError `invalidJson`. */
export const eventFromRpcJson = (json: JsonReader): Event => ({
  type: json.text("type"),
  attributes: json.list("attributes", (a) => ({
    key: a.text("key"),
    value: a.text("value"),
    index: a.flag("index"),
  })),
});

/** Result of a transaction: all keys present, `data` null when empty. */
export const execTxResultToRpcJson = (result: ExecTxResult): JsonObject => ({
  code: result.code,
  data: bytesJson(result.data),
  log: result.log,
  info: result.info,
  gas_wanted: String(result.gasWanted),
  gas_used: String(result.gasUsed),
  events: result.events.map(eventToRpcJson),
  codespace: result.codespace,
});

/** Result of a transaction. @throws CometError `invalidJson`. */
export const execTxResultFromRpcJson = (json: JsonReader): ExecTxResult => ({
  code: json.int32("code"),
  data: json.bytes("data"),
  log: json.text("log"),
  info: json.text("info"),
  gasWanted: json.int64("gas_wanted"),
  gasUsed: json.int64("gas_used"),
  events: json.list("events", eventFromRpcJson),
  codespace: json.text("codespace"),
});

const listOrNull = <T>(list: readonly T[], toJson: (element: T) => JsonValue): JsonValue =>
  list.length === 0 ? null : list.map(toJson);

/** Result of `/block_results`: what the application answered to the block at `height`. Empty lists are null. */
export const blockResultsToRpcJson = (height: bigint, response: ResponseFinalizeBlock): JsonObject => ({
  height: String(height),
  txs_results: listOrNull(response.txResults, execTxResultToRpcJson),
  finalize_block_events: listOrNull(response.events, blockEventToRpcJson),
  validator_updates: listOrNull(response.validatorUpdates, validatorUpdateToRpcJson),
  consensus_param_updates:
    response.consensusParamUpdates === undefined
      ? null
      : consensusParamsUpdateToRpcJson(response.consensusParamUpdates),
  app_hash: bytesJson(response.appHash ?? EMPTY),
});
