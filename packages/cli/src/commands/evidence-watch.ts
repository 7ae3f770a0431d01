/** `tandem evidence watch`: looks for misbehaviour of a consumer's validators, and submits it. */
import { writeFileSync } from "node:fs";
import {
  type ChainClient,
  ClientError,
  type EvidenceReport,
  formatMisbehaviour,
  type TxSender,
} from "@tandem-ics/client";
import {
  type AttackedPair,
  createEvidenceWatch,
  type EvidenceWatch,
  type FoundEvidence,
  freezeClient,
  judgeEvidence,
} from "@tandem-ics/relayer";
import type { Command } from "commander";
import { toCliError, usageError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { withAttackedPair } from "./attacked-pair.ts";
import type { TxInfo } from "./change.ts";
import { reportLines } from "./evidence-report.ts";
import { addFeeFlags, type FeeFlags } from "./fees.ts";
import { connectUrl } from "./remote-chain.ts";

interface WatchFlags extends FeeFlags {
  readonly submit?: boolean;
  readonly freeze?: boolean;
  readonly once?: boolean;
  readonly witness?: string[];
  readonly fromProviderHeight?: string;
  readonly fromHeight?: string;
  readonly out?: string;
}

/** What became of one thing that was found. */
interface Outcome {
  readonly event: "evidence";
  readonly kind: FoundEvidence["kind"];
  readonly source: FoundEvidence["source"];
  readonly height: string;
  readonly hash: string;
  readonly report: EvidenceReport;
  readonly submitted?: TxInfo;
  readonly frozen?: TxInfo;
  /** What the provider said to it. */
  readonly refused?: string;
  readonly file?: string;
}

/** Blocks come every few seconds on real chains, several times a second on test chains. */
const POLL_MS = 500;

function heightOf(flag: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,18}$/.test(text)) return BigInt(text);
  throw usageError(`${flag} takes a height, not "${text}"`);
}

const txOf = ({ hash, height }: { hash: string; height: bigint }): TxInfo => ({
  hash,
  height: height.toString(),
});

/** Judges one finding, and with a sender submits it where it holds. */
async function handle(
  pair: AttackedPair,
  found: FoundEvidence,
  flags: WatchFlags,
  sender: TxSender | undefined,
): Promise<Outcome> {
  const { kind, source, height, hash } = found;
  const judged = await judgeEvidence(pair, found, sender?.address ?? "");
  const { report, misbehaviour } = judged;
  const told = { event: "evidence" as const, kind, source, height: height.toString(), hash, report };
  const file =
    flags.out === undefined || misbehaviour === undefined
      ? {}
      : { file: keep(flags.out, found, misbehaviour) };
  if (sender === undefined || !report.ok) return { ...told, ...file };
  try {
    const submitted = txOf(await judged.send(sender));
    if (!flags.freeze || misbehaviour === undefined) return { ...told, ...file, submitted };
    return { ...told, ...file, submitted, frozen: txOf(await freezeClient(pair, misbehaviour, sender)) };
  } catch (error) {
    if (error instanceof ClientError && error.abci !== undefined)
      return { ...told, ...file, refused: error.message };
    throw error;
  }
}

/** One file for each finding, named by what it is about. */
function keep(
  directory: string,
  { height, hash }: FoundEvidence,
  misbehaviour: Parameters<typeof formatMisbehaviour>[0],
): string {
  const path = `${directory}/attack-${height}-${hash.slice(0, 8)}.json`;
  writeFileSync(path, formatMisbehaviour(misbehaviour), { mode: 0o600 });
  return path;
}

function outcomeText(o: Outcome): string {
  const lines = [`${o.kind} at height ${o.height}, found in a ${o.source}: block ${o.hash}`];
  if (!o.report.ok) lines.push("proves nothing to the provider:", ...reportLines(o.report));
  else if (o.refused !== undefined) lines.push(`the provider refuses it: ${o.refused}`);
  else if (o.submitted !== undefined) lines.push(`submitted in ${o.submitted.hash}`);
  else lines.push("holds by every rule; --submit sends it");
  if (o.frozen !== undefined) lines.push(`client frozen in ${o.frozen.hash}`);
  if (o.file !== undefined) lines.push(`evidence  ${o.file}`);
  return lines.join("\n");
}

/** Resolves when the process is asked to end. */
function untilAskedToEnd(): { readonly asked: () => boolean; readonly promise: Promise<void> } {
  let asked = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        asked = true;
        resolve();
      });
  });
  return { asked: () => asked, promise };
}

const pause = (ms: number, end: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([over, end]).finally(() => clearTimeout(timer));
};

async function look(
  watch: EvidenceWatch,
  pair: AttackedPair,
  flags: WatchFlags,
  settings: Settings,
  sender: TxSender | undefined,
): Promise<number> {
  const { found, uncompared } = await watch.scan();
  if (uncompared > 0)
    settings.out.note(
      `${uncompared} headers of heights that the consumer's node keeps no more were not compared`,
    );
  for (const one of found) settings.out.result(await handle(pair, one, flags, sender), outcomeText);
  return found.length;
}

/** From the given heights, or from now on; with `--once` from the first blocks that the nodes still have. */
function fromHeights(flags: WatchFlags): { provider: bigint; consumer: bigint } | undefined {
  const provider = heightOf("--from-provider-height", flags.fromProviderHeight);
  const consumer = heightOf("--from-height", flags.fromHeight);
  if (provider === undefined && consumer === undefined && !flags.once) return undefined;
  return { provider: provider ?? 1n, consumer: consumer ?? 1n };
}

async function run(consumer: string, flags: WatchFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { out, dryRun } = settings;
  if (flags.freeze && !flags.submit)
    throw usageError(
      "--freeze goes with --submit",
      "frozen first, the client would be of no use as a witness",
    );
  const from = fromHeights(flags);
  const witnesses: ChainClient[] = [];
  try {
    for (const url of flags.witness ?? []) witnesses.push(await connectUrl(url));
    await withAttackedPair(settings, consumer, flags, async (pair, account) => {
      const chain = pair.consumer;
      if (chain === undefined)
        throw usageError("headers are compared with the consumer's own: --consumer URL is missing");
      const sender = flags.submit && !dryRun ? await account() : undefined;
      const watch = await createEvidenceWatch({
        provider: pair.provider,
        consumer: chain,
        clientId: pair.entry.clientId,
        witnesses,
        ...(from === undefined ? {} : { from }),
      });
      if (flags.once) {
        const count = await look(watch, pair, flags, settings, sender);
        if (count === 0) out.result({ event: "nothing" }, () => "nothing contradicts the chain");
        return;
      }
      const { clientId, chainId } = pair.entry;
      const end = untilAskedToEnd();
      out.result(
        { event: "started", chainId, clientId },
        () =>
          `watches what is shown to ${clientId} of ${pair.provider.chainId}, and ${chainId}; Ctrl-C ends it`,
      );
      while (!end.asked()) {
        try {
          await look(watch, pair, flags, settings, sender);
        } catch (error) {
          const { message } = toCliError(error);
          if (out.json) out.result({ event: "error", message }, () => "");
          else out.note(`${message}; trying again`);
        }
        await pause(POLL_MS, end.promise);
      }
      out.result({ event: "stopped" }, () => "stopped");
    });
  } finally {
    for (const witness of witnesses) witness.disconnect();
  }
}

/** Adds `evidence watch`. */
export function addWatchEvidence(evidence: Command): void {
  addFeeFlags(evidence.command("watch <consumer>"))
    .description(
      "compare what is shown of a consumer with the consumer's own blocks; one line for each difference",
    )
    .option("--submit", "send what holds to the provider")
    .option(
      "--freeze",
      "afterwards freeze the provider's client: no packet goes until governance recovers it",
    )
    .option("--once", "look at the blocks that there are, and end")
    .option("--witness <url...>", "further nodes of the consumer, compared with it block by block")
    .option("--from-height <height>", "first block of the consumer that is read; the next one by default")
    .option(
      "--from-provider-height <height>",
      "first block of the provider that is read; the next one by default",
    )
    .option("--out <directory>", "write each attack to a file that evidence submit takes")
    .action(run);
}
