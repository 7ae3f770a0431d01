/** Connections of a scenario and what is relayed over them. */
import {
  type ConnectionEndpoint,
  clientExpiry,
  clientUpdates,
  connectionChannels,
  createJournal,
  finishChannels,
  type PathEnd,
  relayOnce,
} from "@tandem-ics/relayer";
import { stepFailed } from "./errors.ts";

/** A connection between two chains, by the scenario's names for them. */
export interface Path {
  readonly names: readonly [string, string];
  readonly ends: readonly [PathEnd, PathEnd];
}

/** All connections that a scenario has opened. */
export interface Paths {
  add(names: readonly [string, string], ends: readonly [ConnectionEndpoint, ConnectionEndpoint]): void;
  /** Both ends of the connection that `connection` is on chain `a`; that of `a` first. Throws `step-failed`. */
  byConnection(a: string, b: string, connection: string): readonly [PathEnd, PathEnd];
  /** Both ends of the connection under a channel of `a`; that of `a` first. Throws `step-failed`. */
  byChannel(a: string, b: string, portId: string, channelId: string): Promise<readonly [PathEnd, PathEnd]>;
  /** Carries what is pending on one channel of `a`: its packets and their acknowledgements, then the other way. */
  relayChannel(a: string, b: string, portId: string, channelId: string): Promise<void>;
  /** One pass of a running relayer over everything. Failures are told; the rest is carried. */
  relayAll(failed: (error: unknown) => void): Promise<void>;
  /** Updates the clients of all connections. Gives when the first of them expires then, ns since 1970; undefined without any. */
  refresh(): Promise<bigint | undefined>;
}

/** No connections yet. */
export function createPaths(): Paths {
  const paths: Path[] = [];
  /** Handshakes that a chain has refused. */
  const refused = new Set<string>();

  const between = (a: string, b: string): (readonly [PathEnd, PathEnd])[] =>
    paths.flatMap(({ names: [first, second], ends: [one, two] }) =>
      first === a && second === b
        ? [[one, two] as const]
        : first === b && second === a
          ? [[two, one] as const]
          : [],
    );

  const follow = (ends: readonly PathEnd[]): Promise<unknown> =>
    Promise.all(ends.map(async ({ chain, journal }) => journal.follow((await chain.status()).height)));

  async function byChannel(a: string, b: string, portId: string, channelId: string) {
    for (const ends of between(a, b)) {
      const channels = await connectionChannels(ends[0]);
      if (channels.some((c) => c.portId === portId && c.channelId === channelId)) return ends;
    }
    throw stepFailed(`${a} has no ${portId}/${channelId} over a connection to ${b}`);
  }

  /** Updates the client on `host` and tells when it expires; undefined when it has expired already: nothing can save it. */
  async function refreshOne(host: PathEnd, target: PathEnd): Promise<bigint | undefined> {
    const { timeNs } = await host.chain.status();
    if ((await clientExpiry(host.chain, host.clientId)) <= timeNs) return undefined;
    const { height } = await target.chain.status();
    const updates = await clientUpdates(host.chain, target.chain, host.clientId, height, host.sender.address);
    if (updates.length > 0) await host.sender.send(updates);
    return clientExpiry(host.chain, host.clientId);
  }

  return {
    add(names, [a, b]) {
      paths.push({
        names,
        ends: [
          { ...a, journal: createJournal(a.chain, 0n) },
          { ...b, journal: createJournal(b.chain, 0n) },
        ],
      });
    },
    byConnection(a, b, connection) {
      const found = between(a, b).find(([end]) => end.connectionId === connection);
      if (found === undefined) throw stepFailed(`${a} has no ${connection} to ${b}`);
      return found;
    },
    byChannel,
    async relayChannel(a, b, portId, channelId) {
      const ends = await byChannel(a, b, portId, channelId);
      await follow(ends);
      const { failures } = await relayOnce(ends[0], ends[1], { channel: { portId, channelId } });
      for (const failure of failures) throw failure;
    },
    async relayAll(failed) {
      for (const { ends } of paths) {
        try {
          await follow(ends);
          const handshakes = await finishChannels(ends[0], ends[1], refused);
          const { failures } = await relayOnce(ends[0], ends[1]);
          [...handshakes.failures, ...failures].forEach(failed);
        } catch (error) {
          failed(error);
        }
      }
    },
    async refresh() {
      let first: bigint | undefined;
      for (const { ends } of paths)
        for (const [host, target] of [ends, [ends[1], ends[0]] as const]) {
          const expiry = await refreshOne(host, target);
          if (expiry !== undefined && (first === undefined || expiry < first)) first = expiry;
        }
      return first;
    },
  };
}
