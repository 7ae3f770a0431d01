/** Inputs that nobody thought of: the kept ones, broken further by a seed. `HOSTILE_SEED` repeats a run, `HOSTILE_RUNS` lengthens it. */
import { type CorpusFile, type HostileInput, readCorpus } from "./corpus.ts";
import { inTime, openHttp2, openSocket, saysGoodbye, sendGrpc, sendHttp, sendRaw } from "./senders.ts";
import { type Subject, startSubject } from "./subject.ts";
import { restFault, rpcFault } from "./verdicts.ts";

jest.setTimeout(180_000);

const SEED = Number(process.env["HOSTILE_SEED"] ?? 20_260);
const RUNS = Number(process.env["HOSTILE_RUNS"] ?? 1_500);
const AT_ONCE = 8;
const MAX_GROWTH_BYTES = 200 * 1024 * 1024;
/** Inputs that are long already would only take time. */
const MAX_SEED_BYTES = 4_000;

/** Random numbers below a bound that follow from a seed (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof createRandom>;

const NASTY = [
  "\0",
  "\xff",
  "{",
  "[",
  '"',
  "\\",
  "-1",
  "99999999999999999999",
  "null",
  "'",
  "%",
  "\r\n",
  "\u00e9",
];

/** One change: a byte flipped, bytes left out or doubled, something nasty put in, a tail cut off. */
function broken(bytes: Buffer, random: Random): Buffer {
  const at = random(bytes.length + 1);
  const size = 1 + random(8);
  switch (random(5)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = copy[at]! ^ (1 << random(8));
      return copy;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(NASTY[random(NASTY.length)]!),
        bytes.subarray(at),
      ]);
    default:
      return bytes.subarray(0, at);
  }
}

const brokenOften = (bytes: Buffer, random: Random): Buffer => {
  let out = bytes;
  for (let times = 1 + random(4); times > 0; times--) out = broken(out, random);
  return out;
};

/** Characters that a request line cannot have at all. */
const toPath = (bytes: Buffer): string =>
  `/${bytes
    .toString("latin1")
    .replace(/[^!-~]/g, "")
    .replace(/^\/+/, "")}`;

let subject: Subject;
let before: string;
beforeAll(async () => {
  subject = await startSubject();
  await subject.assertBlocksCame();
  before = await subject.stateText();
});
afterAll(() => subject?.stop());

type Attack = (input: HostileInput, bytes: Buffer) => Promise<string | undefined>;

/** Attacks by file; each gives what was wrong. */
function attacks(): [CorpusFile, Attack][] {
  const { rpc, rest, grpc, abci } = subject;
  const [, host, port] = /^tcp:\/\/(.*):(\d+)$/.exec(abci.address)!;
  const post = (body: Buffer) => sendHttp(rpc.url, { method: "POST", path: "/", bytes: body });
  return [
    ["json-rpc", async (_, bytes) => rpcFault("any", await post(bytes))],
    [
      "uri",
      async ({ path }, bytes) => {
        const target = {
          method: "GET",
          path: toPath(bytes.length === 0 ? Buffer.from(path) : bytes),
          bytes: Buffer.alloc(0),
        };
        return rpcFault("any", await sendHttp(rpc.url, target));
      },
    ],
    [
      "transactions",
      async (_, bytes) => {
        const params = { tx: bytes.toString("base64") };
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "broadcast_tx_sync", params });
        return rpcFault("refused", await post(Buffer.from(body)));
      },
    ],
    [
      "evidence",
      async (_, bytes) => {
        const head = '{"jsonrpc":"2.0","id":1,"method":"broadcast_evidence","params":{"evidence":';
        return rpcFault("any", await post(Buffer.concat([Buffer.from(head), bytes, Buffer.from("}}")])));
      },
    ],
    [
      "websocket",
      async ({ isBinary }, bytes) => {
        const socket = await openSocket(rpc.url);
        try {
          socket.send(bytes, isBinary);
          socket.send(Buffer.from('{"jsonrpc":"2.0","id":"probe","method":"health","params":{}}'), false);
          while (!(await socket.next()).includes('"id":"probe","result":{}'));
          return undefined;
        } finally {
          socket.close();
        }
      },
    ],
    [
      "rest",
      async ({ method, path }, bytes) => {
        const target = method === "GET" ? toPath(bytes) : path;
        return restFault(
          "any",
          await sendHttp(rest.url, {
            method,
            path: target,
            bytes: method === "GET" ? Buffer.alloc(0) : bytes,
          }),
        );
      },
    ],
    [
      "grpc",
      async ({ path }, bytes) => {
        const session = openHttp2(grpc.url);
        await sendGrpc(session, path, bytes);
        session.destroy();
        return undefined;
      },
    ],
    [
      "http2",
      async (_, bytes) => {
        await sendRaw({ host: grpc.host, port: grpc.port }, bytes, saysGoodbye);
        return undefined;
      },
    ],
    [
      "http",
      async (_, bytes) => {
        await sendRaw({ host: rpc.host, port: rpc.port }, bytes);
        return undefined;
      },
    ],
    [
      "abci",
      async (_, bytes) => {
        await sendRaw({ host: host!, port: Number(port) }, bytes);
        return undefined;
      },
    ],
  ];
}

test(`inputs broken by seed ${SEED}`, async () => {
  const random = createRandom(SEED);
  const ways = attacks().map(
    ([file, attack]) =>
      [file, attack, readCorpus(file).filter(({ bytes }) => bytes.length <= MAX_SEED_BYTES)] as const,
  );
  const faults: string[] = [];
  let start = 0;
  for (let run = 0; run < RUNS; run += AT_ONCE) {
    const group = Array.from({ length: AT_ONCE }, async (_, i) => {
      const [file, attack, inputs] = ways[(run + i) % ways.length]!;
      const input = inputs[random(inputs.length)]!;
      const source = input.bytes.length === 0 ? Buffer.from(input.path.slice(1)) : input.bytes;
      const bytes = brokenOften(source, random);
      const fault = await inTime(file, attack(input, bytes)).catch(String);
      if (fault !== undefined)
        faults.push(`${file} ${run + i} ${bytes.toString("base64")}: ${fault.slice(0, 200)}`);
    });
    await Promise.all([...group, subject.assertAnswers()]);
    // What is loaded once, by the first calls, is no growth.
    if (start === 0 && run >= RUNS / 3) start = process.memoryUsage().rss;
  }
  expect(faults).toEqual([]);
  expect(process.memoryUsage().rss - start).toBeLessThan(MAX_GROWTH_BYTES);
  await subject.assertBlocksCame();
  expect(subject.node.status.kind).toBe("running");
  expect(await subject.stateText()).toBe(before);
});

test("a client that asks for much and reads nothing keeps nobody waiting", async () => {
  const { connect } = await import("node:net");
  const { host, port } = subject.rpc;
  const body = '{"jsonrpc":"2.0","id":1,"method":"genesis","params":{}}';
  const request = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const slow = Array.from({ length: 10 }, () => {
    const socket = connect(port, host, () => socket.write(request.repeat(500)));
    socket.on("error", () => undefined);
    socket.pause();
    return socket;
  });
  const start = process.memoryUsage().rss;
  for (let i = 0; i < 20; i++) {
    await subject.assertAnswers();
    await subject.assertBlocksCame();
  }
  expect(process.memoryUsage().rss - start).toBeLessThan(MAX_GROWTH_BYTES);
  for (const socket of slow) socket.destroy();
  await subject.assertBlocksCame();
});
