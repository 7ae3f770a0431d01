/** What subscribers see of a block (CometBFT `types/events.go`). */
import {
  blockIdToRpcJson,
  blockToRpcJson,
  consensusParamsUpdateToRpcJson,
  eventToRpcJson,
  evidenceToRpcJson,
  execTxResultToRpcJson,
  headerToRpcJson,
  type JsonObject,
  type JsonValue,
  validatorToRpcJson,
  validatorUpdatesToValidators,
  validatorUpdateToRpcJson,
} from "@tandem-ics/comet";
import { sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import type { Event, ExecTxResult, ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import type { PublishedEvent } from "../events/event-bus.ts";
import { EVENT_KIND_TAG, eventMap, TX_HASH_TAG, TX_HEIGHT_TAG } from "../events/event-map.ts";
import type { EventMap } from "../query/query.ts";
import type { CommittedBlock } from "../storage/block-store.ts";
import { type LazyJson, lazyJson } from "./lazy-json.ts";

const eventsJson = (events: EventMap): JsonValue =>
  Object.fromEntries([...events].map(([tag, values]) => [tag, [...values]]));

function published(kind: string, events: EventMap, value: () => JsonValue): PublishedEvent {
  return {
    events,
    data: lazyJson(() => ({ type: `tendermint/event/${kind}`, value: value() })),
    eventsJson: lazyJson(() => eventsJson(events)),
  };
}

const list = (events: readonly Event[]): JsonValue => events.map(eventToRpcJson);

/** The application's answer with Go's omissions. */
function responseJson(response: ResponseFinalizeBlock): JsonObject {
  const json: JsonObject = {};
  if (response.events.length > 0) json["events"] = list(response.events);
  if (response.txResults.length > 0) json["tx_results"] = response.txResults.map(execTxResultToRpcJson);
  json["validator_updates"] = response.validatorUpdates.map(validatorUpdateToRpcJson);
  if (response.consensusParamUpdates !== undefined)
    json["consensus_param_updates"] = consensusParamsUpdateToRpcJson(response.consensusParamUpdates);
  if (response.appHash.length > 0) json["app_hash"] = toBase64(response.appHash);
  return json;
}

/** A result with zero fields left out. */
function resultJson(result: ExecTxResult): JsonObject {
  const json: JsonObject = {};
  if (result.code !== 0) json["code"] = result.code;
  if (result.data.length > 0) json["data"] = toBase64(result.data);
  if (result.log !== "") json["log"] = result.log;
  if (result.info !== "") json["info"] = result.info;
  if (result.gasWanted !== 0n) json["gas_wanted"] = String(result.gasWanted);
  if (result.gasUsed !== 0n) json["gas_used"] = String(result.gasUsed);
  if (result.events.length > 0) json["events"] = list(result.events);
  if (result.codespace !== "") json["codespace"] = result.codespace;
  return json;
}

function txEvent(height: bigint, index: number, tx: Uint8Array, result: ExecTxResult): PublishedEvent {
  const events = eventMap(result.events, {
    [EVENT_KIND_TAG]: "Tx",
    [TX_HASH_TAG]: toHexUpper(sha256(tx)),
    [TX_HEIGHT_TAG]: String(height),
  });
  return published("Tx", events, () => ({
    TxResult: {
      height: String(height),
      ...(index === 0 ? {} : { index }),
      tx: toBase64(tx),
      result: resultJson(result),
    },
  }));
}

/** The messages of one block in the order of publication. Made one by one, so that nobody waits for all of them. */
export function* blockEvents({ block, blockId, response }: CommittedBlock): Generator<PublishedEvent> {
  const { header, data, evidence } = block;
  const blockJson: LazyJson = lazyJson(() => ({
    block: blockToRpcJson(block),
    block_id: blockIdToRpcJson(blockId),
    result_finalize_block: responseJson(response),
  }));
  yield published("NewBlock", eventMap(response.events, { [EVENT_KIND_TAG]: "NewBlock" }), blockJson.value);
  yield published("NewBlockHeader", eventMap([], { [EVENT_KIND_TAG]: "NewBlockHeader" }), () => ({
    header: headerToRpcJson(header),
  }));
  yield published(
    "NewBlockEvents",
    eventMap(response.events, { [EVENT_KIND_TAG]: "NewBlockEvents" }),
    () => ({
      height: String(header.height),
      events: response.events.length === 0 ? null : list(response.events),
      num_txs: String(data.txs.length),
    }),
  );
  for (const item of evidence.evidence)
    yield published("NewEvidence", eventMap([], { [EVENT_KIND_TAG]: "NewEvidence" }), () => ({
      height: String(header.height),
      evidence: evidenceToRpcJson(item),
    }));
  for (let i = 0; i < data.txs.length; i++)
    yield txEvent(header.height, i, data.txs[i]!, response.txResults[i]!);
  if (response.validatorUpdates.length > 0)
    yield published("ValidatorSetUpdates", eventMap([], { [EVENT_KIND_TAG]: "ValidatorSetUpdates" }), () => ({
      validator_updates: validatorUpdatesToValidators(response.validatorUpdates).map(validatorToRpcJson),
    }));
}
