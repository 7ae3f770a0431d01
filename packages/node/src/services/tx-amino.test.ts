/** Bytes that a Go provider gave and took; many more stand beside one in the interop suite. */
import { fromBase64, toBase64, toHexUpper } from "@tandem-ics/crypto";
import {
  TxDecodeAminoRequest,
  TxDecodeAminoResponse,
  TxEncodeAminoRequest,
  TxEncodeAminoResponse,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { aminoPrefix } from "./amino-binary.ts";
import { txAminoService } from "./tx-amino.ts";

const methods = txAminoService();
const call = (name: string, data: Uint8Array): Uint8Array =>
  methods[`/cosmos.tx.v1beta1.Service/${name}`]!(data, 1n) as Uint8Array;
const encode = (aminoJson: string): string => {
  const answer = call("TxEncodeAmino", TxEncodeAminoRequest.encode({ aminoJson }).finish());
  return toBase64(TxEncodeAminoResponse.decode(answer).aminoBinary);
};
const decode = (base64: string): string => {
  const request = TxDecodeAminoRequest.encode({ aminoBinary: fromBase64(base64) }).finish();
  return TxDecodeAminoResponse.decode(call("TxDecodeAmino", request)).aminoJson;
};

test("names have their prefixes", () => {
  expect(
    ["cosmos-sdk/StdTx", "tendermint/PubKeySecp256k1"].map((name) => toHexUpper(aminoPrefix(name))),
  ).toEqual(["282816A9", "EB5AE987"]);
});

test("a transaction with nothing but a memo is written, and an empty one read", () => {
  const fee = { amount: [], gas: "0" };
  const value = { msg: [], fee, signatures: null, memo: "hi" };
  expect(encode(JSON.stringify({ type: "cosmos-sdk/StdTx", value }))).toBe("KCgWqSICaGk=");
  expect(decode("KCgWqQ==")).toBe(
    '{"type":"cosmos-sdk/StdTx","value":{"msg":null,"fee":{"amount":[],"gas":"0"},"signatures":null,"memo":"","timeout_height":"0"}}',
  );
});

test("what is no transaction is refused in Go's words", () => {
  expect(() => encode("x")).toThrow(
    "cannot parse disfix JSON wrapper: invalid character 'x' looking for beginning of value",
  );
  expect(() => decode("AAEC")).toThrow(
    "UnmarshalBinaryBare expected to read prefix bytes 282816A9 (since it is registered concrete) but got 000102",
  );
});
