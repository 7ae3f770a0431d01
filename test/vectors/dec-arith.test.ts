/** Decimal arithmetic against recorded values of cosmossdk.io/math. */

import {
  addDecCoins,
  type CodedError,
  Dec,
  type DecCoins,
  formatCoins,
  formatDecCoins,
  mapDecCoins,
  toDecCoins,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

interface DecCase extends Record<string, string> {
  a: string;
  b: string;
  n: string;
}

const files = vectorFiles(hasKeys("dec", "parse", "decCoins", "minSigned"));

const parseDecCoins = (text: string): DecCoins =>
  text === ""
    ? []
    : text.split(",").map((part) => {
        const [, amount, denom] = /^([\d.]+)(.+)$/.exec(part)!;
        return { denom: denom!, amount: Dec.parse(amount!) };
      });

presenceTest("there are vectors", () => {
  expect(files.length).toBeGreaterThan(0);
});

describeEach(files)("$path", ({ json }) => {
  const OPERATIONS: Record<string, (a: Dec, b: Dec, n: bigint) => string> = {
    add: (a, b) => a.add(b).toString(),
    sub: (a, b) => a.sub(b).toString(),
    mul: (a, b) => a.mul(b).toString(),
    mulTruncate: (a, b) => a.mulTruncate(b).toString(),
    mulRoundUp: (a, b) => a.mulRoundUp(b).toString(),
    mulInt: (a, _, n) => a.mulInt(n).toString(),
    quo: (a, b) => a.quo(b).toString(),
    quoTruncate: (a, b) => a.quoTruncate(b).toString(),
    quoRoundUp: (a, b) => a.quoRoundUp(b).toString(),
    quoInt: (a, _, n) => a.quoInt(n).toString(),
    truncateInt: (a) => a.truncateInt().toString(),
    roundInt: (a) => a.roundInt().toString(),
    ceil: (a) => a.ceil().toString(),
    wire: (a) => a.toWire(),
  };

  testEach(Object.keys(OPERATIONS))("%s", (name) => {
    const cases = (json.dec as DecCase[]).filter((c) => c[name] !== undefined);
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const result = OPERATIONS[name]!(Dec.parse(c.a), Dec.parse(c.b), BigInt(c.n));
      expect({ a: c.a, b: c.b, n: c.n, result }).toEqual({ a: c.a, b: c.b, n: c.n, result: c[name] });
    }
  });

  test("powers are rounded at every step", () => {
    (json.dec as DecCase[]).forEach((c, i) => {
      if (c["power3"] === undefined) return;
      const base = Dec.parse("0.5").add(Dec.withPlaces(BigInt(i), 2));
      expect(base.power(3).toString()).toBe(c["power3"]);
    });
  });

  test("wire text is read back", () => {
    for (const { a, wire } of json.dec as DecCase[]) expect(Dec.fromWire(wire!).toString()).toBe(a);
  });

  test("text is read as the Go library reads it", () => {
    for (const { in: text, ok, string } of json.parse as { in: string; ok: boolean; string?: string }[]) {
      if (ok) expect(Dec.parse(text).toString()).toBe(string);
      // The library's refusals have no code of their own.
      else expect(refusal(() => Dec.parse(text))).toMatchObject({ codespace: "undefined", code: 1 });
    }
  });

  test("lists of decimal coins", () => {
    for (const c of json.decCoins as Record<string, string>[]) {
      const coins = parseDecCoins(c["coins"]!);
      const factor = Dec.parse(c["factor"]!);
      const product = mapDecCoins(coins, (amount) => amount.mul(factor));
      expect(formatDecCoins(product)).toBe(c["mulDec"]);
      expect(formatDecCoins(mapDecCoins(coins, (amount) => amount.mulTruncate(factor)))).toBe(
        c["mulDecTruncate"],
      );
      const { whole, change } = truncateDecCoins(product);
      expect([formatCoins(whole), formatDecCoins(change)]).toEqual([c["truncated"], c["change"]]);
      expect(addDecCoins(toDecCoins(whole), change)).toEqual(product);
    }
  });

  test("least number of signed blocks in a window", () => {
    for (const c of json.minSigned as Record<string, string>[]) {
      const share = Dec.parse(c["minSignedPerWindow"]!);
      expect(share.mulInt(BigInt(c["signedBlocksWindow"]!)).roundInt().toString()).toBe(c["minSigned"]);
    }
  });
});

function refusal(act: () => unknown): CodedError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as CodedError;
  }
}
