/** Headers that the chain never had, signed by its validators: what a light client attack shows. */
import {
  absentCommitSig,
  BLOCK_ID_FLAG,
  headerHash,
  SIGNED_MESSAGE,
  validatorSetToProto,
  voteSignBytes,
} from "@tandem-ics/comet";
import { EMPTY } from "@tandem-ics/crypto";
import { nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import type { BlockID, CommitSig, Header, LightBlock, Vote } from "cosmjs-types/tendermint/types/types";
import { NodeError } from "../errors.ts";
import type { BlockStore } from "../storage/block-store.ts";
import type { Signers } from "./signers.ts";

/** What is forged. */
export interface ForkOptions {
  /** A height that the chain has; the last one by default. */
  readonly height?: bigint;
  /** Fields of the header that differ. With none the time does, by a nanosecond: an equivocation. */
  readonly change?: Partial<Header>;
  /** Consensus addresses of those who sign; by default all whose keys are held here, up or down. */
  readonly signers?: readonly Uint8Array[];
}

/**
 * A light block that conflicts with the chain's own, with true signatures. Throws NodeError `missingData` for a height that
 * the chain lacks.
 */
export function signFork(blocks: BlockStore, signers: Signers, options: ForkOptions = {}): LightBlock {
  const height = options.height ?? blocks.height;
  const own = blocks.meta(height)?.header;
  const set = blocks.validators(height);
  const round = blocks.commit(height)?.round ?? 0;
  if (own === undefined || set === undefined)
    throw new NodeError("missingData", `there is no block ${height}`);
  const later = { time: nsToTimestamp(timestampToNs(own.time) + 1n) };
  const header: Header = { ...own, ...(options.change ?? later) };
  const hash = headerHash(header);
  // nobody asks for the parts of a block that never was; their root only has to be well formed
  const blockId: BlockID = { hash, partSetHeader: { total: 1, hash } };
  const timestamp = nsToTimestamp(timestampToNs(header.time) + 1_000_000n);
  const vote: Omit<Vote, "signature"> = {
    type: SIGNED_MESSAGE.precommit,
    height,
    round,
    blockId,
    timestamp,
    validatorAddress: EMPTY,
    validatorIndex: 0,
    extension: EMPTY,
    extensionSignature: EMPTY,
  };
  const message = voteSignBytes(header.chainId, vote);
  const chosen = new Set((options.signers ?? signers.addresses()).map(String));
  const signatures = set.validators.map(({ address }): CommitSig => {
    const signer = chosen.has(String(address)) ? signers.held(address) : undefined;
    if (signer === undefined) return absentCommitSig();
    const signature = signer.sign(message);
    return { blockIdFlag: BLOCK_ID_FLAG.commit, validatorAddress: address, timestamp, signature };
  });
  return {
    signedHeader: { header, commit: { height, round, blockId, signatures } },
    validatorSet: validatorSetToProto(set),
  };
}
