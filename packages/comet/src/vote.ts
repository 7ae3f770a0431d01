/** Votes and proposals: basic validity and signatures (CometBFT `types/vote.go`, `types/proposal.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { Proposal, Vote } from "cosmjs-types/tendermint/types/types";
import { isCompleteBlockId, isZeroBlockId, validateBlockIdBasic } from "./block-id.ts";
import { MAX_SIGNATURE_LENGTH } from "./commit-sig.ts";
import { CometError, within } from "./errors.ts";
import { ADDRESS_LENGTH, publicKeyAddress, verifySignature } from "./public-key.ts";
import { proposalSignBytes, SIGNED_MESSAGE, voteExtensionSignBytes, voteSignBytes } from "./sign-bytes.ts";
import { isValidTimestamp } from "./time.ts";

const invalid = (message: string, fields: Record<string, unknown> = {}): CometError =>
  new CometError("invalidVote", message, fields);

/** What any vote must satisfy (`Vote.ValidateBasic`). @throws CometError `invalidVote`. */
export function validateVoteBasic(vote: Vote): void {
  const { type, height, round, blockId, validatorAddress, validatorIndex, signature } = vote;
  if (type !== SIGNED_MESSAGE.prevote && type !== SIGNED_MESSAGE.precommit)
    throw invalid(`vote type ${type} is neither prevote nor precommit`, { type });
  if (height <= 0n) throw invalid(`height ${height} is not above zero`, { height });
  if (round < 0) throw invalid(`round ${round} is negative`, { round });
  if (!isValidTimestamp(vote.timestamp)) throw invalid("time is out of range");
  within("invalidVote", "block id", () => validateBlockIdBasic(blockId));
  const nil = isZeroBlockId(blockId);
  if (!nil && !isCompleteBlockId(blockId)) throw invalid("block id is neither zero nor complete");
  if (validatorAddress.length !== ADDRESS_LENGTH)
    throw invalid(`validator address has ${validatorAddress.length} bytes`);
  if (validatorIndex < 0) throw invalid("validator index is negative", { validatorIndex });
  if (signature.length === 0) throw invalid("signature is missing");
  if (signature.length > MAX_SIGNATURE_LENGTH) throw invalid("signature is too long");
  validateExtension(vote, nil);
}

function validateExtension(vote: Vote, nil: boolean): void {
  const { extension, extensionSignature } = vote;
  if (vote.type !== SIGNED_MESSAGE.precommit || nil) {
    if (extension.length > 0) throw invalid("only precommits for a block carry an extension");
    if (extensionSignature.length > 0)
      throw invalid("only precommits for a block carry an extension signature");
    return;
  }
  if (extensionSignature.length > MAX_SIGNATURE_LENGTH) throw invalid("extension signature is too long");
  if (extensionSignature.length === 0 && extension.length > 0) throw invalid("extension is not signed");
}

/**
 * The vote is by `key`, whose address it names. @throws CometError `addressMismatch`, `wrongSignature`.
 */
export function verifyVote(chainId: string, vote: Vote, key: PublicKey): void {
  if (!equalBytes(publicKeyAddress(key), vote.validatorAddress))
    throw new CometError("addressMismatch", "vote names another validator than the key's");
  if (!verifySignature(key, voteSignBytes(chainId, vote), vote.signature))
    throw new CometError("wrongSignature", "wrong signature of vote", {
      height: vote.height,
      round: vote.round,
    });
}

/**
 * A precommit for a block carries a signature of its extension, even of an empty one.
 * @throws CometError `wrongSignature` when it is missing or not by `key`.
 */
export function verifyVoteExtension(chainId: string, vote: Vote, key: PublicKey): void {
  if (vote.type !== SIGNED_MESSAGE.precommit || isZeroBlockId(vote.blockId)) return;
  if (!verifySignature(key, voteExtensionSignBytes(chainId, vote), vote.extensionSignature))
    throw new CometError("wrongSignature", "wrong signature of vote extension", { height: vote.height });
}

/** What any proposal must satisfy (`Proposal.ValidateBasic`). @throws CometError `invalidProposal`. */
export function validateProposalBasic(proposal: Proposal): void {
  const { type, height, round, polRound, blockId, signature } = proposal;
  const refuse = (message: string): CometError =>
    new CometError("invalidProposal", message, { height, round });
  if (type !== SIGNED_MESSAGE.proposal) throw refuse(`type ${type} is not a proposal`);
  if (height < 0n) throw refuse("negative height");
  if (round < 0) throw refuse("negative round");
  if (polRound < -1) throw refuse("proof-of-lock round is below −1");
  if (!isValidTimestamp(proposal.timestamp)) throw refuse("time is out of range");
  within("invalidProposal", "block id", () => validateBlockIdBasic(blockId));
  if (!isCompleteBlockId(blockId)) throw refuse("block id is not complete");
  if (signature.length === 0) throw refuse("signature is missing");
  if (signature.length > MAX_SIGNATURE_LENGTH) throw refuse("signature is too long");
}

/** The proposal is signed by `key`. @throws CometError `wrongSignature`. */
export function verifyProposal(chainId: string, proposal: Proposal, key: PublicKey): void {
  if (!verifySignature(key, proposalSignBytes(chainId, proposal), proposal.signature))
    throw new CometError("wrongSignature", "wrong signature of proposal", {
      height: proposal.height,
      round: proposal.round,
    });
}
