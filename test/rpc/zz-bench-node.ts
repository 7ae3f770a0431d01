import { createBankNode } from "./bank-chain.ts";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
const lmdb = process.argv[2];
const node = createBankNode({ accounts: ["cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy"], validators: 1, 
  ...(lmdb ? { appBackend: openLmdbBackend(lmdb + "/app"), nodeBackend: openLmdbBackend(lmdb + "/node") } : {}),
  node: { engine: { kind: "timer", blockTimeMs: 200 }, mempool: { size: 50000, cacheSize: 100000 } } });
node.start();
const s = await node.listen({ port: 31999 });
console.log(s.url); process.on("SIGTERM", () => process.exit(0));
