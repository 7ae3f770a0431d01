import { utf8 } from "@tandem-ics/crypto";
import { createMemoryKvStore } from "@tandem-ics/store";
import { CodedError } from "./errors.ts";
import { createGasKvStore, createGasMeter, OutOfGasError, TRANSIENT_GAS } from "./gas.ts";

const bytes = (n: number) => new Uint8Array(n).fill(1);

test("store access costs what it costs in the SDK", () => {
  const gas = createGasMeter();
  const store = createGasKvStore(createMemoryKvStore(), gas);
  const cost = (act: () => unknown): bigint => {
    const before = gas.consumed;
    act();
    return gas.consumed - before;
  };
  expect(cost(() => store.set(bytes(4), bytes(10)))).toBe(2000n + 30n * 14n);
  expect(cost(() => store.get(bytes(4)))).toBe(1000n + 3n * 14n);
  expect(cost(() => store.get(bytes(5)))).toBe(1000n + 3n * 5n);
  expect(cost(() => store.has(bytes(4)))).toBe(1000n);
  expect(cost(() => [...store.iterate()])).toBe(2n * (30n + 3n * 14n));
  expect(cost(() => store.delete(bytes(4)))).toBe(1000n);
});

test("transient stores cost a tenth", () => {
  const gas = createGasMeter();
  createGasKvStore(createMemoryKvStore(), gas, TRANSIENT_GAS).set(bytes(4), bytes(10));
  expect(gas.consumed).toBe(200n + 3n * 14n);
});

test("passing the limit is no refusal, and the gas stays counted", () => {
  const gas = createGasMeter(10n);
  gas.consume(10n, "all of it");
  const act = () => gas.consume(5n, "more");
  expect(act).toThrow(OutOfGasError);
  expect(gas.consumed).toBe(15n);
  try {
    act();
  } catch (error) {
    expect(error).not.toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ location: "more" });
  }
});

test("a store that is out of gas was not written", () => {
  const inner = createMemoryKvStore();
  const store = createGasKvStore(inner, createGasMeter(100n));
  expect(() => store.set(utf8("k"), utf8("v"))).toThrow(OutOfGasError);
  expect(inner.has(utf8("k"))).toBe(false);
});
