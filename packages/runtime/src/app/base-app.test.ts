import { defaultConsensusParams, ed25519Key, txProtoSize } from "@tandem-ics/comet";
import { equalBytes, fromUtf8, toHex, utf8 } from "@tandem-ics/crypto";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import { QueryBalanceRequest, QueryBalanceResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { MsgSend, MsgSendResponse } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { Pairs } from "cosmjs-types/cosmos/store/internal/kv/v1beta1/kv";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { RequestFinalizeBlock, ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { createAddressCodecs } from "../address.ts";
import { createAnteHandler } from "../ante/ante.ts";
import type { Application } from "../application.ts";
import { bytesKey, item, map, proto, textKey, textValue } from "../collections.ts";
import type { Context } from "../context.ts";
import { defineErrors, InvariantError } from "../errors.ts";
import { GRPC, GrpcError } from "../grpc-error.ts";
import { type AppModule, message, query } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { createTestSigner, signTestTx, type TestTxOptions } from "../testing.ts";
import { createBaseApp } from "./base-app.ts";
import type { BaseAppOptions } from "./options.ts";

const CHAIN = "toy-1";
const addresses = createAddressCodecs("cosmos");
const alice = createTestSigner("alice");
const bob = createTestSigner("bob");
const toyErrors = defineErrors("toy", { refused: [7, "refused by the toy"] });

const notes = map("toy", "n", textKey, textValue);
const fees = item("toy", "fees", textValue);
const sequences = map("acc", "s", bytesKey, textValue);

/** Handles MsgSend: the denomination says what to do, the receiver under which key a note is written. */
const toy: AppModule = {
  name: "toy",
  stores: { toy: "iavl", acc: "iavl", transient_toy: "transient" },
  messages: [
    message({
      typeUrl: MsgSend.typeUrl,
      request: MsgSend,
      response: MsgSendResponse,
      validate({ amount }) {
        if (amount[0]?.denom === "malformed") throw toyErrors.refused("before the ante chain");
      },
      handle(ctx, sent) {
        const { denom } = sent.amount[0]!;
        const key = sent.toAddress;
        if (denom === "spoil") sent.toAddress = `${key}!`;
        notes.set(ctx, key, "written");
        ctx.emit("noted", { key });
        act(ctx, denom);
        return {};
      },
    }),
  ],
  queries: [
    query({
      path: "/toy.Query/Note",
      request: QueryBalanceRequest,
      response: QueryBalanceResponse,
      handle(ctx, { denom }) {
        if (denom === "refuse") throw toyErrors.refused("asked to");
        if (denom === "crash") throw new TypeError("no such thing");
        if (denom === "deny") throw new GrpcError(GRPC.unauthenticated, "who are you");
        if (denom === "bad") throw new GrpcError(GRPC.invalidArgument, "not so");
        const note = notes.get(ctx, denom);
        if (note === undefined) throw new GrpcError(GRPC.notFound, `note ${denom} not found`);
        return { balance: { denom: note, amount: ctx.timeNs.toString() } };
      },
    }),
  ],
  preBlock(ctx) {
    ctx.emit("pre", {});
    return undefined;
  },
  beginBlock(ctx) {
    ctx.emit("begin", { height: ctx.height.toString() });
    ctx.kv("transient_toy").set(utf8("x"), utf8("y"));
    if (notes.has(ctx, "halt")) throw new TypeError("begin block cannot go on");
  },
  endBlock(ctx) {
    ctx.emit("end", {});
    return notes.has(ctx, "rotate") ? [{ pubKey: ed25519Key(new Uint8Array(32)), power: 5n }] : [];
  },
  initGenesis(ctx, state) {
    for (const [key, value] of Object.entries(state)) notes.set(ctx, key, value as string);
    return undefined;
  },
  exportGenesis: (ctx) => Object.fromEntries(notes.entries(ctx)),
  invariants: { "no-lies": (ctx) => (notes.get(ctx, "lie") === "written" ? "a lie was written" : undefined) },
};

function act(ctx: Context, how: string): void {
  switch (how) {
    case "refuse":
      throw toyErrors.refused("asked to");
    case "crash":
      throw new TypeError("undefined is not a function");
    case "corrupt":
      throw new InvariantError("the books do not balance");
    case "burngas":
      ctx.gas.consume(10_000_000n, "waste");
      break;
    case "swallow": {
      const { ctx: inner, commit } = ctx.branch();
      notes.set(inner, "inner", "written");
      inner.emit("inner", {});
      // refused inside: its writes and its events go together
      if (notes.has(ctx, "keep")) commit();
      break;
    }
    case "named":
      ctx.emit("message", { module: "named-by-handler" });
  }
}

const params = item("toy", "params", proto<ConsensusParams>(ConsensusParams));

function open(
  backend: Backend,
  options: Pick<BaseAppOptions, "checkInvariants" | "duringBlock"> = {},
): Application {
  const auth = {
    getParams: () => ({
      maxMemoCharacters: 256n,
      txSigLimit: 7n,
      txSizeCostPerByte: 10n,
      sigVerifyCostEd25519: 590n,
      sigVerifyCostSecp256k1: 1000n,
    }),
    getAccount: (ctx: Context, address: Uint8Array) => ({
      address,
      pubKey: undefined,
      accountNumber: 0n,
      sequence: BigInt(sequences.get(ctx, address) ?? "0"),
    }),
    setAccount: (ctx: Context, account: { address: Uint8Array; sequence: bigint }) =>
      sequences.set(ctx, account.address, account.sequence.toString()),
  };
  // The toy stores no keys: the one in the transaction counts.
  const keyed = {
    ...auth,
    getAccount: (ctx: Context, address: Uint8Array) => ({
      ...auth.getAccount(ctx, address),
      pubKey: {
        typeUrl: "/cosmos.crypto.secp256k1.PubKey",
        value: Uint8Array.of(10, 33, ...(equalBytes(address, alice.address) ? alice : bob).publicKey),
      },
    }),
  };
  const bank = {
    sendFromAccountToModule(ctx: Context, from: Uint8Array): void {
      if (equalBytes(from, bob.address)) throw sdkErrors.insufficientFunds("bob is poor");
      fees.set(ctx, `${fees.get(ctx) ?? ""}paid `);
      ctx.emit("fee", {});
    },
  };
  return createBaseApp({
    name: "toy",
    version: "1.2.3",
    backend,
    modules: [toy],
    addresses,
    ante: createAnteHandler({ auth: keyed, bank, addresses }),
    consensusParams: { get: params.get, set: params.set },
    ...options,
  });
}

const start = (app: Application, state: object = {}, changes: object = {}) =>
  app.initChain({
    time: { seconds: 1000n, nanos: 5 },
    chainId: CHAIN,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appStateBytes: utf8(JSON.stringify(state)),
    initialHeight: 1n,
    ...changes,
  });

const requestOf = (height: bigint, txs: Uint8Array[] = []): RequestFinalizeBlock => ({
  txs,
  decidedLastCommit: { round: 0, votes: [] },
  misbehavior: [],
  hash: new Uint8Array(32).fill(9),
  height,
  time: { seconds: 1000n + height, nanos: 7 },
  nextValidatorsHash: new Uint8Array(32),
  proposerAddress: new Uint8Array(20).fill(3),
});

const finalize = (app: Application, height: bigint, txs: Uint8Array[] = []): ResponseFinalizeBlock =>
  app.finalizeBlock(requestOf(height, txs));

function block(app: Application, height: bigint, txs: Uint8Array[] = []): ResponseFinalizeBlock {
  const response = finalize(app, height, txs);
  app.commit();
  return response;
}

const send = (denom: string, key: string, from = alice) => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({
    fromAddress: addresses.account.encode(from.address),
    toAddress: key,
    amount: [{ denom, amount: "1" }],
  }).finish(),
});

const tx = (sequence: bigint, messages: TestTxOptions["messages"], changes: Partial<TestTxOptions> = {}) =>
  signTestTx({
    chainId: CHAIN,
    messages,
    signers: [{ signer: alice, accountNumber: 0n, sequence }],
    fee: [{ denom: "coin", amount: 1n }],
    ...changes,
  });

function running(state: object = {}, options: Parameters<typeof open>[1] = {}) {
  const backend = createMemoryBackend();
  const app = open(backend, options);
  start(app, state);
  block(app, 1n);
  return { app, backend };
}

const ask = (
  app: Application,
  path: string,
  data: Uint8Array = new Uint8Array(),
  height = 0n,
  prove = false,
) => app.query({ path, data, height, prove });

const note = (denom: string) => QueryBalanceRequest.encode({ address: "", denom }).finish();

describe("a block", () => {
  test("writes of a failed message vanish, what the ante chain wrote and told stays", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [
      tx(0n, [send("write", "a"), send("refuse", "b")]),
      tx(1n, [send("write", "c")]),
    ]);
    expect(txResults[0]).toMatchObject({
      code: 7,
      codespace: "toy",
      log: "failed to execute message; message index: 1: asked to: refused by the toy",
      data: new Uint8Array(),
    });
    expect(txResults[0]!.events.map(({ type }) => type)).toEqual(["fee", "tx", "tx", "tx"]);
    expect(txResults[1]!.code).toBe(0);
    expect((app.exportGenesis()["app_state"] as { toy: object }).toy).toEqual({ c: "written" });
    expect(fromUtf8(ask(app, "/store/toy/key", utf8("fees")).value)).toBe("paid paid ");
  });

  test("nothing of a transaction stays that fails in the ante chain", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [
      tx(0n, [send("write", "a")], { memo: "x".repeat(257) }),
      tx(5n, [send("write", "b")]),
    ]);
    expect(txResults.map(({ code }) => code)).toEqual([12, 32]);
    expect(txResults.map(({ events }) => events)).toEqual([[], []]);
    expect(ask(app, "/store/toy/key", utf8("fees")).value).toEqual(new Uint8Array());
  });

  test("events come in order, with message index, action, sender and module", () => {
    const { app } = running();
    const { txResults, events } = block(app, 2n, [tx(0n, [send("write", "a"), send("named", "b")])]);
    const plain = txResults[0]!.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]);
    const sender = `sender=${addresses.account.encode(alice.address)}`;
    expect(plain.slice(4)).toEqual([
      ["message", `action=${MsgSend.typeUrl}`, sender, "module=bank", "msg_index=0"],
      ["noted", "key=a", "msg_index=0"],
      ["message", `action=${MsgSend.typeUrl}`, sender, "msg_index=1"],
      ["noted", "key=b", "msg_index=1"],
      ["message", "module=named-by-handler", "msg_index=1"],
    ]);
    expect(plain.slice(0, 4).map(([type]) => type)).toEqual(["fee", "tx", "tx", "tx"]);
    expect(plain[2]).toEqual(["tx", `acc_seq=${addresses.account.encode(alice.address)}/0`]);
    expect(
      plain
        .slice(0, 4)
        .flat()
        .some((text) => text!.startsWith("msg_index")),
    ).toBe(false);
    expect(
      events.map(({ type, attributes }) => [type, ...attributes.map(({ key, value }) => `${key}=${value}`)]),
    ).toEqual([["pre"], ["begin", "height=2", "mode=BeginBlock"], ["end", "mode=EndBlock"]]);
    expect(txResults[0]!.events.every(({ attributes }) => attributes.every(({ index }) => index))).toBe(true);
    expect(TxMsgData.decode(txResults[0]!.data).msgResponses.map(({ typeUrl }) => typeUrl)).toEqual([
      "/cosmos.bank.v1beta1.MsgSendResponse",
      "/cosmos.bank.v1beta1.MsgSendResponse",
    ]);
  });

  test("events never outlive the state that they tell of (security 27)", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [
      tx(0n, [send("swallow", "a")]),
      tx(1n, [send("write", "keep")]),
      tx(2n, [send("swallow", "b")]),
    ]);
    const told = txResults.map(({ events }) => events.some(({ type }) => type === "inner"));
    expect(told).toEqual([false, false, true]);
    expect((app.exportGenesis()["app_state"] as { toy: object }).toy).toHaveProperty("inner");
  });

  test("running out of gas is sdk/11, costs the fee, and is no refusal that a handler could catch", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [tx(0n, [send("burngas", "a")])]);
    expect(txResults[0]).toMatchObject({ code: 11, codespace: "sdk", gasWanted: 200_000n });
    expect(txResults[0]!.gasUsed).toBeGreaterThan(10_000_000n);
    expect(txResults[0]!.log).toBe(
      `out of gas in location: waste; gasWanted: 200000, gasUsed: ${txResults[0]!.gasUsed}: out of gas`,
    );
    expect((app.exportGenesis()["app_state"] as { toy: object }).toy).toEqual({});
  });

  test("a crash of a handler is a failed transaction, without a stack trace", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [tx(0n, [send("crash", "a")])]);
    expect(txResults[0]).toMatchObject({ code: 111222, codespace: "undefined" });
    expect(txResults[0]!.log).toBe("recovered: undefined is not a function: panic");
  });

  test("a broken invariant stops the chain for good", () => {
    const { app } = running();
    expect(() => finalize(app, 2n, [tx(0n, [send("corrupt", "a")])])).toThrow("the books do not balance");
    expect(() => finalize(app, 2n)).toThrow("halted");
    expect(() => app.commit()).toThrow("halted");
    expect(app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight).toBe(
      1n,
    );
  });

  test("an error in begin block stops the chain", () => {
    const { app } = running();
    block(app, 2n, [tx(0n, [send("write", "halt")])]);
    expect(() => finalize(app, 3n)).toThrow("begin block cannot go on");
  });

  test("invariants are evaluated after each block where that is switched on", () => {
    const quiet = running().app;
    block(quiet, 2n, [tx(0n, [send("write", "lie")])]);
    expect(quiet.invariants()).toEqual(["toy/no-lies: a lie was written"]);
    const strict = running({}, { checkInvariants: true }).app;
    expect(() => finalize(strict, 2n, [tx(0n, [send("write", "lie")])])).toThrow("toy/no-lies");
  });

  test("undecodable bytes in a block are a result like any other", () => {
    const { app } = running();
    const { txResults } = block(app, 2n, [utf8("junk"), tx(0n, [send("write", "a")])]);
    expect(txResults[0]).toMatchObject({
      code: 2,
      codespace: "sdk",
      log: "tx parse error",
      gasWanted: 0n,
      gasUsed: 0n,
    });
    expect(txResults[1]!.code).toBe(0);
  });

  test("block gas ends a block's transactions", () => {
    const backend = createMemoryBackend();
    const app = open(backend);
    const limits = { ...defaultConsensusParams(), block: { maxBytes: 1_000_000n, maxGas: 25_000n } };
    start(app, {}, { consensusParams: limits });
    block(app, 1n);
    const small = (sequence: bigint, key: string) => tx(sequence, [send("write", key)], { gas: 24_000n });
    const { txResults } = block(app, 2n, [
      small(0n, "a"),
      small(1n, "b"),
      small(2n, "c"),
      tx(1n, [send("write", "d")], { gas: 30_000n }),
    ]);
    expect(txResults.map(({ code, codespace }) => [codespace, code])).toEqual([
      ["", 0],
      ["sdk", 11],
      ["sdk", 11],
      ["sdk", 11],
    ]);
    expect(txResults[1]!.log).toMatch(/^out of gas in location: block gas meter; gasWanted: 24000/);
    expect(txResults[2]!.log).toBe("no block gas left to run tx: out of gas");
    expect((app.exportGenesis()["app_state"] as { toy: object }).toy).toEqual({ a: "written" });
    expect(app.checkTx({ tx: tx(2n, [send("write", "e")], { gas: 30_000n }), type: 0 })).toMatchObject({
      code: 41,
    });
  });

  test("a refused transaction that takes the last of the block's gas is told that", () => {
    const app = open(createMemoryBackend());
    const limits = { ...defaultConsensusParams(), block: { maxBytes: 1_000_000n, maxGas: 500n } };
    start(app, {}, { consensusParams: limits });
    const { txResults } = block(app, 1n, [tx(0n, [send("malformed", "a")], { gas: 400n })]);
    expect(txResults[0]).toMatchObject({ codespace: "sdk", code: 11 });
    expect(txResults[0]!.log).toMatch(
      /^out of gas in location: block gas meter; gasWanted: 0, gasUsed: 1\d{3}/,
    );
  });

  test("the same blocks give the same app hashes, also after a crash between execution and commit", () => {
    const run = (crash: boolean): string[] => {
      const backend = createMemoryBackend();
      let app = open(backend);
      start(app, { seed: "written" });
      const hashes = [toHex(block(app, 1n).appHash)];
      for (let h = 2n; h < 6n; h++) {
        const txs = [tx(h - 2n, [send("write", `${h}`)])];
        if (crash) {
          finalize(app, h, txs);
          app = open(backend);
        }
        hashes.push(toHex(block(app, h, txs).appHash));
        if (crash) app = open(backend);
      }
      expect(
        toHex(app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockAppHash),
      ).toBe(hashes.at(-1));
      return hashes;
    };
    const hashes = run(false);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(run(true)).toEqual(hashes);
  });

  test("heights are consecutive", () => {
    const { app } = running();
    expect(() => finalize(app, 3n)).toThrow("invalid height: 3; expected: 2");
  });

  test("a second execution of a block that waits for its commit is refused", () => {
    const { app } = running();
    finalize(app, 2n);
    expect(() => finalize(app, 2n)).toThrow("already executed");
  });

  test("validator updates and the consensus params are reported", () => {
    const { app } = running();
    expect(block(app, 2n, [tx(0n, [send("write", "rotate")])]).validatorUpdates).toMatchObject([
      { power: 5n },
    ]);
    expect(block(app, 3n).consensusParamUpdates?.block?.maxBytes).toBe(22_020_096n);
  });
});

describe("genesis", () => {
  test("is saved together with the first block, as one version", () => {
    const backend = createMemoryBackend();
    const app = open(backend);
    const response = start(app, { g: "genesis" });
    expect(toHex(response.appHash)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight).toBe(
      0n,
    );
    expect(ask(app, "/toy.Query/Note", note("g"))).toMatchObject({ code: 26, codespace: "sdk" });
    expect(ask(app, "/toy.Query/Note", note("g")).log).toBe(
      "toy is not ready; please wait for first block: invalid height",
    );
    // whoever dies before the first commit starts with genesis again
    const again = open(backend);
    start(again, { toy: { g: "genesis" } });
    block(again, 1n);
    expect(ask(again, "/toy.Query/Note", note("g"), 1n)).toMatchObject({ code: 0, height: 1n });
  });

  test("starts at the initial height", () => {
    const backend = createMemoryBackend();
    const app = open(backend);
    start(app, {}, { initialHeight: 50n });
    expect(() => finalize(open(backend), 50n)).toThrow();
    block(app, 50n);
    block(app, 51n);
    expect(
      open(backend).info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight,
    ).toBe(51n);
    expect(ask(app, "/toy.Query/Note", note("g"), 49n)).toMatchObject({ code: 18 });
  });

  test("sections of modules that are not there come back unchanged, outside the app hash", () => {
    const foreign = {
      wasm: { codes: [{ id: "18446744073709551615", size: 7 }], text: "é\u2028" },
      empty: {},
    };
    const one = open(createMemoryBackend());
    start(one, { toy: { g: "genesis" }, ...foreign });
    const two = open(createMemoryBackend());
    start(two, { toy: { g: "genesis" } });
    expect(toHex(block(one, 1n).appHash)).toBe(toHex(block(two, 1n).appHash));
    expect(one.exportGenesis()["app_state"]).toEqual({
      toy: { g: "genesis" },
      wasm: { codes: [{ id: "18446744073709551615", size: 7n }], text: "é\u2028" },
      empty: {},
    });
    expect(two.exportGenesis()["app_state"]).toEqual({ toy: { g: "genesis" } });
  });

  test("JSON with a repeated key is refused (security 29)", () => {
    const app = open(createMemoryBackend());
    expect(() => start(app, {}, { appStateBytes: utf8('{"toy":{"a":"1","a":"2"}}') })).toThrow(
      "duplicate key",
    );
  });

  test("is exported at any height", () => {
    const { app } = running({ toy: { g: "genesis" } });
    block(app, 2n, [tx(0n, [send("write", "a")])]);
    expect(app.exportGenesis(1n)).toMatchObject({ app_state: { toy: { g: "genesis" } }, height: "1" });
    expect(app.exportGenesis()).toMatchObject({
      app_state: { toy: { a: "written", g: "genesis" } },
      height: "2",
    });
    expect(app.exportGenesis()["consensus_params"]).toMatchObject({ block: { max_bytes: "22020096" } });
  });

  test("validators of the engine must be those that the modules made", () => {
    const app = open(createMemoryBackend());
    const validators = [{ pubKey: ed25519Key(new Uint8Array(32)), power: 1n }];
    expect(() => start(app, {}, { validators })).toThrow("GenesisValidators");
  });
});

describe("the mempool's state", () => {
  test("sees earlier transactions and forgets them at commit", () => {
    const { app } = running();
    const first = tx(0n, [send("write", "a")]);
    const second = tx(1n, [send("write", "b")]);
    expect(app.checkTx({ tx: second, type: 0 })).toMatchObject({ code: 32 });
    expect(app.checkTx({ tx: first, type: 0 })).toMatchObject({ code: 0, gasWanted: 200_000n, events: [] });
    expect(app.checkTx({ tx: second, type: 0 })).toMatchObject({ code: 0 });
    block(app, 2n);
    expect(app.checkTx({ tx: second, type: 1 })).toMatchObject({ code: 32 });
    expect(app.checkTx({ tx: first, type: 1 })).toMatchObject({ code: 0 });
    block(app, 3n, [first]);
    expect(app.checkTx({ tx: first, type: 1 })).toMatchObject({
      code: 32,
      log: "account sequence mismatch, expected 1, got 0: incorrect account sequence",
    });
  });

  test("is not changed by a transaction that fails", () => {
    const { app } = running();
    expect(app.checkTx({ tx: tx(0n, [send("write", "a")], { memo: "x".repeat(300) }), type: 0 }).code).toBe(
      12,
    );
    expect(app.checkTx({ tx: tx(0n, [send("write", "a")]), type: 0 }).code).toBe(0);
  });

  test("accepts transactions before the first block", () => {
    const app = open(createMemoryBackend());
    expect(app.checkTx({ tx: tx(0n, [send("write", "a")]), type: 0 }).code).toBe(26);
    start(app);
    expect(app.checkTx({ tx: tx(0n, [send("write", "a")]), type: 0 }).code).toBe(0);
  });

  test("messages are checked for form, and for a handler, before anybody pays", () => {
    const { app } = running();
    const orphan = { typeUrl: "/cosmos.gov.v1.MsgVote", value: new Uint8Array() };
    const check = (messages: TestTxOptions["messages"]) => app.checkTx({ tx: tx(0n, messages), type: 0 });
    expect(check([])).toMatchObject({ code: 18, log: "must contain at least one message: invalid request" });
    // What the SDK has used by then is the reading of the consensus parameters.
    const malformed = check([send("malformed", "a")]);
    expect(malformed).toMatchObject({ code: 7, codespace: "toy", gasWanted: 0n });
    expect(malformed.gasUsed).toBeGreaterThan(1000n);
    const [included] = block(app, 2n, [tx(0n, [send("malformed", "a")])]).txResults;
    expect([included!.code, included!.gasUsed]).toEqual([7, malformed.gasUsed]);
    const voter = addresses.account.encode(alice.address);
    const vote = { ...orphan, value: Uint8Array.of(0x12, voter.length, ...utf8(voter)) };
    expect(check([vote])).toMatchObject({ code: 6, codespace: "sdk" });
    expect(check([{ typeUrl: "/no.such.Type", value: new Uint8Array() }])).toMatchObject({ code: 2 });
    expect(app.checkTx({ tx: utf8("junk"), type: 0 })).toMatchObject({ code: 2, codespace: "sdk" });
  });
});

describe("proposals", () => {
  test("take transactions in order up to the byte limit and leave out what cannot be decoded", () => {
    const { app } = running();
    const txs = [0n, 1n, 2n].map((sequence) => tx(sequence, [send("write", `${sequence}`)]));
    const prepare = (maxTxBytes: bigint, given = txs) =>
      app.prepareProposal({
        maxTxBytes,
        txs: given,
        localLastCommit: { round: 0, votes: [] },
        misbehavior: [],
        height: 2n,
        time: { seconds: 0n, nanos: 0 },
        nextValidatorsHash: new Uint8Array(),
        proposerAddress: new Uint8Array(),
      }).txs;
    const size = txProtoSize(txs[0]!) + txProtoSize(txs[1]!);
    expect(prepare(1_000_000n)).toEqual(txs);
    expect(prepare(size)).toEqual(txs.slice(0, 2));
    expect(prepare(size - 1n)).toEqual([txs[0]]);
    expect(prepare(1_000_000n, [utf8("junk"), txs[0]!])).toEqual([txs[0]]);
  });
});

describe("queries", () => {
  test("answer at any height with that block's time", () => {
    const { app } = running({ toy: { g: "old" } });
    block(app, 2n, [tx(0n, [send("write", "g")])]);
    const at = (height: bigint) => {
      const response = ask(app, "/toy.Query/Note", note("g"), height);
      return [response.height, QueryBalanceResponse.decode(response.value).balance];
    };
    expect(at(1n)).toEqual([1n, { denom: "old", amount: "1001000000007" }]);
    expect(at(2n)).toEqual([2n, { denom: "written", amount: "1002000000007" }]);
    expect(at(0n)).toEqual(at(2n));
  });

  test.each([
    [
      "/toy.Query/Note",
      note("absent"),
      0n,
      22,
      "sdk",
      "rpc error: code = NotFound desc = note absent not found: key not found",
      2n,
    ],
    [
      "/toy.Query/Note",
      note("bad"),
      0n,
      18,
      "sdk",
      "rpc error: code = InvalidArgument desc = not so: invalid request",
      2n,
    ],
    [
      "/toy.Query/Note",
      note("deny"),
      0n,
      4,
      "sdk",
      "rpc error: code = Unauthenticated desc = who are you: unauthorized",
      2n,
    ],
    ["/toy.Query/Note", note("refuse"), 0n, 6, "sdk", "asked to: refused by the toy: unknown request", 2n],
    ["/toy.Query/Note", note("crash"), 0n, 111222, "undefined", "no such thing: panic", 2n],
    ["/toy.Query/Note", Uint8Array.of(0x0a, 0xff), 0n, 18, "sdk", /invalid request$/, 2n],
    [
      "/toy.Query/Note",
      note("a"),
      3n,
      26,
      "sdk",
      "cannot query with height in the future; please provide a valid height: invalid height",
      0n,
    ],
    [
      "/toy.Query/Note",
      note("a"),
      -1n,
      18,
      "sdk",
      "cannot query with height < 0; please provide a valid height: invalid request",
      0n,
    ],
    ["/no.such/Method", note("a"), 0n, 6, "sdk", "unknown query path: unknown request", 0n],
    ["/", note("a"), 0n, 6, "sdk", "no query path provided: unknown request", 0n],
    ["/app", note("a"), 0n, 6, "sdk", /neither was present: unknown request$/, 0n],
    ["/app/other", note("a"), 0n, 6, "sdk", /^unknown query: other/, 0n],
    ["/store/none/key", note("a"), 0n, 4, "store", "no such store: none: unknown request", 0n],
    ["/store/toy/other", note("a"), 0n, 4, "store", "unexpected query path: other: unknown request", 0n],
    ["/store/toy/key", new Uint8Array(), 0n, 3, "store", "query cannot be zero length: tx parse error", 0n],
    ["/p2p/filter/addr/1.2.3.4", new Uint8Array(), 0n, 0, "", "", 0n],
  ])("%s %#: code and text", (path, data, height, code, codespace, log, at) => {
    const { app } = running();
    block(app, 2n);
    const response = ask(app, path, data, height);
    expect({ code: response.code, codespace: response.codespace, height: response.height }).toEqual({
      code,
      codespace,
      height: at,
    });
    if (log instanceof RegExp) expect(response.log).toMatch(log);
    else expect(response.log).toBe(log);
  });

  test("store keys are answered with a proof, absent ones too", () => {
    const { app } = running({ toy: { g: "genesis" } });
    block(app, 2n);
    const key = utf8("ng");
    const response = app.query({ path: "store/toy/key", data: key, height: 2n, prove: true });
    expect(response).toMatchObject({ code: 0, key, value: utf8("genesis"), height: 2n });
    expect(response.proofOps?.ops.map(({ type }) => type)).toEqual(["ics23:iavl", "ics23:simple"]);
    const absent = ask(app, "/store/toy/key", utf8("nope"), 2n, true);
    expect(absent).toMatchObject({ code: 0, value: new Uint8Array() });
    expect(absent.proofOps?.ops).toHaveLength(2);
    expect(ask(app, "/store/toy/key", key, 1n, true)).toMatchObject({
      code: 18,
      codespace: "sdk",
      log: "cannot query with proof when height <= 1; please provide a valid height: invalid request",
    });
    expect(ask(app, "/store/toy/key", key, 9n, true)).toMatchObject({
      code: 7,
      codespace: "store",
      log: "proof is unexpectedly empty; ensure height has not been pruned: invalid request",
    });
    expect(ask(app, "/store/toy/key", key, 9n)).toMatchObject({ code: 0, log: "version does not exist" });
  });

  test("a subspace is answered as a list of pairs", () => {
    const { app } = running({ toy: { a: "1", b: "2" } });
    const { pairs } = Pairs.decode(ask(app, "/store/toy/subspace", utf8("n")).value);
    expect(pairs.map(({ key, value }) => [fromUtf8(key), fromUtf8(value)])).toEqual([
      ["na", "1"],
      ["nb", "2"],
    ]);
  });

  test("the program's version", () => {
    expect(fromUtf8(ask(running().app, "/app/version").value)).toBe("1.2.3");
  });

  test("over gRPC errors have a status, and SDK errors say their registered text first", () => {
    const { app } = running();
    const status = (path: string, denom: string, height?: bigint): [number, string] => {
      try {
        app.grpcQuery({ path, data: note(denom), ...(height === undefined ? {} : { height }) });
      } catch (error) {
        if (error instanceof GrpcError) return [error.status, error.message];
        throw error;
      }
      return [0, ""];
    };
    expect(status("/toy.Query/Note", "absent")).toEqual([5, "note absent not found"]);
    expect(status("/toy.Query/Note", "refuse")).toEqual([
      2,
      "codespace toy code 7: refused by the toy: asked to",
    ]);
    expect(status("/toy.Query/Note", "a", 99n)).toEqual([
      2,
      "codespace sdk code 26: invalid height: cannot query with height in the future; please provide a valid height",
    ]);
    expect(status("/toy.Query/Other", "a")[0]).toBe(12);
    expect(app.services.queries).toContain("/cosmos.tx.v1beta1.Service/Simulate");
    expect(app.services.messages).toEqual([MsgSend.typeUrl]);
  });
});

describe("simulation", () => {
  const simulate = (app: Application, txBytes: Uint8Array) =>
    app.query({
      path: "/cosmos.tx.v1beta1.Service/Simulate",
      data: SimulateRequest.encode({ txBytes } as SimulateRequest).finish(),
      height: 0n,
      prove: false,
    });
  const unsigned = (sequence: bigint, denom = "write") =>
    tx(sequence, [send(denom, "s")], { unsigned: true, gas: 0n, fee: [] });

  test("tells the gas, without signature, fee or consequence", () => {
    const { app } = running();
    const { gasInfo, result } = SimulateResponse.decode(simulate(app, unsigned(0n)).value);
    expect(gasInfo?.gasWanted).toBe(18446744073709551615n);
    const real = block(app, 2n, [tx(0n, [send("write", "s")])]).txResults[0]!;
    const ratio = Number(gasInfo!.gasUsed) / Number(real.gasUsed);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
    expect(result?.events.some(({ type }) => type === "noted")).toBe(true);
  });

  test("of a message that its handler changes leaves no trace in what runs later", () => {
    const { app } = running();
    const bytes = tx(0n, [send("spoil", "a")]);
    for (let i = 0; i < 2; i++) expect(simulate(app, bytes).code).toBe(0);
    expect(block(app, 2n, [bytes]).txResults[0]!.code).toBe(0);
    expect((app.exportGenesis()["app_state"] as { toy: object }).toy).toEqual({ a: "written" });
  });

  test("tells what would go wrong", () => {
    const { app } = running();
    expect(simulate(app, unsigned(4n))).toMatchObject({ code: 6, codespace: "sdk" });
    expect(simulate(app, unsigned(4n)).log).toMatch(
      /^rpc error: code = Unknown desc = account sequence mismatch, expected 0, got 4: incorrect account sequence with gas used: '\d+': unknown request$/,
    );
    expect(simulate(app, unsigned(0n, "refuse")).log).toContain("refused by the toy with gas used: '");
    expect(ask(app, "/app/simulate", unsigned(0n, "refuse"))).toMatchObject({ code: 7, codespace: "toy" });
    expect(fromUtf8(ask(app, "/app/simulate", unsigned(0n)).value)).toContain('"gas_used"');
    expect(simulate(app, utf8("junk"))).toMatchObject({ code: 6 });
  });
});

describe("a block from inside", () => {
  const writeTwice = (): Uint8Array[] => [tx(0n, [send("write", "a")]), tx(1n, [send("write", "b")])];
  const stateOf = (app: Application) => (app.exportGenesis()["app_state"] as { toy: object }).toy;

  test("shows its state after its begin and after each transaction, and takes what is written there", () => {
    const seen: [number, boolean, boolean][] = [];
    const { app } = running(
      {},
      {
        duringBlock({ ctx, executed, query: read }) {
          seen.push([executed, notes.has(ctx, "a"), notes.has(ctx, "b")]);
          if (executed !== 1) return;
          notes.set(ctx, "between", "written");
          const { balance } = QueryBalanceResponse.decode(read("/toy.Query/Note", note("between")));
          expect(balance?.denom).toBe("written");
          expect(() => read("/toy.Query/Other", note("a"))).toThrow("unknown method");
        },
      },
    );
    seen.length = 0;
    block(app, 2n, writeTwice());
    expect(seen).toEqual([
      [0, false, false],
      [1, true, false],
      [2, true, true],
    ]);
    expect(stateOf(app)).toEqual({ a: "written", b: "written", between: "written" });
  });

  test("can be rehearsed without consequence", () => {
    const { app } = running();
    const txs = writeTwice();
    const rehearsed = app.rehearseBlock!(requestOf(2n, txs));
    expect(rehearsed.txResults.map(({ code }) => code)).toEqual([0, 0]);
    expect(stateOf(app)).toEqual({});
    expect(() => app.rehearseBlock!(requestOf(3n, txs))).toThrow("invalid height: 3; expected: 2");
    const { appHash, ...outcome } = block(app, 2n, txs);
    expect(outcome).toEqual(rehearsed);
    expect(appHash).not.toHaveLength(0);
  });
});
