/** Evidence of double signing: verified here rule by rule, then sent to the provider. */
import {
  ClientError,
  checkDoubleVoting,
  doubleVotingMessage,
  type EvidenceReport,
  infractionHeader,
  parseEvidenceFile,
  parseHeaderFile,
} from "@tandem-ics/client";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { arrival, checkWait, txInfo, type WaitFor } from "./actions.ts";
import { OWNER } from "./launch.ts";
import { consumerOf, providerOf, senderOf, type World } from "./world.ts";

/** Evidence that fails the provider's rules; it was not sent. */
export class EvidenceRefused extends Error {
  readonly report: EvidenceReport;

  constructor(report: EvidenceReport) {
    const failed = report.checks
      .filter((c) => !c.ok)
      .map((c) => (c.detail ? `${c.rule}: ${c.detail}` : c.rule));
    super(`the evidence does not hold: ${failed.join("; ")}`);
    this.name = "EvidenceRefused";
    this.report = report;
  }
}

/** Evidence with the header that goes with it: from the file, from a second file, or from the consumer's RPC. */
async function readEvidence(world: World, consumer: string, file: string, headerFile: string | undefined) {
  const { chain } = consumerOf(world, consumer);
  const { evidence, header } = parseEvidenceFile(file);
  const own = headerFile === undefined ? header : parseHeaderFile(headerFile);
  const height = evidence.voteA?.height;
  if (own === undefined && height === undefined)
    throw new ClientError("bad-evidence", "the evidence has no votes");
  return { chain, evidence, header: own ?? (await infractionHeader(chain.client, height!)) };
}

/** What the provider would say to evidence, rule by rule. */
export async function checkEvidence(
  world: World,
  consumer: string,
  file: string,
  headerFile?: string,
): Promise<EvidenceReport> {
  const { chain, evidence, header } = await readEvidence(world, consumer, file, headerFile);
  return checkDoubleVoting({ chainId: chain.chainId, evidence, header });
}

/** Submits double-sign evidence to the provider. */
export async function submitDoubleSign(
  world: World,
  consumer: string,
  file: string,
  options: { from?: string; headerFile?: string; unchecked?: boolean; wait?: WaitFor } = {},
) {
  checkWait(world, options.wait);
  const { chain, evidence, header } = await readEvidence(world, consumer, file, options.headerFile);
  const report = checkDoubleVoting({ chainId: chain.chainId, evidence, header });
  if (!report.ok && !options.unchecked) throw new EvidenceRefused(report);
  const result = await submitEvidence(world, chain.consumerId ?? "", evidence, header, options.from ?? OWNER);
  return { ...result, report, ...(await arrival(world, options.wait)) };
}

async function submitEvidence(
  world: World,
  consumerId: string,
  evidence: DuplicateVoteEvidence,
  header: ClientHeader,
  from: string,
) {
  const sender = senderOf(world, providerOf(world), from);
  return txInfo(await sender.send([doubleVotingMessage(sender.address, consumerId, evidence, header)]));
}
