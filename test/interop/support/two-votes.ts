/** Votes that convict of a double sign. */
import { SIGNED_MESSAGE, voteSignBytes } from "@tandem-ics/comet";
import { ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import type { Keys } from "./keys.ts";

/** Two precommits for different blocks of the height that `header` tells of. */
export function twoVotes(header: ClientHeader, keys: Keys, chainId: string): [Vote, Vote] {
  const { height, time } = header.signedHeader!.header!;
  const vote = (about: string): Vote => {
    const hash = sha256(utf8(about));
    const unsigned: Vote = {
      type: SIGNED_MESSAGE.precommit,
      height,
      round: 0,
      blockId: { hash, partSetHeader: { total: 1, hash } },
      timestamp: time,
      validatorAddress: keys.consensusAddress,
      validatorIndex: 0,
      signature: new Uint8Array(),
      extension: new Uint8Array(),
      extensionSignature: new Uint8Array(),
    };
    return { ...unsigned, signature: ed25519Sign(keys.seed, voteSignBytes(chainId, unsigned)) };
  };
  return [vote("one"), vote("other")];
}
