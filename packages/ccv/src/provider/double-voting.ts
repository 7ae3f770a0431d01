/** Evidence of a double sign on a consumer (ICS-28; interchain-security `consumer_equivocation.go`). */
import {
  publicKeyAddress,
  sameBlockId,
  validateDuplicateVoteBasic,
  validatorByAddress,
  validatorSetFromProto,
  verifySignature,
  voteSignBytes,
} from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { type Context, plainError } from "@tandem-ics/runtime";
import type { Header } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { signedMsgTypeToJSON, type Vote } from "cosmjs-types/tendermint/types/types";
import { checkComet } from "../types/comet-refusal.ts";
import { ccvErrors } from "../types/errors.ts";
import { requireChainId } from "./consumers.ts";
import { requireInfractionParams } from "./infraction-params.ts";
import { toProviderAddress } from "./key-assignment.ts";
import type { Punish } from "./punish.ts";
import * as state from "./state.ts";

/** Bytes of a hash that CometBFT's texts show. */
const FINGERPRINT_BYTES = 6;

const invalid = ccvErrors.invalidDoubleVotingEvidence;

/** Throws an untyped refusal unless the header can supply a validator's key. Nothing else of it is believed or checked. */
export function assertInfractionHeader(header: Header | undefined): asserts header is Header {
  if (header === undefined) throw plainError("infraction block header cannot be nil");
  if (header.signedHeader === undefined)
    throw plainError("signed header in infraction block header cannot be nil");
  if (header.signedHeader.header === undefined)
    throw plainError("invalid signed header in infraction block header, 'SignedHeader.Header' is nil");
  if (header.validatorSet === undefined)
    throw plainError("invalid infraction block header, validator set is nil");
}

const stepText = ({ height, round, type }: Vote): string => `${height}/${round}/${signedMsgTypeToJSON(type)}`;

/** Go's text of a key; other types never come so far. */
const keyText = ({ ed25519, secp256k1 }: PublicKey): string =>
  ed25519 === undefined
    ? `PubKeySecp256k1{${toHexUpper(secp256k1 ?? new Uint8Array())}}`
    : `PubKeyEd25519{${toHexUpper(ed25519)}}`;

/** Go's text of a block id: hash, number of parts, and the first six bytes of their root. */
function blockText({ blockId }: Vote): string {
  const parts = blockId?.partSetHeader;
  const fingerprint = toHexUpper((parts?.hash ?? new Uint8Array()).subarray(0, FINGERPRINT_BYTES));
  return `${toHexUpper(blockId?.hash ?? new Uint8Array())}:${parts?.total ?? 0}:${fingerprint.padEnd(2 * FINGERPRINT_BYTES, "0")}`;
}

/** Throws `CCV/16` or an untyped refusal unless the key signed both of two conflicting votes of the chain. */
function verifyVotes(voteA: Vote, voteB: Vote, chainId: string, key: PublicKey): void {
  if (!equalBytes(publicKeyAddress(key), voteA.validatorAddress))
    throw invalid(
      `public key ${keyText(key)} doesn't correspond to the validator address ${toHexUpper(voteA.validatorAddress)} in double vote evidence`,
    );
  if (voteA.height !== voteB.height || voteA.round !== voteB.round || voteA.type !== voteB.type)
    throw invalid(`height/round/type are not the same: ${stepText(voteA)} vs ${stepText(voteB)}`);
  if (!equalBytes(voteA.validatorAddress, voteB.validatorAddress))
    throw invalid(
      `validator addresses do not match: ${toHexUpper(voteA.validatorAddress)} vs ${toHexUpper(voteB.validatorAddress)}`,
    );
  if (sameBlockId(voteA.blockId, voteB.blockId))
    throw invalid(`block IDs are the same (${blockText(voteA)}) - not a real duplicate vote`);
  for (const [name, vote] of [
    ["VoteA", voteA],
    ["VoteB", voteB],
  ] as const)
    if (!verifySignature(key, voteSignBytes(chainId, vote), vote.signature))
      throw plainError(`verifying ${name}: invalid signature`);
}

/** Handling the evidence. */
export function createDoubleVoting(punish: Punish) {
  return {
    /**
     * Punishes the validator behind two conflicting votes. The age is bounded from below by the consumer's first height
     * only. Throws `CCV/16` and what punishing throws.
     */
    handle(ctx: Context, consumerId: string, evidence: DuplicateVoteEvidence, header: Header): void {
      const { voteA, voteB } = checkComet("evidence", () => validateDuplicateVoteBasic(evidence));
      const validators = checkComet("validator set", () => validatorSetFromProto(header.validatorSet));
      const validator = validatorByAddress(validators, voteA.validatorAddress);
      if (validator === undefined)
        throw invalid(
          `misbehaving validator ${toHexUpper(voteA.validatorAddress)} cannot be found in the infraction block header validator set`,
        );
      if (state.clientOfConsumer.get(ctx, consumerId) === undefined)
        throw invalid(`cannot find consumer chain ${consumerId}`);
      const minHeight = state.evidenceMinHeight.get(ctx, consumerId) ?? 0n;
      if (voteA.height < minHeight)
        throw invalid(
          `evidence for consumer chain ${consumerId} is too old - evidence height (${voteA.height}), min (${minHeight})`,
        );
      verifyVotes(voteA, voteB, requireChainId(ctx, consumerId), validator.pubKey);
      const address = toProviderAddress(ctx, consumerId, voteA.validatorAddress);
      const { doubleSign } = requireInfractionParams(ctx, consumerId);
      if (doubleSign === undefined) throw plainError("no double sign parameters");
      punish.equivocation(ctx, address, doubleSign);
    },
  };
}

/** See {@link createDoubleVoting}. */
export type DoubleVoting = ReturnType<typeof createDoubleVoting>;
