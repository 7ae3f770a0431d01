/** `tandem relay connect`: from two URLs to an open channel. */
import {
  type ChannelReport,
  createClient,
  findConnection,
  finishChannel,
  openCcvPath,
  openChannel,
  openConnection,
} from "@tandem-ics/relayer";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { table } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { next } from "./change.ts";
import {
  ccvSteps,
  openPath,
  type PathState,
  plainSteps,
  type RelayFlags,
  type RemotePath,
  readPath,
  remoteUrls,
} from "./remote-path.ts";

/** Flags of `relay connect`. */
export interface ConnectFlags extends RelayFlags {
  readonly portA?: string;
  readonly portB?: string;
  readonly channelVersion?: string;
  readonly ordered?: boolean;
  readonly unordered?: boolean;
}

interface Wanted {
  readonly portA: string;
  readonly portB: string;
  readonly version: string;
  readonly ordering: "ordered" | "unordered";
}

function wantedChannel(flags: ConnectFlags): Wanted {
  if (flags.ordered && flags.unordered) throw usageError("a channel is either --ordered or --unordered");
  return {
    portA: flags.portA ?? "transfer",
    portB: flags.portB ?? "transfer",
    version: flags.channelVersion ?? "ics20-1",
    ordering: flags.ordered ? "ordered" : "unordered",
  };
}

type Note = (message: string) => void;

async function connectCcv(path: RemotePath, note: Note): Promise<void> {
  await openCcvPath(path.a, path.b, path.consumerId!, note);
}

/** Opens what is missing between two chains, taking up what is there. */
async function connectPlain(path: RemotePath, wanted: Wanted, note: Note): Promise<void> {
  const { clients } = await readPath(path);
  const made = async (side: "a" | "b"): Promise<string> => {
    const known = clients[side];
    if (known !== undefined) return known;
    const [host, target] = side === "a" ? [path.a, path.b] : [path.b, path.a];
    note(`client of ${target.chain.chainId} on ${host.chain.chainId}`);
    return createClient(host, target.chain);
  };
  const a = { ...path.a, clientId: await made("a") };
  const b = { ...path.b, clientId: await made("b") };
  note("connection");
  const ends = (await findConnection(a, b)) ?? (await openConnection(a, b));
  const { channels } = await readPath(path);
  const fitting = channels.filter(
    (c) => c.a.port === wanted.portA && c.b.port === wanted.portB && c.ordering === wanted.ordering,
  );
  if (fitting.some((c) => c.open)) return;
  note("channel");
  const begunAtA = fitting.find(
    (c) => c.a.state === "init" || (c.a.state === "open" && c.b.state === "tryopen"),
  );
  const begunAtB = fitting.find(
    (c) => c.b.state === "init" || (c.b.state === "open" && c.a.state === "tryopen"),
  );
  if (begunAtA !== undefined)
    await finishChannel(ends.a, ends.b, { portId: wanted.portA, channelId: begunAtA.a.id });
  else if (begunAtB !== undefined)
    await finishChannel(ends.b, ends.a, { portId: wanted.portB, channelId: begunAtB.b.id });
  else await openChannel(ends.a, ends.b, wanted);
}

const channelOf = (c: ChannelReport, nameA: string, nameB: string): Record<string, unknown> => ({
  [nameA]: { port: c.a.port, channel: c.a.id, state: c.a.state },
  [nameB]: { port: c.b.port, channel: c.b.id, state: c.b.state },
  ordering: c.ordering,
  version: c.version,
  open: c.open,
});

/** What scripts get: ids on both sides and every channel over the connection. */
export function pathDocument(path: RemotePath, state: PathState): Record<string, unknown> {
  const { nameA, nameB } = path;
  const end = (side: "a" | "b"): Record<string, unknown> => ({
    chainId: path[side].chain.chainId,
    client: state.clients[side] ?? null,
    connection: state.connection?.[side].id || null,
  });
  const ccv = state.channels.find((c) => c.open && c.a.port === "provider" && c.b.port === "consumer");
  return {
    ...(path.consumerId === undefined ? {} : { consumerId: path.consumerId }),
    [nameA]: { ...end("a"), ...(ccv === undefined ? {} : { channel: ccv.a.id }) },
    [nameB]: { ...end("b"), ...(ccv === undefined ? {} : { channel: ccv.b.id }) },
    connected: state.connection?.open ?? false,
    channels: state.channels.map((c) => channelOf(c, nameA, nameB)),
  };
}

/** The same for people. */
export function pathText(path: RemotePath, state: PathState): string {
  const rows = (["a", "b"] as const).map((side) => [
    path.kind === "ccv" ? path[side === "a" ? "nameA" : "nameB"] : side,
    path[side].chain.chainId,
    state.clients[side] ?? "–",
    state.connection?.[side].id || "–",
  ]);
  const { a, b } = path;
  return [
    table(["end", "chain", "client", "connection"], rows),
    ...(state.channels.length === 0
      ? []
      : [
          "",
          table(
            [a.chain.chainId, b.chain.chainId, "ordering", "state"],
            state.channels.map((c) => [
              `${c.a.port}/${c.a.id || "–"}`,
              `${c.b.port}/${c.b.id || "–"}`,
              c.ordering,
              c.open ? "open" : `${c.a.state}, ${c.b.state}`,
            ]),
          ),
        ]),
  ].join("\n");
}

async function run(consumer: string | undefined, flags: ConnectFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { out, dryRun } = settings;
  const urls = remoteUrls(settings, flags);
  if (urls === undefined)
    throw usageError(
      "relay connect joins chains by URL: --provider URL --consumer URL, or --a URL --b URL",
      "the chains of a localnet are joined when they start",
    );
  if (urls.kind === "plain" && consumer !== undefined)
    throw usageError("a consumer goes with --provider and --consumer, not with --a and --b");
  const wanted = wantedChannel(flags);
  const path = await openPath(urls, consumer, flags, !dryRun);
  try {
    const { a, b } = path;
    if (dryRun) {
      const state = await readPath(path);
      const steps =
        path.kind === "ccv"
          ? ccvSteps(state)
          : plainSteps(state, wanted, { a: a.chain.chainId, b: b.chain.chainId });
      out.result({ ...pathDocument(path, state), steps }, () =>
        [
          pathText(path, state),
          "",
          ...(steps.length === 0 ? ["nothing is to be done"] : steps.map((s) => `would ${s}`)),
        ].join("\n"),
      );
      return;
    }
    const note = (step: string): void => out.note(`${a.chain.chainId} – ${b.chain.chainId}: ${step}`);
    await (path.kind === "ccv" ? connectCcv(path, note) : connectPlain(path, wanted, note));
    const state = await readPath(path);
    out.result(pathDocument(path, state), () =>
      [
        pathText(path, state),
        "",
        next(
          path.kind === "ccv"
            ? "tandem relay start --provider URL --consumer URL"
            : "tandem relay start --a URL --b URL",
        ),
      ].join("\n"),
    );
  } finally {
    path.close();
  }
}

/** Adds the flags that say which chains a path joins. */
export const addPathFlags = (command: Command): Command =>
  command
    .option("--a <url>", "JSON-RPC of one chain, for a path that is not CCV's")
    .option("--b <url>", "JSON-RPC of the other chain");

/** Adds `relay connect`; `addFees` adds the flags of what a transaction may cost. */
export function addConnect(relay: Command, addFees: (command: Command) => Command): void {
  addFees(addPathFlags(relay.command("connect [consumer]")))
    .description("open clients, connection and channels between chains by URL")
    .option("--port-a <port>", "port on a, default transfer")
    .option("--port-b <port>", "port on b, default transfer")
    .option("--channel-version <version>", "version of the channel, default ics20-1")
    .option("--ordered", "an ordered channel")
    .option("--unordered", "an unordered channel, the default")
    .action(run);
}
