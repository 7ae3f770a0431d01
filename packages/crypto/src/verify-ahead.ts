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

const KEY_SIZE = 33;
const SIGNATURE_SIZE = 64;
/** Of a record before its message: the message's length as 4 bytes, key and signature. */
const HEAD_SIZE = 4 + KEY_SIZE + SIGNATURE_SIZE;

// Text, not a file: programs that are bundled into one file have no other to load. What comes back is one byte each.
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const { createHash } = require("node:crypto");
const { ecdsaVerify } = require(workerData);
parentPort.on("message", (batch) => {
  const view = new DataView(batch.buffer);
  const verdicts = [];
  for (let at = 0; at < batch.length; ) {
    const message = at + ${HEAD_SIZE};
    const end = message + view.getUint32(at);
    const key = batch.subarray(at + 4, at + ${4 + KEY_SIZE});
    const signature = batch.subarray(at + ${4 + KEY_SIZE}, message);
    const digest = createHash("sha256").update(batch.subarray(message, end)).digest();
    try {
      verdicts.push(ecdsaVerify(signature, digest, key) ? 1 : 0);
    } catch {
      verdicts.push(0);
    }
    at = end;
  }
  parentPort.postMessage(Uint8Array.from(verdicts));
});
`;

/** Of a size that can be verified at all. */
const isWhole = ({ publicKey, signature }: AheadSignature): boolean =>
  publicKey.length === KEY_SIZE && signature.length === SIGNATURE_SIZE;

/** One array for all: each array of its own would be copied with the whole buffer it lies in. */
function pack(signatures: readonly AheadSignature[]): Uint8Array<ArrayBuffer> {
  const size = signatures.reduce((sum, { message }) => sum + HEAD_SIZE + message.length, 0);
  const batch = new Uint8Array(size);
  const view = new DataView(batch.buffer);
  let at = 0;
  for (const { publicKey, message, signature } of signatures) {
    view.setUint32(at, message.length);
    batch.set(publicKey, at + 4);
    batch.set(signature, at + 4 + KEY_SIZE);
    batch.set(message, at + HEAD_SIZE);
    at += HEAD_SIZE + message.length;
  }
  return batch;
}

interface Waiting {
  /** Absent for who only keeps his place. */
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
      let next = 0;
      for (const { signature, done } of asked.shift() ?? []) {
        if (signature !== undefined && verdicts[next++] === 1)
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
    const batch = pack(collected.flatMap(({ signature }) => signature ?? []));
    asked.push(collected);
    collected = [];
    worker.postMessage(batch, [batch.buffer]);
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
        for (const signature of asks)
          collected.push({
            signature: signature !== undefined && isWhole(signature) ? signature : undefined,
            done,
          });
      });
    },
    close: stop,
  };
}
