/** The two ends of a path between chains that are only URLs, and how far the path has come. */
import {
  type ChannelReport,
  type ConnectionEndpoint,
  type ConnectionReport,
  ccvClients,
  channelStates,
  clientExpiry,
  connectionState,
  type Endpoint,
  findConsumer,
  pairedClients,
  usableClients,
} from "@tandem-ics/relayer";
import { CliError, usageError } from "../exit-codes.ts";
import type { Settings } from "../settings.ts";
import { type FeeFlags, feesOf, gasPriceOf } from "./fees.ts";
import { type EndName, openEndpoint } from "./remote-chain.ts";

/** Flags of the relayer's commands. */
export interface RelayFlags extends FeeFlags {
  readonly a?: string;
  readonly b?: string;
  readonly providerGasPrices?: string;
  readonly consumerGasPrices?: string;
}

/** Two chains that are to be joined, with the clients of each other that they have. */
export interface RemotePath {
  /** `ccv`: a is the provider, b the consumer. `plain`: any two chains. */
  readonly kind: "ccv" | "plain";
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly nameA: EndName;
  readonly nameB: EndName;
  readonly consumerId: string | undefined;
  close(): void;
}

/** URLs of the ends, when any are given: `--provider`/`--consumer` or `--a`/`--b`. Throws `usage` when one is missing. */
export function remoteUrls(
  settings: Settings,
  flags: RelayFlags,
): { kind: RemotePath["kind"]; a: string; b: string } | undefined {
  const { providerUrl, consumerUrl } = settings;
  const ccv = providerUrl !== undefined || consumerUrl !== undefined;
  const plain = flags.a !== undefined || flags.b !== undefined;
  if (!ccv && !plain) return undefined;
  if (ccv && plain) throw usageError("--a and --b do not go with --provider and --consumer");
  const [a, b] = ccv ? [providerUrl, consumerUrl] : [flags.a, flags.b];
  if (a === undefined || b === undefined)
    throw usageError(
      `a path has two ends: ${ccv ? "--provider URL --consumer URL" : "--a URL --b URL"}`,
      `${ccv ? (a === undefined ? "--provider" : "--consumer") : a === undefined ? "--a" : "--b"} is missing`,
    );
  return { kind: ccv ? "ccv" : "plain", a, b };
}

/** Connects to both ends. With `sends`, an account that pays is needed on each. */
export async function openPath(
  urls: NonNullable<ReturnType<typeof remoteUrls>>,
  consumer: string | undefined,
  flags: RelayFlags,
  sends: boolean,
): Promise<RemotePath> {
  const ccv = urls.kind === "ccv";
  const [nameA, nameB]: [EndName, EndName] = ccv ? ["provider", "consumer"] : ["a", "b"];
  const fees = feesOf(flags);
  const priced = (text: string | undefined, flag: string) =>
    text === undefined ? fees : { ...fees, gasPrice: gasPriceOf(text, flag) };
  const a = await openEndpoint(
    urls.a,
    nameA,
    priced(flags.providerGasPrices, "--provider-gas-prices"),
    sends,
  );
  try {
    const b = await openEndpoint(
      urls.b,
      nameB,
      priced(flags.consumerGasPrices, "--consumer-gas-prices"),
      sends,
    );
    const close = (): void => {
      a.chain.disconnect();
      b.chain.disconnect();
    };
    try {
      if (a.chain.chainId === b.chain.chainId)
        throw usageError(`both URLs are of ${a.chain.chainId}: a path joins two chains`);
      const entry = ccv ? await findConsumer(a.chain, { name: consumer, consumer: b.chain }) : undefined;
      if (entry !== undefined && entry.chainId !== b.chain.chainId)
        throw usageError(
          `consumer ${entry.consumerId} is ${entry.chainId}, and --consumer is ${b.chain.chainId}`,
          "leave the consumer out to take the one of that URL",
        );
      return { kind: urls.kind, a, b, nameA, nameB, consumerId: entry?.consumerId, close };
    } catch (error) {
      b.chain.disconnect();
      throw error;
    }
  } catch (error) {
    a.chain.disconnect();
    throw error;
  }
}

/** The clients that a path uses: CCV's own, or the oldest usable ones that fit. Undefined where a chain has none. */
export async function pathClients(
  path: RemotePath,
): Promise<{ a: string | undefined; b: string | undefined }> {
  if (path.kind === "ccv") {
    const found = await ccvClients(path.a, path.b, path.consumerId!);
    return { a: found.providerClient, b: found.consumerClient };
  }
  const [onA, onB] = await Promise.all([
    usableClients(path.a.chain, path.b.chain),
    usableClients(path.b.chain, path.a.chain),
  ]);
  // Clients that are joined already come first: others would need a connection of their own.
  return (await pairedClients(path.a.chain, onA, onB)) ?? { a: onA[0], b: onB[0] };
}

/** How far a path has come. */
export interface PathState {
  readonly clients: { readonly a: string | undefined; readonly b: string | undefined };
  readonly connection: ConnectionReport | undefined;
  readonly channels: readonly ChannelReport[];
  /** Both ends, when the connection is open. */
  readonly ends: { readonly a: ConnectionEndpoint; readonly b: ConnectionEndpoint } | undefined;
}

/** Reads how far a path has come. */
export async function readPath(path: RemotePath): Promise<PathState> {
  const clients = await pathClients(path);
  if (clients.a === undefined || clients.b === undefined)
    return { clients, connection: undefined, channels: [], ends: undefined };
  const a = { ...path.a, clientId: clients.a };
  const b = { ...path.b, clientId: clients.b };
  const connection = await connectionState(a, b);
  if (connection?.open !== true) return { clients, connection, channels: [], ends: undefined };
  const ends = {
    a: { ...a, connectionId: connection.a.id },
    b: { ...b, connectionId: connection.b.id },
  };
  return { clients, connection, channels: await channelStates(ends.a, ends.b), ends };
}

/** The path's ends, or what to do when they are not joined. Throws `not-connected`. */
export async function connectedEnds(
  path: RemotePath,
): Promise<{ a: ConnectionEndpoint; b: ConnectionEndpoint; channels: readonly ChannelReport[] }> {
  const { ends, channels } = await readPath(path);
  if (ends !== undefined) return { ...ends, channels };
  throw new CliError({
    code: "not-connected",
    message: `${path.a.chain.chainId} and ${path.b.chain.chainId} have no open connection`,
    hint:
      path.kind === "ccv"
        ? "tandem relay connect --provider URL --consumer URL opens it"
        : "tandem relay connect --a URL --b URL opens it",
  });
}

/** What is left to do before a CCV path is open, one act a line; none when it is. */
export function ccvSteps({ connection, channels }: PathState): string[] {
  const steps: string[] = [];
  if (connection === undefined) steps.push("open a connection over the clients");
  else if (!connection.open) steps.push(`finish connection ${connection.b.id || connection.a.id}`);
  const ccv = channels.filter((c) => c.a.port === "provider" && c.b.port === "consumer");
  if (ccv.length === 0) steps.push("open the CCV channel");
  else if (!ccv.some((c) => c.open)) steps.push(`finish the CCV channel ${ccv[0]!.b.id || ccv[0]!.a.id}`);
  const begun = channels.filter((c) => c.b.port === "transfer" && !c.open && c.b.state !== "closed");
  if (ccv.some((c) => c.open))
    for (const c of begun) steps.push(`finish the transfer channel ${c.b.id || c.a.id}`);
  else steps.push("finish the transfer channel that the consumer begins");
  return steps;
}

/** What is left to do before a channel is open between two ports; none when one is. */
export function plainSteps(
  { clients, connection, channels }: PathState,
  wanted: { readonly portA: string; readonly portB: string },
  chains: { readonly a: string; readonly b: string },
): string[] {
  const steps: string[] = [];
  if (clients.a === undefined) steps.push(`make a client of ${chains.b} on ${chains.a}`);
  if (clients.b === undefined) steps.push(`make a client of ${chains.a} on ${chains.b}`);
  if (connection === undefined) steps.push("open a connection over the clients");
  else if (!connection.open) steps.push(`finish connection ${connection.a.id || connection.b.id}`);
  const fitting = channels.filter((c) => c.a.port === wanted.portA && c.b.port === wanted.portB);
  if (fitting.some((c) => c.open)) return steps;
  const begun = fitting.find((c) => c.a.state === "init" || c.a.state === "tryopen" || c.b.state === "init");
  steps.push(
    begun === undefined
      ? `open a channel ${wanted.portA} – ${wanted.portB}`
      : `finish channel ${begun.a.id || begun.b.id}`,
  );
  return steps;
}

/** When a client expires, as people and scripts read it. Undefined where there is no client. */
export async function expiryOf(end: Endpoint, clientId: string | undefined): Promise<bigint | undefined> {
  return clientId === undefined ? undefined : clientExpiry(end.chain, clientId);
}
