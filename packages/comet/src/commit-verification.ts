/** Whether a set of validators decided a block (CometBFT `types/validation.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { BlockID, Commit } from "cosmjs-types/tendermint/types/types";
import { sameBlockId } from "./block-id.ts";
import { BLOCK_ID_FLAG, validateCommitSigBasic } from "./commit-sig.ts";
import { CometError } from "./errors.ts";
import { verifySignature } from "./public-key.ts";
import { commitSignBytes } from "./sign-bytes.ts";
import type { TrustThreshold } from "./trust-threshold.ts";
import type { Validator } from "./validator.ts";
import { type ValidatorSet, validatorIndex } from "./validator-set.ts";

const INT64_MAX = 2n ** 63n - 1n;

/** A commit and what it must be for; `validators` are those of its own height. */
export interface CommitClaim {
  chainId: string;
  validators: ValidatorSet;
  blockId: BlockID;
  height: bigint;
  commit: Commit;
}

/** A commit and a set that may overlap with that of its height. */
export interface TrustingClaim {
  chainId: string;
  validators: ValidatorSet;
  commit: Commit;
  /** More than this fraction of the set's power must have signed for the block. */
  trustLevel: TrustThreshold;
}

interface Tally {
  chainId: string;
  validators: ValidatorSet;
  commit: Commit;
  /** Power that must be exceeded. */
  needed: bigint;
  /** Nil votes are checked as well, though not counted. */
  nilVotes: boolean;
  /** Go on after enough power is found. */
  allSignatures: boolean;
  /** Slot i is by validator i; otherwise signers are found by address and strangers skipped. */
  byIndex: boolean;
}

/**
 * Full check, for a block's last commit: more than two thirds of the power signed for the block, and every signature
 * there is, nil votes included, is right and by the validator in whose slot it stands.
 * @throws CometError `wrongCommitSize`, `wrongCommitHeight`, `wrongBlockId`, `addressMismatch` {index},
 *   `wrongSignature` {index}, `notEnoughVotingPower` {got, needed}.
 */
export function verifyCommit(claim: CommitClaim): void {
  checkSubject(claim);
  tally({ ...twoThirds(claim), nilVotes: true, allSignatures: true });
}

/** As {@link verifyCommit}, but only signatures for the block count, and no more of them than needed are checked. */
export function verifyCommitLight(claim: CommitClaim): void {
  checkSubject(claim);
  tally({ ...twoThirds(claim), nilVotes: false, allSignatures: false });
}

/** As {@link verifyCommitLight}, checking all signatures for the block: required before somebody is blamed for one. */
export function verifyCommitLightAllSignatures(claim: CommitClaim): void {
  checkSubject(claim);
  tally({ ...twoThirds(claim), nilVotes: false, allSignatures: true });
}

/**
 * More than `trustLevel` of the set signed for the block; signers are found by address, strangers skipped, and no more
 * signatures than needed are checked.
 * @throws CometError `invalidTrustLevel`, `doubleVote` {first, second}, `wrongSignature` {index},
 *   `notEnoughVotingPower` {got, needed}.
 */
export function verifyCommitLightTrusting(claim: TrustingClaim): void {
  tally({ ...trusting(claim), allSignatures: false });
}

/** As {@link verifyCommitLightTrusting}, checking all signatures for the block. */
export function verifyCommitLightTrustingAllSignatures(claim: TrustingClaim): void {
  tally({ ...trusting(claim), allSignatures: true });
}

function checkSubject({ validators, blockId, height, commit }: CommitClaim): void {
  const size = validators.validators.length;
  if (size !== commit.signatures.length)
    throw new CometError(
      "wrongCommitSize",
      `commit has ${commit.signatures.length} slots for ${size} validators`,
      {
        expected: size,
        got: commit.signatures.length,
      },
    );
  if (height !== commit.height)
    throw new CometError("wrongCommitHeight", `commit is for height ${commit.height}, not ${height}`, {
      expected: height,
      got: commit.height,
    });
  if (!sameBlockId(blockId, commit.blockId))
    throw new CometError("wrongBlockId", "commit is for another block");
}

const twoThirds = ({ chainId, validators, commit }: CommitClaim) => ({
  chainId,
  validators,
  commit,
  needed: (validators.totalVotingPower * 2n) / 3n,
  byIndex: true,
});

function trusting({ chainId, validators, commit, trustLevel }: TrustingClaim) {
  const { numerator, denominator } = trustLevel;
  const product = validators.totalVotingPower * numerator;
  if (denominator === 0n || product > INT64_MAX)
    throw new CometError(
      "invalidTrustLevel",
      `trust level ${numerator}/${denominator} cannot be computed with`,
      {
        numerator,
        denominator,
      },
    );
  return { chainId, validators, commit, needed: product / denominator, nilVotes: false, byIndex: false };
}

/**
 * CometBFT verifies in batches where it can: power is added up first and signatures are looked at only if it suffices.
 * Sets with mixed or other keys, and single signatures, are taken one by one. The verdicts differ in which refusal comes
 * first, so both orders are kept.
 */
function tally(job: Tally): void {
  const { commit, needed, allSignatures } = job;
  const { validators } = job.validators;
  const { signatures } = commit;
  const inBatch = signatures.length >= 2 && validators.every(({ pubKey }) => pubKey.ed25519 !== undefined);
  const signBytes = commitSignBytes(job.chainId, commit);
  const check = (slot: number, { pubKey }: Validator): void => {
    if (!verifySignature(pubKey, signBytes(slot), signatures[slot]!.signature)) throw wrongSignature(slot);
  };
  const signerOf = job.byIndex ? byIndex(job) : byAddress(job);
  const batch: (Validator | undefined)[] = [];
  let got = 0n;
  for (let slot = 0; slot < signatures.length; slot++) {
    const signature = signatures[slot]!;
    const { blockIdFlag } = signature;
    const forBlock = blockIdFlag === BLOCK_ID_FLAG.commit;
    const signer =
      forBlock || (job.nilVotes && blockIdFlag !== BLOCK_ID_FLAG.absent) ? signerOf(slot) : undefined;
    if (inBatch) batch.push(signer);
    if (signer === undefined) continue;
    if (!inBatch) {
      validateCommitSigBasic(signature, slot);
      check(slot, signer);
    } else if (signature.signature.length !== 64) throw wrongSignature(slot);
    if (forBlock) got += signer.votingPower;
    if (!allSignatures && got > needed) break;
  }
  if (got <= needed)
    throw new CometError("notEnoughVotingPower", `signed by ${got}, needed more than ${needed}`, {
      got,
      needed,
    });
  batch.forEach((signer, slot) => {
    if (signer !== undefined) check(slot, signer);
  });
}

const wrongSignature = (index: number): CometError =>
  new CometError("wrongSignature", `wrong signature #${index}`, { index });

/** Who stands in a slot, or nobody where the signature does not matter. */
type SignerOf = (slot: number) => Validator | undefined;

/** The validator at the slot's index. */
const byIndex =
  ({ commit, validators }: Tally): SignerOf =>
  (slot) => {
    const validator = validators.validators[slot]!;
    // The address is not signed. Block time and evidence go by it, so it must be that of the key (CSA-2026-001).
    if (!equalBytes(validator.address, commit.signatures[slot]!.validatorAddress))
      throw new CometError("addressMismatch", `signature #${slot} names another validator`, { index: slot });
    return validator;
  };

/** The validator that the slot names; nobody may be named twice. */
function byAddress({ commit, validators }: Tally): SignerOf {
  const slots = new Map<number, number>();
  return (second) => {
    const member = validatorIndex(validators, commit.signatures[second]!.validatorAddress);
    if (member === -1) return undefined;
    const first = slots.get(member);
    if (first !== undefined)
      throw new CometError("doubleVote", `one validator signed twice, #${first} and #${second}`, {
        first,
        second,
      });
    slots.set(member, second);
    return validators.validators[member];
  };
}
