/** Bytes that are no gRPC, and gRPC that means harm: the port answers or closes, and goes on for everybody else. */
import { connect } from "node:http2";
import { createConnection } from "node:net";
import type { Node } from "@tandem-ics/node";
import { createRandom } from "../interop/support/random.ts";
import { createBankNode } from "../rpc/bank-chain.ts";
import { createClient, type TestClient } from "./client.ts";
import {
  CALL,
  callWith,
  END_HEADERS,
  END_STREAM,
  exchange,
  FRAME,
  frame,
  headerBlock,
  message,
  PREFACE,
} from "./frames.ts";

const PARAMS = "/cosmos.bank.v1beta1.Query/Params";
const SETTINGS = frame(FRAME.settings, 0, 0, new Uint8Array(0));
const HELLO = Buffer.concat([PREFACE, SETTINGS]);
const EMPTY = new Uint8Array(0);

let node: Node;
let port: number;
let client: TestClient;

beforeAll(async () => {
  node = createBankNode({ accounts: [] });
  node.start();
  node.produceBlock();
  ({ port } = await node.listenGrpc());
  client = createClient(port);
  expect((await client.call(PARAMS)).code).toBe(0);
}, 60_000);
afterAll(async () => {
  client?.close();
  await node?.stop();
});

/** The chain goes on, the client that was there before is answered, and so is a new one. */
async function expectAlive(): Promise<void> {
  const { height } = node.produceBlock().block.header;
  expect(await client.call(PARAMS)).toMatchObject({ code: 0, height: `${height}` });
  const fresh = createClient(port, { "grpc.use_local_subchannel_pool": 1 });
  expect((await fresh.call(PARAMS)).code).toBe(0);
  fresh.close();
}

const headers = (block: Uint8Array, flags = END_HEADERS, stream = 1): Buffer =>
  frame(FRAME.headers, flags, stream, block);
const good = headers(headerBlock(CALL));
const data = (bytes: Uint8Array, flags = END_STREAM, stream = 1): Buffer =>
  frame(FRAME.data, flags, stream, bytes);

const CASES: Readonly<Record<string, Uint8Array>> = {
  nothing: EMPTY,
  "HTTP/1.1": Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  "a TLS hello": Buffer.from("16030100a5010000a1030300000000", "hex"),
  zeros: Buffer.alloc(70_000),
  "half a preface": PREFACE.subarray(0, 10),
  "a preface and no settings": Buffer.concat([PREFACE, good, data(message(EMPTY))]),
  "a frame that is too long": Buffer.concat([HELLO, frame(FRAME.data, 0, 1, EMPTY, 0xff_ffff)]),
  "an unknown kind of frame": Buffer.concat([HELLO, frame(0xee, 0xff, 0x7fff_ffff, Buffer.alloc(100))]),
  "data before headers": Buffer.concat([HELLO, data(message(EMPTY))]),
  "headers on stream 0": Buffer.concat([HELLO, headers(headerBlock(CALL), END_HEADERS, 0)]),
  "headers on an even stream": Buffer.concat([HELLO, headers(headerBlock(CALL), END_HEADERS, 2)]),
  "headers that HPACK cannot read": Buffer.concat([HELLO, headers(Buffer.alloc(64, 0xff))]),
  "a continuation of nothing": Buffer.concat([HELLO, frame(FRAME.continuation, 0, 1, headerBlock(CALL))]),
  "headers without an end": Buffer.concat([HELLO, headers(headerBlock(CALL), 0), SETTINGS]),
  "a thousand continuations": Buffer.concat([
    ...[HELLO, headers(headerBlock(CALL), 0)],
    ...Array.from({ length: 1000 }, () =>
      frame(FRAME.continuation, 0, 1, headerBlock([["x-a", "b".repeat(100)]])),
    ),
  ]),
  "a window beyond its limit": Buffer.concat([
    HELLO,
    frame(FRAME.windowUpdate, 0, 0, Buffer.from("7fffffff", "hex")),
  ]),
  "a window of zero": Buffer.concat([HELLO, good, frame(FRAME.windowUpdate, 0, 1, Buffer.alloc(4))]),
  "settings of a bad length": Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0, Buffer.alloc(5))]),
  "a thousand settings": Buffer.concat([HELLO, ...Array.from({ length: 1000 }, () => SETTINGS)]),
  "a promise of a client": Buffer.concat([HELLO, frame(FRAME.pushPromise, END_HEADERS, 1, Buffer.alloc(8))]),
  "goaway, then a call": Buffer.concat([
    HELLO,
    frame(FRAME.goaway, 0, 0, Buffer.alloc(8)),
    good,
    data(message(EMPTY)),
  ]),
  "a stream that depends on itself": Buffer.concat([
    HELLO,
    frame(FRAME.priority, 0, 1, Buffer.from("0000000110", "hex")),
  ]),
  "a reset of an idle stream": Buffer.concat([HELLO, frame(FRAME.rstStream, 0, 9, Buffer.alloc(4))]),
  "pings with payloads of other lengths": Buffer.concat([HELLO, frame(FRAME.ping, 0, 0, Buffer.alloc(3))]),
  "two thousand calls opened and reset": Buffer.concat([
    HELLO,
    ...Array.from({ length: 2000 }, (_, i) =>
      Buffer.concat([
        headers(headerBlock(CALL), END_HEADERS, 2 * i + 1),
        frame(FRAME.rstStream, 0, 2 * i + 1, Buffer.alloc(4)),
      ]),
    ),
  ]),
  "a thousand calls that never say more": Buffer.concat([
    HELLO,
    ...Array.from({ length: 1000 }, (_, i) => headers(headerBlock(CALL), END_HEADERS, 2 * i + 1)),
  ]),
  "a message cut off": Buffer.concat([HELLO, good, data(message(EMPTY, { length: 100 }))]),
  "a message of 4 GiB": Buffer.concat([HELLO, good, data(message(EMPTY, { length: 0xffff_ffff }), 0)]),
  "two messages": Buffer.concat([HELLO, good, data(Buffer.concat([message(EMPTY), message(EMPTY)]))]),
  "no message": Buffer.concat([HELLO, good, data(EMPTY)]),
  "a compressed message without an encoding": Buffer.concat([
    HELLO,
    good,
    data(message(Buffer.alloc(9), { flag: 1 })),
  ]),
  "a message with an unknown flag": Buffer.concat([HELLO, good, data(message(EMPTY, { flag: 7 }))]),
  "a message that gzip cannot read": Buffer.concat([
    ...[HELLO, headers(callWith({ "grpc-encoding": "gzip" })), data(message(Buffer.alloc(9), { flag: 1 }))],
  ]),
  "an encoding that nobody knows": Buffer.concat([
    ...[HELLO, headers(callWith({ "grpc-encoding": "zstd" })), data(message(Buffer.alloc(9), { flag: 1 }))],
  ]),
};

describe("a connection that says", () => {
  test.each(Object.entries(CASES))("%s", async (_, bytes) => {
    await exchange(port, bytes);
    await exchange(port, bytes, { probe: false });
    await expectAlive();
  });
});

test("connections on which the protocol was broken, and silent ones, are closed", async () => {
  const limits = { keepaliveMs: 100, keepaliveTimeoutMs: 100 };
  const other = await node.listenGrpc({ limits });
  const closed = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      const socket = createConnection({ port: other.port, host: "127.0.0.1" }, () => socket.write(bytes));
      socket.on("data", () => undefined);
      socket.on("error", () => undefined);
      socket.on("close", () => resolve());
    });
  await Promise.all([closed(CASES["settings of a bad length"]!), closed(HELLO), closed(EMPTY)]);
  // one that answers pings stays
  const living = createClient(other.port, { "grpc.use_local_subchannel_pool": 1 });
  for (let i = 0; i < 3; i++) {
    await closed(HELLO);
    expect((await living.call(PARAMS)).code).toBe(0);
  }
  living.close();
  await other.close();
});

/** A call over Node's own HTTP/2 client, whatever its headers. */
async function call(
  changes: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<Record<string, unknown>> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ...Object.fromEntries(CALL), ...changes }, { endStream: false });
      let seen: Record<string, unknown> = {};
      stream.on("response", (answer) => {
        seen = { ...seen, ...answer };
      });
      stream.on("trailers", (answer) => {
        seen = { ...seen, ...answer };
      });
      stream.on("error", (error) => resolve({ error: error.message }));
      stream.on("close", () => resolve(seen));
      stream.resume();
      stream.end(body);
    });
  } finally {
    session.destroy();
  }
}

describe("a call", () => {
  test("without gRPC's content type is answered by HTTP", async () => {
    for (const type of ["application/json", "text/plain"])
      expect(await call({ "content-type": type }, message(EMPTY))).toMatchObject({ ":status": 415 });
    await expectAlive();
  });

  test.each([
    ["1n", "4"],
    ["bogus", "13"],
    ["-1S", "13"],
    ["123456789S", "13"],
  ])("with the timeout %s ends with a status", async (timeout, status) => {
    // a deadline that is over may come too late for an answer that is there at once
    const answer = await call({ "grpc-timeout": timeout }, message(EMPTY));
    expect([status, "0"]).toContain(answer["grpc-status"]);
    await expectAlive();
  });

  test("with paths and metadata of all kinds ends with a status", async () => {
    for (const path of [
      "/",
      "//",
      "/a/b/c",
      `/${"x".repeat(4000)}`,
      "/é/ü",
      "/%00/%ff",
      "/__proto__/constructor",
      "/constructor",
    ])
      expect([path, (await call({ ":path": path }, message(EMPTY)))["grpc-status"]]).toEqual([path, "12"]);
    for (const [name, value] of [
      ["x-cosmos-block-height", "😀"],
      ["x-thing-bin", "!!not base64!!"],
      ["grpc-tags-bin", "AAAA"],
    ] as const) {
      const answer = await call({ [name]: Buffer.from(value).toString("latin1") }, message(EMPTY));
      expect(answer["grpc-status"] ?? answer["error"]).toBeDefined();
    }
    await expectAlive();
  });
});

test("five hundred seeded connections of rubbish", async () => {
  const seed = Number(process.env["SEED"] ?? 20_261_127);
  const random = createRandom(seed);
  const bytes = (limit: number): Buffer =>
    Buffer.from(Array.from({ length: random.below(limit) }, () => random.below(256)));
  const part = (): Buffer =>
    random.pick([
      () => frame(random.below(12), random.below(256), random.below(8), bytes(64)),
      () => frame(random.below(10), random.below(64), random.below(4), bytes(32), random.below(100)),
      () => headers(headerBlock(CALL), random.below(8), 1 + 2 * random.below(4)),
      () => data(message(bytes(40), { flag: random.below(3) }), random.below(2), 1 + 2 * random.below(4)),
      () => bytes(50),
    ])();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 500; i++) {
    const parts = Array.from({ length: 1 + random.below(6) }, part);
    await exchange(port, Buffer.concat([random.below(10) > 0 ? HELLO : EMPTY, ...parts]), { probe: false });
    if (i % 50 === 0) await expectAlive();
  }
  await expectAlive();
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
}, 120_000);
