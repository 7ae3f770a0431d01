/**
 * From a header that is not the consumer's own to evidence that the provider can judge: both headers tied to a height that
 * the provider's client trusts, which is brought to that client first where it knows none (ICS-28; ADR-005).
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  type AttackContext,
  type AttackFile,
  type ChainClient,
  ClientError,
  checkMisbehaviour,
  clientHeight,
  commonSigners,
  type EvidenceCheck,
  type EvidenceReport,
  isTrustedBy,
  punishable,
  type TrustedState,
} from "@tandem-ics/client";
import { existingValidatorSet, validatorSetHash, validatorSetToProto } from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import { formatHeight } from "@tandem-ics/ibc/24-host";
import { durationToNs, timestampToNs } from "@tandem-ics/proto";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import {
  type Header as ClientHeader,
  type ClientState,
  ConsensusState,
  type Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { RelayError } from "../errors.ts";
import type { ConsumerEntry } from "../find-consumer.ts";
import { clientUpdates, consensusHeights, readClientState } from "../foreign-client.ts";

/** The two chains, and the consumer as the provider lists it. */
export interface AttackedPair {
  readonly provider: ChainClient;
  /** Only needed for evidence that is not complete, or not tied to what the client trusts. */
  readonly consumer: ChainClient | undefined;
  readonly entry: ConsumerEntry;
  /** Prefix of the provider's accounts. */
  readonly prefix: string;
}

/** Evidence that is ready to be sent. */
export interface PreparedMisbehaviour {
  readonly misbehaviour: Misbehaviour;
  /** Client updates to go before it, in the same transaction; none where the client knows the trusted height. */
  readonly updates: readonly EncodeObject[];
  readonly report: EvidenceReport;
  /** Consensus addresses on the consumer (20 bytes) of those who signed both. */
  readonly signers: readonly Uint8Array[];
}

/** Trusted heights that are looked at, the latest first: each costs two queries. */
const MAX_CANDIDATES = 20;

async function trustedStateAt(
  provider: ChainClient,
  clientId: string,
  height: Height,
): Promise<TrustedState | undefined> {
  try {
    const { consensusState } = await provider.query.ibcClient.ConsensusState({
      clientId,
      ...height,
      latestHeight: false,
    });
    if (consensusState === undefined) return undefined;
    const { timestamp, nextValidatorsHash } = ConsensusState.decode(consensusState.value);
    return { height, timeNs: timestampToNs(timestamp), nextValidatorsHash };
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") throw error;
    return undefined; // the client knows nothing at that height
  }
}

/** What the provider judges by; `trusted` for these headers. */
async function attackContext(
  { provider, entry }: AttackedPair,
  state: ClientState,
  headers: readonly (ClientHeader | undefined)[],
): Promise<AttackContext> {
  const heights = new Map(
    headers.flatMap((header) =>
      header === undefined ? [] : [[formatHeight(header.trustedHeight), header.trustedHeight] as const],
    ),
  );
  const [trusted, { timeNs }, { initParams }] = await Promise.all([
    Promise.all([...heights.values()].map((at) => trustedStateAt(provider, entry.clientId, at))),
    provider.status(),
    provider.query.provider.QueryConsumerChain({ consumerId: entry.consumerId }),
  ]);
  return {
    chainId: entry.chainId,
    clientId: entry.clientId,
    minimumHeight: initParams?.initialHeight?.revisionHeight ?? 0n,
    trustingPeriodNs: durationToNs(state.trustingPeriod),
    trustLevel: state.trustLevel,
    nowNs: timeNs,
    trusted: trusted.filter((s) => s !== undefined),
  };
}

function neededConsumer({ consumer, entry }: AttackedPair): ChainClient {
  if (consumer === undefined)
    throw new RelayError(
      "not-provable",
      `evidence like this takes a node of ${entry.chainId} to be completed`,
    );
  return consumer;
}

/** Both headers: as given, or the one that is given and the chain's own of that height. */
async function pairOfHeaders(pair: AttackedPair, file: AttackFile): Promise<Misbehaviour> {
  const { clientId } = pair.entry;
  if ("misbehaviour" in file) return file.misbehaviour;
  const consumer = neededConsumer(pair);
  const { conflicting } = file;
  const height = conflicting.signedHeader?.header?.height ?? 0n;
  const own = await consumer.clientHeader(height, consumer.heightOf(height > 1n ? height - 1n : height));
  return {
    clientId,
    header1: own,
    header2: {
      ...own,
      ...(conflicting.signedHeader === undefined ? {} : { signedHeader: conflicting.signedHeader }),
      ...(conflicting.validatorSet === undefined ? {} : { validatorSet: conflicting.validatorSet }),
    },
  };
}

/** Ties both headers to another trusted height. */
async function anchor(pair: AttackedPair, misbehaviour: Misbehaviour, at: Height): Promise<Misbehaviour> {
  const next = await neededConsumer(pair).validators(at.revisionHeight + 1n);
  const trust = { trustedHeight: at, trustedValidators: validatorSetToProto(existingValidatorSet(next)) };
  return {
    clientId: pair.entry.clientId,
    ...(misbehaviour.header1 === undefined ? {} : { header1: { ...misbehaviour.header1, ...trust } }),
    ...(misbehaviour.header2 === undefined ? {} : { header2: { ...misbehaviour.header2, ...trust } }),
  };
}

/**
 * The latest height below the attack that the client trusts, and whose validators signed enough of both headers. A state
 * that is not the chain's own, because the client was deceived before, is passed over.
 */
async function findTrusted(
  pair: AttackedPair,
  misbehaviour: Misbehaviour,
  context: AttackContext,
): Promise<Height | undefined> {
  const { provider, entry } = pair;
  const consumer = neededConsumer(pair);
  const { revisionNumber, revisionHeight } = clientHeight(misbehaviour.header1!);
  const below = (await consensusHeights(provider, entry.clientId))
    .filter((h) => h.revisionNumber === revisionNumber && h.revisionHeight < revisionHeight)
    .sort((a, b) => (a.revisionHeight < b.revisionHeight ? 1 : -1));
  for (const height of below.slice(0, MAX_CANDIDATES)) {
    const state = await trustedStateAt(provider, entry.clientId, height);
    if (state === undefined || context.nowNs - state.timeNs >= context.trustingPeriodNs) continue;
    const next = existingValidatorSet(await consumer.validators(height.revisionHeight + 1n));
    if (!equalBytes(validatorSetHash(next), state.nextValidatorsHash)) continue;
    const trustedValidators = validatorSetToProto(next);
    const both = [misbehaviour.header1!, misbehaviour.header2!];
    if (both.every((header) => isTrustedBy({ ...header, trustedValidators }, state, context))) return height;
  }
  return undefined;
}

/** A header of the chain is brought to the client as trusted state of the height before the attack. */
async function ensureTrusted(pair: AttackedPair, height: bigint, signer: string) {
  const consumer = neededConsumer(pair);
  const at = consumer.heightOf(height - 1n);
  const updates = await clientUpdates(pair.provider, consumer, pair.entry.clientId, height - 1n, signer);
  const { header } = await consumer.signedHeader(height - 1n);
  const state: TrustedState = {
    height: at,
    timeNs: timestampToNs(header!.time),
    nextValidatorsHash: header!.nextValidatorsHash,
  };
  return { at, updates, state };
}

/**
 * Completes evidence of a light-client attack and judges it by the provider's rules. `signer` pays for client updates
 * that go before it. @throws RelayError when a node of the consumer is needed and there is none, ClientError.
 */
export async function prepareMisbehaviour(
  pair: AttackedPair,
  file: AttackFile,
  signer: string,
): Promise<PreparedMisbehaviour> {
  const { provider, consumer, entry } = pair;
  const state = await readClientState(provider, entry.clientId);
  let misbehaviour = await pairOfHeaders(pair, file);
  let context = await attackContext(pair, state, [misbehaviour.header1, misbehaviour.header2]);
  let report = checkMisbehaviour(misbehaviour, context);
  let updates: readonly EncodeObject[] = [];
  if (!report.ok && consumer !== undefined && isForkOf(misbehaviour, entry.chainId)) {
    const found = await findTrusted(pair, misbehaviour, context);
    const { revisionHeight } = clientHeight(misbehaviour.header1!);
    if (found !== undefined) {
      misbehaviour = await anchor(pair, misbehaviour, found);
      context = await attackContext(pair, state, [misbehaviour.header1]);
    } else if (revisionHeight > 1n) {
      const ensured = await ensureTrusted(pair, revisionHeight, signer);
      misbehaviour = await anchor(pair, misbehaviour, ensured.at);
      updates = ensured.updates;
      context = { ...context, trusted: [ensured.state] };
    }
    report = checkMisbehaviour(misbehaviour, context);
  }
  if (!report.ok) return { misbehaviour, updates, report, signers: [] };
  const signers = commonSigners(misbehaviour);
  const checks = [...report.checks, await somebodyPunishable(pair, signers)];
  return { misbehaviour, updates, signers, report: { ok: checks.every((c) => c.ok), checks } };
}

/** Whether another trusted height is worth looking for: two headers of this chain, of one height. */
function isForkOf({ header1, header2 }: Misbehaviour, chainId: string): boolean {
  const [a, b] = [header1?.signedHeader?.header, header2?.signedHeader?.header];
  return a !== undefined && a.chainId === chainId && b?.chainId === chainId && a.height === b.height;
}

/** Punishing one of the signers is enough; those whom it is too late for are passed over. */
async function somebodyPunishable(
  { provider, entry, prefix }: AttackedPair,
  signers: readonly Uint8Array[],
): Promise<EvidenceCheck> {
  const checks = await Promise.all(
    signers.map((address) => punishable(provider, entry.consumerId, address, prefix)),
  );
  const ok = checks.filter((c) => c.ok);
  return {
    rule: "the provider can punish at least one of them",
    ok: ok.length > 0,
    detail: (ok.length > 0 ? ok : checks).map((c) => c.detail).join(", "),
  };
}
