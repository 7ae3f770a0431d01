import fc from "fast-check";
import {
  durationToNs,
  formatDuration,
  formatProtoTimestamp,
  formatTimestamp,
  GO_ZERO_TIME_NS,
  goZeroTimestamp,
  nsToDuration,
  nsToTimestamp,
  ProtoError,
  parseDuration,
  parseTimestamp,
  timestampToNs,
} from "./index.ts";

const YEAR_10000_NS = 253_402_300_800n * 1_000_000_000n;
const times = fc.bigInt({ min: GO_ZERO_TIME_NS, max: YEAR_10000_NS - 1n });

describe("timestamps", () => {
  test.each([
    [0n, "1970-01-01T00:00:00Z"],
    [1n, "1970-01-01T00:00:00.000000001Z"],
    [-1n, "1969-12-31T23:59:59.999999999Z"],
    [951_782_400_100_000_000n, "2000-02-29T00:00:00.1Z"],
    [GO_ZERO_TIME_NS, "0001-01-01T00:00:00Z"],
    [YEAR_10000_NS - 1n, "9999-12-31T23:59:59.999999999Z"],
  ])("%s ns is %s", (ns, text) => {
    expect(formatTimestamp(ns)).toBe(text);
    expect(parseTimestamp(text)).toBe(ns);
  });

  test("the fraction in proto JSON has 0, 3, 6 or 9 digits", () => {
    const of = (nanos: number): string => formatProtoTimestamp({ seconds: 0n, nanos }).slice(19);
    expect([0, 100_000_000, 123_000_000, 123_400_000, 1000, 1].map(of)).toEqual([
      "Z",
      ".100Z",
      ".123Z",
      ".123400Z",
      ".000001Z",
      ".000000001Z",
    ]);
  });

  test("the calendar is that of Date", () => {
    fc.assert(
      fc.property(times, (ns) => {
        const ms = ns / 1_000_000n - (ns % 1_000_000n < 0n ? 1n : 0n);
        expect(formatTimestamp(ms * 1_000_000n)).toBe(
          new Date(Number(ms)).toISOString().replace(/\.?0*Z$/, "Z"),
        );
      }),
    );
  });

  test("text, nanoseconds and messages convert without loss", () => {
    fc.assert(
      fc.property(times, (ns) => {
        expect(parseTimestamp(formatTimestamp(ns))).toBe(ns);
        expect(timestampToNs(nsToTimestamp(ns))).toBe(ns);
        expect(nsToTimestamp(ns).nanos).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(timestampToNs(goZeroTimestamp())).toBe(GO_ZERO_TIME_NS);
  });

  test("offsets are applied and surplus digits cut", () => {
    expect(parseTimestamp("1970-01-01T01:30:00+01:30")).toBe(0n);
    expect(parseTimestamp("1969-12-31T23:00:00-01:00")).toBe(0n);
    expect(parseTimestamp("1970-01-01T00:00:00.1234567899Z")).toBe(123_456_789n);
  });

  test.each([
    "1970-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1970-13-01T00:00:00Z",
    "1970-01-01T24:00:00Z",
    "1970-01-01T00:60:00Z",
    "1970-01-01 00:00:00Z",
    "1970-01-01T00:00:00",
    "0000-01-01T00:00:00Z",
    "",
  ])("refuses %s", (text) => {
    expect(() => parseTimestamp(text)).toThrow(ProtoError);
  });

  test("refuses to print years beyond 9999", () => {
    expect(() => formatTimestamp(YEAR_10000_NS)).toThrow(ProtoError);
    expect(() => formatTimestamp(GO_ZERO_TIME_NS - 1n)).toThrow(ProtoError);
  });
});

describe("durations", () => {
  test.each([
    ["0s", 0n],
    ["3600s", 3_600_000_000_000n],
    ["-0.500s", -500_000_000n],
    ["9223372036.854775807s", 2n ** 63n - 1n],
    ["0.000000001s", 1n],
  ])("%s is %s ns, both ways", (text, ns) => {
    expect(formatDuration(nsToDuration(ns))).toBe(text);
    expect(parseDuration(text)).toBe(ns);
  });

  test.each([
    ["1h30m", 5400n],
    ["1.5h", 5400n],
    ["+2m", 120n],
    ["0", 0n],
    ["1h1m1s", 3661n],
  ])("reads Go's %s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds * 1_000_000_000n);
  });

  test("reads small units", () => {
    expect(["1ns", "1us", "1\u00b5s", "1ms", ".5ms"].map(parseDuration)).toEqual([
      1n,
      1000n,
      1000n,
      1_000_000n,
      500_000n,
    ]);
  });

  test.each(["", "1", "s", "1x", "1s ", "1 s", ".s", "9223372036.854775808s", "1d"])("refuses %s", (text) => {
    expect(() => parseDuration(text)).toThrow(ProtoError);
  });

  test("messages convert without loss", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => {
        expect(durationToNs(nsToDuration(ns))).toBe(ns);
        expect(parseDuration(formatDuration(nsToDuration(ns)))).toBe(ns);
      }),
    );
  });
});
