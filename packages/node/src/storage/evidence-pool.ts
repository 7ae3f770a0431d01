/** Proofs of misbehaviour on their way into a block (CometBFT `evidence/pool.go`, `evidence/verify.go`). */
import {
  type ChainState,
  evidenceHeight,
  evidenceIdHash,
  evidenceTime,
  isEvidenceExpired,
  verifyDuplicateVote,
  verifyLightClientAttack,
} from "@tandem-ics/comet";
import { toBinary } from "@tandem-ics/crypto";
import { durationToNs, timestampToNs } from "@tandem-ics/proto";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import { Evidence, EvidenceList } from "cosmjs-types/tendermint/types/evidence";
import type { SignedHeader } from "cosmjs-types/tendermint/types/types";
import { errorText, NodeError } from "../errors.ts";
import type { BlockStore } from "./block-store.ts";
import { evidenceText, goTimeText } from "./evidence-text.ts";
import { committedEvidenceKey, PENDING_EVIDENCE_RANGE, pendingEvidenceKey } from "./keys.ts";

/** What anybody may do. */
export interface EvidencePool {
  /** Verifies and keeps evidence; known evidence is accepted silently. Throws NodeError `invalidEvidence`. */
  add(evidence: Evidence): void;
  /** Evidence that no block has yet, oldest first. */
  pending(): Evidence[];
}

/** The engine's part. */
export interface EngineEvidencePool extends EvidencePool {
  /** Evidence for a block, oldest first, whose list takes at most `maxBytes` bytes; −1 for no limit. */
  forBlock(maxBytes: bigint): Evidence[];
  /** Adds what a block changes: its evidence is committed, old evidence forgotten. */
  update(batch: BackendBatch, evidence: readonly Evidence[], after: ChainState): void;
}

const refuse = (message: string, cause?: unknown): NodeError =>
  new NodeError("invalidEvidence", message, cause === undefined ? undefined : { cause });

/** The pool in a backend. `state` gives the chain's state at the time of a call. */
export function createEvidencePool(
  backend: Backend,
  blocks: BlockStore,
  state: () => ChainState,
): EngineEvidencePool {
  const pending = new Map<string, Evidence>();
  for (const [key, value] of backend.iterate(PENDING_EVIDENCE_RANGE))
    pending.set(toBinary(key), Evidence.decode(value));

  const pendingKey = (evidence: Evidence): Uint8Array =>
    pendingEvidenceKey(evidenceHeight(evidence), evidenceIdHash(evidence));
  const isCommitted = (evidence: Evidence): boolean =>
    backend.get(committedEvidenceKey(evidenceHeight(evidence), evidenceIdHash(evidence))) !== undefined;

  function signedHeader(height: bigint): SignedHeader | undefined {
    const header = blocks.meta(height)?.header;
    const commit = blocks.commit(height);
    return header === undefined || commit === undefined ? undefined : { header, commit };
  }

  const isExpired = (evidence: Evidence, { lastBlockHeight, lastBlockTimeNs, consensusParams }: ChainState) =>
    isEvidenceExpired(
      { height: evidenceHeight(evidence), timeNs: timestampToNs(evidenceTime(evidence)) },
      { height: lastBlockHeight, timeNs: lastBlockTimeNs },
      consensusParams.evidence,
    );

  function tooOld(height: bigint, timeNs: bigint): string {
    const { lastBlockHeight, lastBlockTimeNs, consensusParams } = state();
    const { maxAgeNumBlocks, maxAgeDuration } = consensusParams.evidence;
    const oldest = lastBlockTimeNs + durationToNs(maxAgeDuration);
    return (
      `evidence from height ${height} (created at: ${goTimeText(timeNs)}) is too old; min height is ` +
      `${lastBlockHeight - maxAgeNumBlocks} and evidence can not be older than ${goTimeText(oldest)}`
    );
  }

  function verify(evidence: Evidence): void {
    const height = evidenceHeight(evidence);
    const header = blocks.meta(height)?.header;
    if (header === undefined) throw refuse(`don't have header #${height}`);
    const timeNs = timestampToNs(header.time);
    const claimedNs = timestampToNs(evidenceTime(evidence));
    if (claimedNs !== timeNs)
      throw refuse(
        `evidence has a different time to the block it is associated with (${goTimeText(claimedNs)} != ${goTimeText(timeNs)})`,
      );
    if (isExpired(evidence, state())) throw refuse(tooOld(height, timeNs));
    const validatorSet = blocks.validators(height);
    if (validatorSet === undefined) throw refuse(`don't have validators of height ${height}`);
    const { duplicateVoteEvidence, lightClientAttackEvidence } = evidence;
    if (duplicateVoteEvidence !== undefined)
      verifyDuplicateVote({ evidence: duplicateVoteEvidence, chainId: state().chainId, validatorSet });
    else if (lightClientAttackEvidence !== undefined)
      verifyLightClientAttack({
        evidence: lightClientAttackEvidence,
        commonHeader: signedHeader(height)!,
        trustedHeader: trustedFor(lightClientAttackEvidence.conflictingBlock?.signedHeader?.header),
        commonValidators: validatorSet,
      });
  }

  /** Our header at the conflicting height; for a block of the future, our last one, which must not be older. */
  function trustedFor(conflicting: SignedHeader["header"]): SignedHeader {
    if (conflicting === undefined) throw refuse("the conflicting header is missing");
    const own = signedHeader(conflicting.height);
    if (own !== undefined) return own;
    const last = signedHeader(blocks.height);
    if (last?.header === undefined) throw refuse(`don't have header #${conflicting.height}`);
    if (timestampToNs(last.header.time) < timestampToNs(conflicting.time))
      throw refuse("latest block time is before conflicting block time");
    return last;
  }

  return {
    add(evidence) {
      const key = pendingKey(evidence);
      if (pending.has(toBinary(key)) || isCommitted(evidence)) return;
      try {
        verify(evidence);
      } catch (error) {
        throw refuse(`Invalid evidence: ${errorText(error)}. Evidence: ${evidenceText(evidence)}`, error);
      }
      const batch = backend.batch();
      batch.set(key, Evidence.encode(evidence).finish());
      batch.write();
      pending.set(toBinary(key), evidence);
    },
    pending: () => sorted(pending),
    forBlock(maxBytes) {
      const out: Evidence[] = [];
      for (const evidence of sorted(pending)) {
        const next = [...out, evidence];
        if (maxBytes >= 0n && BigInt(EvidenceList.encode({ evidence: next }).finish().length) > maxBytes)
          break;
        out.push(evidence);
      }
      return out;
    },
    update(batch, evidence, after) {
      for (const item of evidence) {
        const key = pendingKey(item);
        batch.delete(key);
        pending.delete(toBinary(key));
        batch.set(committedEvidenceKey(evidenceHeight(item), evidenceIdHash(item)), Uint8Array.of(1));
      }
      for (const item of [...pending.values()])
        if (isExpired(item, after)) {
          batch.delete(pendingKey(item));
          pending.delete(toBinary(pendingKey(item)));
        }
    },
  };
}

const sorted = (pending: ReadonlyMap<string, Evidence>): Evidence[] =>
  [...pending].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, evidence]) => evidence);
