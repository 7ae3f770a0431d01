import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { createEventBus } from "../events/event-bus.ts";
import { DEFAULT_RPC_LIMITS, endpoint } from "./endpoint.ts";
import { plainBodyLength } from "./fast-lane.ts";
import { createRpcHandler } from "./handler.ts";
import { listenRpc, type RpcServer } from "./http-server.ts";

let server: RpcServer;
const open = new Set<Socket>();

beforeAll(async () => {
  const echo = endpoint({ text: "string" }, ({ text }) => text);
  const later = endpoint(
    { text: "string" },
    ({ text }) => new Promise<string>((resolve) => setImmediate(resolve, text)),
  );
  const limits = { ...DEFAULT_RPC_LIMITS, maxBodyBytes: 200_000, corsOrigins: ["*"] };
  server = await listenRpc(createRpcHandler({ echo, later }, limits, createEventBus()), "127.0.0.1", 0);
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await server.close();
});

const call = (text: string, id = 1, method = "echo"): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params: { text } });
const answer = (text: string, id = 1): string =>
  `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(text)}}`;
const post = (body: string, headers: readonly string[] = []): string =>
  ["POST / HTTP/1.1", "Host: x", `Content-Length: ${Buffer.byteLength(body)}`, ...headers, "", body].join(
    "\r\n",
  );

/** A connection whose answers are read up to a text. */
function dial() {
  const socket = connect(server.port, server.host);
  open.add(socket);
  let seen = "";
  let wake = (): void => {};
  let closed = false;
  socket.on("data", (chunk: Buffer) => {
    seen += chunk;
    wake();
  });
  socket.on("close", () => {
    closed = true;
    wake();
  });
  return {
    write: (text: string | Buffer) => socket.write(text),
    end: () => socket.end(),
    async until(text: string): Promise<string> {
      while (!seen.includes(text)) {
        if (closed) throw new Error(`closed after ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const end = seen.indexOf(text) + text.length;
      const taken = seen.slice(0, end);
      seen = seen.slice(end);
      return taken;
    },
    async closed(): Promise<string> {
      while (!closed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return seen;
    },
  };
}

/** Names and values of an answer's head, without the clock's. */
const headersOf = (text: string): string[] =>
  text
    .slice(0, text.indexOf("\r\n\r\n"))
    .split("\r\n")
    .filter((line) => !/^(Date|X-Server-Time):/.test(line));

test.each([
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12", 12],
  ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length:12\r\nConnection: Keep-Alive\r\nUser-Agent: x/1 (y)", 12],
  ["POST / HTTP/1.1\r\nContent-Length: 12", undefined],
  ["POST / HTTP/1.1\r\nHost: a", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 012", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\n Content-Length: 1", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\nTransfer-Encoding: chunked", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close", undefined],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nOrigin: http://b", undefined],
  ["POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 1", undefined],
  ["POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1", undefined],
  ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1", undefined],
])("reads %j", (head, length) => {
  expect(plainBodyLength(head)).toBe(length);
});

test("answers as the full server does", async () => {
  const short = dial();
  short.write(post(call("hé")));
  const onShortWay = await short.until(answer("hé"));
  const full = dial();
  full.write(post(call("hé"), ["Cookie: none"]));
  const byServer = await full.until(answer("hé"));
  expect(headersOf(onShortWay)).toEqual(headersOf(byServer));
  expect(onShortWay).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
});

test("malformed JSON is answered with an error, and the connection goes on", async () => {
  const client = dial();
  client.write(post("{"));
  expect(await client.until("}}")).toContain("HTTP/1.1 500 Internal Server Error");
  client.write(post(call("next")));
  await client.until(answer("next"));
});

test("requests that come together are answered in order", async () => {
  const client = dial();
  client.write(post(call("one", 1, "later")) + post(call("two", 2)) + post(call("three", 3, "later")));
  await client.until(answer("one", 1));
  await client.until(answer("two", 2));
  await client.until(answer("three", 3));
});

test("what is no such request goes to the full server, with what came before it answered", async () => {
  const client = dial();
  client.write(`${post(call("one", 1, "later"))}GET /echo?text="two" HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until(answer("one"));
  await client.until(answer("two", -1));
  client.write(post(call("three", 3)));
  await client.until(answer("three", 3));
});

test("a request in pieces", async () => {
  const client = dial();
  const bytes = Buffer.from(post(call("wörld")));
  client.write(bytes.subarray(0, 30));
  await new Promise((resolve) => setImmediate(resolve));
  client.write(bytes.subarray(30, bytes.length - 12));
  await new Promise((resolve) => setImmediate(resolve));
  client.write(bytes.subarray(bytes.length - 12));
  await client.until(answer("wörld"));
});

test("too large a body is refused by the full server", async () => {
  const client = dial();
  client.write(post(call("a".repeat(300_000))));
  expect(await client.closed()).toContain("HTTP/1.1 400 Bad Request");
});

test("garbage is refused", async () => {
  const client = dial();
  client.write("\x16\x03\x01 hello\r\n\r\n");
  expect(await client.closed()).toContain("HTTP/1.1 400 Bad Request");
});

test("a client that stops writing still gets its answer", async () => {
  const client = dial();
  client.write(post(call("last", 1, "later")));
  client.end();
  expect(await client.closed()).toContain(answer("last"));
});

test("a client that stops writing within a request is let go", async () => {
  const client = dial();
  client.write(post(call("whole", 1, "later")) + post(call("part", 2)).slice(0, -5));
  client.end();
  expect(await client.closed()).not.toContain('"id":2');
});

test("many connections of Node's own client, each used again and again", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const send = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const call_ = call(text, 7, "later");
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(call_) };
      const sent = httpRequest(
        { agent, host: server.host, port: server.port, method: "POST", headers },
        (got) => {
          let body = "";
          got.on("data", (chunk: Buffer) => {
            body += chunk;
          });
          got.on("end", () => resolve(body));
        },
      );
      sent.on("error", reject);
      sent.end(call_);
    });
  const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`);
  expect(await Promise.all(texts.map(send))).toEqual(texts.map((text) => answer(text, 7)));
  agent.destroy();
});

test("the server ends with connections open", async () => {
  const other = await listenRpc(
    createRpcHandler({ echo: endpoint({}, () => "x") }, DEFAULT_RPC_LIMITS, createEventBus()),
    "127.0.0.1",
    0,
  );
  const socket = connect(other.port, other.host);
  open.add(socket);
  await new Promise((resolve) => socket.once("connect", resolve));
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.resume();
  await other.close();
  await gone;
});
