import { toHex, utf8 } from "@tandem-ics/crypto";
import { moduleAddress } from "@tandem-ics/runtime";
import { refusalCode } from "../testing/refusal-code.ts";
import { ADDRESSES } from "../testing/test-provider.ts";
import {
  acknowledgementAttribute,
  acknowledgementText,
  readAcknowledgement,
} from "./acknowledgement-text.ts";
import { CONSUMER_REWARDS_POOL } from "./constants.ts";
import { assertRewardDenom, ibcDenom, receivedDenom } from "./denoms.ts";
import { decodeHandshakeMetadata, encodeHandshakeMetadata } from "./handshake.ts";
import { createRewardMemo, parseRewardMemo } from "./reward-memo.ts";
import {
  goBinaryTimeValue,
  goDurationText,
  goTimeText,
  parseSortableTime,
  sortableTime,
} from "./time-text.ts";

describe("handshake metadata", () => {
  const pool = moduleAddress(CONSUMER_REWARDS_POOL);
  const text = ADDRESSES.account.encode(pool);

  test("[wire-7] names the pool as raw protobuf", () => {
    expect(toHex(pool)).toBe("e85fbbe8c24cce5ac78319ea0d773e1267d1d4fd");
    expect(text).toBe("cosmos1ap0mh6xzfn8943urr84q6ae7zfnar48am2erhd");
    expect(toHex(utf8(encodeHandshakeMetadata(text)))).toBe(`0a2d${toHex(utf8(text))}120131`);
    expect(decodeHandshakeMetadata(encodeHandshakeMetadata(text))).toEqual({
      providerFeePoolAddr: text,
      version: "1",
    });
  });

  test.each([
    ["1", "CCV/8"],
    ["\n\u0005ab", "CCV/8"],
    ["", "CCV/2"],
    ["\u0012\u00012", "CCV/2"],
  ])("in %j is refused", (version, code) => {
    expect(refusalCode(() => decodeHandshakeMetadata(version))).toBe(code);
  });
});

describe("times", () => {
  const ns = 1_735_787_045_678_900_000n; // 2025-01-02T03:04:05.6789Z

  test("in keys sort as text", () => {
    expect(sortableTime(ns)).toBe("2025-01-02T03:04:05.678900000");
    expect(sortableTime(0n)).toBe("1970-01-01T00:00:00.000000000");
    expect(parseSortableTime(sortableTime(ns))).toBe(ns);
  });

  test("in events are as Go prints them", () => {
    expect(goTimeText(ns)).toBe("2025-01-02 03:04:05.6789 +0000 UTC");
    expect(goTimeText(0n)).toBe("1970-01-01 00:00:00 +0000 UTC");
  });

  test("in values are Go's binary form", () => {
    expect(toHex(goBinaryTimeValue.encode(0n))).toBe("010000000e7791f70000000000ffff");
    for (const time of [ns, 0n, -1n])
      expect(goBinaryTimeValue.decode(goBinaryTimeValue.encode(time))).toBe(time);
  });

  test.each([
    [0n, "0s"],
    [1n, "1ns"],
    [1_100n, "1.1µs"],
    [1_500_000n, "1.5ms"],
    [2_138_400_000_000n, "35m38.4s"],
    [1_140_480_000_000_000n, "316h48m0s"],
    [-1_000_000_000n, "-1s"],
    [3_600_000_000_001n, "1h0m0.000000001s"],
    [9_223_372_036_854_775_807n, "2562047h47m16.854775807s"],
  ])("that last %d ns are %s", (duration, text) => {
    expect(goDurationText(duration)).toBe(text);
  });
});

describe("acknowledgements", () => {
  test("are shown as Go's text form, and their content again by itself", () => {
    const ok = readAcknowledgement(utf8('{"result":"AQ=="}'));
    expect(acknowledgementText(ok)).toBe('result:"\\001" ');
    expect(acknowledgementAttribute(ok)).toEqual({ success: "\u0001" });
    const error = readAcknowledgement(utf8('{"error":"ABCI code: 1: \\"x\\""}'));
    expect(acknowledgementText(error)).toBe('error:"ABCI code: 1: \\"x\\"" ');
    expect(acknowledgementAttribute(error)).toEqual({ error: 'ABCI code: 1: "x"' });
  });

  test("that are none are refused", () => {
    expect(() => readAcknowledgement(utf8("[]"))).toThrow();
  });
});

describe("reward denominations", () => {
  const route = {
    sourcePort: "transfer",
    sourceChannel: "channel-3",
    destinationPort: "transfer",
    destinationChannel: "channel-1",
  };

  test("are vouchers of the receiver's hop, or come home", () => {
    expect(receivedDenom("uatom", route)).toBe(ibcDenom("transfer/channel-1/uatom"));
    expect(ibcDenom("transfer/channel-1/uatom")).toMatch(/^ibc\/[0-9A-F]{64}$/);
    expect(receivedDenom("transfer/channel-3/stake", route)).toBe("stake");
    expect(receivedDenom("transfer/channel-3/transfer/channel-9/x", route)).toBe(
      ibcDenom("transfer/channel-9/x"),
    );
  });

  test.each([
    ["stake", true],
    [`ibc/${"a".repeat(64)}`, true],
    [`ibc/${"A".repeat(63)}`, false],
    ["ibc", false],
    ["ibc/", false],
    ["1x", false],
    ["", false],
  ])("%j is one: %s", (denom, valid) => {
    expect(refusalCode(() => assertRewardDenom(denom)) === "none").toBe(valid);
  });
});

describe("reward memos", () => {
  test("are read from any layout of JSON", () => {
    const fields = { consumerId: "7", chainId: "c-1", memo: "ICS rewards" };
    expect(parseRewardMemo(createRewardMemo("7", "c-1"))).toEqual(fields);
    expect(
      parseRewardMemo(
        '{"provider":{\n\t\t\t"consumerId":"7",\n\t\t\t"chainId":"c-1",\n\t\t\t"memo":"ICS rewards"\n\t\t\t}}',
      ),
    ).toEqual(fields);
  });

  test.each(["null", "{}", '{"provider":null}', '{"provider":{}}', '{"other":1}'])(
    "%s names nobody",
    (memo) => {
      expect(parseRewardMemo(memo)?.consumerId).toBe("");
    },
  );

  test.each(["", "hello", '"x"', "[]", "7", '{"provider":"7"}', '{"provider":{"consumerId":7}}', "{"])(
    "%s is no memo of rewards",
    (memo) => {
      expect(parseRewardMemo(memo)).toBeUndefined();
    },
  );
});
