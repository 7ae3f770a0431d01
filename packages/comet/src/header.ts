/** Block headers: hash and basic validity (CometBFT spec, core/data_structures; `types/block.go`). */
import { concatBytes, EMPTY, merkleRoot, utf8 } from "@tandem-ics/crypto";
import type { Header } from "cosmjs-types/tendermint/types/types";
import { checkHash, encodeBlockId, validateBlockIdBasic } from "./block-id.ts";
import { CometError, within } from "./errors.ts";
import { bytesField, textField, timestampBytes, varintField } from "./proto-bytes.ts";
import { ADDRESS_LENGTH } from "./public-key.ts";
import { isValidTimestamp } from "./time.ts";

/** Block protocol of CometBFT 0.34 to 0.38, field `version.block`. */
export const BLOCK_PROTOCOL = 11n;

/** Longest chain id in UTF-8 bytes. */
export const MAX_CHAIN_ID_LENGTH = 50;

/**
 * Root over the 14 fields of a header; empty when `validators_hash` is empty, as such a header has no hash.
 * Scalars are leaves in protobuf wrapper form (`StringValue`, `Int64Value`, `BytesValue`), messages as they are.
 */
export function headerHash(header: Header): Uint8Array {
  if (header.validatorsHash.length === 0) return EMPTY;
  return merkleRoot([
    concatBytes(varintField(1, header.version.block), varintField(2, header.version.app)),
    textField(1, header.chainId),
    varintField(1, header.height),
    timestampBytes(header.time),
    encodeBlockId(header.lastBlockId),
    bytesField(1, header.lastCommitHash),
    bytesField(1, header.dataHash),
    bytesField(1, header.validatorsHash),
    bytesField(1, header.nextValidatorsHash),
    bytesField(1, header.consensusHash),
    bytesField(1, header.appHash),
    bytesField(1, header.lastResultsHash),
    bytesField(1, header.evidenceHash),
    bytesField(1, header.proposerAddress),
  ]);
}

const invalid = (message: string, fields: Record<string, unknown> = {}): CometError =>
  new CometError("invalidHeader", message, fields);

/**
 * What any header must satisfy (`Header.ValidateBasic`): protocol 11, height above zero, lengths of hashes and
 * addresses, a time that protobuf can say. @throws CometError `invalidHeader`.
 */
export function validateHeaderBasic(header: Header): void {
  const { version, chainId, height } = header;
  if (version.block !== BLOCK_PROTOCOL)
    throw invalid(`block protocol is ${version.block}, not ${BLOCK_PROTOCOL}`, {
      blockProtocol: version.block,
    });
  // A UTF-16 unit takes at most three bytes, so short ids need no encoding to be measured.
  if (chainId.length * 3 > MAX_CHAIN_ID_LENGTH && utf8(chainId).length > MAX_CHAIN_ID_LENGTH)
    throw invalid(`chain id is longer than ${MAX_CHAIN_ID_LENGTH} bytes`, { chainId });
  if (height <= 0n) throw invalid(`height ${height} is not above zero`, { height });
  if (!isValidTimestamp(header.time)) throw invalid("time is out of range", { time: header.time });
  within("invalidHeader", "last block id", () => validateBlockIdBasic(header.lastBlockId));
  checkHash("invalidHeader", "last commit hash", header.lastCommitHash);
  checkHash("invalidHeader", "data hash", header.dataHash);
  checkHash("invalidHeader", "evidence hash", header.evidenceHash);
  if (header.proposerAddress.length !== ADDRESS_LENGTH)
    throw invalid(`proposer address has ${header.proposerAddress.length} bytes`, {
      length: header.proposerAddress.length,
    });
  checkHash("invalidHeader", "validators hash", header.validatorsHash);
  checkHash("invalidHeader", "next validators hash", header.nextValidatorsHash);
  checkHash("invalidHeader", "consensus hash", header.consensusHash);
  checkHash("invalidHeader", "last results hash", header.lastResultsHash);
}
