/** `tandem relay once|start|status` between chains that are only URLs. */
import { formatTimestamp } from "@tandem-ics/proto";
import { createRelayer, type PendingWork, type RelayedCounts, type Relayer } from "@tandem-ics/relayer";
import type { Command } from "commander";
import { CliError, toCliError } from "../exit-codes.ts";
import { table } from "../output.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { type Carried, carriedText } from "./carried.ts";
import { pathDocument, pathText } from "./remote-connect.ts";
import {
  connectedEnds,
  expiryOf,
  openPath,
  type RelayFlags,
  type RemotePath,
  readPath,
  remoteUrls,
} from "./remote-path.ts";

/** What identifies a path in results: the consumer's chain id, as the localnet has it. */
const pathName = ({ a, b, kind }: RemotePath): string =>
  kind === "ccv" ? b.chain.chainId : `${a.chain.chainId}/${b.chain.chainId}`;

/** Work as results tell it. */
const itemOf = (path: RemotePath, work: PendingWork): Carried["items"][number] => ({
  consumer: pathName(path),
  kind: work.kind,
  from: work.from,
  to: work.to,
  port: work.port,
  channel: work.channel,
  sequence: work.sequence.toString(),
});

/** `relay once` by URL: refreshes clients that need it, then one pass. Returns whether URLs were given. */
export async function remoteOnce(
  consumer: string | undefined,
  flags: RelayFlags,
  settings: Settings,
): Promise<boolean> {
  const urls = remoteUrls(settings, flags);
  if (urls === undefined) return false;
  const { out, dryRun } = settings;
  const path = await openPath(urls, consumer, flags, !dryRun);
  try {
    const { a, b } = await connectedEnds(path);
    const items: Carried["items"][number][] = [];
    const relayer = await createRelayer(a, b);
    const refreshed = dryRun ? 0 : await relayer.refresh();
    let counts: RelayedCounts;
    try {
      counts = await relayer.once({ dryRun, onWork: (work) => void items.push(itemOf(path, work)) });
    } catch (error) {
      const carried = relayer.status.total;
      if (carried.packets + carried.acknowledgements + carried.timeouts > 0)
        out.note(`carried before this failed: ${carriedText({ ...carried, items: [] }, false)}`);
      throw error;
    }
    out.result({ ...counts, refreshed, items }, (c) => carriedText(c, dryRun));
    return true;
  } finally {
    path.close();
  }
}

/** Tells of a failure once, and again each time that it has happened twice as often: a chain may be away for days. */
function createErrorTeller(tell: (message: string, times: number) => void): (error: unknown) => void {
  let last = "";
  let times = 0;
  return (error) => {
    const { message } = toCliError(error);
    times = message === last ? times + 1 : 1;
    last = message;
    if ((times & (times - 1)) === 0) tell(message, times);
  };
}

/** Resolves when the process is asked to end; a second signal ends it at once. */
const untilAskedToEnd = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });

const now = (): string => new Date().toISOString();

/**
 * `relay start` by URL: carries until it is told to end. One line for each pass that carried something, with `--json`
 * one object; failures are told and tried again. Returns whether URLs were given.
 */
export async function remoteStart(
  consumer: string | undefined,
  flags: RelayFlags,
  command: Command,
): Promise<boolean> {
  const settings = settingsOf(command);
  const urls = remoteUrls(settings, flags);
  if (urls === undefined) return false;
  const { out } = settings;
  if (settings.dryRun) {
    await remoteOnce(consumer, flags, settings);
    return true;
  }
  const path = await openPath(urls, consumer, flags, true);
  try {
    const { a, b } = await connectedEnds(path);
    const asked = untilAskedToEnd();
    const name = pathName(path);
    let items: Carried["items"][number][] = [];
    const event = (what: string, value: object, line: string): void =>
      out.result({ time: now(), event: what, path: name, ...value }, () => `${now()} ${name} ${line}`);
    const tellError = createErrorTeller((message, times) => {
      const often = times === 1 ? "" : ` (${times} times running)`;
      if (out.json) event("error", { message, times }, message);
      else out.note(`${now()} ${name} ${message}${often}; trying again`);
    });
    const relayer = await createRelayer(a, b, {
      onWork: (work) => void items.push(itemOf(path, work)),
      onRelayed(counts) {
        const carried = { ...counts, items };
        items = [];
        event("carried", carried, lineOf(carried));
      },
      onError(error) {
        items = [];
        tellError(error);
      },
    });
    event(
      "started",
      { a: endOf(a), b: endOf(b) },
      `follows ${a.chain.chainId} ${a.connectionId} and ${b.chain.chainId} ${b.connectionId}; Ctrl-C ends it`,
    );
    relayer.start();
    await asked;
    await endRelayer(relayer, path);
    const { total, refreshes, errors } = relayer.status;
    event("stopped", { ...total, refreshes, errors }, `stopped after ${lineOf({ ...total, items: [] })}`);
    return true;
  } finally {
    path.close();
  }
}

/** Ends the relayer. Waits for blocks are cut, transactions under way are settled first. */
async function endRelayer(relayer: Relayer, path: RemotePath): Promise<void> {
  await relayer.stop();
  path.close();
}

const endOf = (end: {
  chain: { chainId: string };
  clientId: string;
  connectionId: string;
}): Record<string, string> => ({
  chainId: end.chain.chainId,
  client: end.clientId,
  connection: end.connectionId,
});

/** One pass in one line: counts, and where what went. */
function lineOf({ packets, acknowledgements, timeouts, items }: Carried): string {
  const counts = `packets ${packets}, acknowledgements ${acknowledgements}, timeouts ${timeouts}`;
  const what = items.map((i) => `${i.kind} ${i.port}/${i.channel}/${i.sequence} to ${i.to}`);
  return what.length === 0
    ? counts
    : `${counts}: ${what.slice(0, 5).join(", ")}${what.length > 5 ? ", …" : ""}`;
}

const timeText = (ns: bigint | undefined): string | null => (ns === undefined ? null : formatTimestamp(ns));

/** `relay status` by URL: ids, when clients expire, what waits to be carried. Returns whether URLs were given. */
export async function remoteStatus(
  consumer: string | undefined,
  flags: RelayFlags,
  settings: Settings,
): Promise<boolean> {
  const urls = remoteUrls(settings, flags);
  if (urls === undefined) return false;
  const path = await openPath(urls, consumer, flags, false);
  try {
    const state = await readPath(path);
    const [expiryA, expiryB, statusA, statusB] = await Promise.all([
      expiryOf(path.a, state.clients.a),
      expiryOf(path.b, state.clients.b),
      path.a.chain.status(),
      path.b.chain.status(),
    ]);
    const pending: Carried["items"][number][] = [];
    if (state.ends !== undefined) {
      const relayer = await createRelayer(state.ends.a, state.ends.b);
      await relayer.once({ dryRun: true, onWork: (work) => void pending.push(itemOf(path, work)) });
    }
    const document = {
      ...pathDocument(path, state),
      status: {
        [path.nameA]: { height: statusA.height, clientExpires: timeText(expiryA) },
        [path.nameB]: { height: statusB.height, clientExpires: timeText(expiryB) },
      },
      pending,
    };
    // A client is judged by the clock of the chain that holds it.
    const life = (ns: bigint | undefined, nowNs: bigint): string =>
      ns === undefined ? "–" : ns <= nowNs ? "expired" : `${timeText(ns)} (in ${spanText(ns - nowNs)})`;
    settings.out.result(document, () =>
      [
        pathText(path, state),
        "",
        table(
          ["chain", "height", "its client of the other expires"],
          [
            [path.a.chain.chainId, statusA.height.toString(), life(expiryA, statusA.timeNs)],
            [path.b.chain.chainId, statusB.height.toString(), life(expiryB, statusB.timeNs)],
          ],
        ),
        "",
        pending.length === 0
          ? "nothing waits to be carried"
          : table(
              ["waits", "from", "to", "port", "channel", "sequence"],
              pending.map((i) => [i.kind, i.from, i.to, i.port, i.channel, i.sequence]),
            ),
      ].join("\n"),
    );
    return true;
  } finally {
    path.close();
  }
}

/** A span of time in its two largest units. */
function spanText(ns: bigint): string {
  const minutes = ns / 60_000_000_000n;
  const [days, hours] = [minutes / 1440n, (minutes / 60n) % 24n];
  return days > 0n ? `${days}d${hours}h` : `${hours}h${minutes % 60n}m`;
}

/** Refuses what only the relayer of a localnet can do. */
export function refuseRemoteStop(settings: Settings, flags: RelayFlags): void {
  if (remoteUrls(settings, flags) === undefined) return;
  throw new CliError({
    code: "usage",
    message: "relay stop is for the relayer of a localnet",
    hint: "tandem relay start with URLs runs in the foreground: Ctrl-C ends it",
  });
}
