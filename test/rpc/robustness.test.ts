/** Whatever comes in, the node answers or refuses, and goes on making blocks. */
import { connect as connectTcp } from "node:net";
import { sha256, utf8 } from "@tandem-ics/crypto";
import {
  createKvStoreApp,
  createNode,
  kvStoreGenesis,
  type Node,
  type RpcLimits,
  type RpcServer,
} from "@tandem-ics/node";
import fc from "fast-check";
import { WebSocket } from "ws";

const seeds = [sha256(utf8("one"))];

async function running(rpc: Partial<RpcLimits> = {}) {
  const node = createNode({ app: createKvStoreApp(), genesis: kvStoreGenesis(seeds), keys: seeds, rpc });
  node.start();
  node.produceBlock();
  const server = await node.listen();
  return { node, server };
}

const post = (server: RpcServer, body: string | Buffer, init: RequestInit = {}) =>
  fetch(server.url, { method: "POST", body: body as BodyInit, ...init });

const callBody = (method: string, params: unknown = {}): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

/** A WebSocket with the frames that it received. */
async function open(server: RpcServer) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/websocket`);
  const frames: string[] = [];
  socket.on("message", (data) => frames.push(data.toString()));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("open", resolve));
  const received = async (count: number): Promise<string[]> => {
    while (frames.length < count) await new Promise((resolve) => socket.once("message", resolve));
    return frames;
  };
  return { socket, frames, received };
}

const subscribe = (id: number, query: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params: { query } });

describe("hostile HTTP", () => {
  let node: Node;
  let server: RpcServer;
  beforeAll(async () => {
    ({ node, server } = await running());
  });
  afterAll(() => node.stop());

  async function expectAlive(): Promise<void> {
    const { height } = node;
    node.produceBlock();
    const answer = (await (await post(server, callBody("status"))).json()) as {
      result: { sync_info: { latest_block_height: string } };
    };
    expect(answer.result.sync_info.latest_block_height).toBe(String(height + 1n));
  }

  /** 5xx only with a JSON-RPC error, and no trace of the code. */
  async function expectDecent(response: Response): Promise<void> {
    const text = await response.text();
    expect([200, 301, 400, 404, 500]).toContain(response.status);
    if (response.status === 500) expect(JSON.parse(text)).toHaveProperty("error.code");
    expect(text).not.toMatch(/\bat .*\.(ts|js):\d+/);
  }

  const names = [
    "block",
    "tx",
    "tx_search",
    "abci_query",
    "broadcast_tx_sync",
    "validators",
    "genesis_chunked",
    "broadcast_evidence",
    "commit",
    "nope",
    "",
  ];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      "0",
      "-1",
      "99999999999999999999",
      "0x",
      "\u0000",
      "'",
      "a=",
      "AAAA",
      "ZZ",
      "tm.event='Tx'",
    ),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  );
  const paramNames = [
    "height",
    "hash",
    "tx",
    "query",
    "path",
    "data",
    "page",
    "per_page",
    "order_by",
    "prove",
    "chunk",
    "evidence",
    "minHeight",
  ];
  const params = fc.oneof(
    fc.dictionary(fc.constantFrom(...paramNames), value),
    fc.array(value, { maxLength: 5 }),
    fc.jsonValue(),
  );
  const request = fc.record(
    {
      jsonrpc: fc.constantFrom("2.0", "1.0", 2),
      id: fc.oneof(fc.jsonValue(), fc.integer()),
      method: fc.constantFrom(...names),
      params,
    },
    { requiredKeys: ["id", "method"] },
  );

  test("calls with any parameters", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.array(request, { maxLength: 12 })), async (body) => {
        await expectDecent(await post(server, JSON.stringify(body)));
      }),
      { numRuns: 400 },
    );
    await expectAlive();
  });

  test("bodies of any bytes", async () => {
    const broken = request
      .map((body) => JSON.stringify(body))
      .chain((text) =>
        fc
          .tuple(fc.nat(text.length), fc.string({ maxLength: 3 }))
          .map(([at, s]) => text.slice(0, at) + s + text.slice(at + 1)),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          broken.map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 64 }).map((b) => Buffer.from(b)),
        ),
        async (body) => {
          await expectDecent(await post(server, body));
        },
      ),
      { numRuns: 300 },
    );
    await expectAlive();
  });

  test("paths and query strings of any kind", async () => {
    const text = fc.oneof(
      fc.webQueryParameters(),
      fc.string(),
      fc.constantFrom("height=%", "hash=0xzz", "query=%22%22", "tx=%00"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names, "websocket", "..", "%00", "a/b"),
        text,
        async (path, query) => {
          const url = `${server.url}/${path}?${encodeURI(query)}`;
          await expectDecent(await fetch(url, { redirect: "manual" }));
        },
      ),
      { numRuns: 200 },
    );
    await expectAlive();
  });

  test.each([
    ["nested too deep", "[".repeat(200_000)],
    ["nested deeply but closed", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["a long number", `{"id":1,"method":"health","params":${"9".repeat(10_000)}}`],
    ["a long id", JSON.stringify({ id: "x".repeat(100_000), method: "health" })],
    ["a prototype", '{"id":1,"method":"__proto__","params":{"__proto__":{"height":"1"}}}'],
    ["a constructor", '{"id":1,"method":"constructor"}'],
  ])("%s", async (_name, body) => {
    await expectDecent(await post(server, body));
    await expectAlive();
  });

  test("a body above the limit is refused, and the rest of it is not kept", async () => {
    const response = await post(server, "x".repeat(1_000_001));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      jsonrpc: "2.0",
      error: {
        code: -32600,
        message: "Invalid Request",
        data: "error reading request body: http: request body too large",
      },
    });
    await expectAlive();
  });

  test("a batch above the limit is refused as a whole", async () => {
    const batch = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, id) => ({ jsonrpc: "2.0", id, method: "health" })));
    expect(await (await post(server, batch(10))).json()).toHaveLength(10);
    const refused = await post(server, batch(11));
    expect([refused.status, await refused.json()]).toEqual([
      200,
      {
        jsonrpc: "2.0",
        error: {
          code: -32600,
          message: "Invalid Request",
          data: "batch request exceeds maximum (10) allowed number of requests",
        },
      },
    ]);
  });

  test("bytes that are no HTTP end their connection only", async () => {
    const answers = await Promise.all(
      [
        "\u0000\u0001\u0002",
        "GET / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "x".repeat(100_000),
      ].map(
        (bytes) =>
          new Promise<string>((resolve) => {
            const socket = connectTcp(server.port, server.host, () => socket.write(bytes));
            let text = "";
            socket.on("data", (data) => {
              text += data.toString();
            });
            socket.on("error", () => undefined);
            socket.on("close", () => resolve(text));
          }),
      ),
    );
    expect(answers.every((text) => text === "" || text.startsWith("HTTP/1.1 400"))).toBe(true);
    await expectAlive();
  });

  test("a client that leaves in the middle of its body harms nobody", async () => {
    await new Promise<void>((resolve) => {
      const socket = connectTcp(server.port, server.host, () => {
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
        setTimeout(() => socket.destroy(), 20);
      });
      socket.on("close", () => setTimeout(resolve, 20));
    });
    await expectAlive();
  });
});

describe("HTTP headers", () => {
  test("browsers may call where it is allowed, and are not told otherwise", async () => {
    const [strict, open_] = [await running(), await running({ corsOrigins: ["*"] })];
    const headers = { origin: "http://wallet.example" };
    expect(
      (await post(strict.server, callBody("health"), { headers })).headers.get("access-control-allow-origin"),
    ).toBeNull();
    expect(
      (await post(open_.server, callBody("health"), { headers })).headers.get("access-control-allow-origin"),
    ).toBe("*");
    const preflight = await fetch(open_.server.url, {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
    await Promise.all([strict.node.stop(), open_.node.stop()]);
  });

  test("answers about a fixed height may be cached, others not", async () => {
    const { node, server } = await running();
    const cached = async (path: string) => (await fetch(server.url + path)).headers.get("cache-control");
    expect(await cached("/block?height=1")).toBe("public, max-age=86400");
    expect(await cached("/block")).toBeNull();
    expect(await cached("/block?height=99")).toBeNull();
    expect(await cached("/status")).toBeNull();
    expect((await fetch(`${server.url}/health`)).headers.get("x-server-time")).toMatch(/^\d{10}$/);
    await node.stop();
  });
});

describe("WebSocket", () => {
  test("a frame that is no call is answered and does not end the connection", async () => {
    const { node, server } = await running();
    const { socket, received } = await open(server);
    const broken = ["", "x", "[]", "5", '{"id":{}}', '{"id":1,"method":5}', "{".repeat(5000)];
    for (const frame of broken) socket.send(frame);
    socket.send(Buffer.from([0xff, 0xfe]));
    socket.send('{"method":"health"}');
    socket.send(callBody("health"));
    const frames = (await received(broken.length + 2)).map(
      (text) => JSON.parse(text) as { error?: { code: number } },
    );
    expect(frames.slice(0, -1).map(({ error }) => error?.code)).toEqual(
      Array(broken.length + 1).fill(-32700),
    );
    expect(frames.at(-1)).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
    await node.stop();
  });

  test("answers come in the order of the calls", async () => {
    const { node, server } = await running();
    const { socket, received } = await open(server);
    for (let id = 1; id <= 200; id++)
      socket.send(
        JSON.stringify({
          jsonrpc: "2.0",
          id,
          method: id % 3 === 0 ? "tx_search" : "health",
          params: { query: "a.b EXISTS" },
        }),
      );
    const ids = (await received(200)).map((text) => (JSON.parse(text) as { id: number }).id);
    expect(ids).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    await node.stop();
  });

  test("a query can be subscribed again after it was given up", async () => {
    const { node, server } = await running();
    const { socket, frames, received } = await open(server);
    const query = "tm.event='NewBlockHeader'";
    const last = async (): Promise<string> => (await received(frames.length + 1)).at(-1)!;
    socket.send(subscribe(1, query));
    expect(await last()).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
    socket.send(subscribe(2, "tm.event = 'NewBlockHeader'"));
    expect(await last()).toContain('"data":"already subscribed"');
    node.produceBlock();
    expect(await last()).toContain('"id":1,"result":{"query":"tm.event=\'NewBlockHeader\'"');
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 3, method: "unsubscribe", params: { query } }));
    expect(await last()).toBe('{"jsonrpc":"2.0","id":3,"result":{}}');
    node.produceBlock();
    socket.send(subscribe(4, query));
    expect(await last()).toBe('{"jsonrpc":"2.0","id":4,"result":{}}');
    node.produceBlock();
    expect(await last()).toContain('"height":"4"');
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 5, method: "unsubscribe_all" }));
    expect(await last()).toBe('{"jsonrpc":"2.0","id":5,"result":{}}');
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 6, method: "unsubscribe_all" }));
    expect(await last()).toContain('"data":"subscription not found"');
    await node.stop();
  });

  test("subscribers and subscriptions are limited", async () => {
    const { node, server } = await running({ maxWebSocketClients: 2 });
    const clients = await Promise.all([0, 1, 2].map(() => open(server)));
    for (const { socket, received } of clients.slice(0, 2)) {
      socket.send(subscribe(1, "a.b EXISTS"));
      await received(1);
    }
    clients[2]!.socket.send(subscribe(1, "a.b EXISTS"));
    expect((await clients[2]!.received(1))[0]).toContain("max_subscription_clients 2 reached");
    clients[0]!.socket.close();
    await new Promise((resolve) => clients[0]!.socket.once("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    clients[2]!.socket.send(subscribe(2, `a.b='${"x".repeat(600)}'`));
    expect((await clients[2]!.received(2))[1]).toContain("maximum query length exceeded");
    clients[2]!.socket.send(subscribe(3, "a.b EXISTS"));
    expect((await clients[2]!.received(3))[2]).toBe('{"jsonrpc":"2.0","id":3,"result":{}}');
    await node.stop();
  });

  test("a client that does not read loses its subscriptions, the others get everything", async () => {
    const { node, server } = await running({ maxClientBufferBytes: 1_000_000 });
    const slow = await open(server);
    const quick = await open(server);
    for (const { socket, received } of [slow, quick]) {
      socket.send(subscribe(1, "tm.event='NewBlock'"));
      await received(1);
    }
    slow.socket.pause();
    const blocks = 60;
    for (let i = 0; i < blocks; i++) {
      node.mempool.checkTx(utf8(`big${i}=${"x".repeat(200_000)}`));
      node.produceBlock();
      // On a busy machine a reader, too, may be more than the buffer behind blocks that nobody waits for.
      await quick.received(2 + i);
    }
    const before = performance.now();
    expect((await post(server, callBody("status"))).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(3000);
    slow.socket.resume();
    while (!slow.frames.some((text) => text.includes('"code":-32000')))
      await new Promise((resolve) => slow.socket.once("message", resolve));
    expect(slow.frames.at(-1)).toContain("subscription was canceled");
    expect(slow.frames.length).toBeLessThan(blocks);
    await node.stop();
  });

  test("subscribers are told when the node stops", async () => {
    const { node, server } = await running();
    const { socket, frames, received } = await open(server);
    socket.send(subscribe(1, "tm.event='NewBlock'"));
    await received(1);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await node.stop();
    await closed;
    expect(frames.at(-1)).toBe(
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Server error","data":"subscription was canceled (reason: CometBFT exited)"}}',
    );
  });
});

test("a commit that does not come in time is an error", async () => {
  const { node, server } = await running({ broadcastCommitTimeoutMs: 50 });
  const body = callBody("broadcast_tx_commit", { tx: Buffer.from("a=1").toString("base64") });
  expect(await (await post(server, body)).text()).toContain(
    "timed out waiting for tx to be included in a block",
  );
  await node.stop();
});

test("memory does not grow with hostile calls", async () => {
  const { node, server } = await running();
  const round = async (): Promise<void> => {
    for (let i = 0; i < 500; i++) {
      const bodies = [
        callBody("tx_search", { query: `x.y='${"z".repeat(400)}${i}'` }),
        callBody("broadcast_tx_sync", { tx: Buffer.from(`bad${"b".repeat(2000)}${i}`).toString("base64") }),
        `{"id":${i},"method":`,
      ];
      await Promise.all(bodies.map(async (body) => (await post(server, body)).text()));
    }
  };
  await round();
  const before = process.memoryUsage().rss;
  await round();
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  await node.stop();
}, 60_000);
