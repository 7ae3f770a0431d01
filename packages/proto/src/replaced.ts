/**
 * Messages whose cosmjs-types 0.11 codec is not ibc-go's. Its generator takes the first import of a name, so two
 * MsgUpdateParams and a query nest the Params of another module. Its ICS-23 has no `prehash_key_before_comparison`
 * (ICS-23 0.10), which would be lost from client states.
 */
import type { Params as TransferParams } from "cosmjs-types/ibc/applications/transfer/v1/transfer";
import type { Params as ConnectionParams } from "cosmjs-types/ibc/core/connection/v1/connection";
import { CODECS } from "./gen/codecs.ts";
import { reflectCodec } from "./reflect-codec.ts";
import type { MessageCodec } from "./wire.ts";

/** ibc.core.connection.v1.MsgUpdateParams; signer is the authority. */
export type ConnectionMsgUpdateParams = { signer: string; params: ConnectionParams };
/** ibc.core.connection.v1.QueryConnectionParamsResponse. */
export type QueryConnectionParamsResponse = { params: ConnectionParams | undefined };
/** ibc.applications.transfer.v1.MsgUpdateParams; signer is the authority. */
export type TransferMsgUpdateParams = { signer: string; params: TransferParams };

const codecs: Record<string, MessageCodec> = {};

function replace<T>(typeName: string): MessageCodec<T> {
  const codec = reflectCodec<T>(typeName, (nested) => codecs[nested] ?? (CODECS[nested] as MessageCodec));
  codecs[typeName] = codec as MessageCodec;
  return codec;
}

/** Codec; see the type of the same name. */
export const ConnectionMsgUpdateParams = replace<ConnectionMsgUpdateParams>("ibc.core.connection.v1.MsgUpdateParams");
/** Codec; see the type of the same name. */
export const QueryConnectionParamsResponse = replace<QueryConnectionParamsResponse>(
  "ibc.core.connection.v1.QueryConnectionParamsResponse",
);
/** Codec; see the type of the same name. */
export const TransferMsgUpdateParams = replace<TransferMsgUpdateParams>("ibc.applications.transfer.v1.MsgUpdateParams");

// Objects of these two are cosmjs-types' with one more property, `prehashKeyBeforeComparison`.
replace("cosmos.ics23.v1.ProofSpec");
replace("ibc.lightclients.tendermint.v1.ClientState");

/** Codecs that stand in for those of cosmjs-types, by full name. */
export const REPLACED_CODECS: Readonly<Record<string, MessageCodec>> = codecs;
