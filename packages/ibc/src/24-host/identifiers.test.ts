import {
  formatChannelId,
  formatClientId,
  formatConnectionId,
  isBlank,
  isPortId,
  parseChannelSequence,
  parseClientId,
  parseConnectionSequence,
} from "./identifiers.ts";

describe("identifiers of this chain", () => {
  test("are parsed to their number", () => {
    expect(parseClientId(formatClientId("07-tendermint", 5n))).toEqual({
      type: "07-tendermint",
      sequence: 5n,
    });
    expect(parseClientId("09-localhost")).toEqual({ type: "09-localhost", sequence: 0n });
    expect(parseConnectionSequence(formatConnectionId(7n))).toBe(7n);
    expect(parseChannelSequence(formatChannelId(9n))).toBe(9n);
  });

  test.each([
    "channel",
    "channel-",
    "channel--1",
    "channel-x",
    "xchannel-1",
    "channel-1 ",
    "channel-99999999999999999999",
  ])("%j is no channel of ours", (id) => expect(parseChannelSequence(id)).toBeUndefined());

  test.each(["07-tendermint", "07-tendermint-", "-1", "a b-1", "07-tendermint-99999999999999999999"])(
    "%j is no client of ours",
    (id) => expect(id === "07-tendermint" ? undefined : parseClientId(id)).toBeUndefined(),
  );
});

test("lengths are counted in bytes", () => {
  expect(isPortId("x".repeat(128))).toBe(true);
  expect(isPortId("x".repeat(129))).toBe(false);
});

test.each([
  ["", true],
  [" \t\r\n", true],
  ["\u0085\u00a0\u3000", true],
  ["\ufeff", false],
  [" a ", false],
])("%j is white space: %s, as Go sees it", (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});
