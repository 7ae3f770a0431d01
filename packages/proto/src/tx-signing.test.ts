import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64, fromHex, toHex } from "@cosmjs/encoding";
import { SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import {
  aminoSignDoc,
  aminoSignDocBytes,
  assertCanonicalTxRaw,
  codecOf,
  decodeAny,
  findUnknownFields,
  fromAminoJson,
  fromProtoJson,
  type JsonObject,
  type JsonValue,
  signersOf,
  stringifySorted,
  toAminoJson,
  toProtoJson,
  typeUrlOfAminoName,
} from "./index.ts";

type Signer = {
  address: string;
  accountNumber: string;
  sequence: string;
  mode: string;
  signBytes?: string;
  signDoc?: string;
  signHash: string;
};
type Vector = {
  name: string;
  chainId: string;
  messages: JsonObject[];
  memo: string;
  timeoutHeight: string;
  payer?: string;
  granter?: string;
  signers: Signer[];
  txRaw: string;
  txJson: JsonObject;
};

const dir = process.env["VECTORS_DIR"] ?? join(__dirname, "../../../test/data/vectors");
const { txs } = JSON.parse(readFileSync(join(dir, "tx-signing.json"), "utf8")) as { txs: Vector[] };
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.each(txs.map((tx) => [tx.name, tx] as const))("transaction %s made by the SDK", (_, tx) => {
  const txRaw = fromBase64(tx.txRaw);
  const raw = TxRaw.decode(txRaw);
  const body = TxBody.decode(raw.bodyBytes);
  const messages = tx.messages.map((json) => fromProtoJson("google.protobuf.Any", json) as Any);

  test("messages read from proto JSON have the bytes of the body", () => {
    expect(messages.map(({ typeUrl, value }) => [typeUrl, toHex(value)])).toEqual(
      body.messages.map(({ typeUrl, value }) => [typeUrl, toHex(value)]),
    );
    const rebuilt = TxBody.encode({ ...body, messages }).finish();
    expect(toHex(rebuilt)).toBe(toHex(raw.bodyBytes));
  });

  test("messages are written as the proto JSON they came from", () => {
    expect(messages.map((any) => toProtoJson("google.protobuf.Any", any))).toEqual(tx.messages);
  });

  test("the whole transaction is written as the SDK shows it, and read back to the same bytes", () => {
    const whole = codecOf("cosmos.tx.v1beta1.Tx").decode(txRaw);
    expect(toProtoJson("cosmos.tx.v1beta1.Tx", whole)).toEqual(tx.txJson);
    const back = fromProtoJson("cosmos.tx.v1beta1.Tx", tx.txJson as JsonValue);
    expect(toHex(codecOf("cosmos.tx.v1beta1.Tx").encode(back).finish())).toBe(toHex(txRaw));
  });

  test("it has no unknown field and is canonical", () => {
    expect(() => assertCanonicalTxRaw(txRaw)).not.toThrow();
    expect(findUnknownFields("cosmos.tx.v1beta1.TxRaw", txRaw)).toEqual({ nonCritical: false });
    expect(findUnknownFields("cosmos.tx.v1beta1.TxBody", raw.bodyBytes)).toEqual({ nonCritical: false });
    expect(findUnknownFields("cosmos.tx.v1beta1.AuthInfo", raw.authInfoBytes)).toEqual({
      nonCritical: false,
    });
  });

  test("every signer's document is reproduced", () => {
    for (const signer of tx.signers) {
      const accountNumber = BigInt(signer.accountNumber);
      if (signer.mode === "SIGN_MODE_DIRECT") {
        const { bodyBytes, authInfoBytes } = raw;
        const bytes = SignDoc.encode({
          bodyBytes,
          authInfoBytes,
          chainId: tx.chainId,
          accountNumber,
        }).finish();
        expect(toHex(bytes)).toBe(signer.signBytes);
        expect(sha256(bytes)).toBe(signer.signHash);
        continue;
      }
      const { fee } = codecOf("cosmos.tx.v1beta1.AuthInfo").decode(raw.authInfoBytes) as {
        fee: {
          amount: { denom: string; amount: string }[];
          gasLimit: bigint;
          payer: string;
          granter: string;
        };
      };
      const input = {
        chainId: tx.chainId,
        accountNumber,
        sequence: BigInt(signer.sequence),
        fee,
        memo: body.memo,
        timeoutHeight: body.timeoutHeight,
        messages,
      };
      expect(stringifySorted(aminoSignDoc(input))).toBe(
        signer.signDoc ?? new TextDecoder().decode(fromHex(signer.signBytes ?? "")),
      );
      expect(sha256(aminoSignDocBytes(input))).toBe(signer.signHash);
    }
  });

  test("the messages name the first signer", () => {
    const named = messages.flatMap((any) => signersOf(any.typeUrl, decodeAny(any).message));
    expect(named.length).toBeGreaterThan(0);
    if (!named[0]?.startsWith("cosmosvaloper"))
      expect(tx.signers.map(({ address }) => address)).toContain(named[0]);
  });

  test("amino JSON of the messages is read back to the same bytes", () => {
    for (const any of messages) {
      if (any.typeUrl.includes(".core.")) continue; // client states have no amino form
      const { type, value } = toAminoJson(any.typeUrl, decodeAny(any).message);
      expect(typeUrlOfAminoName(type)).toBe(any.typeUrl);
      const back = fromAminoJson(any.typeUrl, value);
      expect(toHex(codecOf(any.typeUrl.slice(1)).encode(back).finish())).toBe(toHex(any.value));
    }
  });
});
