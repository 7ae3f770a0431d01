/** Headers, block ids, commits and votes as JSON-RPC shows them. */
import type {
  BlockID,
  BlockMeta,
  Commit,
  CommitSig,
  Header,
  PartSetHeader,
  SignedHeader,
  Vote,
} from "cosmjs-types/tendermint/types/types";
import { completeSignedHeader } from "../light/light-block.ts";
import { bytesJson, hexJson, type JsonObject, type JsonReader, timeJson } from "./json-value.ts";

/** Block id; its parts' total is a number. */
export const blockIdToRpcJson = ({ hash, partSetHeader }: BlockID): JsonObject => ({
  hash: hexJson(hash),
  parts: { total: partSetHeader.total, hash: hexJson(partSetHeader.hash) },
});

/** Block id. @throws CometError `invalidJson`, as all readers here. */
export function blockIdFromRpcJson(json: JsonReader): BlockID {
  const parts = json.object("parts");
  const partSetHeader: PartSetHeader = { total: parts.int32("total"), hash: parts.hex("hash") };
  return { hash: json.hex("hash"), partSetHeader };
}

/** Header; `version.app` is left out when 0. */
export function headerToRpcJson(header: Header): JsonObject {
  const { block, app } = header.version;
  return {
    version: app === 0n ? { block: String(block) } : { block: String(block), app: String(app) },
    chain_id: header.chainId,
    height: String(header.height),
    time: timeJson(header.time),
    last_block_id: blockIdToRpcJson(header.lastBlockId),
    last_commit_hash: hexJson(header.lastCommitHash),
    data_hash: hexJson(header.dataHash),
    validators_hash: hexJson(header.validatorsHash),
    next_validators_hash: hexJson(header.nextValidatorsHash),
    consensus_hash: hexJson(header.consensusHash),
    app_hash: hexJson(header.appHash),
    last_results_hash: hexJson(header.lastResultsHash),
    evidence_hash: hexJson(header.evidenceHash),
    proposer_address: hexJson(header.proposerAddress),
  };
}

/** Header. */
export function headerFromRpcJson(json: JsonReader): Header {
  const version = json.object("version");
  return {
    version: { block: version.int64("block"), app: version.int64("app") },
    chainId: json.text("chain_id"),
    height: json.int64("height"),
    time: json.time("time"),
    lastBlockId: blockIdFromRpcJson(json.object("last_block_id")),
    lastCommitHash: json.hex("last_commit_hash"),
    dataHash: json.hex("data_hash"),
    validatorsHash: json.hex("validators_hash"),
    nextValidatorsHash: json.hex("next_validators_hash"),
    consensusHash: json.hex("consensus_hash"),
    appHash: json.hex("app_hash"),
    lastResultsHash: json.hex("last_results_hash"),
    evidenceHash: json.hex("evidence_hash"),
    proposerAddress: json.hex("proposer_address"),
  };
}

const commitSigToRpcJson = (signature: CommitSig): JsonObject => ({
  block_id_flag: signature.blockIdFlag,
  validator_address: hexJson(signature.validatorAddress),
  timestamp: timeJson(signature.timestamp),
  signature: bytesJson(signature.signature),
});

const commitSigFromRpcJson = (json: JsonReader): CommitSig => ({
  blockIdFlag: json.int32("block_id_flag"),
  validatorAddress: json.hex("validator_address"),
  timestamp: json.time("timestamp"),
  signature: json.bytes("signature"),
});

/** Commit; the empty one has `"signatures":[]`. */
export const commitToRpcJson = (commit: Commit): JsonObject => ({
  height: String(commit.height),
  round: commit.round,
  block_id: blockIdToRpcJson(commit.blockId),
  signatures: commit.signatures.map(commitSigToRpcJson),
});

/** Commit. */
export const commitFromRpcJson = (json: JsonReader): Commit => ({
  height: json.int64("height"),
  round: json.int32("round"),
  blockId: blockIdFromRpcJson(json.object("block_id")),
  signatures: json.list("signatures", commitSigFromRpcJson),
});

/** Signed header. @throws CometError `invalidSignedHeader` when a half is missing. */
export function signedHeaderToRpcJson(signedHeader: SignedHeader): JsonObject {
  const { header, commit } = completeSignedHeader(signedHeader);
  return { header: headerToRpcJson(header), commit: commitToRpcJson(commit) };
}

/** Signed header. */
export const signedHeaderFromRpcJson = (json: JsonReader): { header: Header; commit: Commit } => ({
  header: headerFromRpcJson(json.object("header")),
  commit: commitFromRpcJson(json.object("commit")),
});

/** Entry of `/blockchain`. */
export const blockMetaToRpcJson = (meta: BlockMeta): JsonObject => ({
  block_id: blockIdToRpcJson(meta.blockId),
  block_size: String(meta.blockSize),
  header: headerToRpcJson(meta.header),
  num_txs: String(meta.numTxs),
});

/** Entry of `/blockchain`. */
export const blockMetaFromRpcJson = (json: JsonReader): BlockMeta => ({
  blockId: blockIdFromRpcJson(json.object("block_id")),
  blockSize: json.int64("block_size"),
  header: headerFromRpcJson(json.object("header")),
  numTxs: json.int64("num_txs"),
});

/** Vote, as in evidence. */
export const voteToRpcJson = (vote: Vote): JsonObject => ({
  type: vote.type,
  height: String(vote.height),
  round: vote.round,
  block_id: blockIdToRpcJson(vote.blockId),
  timestamp: timeJson(vote.timestamp),
  validator_address: hexJson(vote.validatorAddress),
  validator_index: vote.validatorIndex,
  signature: bytesJson(vote.signature),
  extension: bytesJson(vote.extension),
  extension_signature: bytesJson(vote.extensionSignature),
});

/** Vote. */
export const voteFromRpcJson = (json: JsonReader): Vote => ({
  type: json.int32("type"),
  height: json.int64("height"),
  round: json.int32("round"),
  blockId: blockIdFromRpcJson(json.object("block_id")),
  timestamp: json.time("timestamp"),
  validatorAddress: json.hex("validator_address"),
  validatorIndex: json.int32("validator_index"),
  signature: json.bytes("signature"),
  extension: json.bytes("extension"),
  extensionSignature: json.bytes("extension_signature"),
});
