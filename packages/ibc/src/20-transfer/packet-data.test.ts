import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import fc from "fast-check";
import { parseGoInt } from "./amount.ts";
import { compareDenoms, denomPath, parseDenom } from "./denom.ts";
import { decodePacketData, packetDataBytes, parsePacketData } from "./packet-data.ts";

const text = fc.string({ unit: "grapheme" }).filter((value) => !/[\ud800-\udfff]/u.test(value));
const sample = { denom: "stake", amount: "5", sender: "alice", receiver: "bob", memo: "" };

describe("data of a transfer packet", () => {
  test("comes back from its bytes", () => {
    const data = fc.record({ denom: text, amount: text, sender: text, receiver: text, memo: text });
    fc.assert(fc.property(data, (value) => expect(decodePacketData(packetDataBytes(value))).toEqual(value)));
  });

  test("an empty memo is left out", () => {
    expect(fromUtf8(packetDataBytes(sample))).toBe(
      '{"denom":"stake","amount":"5","sender":"alice","receiver":"bob"}',
    );
  });

  test("names of another case and order are read, null is nothing", () => {
    const bytes = utf8('{"Receiver":"bob","AMOUNT":"5","denom":"stake","sender":"alice","memo":null}');
    expect(decodePacketData(bytes)).toEqual(sample);
  });

  test.each([
    ["an unknown field", '{"denom":"stake","fee":"1"}'],
    ["a field twice", '{"amount":"1","amount":"2"}'],
    ["a field twice in two cases", '{"amount":"1","Amount":"2"}'],
    ["a number", '{"amount":5}'],
    ["something behind it", '{"amount":"5"} x'],
    ["a list", "[]"],
    ["null", "null"],
    ["nothing", ""],
    ["a prototype", '{"__proto__":{"amount":"5"}}'],
  ])("refuses %s", (_what, json) => {
    expect(() => decodePacketData(utf8(json))).toThrow(
      expect.objectContaining({ codespace: "ibc", code: 12 }),
    );
  });

  test("refuses what is not UTF-8", () => {
    expect(() => decodePacketData(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(
      expect.objectContaining({ codespace: "ibc", code: 12 }),
    );
  });

  test.each([
    ["no amount", { ...sample, amount: "" }, "transfer", 5],
    ["nothing", { ...sample, amount: "0" }, "transfer", 5],
    ["a debt", { ...sample, amount: "-1" }, "transfer", 5],
    ["more than 256 bits", { ...sample, amount: (1n << 256n).toString() }, "transfer", 5],
    ["no sender", { ...sample, sender: " " }, "ibc", 5],
    ["no receiver", { ...sample, receiver: "" }, "ibc", 5],
    ["no denomination", { ...sample, denom: "" }, "transfer", 3],
    ["a hop without token", { ...sample, denom: "transfer/channel-0/" }, "transfer", 3],
    ["a hop over a bad port", { ...sample, denom: "p/channel-0/stake" }, "host", 2],
  ])("refuses %s", (_what, data, codespace, code) => {
    expect(() => parsePacketData(packetDataBytes(data), "ics20-1")).toThrow(
      expect.objectContaining({ codespace, code }),
    );
  });

  test("refuses a channel of another version", () => {
    expect(() => parsePacketData(packetDataBytes(sample), "ics20-2")).toThrow(
      expect.objectContaining({ codespace: "transfer", code: 4 }),
    );
  });
});

describe("amounts in Go's notation", () => {
  test.each([
    ["5", 5n],
    ["+5", 5n],
    ["-5", -5n],
    ["0", 0n],
    ["0x1F", 31n],
    ["-0X1f", -31n],
    ["0b101", 5n],
    ["0o17", 15n],
    ["017", 15n],
    ["1_000", 1000n],
    ["0x_ff", 255n],
    ["0_7", 7n],
    [((1n << 256n) - 1n).toString(), (1n << 256n) - 1n],
  ])("%s", (value, expected) => expect(parseGoInt(value)).toBe(expected));

  test.each([
    "",
    "+",
    "08",
    "1.5",
    "1e3",
    " 1",
    "1_",
    "_1",
    "1__0",
    "0x",
    "½",
    "5a",
    (1n << 256n).toString(),
    "9".repeat(700),
  ])("%j is none", (value) => expect(parseGoInt(value)).toBeUndefined());
});

describe("denominations", () => {
  test("come back from their path", () => {
    const part = fc.constantFrom(
      "transfer",
      "channel-0",
      "channel-x",
      "07-tendermint-4",
      "uatom",
      "gamm",
      "",
      "ibc",
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const path = parts.join("/");
        // a path that is all hops has lost its slash before nothing
        expect([path, `${path}/`]).toContain(denomPath(parseDenom(path)));
      }),
    );
  });

  test("are sorted by base, number of hops and path", () => {
    const paths = ["transfer/channel-1/a", "transfer/channel-0/b", "a", "transfer/channel-0/a"];
    expect(paths.map(parseDenom).sort(compareDenoms).map(denomPath)).toEqual([
      "a",
      "transfer/channel-0/a",
      "transfer/channel-1/a",
      "transfer/channel-0/b",
    ]);
  });
});
