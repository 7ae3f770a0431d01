/** A double sign on a chain whose votes are CometBFT's: a second vote is made beside one that stands in a commit. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { type ChainClient, callRpc } from "@tandem-ics/client";
import {
  blockFromRpcJson,
  blockId,
  commitToVote,
  duplicateVoteEvidence,
  evidenceToRpcJson,
  existingValidatorSet,
  goJsonText,
  isCompleteBlockId,
  nsToTimestamp,
  readJson,
  timestampToNs,
  validatorIndex,
  voteSignBytes,
} from "@tandem-ics/comet";
import { ed25519Sign } from "@tandem-ics/crypto";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import type { DoubleSign } from "../engine.ts";
import { LocalnetError } from "../errors.ts";
import type { ConsensusKey } from "../keys.ts";

/** Commits that are looked at: a validator may have been late for one. */
const ATTEMPTS = 10;

async function readBlock(client: ChainClient, height: bigint): Promise<Block> {
  const answer = (await callRpc(client.rpc, "block", { height: height.toString() })) as { block: never };
  return blockFromRpcJson(readJson(answer.block));
}

/** The vote for another block of the same height and round: the same block, a nanosecond later. */
function conflictingVote(chainId: string, vote: Vote, { header, ...rest }: Block, seed: Uint8Array): Vote {
  const time = nsToTimestamp(timestampToNs(header.time) + 1n);
  const other: Vote = { ...vote, blockId: blockId({ ...rest, header: { ...header, time } }) };
  return { ...other, signature: ed25519Sign(seed, voteSignBytes(chainId, other)) };
}

async function madeAt(
  client: ChainClient,
  key: ConsensusKey,
  height: bigint,
): Promise<DoubleSign | undefined> {
  const [{ commit }, validators, block] = await Promise.all([
    client.signedHeader(height),
    client.validators(height),
    readBlock(client, height),
  ]);
  const set = existingValidatorSet(validators);
  const index = validatorIndex(set, key.address);
  const vote = index < 0 || commit === undefined ? undefined : commitToVote(commit, index);
  if (vote === undefined || !isCompleteBlockId(vote.blockId)) return undefined;
  const evidence = duplicateVoteEvidence(vote, conflictingVote(client.chainId, vote, block, key.seed), {
    blockTime: block.header.time,
    validatorSet: set,
  });
  return { height, evidence };
}

/** Double-signs at the first height, from the latest on, whose commit holds the validator's vote. Throws `timed-out`. */
export async function makeDoubleSign(
  client: ChainClient,
  validator: string,
  key: ConsensusKey,
): Promise<DoubleSign> {
  let { height } = await client.status();
  for (let i = 0; i < ATTEMPTS; i++) {
    height = await client.pace.after(height);
    // Of the block before: its commit stands in a block and holds the votes that came late. That of the latest block is
    // what a node has seen, complete with two thirds, and always without a slow validator of little power.
    const made = await madeAt(client, key, height - 1n);
    if (made !== undefined) return made;
  }
  throw new LocalnetError(
    "timed-out",
    `the last ${ATTEMPTS} commits of ${client.chainId} hold no vote of ${validator}`,
    { hint: "is the validator down?" },
  );
}

/** Hands evidence to a node's pool, from where it comes into a block. */
export async function reportEvidence(rpc: RpcClient, evidence: DuplicateVoteEvidence): Promise<void> {
  const json = evidenceToRpcJson({ duplicateVoteEvidence: evidence });
  await rpc.execute({
    jsonrpc: "2.0",
    id: 1,
    method: "broadcast_evidence",
    params: { evidence: JSON.parse(goJsonText(json)) },
  });
}
