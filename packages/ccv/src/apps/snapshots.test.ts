import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application } from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { openSnapshotDirectory, type SnapshotStore } from "@tandem-ics/store/snapshots";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import {
  ResponseApplySnapshotChunk_Result as Apply,
  ResponseOfferSnapshot_Result as Offer,
} from "cosmjs-types/tendermint/abci/types";
import { accountOf, blocksOf, packed, SECOND_NS, START_NS, signed } from "../testing/staked-chain.ts";
import { createConsumer, openProvider, optIn, PROVIDER } from "../testing/whole-provider.ts";
import { createProviderApp } from "./provider-app.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-provider-"));
afterAll(() => rmSync(folder, { recursive: true }));

const open = (backend: Backend, store: SnapshotStore): Application =>
  createProviderApp({
    backend,
    checkInvariants: true,
    chainId: PROVIDER,
    snapshots: { store, interval: 0n, keepRecent: 2 },
  });

const pay = (from: number, to: number): Uint8Array =>
  signed(
    PROVIDER,
    from,
    packed(MsgSend, {
      fromAddress: accountOf(from),
      toAddress: accountOf(to),
      amount: [{ denom: "stake", amount: "5" }],
    }),
  );

const infoOf = (app: Application) =>
  app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });

/** A provider at height 6 with a launched consumer, and a snapshot of height 5. */
function source() {
  const store = openSnapshotDirectory(join(folder, "source"));
  const { app, block, act } = openProvider(undefined, {
    chainId: PROVIDER,
    snapshots: { store, interval: 5n, keepRecent: 2 },
  });
  block();
  expect(act([1, createConsumer(START_NS + 3n * SECOND_NS)], [2, optIn(2)])).toEqual(["ok", "ok"]);
  block(pay(1, 2));
  block(pay(3, 1));
  const { appHash } = block();
  return { app, block, store, appHash };
}

const from = source();
const [snapshot] = from.app.listSnapshots!().snapshots;
const chunkOf = (index: number): Uint8Array =>
  from.app.loadSnapshotChunk!({ height: 5n, format: 3, chunk: index }).chunk;

function restoreInto(app: Application): void {
  expect(app.offerSnapshot!({ snapshot: snapshot!, appHash: from.appHash }).result).toBe(Offer.ACCEPT);
  for (let index = 0; index < snapshot!.chunks; index++)
    expect(app.applySnapshotChunk!({ index, chunk: chunkOf(index), sender: "peer" }).result).toBe(
      Apply.ACCEPT,
    );
}

/** The provider that everybody follows, from height 6 on: each block's transactions and app hash. */
const rest = [[pay(2, 3)], [], [pay(1, 3), pay(2, 1)], [], [], []].map((txs) => ({
  txs,
  response: from.block(...txs),
}));

function follow(app: Application): void {
  const block = blocksOf(app, 6n);
  for (const { txs, response } of rest) {
    for (const tx of txs) expect(app.checkTx({ tx, type: 0 })).toMatchObject({ code: 0, log: "" });
    expect(block(...txs)).toEqual(response);
  }
  expect(app.invariants()).toEqual([]);
  expect(app.exportGenesis()).toEqual(from.app.exportGenesis());
}

test("a provider that joins by a snapshot has the state and makes the same blocks", () => {
  const app = open(createMemoryBackend(), openSnapshotDirectory(join(folder, "late")));
  restoreInto(app);
  expect(infoOf(app)).toMatchObject({ lastBlockHeight: 5n, lastBlockAppHash: from.appHash });
  expect(app.invariants()).toEqual([]);
  follow(app);
});

test("so does one on disk that was killed within the restoration and began again", () => {
  const path = join(folder, "killed");
  const store = () => openSnapshotDirectory(join(folder, "killed-snapshots"));
  const killed = open(openLmdbBackend(path, { sync: "never" }), store());
  // one more chunk is awaited when the process ends; it is never closed
  const more = {
    ...snapshot!,
    chunks: 2,
    metadata: Uint8Array.of(...snapshot!.metadata, ...snapshot!.metadata),
  };
  expect(killed.offerSnapshot!({ snapshot: more, appHash: from.appHash }).result).toBe(Offer.ACCEPT);
  expect(killed.applySnapshotChunk!({ index: 0, chunk: chunkOf(0), sender: "" }).result).toBe(Apply.ACCEPT);

  const app = open(openLmdbBackend(path, { sync: "never" }), store());
  expect(infoOf(app).lastBlockHeight).toBe(0n);
  expect(app.listSnapshots!()).toEqual({ snapshots: [] });
  restoreInto(app);
  app.close();
  const again = open(openLmdbBackend(path, { sync: "never" }), store());
  expect(again.listSnapshots!()).toEqual({ snapshots: [snapshot] });
  follow(again);
  again.close();
});
