/**
 * Light-client attacks: two committed headers of one height, of which at most one is honest. From headers to
 * `MsgSubmitConsumerMisbehaviour`, judged here first by the provider's own rules (ICS-28; provider `consumer_equivocation.go`).
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  BLOCK_ID_FLAG,
  type CompleteSignedHeader,
  commitVoteSignBytes,
  completeSignedHeader,
  isInvalidHeader,
  type TrustThreshold,
  type ValidatorSet,
  validateLightBlockBasic,
  validatorByAddress,
  validatorSetFromProto,
  validatorSetHash,
  verifyCommitLight,
  verifyCommitLightTrusting,
  verifySignature,
} from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { formatHeight, revisionOf } from "@tandem-ics/ibc/24-host";
import { MsgSubmitConsumerMisbehaviour } from "@tandem-ics/proto";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import {
  type Header as ClientHeader,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { createChecks, type EvidenceReport } from "./checks.ts";

/**
 * How an attack was made. `lunatic`: a header that no execution leads to. `equivocation`: two blocks of one round.
 * `amnesia`: of different rounds, where who broke a lock cannot be told, so that nobody is punished.
 */
export type AttackKind = "lunatic" | "equivocation" | "amnesia";

/** The kind of an attack by its two headers. @throws CometError when one of them is not complete. */
export function attackKind({ header1, header2 }: Misbehaviour): AttackKind {
  const [a, b] = [completeOf(header1), completeOf(header2)];
  if (isInvalidHeader(a.header, b.header)) return "lunatic";
  return a.commit.round === b.commit.round ? "equivocation" : "amnesia";
}

const completeOf = (header: ClientHeader | undefined): CompleteSignedHeader =>
  completeSignedHeader(header?.signedHeader ?? {});

/** Addresses whose vote for a block or for nothing is in a commit. */
const signersOf = (header: ClientHeader | undefined): Uint8Array[] =>
  completeOf(header)
    .commit.signatures.filter(({ blockIdFlag }) => blockIdFlag !== BLOCK_ID_FLAG.absent)
    .map(({ validatorAddress }) => validatorAddress);

/** Consensus addresses (20 bytes) that signed both headers, in the order of the second commit: those to be punished. */
export function commonSigners({ header1, header2 }: Misbehaviour): Uint8Array[] {
  const first = signersOf(header1);
  return signersOf(header2).filter((address) => first.some((other) => equalBytes(address, other)));
}

/** What a provider's client trusts at one height. */
export interface TrustedState {
  readonly height: Height;
  /** Of the header at that height, ns since 1970. */
  readonly timeNs: bigint;
  readonly nextValidatorsHash: Uint8Array;
}

/** What the provider knows of a consumer, by which it judges. */
export interface AttackContext {
  readonly chainId: string;
  /** The provider's client of the consumer. */
  readonly clientId: string;
  /** Evidence below this height of the consumer is refused; the consumer's initial height. */
  readonly minimumHeight: bigint;
  readonly trustingPeriodNs: bigint;
  readonly trustLevel: TrustThreshold;
  /** Time of the provider's latest block, ns since 1970. */
  readonly nowNs: bigint;
  /** The client's consensus states at the trusted heights of the evidence, as far as there are any. */
  readonly trusted: readonly TrustedState[];
}

/** What the provider would say to evidence of an attack, rule by rule. */
export function checkMisbehaviour(misbehaviour: Misbehaviour, context: AttackContext): EvidenceReport {
  const { check, holds, report } = createChecks();
  const headers = [
    ["header 1", misbehaviour.header1],
    ["header 2", misbehaviour.header2],
  ] as const;
  for (const [name, header] of headers)
    holds(`${name} is complete and of ${context.chainId}`, () => blockOf(header, context.chainId));
  if (!report().ok) return report();
  const [first, second] = headers.map(([, header]) => completeOf(header)) as [
    CompleteSignedHeader,
    CompleteSignedHeader,
  ];
  const { height } = first.header;
  check(
    "it is against the provider's client of this consumer",
    misbehaviour.clientId === context.clientId,
    `${misbehaviour.clientId}, the client is ${context.clientId}`,
  );
  check("one height", height === second.header.height, `${height}, ${second.header.height}`);
  check(
    "not before the minimum height",
    height >= context.minimumHeight,
    `${height} ≥ ${context.minimumHeight}`,
  );
  check(
    "two blocks",
    !equalBytes(first.commit.blockId.hash, second.commit.blockId.hash),
    `${toHexUpper(first.commit.blockId.hash)}, ${toHexUpper(second.commit.blockId.hash)}`,
  );
  for (const [name, header] of headers) {
    holds(`${name} is committed by its own validators`, () => verifyOwnCommit(header, context.chainId));
    checkTrust(name, header!, context);
  }
  if (!report().ok) return report();
  const kind = attackKind(misbehaviour);
  check("it can be told who broke the rules", kind !== "amnesia", kind);
  const common = commonSigners(misbehaviour);
  check("somebody signed both", common.length > 0, common.map(toHexUpper).join(", "));
  for (const address of common)
    for (const [name, header] of headers)
      holds(`${name} bears the signature of ${toHexUpper(address)}`, () => verifySlotOf(header, address));
  return report();

  function checkTrust(
    name: string,
    header: ClientHeader,
    { trusted, nowNs, ...client }: AttackContext,
  ): void {
    const at = header.trustedHeight;
    const state = trusted.find(({ height: h }) => formatHeight(h) === formatHeight(at));
    const known = check(
      `the client knows the trusted height of ${name}`,
      state !== undefined,
      formatHeight(at),
    );
    if (!known || state === undefined) return;
    const age = nowNs - state.timeNs;
    check(
      `${name} starts from trust that has not expired`,
      age < client.trustingPeriodNs,
      `${age / 1_000_000_000n} s old, the trusting period is ${client.trustingPeriodNs / 1_000_000_000n} s`,
    );
    holds(`${name} is signed by enough of those whom the client trusts`, () =>
      verifyTrust(header, state, client.chainId, client.trustLevel),
    );
  }
}

const blockOf = (header: ClientHeader | undefined, chainId: string) =>
  validateLightBlockBasic(
    { signedHeader: header?.signedHeader, validatorSet: header?.validatorSet } as never,
    chainId,
  );

function verifyOwnCommit(header: ClientHeader | undefined, chainId: string): void {
  const { header: block, commit, validators } = blockOf(header, chainId);
  verifyCommitLight({ chainId, validators, blockId: commit.blockId, height: block.height, commit });
}

function verifyTrust(
  header: ClientHeader,
  state: TrustedState,
  chainId: string,
  trustLevel: TrustThreshold,
): void {
  const validators = validatorSetFromProto(header.trustedValidators);
  if (!equalBytes(validatorSetHash(validators), state.nextValidatorsHash))
    throw new TypeError("the trusted validators are not those that the client's consensus state names");
  verifyCommitLightTrusting({ chainId, validators, commit: completeOf(header).commit, trustLevel });
}

function verifySlotOf(header: ClientHeader | undefined, address: Uint8Array): void {
  const { header: block, commit } = completeOf(header);
  const set: ValidatorSet = validatorSetFromProto(header?.validatorSet);
  const slot = commit.signatures.findIndex(({ validatorAddress }) => equalBytes(validatorAddress, address));
  const validator = validatorByAddress(set, address);
  if (validator === undefined) throw new TypeError("the signer is not in the header's validator set");
  const { signature } = commit.signatures[slot]!;
  if (!verifySignature(validator.pubKey, commitVoteSignBytes(block.chainId, commit, slot), signature))
    throw new TypeError("the signature is wrong");
}

/** Whether a header trusted by `trusted` would pass a client that trusts this state. Looks at the votes of the trusted set alone. */
export function isTrustedBy(
  header: ClientHeader,
  state: TrustedState,
  { chainId, trustLevel }: Pick<AttackContext, "chainId" | "trustLevel">,
): boolean {
  try {
    verifyTrust(header, state, chainId, trustLevel);
    return true;
  } catch {
    return false; // too few of them signed, or others are trusted: another height may do
  }
}

/** Height of a header as clients count it. */
export function clientHeight({ signedHeader }: ClientHeader): Height {
  const { header } = completeSignedHeader(signedHeader ?? {});
  return { revisionNumber: revisionOf(header.chainId), revisionHeight: header.height };
}

/** The transaction message that has the signers of both headers punished. */
export const misbehaviourMessage = (
  submitter: string,
  consumerId: string,
  misbehaviour: Misbehaviour,
): EncodeObject => ({
  typeUrl: "/interchain_security.ccv.provider.v1.MsgSubmitConsumerMisbehaviour",
  value: MsgSubmitConsumerMisbehaviour.fromPartial({ submitter, consumerId, misbehaviour }),
});

/**
 * The ordinary message of ICS-02 that freezes the client, and with it every channel over it. To be sent after
 * {@link misbehaviourMessage}, for it punishes nobody.
 */
export const freezeMessage = (
  signer: string,
  clientId: string,
  misbehaviour: Misbehaviour,
): EncodeObject => ({
  typeUrl: "/ibc.core.client.v1.MsgUpdateClient",
  value: MsgUpdateClient.fromPartial({
    clientId,
    clientMessage: {
      typeUrl: "/ibc.lightclients.tendermint.v1.Misbehaviour",
      value: Misbehaviour.encode(misbehaviour).finish(),
    },
    signer,
  }),
});
