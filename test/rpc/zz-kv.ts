import { createKvStoreApp, createNode, kvStoreGenesis } from "@tandem-ics/node";
import { sha256, utf8 } from "@tandem-ics/crypto";
const seeds = [sha256(utf8("a"))];
const node = createNode({ app: createKvStoreApp(), genesis: kvStoreGenesis(seeds), keys: seeds, engine: { kind: "timer", blockTimeMs: 200 }, mempool: { size: 50000, cacheSize: 100000 } });
node.start();
const s = await node.listen({ port: 31998 });
console.log(s.url); process.on("SIGTERM", () => process.exit(0));
