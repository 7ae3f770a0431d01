/** Evidence of a double sign, made with a validator's own key. Nothing of it is broadcast on the chain concerned. */
import { buildDuplicateVoteEvidence, type ChainClient, infractionHeader } from "@tandem-ics/client";
import { type KeyPair, voteSignBytes } from "@tandem-ics/comet";
import { ed25519Address, ed25519Sign, equalBytes, sha256, utf8 } from "@tandem-ics/crypto";
import { SignedMsgType, type Vote } from "cosmjs-types/tendermint/types/types";

/**
 * Two precommits by `key` for `height`: one for the block that was committed, one for a block that never was. Signed for
 * `chainId`, by default that of the chain.
 */
export async function doubleSign(
  chain: ChainClient,
  key: KeyPair,
  height: bigint,
  chainId: string = chain.chainId,
) {
  const header = await infractionHeader(chain, height);
  const { commit } = header.signedHeader!;
  const address = ed25519Address(key.publicKey);
  const validators = await chain.validators(height);
  const validatorIndex = validators.findIndex((v) => equalBytes(v.address, address));
  const vote = (blockId: Vote["blockId"]): Vote => {
    const unsigned: Vote = {
      type: SignedMsgType.SIGNED_MSG_TYPE_PRECOMMIT,
      height,
      round: commit!.round,
      blockId,
      timestamp: header.signedHeader!.header!.time,
      validatorAddress: address,
      validatorIndex,
      signature: new Uint8Array(),
      extension: new Uint8Array(),
      extensionSignature: new Uint8Array(),
    };
    return { ...unsigned, signature: ed25519Sign(key.seed, voteSignBytes(chainId, unsigned)) };
  };
  const other = { hash: sha256(utf8("a")), partSetHeader: { total: 1, hash: sha256(utf8("b")) } };
  const evidence = buildDuplicateVoteEvidence(
    vote(commit!.blockId),
    vote(other),
    validators,
    header.signedHeader!.header!.time,
  );
  return { evidence, header };
}
