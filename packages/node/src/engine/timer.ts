/** Blocks by the clock: a pause after each commit, and longer ones while nothing happens. */
import { type HaltError, NoQuorumError } from "../errors.ts";
import type { CommittedBlock } from "../storage/block-store.ts";

/** How often blocks are made. */
export interface BlockPace {
  /** Pause after a commit, milliseconds. */
  readonly blockTimeMs: number;
  /** Pause before a block without content, milliseconds; by default blocks are made whether empty or not. */
  readonly emptyBlocksIntervalMs?: number | undefined;
}

/** What the timer drives. */
export interface Driven {
  produce(): CommittedBlock;
  /** Whether transactions or evidence wait for a block. */
  hasContent(): boolean;
  /** The chain stopped for good. */
  onHalt(error: HaltError): void;
}

/** A running timer. */
export interface BlockTimer {
  start(): void;
  stop(): void;
  /** Something to put into a block has come. */
  poke(): void;
  readonly running: boolean;
}

/** A timer that stands still. */
export function createBlockTimer(pace: BlockPace, driven: Driven): BlockTimer {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  // True while the pause after a block is over and only content is missing.
  let idle = false;

  function schedule(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(tick, ms);
  }

  // A change of state can be proven only by the next header: a block with content is always followed by another one.
  const needsProofBlock = ({ block, response }: CommittedBlock): boolean =>
    block.data.txs.length > 0 || block.evidence.evidence.length > 0 || response.validatorUpdates.length > 0;

  /** The block made, or undefined when there is none; then `running` tells whether to try again. */
  function attempt(): CommittedBlock | undefined {
    try {
      return driven.produce();
    } catch (error) {
      if (!(error instanceof NoQuorumError)) {
        running = false;
        driven.onHalt(error as HaltError);
      }
      return undefined;
    }
  }

  function tick(): void {
    if (!running) return;
    idle = false;
    const made = attempt();
    const { blockTimeMs, emptyBlocksIntervalMs: interval } = pace;
    if (!running) return;
    const waitsForContent =
      made !== undefined && interval !== undefined && interval > blockTimeMs && !needsProofBlock(made);
    if (waitsForContent) {
      clearTimeout(timer);
      timer = setTimeout(() => awaitContent(interval - blockTimeMs), blockTimeMs);
    } else schedule(blockTimeMs);
  }

  function awaitContent(restMs: number): void {
    idle = !driven.hasContent();
    schedule(idle ? restMs : 0);
  }

  return {
    start() {
      if (running) return;
      running = true;
      schedule(0);
    },
    stop() {
      running = false;
      clearTimeout(timer);
    },
    poke() {
      if (!running || !idle) return;
      idle = false;
      schedule(0);
    },
    get running() {
      return running;
    },
  };
}
