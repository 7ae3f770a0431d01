/** What a validator signed last, and what it may sign next: the guard against double signs (CometBFT `privval/file.go`). */
import { EMPTY, ed25519Sign, equalBytes } from "@tandem-ics/crypto";
import { BinaryReader } from "cosmjs-types/binary";
import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { Proposal, Vote } from "cosmjs-types/tendermint/types/types";
import { isZeroBlockId } from "../block-id.ts";
import { CometError } from "../errors.ts";
import { bytesJson, goJsonText, hexJson, parseJsonText, readJson } from "../json/json-value.ts";
import { proposalSignBytes, SIGNED_MESSAGE, voteExtensionSignBytes, voteSignBytes } from "../sign-bytes.ts";

/** Steps of a round in the order they are signed. */
export const SIGN_STEP = { none: 0, proposal: 1, prevote: 2, precommit: 3 } as const;

/** Content of `priv_validator_state.json`. */
export interface SignState {
  height: bigint;
  round: number;
  /** One of {@link SIGN_STEP}. */
  step: number;
  /** Last signature; empty before the first. */
  signature: Uint8Array;
  /** What it is over, length prefix included. */
  signBytes: Uint8Array;
}

/** The state of a key that has signed nothing. */
export const emptySignState = (): SignState => ({
  height: 0n,
  round: 0,
  step: SIGN_STEP.none,
  signature: EMPTY,
  signBytes: EMPTY,
});

/** Text of `priv_validator_state.json`. */
export function signStateToJson({ height, round, step, signature, signBytes }: SignState): string {
  const signed =
    signature.length === 0 ? {} : { signature: bytesJson(signature), signbytes: hexJson(signBytes) };
  return goJsonText({ height: String(height), round, step, ...signed }, 2);
}

/** State in `priv_validator_state.json`. @throws CometError `invalidJson`. */
export function signStateFromJson(text: string): SignState {
  const json = readJson(parseJsonText(text));
  return {
    height: json.int64("height"),
    round: json.int32("round"),
    step: json.int32("step"),
    signature: json.bytes("signature"),
    signBytes: json.hex("signbytes"),
  };
}

/** What is to be signed. */
export type SignRequest = Pick<SignState, "height" | "round" | "step" | "signBytes">;

/** Sign it, or use the signature made before, over the same message with the time it had. */
export type SignDecision = { kind: "sign" } | { kind: "reuse"; signature: Uint8Array; timestamp: Timestamp };

/**
 * Whether `request` may be signed after `state`. At the same height, round and step only the same message may be, or one
 * that differs in time alone; then the old signature and time are to be used.
 * @throws CometError `signRegression` for an earlier height, round or step, `conflictingSignData` for another message.
 */
export function checkSignState(state: SignState, request: SignRequest): SignDecision {
  const order = compareSteps(request, state);
  if (order > 0) return { kind: "sign" };
  if (order < 0 || state.signBytes.length === 0 || state.signature.length === 0)
    throw new CometError(
      "signRegression",
      `${request.height}/${request.round}/${request.step} is not after ${state.height}/${state.round}/${state.step}`,
      { height: request.height, round: request.round, step: request.step },
    );
  const signed = splitTime(state.signBytes, state.step);
  const wanted = splitTime(request.signBytes, request.step);
  if (!equalBytes(signed.rest, wanted.rest))
    throw new CometError("conflictingSignData", "another message was signed at this height, round and step", {
      height: request.height,
      round: request.round,
      step: request.step,
    });
  return { kind: "reuse", signature: state.signature, timestamp: signed.timestamp };
}

function compareSteps(a: SignRequest, b: SignRequest): number {
  if (a.height !== b.height) return a.height > b.height ? 1 : -1;
  return a.round - b.round || a.step - b.step;
}

/** Time in sign bytes (field 6 of a proposal, 5 of a vote) and all the rest of the message, the length prefix aside. */
function splitTime(signBytes: Uint8Array, step: number): { timestamp: Timestamp; rest: Uint8Array } {
  const timeTag = ((step === SIGN_STEP.proposal ? 6 : 5) << 3) | 2;
  const reader = new BinaryReader(signBytes);
  reader.uint32();
  const start = reader.pos;
  while (reader.pos < reader.len) {
    const at = reader.pos;
    const tag = reader.uint32();
    if (tag !== timeTag) {
      reader.skipType(tag & 7);
      continue;
    }
    const timestamp = Timestamp.decode(reader.bytes());
    const rest = new Uint8Array(at - start + reader.len - reader.pos);
    rest.set(signBytes.subarray(start, at));
    rest.set(signBytes.subarray(reader.pos), at - start);
    return { timestamp, rest };
  }
  throw new CometError("conflictingSignData", "the sign bytes kept have no time");
}

/** A key about to sign. The new state must be on disk before the signature leaves the node. */
export interface Signing<T> {
  /** 32-byte Ed25519 seed. */
  seed: Uint8Array;
  state: SignState;
  chainId: string;
  message: T;
}

/**
 * The vote, signed under the guard; its time is the earlier one where a signature is reused. `withExtension`: sign the
 * extension of a precommit for a block as well. @throws CometError as {@link checkSignState}.
 */
export function signVote(
  signing: Signing<Vote>,
  options: { withExtension: boolean } = { withExtension: false },
): { vote: Vote; state: SignState } {
  const { seed, chainId, message: vote } = signing;
  const precommit = vote.type === SIGNED_MESSAGE.precommit;
  const step = precommit ? SIGN_STEP.precommit : SIGN_STEP.prevote;
  const signed = guarded(signing, { ...vote, step, signBytes: voteSignBytes(chainId, vote) });
  const extended = options.withExtension && precommit && !isZeroBlockId(vote.blockId);
  const extensionSignature = extended ? ed25519Sign(seed, voteExtensionSignBytes(chainId, vote)) : EMPTY;
  const { signature, state, timestamp = vote.timestamp } = signed;
  return { vote: { ...vote, timestamp, signature, extensionSignature }, state };
}

/** The proposal, signed under the guard. @throws CometError as {@link checkSignState}. */
export function signProposal(signing: Signing<Proposal>): { proposal: Proposal; state: SignState } {
  const { chainId, message: proposal } = signing;
  const request = { ...proposal, step: SIGN_STEP.proposal, signBytes: proposalSignBytes(chainId, proposal) };
  const { signature, state, timestamp = proposal.timestamp } = guarded(signing, request);
  return { proposal: { ...proposal, timestamp, signature }, state };
}

function guarded(
  { seed, state }: Pick<Signing<unknown>, "seed" | "state">,
  { height, round, step, signBytes }: SignRequest,
): { signature: Uint8Array; state: SignState; timestamp?: Timestamp } {
  const decision = checkSignState(state, { height, round, step, signBytes });
  if (decision.kind === "reuse")
    return { signature: decision.signature, state, timestamp: decision.timestamp };
  const signature = ed25519Sign(seed, signBytes);
  return { signature, state: { height, round, step, signature, signBytes } };
}
