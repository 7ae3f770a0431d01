/** A double sign of the twins' validator, as evidence that anybody may hand in. */
import {
  duplicateVoteEvidence,
  ed25519Key,
  evidenceToRpcJson,
  type JsonObject,
  publicKeyAddress,
  SIGNED_MESSAGE,
  voteSignBytes,
} from "@tandem-ics/comet";
import { ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import type { Twins } from "./twins.ts";

const HEIGHT = 3n;

/** Evidence as JSON: two precommits for two blocks of one height that do not exist. */
export async function doubleSign({ node, key }: Twins): Promise<{ type: string; value: JsonObject }> {
  const { header } = node.blocks.meta(HEIGHT)!;
  const vote = (name: string): Vote => {
    const unsigned: Vote = {
      type: SIGNED_MESSAGE.precommit,
      height: HEIGHT,
      round: 0,
      blockId: { hash: sha256(utf8(name)), partSetHeader: { total: 1, hash: sha256(utf8(`${name} parts`)) } },
      timestamp: header.time,
      validatorAddress: publicKeyAddress(ed25519Key(key.publicKey)),
      validatorIndex: 0,
      signature: new Uint8Array(0),
      extension: new Uint8Array(0),
      extensionSignature: new Uint8Array(0),
    };
    return { ...unsigned, signature: ed25519Sign(key.seed, voteSignBytes(node.chainId, unsigned)) };
  };
  const evidence = duplicateVoteEvidence(vote("one"), vote("other"), {
    blockTime: header.time,
    validatorSet: node.blocks.validators(HEIGHT)!,
  });
  return evidenceToRpcJson({ duplicateVoteEvidence: evidence }) as { type: string; value: JsonObject };
}

/** Blocks of ours that hold evidence. */
export function misbehaviourBlocks({ node }: Twins): number {
  let count = 0;
  for (let height = 1n; height <= node.height; height++)
    if ((node.blocks.block(height)?.evidence.evidence.length ?? 0) > 0) count++;
  return count;
}
