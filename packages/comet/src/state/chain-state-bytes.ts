/** A chain's state as bytes, laid out as CometBFT stores it (`proto/tendermint/state/types.proto`). */
import { BinaryReader, BinaryWriter } from "cosmjs-types/binary";
import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { BlockID } from "cosmjs-types/tendermint/types/types";
import { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { Consensus } from "cosmjs-types/tendermint/version/types";
import { zeroBlockId } from "../block-id.ts";
import { defaultConsensusParams, updateConsensusParams } from "../consensus-params.ts";
import { BLOCK_PROTOCOL } from "../header.ts";
import { nsToTimestamp, timestampToNs } from "../time.ts";
import { type ValidatorSet, validatorSetFromProto, validatorSetToProto } from "../validator-set.ts";
import type { ChainState } from "./chain-state.ts";

const FIELD = {
  version: 1,
  chainId: 2,
  lastBlockHeight: 3,
  lastBlockId: 4,
  lastBlockTime: 5,
  nextValidators: 6,
  validators: 7,
  lastValidators: 8,
  lastHeightValidatorsChanged: 9,
  consensusParams: 10,
  lastHeightConsensusParamsChanged: 11,
  lastResultsHash: 12,
  appHash: 13,
  initialHeight: 14,
} as const;

/** Bytes to store; `software` of the version is left empty. */
export function encodeChainState(state: ChainState): Uint8Array {
  const out = BinaryWriter.create();
  const message = (field: number, bytes: Uint8Array): void => {
    out.uint32((field << 3) | 2).bytes(bytes);
  };
  const integer = (field: number, value: bigint): void => {
    if (value !== 0n) out.uint32(field << 3).int64(value);
  };
  const hash = (field: number, bytes: Uint8Array): void => {
    if (bytes.length > 0) message(field, bytes);
  };
  const set = (value: ValidatorSet): Uint8Array =>
    ProtoValidatorSet.encode(validatorSetToProto(value)).finish();
  const version = BinaryWriter.create();
  Consensus.encode({ block: BLOCK_PROTOCOL, app: state.appVersion }, version.uint32(10).fork()).ldelim();
  message(FIELD.version, version.finish());
  out.uint32((FIELD.chainId << 3) | 2).string(state.chainId);
  integer(FIELD.lastBlockHeight, state.lastBlockHeight);
  message(FIELD.lastBlockId, BlockID.encode(state.lastBlockId).finish());
  message(FIELD.lastBlockTime, Timestamp.encode(nsToTimestamp(state.lastBlockTimeNs)).finish());
  message(FIELD.nextValidators, set(state.nextValidators));
  message(FIELD.validators, set(state.validators));
  if (state.lastValidators !== undefined) message(FIELD.lastValidators, set(state.lastValidators));
  integer(FIELD.lastHeightValidatorsChanged, state.lastHeightValidatorsChanged);
  message(FIELD.consensusParams, ConsensusParams.encode(state.consensusParams).finish());
  integer(FIELD.lastHeightConsensusParamsChanged, state.lastHeightConsensusParamsChanged);
  hash(FIELD.lastResultsHash, state.lastResultsHash);
  hash(FIELD.appHash, state.appHash);
  integer(FIELD.initialHeight, state.initialHeight);
  return out.finish();
}

/** State out of stored bytes. @throws CometError as `validatorSetFromProto`; RangeError for cut bytes. */
export function decodeChainState(bytes: Uint8Array): ChainState {
  const blobs = new Map<number, Uint8Array>();
  const integers = new Map<number, bigint>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) blobs.set(tag >>> 3, reader.bytes());
    else if ((tag & 7) === 0) integers.set(tag >>> 3, reader.int64());
    else reader.skipType(tag & 7);
  }
  const blob = (field: number): Uint8Array => blobs.get(field)?.slice() ?? new Uint8Array(0);
  const integer = (field: number): bigint => integers.get(field) ?? 0n;
  const set = (field: number): ValidatorSet => validatorSetFromProto(ProtoValidatorSet.decode(blob(field)));
  const version = new BinaryReader(blob(FIELD.version));
  const consensus =
    version.len > 0 && version.uint32() === 10 ? Consensus.decode(version.bytes()) : undefined;
  const lastBlockId = blob(FIELD.lastBlockId);
  return {
    chainId: new TextDecoder().decode(blob(FIELD.chainId)),
    initialHeight: integer(FIELD.initialHeight),
    lastBlockHeight: integer(FIELD.lastBlockHeight),
    lastBlockId: lastBlockId.length === 0 ? zeroBlockId() : BlockID.decode(lastBlockId),
    lastBlockTimeNs: timestampToNs(Timestamp.decode(blob(FIELD.lastBlockTime))),
    validators: set(FIELD.validators),
    nextValidators: set(FIELD.nextValidators),
    lastValidators: blob(FIELD.lastValidators).length === 0 ? undefined : set(FIELD.lastValidators),
    lastHeightValidatorsChanged: integer(FIELD.lastHeightValidatorsChanged),
    consensusParams: updateConsensusParams(
      defaultConsensusParams(),
      ConsensusParams.decode(blob(FIELD.consensusParams)),
    ),
    lastHeightConsensusParamsChanged: integer(FIELD.lastHeightConsensusParamsChanged),
    appVersion: consensus?.app ?? 0n,
    lastResultsHash: blob(FIELD.lastResultsHash),
    appHash: blob(FIELD.appHash),
  };
}
