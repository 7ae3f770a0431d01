/** Gas: what a transaction pays for work (SDK `store/types/gas.go`). `gas_used` enters the results hash: state-breaking. */
import type { KeyRange, KvStore } from "@tandem-ics/store";

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
  /** Throws {@link OutOfGasError} when the limit is passed; the gas stays counted. Numbers are whole and below 2^52. */
  consume(amount: bigint | number, what: string): void;
  refund(amount: bigint): void;
}

/** Below this, sums are exact as numbers, which cost a tenth of what bigints do. */
const EXACT = 2 ** 52;

class CountingMeter implements GasMeter {
  readonly limit: bigint | undefined;
  /** The limit as a number; without one, or above what numbers hold, the slow way decides. */
  readonly #fastLimit: number;
  #small = 0;
  #large = 0n;

  constructor(limit: bigint | undefined) {
    this.limit = limit;
    this.#fastLimit = limit === undefined || limit > BigInt(EXACT) ? EXACT : Number(limit);
  }

  get consumed(): bigint {
    return this.#large + BigInt(this.#small);
  }

  consume(amount: bigint | number, what: string): void {
    if (typeof amount === "number") this.#small += amount;
    else if (amount >= 0n && amount < EXACT) this.#small += Number(amount);
    else this.#large += amount;
    if (this.#small > this.#fastLimit || this.#large !== 0n) this.#settle(what);
  }

  refund(amount: bigint): void {
    this.#large = this.consumed - amount;
    this.#small = 0;
    if (this.#large >= 0n && this.#large < EXACT) {
      this.#small = Number(this.#large);
      this.#large = 0n;
    }
  }

  /** The exact comparison; keeps the small part small. */
  #settle(what: string): void {
    if (this.#small > EXACT) {
      this.#large += BigInt(this.#small);
      this.#small = 0;
    }
    if (this.limit !== undefined && this.consumed > this.limit) throw new OutOfGasError(what);
  }
}

/** A meter with a limit, or without one. */
export const createGasMeter = (limit?: bigint): GasMeter => new CountingMeter(limit);

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

/** Costs as numbers. */
type NumericCosts = Readonly<Record<keyof GasConfig, number>>;

const numericCosts = new WeakMap<GasConfig, NumericCosts>();

function asNumbers(costs: GasConfig): NumericCosts {
  let numbers = numericCosts.get(costs);
  if (numbers === undefined) {
    const entries = Object.entries(costs).map(([name, cost]) => [name, Number(cost)]);
    numbers = Object.fromEntries(entries) as NumericCosts;
    numericCosts.set(costs, numbers);
  }
  return numbers;
}

class GasKvStore implements KvStore {
  readonly #store: KvStore;
  readonly #meter: GasMeter;
  readonly #costs: NumericCosts;

  constructor(store: KvStore, meter: GasMeter, costs: NumericCosts) {
    this.#store = store;
    this.#meter = meter;
    this.#costs = costs;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const meter = this.#meter;
    const { readFlat, readPerByte } = this.#costs;
    meter.consume(readFlat, "ReadFlat");
    const value = this.#store.get(key);
    meter.consume(readPerByte * key.length, "ReadPerByte");
    meter.consume(readPerByte * (value?.length ?? 0), "ReadPerByte");
    return value;
  }

  has(key: Uint8Array): boolean {
    this.#meter.consume(this.#costs.has, "Has");
    return this.#store.has(key);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const meter = this.#meter;
    const { writeFlat, writePerByte } = this.#costs;
    meter.consume(writeFlat, "WriteFlat");
    meter.consume(writePerByte * key.length, "WritePerByte");
    meter.consume(writePerByte * value.length, "WritePerByte");
    this.#store.set(key, value);
  }

  delete(key: Uint8Array): void {
    this.#meter.consume(this.#costs.delete, "Delete");
    this.#store.delete(key);
  }

  *iterate(range?: KeyRange): Generator<readonly [Uint8Array, Uint8Array], void, undefined> {
    // An iterator charges the entry that it stands at when it is made, and again when it leaves it.
    let started = false;
    for (const entry of this.#store.iterate(range)) {
      if (!started) this.#seek(entry);
      started = true;
      yield entry;
      this.#seek(entry);
    }
    if (!started) this.#seek();
  }

  #seek(entry?: readonly [Uint8Array, Uint8Array]): void {
    const meter = this.#meter;
    const { readPerByte, iterNextFlat } = this.#costs;
    if (entry !== undefined) {
      meter.consume(readPerByte * entry[0].length, "ValuePerByte");
      meter.consume(readPerByte * entry[1].length, "ValuePerByte");
    }
    meter.consume(iterNextFlat, "IterNextFlat");
  }
}

/** `store` with every access charged to `meter`, before the access as in the SDK's gaskv. */
export const createGasKvStore = (store: KvStore, meter: GasMeter, costs: GasConfig = KV_GAS): KvStore =>
  new GasKvStore(store, meter, asNumbers(costs));
