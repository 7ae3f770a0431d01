/**
 * Double-sign evidence for a provider: from two votes to `MsgSubmitConsumerDoubleVoting`, checked here first by the
 * provider's own rules, so that a refusal is explained before anything is sent (ICS-28; provider `consumer_equivocation.go`).
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  blockIdKey,
  publicKeyAddress,
  sameBlockId,
  type Validator,
  validateVoteBasic,
  verifyVote,
} from "@tandem-ics/comet";
import { compareBytes, equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { MsgSubmitConsumerDoubleVoting } from "@tandem-ics/proto";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import type { ChainClient } from "../chain-client.ts";
import { ClientError } from "../errors.ts";
import { createChecks, type EvidenceReport } from "./checks.ts";

const bad = (message: string): ClientError => new ClientError("bad-evidence", message);

/** Two votes as evidence: the vote with the smaller block-id key comes first (CometBFT `NewDuplicateVoteEvidence`). */
export function orderVotes(a: Vote, b: Vote): { voteA: Vote; voteB: Vote } {
  if (a.blockId === undefined || b.blockId === undefined) throw bad("a vote has no block id");
  return compareBytes(blockIdKey(a.blockId), blockIdKey(b.blockId)) < 0
    ? { voteA: a, voteB: b }
    : { voteA: b, voteB: a };
}

/** Builds evidence from two votes of one validator and the set of that height. Powers and time are informative. */
export function buildDuplicateVoteEvidence(
  a: Vote,
  b: Vote,
  set: readonly Validator[],
  timestamp: Vote["timestamp"],
): DuplicateVoteEvidence {
  const { voteA, voteB } = orderVotes(a, b);
  const validator = set.find((v) => equalBytes(v.address, voteA.validatorAddress));
  if (validator === undefined)
    throw bad(`${toHexUpper(voteA.validatorAddress)} is not in the validator set of height ${voteA.height}`);
  return {
    voteA,
    voteB,
    totalVotingPower: set.reduce((sum, v) => sum + v.votingPower, 0n),
    validatorPower: validator.votingPower,
    timestamp,
  };
}

/**
 * The header that goes with the evidence: the consumer's header and validator set at the infraction height. The
 * provider takes the validator's key from it.
 */
export async function infractionHeader(consumer: ChainClient, height: bigint): Promise<ClientHeader> {
  return consumer.clientHeader(height, consumer.heightOf(height > 1n ? height - 1n : height));
}

/** What the provider would say, rule by rule. `minimumHeight` where known. */
export function checkDoubleVoting(input: {
  readonly chainId: string;
  readonly evidence: DuplicateVoteEvidence;
  readonly header: ClientHeader;
  readonly minimumHeight?: bigint;
}): EvidenceReport {
  const { chainId, evidence, header, minimumHeight } = input;
  const { voteA, voteB } = evidence;
  const { check, holds, report: done } = createChecks();
  if (!check("both votes are present", voteA !== undefined && voteB !== undefined, "")) return done();
  if (voteA === undefined || voteB === undefined) return done();
  for (const [name, vote] of [
    ["vote A", voteA],
    ["vote B", voteB],
  ] as const)
    holds(`${name} is well formed`, () => validateVoteBasic(vote));
  if (!done().ok) return done();
  check("one height", voteA.height === voteB.height, `${voteA.height}, ${voteB.height}`);
  check("one round", voteA.round === voteB.round, `${voteA.round}, ${voteB.round}`);
  check("one kind of vote", voteA.type === voteB.type, `${voteA.type}, ${voteB.type}`);
  check(
    "one validator",
    equalBytes(voteA.validatorAddress, voteB.validatorAddress),
    toHexUpper(voteA.validatorAddress),
  );
  const [idA, idB] = [voteA.blockId!, voteB.blockId!];
  check("two blocks", !sameBlockId(idA, idB), `${toHexUpper(idA.hash)}, ${toHexUpper(idB.hash)}`);
  check("votes in order", compareBytes(blockIdKey(idA), blockIdKey(idB)) < 0, "by block id");
  if (minimumHeight !== undefined)
    check(
      "not before the minimum height",
      voteA.height >= minimumHeight,
      `${voteA.height} ≥ ${minimumHeight}`,
    );
  const validator = header.validatorSet?.validators.find((v) =>
    equalBytes(v.address, voteA.validatorAddress),
  );
  const pubKey = validator?.pubKey;
  if (
    !check("the validator is in the header's set", pubKey !== undefined, toHexUpper(voteA.validatorAddress))
  )
    return done();
  if (pubKey === undefined) return done();
  check(
    "the address is of the key",
    equalBytes(publicKeyAddress(pubKey), voteA.validatorAddress),
    toHexUpper(publicKeyAddress(pubKey)),
  );
  holds(`vote A is signed for ${chainId}`, () => verifyVote(chainId, voteA, pubKey));
  holds(`vote B is signed for ${chainId}`, () => verifyVote(chainId, voteB, pubKey));
  return done();
}

/** The transaction message. */
export const doubleVotingMessage = (
  submitter: string,
  consumerId: string,
  duplicateVoteEvidence: DuplicateVoteEvidence,
  infractionBlockHeader: ClientHeader,
): EncodeObject => ({
  typeUrl: "/interchain_security.ccv.provider.v1.MsgSubmitConsumerDoubleVoting",
  value: MsgSubmitConsumerDoubleVoting.fromPartial({
    submitter,
    consumerId,
    duplicateVoteEvidence,
    infractionBlockHeader,
  }),
});
