/** The ABCI server under a real CometBFT, with the application in the process of the test. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { type AbciFailure, type AbciServer, serveAbci } from "@tandem-ics/abci";
import { utf8 } from "@tandem-ics/crypto";
import { createKvStoreApp } from "@tandem-ics/node";
import type { Application } from "@tandem-ics/runtime";
import { editConfig } from "./harness/go-config.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { freePort } from "./harness/ports.ts";
import { createScratch, type Scratch, type Service } from "./harness/scratch.ts";

const toText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** An application that says at which height it is. */
function watched(app: Application) {
  const waiting = new Map<bigint, () => void>();
  const reached = (height: bigint): Promise<void> =>
    new Promise((settle) => {
      waiting.set(height, settle);
      if (
        app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight >= height
      )
        settle();
    });
  let height = 0n;
  let initialized = 0;
  const counted: Application = {
    ...app,
    initChain(request) {
      initialized += 1;
      return app.initChain(request);
    },
    finalizeBlock(request) {
      height = request.height;
      return app.finalizeBlock(request);
    },
    commit() {
      const answer = app.commit();
      for (const [wanted, settle] of waiting) if (wanted <= height) settle();
      return answer;
    },
  };
  return { app: counted, reached, genesisRuns: () => initialized };
}

describeInterop("the ABCI server under CometBFT", () => {
  let scratch: Scratch;
  const servers: AbciServer[] = [];

  beforeEach(() => {
    scratch = createScratch();
  });

  afterEach(async () => {
    // The engine first: it would only complain of an application that is gone.
    await scratch.end();
    for (const server of servers.splice(0)) await server.close();
  });

  async function createHome(): Promise<string> {
    const home = join(scratch.directory, "node");
    mkdirSync(home);
    const { code, stderr } = await scratch.run(peerPath("cometbft"), ["init", "--home", home]);
    expect([code, stderr]).toEqual([0, ""]);
    editConfig(join(home, "config/config.toml"), "50ms");
    return home;
  }

  async function serve(app: Application, address: string) {
    const failures: AbciFailure[] = [];
    const server = await serveAbci(app, { address, onFailure: (failure) => failures.push(failure) });
    servers.push(server);
    return { server, failures };
  }

  async function start(home: string, abci: string): Promise<{ comet: Service; rpcUrl: string }> {
    const rpc = `127.0.0.1:${await freePort()}`;
    const comet = scratch.start("cometbft", peerPath("cometbft"), [
      ...["start", "--home", home, "--proxy_app", abci],
      ...["--rpc.laddr", `tcp://${rpc}`, "--p2p.laddr", `tcp://127.0.0.1:${await freePort()}`],
    ]);
    return { comet, rpcUrl: `http://${rpc}` };
  }

  /** Waits for a height; throws with the engine's log when that ends before. */
  const until = (reached: Promise<void>, comet: Service): Promise<void> =>
    Promise.race([
      reached,
      comet.ended.then(() => Promise.reject(new Error(`cometbft ended: ${comet.log().slice(-3000)}`))),
    ]);

  test("blocks are made, transactions and queries go through, and a lost state comes back by replay", async () => {
    const home = await createHome();
    const address = `unix://${join(scratch.directory, "app.sock")}`;
    const first = watched(createKvStoreApp());
    const { server, failures } = await serve(first.app, address);
    const { comet, rpcUrl } = await start(home, server.address);
    await until(first.reached(2n), comet);

    const client = await Comet38Client.connect(rpcUrl);
    const sent = await client.broadcastTxCommit({ tx: utf8("name=satoshi") });
    expect([sent.checkTx.code, sent.txResult?.code, toText(sent.txResult!.data!)]).toEqual([0, 0, "satoshi"]);
    const refused = await client.broadcastTxSync({ tx: utf8("nonsense") });
    expect([refused.code, refused.codespace]).toEqual([1, "kvstore"]);
    const found = await client.abciQuery({ path: "/store/kv/key", data: utf8("name") });
    expect(toText(found.value)).toBe("satoshi");
    expect((await client.abciInfo()).data).toBe("kvstore");
    const { results } = await client.blockResults(sent.height);
    expect(results[0]!.events.map(({ type }) => type)).toEqual(["app", "app"]);
    await until(first.reached(BigInt(sent.height) + 3n), comet);
    expect(await comet.stop()).toMatchObject({ code: 0 });
    await server.close();

    const second = watched(createKvStoreApp());
    await serve(second.app, address);
    const again = await start(home, address);
    await until(second.reached(BigInt(sent.height) + 8n), again.comet);
    expect([first.genesisRuns(), second.genesisRuns()]).toEqual([1, 1]);
    const restarted = await Comet38Client.connect(again.rpcUrl);
    const { value } = await restarted.abciQuery({ path: "/store/kv/key", data: utf8("name") });
    expect(toText(value)).toBe("satoshi");
    expect(again.comet.log()).toContain("ABCI Replay Blocks");
    expect(failures).toEqual([]);
  });

  test("a failing application stops its engine, and is told", async () => {
    const home = await createHome();
    const { app, reached } = watched(createKvStoreApp());
    const { server, failures } = await serve(app, "tcp://127.0.0.1:0");
    const { comet, rpcUrl } = await start(home, server.address);
    await until(reached(1n), comet);
    const client = await Comet38Client.connect(rpcUrl);
    await client.broadcastTxSync({ tx: utf8("fail=now") });
    await comet.ended;
    expect(comet.log()).toContain("told to fail");
    expect(failures.map(({ method }) => method)).toEqual(["finalizeBlock"]);
  });

  test("a genesis with vote extensions does not start, and the engine's log says why", async () => {
    const home = await createHome();
    const path = join(home, "config/genesis.json");
    const genesis = JSON.parse(readFileSync(path, "utf8"));
    genesis.consensus_params.abci.vote_extensions_enable_height = "3";
    writeFileSync(path, JSON.stringify(genesis));
    const { app, genesisRuns } = watched(createKvStoreApp());
    const { server, failures } = await serve(app, "tcp://127.0.0.1:0");
    const { comet } = await start(home, server.address);
    await comet.ended;
    expect(comet.log()).toContain("the genesis document enables vote extensions at height 3");
    expect(failures).toMatchObject([{ method: "initChain", error: { code: "voteExtensions" } }]);
    expect(genesisRuns()).toBe(0);
  });
});
