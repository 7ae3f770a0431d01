/** The bytes that validators sign: canonical, length-prefixed protobuf (CometBFT spec, core/encoding; `types/canonical.go`). */
import { concatBytes, EMPTY, lengthPrefixed } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { BlockID, Commit, Proposal, Vote } from "cosmjs-types/tendermint/types/types";
import { encodeBlockId, isZeroBlockId, zeroBlockId } from "./block-id.ts";
import { BLOCK_ID_FLAG } from "./commit-sig.ts";
import { CometError } from "./errors.ts";
import {
  bytesField,
  messageField,
  putTimestamp,
  putVarint,
  sfixed64Field,
  textField,
  timestampBytes,
  timestampSize,
  varintField,
  varintSize,
} from "./proto-bytes.ts";

/** Tag of a canonical vote's time, which is always there. */
const TIME_TAG = Uint8Array.of(0x2a);

/** Kinds of signed messages, as in field `type` of votes and in sign bytes. */
export const SIGNED_MESSAGE = { prevote: 1, precommit: 2, proposal: 32 } as const;

/** What all votes of one kind for one block have in common; only the time is missing. */
interface VoteSubject {
  chainId: string;
  type: number;
  height: bigint;
  round: number;
  blockId: BlockID;
}

/** Sign bytes by time, the constant rest of them put together once. */
function voteTemplate(subject: VoteSubject): (timestamp: Timestamp) => Uint8Array {
  const { chainId, type, height, round, blockId } = subject;
  const head = concatBytes(
    varintField(1, type),
    sfixed64Field(2, height),
    sfixed64Field(3, BigInt(round)),
    isZeroBlockId(blockId) ? EMPTY : messageField(4, encodeBlockId(blockId)),
    TIME_TAG,
  );
  const tail = textField(6, chainId);
  return (timestamp) => {
    const time = timestampSize(timestamp);
    const body = head.length + 1 + time + tail.length;
    const prefix = varintSize(body);
    const out = new Uint8Array(prefix + body);
    putVarint(out, 0, body);
    out.set(head, prefix);
    let at = prefix + head.length;
    out[at++] = time;
    at = putTimestamp(out, at, timestamp);
    out.set(tail, at);
    return out;
  };
}

/** Sign bytes of a prevote or precommit. The block id is left out for a nil vote, the time never. */
export const voteSignBytes = (
  chainId: string,
  vote: Omit<Vote, "signature" | "validatorAddress">,
): Uint8Array =>
  voteTemplate({ chainId, type: vote.type, height: vote.height, round: vote.round, blockId: vote.blockId })(
    vote.timestamp,
  );

/**
 * Sign bytes of each signature in `commit`: a precommit for the block, or for nil, at that signature's own time.
 * @throws CometError `invalidCommit` (field `index`) from the returned function for an unknown flag or index.
 */
export function commitSignBytes(chainId: string, commit: Commit): (index: number) => Uint8Array {
  const { height, round, blockId, signatures } = commit;
  const precommit = { chainId, type: SIGNED_MESSAGE.precommit, height, round };
  let forBlock: ReturnType<typeof voteTemplate> | undefined;
  let forNil: ReturnType<typeof voteTemplate> | undefined;
  return (index) => {
    const signature = signatures[index];
    switch (signature?.blockIdFlag) {
      case BLOCK_ID_FLAG.commit:
        forBlock ??= voteTemplate({ ...precommit, blockId });
        return forBlock(signature.timestamp);
      case BLOCK_ID_FLAG.absent:
      case BLOCK_ID_FLAG.nil:
        forNil ??= voteTemplate({ ...precommit, blockId: zeroBlockId() });
        return forNil(signature.timestamp);
      default:
        throw new CometError("invalidCommit", `no signature #${index} with a known flag`, { index });
    }
  };
}

/** Sign bytes of signature `index` in `commit`. For several of them {@link commitSignBytes} is quicker. */
export const commitVoteSignBytes = (chainId: string, commit: Commit, index: number): Uint8Array =>
  commitSignBytes(chainId, commit)(index);

/** Sign bytes of a proposal. `polRound` −1 means that it was not locked. */
export function proposalSignBytes(chainId: string, proposal: Omit<Proposal, "signature">): Uint8Array {
  const { height, round, polRound, blockId, timestamp } = proposal;
  return lengthPrefixed(
    concatBytes(
      varintField(1, SIGNED_MESSAGE.proposal),
      sfixed64Field(2, height),
      sfixed64Field(3, BigInt(round)),
      varintField(4, polRound),
      isZeroBlockId(blockId) ? EMPTY : messageField(5, encodeBlockId(blockId)),
      messageField(6, timestampBytes(timestamp)),
      textField(7, chainId),
    ),
  );
}

/** Sign bytes of a precommit's vote extension, which is signed apart from the vote. */
export const voteExtensionSignBytes = (
  chainId: string,
  vote: Pick<Vote, "extension" | "height" | "round">,
): Uint8Array =>
  lengthPrefixed(
    concatBytes(
      bytesField(1, vote.extension),
      sfixed64Field(2, vote.height),
      sfixed64Field(3, BigInt(vote.round)),
      textField(4, chainId),
    ),
  );
