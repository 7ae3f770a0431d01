/**
 * secp256k1 signatures verified on other threads before somebody asks about them: verdicts of the same library, which
 * {@link secp256k1Verify} then finds. Node only; needs the native library and more than one processor.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { secp256k1VerifiedElsewhere } from "./signatures.ts";

/** A signature to verify. */
export interface AheadSignature {
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  /** Hashed with SHA-256 before it is verified. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Verifies ahead. */
export interface VerifyAhead {
  /** Whether there is another thread to ask. */
  readonly available: boolean;
  /** Whether verdicts are awaited: who asks now gets his after those. */
  readonly busy: boolean;
  /**
   * Resolves when the verdicts are in, whatever they are; only good ones are taken down. Undefined when there is nobody to
   * ask: whoever needs the verdict then verifies by himself, as he does after a bad one. Promises resolve in the order of
   * the calls, those without signatures too, so that nobody overtakes.
   */
  verify(signatures: readonly AheadSignature[]): Promise<void> | undefined;
  /** Ends the threads; what waits is released. */
  close(): void;
}

// Text, not a file: programs that are bundled into one file have no other to load. What comes back is one byte each.
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const { createHash } = require("node:crypto");
const { ecdsaVerify } = require(workerData);
parentPort.on("message", (batch) => {
  parentPort.postMessage(Uint8Array.from(batch, ([key, message, signature]) => {
    try {
      return ecdsaVerify(signature, createHash("sha256").update(message).digest(), key) ? 1 : 0;
    } catch {
      return 0;
    }
  }));
});
`;

interface Waiting {
  /** Absent for a call without signatures, which only keeps its place. */
  readonly signature: AheadSignature | undefined;
  readonly done: () => void;
}

function nativeLibrary(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    require("secp256k1/bindings");
    return require.resolve("secp256k1/bindings");
  } catch {
    return undefined; // no prebuilt binary for this platform
  }
}

/** A thread beside the caller's, started when it is first needed. */
export function createVerifyAhead(): VerifyAhead {
  const library = availableParallelism() > 1 ? nativeLibrary() : undefined;
  let worker: Worker | undefined;
  let closed = library === undefined;
  /** What is collected for the next message: those who ask in one turn of the event loop share it. */
  let collected: Waiting[] = [];
  /** Messages under way, oldest first: answers come in order. */
  const asked: Waiting[][] = [];

  const isBusy = (): boolean => collected.length > 0 || asked.length > 0;

  function stop(): void {
    closed = true;
    void worker?.terminate();
    worker = undefined;
    for (const { done } of [...asked.splice(0).flat(), ...collected]) done();
    collected = [];
  }

  function start(): Worker {
    const thread = new Worker(WORKER, { eval: true, workerData: library });
    // A node that has nothing else to do may end.
    thread.unref();
    thread.on("message", (verdicts: Uint8Array) => {
      for (const [i, { signature, done }] of (asked.shift() ?? []).entries()) {
        if (verdicts[i] === 1 && signature !== undefined)
          secp256k1VerifiedElsewhere(signature.publicKey, signature.message, signature.signature);
        done();
      }
      if (asked.length === 0) thread.unref();
    });
    // Everybody verifies for himself from now on.
    thread.on("error", stop);
    return thread;
  }

  function flush(): void {
    if (closed || collected.length === 0) return;
    worker ??= start();
    if (asked.length === 0) worker.ref();
    const batch = collected;
    collected = [];
    asked.push(batch);
    worker.postMessage(
      batch.map(({ signature: s }) => (s === undefined ? [] : [s.publicKey, s.message, s.signature])),
    );
  }

  return {
    get available() {
      return !closed;
    },
    get busy() {
      return isBusy();
    },
    verify(signatures) {
      if (closed || (signatures.length === 0 && !isBusy())) return undefined;
      const asks = signatures.length === 0 ? [undefined] : signatures;
      return new Promise((resolve) => {
        let left = asks.length;
        const done = (): void => {
          if (--left === 0) resolve();
        };
        if (collected.length === 0) setImmediate(flush);
        for (const signature of asks) collected.push({ signature, done });
      });
    },
    close: stop,
  };
}
