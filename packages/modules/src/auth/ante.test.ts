/** The ante chain over real accounts and coins: which failure comes first, with which code and text. */
import { createSign, generateKeyPairSync } from "node:crypto";
import { defaultConsensusParams } from "@tandem-ics/comet";
import { fromBase64, toBase64, utf8 } from "@tandem-ics/crypto";
import {
  type Application,
  createAddressCodecs,
  createAnteHandler,
  createBaseApp,
  createTestSigner,
  Dec,
  moduleAddress,
  parsePublicKey,
  signTestTx,
  type TestSigner,
  type TestTxOptions,
} from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createBankModule } from "../bank/index.ts";
import { createConsensusModule } from "../consensus/index.ts";
import { createAuthModule } from "./index.ts";

const CHAIN = "ante-1";
const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(moduleAddress("gov"));
const [alice, bob] = ["alice", "bob"].map(createTestSigner) as [TestSigner, TestSigner];
const stranger = createTestSigner("stranger");
const text = ({ address }: { address: Uint8Array }): string => addresses.account.encode(address);

function running(
  minGasPrice?: Dec,
  change?: { chainId: string; genesis: { accounts: object[]; balances: object[] } },
): Application {
  const auth = createAuthModule({ addresses, authority, permissions: { fee_collector: [] } });
  const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [] });
  const consensus = createConsensusModule({ authority });
  const app = createBaseApp({
    name: "ante",
    version: "1",
    backend: createMemoryBackend(),
    modules: [auth.module, bank.module, consensus.module],
    addresses,
    consensusParams: consensus.keeper,
    ante: createAnteHandler({
      auth: auth.keeper,
      bank: bank.keeper,
      addresses,
      ...(minGasPrice === undefined ? {} : { minGasPrices: [{ denom: "stake", amount: minGasPrice }] }),
    }),
    checkInvariants: true,
  });
  const account = (signer: TestSigner) => ({
    "@type": "/cosmos.auth.v1beta1.BaseAccount",
    address: text(signer),
    pub_key: null,
    account_number: "0",
    sequence: "0",
  });
  const genesis = {
    auth: {
      ...auth.module.defaultGenesis!(),
      accounts: change?.genesis.accounts ?? [account(alice), account(bob)],
    },
    bank: {
      ...bank.module.defaultGenesis!(),
      balances:
        change?.genesis.balances ??
        [alice, bob].map((signer) => ({
          address: text(signer),
          coins: [{ denom: "stake", amount: "1000000" }],
        })),
    },
  };
  app.initChain({
    time: { seconds: 1000n, nanos: 0 },
    chainId: change?.chainId ?? CHAIN,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appStateBytes: utf8(JSON.stringify(genesis)),
    initialHeight: 1n,
  });
  block(app, 1n, []);
  return app;
}

function block(app: Application, height: bigint, txs: Uint8Array[]) {
  const { txResults } = app.finalizeBlock({
    txs,
    decidedLastCommit: { round: 0, votes: [] },
    misbehavior: [],
    hash: new Uint8Array(32),
    height,
    time: { seconds: 1000n + height, nanos: 0 },
    nextValidatorsHash: new Uint8Array(32),
    proposerAddress: new Uint8Array(20),
  });
  app.commit();
  return txResults;
}

const send = (from: TestSigner, amount = "1", to: TestSigner = bob) => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({
    fromAddress: text(from),
    toAddress: text(to),
    amount: [{ denom: "stake", amount }],
  }).finish(),
});

const signed = (changes: Partial<TestTxOptions> = {}): Uint8Array =>
  signTestTx({
    chainId: CHAIN,
    messages: [send(alice)],
    signers: [{ signer: alice, accountNumber: 0n, sequence: 0n }],
    fee: [{ denom: "stake", amount: 500n }],
    ...changes,
  });

/** Changes parts of a signed transaction without signing it again. */
function altered(
  bytes: Uint8Array,
  change: (parts: { body: TxBody; auth: AuthInfo; signatures: Uint8Array[] }) => void,
): Uint8Array {
  const raw = TxRaw.decode(bytes);
  const parts = {
    body: TxBody.decode(raw.bodyBytes),
    auth: AuthInfo.decode(raw.authInfoBytes),
    signatures: [...raw.signatures],
  };
  change(parts);
  return TxRaw.encode({
    bodyBytes: TxBody.encode(parts.body).finish(),
    authInfoBytes: AuthInfo.encode(parts.auth).finish(),
    signatures: parts.signatures,
  }).finish();
}

const as = (signer: TestSigner, accountNumber = 0n, sequence = 0n) => ({ signer, accountNumber, sequence });
const ed25519 = {
  typeUrl: Ed25519PubKey.typeUrl,
  value: Ed25519PubKey.encode({ key: new Uint8Array(32) }).finish(),
};

const CASES: [string, Uint8Array, number, string | RegExp][] = [
  ["no message", signed({ messages: [] }), 18, "must contain at least one message: invalid request"],
  [
    "a gas limit beyond 63 bits",
    signed({ gas: 2n ** 63n }),
    18,
    "invalid gas supplied; 9223372036854775808 > 9223372036854775807: invalid request",
  ],
  [
    "a negative fee",
    altered(signed(), ({ auth }) => {
      auth.fee!.amount[0]!.amount = "-5";
    }),
    13,
    "invalid fee provided: -5stake: insufficient fee",
  ],
  [
    "no fee at all",
    altered(signed(), ({ auth }) => {
      delete auth.fee;
    }),
    111222,
    "recovered: runtime error: invalid memory address or nil pointer dereference: panic",
  ],
  [
    "no signature",
    altered(signed(), ({ signatures }) => void signatures.pop()),
    15,
    "no signatures supplied",
  ],
  [
    "a signature too many",
    altered(signed(), ({ signatures }) => void signatures.push(new Uint8Array(64))),
    4,
    "wrong number of signers; expected 1, got 2: unauthorized",
  ],
  [
    "a signer info too many",
    altered(signed(), ({ auth }) => void auth.signerInfos.push(auth.signerInfos[0]!)),
    111222,
    "recovered: runtime error: index out of range [1] with length 1: panic",
  ],
  [
    "a deadline that is over",
    signed({ timeoutHeight: 1n }),
    30,
    "block height: 2, timeout height: 1: tx timeout height",
  ],
  [
    "a memo that is too long in bytes",
    signed({ memo: "é".repeat(129) }),
    12,
    "maximum number of characters is 256 but received 258 characters: memo too large",
  ],
  [
    "too little gas for its size",
    signed({ gas: 100n }),
    11,
    /^out of gas in location: ReadFlat; gasWanted: 100, gasUsed: \d+: out of gas$/,
  ],
  ["no gas", signed({ gas: 0n }), 11, /^out of gas in location: /],
  [
    "a fee nobody can pay",
    signed({ fee: [{ denom: "stake", amount: 2_000_000n }] }),
    5,
    "spendable balance 1000000stake is smaller than 2000000stake: insufficient funds: insufficient funds",
  ],
  [
    "a fee of no denomination",
    signed({ fee: [{ denom: "!", amount: 1n }] }),
    13,
    "invalid fee amount: 1!: insufficient fee",
  ],
  [
    "a payer that does not exist",
    signed({ messages: [send(stranger)], signers: [as(stranger)] }),
    9,
    `fee payer address: ${text(stranger)} does not exist: unknown address`,
  ],
  ["a granter", signed({ granter: text(bob) }), 18, "fee grants are not enabled: invalid request"],
  [
    "somebody else's key",
    signed({ signers: [as(bob)] }),
    8,
    `pubKey does not match signer address ${text(alice)} with signer index: 0: invalid pubkey`,
  ],
  [
    "an Ed25519 key",
    altered(signed(), ({ auth }) => {
      auth.signerInfos[0]!.publicKey = ed25519;
    }),
    8,
    /^pubKey does not match signer address/,
  ],
  [
    "no key that was ever seen",
    signed({ signers: [{ ...as(alice), withoutKey: true }] }),
    8,
    "unrecognized public key type: none: invalid pubkey",
  ],
  [
    "an old sequence",
    signed({ signers: [as(alice, 0n, 3n)] }),
    32,
    "account sequence mismatch, expected 0, got 3: incorrect account sequence",
  ],
  [
    "another account number",
    signed({ signers: [as(alice, 1n)] }),
    4,
    `signature verification failed; please verify account number (0) and chain-id (${CHAIN}): (unable to verify single signer signature): unauthorized`,
  ],
  [
    "another chain's signature",
    signed({ chainId: "other-1" }),
    4,
    /^signature verification failed; please verify account number \(0\)/,
  ],
  [
    "a changed body",
    altered(signed(), ({ body }) => {
      body.memo = "x";
    }),
    4,
    /^signature verification failed/,
  ],
  [
    "a changed fee",
    altered(signed(), ({ auth }) => {
      auth.fee!.amount[0]!.amount = "501";
    }),
    4,
    /^signature verification failed/,
  ],
  [
    "a key and signature of nobody's",
    altered(signed(), ({ signatures }) => {
      signatures[0] = new Uint8Array(64);
    }),
    4,
    /^signature verification failed/,
  ],
];

describe.each(CASES)("a transaction with %s", (_, bytes, code, log) => {
  test("is refused by the mempool and fails in a block, alike, and costs nothing", () => {
    const app = running();
    const deadline = code === 30;
    if (deadline) block(app, 2n, []);
    const checked = app.checkTx({ tx: bytes, type: 0 });
    const [delivered] = block(app, deadline ? 3n : 2n, [bytes]);
    for (const result of deadline ? [checked] : [checked, delivered!]) {
      // Go panics for some, which is codespace "undefined", as for errors that no module registered
      const codespace = code === 111222 || code === 1 ? "undefined" : "sdk";
      expect({ codespace: result.codespace, code: result.code }).toEqual({ codespace, code });
      if (log instanceof RegExp) expect(result.log).toMatch(log);
      else expect(result.log).toBe(log);
      expect(result.events).toEqual([]);
    }
    const state = app.exportGenesis()["app_state"] as { bank: { balances: { coins: object[] }[] } };
    expect(state.bank.balances.map(({ coins }) => coins)).toEqual(
      Array(2).fill([{ denom: "stake", amount: "1000000" }]),
    );
    expect(app.checkTx({ tx: signed(), type: 0 }).code).toBe(0);
  });
});

test("more than seven keys are too many", () => {
  const app = running();
  const many = Array.from({ length: 8 }, (_, i) => createTestSigner(`signer ${i}`));
  const fund = many.map((signer) => send(alice, "10", signer));
  expect(block(app, 2n, [signed({ messages: fund, gas: 2_000_000n })])[0]!.code).toBe(0);
  const signers = many.map((signer, i) => as(signer, BigInt(3 + i)));
  const bytes = signed({
    messages: many.map((signer) => send(signer)),
    signers,
    fee: [{ denom: "stake", amount: 1n }],
    gas: 2_000_000n,
  });
  expect(app.checkTx({ tx: bytes, type: 0 })).toMatchObject({
    code: 14,
    log: "signatures: 8, limit: 7: maximum number of signatures exceeded",
  });
});

test("a fee below the node's price stays out of the mempool, but is good in a block", () => {
  const app = running(Dec.parse("0.0025"));
  const price = (amount: bigint) => signed({ fee: [{ denom: "stake", amount }], gas: 199_999n });
  expect(app.checkTx({ tx: price(499n), type: 0 })).toMatchObject({
    code: 13,
    log: "insufficient fees; got: 499stake required: 500stake: insufficient fee",
  });
  expect(app.checkTx({ tx: price(500n), type: 0 }).code).toBe(0);
  expect(block(app, 2n, [price(499n)])[0]!.code).toBe(0);
});

test("a bank send tells what a Go chain tells, in the same order, and takes about as much gas", () => {
  const app = running();
  const bytes = signed();
  const [result] = block(app, 2n, [bytes]);
  const [a, b, f] = [text(alice), text(bob), addresses.account.encode(moduleAddress("fee_collector"))];
  expect(
    result!.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]),
  ).toEqual([
    ["coin_spent", `spender=${a}`, "amount=500stake"],
    ["coin_received", `receiver=${f}`, "amount=500stake"],
    ["transfer", `recipient=${f}`, `sender=${a}`, "amount=500stake"],
    ["message", `sender=${a}`],
    ["tx", "fee=500stake", `fee_payer=${a}`],
    ["tx", `acc_seq=${a}/0`],
    ["tx", `signature=${toBase64(TxRaw.decode(bytes).signatures[0]!)}`],
    ["message", `action=${MsgSend.typeUrl}`, `sender=${a}`, "module=bank", "msg_index=0"],
    ["coin_spent", `spender=${a}`, "amount=1stake", "msg_index=0"],
    ["coin_received", `receiver=${b}`, "amount=1stake", "msg_index=0"],
    ["transfer", `recipient=${b}`, `sender=${a}`, "amount=1stake", "msg_index=0"],
    ["message", `sender=${a}`, "msg_index=0"],
  ]);
  expect(result).toMatchObject({ code: 0, log: "", info: "", codespace: "", gasWanted: 200_000n });
  expect(result!.gasUsed).toBeGreaterThan(40_000n);
  expect(result!.gasUsed).toBeLessThan(99_000n);
});

test("a send recorded on a Go provider (interchain-security v7.0.1) has the same result, events and gas here", () => {
  const [from, to] = [
    "cosmos1avgyh77ycn997ja45q5q8ss8y9mr424jq6zn4p",
    "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4",
  ];
  const bytes = fromBase64(
    "Co0BCooBChwvY29zbW9zLmJhbmsudjFiZXRhMS5Nc2dTZW5kEmoKLWNvc21vczFhdmd5aDc3eWNuOTk3amE0NXE1cThzczh5OW1yNDI0anE2em40" +
      "cBItY29zbW9zMTlybDRjbTJobXI4YWZ5NGtsZHB4ejNma2E0amd1cTBhdXFkYWw0GgoKBXN0YWtlEgE1ElgKUApGCh8vY29zbW9zLmNyeXB0by5z" +
      "ZWNwMjU2azEuUHViS2V5EiMKIQNRDGnmJgQ+2ik8zTrs9JpWipqrYhc+d1QP44WkVOYVExIECgIIARgKEgQQwIQ9GkBCuadEiVTpbLmugm9hOsJx" +
      "CAIw29N18TCXStljl64WGikF4kzTtrPEO6Rcv5Xm8GHN/owzcxD4gjADsSFTCkMu",
  );
  const account = (
    address: string,
    account_number: string,
    rest: object = { pub_key: null, sequence: "0" },
  ) => ({
    "@type": "/cosmos.auth.v1beta1.BaseAccount",
    address,
    account_number,
    ...rest,
  });
  const key = {
    pub_key: {
      "@type": "/cosmos.crypto.secp256k1.PubKey",
      key: "A1EMaeYmBD7aKTzNOuz0mlaKmqtiFz53VA/jhaRU5hUT",
    },
    sequence: "10",
  };
  const app = running(undefined, {
    chainId: "provider",
    genesis: {
      accounts: [account(text(alice), "0"), account(to, "3"), account(from, "4", key)],
      balances: [
        { address: from, coins: [{ denom: "stake", amount: "998000000000" }] },
        { address: to, coins: [{ denom: "stake", amount: "1000000000000" }] },
      ],
    },
  });
  const [result] = block(app, 2n, [bytes]);
  expect({ ...result, data: toBase64(result!.data), events: [] }).toEqual({
    code: 0,
    codespace: "",
    data: "EiYKJC9jb3Ntb3MuYmFuay52MWJldGExLk1zZ1NlbmRSZXNwb25zZQ==",
    events: [],
    gasUsed: 47_832n,
    gasWanted: 1_000_000n,
    info: "",
    log: "",
  });
  expect(
    result!.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]),
  ).toEqual([
    ["tx", "fee=", `fee_payer=${from}`],
    ["tx", `acc_seq=${from}/10`],
    [
      "tx",
      "signature=QrmnRIlU6Wy5roJvYTrCcQgCMNvTdfEwl0rZY5euFhopBeJM07azxDukXL+V5vBhzf6MM3MQ+IIwA7EhUwpDLg==",
    ],
    ["message", "action=/cosmos.bank.v1beta1.MsgSend", `sender=${from}`, "module=bank", "msg_index=0"],
    ["coin_spent", `spender=${from}`, "amount=5stake", "msg_index=0"],
    ["coin_received", `receiver=${to}`, "amount=5stake", "msg_index=0"],
    ["transfer", `recipient=${to}`, `sender=${from}`, "amount=5stake", "msg_index=0"],
    ["message", `sender=${from}`, "msg_index=0"],
  ]);
});

test("a known key may be left out, several signers sign together, and another may pay", () => {
  const app = running();
  expect(block(app, 2n, [signed()])[0]!.code).toBe(0);
  const without = { ...as(alice, 0n, 1n), withoutKey: true };
  expect(block(app, 3n, [signed({ signers: [without] })])[0]!.code).toBe(0);
  const both = signed({
    messages: [send(alice, "1", stranger), send(bob, "1", stranger)],
    signers: [as(alice, 0n, 2n), as(bob, 1n)],
    gas: 400_000n,
  });
  expect(block(app, 4n, [both])[0]).toMatchObject({ code: 0, log: "" });
  const payed = signed({ signers: [as(alice, 0n, 3n), as(bob, 1n, 1n)], payer: text(bob) });
  const [result] = block(app, 5n, [payed]);
  expect(result).toMatchObject({ code: 0, log: "" });
  expect(result!.events[4]!.attributes.map(({ value }) => value)).toEqual(["500stake", text(bob)]);
  expect(app.checkTx({ tx: signed({ signers: [as(alice, 0n, 4n)], payer: text(bob) }), type: 0 }).code).toBe(
    4,
  );
});

test("the fee is gone and the sequence used even if the messages fail, and the same bytes never run again", () => {
  const app = running();
  const bytes = signed({ messages: [send(alice, "1000000")] });
  const results = block(app, 2n, [bytes, bytes]);
  expect(results.map(({ code }) => code)).toEqual([5, 32]);
  expect(results[0]!.log).toBe(
    "failed to execute message; message index: 0: spendable balance 999500stake is smaller than 1000000stake: insufficient funds",
  );
  const state = app.exportGenesis()["app_state"] as {
    auth: { accounts: { address?: string; sequence?: string }[] };
  };
  expect(state.auth.accounts.find(({ address }) => address === text(alice))?.sequence).toBe("1");
});

test("the same transactions give the same state on every node, whatever was checked before", () => {
  const run = (checks: boolean): Uint8Array => {
    const app = running();
    const txs = [signed(), signed({ signers: [as(alice, 0n, 1n)], memo: "two" }), signed({ memo: "stale" })];
    if (checks) for (const tx of txs.toReversed()) app.checkTx({ tx, type: 0 });
    block(app, 2n, txs);
    return app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockAppHash;
  };
  expect(run(true)).toEqual(run(false));
});

describe("an account with a secp256r1 key", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  const [xBytes, yBytes] = [x!, y!].map((part) => Buffer.from(part, "base64url")) as [Buffer, Buffer];
  const key = Uint8Array.of(2 + (yBytes.at(-1)! & 1), ...xBytes);
  const any = { typeUrl: "/cosmos.crypto.secp256r1.PubKey", value: Uint8Array.of(10, key.length, ...key) };
  const owner = { address: parsePublicKey(any).address };
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

  /** Signed by OpenSSL, with the lower or the higher of the two forms of a signature. */
  function transaction(form: "low" | "high"): Uint8Array {
    const parts = {
      bodyBytes: TxBody.encode(
        TxBody.fromPartial({
          messages: [
            {
              typeUrl: MsgSend.typeUrl,
              value: MsgSend.encode({
                fromAddress: text(owner),
                toAddress: text(bob),
                amount: [{ denom: "stake", amount: "1" }],
              }).finish(),
            },
          ],
        }),
      ).finish(),
      authInfoBytes: AuthInfo.encode(
        AuthInfo.fromPartial({
          signerInfos: [{ publicKey: any, modeInfo: { single: { mode: 1 } }, sequence: 0n }],
          fee: { amount: [], gasLimit: 200_000n },
        }),
      ).finish(),
    };
    const document = SignDoc.encode({ ...parts, chainId: CHAIN, accountNumber: 0n }).finish();
    const signed = createSign("sha256").update(document).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
    const s = BigInt(`0x${signed.subarray(32).toString("hex")}`);
    const wanted = s <= order / 2n === (form === "low") ? s : order - s;
    const signature = Buffer.concat([
      signed.subarray(0, 32),
      Buffer.from(wanted.toString(16).padStart(64, "0"), "hex"),
    ]);
    return TxRaw.encode({ ...parts, signatures: [signature] }).finish();
  }

  test.each([
    ["low", 0, ""],
    ["high", 4, "signature verification failed"],
  ] as const)("pays with a signature of %s S: code %s", (form, code, log) => {
    const app = running(undefined, {
      chainId: CHAIN,
      genesis: {
        accounts: [
          {
            "@type": "/cosmos.auth.v1beta1.BaseAccount",
            address: text(owner),
            pub_key: null,
            account_number: "0",
            sequence: "0",
          },
        ],
        balances: [{ address: text(owner), coins: [{ denom: "stake", amount: "5" }] }],
      },
    });
    const [result] = block(app, 2n, [transaction(form)]);
    expect(result!.code).toBe(code);
    expect(result!.log).toContain(log);
  });
});
