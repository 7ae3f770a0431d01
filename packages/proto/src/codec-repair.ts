/**
 * Repairs codecs of cosmjs-types 0.11 that do not write what Go writes. They are repaired in place, because the codecs
 * of cosmjs-types nest each other: whoever imports this package gets right bytes from all of them. Four faults:
 *
 * - an empty list of numbers is written as an empty packed field where Go writes nothing (staking validators have one);
 * - two MsgUpdateParams and a query nest the Params of another module;
 * - the time of an upgrade plan that has none is read as the epoch, where Go, which refuses any time, has its zero time;
 * - ICS-23's ProofSpec has no `prehash_key_before_comparison` (since ICS-23 0.10), so client states would lose it.
 */

import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { CompressedExistenceProof, InnerSpec, LeafOp, ProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { Commission, Description, Validator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import { Any } from "cosmjs-types/google/protobuf/any";
import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { Params as TransferParams } from "cosmjs-types/ibc/applications/transfer/v1/transfer";
import { MsgUpdateParams as TransferUpdate } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import {
  QueryPacketAcknowledgementsRequest,
  QueryUnreceivedAcksRequest,
  QueryUnreceivedAcksResponse,
  QueryUnreceivedPacketsRequest,
  QueryUnreceivedPacketsResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import * as channelV2 from "cosmjs-types/ibc/core/channel/v2/query";
import { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { Params as ConnectionParams } from "cosmjs-types/ibc/core/connection/v1/connection";
import { QueryConnectionParamsResponse as ConnectionParamsResponse } from "cosmjs-types/ibc/core/connection/v1/query";
import { MsgUpdateParams as ConnectionUpdate } from "cosmjs-types/ibc/core/connection/v1/tx";
import { ResponseApplySnapshotChunk } from "cosmjs-types/tendermint/abci/types";
import { reflectCodec } from "./reflect-codec.ts";
import type { MessageCodec } from "./wire.ts";

/** The codecs that the repaired messages consist of. */
const PARTS: Readonly<Record<string, MessageCodec>> = {
  "cosmos.base.query.v1beta1.PageRequest": PageRequest,
  "cosmos.ics23.v1.InnerSpec": InnerSpec,
  "cosmos.ics23.v1.LeafOp": LeafOp,
  "cosmos.staking.v1beta1.Commission": Commission,
  "cosmos.staking.v1beta1.Description": Description,
  "google.protobuf.Any": Any,
  "google.protobuf.Timestamp": Timestamp,
  "ibc.applications.transfer.v1.Params": TransferParams,
  "ibc.core.client.v1.Height": Height,
  "ibc.core.connection.v1.Params": ConnectionParams,
};

const REPAIRED: readonly MessageCodec[] = [
  CompressedExistenceProof,
  InnerSpec,
  ProofSpec,
  Validator,
  Plan,
  QueryPacketAcknowledgementsRequest,
  QueryUnreceivedAcksRequest,
  QueryUnreceivedAcksResponse,
  QueryUnreceivedPacketsRequest,
  QueryUnreceivedPacketsResponse,
  channelV2.QueryPacketAcknowledgementsRequest,
  channelV2.QueryUnreceivedAcksRequest,
  channelV2.QueryUnreceivedAcksResponse,
  channelV2.QueryUnreceivedPacketsRequest,
  channelV2.QueryUnreceivedPacketsResponse,
  ResponseApplySnapshotChunk,
  ConnectionUpdate,
  ConnectionParamsResponse,
  TransferUpdate,
];

for (const codec of REPAIRED) {
  Object.assign(
    codec,
    reflectCodec(codec.typeUrl.slice(1), (part) => PARTS[part] as MessageCodec),
  );
}

/** ibc.core.connection.v1.MsgUpdateParams with the Params it really has; signer is the authority. */
export type ConnectionMsgUpdateParams = { signer: string; params: ConnectionParams };
/** ibc.core.connection.v1.QueryConnectionParamsResponse with the Params it really has. */
export type QueryConnectionParamsResponse = { params: ConnectionParams | undefined };
/** ibc.applications.transfer.v1.MsgUpdateParams with the Params it really has; signer is the authority. */
export type TransferMsgUpdateParams = { signer: string; params: TransferParams };

/** Codec; see the type of the same name. */
export const ConnectionMsgUpdateParams =
  ConnectionUpdate as unknown as MessageCodec<ConnectionMsgUpdateParams>;
/** Codec; see the type of the same name. */
export const QueryConnectionParamsResponse =
  ConnectionParamsResponse as unknown as MessageCodec<QueryConnectionParamsResponse>;
/** Codec; see the type of the same name. */
export const TransferMsgUpdateParams = TransferUpdate as unknown as MessageCodec<TransferMsgUpdateParams>;
