/** Proof of an attack on light clients: a signed block that is not the chain's (CometBFT spec, light-client/attacks; `types/evidence.go`, `evidence/verify.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { LightClientAttackEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Commit, Header, LightBlock, SignedHeader } from "cosmjs-types/tendermint/types/types";
import { BLOCK_ID_FLAG } from "../commit-sig.ts";
import {
  verifyCommitLightAllSignatures,
  verifyCommitLightTrustingAllSignatures,
} from "../commit-verification.ts";
import { CometError, within } from "../errors.ts";
import { headerHash } from "../header.ts";
import {
  type CompleteSignedHeader,
  completeSignedHeader,
  validateLightBlockBasic,
} from "../light/light-block.ts";
import { timestampToNs } from "../time.ts";
import { DEFAULT_TRUST_LEVEL } from "../trust-threshold.ts";
import { byPowerThenAddress, type Validator, validatorFromProto, validatorToProto } from "../validator.ts";
import { type ValidatorSet, validatorByAddress } from "../validator-set.ts";

const invalid = (reason: string, message: string, fields: Record<string, unknown> = {}): CometError =>
  new CometError("invalidEvidence", message, { reason, ...fields });

/** The conflicting block with all that a light block needs. */
type Conflicting = CompleteSignedHeader & { validators: ValidatorSet };

/**
 * Whether a field that execution decides differs from the trusted header's: then the block was never valid (a lunatic
 * attack), else its signers equivocated or forgot a lock.
 */
export const isInvalidHeader = (conflicting: Header, trusted: Header): boolean =>
  !equalBytes(trusted.validatorsHash, conflicting.validatorsHash) ||
  !equalBytes(trusted.nextValidatorsHash, conflicting.nextValidatorsHash) ||
  !equalBytes(trusted.consensusHash, conflicting.consensusHash) ||
  !equalBytes(trusted.appHash, conflicting.appHash) ||
  !equalBytes(trusted.lastResultsHash, conflicting.lastResultsHash);

/**
 * Who is to blame, in set order: for a lunatic attack those of the common height that signed the conflicting block, for
 * equivocation (same round) those who signed both blocks, for amnesia nobody, as it cannot be told from the outside.
 */
export function byzantineValidators(
  conflicting: { header: Header; commit: Commit; validators: ValidatorSet },
  commonValidators: ValidatorSet,
  trusted: CompleteSignedHeader,
): Validator[] {
  const signed = (commit: Commit, slot: number): boolean =>
    commit.signatures[slot]?.blockIdFlag === BLOCK_ID_FLAG.commit;
  const blamed = (set: ValidatorSet, accept: (slot: number) => boolean): Validator[] =>
    conflicting.commit.signatures
      .flatMap(({ validatorAddress }, slot) =>
        signed(conflicting.commit, slot) && accept(slot)
          ? (validatorByAddress(set, validatorAddress) ?? [])
          : [],
      )
      .sort(byPowerThenAddress);
  if (isInvalidHeader(conflicting.header, trusted.header)) return blamed(commonValidators, () => true);
  if (conflicting.commit.round !== trusted.commit.round) return [];
  return blamed(conflicting.validators, (slot) => signed(trusted.commit, slot));
}

/** What a chain that was attacked knows of it. */
export interface AttackContext {
  /** The block that was shown. */
  conflicting: LightBlock;
  /** The chain's own header at that height, or its latest if it is not there yet. */
  trusted: SignedHeader;
  /** Last height that both agree on: block time and validators. */
  common: { height: bigint; time: Timestamp; validators: ValidatorSet };
}

/** Evidence of an attack, the guilty worked out. @throws CometError `invalidEvidence`, `invalidLightBlock`. */
export function lightClientAttackEvidence(context: AttackContext): LightClientAttackEvidence {
  const { conflicting, common } = context;
  const trusted = completeSignedHeader(context.trusted);
  const block = validateLightBlockBasic(conflicting, trusted.header.chainId);
  return {
    conflictingBlock: conflicting,
    commonHeight: common.height,
    byzantineValidators: byzantineValidators(block, common.validators, trusted).map(validatorToProto),
    totalVotingPower: common.validators.totalVotingPower,
    timestamp: common.time,
  };
}

/**
 * The conflicting block is there and well formed, heights and power are possible (`LightClientAttackEvidence.ValidateBasic`).
 * @throws CometError `invalidEvidence`, field `reason`: `missingHeader`, `totalPower`, `commonHeight`, or none (the cause).
 */
export function validateLightClientAttackBasic(evidence: LightClientAttackEvidence): Conflicting {
  const { conflictingBlock, commonHeight, totalVotingPower } = evidence;
  const header = conflictingBlock?.signedHeader?.header;
  if (conflictingBlock === undefined || header === undefined)
    throw invalid("missingHeader", "the conflicting header is missing");
  if (totalVotingPower <= 0n) throw invalid("totalPower", "total power is not above zero");
  if (commonHeight <= 0n) throw invalid("commonHeight", "the common height is not above zero");
  if (commonHeight > header.height)
    throw invalid("commonHeight", "the common height is above the conflicting one");
  within("invalidEvidence", "byzantine validators", () =>
    evidence.byzantineValidators.map(validatorFromProto),
  );
  return within("invalidEvidence", "conflicting block", () =>
    validateLightBlockBasic(conflictingBlock, header.chainId),
  );
}

/** Evidence and what the verifying chain has stored for its heights. */
export interface AttackClaim {
  evidence: LightClientAttackEvidence;
  /** The chain's own signed header at the common height. */
  commonHeader: SignedHeader;
  /** Its signed header at the conflicting height; its latest if the conflicting one is ahead of the chain. */
  trustedHeader: SignedHeader;
  /** Validators of the common height. */
  commonValidators: ValidatorSet;
}

/**
 * The conflicting block would have convinced a light client, is not the chain's, and blames the right validators. All
 * signatures on it are checked. Age and block time are the caller's to check.
 * @throws CometError `invalidEvidence` with field `reason` (`derivedHeader`, `totalPower`, `timeOrder`, `sameHeader`,
 *   `byzantineValidators`, as {@link validateLightClientAttackBasic}) or without one for a bad commit (the cause).
 */
export function verifyLightClientAttack(claim: AttackClaim): void {
  const { evidence, commonValidators } = claim;
  const block = validateLightClientAttackBasic(evidence);
  const common = completeSignedHeader(claim.commonHeader);
  const trusted = completeSignedHeader(claim.trustedHeader);
  const { chainId } = trusted.header;
  const { header, commit, validators } = block;
  if (common.header.height !== header.height)
    within("invalidEvidence", "trust in the conflicting block", () =>
      verifyCommitLightTrustingAllSignatures({
        chainId,
        validators: commonValidators,
        commit,
        trustLevel: DEFAULT_TRUST_LEVEL,
      }),
    );
  else if (isInvalidHeader(header, trusted.header))
    throw invalid("derivedHeader", "at the common height the conflicting header must be correctly derived");
  within("invalidEvidence", "commit of the conflicting block", () =>
    verifyCommitLightAllSignatures({
      chainId,
      validators,
      blockId: commit.blockId,
      height: header.height,
      commit,
    }),
  );
  if (evidence.totalVotingPower !== commonValidators.totalVotingPower)
    throw invalid("totalPower", `total power was ${commonValidators.totalVotingPower}`);
  checkIsConflict(header, trusted.header);
  checkBlame(evidence, byzantineValidators(block, commonValidators, trusted));
}

function checkIsConflict(conflicting: Header, trusted: Header): void {
  // Ahead of the chain (forward lunatic): only a time that is not ahead too gives it away.
  if (conflicting.height > trusted.height && timestampToNs(conflicting.time) > timestampToNs(trusted.time))
    throw invalid("timeOrder", "the conflicting block does not break the order of times");
  if (equalBytes(headerHash(trusted), headerHash(conflicting)))
    throw invalid("sameHeader", "the conflicting header is the chain's own");
}

function checkBlame(evidence: LightClientAttackEvidence, guilty: readonly Validator[]): void {
  const named = evidence.byzantineValidators;
  const agree =
    named.length === guilty.length &&
    guilty.every(
      (v, i) => equalBytes(named[i]!.address, v.address) && named[i]!.votingPower === v.votingPower,
    );
  if (!agree)
    throw invalid("byzantineValidators", `the ${named.length} validators named are not the guilty ones`);
}
