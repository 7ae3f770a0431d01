/** Sends found evidence to the provider, judged first, and freezes the client only after those who signed are punished. */
import {
  checkDoubleVoting,
  doubleVotingMessage,
  type EvidenceReport,
  freezeMessage,
  infractionHeader,
  misbehaviourMessage,
  punishable,
  type TxResult,
  type TxSender,
} from "@tandem-ics/client";
import type { Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { RelayError } from "../errors.ts";
import type { FoundEvidence } from "./evidence-watch.ts";
import { type AttackedPair, type PreparedMisbehaviour, prepareMisbehaviour } from "./prepare-misbehaviour.ts";

/** Evidence that was judged; sent where there is a transaction. */
export interface JudgedEvidence {
  readonly report: EvidenceReport;
  /** Of an attack: complete, as the provider takes it. */
  readonly misbehaviour: Misbehaviour | undefined;
  /** Sends it. Throws ClientError when the provider refuses it. */
  send(sender: TxSender): Promise<TxResult>;
}

/** Sends an attack, with the client updates that it needs in the same transaction. */
export const sendMisbehaviour = (
  { entry }: AttackedPair,
  { misbehaviour, updates }: PreparedMisbehaviour,
  sender: TxSender,
): Promise<TxResult> =>
  sender.send([...updates, misbehaviourMessage(sender.address, entry.consumerId, misbehaviour)]);

/**
 * Freezes the provider's client of the consumer with the same evidence, and with it all channels over it; until
 * governance recovers the client no packet goes either way. To be sent after {@link sendMisbehaviour}.
 */
export const freezeClient = (
  { entry }: AttackedPair,
  misbehaviour: Misbehaviour,
  sender: TxSender,
): Promise<TxResult> => sender.send([freezeMessage(sender.address, entry.clientId, misbehaviour)]);

/** Judges what a watch found by the provider's rules. `signer` pays for what is sent later. */
export async function judgeEvidence(
  pair: AttackedPair,
  found: FoundEvidence,
  signer: string,
): Promise<JudgedEvidence> {
  const { provider, consumer, entry, prefix } = pair;
  if (found.kind === "light-client-attack") {
    const prepared = await prepareMisbehaviour(pair, { conflicting: found.conflicting }, signer);
    const { report, misbehaviour } = prepared;
    return { report, misbehaviour, send: (sender) => sendMisbehaviour(pair, prepared, sender) };
  }
  if (consumer === undefined)
    throw new RelayError("not-provable", `the header of the votes takes a node of ${entry.chainId}`);
  const { evidence } = found;
  const header = await infractionHeader(consumer, found.height);
  const votes = checkDoubleVoting({ chainId: entry.chainId, evidence, header });
  const checks = [
    ...votes.checks,
    await punishable(provider, entry.consumerId, evidence.voteA!.validatorAddress, prefix),
  ];
  return {
    report: { ok: checks.every((c) => c.ok), checks },
    misbehaviour: undefined,
    send: (sender) => sender.send([doubleVotingMessage(sender.address, entry.consumerId, evidence, header)]),
  };
}
