/** Runs a chain on disk until it is killed: `chain-on-disk.ts <folder>`. Prints each height that it has committed. */
import { join } from "node:path";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { createKvStoreApp, createNode, kvStoreGenesis } from "@tandem-ics/node";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";

const folder = process.argv[2]!;
const keys = [0, 1, 2, 3].map((i) => sha256(utf8(`disk ${i}`)));
const node = createNode({
  app: createKvStoreApp(openLmdbBackend(join(folder, "app"), { sync: "never" })),
  genesis: kvStoreGenesis(keys),
  keys,
  backend: openLmdbBackend(join(folder, "node"), { sync: "never" }),
});
node.start();
process.stdout.write(`start ${node.height}\n`);
const next = (): void => {
  node.mempool.checkTx(utf8(`key${node.height}=${"x".repeat(1000)}`));
  node.produceBlock();
  process.stdout.write(`${node.height}\n`);
  setImmediate(next);
};
next();
