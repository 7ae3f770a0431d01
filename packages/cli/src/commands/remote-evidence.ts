/** `tandem evidence submit double-sign` against chains that are only URLs: verified here first, then sent. */
import {
  type ChainClient,
  checkDoubleVoting,
  doubleVotingMessage,
  type EvidenceReport,
  infractionHeader,
  parseEvidenceFile,
  parseHeaderFile,
  punishable,
} from "@tandem-ics/client";
import { type ConsumerEntry, findConsumer } from "@tandem-ics/relayer";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { usageError } from "../exit-codes.ts";
import type { Settings } from "../settings.ts";
import { type FeeFlags, feesOf } from "./fees.ts";
import { accountOn, assertRole, connectUrl, mnemonicFromEnv, noMnemonic, prefixOf } from "./remote-chain.ts";

/** Evidence that is ready to be judged and sent. */
export interface RemoteEvidence {
  readonly provider: ChainClient;
  readonly consumer: ConsumerEntry;
  readonly evidence: DuplicateVoteEvidence;
  readonly header: ClientHeader;
  readonly report: EvidenceReport;
}

/** The consumer's header at the height of the votes, from its own node. */
async function headerFrom(url: string, consumer: ConsumerEntry, height: bigint): Promise<ClientHeader> {
  const chain = await connectUrl(url);
  try {
    if (chain.chainId !== consumer.chainId)
      throw usageError(
        `--consumer is ${chain.chainId}, and consumer ${consumer.consumerId} is ${consumer.chainId}`,
        "the header must be of the chain on which was voted",
      );
    return await infractionHeader(chain, height);
  } finally {
    chain.disconnect();
  }
}

/** Reads evidence and header, and judges them by the provider's rules. The caller disconnects the provider. */
async function judge(
  provider: ChainClient,
  name: string,
  files: { readonly file: string; readonly header: string | undefined },
  consumerUrl: string | undefined,
  prefix: string,
): Promise<RemoteEvidence> {
  const consumer = await findConsumer(provider, { name });
  const { evidence, header: own } = parseEvidenceFile(files.file);
  const given = files.header === undefined ? own : parseHeaderFile(files.header);
  if (given === undefined && consumerUrl === undefined)
    throw usageError(
      "the header of the infraction height is missing",
      "give --header FILE, or --consumer URL to ask the consumer's node for it",
    );
  const header = given ?? (await headerFrom(consumerUrl!, consumer, evidence.voteA!.height));
  const votes = checkDoubleVoting({ chainId: consumer.chainId, evidence, header });
  const checks = [
    ...votes.checks,
    await punishable(provider, consumer.consumerId, evidence.voteA!.validatorAddress, prefix),
  ];
  return { provider, consumer, evidence, header, report: { ok: checks.every((c) => c.ok), checks } };
}

/**
 * Judges evidence against the provider at a URL and hands it to `use`, with a way to send it. Nobody needs to be able
 * to pay before it is sent.
 */
export async function withRemoteEvidence<T>(
  settings: Settings,
  name: string,
  files: { readonly file: string; readonly header: string | undefined },
  flags: FeeFlags,
  use: (found: RemoteEvidence, send: () => Promise<{ hash: string; height: string }>) => Promise<T>,
): Promise<T> {
  const { providerUrl, consumerUrl } = settings;
  if (providerUrl === undefined)
    throw usageError(
      "evidence goes to a provider: --provider URL is missing",
      "--consumer URL alone is not enough",
    );
  const fees = feesOf(flags);
  const mnemonic = mnemonicFromEnv("provider");
  if (!settings.dryRun && mnemonic === undefined) throw noMnemonic("provider");
  const provider = await connectUrl(providerUrl);
  try {
    await assertRole(provider, "provider");
    const prefix = await prefixOf(provider, fees.prefix);
    const found = await judge(provider, name, files, consumerUrl, prefix);
    return await use(found, async () => {
      if (mnemonic === undefined) throw noMnemonic("provider");
      const { address, sender } = await accountOn(provider, { mnemonic }, fees);
      const { consumer, evidence, header } = found;
      const { hash, height } = await sender.send([
        doubleVotingMessage(address, consumer.consumerId, evidence, header),
      ]);
      return { hash, height: height.toString() };
    });
  } finally {
    provider.disconnect();
  }
}
