import { TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import fc from "fast-check";
import {
  assertCanonicalTxRaw,
  encodeAny,
  findUnknownFields,
  MAX_MESSAGE_DEPTH,
  ProtoError,
} from "./index.ts";

const BODY = "cosmos.tx.v1beta1.TxBody";
const send = encodeAny("/cosmos.bank.v1beta1.MsgSend", {
  fromAddress: "a",
  toAddress: "b",
  amount: [{ denom: "stake", amount: "1" }],
});
const body = (...messages: { typeUrl: string; value: Uint8Array }[]): Uint8Array =>
  TxBody.encode(TxBody.fromPartial({ messages })).finish();
const join = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((p) => [...p]));
/** Tag of a varint field as two bytes (numbers 16 to 2047), then the value 1. */
const field = (number: number): number[] => [((number << 3) & 0x7f) | 0x80, (number << 3) >> 7, 1];

test("accepts a body of known fields", () => {
  expect(findUnknownFields(BODY, body(send))).toEqual({ nonCritical: false });
});

test("refuses a critical unknown field, whatever is allowed", () => {
  for (const allowNonCritical of [false, true]) {
    expect(() => findUnknownFields(BODY, join(body(send), field(16)), { allowNonCritical })).toThrow(
      ProtoError,
    );
  }
  // Later SDK versions have `unordered` here; 0.50 does not know it.
  expect(() => findUnknownFields(BODY, join(body(send), [0x20, 1]), { allowNonCritical: true })).toThrow(
    ProtoError,
  );
});

test("skips non-critical unknown fields only where they are allowed, and says so", () => {
  const bytes = join(body(send), field(1024));
  expect(findUnknownFields(BODY, bytes, { allowNonCritical: true })).toEqual({ nonCritical: true });
  expect(() => findUnknownFields(BODY, bytes)).toThrow(ProtoError);
});

test("looks inside messages and inside Any values", () => {
  const spoilt = { ...send, value: join(send.value, field(16)) };
  expect(() => findUnknownFields(BODY, body(spoilt))).toThrow("cosmos.bank.v1beta1.MsgSend has no field 16");
  const nested = encodeAny("/cosmos.authz.v1beta1.MsgExec", { grantee: "g", msgs: [spoilt] });
  expect(() => findUnknownFields(BODY, body(nested))).toThrow("MsgSend has no field 16");
  expect(() => findUnknownFields(BODY, body({ typeUrl: "/no.such.Msg", value: new Uint8Array(0) }))).toThrow(
    ProtoError,
  );
});

test("refuses wrong wire types and malformed bytes", () => {
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x10, 1))).toThrow(ProtoError); // memo as a varint
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x19, 0, 0, 0, 0, 0, 0, 0, 0))).toThrow(ProtoError); // height as fixed64
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x12, 5, 1))).toThrow(ProtoError); // shorter than it says
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x18, ...Array<number>(10).fill(0xff), 1))).toThrow(
    ProtoError,
  );
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x00))).toThrow(ProtoError); // field number 0
  expect(() => findUnknownFields(BODY, Uint8Array.of(0x14))).toThrow(ProtoError); // end of a group that was not begun
});

test("never overflows the stack on deep nesting", () => {
  let any = send;
  for (let i = 0; i < MAX_MESSAGE_DEPTH; i++)
    any = encodeAny("/cosmos.authz.v1beta1.MsgExec", { grantee: "", msgs: [any] });
  expect(() => findUnknownFields(BODY, body(any))).toThrow("too deeply");
});

test("random bytes are accepted or refused, but never crash", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        findUnknownFields(BODY, bytes, { allowNonCritical: true });
      } catch (error) {
        expect(error).toBeInstanceOf(ProtoError);
      }
    }),
  );
});

describe("the canonical form of TxRaw", () => {
  const raw = TxRaw.encode({
    bodyBytes: body(send),
    authInfoBytes: Uint8Array.of(1),
    signatures: [Uint8Array.of(2), Uint8Array.of(3)],
  }).finish();
  test("is what encoders write", () => {
    expect(() => assertCanonicalTxRaw(raw)).not.toThrow();
    expect(() => assertCanonicalTxRaw(new Uint8Array(0))).not.toThrow();
  });
  test.each([
    ["fields out of order", [0x12, 1, 1, 0x0a, 1, 1]],
    ["a length with more bytes than needed", [0x0a, 0x81, 0x00, 1]],
    ["a field that is not length-delimited", [0x08, 1]],
    ["truncated bytes", [0x0a, 2, 1]],
  ])("refuses %s", (_, bytes) => {
    expect(() => assertCanonicalTxRaw(Uint8Array.from(bytes))).toThrow(ProtoError);
  });
});
