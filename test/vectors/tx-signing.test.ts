/** Transactions signed by the Go SDK: they must decode, and their signatures verify for their signers and nobody else. */

import { fromBase64, fromHex, secp256k1Sign, sha256, toHex, toHexUpper, utf8 } from "@tandem-ics/crypto";
import {
  createAddressCodecs,
  createTxDecoder,
  type DecodedTx,
  moduleAddress,
  type PublicKey,
  SIGN_MODE,
  type SignatureData,
  type SignerData,
  signBytes,
  verifySignature,
} from "@tandem-ics/runtime";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

interface Signer {
  priv: string;
  address: string;
  accountNumber: string;
  sequence: string;
  mode: "SIGN_MODE_DIRECT" | "SIGN_MODE_LEGACY_AMINO_JSON";
  signBytes?: string;
  signDoc?: string;
  signHash: string;
  signature: string;
}
interface Tx {
  name: string;
  chainId: string;
  signers: Signer[];
  fee: string;
  gas: string;
  memo: string;
  timeoutHeight: string;
  payer?: string;
  granter?: string;
  txRaw: string;
  txHash: string;
}

const files = vectorFiles(hasKeys("txs", "keys", "moduleAccounts"));
const addresses = createAddressCodecs("cosmos");
const decode = createTxDecoder({ routes: new Map(), addresses });
const MODES = { SIGN_MODE_DIRECT: SIGN_MODE.direct, SIGN_MODE_LEGACY_AMINO_JSON: SIGN_MODE.legacyAminoJson };

function signerData(tx: DecodedTx, i: number, { chainId, signers }: Tx): SignerData {
  const { address, accountNumber, sequence } = signers[i]!;
  const publicKey = tx.signerInfos[i]!.publicKey as PublicKey;
  return { chainId, accountNumber: BigInt(accountNumber), sequence: BigInt(sequence), address, publicKey };
}

presenceTest("there are vectors", () => {
  expect(files.length).toBeGreaterThan(0);
});

describeEach(files)("$path", ({ json }) => {
  const txs = json.txs as Tx[];

  test("addresses of keys and modules", () => {
    for (const { addressHex, cosmos, cosmosvaloper } of json.keys) {
      expect(toHex(addresses.account.decode(cosmos))).toBe(addressHex);
      expect(addresses.validator.encode(fromHex(addressHex))).toBe(cosmosvaloper);
    }
    for (const [name, address] of Object.entries(json.moduleAccounts))
      expect(addresses.account.encode(moduleAddress(name))).toBe(address);
  });

  testEach(txs)("$name decodes to what was signed", (vector) => {
    const tx = decode(fromBase64(vector.txRaw));
    expect(toHexUpper(tx.hash)).toBe(vector.txHash);
    expect(tx.signers.map((address) => addresses.account.encode(address))).toEqual(
      vector.signers.map(({ address }) => address),
    );
    expect(tx.fee.gasLimit.toString()).toBe(vector.gas);
    expect(tx.fee.amount.map(({ denom, amount }) => `${amount}${denom}`).join(",")).toBe(vector.fee);
    expect(addresses.account.encode(tx.fee.payer)).toBe(vector.payer || vector.signers[0]!.address);
    expect(tx.fee.granter === undefined ? "" : addresses.account.encode(tx.fee.granter)).toBe(
      vector.granter ?? "",
    );
    expect([tx.body.memo, tx.body.timeoutHeight.toString()]).toEqual([vector.memo, vector.timeoutHeight]);
  });

  testEach(txs)("$name has the sign bytes of Go, and good signatures", (vector) => {
    const tx = decode(fromBase64(vector.txRaw));
    vector.signers.forEach((signer, i) => {
      const data = signerData(tx, i, vector);
      const bytes = signBytes(MODES[signer.mode], tx, data);
      expect(toHex(bytes)).toBe(signer.signBytes ?? toHex(utf8(signer.signDoc!)));
      expect(toHex(sha256(bytes))).toBe(signer.signHash);
      const { signature } = tx.signerInfos[i]!;
      expect(signature).toMatchObject({ kind: "single", mode: MODES[signer.mode] });
      expect(toHex(tx.signatures[i]!)).toBe(signer.signature);
      expect(toHex(secp256k1Sign(fromHex(signer.priv), bytes))).toBe(signer.signature);
      expect(verifySignature(tx, data, signature as SignatureData)).toBeUndefined();
    });
  });

  testEach(txs)("$name does not verify for another chain, account number, sequence or key", (vector) => {
    const tx = decode(fromBase64(vector.txRaw));
    vector.signers.forEach((signer, i) => {
      const data = signerData(tx, i, vector);
      const signature = tx.signerInfos[i]!.signature as SignatureData;
      const refused = "unable to verify single signer signature";
      expect(verifySignature(tx, { ...data, chainId: `${data.chainId}x` }, signature)).toBe(refused);
      expect(verifySignature(tx, { ...data, accountNumber: data.accountNumber + 1n }, signature)).toBe(
        refused,
      );
      const later = verifySignature(tx, { ...data, sequence: data.sequence + 1n }, signature);
      // the sequence of a direct signature stands in the signed bytes and is compared by the ante chain
      expect(later).toBe(signer.mode === "SIGN_MODE_DIRECT" ? undefined : refused);
      const wrong = { ...(signature as { signature: Uint8Array }) };
      const flipped = { ...signature, signature: wrong.signature.map((b, k) => (k === 40 ? b ^ 1 : b)) };
      expect(verifySignature(tx, data, flipped as SignatureData)).toBe(refused);
    });
  });
});
