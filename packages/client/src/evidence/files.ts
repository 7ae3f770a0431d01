/**
 * Evidence files, of double signs and of light-client attacks: protobuf JSON as the Go provider's CLI reads it, or the JSON of CometBFT's RPC (`/block`,
 * `/broadcast_evidence`); alone or with the infraction header beside it.
 */
import { evidenceFromRpcJson, readJson } from "@tandem-ics/comet";
import { fromProtoJson, type JsonValue, parseJson, toProtoJsonText } from "@tandem-ics/proto";
import type {
  Header as ClientHeader,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { LightBlock } from "cosmjs-types/tendermint/types/types";
import { ClientError } from "../errors.ts";

const EVIDENCE_TYPE = "tendermint.types.DuplicateVoteEvidence";
const MISBEHAVIOUR_TYPE = "ibc.lightclients.tendermint.v1.Misbehaviour";
const HEADER_TYPE = "ibc.lightclients.tendermint.v1.Header";

/** What a file held. */
export interface EvidenceFile {
  readonly evidence: DuplicateVoteEvidence;
  readonly header: ClientHeader | undefined;
}

const isObject = (value: unknown): value is { [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads evidence of either form; `{"evidence": …, "infraction_header": …}` holds both parts in one file. */
export function parseEvidenceFile(text: string): EvidenceFile {
  try {
    const json = parseJson(text);
    if (!isObject(json)) throw new TypeError("the file holds no JSON object");
    if (isObject(json["evidence"]) && json["infraction_header"] !== undefined)
      return {
        evidence: parseEvidence(json["evidence"]),
        header: fromProtoJson(HEADER_TYPE, json["infraction_header"]) as ClientHeader,
      };
    return { evidence: parseEvidence(json), header: undefined };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError(
      "bad-evidence",
      `not double-sign evidence: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

function parseEvidence(json: { [key: string]: JsonValue }): DuplicateVoteEvidence {
  if (json["type"] === "tendermint/DuplicateVoteEvidence") {
    const evidence = evidenceFromRpcJson(readJson(json as never));
    if (evidence.duplicateVoteEvidence !== undefined) return evidence.duplicateVoteEvidence;
  }
  const evidence = fromProtoJson(EVIDENCE_TYPE, json) as DuplicateVoteEvidence;
  if (evidence.voteA === undefined || evidence.voteB === undefined)
    throw new ClientError("bad-evidence", "not double-sign evidence: it does not hold two votes");
  return evidence;
}

/** Reads an infraction header in protobuf JSON. */
export function parseHeaderFile(text: string): ClientHeader {
  try {
    return fromProtoJson(HEADER_TYPE, parseJson(text)) as ClientHeader;
  } catch (cause) {
    throw new ClientError("bad-evidence", `not a header: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Evidence and header in one file that {@link parseEvidenceFile} reads. */
export const formatEvidenceFile = (evidence: DuplicateVoteEvidence, header: ClientHeader): string =>
  `{"evidence":${toProtoJsonText(EVIDENCE_TYPE, evidence)},"infraction_header":${toProtoJsonText(HEADER_TYPE, header)}}\n`;

/** Evidence alone, as the Go provider's CLI takes it. */
export const formatEvidence = (evidence: DuplicateVoteEvidence): string =>
  toProtoJsonText(EVIDENCE_TYPE, evidence);

/** The header alone, as the Go provider's CLI takes it. */
export const formatHeader = (header: ClientHeader): string => toProtoJsonText(HEADER_TYPE, header);

/** What a file about a light-client attack held: both headers, or only the one that is not the chain's. */
export type AttackFile = { readonly misbehaviour: Misbehaviour } | { readonly conflicting: LightBlock };

/**
 * Reads an attack of one of three forms: a `Misbehaviour` or a lone `Header` of 07-tendermint in protobuf JSON, or
 * `LightClientAttackEvidence` in the JSON of CometBFT's RPC. @throws ClientError `bad-evidence`.
 */
export function parseAttackFile(text: string): AttackFile {
  try {
    const json = parseJson(text);
    if (!isObject(json)) throw new TypeError("the file holds no JSON object");
    if (json["type"] === "tendermint/LightClientAttackEvidence") {
      const { lightClientAttackEvidence } = evidenceFromRpcJson(readJson(json as never));
      const conflicting = lightClientAttackEvidence?.conflictingBlock;
      if (conflicting === undefined) throw new TypeError("it has no conflicting block");
      return { conflicting };
    }
    if (json["signed_header"] !== undefined || json["signedHeader"] !== undefined) {
      const { signedHeader, validatorSet } = fromProtoJson(HEADER_TYPE, json) as ClientHeader;
      if (signedHeader === undefined || validatorSet === undefined)
        throw new TypeError("the header has no commit or no validators");
      return { conflicting: { signedHeader, validatorSet } };
    }
    const misbehaviour = fromProtoJson(MISBEHAVIOUR_TYPE, json) as Misbehaviour;
    if (misbehaviour.header1 === undefined || misbehaviour.header2 === undefined)
      throw new TypeError("it does not hold two headers");
    return { misbehaviour };
  } catch (cause) {
    throw new ClientError(
      "bad-evidence",
      `no evidence of a light-client attack: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** An attack as the Go provider's CLI takes it, and {@link parseAttackFile} reads it. */
export const formatMisbehaviour = (misbehaviour: Misbehaviour): string =>
  `${toProtoJsonText(MISBEHAVIOUR_TYPE, misbehaviour)}\n`;
