import { concatBytes, toHex, utf8 } from "@tandem-ics/crypto";
import { MsgExec, MsgGrant } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import fc from "fast-check";
import { createAddressCodecs } from "../address.ts";
import { CodedError } from "../errors.ts";
import { createTestSigner, signTestTx } from "../testing.ts";
import { splitTx } from "./canonical.ts";
import { createTxDecoder } from "./decode.ts";

const addresses = createAddressCodecs("cosmos");
const decode = createTxDecoder({ routes: new Map(), addresses });
const alice = createTestSigner("alice");
const bob = createTestSigner("bob");
const text = (signer: typeof alice) => addresses.account.encode(signer.address);

const send = (from = alice) => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({
    fromAddress: text(from),
    toAddress: text(bob),
    amount: [{ denom: "coin", amount: "1" }],
  }).finish(),
});
const good = signTestTx({
  chainId: "c-1",
  messages: [send()],
  signers: [{ signer: alice, accountNumber: 1n, sequence: 2n }],
  fee: [{ denom: "coin", amount: 5n }],
});
const raw = TxRaw.decode(good);

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

const field = (number: number, wireType: number, ...rest: number[]) =>
  Uint8Array.of((number << 3) | wireType, ...rest);
const part = (number: number, bytes: Uint8Array) => {
  const head = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return concatBytes(field(number, 2, ...head), bytes);
};
const withBody = (body: Uint8Array, auth = raw.authInfoBytes) =>
  concatBytes(part(1, body), part(2, auth), part(3, raw.signatures[0]!));

const withMessage = (typeUrl: string, value: Uint8Array) =>
  withBody(TxBody.encode(TxBody.fromPartial({ messages: [{ typeUrl, value }] })).finish());
/** A MsgExec around messages, `depth` of them one in another. */
const nested = (depth: number): Uint8Array =>
  MsgExec.encode({
    grantee: text(alice),
    msgs: [depth === 1 ? send() : { typeUrl: MsgExec.typeUrl, value: nested(depth - 1) }],
  }).finish();

describe("TxRaw has one byte form (ADR-027)", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["fields out of order", concatBytes(part(2, raw.authInfoBytes), part(1, raw.bodyBytes)), /ADR-027/],
    ["a second body", concatBytes(part(1, raw.bodyBytes), part(1, raw.bodyBytes)), /ADR-027/],
    ["another wire type", concatBytes(field(1, 0, 5)), /wire type/],
    ["an unknown field", concatBytes(good, part(4, utf8("x"))), /unknown field/],
    ["a field number in two bytes", concatBytes(Uint8Array.of(0x8a, 0), raw.bodyBytes), /unknown field/],
    ["a length longer than needed", Uint8Array.of(0x0a, 0x81, 0x00, 0x08), /not as short as possible/],
    ["a length that ends nowhere", Uint8Array.of(0x0a, 0x80), /unexpected EOF/],
    ["an endless length", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), /too large/],
    ["less than announced", Uint8Array.of(0x0a, 5, 1), /unexpected EOF/],
  ])("refuses %s", (_, bytes, reason) => {
    expect(reasonOf(() => splitTx(bytes))).toMatch(/^sdk\/2 /);
    expect(reasonOf(() => splitTx(bytes))).toMatch(reason);
  });

  test("what is accepted is what an encoder would write", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const { bodyBytes, authInfoBytes, signatures } = splitTx(bytes);
          const again = TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [...signatures] }).finish();
          // empty fields may be written or not; nothing else is free
          if (bodyBytes.length > 0 && authInfoBytes.length > 0) expect(toHex(again)).toBe(toHex(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a transaction", () => {
  test("is decoded once", () => {
    expect(decode(good)).toBe(decode(good.slice()));
  });

  test("names signers of its messages in order, then the fee payer", () => {
    const bytes = signTestTx({
      chainId: "c-1",
      messages: [send(bob), send(alice), send(bob)],
      signers: [],
      payer: text(createTestSigner("carol")),
    });
    const tx = decode(bytes);
    expect(tx.signers.map((address) => addresses.account.encode(address))).toEqual([
      text(bob),
      text(alice),
      text(createTestSigner("carol")),
    ]);
    expect(addresses.account.encode(tx.fee.payer)).toBe(text(createTestSigner("carol")));
    expect(tx.messages[0]!.route).toBeUndefined();
  });

  test.each<[string, Uint8Array]>([
    ["an unknown critical field in the body", withBody(concatBytes(raw.bodyBytes, part(15, utf8("x"))))],
    [
      "an unknown field in the auth info",
      withBody(raw.bodyBytes, concatBytes(raw.authInfoBytes, part(9, utf8("x")))),
    ],
    [
      "an unknown field in a message",
      withBody(
        TxBody.encode(
          TxBody.fromPartial({
            messages: [{ ...send(), value: concatBytes(send().value, part(9, utf8("x"))) }],
          }),
        ).finish(),
      ),
    ],
    [
      "a message of an unregistered type",
      withBody(
        TxBody.encode(
          TxBody.fromPartial({ messages: [{ typeUrl: "/no.such.Type", value: new Uint8Array() }] }),
        ).finish(),
      ),
    ],
    [
      "a key of an unknown type",
      withBody(
        raw.bodyBytes,
        AuthInfo.encode(
          AuthInfo.fromPartial({
            signerInfos: [
              { publicKey: { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: new Uint8Array() } },
            ],
          }),
        ).finish(),
      ),
    ],
    [
      "a fee that is no number",
      withBody(
        raw.bodyBytes,
        AuthInfo.encode(
          AuthInfo.fromPartial({ fee: { amount: [{ denom: "coin", amount: "1e9" }] } }),
        ).finish(),
      ),
    ],
    [
      "an amount of more than 256 bits (security 37)",
      withBody(
        raw.bodyBytes,
        AuthInfo.encode(
          AuthInfo.fromPartial({ fee: { amount: [{ denom: "coin", amount: (2n ** 256n).toString() }] } }),
        ).finish(),
      ),
    ],
    [
      "an amount of a message that is no number",
      withMessage(MsgSend.typeUrl, Uint8Array.of(0x1a, 3, 0x12, 1, 0x78)),
    ],
    [
      "a time beyond the year 9999",
      withMessage(
        MsgGrant.typeUrl,
        MsgGrant.encode({
          granter: text(alice),
          grantee: text(bob),
          grant: { expiration: { seconds: 253_402_300_800n, nanos: 0 } },
        }).finish(),
      ),
    ],
    [
      "a packed value of another interface",
      withMessage(
        "/cosmos.feegrant.v1beta1.MsgGrantAllowance",
        lengthDelimited(3, part(1, utf8(MsgSend.typeUrl))),
      ),
    ],
    ["messages eleven deep", withMessage(MsgExec.typeUrl, nested(10))],
    ["truncated bytes", good.subarray(0, good.length - 1)],
    ["half a message", withBody(raw.bodyBytes.subarray(0, raw.bodyBytes.length - 1))],
  ])("is refused with %s", (_, bytes) => {
    expect(reasonOf(() => decode(bytes))).toMatch(/^sdk\/2 .*: tx parse error$/);
  });

  test("may have messages ten deep", () => {
    const bytes = withMessage(MsgExec.typeUrl, nested(9));
    expect(reasonOf(() => decode(bytes))).toBe("accepted");
  });

  test.each([
    ["no address", "cosmos1xyz", /^undefined\/1 decoding bech32 failed/],
    [
      "an address of another chain",
      createAddressCodecs("osmo").account.encode(alice.address),
      /^sdk\/35 hrp does not match/,
    ],
    [
      "an operator where an account signs",
      createAddressCodecs("cosmos").validator.encode(alice.address),
      /^sdk\/35 hrp does not match bech32 prefix: expected 'cosmos' got 'cosmosvaloper'/,
    ],
  ])("keeps for ValidateBasic that a signer is %s", (_, fromAddress, problem) => {
    const value = MsgSend.encode({ fromAddress, toAddress: "", amount: [] }).finish();
    const { signers, signerProblem } = decode(withMessage(MsgSend.typeUrl, value));
    expect(signers).toEqual([]);
    expect(`${signerProblem?.codespace}/${signerProblem?.code} ${signerProblem?.message}`).toMatch(problem);
  });

  test("may have unknown non-critical fields in its body", () => {
    const field2046 = Uint8Array.of(0xf2, 0x7f, 1, 120);
    expect(reasonOf(() => decode(withBody(concatBytes(raw.bodyBytes, field2046))))).toBe("accepted");
  });

  test("nested beyond reason is refused, not followed (security 37)", () => {
    let any: { typeUrl: string; value: Uint8Array } = {
      typeUrl: "/cosmos.authz.v1beta1.MsgExec",
      value: new Uint8Array(),
    };
    for (let i = 0; i < 300; i++) {
      const url = utf8(any.typeUrl);
      const inner = concatBytes(part(1, url), lengthDelimited(2, any.value));
      any = {
        typeUrl: any.typeUrl,
        value: concatBytes(part(1, utf8(text(alice))), lengthDelimited(2, inner)),
      };
    }
    const body = TxBody.encode(TxBody.fromPartial({ messages: [any] })).finish();
    const bytes = TxRaw.encode({
      bodyBytes: body,
      authInfoBytes: raw.authInfoBytes,
      signatures: raw.signatures,
    }).finish();
    expect(reasonOf(() => decode(bytes))).toMatch(/^sdk\/2 .*nested too deeply/);
  });

  test("extensions are refused, non-critical ones too: no type is registered as one", () => {
    for (const field of ["extensionOptions", "nonCriticalExtensionOptions"] as const) {
      const body = TxBody.decode(raw.bodyBytes);
      const bodyBytes = TxBody.encode(TxBody.fromPartial({ ...body, [field]: body.messages })).finish();
      const bytes = TxRaw.encode({ ...raw, bodyBytes }).finish();
      expect(reasonOf(() => decode(bytes))).toBe(
        "sdk/2 no registered implementations of type tx.TxExtensionOptionI: tx parse error",
      );
    }
  });

  test("arbitrary bytes are refused or decoded, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(good.length - 1), (junk, at) => {
        const spoiled = good.slice();
        spoiled.set(junk.subarray(0, good.length - at), at);
        for (const bytes of [junk, spoiled]) {
          const reason = reasonOf(() => decode(bytes));
          expect(reason === "accepted" || reason.startsWith("sdk/2 ")).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function lengthDelimited(number: number, bytes: Uint8Array): Uint8Array {
  const head: number[] = [];
  let rest = bytes.length;
  for (; rest >= 128; rest >>>= 7) head.push((rest & 127) | 128);
  return concatBytes(field(number, 2, ...head, rest), bytes);
}
