/** Whatever comes in at the REST door, a refusal in JSON goes out, and the chain goes on. */
import { connect } from "node:net";
import fc from "fast-check";
import { ACCOUNT, type RestChain, startRestChain } from "./chain.ts";

const READ_TIMEOUT_MS = 300;

let chain: RestChain;
beforeAll(async () => {
  chain = await startRestChain({ cors: true, readTimeoutMs: READ_TIMEOUT_MS, maxBodyBytes: 10_000 });
});
afterEach(async () => {
  const { height } = chain.node;
  chain.node.produceBlock();
  const answer = await fetch(`${chain.rest.url}/cosmos/base/node/v1beta1/status`);
  expect(await answer.json()).toMatchObject({ height: String(height + 1n) });
});
afterAll(() => chain.close());

/** Sends bytes and waits until the other side closes; gives what it said. */
function raw(bytes: Uint8Array | string, end = false): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(chain.rest.port, chain.rest.host, () => {
      socket.write(bytes);
      if (end) socket.end();
    });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

/** Status and parsed body of a raw answer. */
function parse(answer: string): { status: number; json: unknown } {
  const at = answer.indexOf("\r\n\r\n");
  return { status: Number(answer.split(" ")[1]), json: JSON.parse(answer.slice(at + 4)) };
}

const request = (line: string, headers = ""): string =>
  `${line}\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;

const isRefusal = (json: unknown): void =>
  expect(json).toEqual({
    code: expect.any(Number) as number,
    message: expect.not.stringMatching(/\n\s+at /) as string,
    details: [],
  });

describe("what is no request", () => {
  test.each<[string, string, number]>([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["a header without a colon", "GET / HTTP/1.1\r\nHost x\r\n\r\n", 400],
    ["two lengths", request("POST / HTTP/1.1", "Content-Length: 1\r\nContent-Length: 2\r\n"), 400],
    ["a header that is too long", request("GET / HTTP/1.1", `X: ${"x".repeat(1 << 17)}\r\n`), 431],
    ["a query that is too long", request(`GET /?${"x".repeat(1 << 17)} HTTP/1.1`), 431],
    ["an escape that is none", request("GET /%zz HTTP/1.1"), 400],
    ["half an escape", request("GET /% HTTP/1.1"), 400],
    ["a target without a slash", request("GET cosmos HTTP/1.1"), 400],
    ["a star", request("OPTIONX * HTTP/1.1"), 400],
  ])("%s", async (_, bytes, expected) => {
    const { status, json } = parse(await raw(bytes));
    expect(status).toBe(expected);
    isRefusal(json);
  });

  test("a client that never ends its header is told and let go", async () => {
    const { status, json } = parse(await raw("GET / HTTP/1.1\r\nHost:"));
    expect(status).toBe(408);
    isRefusal(json);
  });

  test("a client that never ends its body is told and let go", async () => {
    const head = "POST /cosmos/tx/v1beta1/simulate HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
    expect(parse(await raw(head)).status).toBe(408);
  });
});

describe("bodies", () => {
  test.each([
    ["with its length", `Content-Length: 2000000\r\n\r\n${"x".repeat(20_000)}`],
    ["in chunks", `Transfer-Encoding: chunked\r\n\r\n4e20\r\n${"x".repeat(20_000)}\r\n`],
  ])("a body above the limit, %s", async (_, rest) => {
    const { status, json } = parse(
      await raw(`POST /cosmos/tx/v1beta1/simulate HTTP/1.1\r\nHost: x\r\n${rest}`),
    );
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: { data: "error reading request body: http: request body too large" },
    });
  });

  test.each([
    ["deep lists", "[".repeat(5000)],
    ["deep objects", '{"tx":'.repeat(1000)],
    ["a deep Any", `{"tx":${'{"body":{"messages":['.repeat(200)}`],
    ["not UTF-8", Buffer.from([0x7b, 0xff, 0xfe])],
    ["a prototype", '{"__proto__":{"tx_bytes":"YWJj"},"constructor":{}}'],
    ["a key twice", '{"tx_bytes":"YWJj","tx_bytes":"YWJj"}'],
    ["half a surrogate", '{"tx":{"body":{"memo":"\\ud800"}}}'],
    ["an amount that is none", '{"tx":{"auth_info":{"fee":{"amount":[{"denom":"a","amount":"x"}]}}}}'],
    ["a long number", `{"tx":{"body":{"timeout_height":${"9".repeat(9000)}}}}`],
    ["a long number in quotes", `{"tx":{"body":{"timeout_height":"${"9".repeat(9000)}"}}}`],
  ])("%s", async (_, body) => {
    for (const name of ["simulate", "encode", "decode", "txs"]) {
      const path = `/cosmos/tx/v1beta1/${name}`;
      const answer = await fetch(`${chain.rest.url}${path}`, { method: "POST", body: body as BodyInit });
      expect(answer.headers.get("content-type")).toBe("application/json");
      const json: unknown = await answer.json();
      if (answer.status !== 200) isRefusal(json);
    }
  });
});

test("no parameter of no route is answered with anything but JSON", async () => {
  const document = (await (await fetch(`${chain.rest.url}/openapi.json`)).json()) as { paths: object };
  const paths = Object.keys(document.paths);
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(
      "__proto__",
      "constructor",
      "-1",
      "0x",
      "1e9",
      "..",
      "%00",
      "\u0000",
      "9".repeat(400),
      "",
    ),
  );
  const key = fc.oneof(
    fc.constantFrom(
      "pagination.limit",
      "pagination.key",
      "pagination.offset",
      "pagination",
      "denom",
      "query",
    ),
    fc.constantFrom(
      "__proto__.x",
      "a[b]",
      "pagination.__proto__",
      "toString",
      "events",
      "order_by",
      "height",
    ),
    hostile,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.array(hostile),
      fc.array(fc.tuple(key, hostile)),
      async (path, values, query) => {
        let i = 0;
        const filled = path.replace(/\{[^}]*\}/g, () => encodeURIComponent(values[i++] ?? ACCOUNT));
        const search = query.map((pair) => pair.map((part) => encodeURIComponent(part)).join("=")).join("&");
        const answer = parse(
          await raw(request(`GET ${filled}?${search} HTTP/1.1`)).then((text) =>
            text.includes("\r\n\r\n{") ? text : `${text}{}`,
          ),
        );
        // 408: on a busy machine even these requests take longer than they may.
        expect([200, 301, 400, 404, 408, 500, 501]).toContain(answer.status);
        if (answer.status >= 400) isRefusal(answer.json);
      },
    ),
    { numRuns: 300, seed: 5 },
  );
}, 60_000);

test("too many parameters are refused", async () => {
  const answer = await fetch(`${chain.rest.url}/cosmos/bank/v1beta1/params?${"a&".repeat(2000)}`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { code: 3, message: "too many parameters", details: [] },
  ]);
});

describe("pages of other origins", () => {
  const path = "/cosmos/bank/v1beta1/params";
  const preflight = (headers: Record<string, string>) =>
    raw(
      request(
        `OPTIONS ${path} HTTP/1.1`,
        Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join(""),
      ),
    );
  const Origin = "http://a";
  const method = (name: string) => ({ Origin, "Access-Control-Request-Method": name });

  test.each<[string, Record<string, string>, number]>([
    ["GET", method("GET"), 200],
    [
      "POST with a content type",
      { ...method("POST"), "Access-Control-Request-Headers": "content-type" },
      200,
    ],
    ["PUT", method("PUT"), 405],
    ["another header", { ...method("GET"), "Access-Control-Request-Headers": "x-other" }, 403],
    ["no method", { Origin }, 400],
    ["no origin", {}, 200],
  ])("may they ask: %s", async (_, headers, status) => {
    const answer = await preflight(headers);
    expect(Number(answer.split(" ")[1])).toBe(status);
    expect(/access-control-allow-origin: \*/i.test(answer)).toBe(status === 200 && "Origin" in headers);
  });

  test("they may read answers, refusals too", async () => {
    for (const target of [path, "/nothing"]) {
      const answer = await fetch(`${chain.rest.url}${target}`, { headers: { Origin } });
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    }
  });

  test("without leave they are told nothing", async () => {
    const closed = await chain.node.listenRest();
    const answer = await fetch(`${closed.url}${path}`, { headers: { Origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    await closed.close();
  });
});
