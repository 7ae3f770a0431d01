/** Replays traces on real chains and compares after every step. */
import { compareViews } from "./compare.ts";
import { createDriver, type Driver, EpochFull } from "./driver.ts";
import { Mismatch, TraceError } from "./errors.ts";
import { createForgottenReports } from "./forgotten-reports.ts";
import { createObserver } from "./observe.ts";
import type { Trace, TraceAction, TraceStep } from "./trace.ts";
import { expectedView } from "./view.ts";
import { createWorld, type World } from "./world.ts";

/** Real blocks for each block of the model, and for each that starts consumers: what replays usually need. */
const BLOCKS_FOR_BLOCK = 4;
const BLOCKS_FOR_STARTS = 12;
const LONGEST_EPOCH = 4_096n;
/** What differs when a packet was not sent; a provider that cannot send stops the consumer. */
const QUEUES = /^(provider\.(queueTo|status)|consumers\.[^.]+\.(queueToProvider|unsent))\b/;

/** Where a replay differed. */
export interface TraceDifference {
  /** Number of the step; 0 is `init`. */
  readonly step: number;
  readonly action: TraceAction;
  /** Place in the state, such as `provider.keyOwners.consumer1.consAddr3`; `action` when the action itself went otherwise. */
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** How a replay ended. */
export type ReplayOutcome =
  /** Every state was the same. */
  | { readonly kind: "ok"; readonly states: number }
  | { readonly kind: "difference"; readonly states: number; readonly difference: TraceDifference }
  /** Real chains cannot go on as the model does; what came before was the same. */
  | { readonly kind: "skipped"; readonly states: number; readonly step: number; readonly reason: string };

/** Options of {@link replayTrace}. */
export interface ReplayOptions {
  /** Told of each step that was compared. */
  readonly onStep?: (step: number) => void;
}

/**
 * Replays a trace. Whatever goes wrong on the chains is a difference. Throws TraceError `bad-trace` when no chains can be
 * set up with its parameters.
 */
export async function replayTrace(trace: Trace, options: ReplayOptions = {}): Promise<ReplayOutcome> {
  for (let length = epochLength(trace); ; length *= 2n) {
    try {
      return await attempt(trace, length, options);
    } catch (error) {
      if (!(error instanceof EpochFull) || length >= LONGEST_EPOCH) throw error;
    }
  }
}

/** A real epoch that has room for the extra blocks of the model's; twice as many, should it turn out too short. */
function epochLength({ params: { BlocksPerEpoch }, steps }: Trace): bigint {
  const starts = new Map<number, number>();
  for (const { action, provider } of steps) {
    if (action.kind !== "EndAndBeginBlockForProvider" || action.consumersToStart.length === 0) continue;
    const epoch = Math.floor(provider.height / BlocksPerEpoch);
    starts.set(epoch, (starts.get(epoch) ?? 0) + 1);
  }
  return BigInt(BLOCKS_FOR_BLOCK * BlocksPerEpoch + BLOCKS_FOR_STARTS * Math.max(0, ...starts.values()));
}

async function attempt(
  trace: Trace,
  blocksPerEpoch: bigint,
  { onStep }: ReplayOptions,
): Promise<ReplayOutcome> {
  const { params, steps } = trace;
  const world = await createWorld({
    params,
    blocksPerEpoch,
    expiring: !outgrowsTrust(trace),
    firstVscId: steps[0]!.provider.vscId,
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TraceError("bad-trace", `params: no chains can be set up with them: ${reason}`, { cause });
  });
  try {
    return await follow(world, steps, onStep);
  } finally {
    await world.close();
  }
}

async function follow(
  world: World,
  steps: readonly TraceStep[],
  onStep: ((step: number) => void) | undefined,
): Promise<ReplayOutcome> {
  const driver = createDriver(world);
  const observer = createObserver(world);
  const forgotten = createForgottenReports();
  for (const [i, step] of steps.entries()) {
    try {
      if (!forgotten.isDropped(steps[i - 1], step)) await driver.act(step.action);
      forgotten.note(steps[i - 1], step);
      const found = observer.observe();
      const difference = compareViews(expectedView(step, world, forgotten), found);
      if (difference !== undefined) throw difference;
      if (i === steps.length - 1) await driver.finish();
    } catch (error) {
      if (error instanceof EpochFull) throw error;
      const reason = await reasonToSkip(driver, steps[i - 1], step, error);
      if (reason !== undefined) return { kind: "skipped", states: i, step: i, reason };
      return {
        kind: "difference",
        states: i,
        difference: { step: i, action: step.action, ...differenceOf(error) },
      };
    }
    onStep?.(i);
  }
  return { kind: "ok", states: steps.length };
}

/** Why real chains cannot do what the model does, if that is what went wrong. */
async function reasonToSkip(
  driver: Driver,
  before: TraceStep | undefined,
  step: TraceStep,
  error: unknown,
): Promise<string | undefined> {
  if (!(error instanceof Mismatch))
    return leavesNobody(before, step) ? "a consumer would be left without validators" : undefined;
  return QUEUES.test(error.field) && (await driver.couldNotSend(step.action))
    ? "a chain is further behind another one than its packets live: IBC lets it send nothing"
    : undefined;
}

function differenceOf(error: unknown): Pick<TraceDifference, "field" | "expected" | "found"> {
  if (error instanceof Mismatch) return { field: error.field, expected: error.expected, found: error.found };
  return {
    field: "action",
    expected: "accepted",
    found: error instanceof Error ? error.message : String(error),
  };
}

/** Whether a running consumer has no validators in the model's state: CometBFT refuses an empty set, and the chain halts. */
function leavesNobody(before: TraceStep | undefined, step: TraceStep): boolean {
  return [before, step].some(
    (of) =>
      of !== undefined &&
      Object.entries(of.consumers).some(
        ([name, { powers }]) =>
          of.provider.status[name] === "running" && Object.values(powers).every((power) => power === 0),
      ),
  );
}

/** Whether two chains drift so far apart that clients with the periods of the parameters would expire. */
function outgrowsTrust({ params, steps }: Trace): boolean {
  return steps.some(({ provider, consumers }) =>
    Object.entries(consumers).some(
      ([name, consumer]) =>
        provider.status[name] === "running" &&
        (consumer.runningTime - Math.max(provider.lastTime, 0) >=
          params.TrustingPeriodPerChain["provider"]! ||
          provider.runningTime - Math.max(consumer.lastTime, 0) >= params.TrustingPeriodPerChain[name]!),
    ),
  );
}
