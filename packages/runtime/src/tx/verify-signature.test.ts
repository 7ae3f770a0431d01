import {
  compareBytes,
  concatBytes,
  fromHex,
  secp256k1Address,
  secp256k1Sign,
  toHex,
  utf8,
} from "@tandem-ics/crypto";
import { MsgUpdateConsumer } from "@tandem-ics/proto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { MultiSignature } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgVoteWeighted } from "cosmjs-types/cosmos/gov/v1/tx";
import { AuthInfo, type ModeInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createAddressCodecs } from "../address.ts";
import { createTestSigner, signTestTx, type TestSigner } from "../testing.ts";
import { createTxDecoder, type DecodedTx } from "./decode.ts";
import { countSubKeys, parsePublicKey, secp256k1KeyAny } from "./public-key.ts";
import { SIGN_MODE, type SignatureData } from "./signature-data.ts";
import { type SignerData, signBytes, verifySignature } from "./verify-signature.ts";

const addresses = createAddressCodecs("cosmos");
const members = ["a", "b", "c"].map(createTestSigner);

const groupKey = (threshold: number, keys = members.map(({ publicKey }) => secp256k1KeyAny(publicKey))) => ({
  typeUrl: LegacyAminoPubKey.typeUrl,
  value: LegacyAminoPubKey.encode({ threshold, publicKeys: keys }).finish(),
});

const decode = createTxDecoder({ routes: new Map(), addresses });

/** A transaction of the group in which `signed` members sign in `mode`. */
function groupTx(options: {
  signed: boolean[];
  mode?: number;
  threshold?: number;
  parts?: (bytes: Uint8Array) => Uint8Array[];
  bits?: number;
}): { tx: DecodedTx; data: SignerData } {
  const { signed, mode = SIGN_MODE.legacyAminoJson, threshold = 2, bits = 3 } = options;
  const key = parsePublicKey(groupKey(threshold));
  const address = addresses.account.encode(key.address);
  const message = {
    typeUrl: MsgSend.typeUrl,
    value: MsgSend.encode({
      fromAddress: address,
      toAddress: address,
      amount: [{ denom: "coin", amount: "1" }],
    }).finish(),
  };
  const bodyBytes = TxBody.encode(TxBody.fromPartial({ messages: [message] })).finish();
  const elems = Uint8Array.of(signed.reduce((sum, set, i) => (set ? sum | (0x80 >> i) : sum), 0));
  const count = signed.filter(Boolean).length;
  const modeInfo = (n: number): ModeInfo => ({
    multi: {
      bitarray: { extraBitsStored: bits, elems },
      modeInfos: Array.from({ length: n }, () => ({ single: { mode } })),
    },
  });
  const encode = (signatures: Uint8Array[]) => {
    const authInfoBytes = AuthInfo.encode(
      AuthInfo.fromPartial({
        signerInfos: [
          { publicKey: groupKey(threshold), modeInfo: modeInfo(signatures.length), sequence: 7n },
        ],
        fee: { amount: [], gasLimit: 100n },
      }),
    ).finish();
    return decode(
      TxRaw.encode({
        bodyBytes,
        authInfoBytes,
        signatures: [MultiSignature.encode({ signatures }).finish()],
      }).finish(),
    );
  };
  const data: SignerData = { chainId: "c-1", accountNumber: 3n, sequence: 7n, address, publicKey: key };
  const blank = encode(Array.from({ length: count }, () => new Uint8Array(64)));
  const bytes = signBytes(mode, blank, data);
  const own = members.filter((_, i) => signed[i]).map(({ privateKey }) => secp256k1Sign(privateKey, bytes));
  return { tx: encode(options.parts?.(bytes) ?? own), data };
}

const verdict = ({ tx, data }: { tx: DecodedTx; data: SignerData }) =>
  verifySignature(tx, data, tx.signerInfos[0]!.signature as SignatureData);

describe("a group of keys", () => {
  test("has the address that CosmJS gives it", () => {
    // keys 0 to 4 of the mnemonic "economy stock theory … wife stone", sorted by address as CosmJS does
    const keys = [
      "034f04181eeba35391b858633a765c4a0c189697b40d216354d50890d350c70290",
      "0220e8b1f21b062e785c9d508c2780a6e99ccbf16376d17e621cb03dfdc3293c7b",
      "033420df7259a87eef4ac9b4f5eb196396d9be6cd8c04fd263bf1c03488bc690fb",
      "03780e02507a6a245308fbd6310836f996c660db0b77caa5bd5dbc9bca76521636",
      "02e9b6d3adee6ff12b527214077eac2b9e4b92d1944ad81c6d289a0272f5c1a76e",
    ]
      .map(fromHex)
      .sort((a, b) => compareBytes(secp256k1Address(a), secp256k1Address(b)))
      .map(secp256k1KeyAny);
    const address = (threshold: number) =>
      addresses.account.encode(parsePublicKey(groupKey(threshold, keys)).address);
    expect([1, 2, 3].map(address)).toEqual([
      "cosmos1v75snhly7wfndk83ud4daygh397vcmkta8rlzq",
      "cosmos1h90ml36rcu7yegwduzgzderj2jmq49hcpfclw9",
      "cosmos1d2mg2euvus3tu2tprfwrfzeal4xu7kygugjxjc",
    ]);
    expect(countSubKeys(parsePublicKey(groupKey(2, keys)))).toBe(5);
  });

  test.each([[[true, true, false]], [[true, false, true]], [[false, true, true]], [[true, true, true]]])(
    "signs with enough members: %j",
    (signed) => {
      expect(verdict(groupTx({ signed }))).toBeUndefined();
    },
  );

  test("signs in mode DIRECT as well: those sign bytes hold no signature", () => {
    expect(verdict(groupTx({ signed: [true, true, false], mode: SIGN_MODE.direct }))).toBeUndefined();
  });

  test.each<[string, Parameters<typeof groupTx>[0], string]>([
    ["too few members", { signed: [true, false, false] }, "signature size is incorrect 1"],
    [
      "a signature of another member",
      {
        signed: [true, true, false],
        parts: (b) => [members[0]!, members[2]!].map((m) => secp256k1Sign(m.privateKey, b)),
      },
      "unable to verify signature at index 1",
    ],
    [
      "members in the wrong order",
      {
        signed: [true, true, false],
        parts: (b) => [members[1]!, members[0]!].map((m) => secp256k1Sign(m.privateKey, b)),
      },
      "unable to verify signature at index 0",
    ],
    [
      "a signature too many",
      { signed: [true, true, false], parts: (b) => members.map((m) => secp256k1Sign(m.privateKey, b)) },
      "signature size is incorrect 3",
    ],
    [
      "more signatures than members named",
      {
        signed: [true, false, false],
        parts: (b) => [members[0]!, members[1]!].map((m) => secp256k1Sign(m.privateKey, b)),
      },
      "not enough signatures set, have 1, expected 2",
    ],
    [
      "one member twice",
      {
        signed: [true, true, false],
        parts: (b) => [members[0]!, members[0]!].map((m) => secp256k1Sign(m.privateKey, b)),
      },
      "unable to verify signature at index 1",
    ],
    [
      "bits for another number of members",
      { signed: [true, true, false], bits: 4 },
      "bit array size is incorrect, expecting: 3",
    ],
    ["an unknown mode", { signed: [true, true, false], mode: SIGN_MODE.direct }, ""],
  ])("does not sign with %s", (name, options, reason) => {
    if (name === "an unknown mode") {
      const { tx, data } = groupTx(options);
      const signature = tx.signerInfos[0]!.signature as Extract<SignatureData, { kind: "multi" }>;
      const textual = {
        ...signature,
        signatures: signature.signatures.map((s) => ({ ...s, mode: 2 }) as SignatureData),
      };
      expect(verifySignature(tx, data, textual)).toMatch(/^unsupported sign mode 2/);
    } else expect(verdict(groupTx(options))).toBe(reason);
  });

  test("is not one key, and one key is no group", () => {
    const { tx, data } = groupTx({ signed: [true, true, false] });
    const one = { kind: "single", mode: SIGN_MODE.direct, signature: new Uint8Array(64) } as const;
    expect(verifySignature(tx, data, one)).toBe("unable to verify single signer signature");
    const single = { ...data, publicKey: parsePublicKey(secp256k1KeyAny(members[0]!.publicKey)) };
    expect(verdict({ tx, data: single })).toMatch(/^expected a multisignature key/);
  });

  test.each<[string, () => unknown]>([
    ["threshold zero", () => parsePublicKey(groupKey(0))],
    ["a threshold above its size", () => parsePublicKey(groupKey(4))],
    ["a key of the wrong length", () => parsePublicKey(secp256k1KeyAny(new Uint8Array(32)))],
    [
      "groups nested without end",
      () =>
        parsePublicKey(
          Array.from({ length: 50 }).reduce<ReturnType<typeof groupKey>>(
            (key) => groupKey(1, [key]),
            groupKey(1),
          ),
        ),
    ],
  ])("with %s is no key", (_, make) => {
    expect(make).toThrow("invalid pubkey");
  });
});

test("a signature with the high S value is refused: it would be a second form of the same transaction", () => {
  const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const signer: TestSigner = members[0]!;
  const { tx, data } = groupTx({ signed: [true, true, false] });
  const single: SignerData = { ...data, publicKey: parsePublicKey(secp256k1KeyAny(signer.publicKey)) };
  const low = secp256k1Sign(signer.privateKey, signBytes(SIGN_MODE.direct, tx, single));
  const s = BigInt(`0x${toHex(low.subarray(32))}`);
  const high = concatBytes(low.subarray(0, 32), fromHex((N - s).toString(16).padStart(64, "0")));
  const check = (signature: Uint8Array) =>
    verifySignature(tx, single, { kind: "single", mode: SIGN_MODE.direct, signature });
  expect(check(low)).toBeUndefined();
  expect(check(high)).toBe("unable to verify single signer signature");
});

test("nobody pays for a transaction and signs it as an auxiliary signer", () => {
  const { tx, data } = groupTx({ signed: [true, true, false] });
  const payer = { ...tx, authInfo: { ...tx.authInfo, fee: { ...tx.authInfo.fee!, payer: data.address } } };
  const aux = { kind: "single", mode: SIGN_MODE.directAux, signature: new Uint8Array(64) } as const;
  expect(verifySignature(payer, data, aux)).toMatch(/cannot sign with SIGN_MODE_DIRECT_AUX/);
});

/** A transaction of one message, and an amino signature over `signed`. */
function aminoSigned(typeUrl: string, value: Uint8Array, signed: (signer: SignerData) => Uint8Array) {
  const { address, publicKey, privateKey } = createTestSigner("a");
  const tx = decode(
    TxRaw.encode({
      bodyBytes: TxBody.encode(TxBody.fromPartial({ messages: [{ typeUrl, value }] })).finish(),
      authInfoBytes: AuthInfo.encode(AuthInfo.fromPartial({ fee: { amount: [], gasLimit: 100n } })).finish(),
      signatures: [],
    }).finish(),
  );
  const signer: SignerData = {
    chainId: "c-1",
    accountNumber: 3n,
    sequence: 7n,
    address: addresses.account.encode(address),
    publicKey: parsePublicKey(secp256k1KeyAny(publicKey)),
  };
  const signature = secp256k1Sign(privateKey, signed(signer));
  const data: SignatureData = { kind: "single", mode: SIGN_MODE.legacyAminoJson, signature };
  return verifySignature(tx, signer, data);
}

test("what has no amino form cannot be signed in amino, and is no fault of the program", () => {
  const forEver = { seconds: 9_223_372_036n, nanos: 854_775_807 };
  const value = MsgUpdateConsumer.encode(
    MsgUpdateConsumer.fromPartial({
      owner: addresses.account.encode(createTestSigner("a").address),
      infractionParameters: { doubleSign: { jailDuration: forEver, tombstone: true } },
    }),
  ).finish();
  expect(aminoSigned(MsgUpdateConsumer.typeUrl, value, () => new Uint8Array(32))).toContain(
    "have no amino form",
  );
});

test("a weight of gov v1 is signed as the text that it is", () => {
  const voter = addresses.account.encode(createTestSigner("a").address);
  const value = MsgVoteWeighted.encode({
    proposalId: 1n,
    voter,
    options: [{ option: VoteOption.VOTE_OPTION_YES, weight: "0.5" }],
    metadata: "",
  }).finish();
  // What x/tx 0.13.7 signs: without gogoproto's customtype the scalar says nothing.
  const document = (weight: string): Uint8Array =>
    utf8(
      `{"account_number":"3","chain_id":"c-1","fee":{"amount":[],"gas":"100"},"memo":"","msgs":[{"type":"cosmos-sdk/v1/MsgVoteWeighted","value":{"options":[{"option":1,"weight":"${weight}"}],"proposal_id":"1","voter":"${voter}"}}],"sequence":"7"}`,
    );
  expect(aminoSigned(MsgVoteWeighted.typeUrl, value, () => document("0.5"))).toBeUndefined();
  expect(aminoSigned(MsgVoteWeighted.typeUrl, value, () => document("0.500000000000000000"))).toContain(
    "unable to verify",
  );
});

test("a signature that was found good is good for the same signer only", () => {
  const [signer, other] = members as [TestSigner, TestSigner];
  const bytes = signTestTx({
    chainId: "c-1",
    messages: [],
    signers: [{ signer, accountNumber: 3n, sequence: 7n }],
  });
  const tx = decode(bytes);
  const data = tx.signerInfos[0]!.signature!;
  const publicKey = parsePublicKey(secp256k1KeyAny(signer.publicKey));
  const address = addresses.account.encode(signer.address);
  const good: SignerData = { chainId: "c-1", accountNumber: 3n, sequence: 7n, address, publicKey };
  expect(verifySignature(tx, good, data)).toBeUndefined();
  expect(verifySignature(tx, { ...good }, data)).toBeUndefined();
  const wrong = "unable to verify single signer signature";
  expect(verifySignature(tx, { ...good, chainId: "c-2" }, data)).toBe(wrong);
  expect(verifySignature(tx, { ...good, accountNumber: 4n }, data)).toBe(wrong);
  const otherKey = parsePublicKey(secp256k1KeyAny(other.publicKey));
  expect(verifySignature(tx, { ...good, publicKey: otherKey }, data)).toBe(wrong);
  const longer = { ...tx, bodyBytes: concatBytes(tx.bodyBytes, Uint8Array.of(0x12, 1, 0x61)) };
  expect(verifySignature(longer, good, data)).toBe(wrong);
  expect(verifySignature(tx, good, data)).toBeUndefined();
});
