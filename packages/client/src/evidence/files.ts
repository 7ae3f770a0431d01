/**
 * Evidence files: protobuf JSON as the Go provider's CLI reads it, or the JSON of CometBFT's RPC (`/block`,
 * `/broadcast_evidence`); alone or with the infraction header beside it.
 */
import { evidenceFromRpcJson, readJson } from "@tandem-ics/comet";
import { fromProtoJson, type JsonValue, parseJson, toProtoJsonText } from "@tandem-ics/proto";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { ClientError } from "../errors.ts";

const EVIDENCE_TYPE = "tendermint.types.DuplicateVoteEvidence";
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
