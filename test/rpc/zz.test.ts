import { Comet38Client, WebsocketClient } from "@cosmjs/tendermint-rpc";
import { createNode, createKvStoreApp, kvStoreGenesis, inMemoryRpcClient } from "@tandem-ics/node";
import { sha256, utf8 } from "@tandem-ics/crypto";
test("x", async () => {
  const seeds = [sha256(utf8("a"))];
  const node = createNode({ app: createKvStoreApp(), genesis: kvStoreGenesis(seeds), keys: seeds });
  node.start(); node.produceBlock();
  const server = await node.listen();
  if (process.env["Z"] === "http") { const c = await Comet38Client.connect(server.url); await c.status(); c.disconnect(); }
  if (process.env["Z"] === "ws") { const c = Comet38Client.create(new WebsocketClient(server.url.replace("http","ws"))); await c.status(); c.disconnect(); }
  if (process.env["Z"] === "mem") { const c = Comet38Client.create(inMemoryRpcClient(node)); await c.status(); c.disconnect(); }
  await node.stop();
  setTimeout(() => console.log((process as any).getActiveResourcesInfo()), 300).unref();
  await new Promise(r => setTimeout(r, 500));
});
