/** Gas: what a transaction pays for work (SDK `store/types/gas.go`). `gas_used` enters the results hash: state-breaking. */
import type { KvStore } from "@tandem-ics/store";

/**
 * The gas limit was passed. No {@link CodedError} on purpose: handlers that turn refusals into acknowledgements or go
 * on without the failed part must not catch it. The base application reports it as `sdk/11`.
 */
export class OutOfGasError extends Error {
  /** What the gas was for, such as `WriteFlat`. */
  readonly location: string;

  constructor(location: string) {
    super(`out of gas in location: ${location}`);
    this.name = "OutOfGasError";
    this.location = location;
  }
}

/** Counts gas up to a limit. */
export interface GasMeter {
  /** Gas used so far; may exceed the limit by the last consumption. */
  readonly consumed: bigint;
  /** `undefined`: unlimited. */
  readonly limit: bigint | undefined;
  /** Throws {@link OutOfGasError} when the limit is passed; the gas stays counted. */
  consume(amount: bigint, what: string): void;
  refund(amount: bigint): void;
}

/** A meter with a limit, or without one. */
export function createGasMeter(limit?: bigint): GasMeter {
  let consumed = 0n;
  return {
    get consumed() {
      return consumed;
    },
    limit,
    consume(amount, what) {
      consumed += amount;
      if (limit !== undefined && consumed > limit) throw new OutOfGasError(what);
    },
    refund(amount) {
      consumed -= amount;
    },
  };
}

/** Costs of store access. */
export interface GasConfig {
  has: bigint;
  delete: bigint;
  readFlat: bigint;
  readPerByte: bigint;
  writeFlat: bigint;
  writePerByte: bigint;
  iterNextFlat: bigint;
}

/** Costs of persistent stores. */
export const KV_GAS: GasConfig = {
  has: 1000n,
  delete: 1000n,
  readFlat: 1000n,
  readPerByte: 3n,
  writeFlat: 2000n,
  writePerByte: 30n,
  iterNextFlat: 30n,
};

/** Costs of transient stores: a tenth. */
export const TRANSIENT_GAS: GasConfig = {
  has: 100n,
  delete: 100n,
  readFlat: 100n,
  readPerByte: 0n,
  writeFlat: 200n,
  writePerByte: 3n,
  iterNextFlat: 3n,
};

/** `store` with every access charged to `meter`, before the access as in the SDK's gaskv. */
export function createGasKvStore(store: KvStore, meter: GasMeter, costs: GasConfig = KV_GAS): KvStore {
  return {
    get(key) {
      meter.consume(costs.readFlat, "ReadFlat");
      const value = store.get(key);
      meter.consume(costs.readPerByte * BigInt(key.length), "ReadPerByte");
      meter.consume(costs.readPerByte * BigInt(value?.length ?? 0), "ReadPerByte");
      return value;
    },
    has(key) {
      meter.consume(costs.has, "Has");
      return store.has(key);
    },
    set(key, value) {
      meter.consume(costs.writeFlat, "WriteFlat");
      meter.consume(costs.writePerByte * BigInt(key.length), "WritePerByte");
      meter.consume(costs.writePerByte * BigInt(value.length), "WritePerByte");
      store.set(key, value);
    },
    delete(key) {
      meter.consume(costs.delete, "Delete");
      store.delete(key);
    },
    *iterate(range) {
      // The first entry is charged when the iterator is made, each following one when it is moved to, and the move past
      // the end once more without bytes.
      for (const entry of store.iterate(range)) {
        meter.consume(costs.readPerByte * BigInt(entry[0].length), "ValuePerByte");
        meter.consume(costs.readPerByte * BigInt(entry[1].length), "ValuePerByte");
        meter.consume(costs.iterNextFlat, "IterNextFlat");
        yield entry;
      }
      meter.consume(costs.iterNextFlat, "IterNextFlat");
    },
  };
}
