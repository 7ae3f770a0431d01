import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application } from "@tandem-ics/runtime";
import { type Response, ResponseQuery } from "cosmjs-types/tendermint/abci/types";
import fc from "fast-check";
import type { AbciFailure } from "./responder.ts";
import { type AbciServer, serveAbci } from "./server.ts";
import { connectPeer, countingApp, frame, type RequestPart, type TestPeer, wire } from "./testing.ts";

const TCP = "tcp://127.0.0.1:0";
const FLUSH: RequestPart = { flush: {} };
const echo = (message: string): RequestPart => ({ echo: { message } });

// Thousands of small writes, on machines that have other things to do as well.
jest.setTimeout(60_000);

let folder: string;
const servers: AbciServer[] = [];
const peers: TestPeer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "abci-"));
});

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.destroy();
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(changes: Partial<Application> = {}, address = TCP) {
  const app = countingApp(changes);
  const failures: AbciFailure[] = [];
  const server = await serveAbci(app, { address, onFailure: (failure) => failures.push(failure) });
  servers.push(server);
  const dial = async (): Promise<TestPeer> => {
    const peer = await connectPeer(server.address);
    peers.push(peer);
    return peer;
  };
  return { app, server, failures, dial };
}

/** Proves that the server answers, and that it has read what was sent to it before. */
async function roundTrip(peer: TestPeer): Promise<void> {
  peer.send(echo("there?"), FLUSH);
  expect(await peer.receive(2)).toEqual([{ echo: { message: "there?" } }, { flush: {} }]);
}

/** The case of a response. */
const kindOf = (response: Response): string | undefined =>
  Object.entries(response).find(([, value]) => value !== undefined)?.[0];

const unix = (name = "app.sock"): string => `unix://${join(folder, name)}`;

describe.each(["unix", "tcp"])("over %s", (kind) => {
  const start = (changes?: Partial<Application>) => serve(changes, kind === "unix" ? unix() : TCP);

  test("requests are answered in order, whether they come together or byte by byte", async () => {
    const { dial } = await start();
    const peer = await dial();
    const requests = [echo("a"), { info: {} }, echo("b".repeat(1_000)), { commit: {} }, echo(""), FLUSH];
    const expected = ["echo", "info", "echo", "commit", "echo", "flush"];
    peer.send(...requests);
    expect((await peer.receive(6)).map(kindOf)).toEqual(expected);
    peer.socket.setNoDelay(true);
    for (const byte of Buffer.concat(requests.map(wire)))
      await new Promise((settle) => peer.socket.write(Uint8Array.of(byte), settle));
    const responses = await peer.receive(6);
    expect(responses.map(kindOf)).toEqual(expected);
    expect(responses[2]?.echo?.message).toBe("b".repeat(1_000));
  });

  test("four connections are served at once, each in its order, and calls never interleave", async () => {
    let inside = 0;
    const { dial } = await start({
      query: ({ data }) => {
        inside += 1;
        expect(inside).toBe(1);
        inside -= 1;
        return ResponseQuery.fromPartial({ value: data });
      },
    });
    const dialled = await Promise.all([dial(), dial(), dial(), dial()]);
    await Promise.all(
      dialled.map(async (peer, n) => {
        const sent = Array.from({ length: 100 }, (_, i) => Uint8Array.of(n, i));
        for (const data of sent) peer.send({ query: { data } });
        peer.send(FLUSH);
        const responses = await peer.receive(101);
        expect(responses.slice(0, -1).map((r) => [...r.query!.value])).toEqual(sent.map((s) => [...s]));
      }),
    );
  });

  test("closing ends open connections, and the address is free again", async () => {
    const { server, dial } = await start();
    const [peer, other] = [await dial(), await dial()];
    await roundTrip(peer);
    other.socket.write(wire(echo("half")).subarray(0, 3));
    await server.close();
    expect(await peer.rest()).toEqual([]);
    expect(await other.rest()).toEqual([]);
    await server.close();
    const again = await serve({}, server.address);
    expect(again.server.address).toBe(server.address);
    await roundTrip(await again.dial());
  });
});

test("responses wait for a flush", async () => {
  let seen = (): void => undefined;
  const asked = new Promise<void>((settle) => {
    seen = settle;
  });
  const { app, dial } = await serve({
    query: () => {
      seen();
      return ResponseQuery.fromPartial({});
    },
  });
  const [peer, other] = [await dial(), await dial()];
  peer.send({ query: {} });
  await asked;
  await roundTrip(other);
  expect(peer.pending).toBe(0);
  peer.send(FLUSH);
  expect((await peer.receive(2)).map(kindOf)).toEqual(["query", "flush"]);
  expect(app.asked).toEqual(["query"]);
});

test("responses go out without a flush when there are many", async () => {
  const { dial } = await serve();
  const peer = await dial();
  for (let i = 0; i < 200; i++) peer.send(echo("x".repeat(2_000)));
  expect(await peer.receive(100)).toHaveLength(100);
});

test("nothing is executed for a peer that does not take its responses", async () => {
  const value = new Uint8Array(100_000);
  // Unix: the kernel holds little for such a peer.
  const { app, dial } = await serve({ query: () => ResponseQuery.fromPartial({ value }) }, unix());
  const [peer, other] = [await dial(), await dial()];
  peer.socket.pause();
  peer.send(...new Array<RequestPart>(100).fill({ query: {} }), FLUSH);
  for (let i = 0; i < 20; i++) await roundTrip(other);
  const before = app.asked.length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(20);
  peer.socket.resume();
  const responses = await peer.receive(101);
  expect(responses).toHaveLength(101);
  expect(responses[100]).toEqual({ flush: {} });
  expect(app.asked).toHaveLength(100);
});

test("a peer that is gone in the middle leaves the others alone", async () => {
  const { dial } = await serve({
    query: () => ResponseQuery.fromPartial({ value: new Uint8Array(1_000_000) }),
  });
  const [gone, other] = [await dial(), await dial()];
  gone.socket.pause();
  gone.send(...new Array<RequestPart>(50).fill({ query: {} }), FLUSH);
  await roundTrip(other);
  gone.socket.resetAndDestroy();
  await roundTrip(other);
});

test("a failure is told to the engine, then to the owner, and ends the connection", async () => {
  const { failures, dial } = await serve({
    finalizeBlock: () => {
      throw new TypeError("oops");
    },
  });
  const [peer, other] = [await dial(), await dial()];
  peer.send({ finalizeBlock: { height: 1n } }, { commit: {} }, FLUSH);
  expect(await peer.rest()).toEqual([{ exception: { error: "oops" } }]);
  expect(failures).toEqual([{ method: "finalizeBlock", error: new TypeError("oops") }]);
  await roundTrip(other);
});

const MALFORMED: [string, Uint8Array, RegExp][] = [
  ["a length without an end", new Uint8Array(11).fill(0xff), /no 64-bit varint/],
  ["a length above the limit", Uint8Array.of(0x81, 0x80, 0x80, 0x32), /exceeds the limit/],
  ["no request at all", frame(new Uint8Array()), /unknown request/],
  ["a request that ABCI 2.0 has not", frame(Uint8Array.of(0x22, 0)), /unknown request/],
  ["a request of the future", frame(Uint8Array.of(0xaa, 1, 0)), /unknown request/],
  ["two requests in one", frame(Uint8Array.of(0x12, 0, 0x1a, 0)), /does not add up/],
  ["a part that ends in the next one", frame(Uint8Array.of(0x32, 2, 0x0a, 3, 0x12, 0, 0)), /does not add up/],
  ["a number where a message belongs", frame(Uint8Array.of(0x10, 0)), /does not add up/],
  ["half a tag", frame(Uint8Array.of(0x80)), /not an ABCI request/],
  ["a part longer than the whole", frame(Uint8Array.of(0x0a, 5)), /not an ABCI request/],
  ["a text longer than its message", frame(Uint8Array.of(0x1a, 2, 0x0a, 0x7f)), /not an ABCI request/],
  ["a tag of no kind", frame(Uint8Array.of(0xf7, 1, 0)), /not an ABCI request/],
  [
    "groups in groups in groups",
    frame(Uint8Array.of(0x0a, 0xa0, 0x8d, 6, ...new Array(100_000).fill(0x23))),
    /not an ABCI request/,
  ],
  ["HTTP", Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${" ".repeat(100)}`), /not an ABCI request/],
];

test.each(MALFORMED)("%s gets one exception and the end; others go on", async (_, bytes, reason) => {
  const { app, failures, dial } = await serve();
  const [peer, other] = [await dial(), await dial()];
  peer.send(echo("before"));
  peer.socket.write(bytes);
  peer.send(echo("after"), { commit: {} }, FLUSH);
  const [before, fault, ...more] = await peer.rest();
  expect(before).toEqual({ echo: { message: "before" } });
  expect(fault?.exception?.error).toMatch(reason);
  expect(more).toEqual([]);
  expect([app.asked, failures]).toEqual([[], []]);
  await roundTrip(other);
});

test("no bytes bring the server down, and each stream gets at most one exception, at its end", async () => {
  const { dial } = await serve({}, unix());
  const valid = fc.constantFrom<RequestPart>(
    echo("x"),
    FLUSH,
    { info: { version: "0.38.17" } },
    { checkTx: { tx: Uint8Array.of(1, 2, 3) } },
    { finalizeBlock: { height: 2n, txs: [Uint8Array.of(1)], time: { seconds: 5n, nanos: 1 } } },
    { prepareProposal: { maxTxBytes: 100n, txs: [Uint8Array.of(9)] } },
    { initChain: { chainId: "x", initialHeight: 1n } },
  );
  const mutated = fc
    .tuple(fc.array(valid, { minLength: 1, maxLength: 6 }), fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([requests, at, change]) => {
      const stream = Buffer.concat(requests.map(wire));
      stream[at % stream.length]! ^= change;
      return stream;
    });
  const streams = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 100 }).map(frame),
    mutated,
  );
  await fc.assert(
    fc.asyncProperty(streams, async (bytes) => {
      const peer = await dial();
      peer.socket.end(bytes);
      const responses = await peer.rest();
      expect(peer.pending).toBe(0);
      const faults = responses.filter((r) => r.exception !== undefined);
      expect(faults.length).toBeLessThanOrEqual(1);
      if (faults.length === 1) expect(responses.at(-1)).toBe(faults[0]);
    }),
    { numRuns: 150 },
  );
  await roundTrip(await dial());
});

test("a server that is closed because of a failure lets the peer finish its sentence and read why", async () => {
  let told = (): void => undefined;
  const failed = new Promise<void>((settle) => {
    told = settle;
  });
  const app = countingApp({
    finalizeBlock: () => {
      throw new Error("out of order");
    },
  });
  const server = await serveAbci(app, {
    ...{ address: unix() },
    onFailure: () => {
      void server.close();
      told();
    },
  });
  servers.push(server);
  const peer = await connectPeer(server.address);
  peers.push(peer);
  // An engine writes the flush after its request without having read anything.
  peer.socket.pause();
  peer.send({ finalizeBlock: { height: 1n } });
  await failed;
  await new Promise<void>((settle, reject) => {
    peer.socket.write(wire(FLUSH), (error) => (error ? reject(error) : settle()));
  });
  peer.socket.resume();
  expect((await peer.rest()).at(-1)?.exception?.error).toMatch(/out of order/);
});

describe("the file of a Unix socket", () => {
  const dead =
    "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";

  test("is its owner's alone and goes with the server", async () => {
    const mask = process.umask();
    const { server } = await serve({}, unix());
    const path = join(folder, "app.sock");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(mask);
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test("is replaced when its process is dead", async () => {
    const path = join(folder, "app.sock");
    const { spawnSync } = await import("node:child_process");
    expect(spawnSync(process.execPath, ["-e", dead, path]).signal).toBe("SIGKILL");
    expect(statSync(path).isSocket()).toBe(true);
    const { dial } = await serve({}, unix());
    await roundTrip(await dial());
  });

  test("is refused while somebody listens there, and they go on", async () => {
    const { dial } = await serve({}, unix());
    await expect(serveAbci(countingApp(), { address: unix() })).rejects.toMatchObject({
      code: "addressInUse",
      message: expect.stringContaining("another process listens at"),
    });
    await roundTrip(await dial());
  });

  test("is refused where something else lies, which stays", async () => {
    const path = join(folder, "app.sock");
    writeFileSync(path, "precious");
    await expect(serveAbci(countingApp(), { address: unix() })).rejects.toMatchObject({
      code: "addressInUse",
    });
    expect(statSync(path).size).toBe(8);
  });

  test("is refused where there is no folder", async () => {
    await expect(serveAbci(countingApp(), { address: unix("no/app.sock") })).rejects.toMatchObject({
      code: "listenFailed",
    });
  });
});

test("a port in use is refused", async () => {
  const { server } = await serve();
  await expect(serveAbci(countingApp(), { address: server.address })).rejects.toMatchObject({
    code: "addressInUse",
  });
});
