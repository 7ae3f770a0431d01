/**
 * The relayer of one path: woken by blocks, with a sweep beside it so that a missed event costs seconds and never a
 * packet. It keeps no state of its own that matters: started anew, it finds all work on the chains.
 */
import { durationToNs } from "@tandem-ics/proto";
import { ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientExpiry, clientUpdates, readClientState } from "./foreign-client.ts";
import { type ConnectionEndpoint, finishChannels } from "./handshake.ts";
import { createJournal } from "./journal.ts";
import {
  type PathEnd,
  type RelayedCounts,
  type RelayOptions,
  relayOnce,
  shouldRefresh,
} from "./relay-path.ts";

/** Options of {@link createRelayer}. */
export interface RelayerOptions extends RelayOptions {
  /** Longest time between two looks at chain state, in ms. Default 5000. */
  readonly sweepMs?: number;
  /** Told of every failed pass; the relayer goes on. */
  readonly onError?: (error: unknown) => void;
  /** Told of every pass that carried something. */
  readonly onRelayed?: (counts: RelayedCounts) => void;
}

/** Where a relayer stands. */
export interface RelayerStatus {
  readonly running: boolean;
  readonly passes: number;
  readonly total: RelayedCounts;
  readonly refreshes: number;
  readonly errors: number;
  readonly lastError: string | undefined;
}

/** Relays one path. */
export interface Relayer {
  readonly a: ConnectionEndpoint;
  readonly b: ConnectionEndpoint;
  readonly status: RelayerStatus;
  /** One pass now: handshakes under way, packets, acknowledgements, timeouts. */
  once(options?: RelayOptions): Promise<RelayedCounts>;
  /** Passes until nothing is left to carry. */
  drain(): Promise<RelayedCounts>;
  /** Updates clients that have used a third of their trusting period. Returns how many. */
  refresh(): Promise<number>;
  /** When the client on each side expires, ns since 1970. */
  expiries(): Promise<{ a: bigint; b: bigint }>;
  start(): void;
  stop(): Promise<void>;
}

const NOTHING: RelayedCounts = { packets: 0, acknowledgements: 0, timeouts: 0 };
/** Passes of one drain: each carries at least one thing, or the chains keep making new ones. */
const MAX_DRAIN_PASSES = 1000;

const add = (a: RelayedCounts, b: RelayedCounts): RelayedCounts => ({
  packets: a.packets + b.packets,
  acknowledgements: a.acknowledgements + b.acknowledgements,
  timeouts: a.timeouts + b.timeouts,
});

const count = (c: RelayedCounts): number => c.packets + c.acknowledgements + c.timeouts;

/** Makes a relayer over an open connection. */
export async function createRelayer(
  endA: ConnectionEndpoint,
  endB: ConnectionEndpoint,
  options: RelayerOptions = {},
): Promise<Relayer> {
  const [statusA, statusB] = await Promise.all([endA.chain.status(), endB.chain.status()]);
  const a: PathEnd = { ...endA, journal: createJournal(endA.chain, statusA.height) };
  const b: PathEnd = { ...endB, journal: createJournal(endB.chain, statusB.height) };
  const sweepMs = options.sweepMs ?? 5000;
  let running = false;
  let loop: Promise<void> = Promise.resolve();
  let wake: (() => void) | undefined;
  let total = NOTHING;
  let passes = 0;
  let refreshes = 0;
  let errors = 0;
  let lastError: string | undefined;
  /** Channels that the other side does not want. */
  const refused = new Set<string>();
  // Passes never overlap: both would carry the same packets.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };

  async function follow() {
    const [toA, toB] = await Promise.all([a.chain.status(), b.chain.status()]);
    const [seenA, seenB] = await Promise.all([a.journal.follow(toA.height), b.journal.follow(toB.height)]);
    return { handshake: seenA.handshake || seenB.handshake, packets: seenA.packets || seenB.packets };
  }

  const pass = (more: RelayOptions = {}): Promise<RelayedCounts> =>
    inTurn(async () => {
      const merged = { ...options, ...more };
      await follow();
      const handshakes = merged.dryRun ? [] : (await finishChannels(a, b, refused)).failures;
      const { counts, failures } = await relayOnce(a, b, merged);
      passes++;
      if (!merged.dryRun) {
        total = add(total, counts);
        if (count(counts) > 0) options.onRelayed?.(counts);
      }
      for (const failure of [...failures, ...handshakes]) throw failure;
      return counts;
    });

  async function refreshOne(host: PathEnd, target: PathEnd): Promise<number> {
    const state = await readClientState(host.chain, host.clientId);
    const { consensusState } = await host.chain.query.ibcClient.ConsensusState({
      clientId: host.clientId,
      revisionNumber: 0n,
      revisionHeight: 0n,
      latestHeight: true,
    });
    if (consensusState === undefined) return 0;
    const { timestamp } = ConsensusState.decode(consensusState.value);
    const { timeNs } = await host.chain.status();
    if (!shouldRefresh(timestamp, durationToNs(state.trustingPeriod), timeNs)) return 0;
    const { height } = await target.chain.status();
    const updates = await clientUpdates(host.chain, target.chain, host.clientId, height, host.sender.address);
    if (updates.length === 0) return 0;
    await host.sender.send(updates);
    return 1;
  }

  const refresh = (): Promise<number> =>
    inTurn(async () => {
      // One client that cannot be refreshed must not cost the other its life.
      const results = await Promise.allSettled([refreshOne(a, b), refreshOne(b, a)]);
      let done = 0;
      for (const result of results) if (result.status === "fulfilled") done += result.value;
      refreshes += done;
      for (const result of results) if (result.status === "rejected") throw result.reason;
      return done;
    });

  /** Runs `work`; a failure is told and leaves the relayer running. */
  async function guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      errors++;
      lastError = error instanceof Error ? error.message : String(error);
      options.onError?.(error);
      await rest(Math.min(1000, sweepMs));
    }
  }

  async function run(): Promise<void> {
    let lastSweep = Number.NEGATIVE_INFINITY;
    let unfinished = false;
    while (running) {
      const due = performance.now() - lastSweep >= sweepMs;
      if (due) {
        lastSweep = performance.now();
        await guarded(refresh);
      }
      await guarded(async () => {
        const seen = await inTurn(follow);
        if (!seen.handshake && !seen.packets && !due && !unfinished) return;
        unfinished = true;
        // What one pass delivers makes new work, acknowledgements above all.
        while (running && count(await pass()) > 0);
        unfinished = false;
      });
      if (running) await nextBlock();
    }
  }

  const waiting = new Map<PathEnd, Promise<void>>();

  /** Until the chain of `end` moves on. One wait at a time for each chain: a halted one must not gather them. */
  function moved(end: PathEnd): Promise<void> {
    const known = waiting.get(end);
    if (known !== undefined) return known;
    const done = () => void waiting.delete(end);
    const wait = end.chain.pace.after(end.journal.height).then(done, done);
    waiting.set(end, wait);
    return wait;
  }

  /** Until either chain moves on, the sweep is due, or the relayer is stopped. */
  async function nextBlock(): Promise<void> {
    await Promise.race([moved(a), moved(b), rest(sweepMs)]);
    wake?.();
  }

  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (!running) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    a,
    b,
    get status() {
      return { running, passes, total, refreshes, errors, lastError };
    },
    once: pass,
    async drain() {
      let sum = NOTHING;
      for (let i = 0; i < MAX_DRAIN_PASSES; i++) {
        const counts = await pass();
        if (count(counts) === 0) return sum;
        sum = add(sum, counts);
      }
      return sum;
    },
    refresh,
    async expiries() {
      const [onA, onB] = await Promise.all([
        clientExpiry(a.chain, a.clientId),
        clientExpiry(b.chain, b.clientId),
      ]);
      return { a: onA, b: onB };
    },
    start() {
      if (running) return;
      running = true;
      loop = run();
    },
    async stop() {
      running = false;
      wake?.();
      await loop;
    },
  };
}
