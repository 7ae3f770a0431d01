import { sha256, utf8 } from "@tandem-ics/crypto";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import { createMemorySnapshotStore, type SnapshotStore } from "@tandem-ics/store/snapshots";
import { QueryBalanceRequest, QueryBalanceResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  ResponseApplySnapshotChunk_Result as Apply,
  ResponseOfferSnapshot_Result as Offer,
  RequestFinalizeBlock,
  RequestInitChain,
  type Snapshot,
} from "cosmjs-types/tendermint/abci/types";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { createAddressCodecs } from "../address.ts";
import type { Application } from "../application.ts";
import { item, map, proto, textKey, textValue } from "../collections.ts";
import { type AppModule, query } from "../module.ts";
import { createBaseApp } from "./base-app.ts";
import type { BaseAppOptions } from "./options.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";

const CHAIN = "toy-1";
const addresses = createAddressCodecs("cosmos");
const notes = map("toy", "n", textKey, textValue);
const params = item("toy", "params", proto<ConsensusParams>(ConsensusParams));

/** Each transaction is a note; its content names the chain, the time before and the height. */
const toy: AppModule = {
  name: "toy",
  stores: { toy: "iavl", other: "iavl", scratch: "transient" },
  queries: [
    query({
      path: "/toy.Query/Note",
      request: QueryBalanceRequest,
      response: QueryBalanceResponse,
      handle: (ctx, { denom }) => ({
        balance: { denom: notes.get(ctx, denom) ?? "", amount: `${ctx.block.chainId} ${ctx.timeNs}` },
      }),
    }),
  ],
  beginBlock(ctx) {
    notes.set(ctx, `begun ${ctx.height % 5n}`, `${ctx.block.chainId} at ${ctx.height} ${ctx.timeNs}`);
  },
  initGenesis(ctx, state) {
    for (let i = 0; i < Number(state["count"]); i++) notes.set(ctx, `note ${i}`, `genesis ${i}`);
    return undefined;
  },
  exportGenesis: (ctx) => Object.fromEntries(notes.entries(ctx)),
};

type Options = Partial<Pick<BaseAppOptions, "pruning" | "chainId">> & { snapshots?: Partial<SnapshotPolicy> };

function open(backend: Backend, { snapshots, ...options }: Options = {}) {
  const store = snapshots?.store ?? createMemorySnapshotStore();
  const app = createBaseApp({
    name: "toy",
    version: "1",
    backend,
    modules: [toy],
    addresses,
    ante: () => {},
    consensusParams: { get: params.get, set: params.set },
    chainId: CHAIN,
    ...options,
    snapshots: { interval: 0n, keepRecent: 0, ...snapshots, store },
  }) as Application &
    Required<
      Pick<Application, "listSnapshots" | "offerSnapshot" | "loadSnapshotChunk" | "applySnapshotChunk">
    >;
  return { app, store };
}

function block(app: Application): Uint8Array {
  const height =
    app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight + 1n;
  const { appHash } = app.finalizeBlock(
    RequestFinalizeBlock.fromPartial({
      height,
      time: { seconds: 1000n + height, nanos: 0 },
      hash: sha256(utf8(`${height}`)),
      proposerAddress: new Uint8Array(20).fill(1),
    }),
  );
  app.commit();
  return appHash;
}

function begin(app: Application, count = 50): void {
  app.initChain(
    RequestInitChain.fromPartial({
      chainId: CHAIN,
      time: { seconds: 1000n, nanos: 0 },
      appStateBytes: utf8(JSON.stringify({ toy: { count } })),
    }),
  );
}

/** A chain at height 6 with a snapshot of height 5. */
function source() {
  const chain = open(createMemoryBackend(), { snapshots: { interval: 5n } });
  begin(chain.app);
  const hashes = Array.from({ length: 6 }, () => block(chain.app));
  const [snapshot] = chain.app.listSnapshots().snapshots;
  expect(snapshot!.height).toBe(5n);
  return { ...chain, snapshot: snapshot!, appHash: hashes[4]! };
}

const chunkOf = ({ app, snapshot }: ReturnType<typeof source>, chunk = 0): Uint8Array =>
  app.loadSnapshotChunk({ height: snapshot.height, format: snapshot.format, chunk }).chunk;

function sync(from: ReturnType<typeof source>, backend = createMemoryBackend(), options: Options = {}) {
  const late = open(backend, options);
  const { snapshot, appHash } = from;
  expect(late.app.offerSnapshot({ snapshot, appHash })).toEqual({ result: Offer.ACCEPT });
  for (let index = 0; index < snapshot.chunks; index++)
    expect(late.app.applySnapshotChunk({ index, chunk: chunkOf(from, index), sender: "peer" })).toMatchObject(
      {
        result: Apply.ACCEPT,
      },
    );
  return late;
}

const infoOf = (app: Application) => {
  const { lastBlockHeight, lastBlockAppHash } = app.info({
    version: "",
    blockVersion: 0n,
    p2pVersion: 0n,
    abciVersion: "",
  });
  return { lastBlockHeight, lastBlockAppHash };
};

const note = (app: Application, denom: string, height = 0n) =>
  QueryBalanceResponse.decode(
    app.grpcQuery({
      path: "/toy.Query/Note",
      data: QueryBalanceRequest.encode({ address: "", denom }).finish(),
      height,
    }).value,
  ).balance;

describe("an application that joins late", () => {
  it("has the state, answers without knowing the time, and goes on as the others do", () => {
    const from = source();
    const { app } = sync(from);
    expect(infoOf(app)).toEqual({ lastBlockHeight: 5n, lastBlockAppHash: from.appHash });
    expect(note(app, "note 7")).toEqual({ denom: "genesis 7", amount: `${CHAIN} 0` });
    expect(note(app, "begun 0", 5n)!.denom).toBe(`${CHAIN} at 5 1005000000000`);
    expect(app.checkTx({ tx: utf8("?"), type: 0 })).toMatchObject({ codespace: "sdk", code: 2 });
    const proven = app.query({ path: "/store/toy/key", data: utf8("nnote 7"), height: 5n, prove: true });
    expect([proven.value, proven.proofOps?.ops.length]).toEqual([utf8("genesis 7"), 2]);
    expect(block(app)).toEqual(infoOf(from.app).lastBlockAppHash);
    expect(note(app, "begun 1")).toEqual({
      denom: `${CHAIN} at 6 1006000000000`,
      amount: `${CHAIN} 1006000000000`,
    });
    for (let i = 0; i < 5; i++) expect(block(app)).toEqual(block(from.app));
    expect(app.exportGenesis()).toEqual(from.app.exportGenesis());
  });

  it("offers what it restored to others", () => {
    const from = source();
    const late = sync(from);
    expect(late.app.listSnapshots()).toEqual({ snapshots: [from.snapshot] });
    const later = sync({ ...late, snapshot: from.snapshot, appHash: from.appHash });
    expect(infoOf(later.app)).toEqual(infoOf(late.app));
  });

  it("may be closed before the block after", () => {
    const from = source();
    const backend = createMemoryBackend();
    sync(from, backend);
    const again = open(backend);
    expect(infoOf(again.app).lastBlockHeight).toBe(5n);
    expect(block(again.app)).toEqual(infoOf(from.app).lastBlockAppHash);
  });

  it("cannot do without the chain id", () => {
    const store = createMemorySnapshotStore();
    expect(() =>
      createBaseApp({
        name: "toy",
        version: "1",
        backend: createMemoryBackend(),
        modules: [toy],
        addresses,
        ante: () => {},
        consensusParams: { get: params.get, set: params.set },
        snapshots: { store, interval: 1n, keepRecent: 1 },
      }),
    ).toThrow("needs its chain id");
  });
});

describe("an offer", () => {
  const from = source();
  const fresh = () => open(createMemoryBackend()).app;
  it.each<[string, Partial<Snapshot> | undefined, Offer]>([
    ["no snapshot", undefined, Offer.REJECT],
    ["another format", { format: 2 }, Offer.REJECT_FORMAT],
    ["height 0", { height: 0n }, Offer.REJECT],
    ["a height that cannot be", { height: 2n ** 63n }, Offer.REJECT],
    ["no chunks", { chunks: 0 }, Offer.REJECT],
    ["more chunks than hashes", { chunks: 2 }, Offer.REJECT],
    ["malformed metadata", { metadata: Uint8Array.of(0x0a, 0x40) }, Offer.REJECT],
    ["hashes that are none", { metadata: Uint8Array.of(0x0a, 1, 1) }, Offer.REJECT],
    ["the snapshot", {}, Offer.ACCEPT],
  ])("of %s", (_, changes, result) => {
    const snapshot = changes === undefined ? {} : { snapshot: { ...from.snapshot, ...changes } };
    expect(fresh().offerSnapshot({ ...snapshot, appHash: from.appHash })).toEqual({ result });
  });

  it("comes too late for a chain that has begun", () => {
    const { snapshot, appHash } = from;
    const app = fresh();
    begin(app);
    expect(app.offerSnapshot({ snapshot, appHash })).toEqual({ result: Offer.ABORT });
    block(app);
    expect(app.offerSnapshot({ snapshot, appHash })).toEqual({ result: Offer.ABORT });
  });
});

describe("a chunk", () => {
  const from = source();
  const { snapshot, appHash } = from;
  const chunk = chunkOf(from);
  const offered = (changes: Partial<Snapshot> = {}, hash = appHash) => {
    const backend = createMemoryBackend();
    const late = open(backend);
    late.app.offerSnapshot({ snapshot: { ...snapshot, ...changes }, appHash: hash });
    return { ...late, backend };
  };
  const metadataOf = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0x0a, 32, ...sha256(bytes));

  it("that is not what was promised is fetched again, from others", () => {
    const { app } = offered();
    const bad = chunk.slice();
    bad[20]! ^= 1;
    expect(app.applySnapshotChunk({ index: 0, chunk: bad, sender: "liar" })).toEqual({
      result: Apply.RETRY,
      refetchChunks: [0],
      rejectSenders: ["liar"],
    });
    expect(app.applySnapshotChunk({ index: 0, chunk, sender: "peer" }).result).toBe(Apply.ACCEPT);
    expect(infoOf(app).lastBlockAppHash).toEqual(appHash);
  });

  it("without an offer, or out of turn, ends it all", () => {
    const { app } = open(createMemoryBackend());
    expect(app.applySnapshotChunk({ index: 0, chunk, sender: "" }).result).toBe(Apply.ABORT);
    expect(offered().app.applySnapshotChunk({ index: 1, chunk, sender: "" }).result).toBe(Apply.ABORT);
  });

  it.each<[string, () => ReturnType<typeof offered>, Uint8Array]>([
    ["for another app hash", () => offered({}, new Uint8Array(32).fill(7)), chunk],
    ["for an app hash that is none", () => offered({}, new Uint8Array(3)), chunk],
    ["at a lower height", () => offered({ height: 3n }), chunk],
    ["cut short", () => offered({ metadata: metadataOf(chunk.subarray(0, 99)) }), chunk.subarray(0, 99)],
    ["of noise", () => offered({ metadata: metadataOf(utf8("noise")) }), utf8("noise")],
    ["that is empty", () => offered({ metadata: metadataOf(new Uint8Array(0)) }), new Uint8Array(0)],
  ])("%s ends that snapshot and leaves nothing, and another is taken", (_, make, bytes) => {
    const { app, backend, store } = make();
    expect(app.applySnapshotChunk({ index: 0, chunk: bytes, sender: "liar" }).result).toBe(
      Apply.REJECT_SNAPSHOT,
    );
    expect([...backend.iterate()]).toEqual([]);
    expect(store.list()).toEqual([]);
    expect(infoOf(app).lastBlockHeight).toBe(0n);
    expect(app.applySnapshotChunk({ index: 0, chunk, sender: "" }).result).toBe(Apply.ABORT);
    expect(app.offerSnapshot({ snapshot, appHash }).result).toBe(Offer.ACCEPT);
    expect(app.applySnapshotChunk({ index: 0, chunk, sender: "" }).result).toBe(Apply.ACCEPT);
    expect(infoOf(app).lastBlockAppHash).toEqual(appHash);
  });

  it("is followed by genesis if the engine changes its mind", () => {
    const { app, backend } = offered({
      chunks: 2,
      metadata: Uint8Array.of(...metadataOf(chunk), ...metadataOf(chunk)),
    });
    expect(app.applySnapshotChunk({ index: 0, chunk, sender: "" }).result).toBe(Apply.ACCEPT);
    begin(app);
    block(app);
    const clean = createMemoryBackend();
    const straight = open(clean).app;
    begin(straight);
    block(straight);
    expect([...backend.iterate()]).toEqual([...clean.iterate()]);
  });
});

describe("taking snapshots", () => {
  const heights = (app: Application): bigint[] => app.listSnapshots!().snapshots.map(({ height }) => height);

  it("keeps the newest at the heights of the interval", () => {
    const { app } = open(createMemoryBackend(), { snapshots: { interval: 2n, keepRecent: 2 } });
    begin(app);
    const seen = Array.from({ length: 7 }, () => {
      block(app);
      return heights(app);
    });
    expect(seen).toEqual([[], [2n], [2n], [4n, 2n], [4n, 2n], [6n, 4n], [6n, 4n]]);
    expect(app.loadSnapshotChunk({ height: 2n, format: 3, chunk: 0 })).toEqual({ chunk: new Uint8Array(0) });
  });

  it("of much state goes on over several blocks, of one height, which is not pruned meanwhile", () => {
    const from = open(createMemoryBackend(), {
      snapshots: { interval: 8n },
      pruning: { keepRecent: 0n },
    });
    begin(from.app, 3_000);
    const hashes = Array.from({ length: 8 }, () => block(from.app));
    expect(heights(from.app)).toEqual([]);
    hashes.push(block(from.app));
    const [snapshot] = from.app.listSnapshots().snapshots;
    expect(snapshot!.height).toBe(8n);
    const late = sync({ ...from, snapshot: snapshot!, appHash: hashes[7]! });
    expect(infoOf(late.app).lastBlockAppHash).toEqual(hashes[7]);
    expect(block(late.app)).toEqual(hashes[8]);
  });

  it("fails without stopping the chain, and says why", () => {
    const failures: unknown[] = [];
    const memory = createMemorySnapshotStore();
    let full = true;
    const store: SnapshotStore = {
      ...memory,
      begin(height, format) {
        const sink = memory.begin(height, format);
        const add = (chunk: Uint8Array): void => {
          if (full) throw new RangeError("disk full");
          sink.add(chunk);
        };
        return { ...sink, add };
      },
    };
    const { app } = open(createMemoryBackend(), {
      snapshots: { store, interval: 2n, onFailure: (error) => failures.push(error) },
      pruning: { keepRecent: 0n },
    });
    begin(app);
    for (let i = 0; i < 3; i++) block(app);
    expect([failures.map(String), heights(app)]).toEqual([["RangeError: disk full"], []]);
    full = false;
    block(app);
    expect([failures.length, heights(app)]).toEqual([1, [4n]]);
  });
});
