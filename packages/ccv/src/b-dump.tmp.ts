import { mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { createMemoryBackend, createMultiStore, createSnapshotImport, createSnapshotReader } from "@tandem-ics/store";
import { createMemorySnapshotStore } from "@tandem-ics/store/snapshots";
import { toHex, fromHex, utf8 } from "@tandem-ics/crypto";
import { createProviderApp, defaultProviderGenesis } from "./apps/provider-app.ts";
import { mountedStores } from "../../runtime/src/app/app-state.ts";
import { accountOf, drive, packed, signed, staked } from "./testing/staked-chain.ts";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
const [, , mode, dir] = process.argv;
const readMeta = (d: string) => JSON.parse(readFileSync(d + "/meta.json", "utf8"));
function load(d: string) {
  const m = readMeta(d);
  const backend = createMemoryBackend();
  const stores = Object.fromEntries(m.Stores.map((n: string) => [n, "iavl" as const]));
  const into = createSnapshotImport({ backend, stores, version: BigInt(m.Height), appHash: fromHex(m.AppHash.toLowerCase()) });
  const reader = createSnapshotReader((i) => into.add(i));
  m.Hashes.forEach((_: string, i: number) => reader.push(new Uint8Array(readFileSync(`${d}/${i}`))));
  reader.finish(); into.finish();
  return { ms: createMultiStore({ backend, stores }), m };
}
if (mode === "dump") {
  const store = createMemorySnapshotStore();
  const app = createProviderApp({ backend: createMemoryBackend(), chainId: "provider", snapshots: { store, interval: 30n, keepRecent: 0 } });
  const { block } = drive(app, "provider", staked(defaultProviderGenesis()));
  let appHash = new Uint8Array();
  for (let h = 1; h <= 30; h++) {
    const r = h > 1 ? block(signed("provider", 1 + (h % 3), packed(MsgSend, { fromAddress: accountOf(1 + (h % 3)), toAddress: accountOf(1 + ((h + 1) % 3)), amount: [{ denom: "stake", amount: "5" }] }))) : block();
    for (const t of r.txResults) if (t.code !== 0) throw new Error(t.log);
    appHash = r.appHash;
  }
  const info = store.list()[0]!;
  mkdirSync(dir!, { recursive: true });
  info.chunkHashes.forEach((_, i) => writeFileSync(`${dir}/${i}`, store.chunk(30n, 3, i)!));
  // names from the stream itself
  const names: string[] = [];
  const reader = createSnapshotReader((i) => { if (i.kind === "store") names.push(i.name); });
  info.chunkHashes.forEach((_, i) => reader.push(store.chunk(30n, 3, i)!)); reader.finish();
  writeFileSync(`${dir}/meta.json`, JSON.stringify({ Stores: names, Height: 30, AppHash: toHex(appHash).toLowerCase(), Hash: toHex(info.hash), Hashes: info.chunkHashes.map((h) => toHex(h)) }));
  console.log("ours at 30", toHex(appHash), names.length, "stores", store.chunk(30n, 3, 0)!.length, "bytes");
  void mountedStores;
} else if (mode === "load") {
  const { ms, m } = load(dir!);
  console.log("ours restored Go's", ms.lastVersion, toHex(ms.lastAppHash).toLowerCase() === m.AppHash);
  try {
    const { blocks, later } = JSON.parse(readFileSync(dir + "/later.json", "utf8"));
    const got = blocks.map((ops: { Store: string; Key: string; Value: string; Delete: boolean }[]) => {
      for (const o of ops) { const s = ms.store(o.Store); if (o.Delete) s.delete(utf8(o.Key)); else s.set(utf8(o.Key), utf8(o.Value)); }
      return toHex(ms.commit().appHash).toLowerCase();
    });
    console.log("later versions equal:", JSON.stringify(got) === JSON.stringify(later), got.length);
  } catch (e) { console.log("no later file", (e as Error).message); }
}
