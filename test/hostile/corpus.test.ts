/** Every kept input is sent to a node that goes on: blocks come, others are answered, nothing moves. */
import { CORPUS_FILES, type CorpusFile, type HostileInput, readCorpus } from "./corpus.ts";
import {
  type HttpReply,
  inTime,
  openHttp2,
  openSocket,
  saysGoodbye,
  sendGrpc,
  sendHttp,
  sendRaw,
  UPGRADE,
} from "./senders.ts";
import { type Subject, startSubject } from "./subject.ts";
import { messageFault, restFault, rpcFault } from "./verdicts.ts";

/** Inputs on their way at one time. */
const AT_ONCE = 6;
const PROBE = Buffer.from('{"jsonrpc":"2.0","id":"probe","method":"health","params":{}}');

jest.setTimeout(120_000);

let subject: Subject;
let before: string;

beforeAll(async () => {
  subject = await startSubject();
  await subject.assertBlocksCame();
  before = await subject.stateText();
});
afterAll(() => subject?.stop());

/** Sends all, a well-formed request beside each group; gives what was wrong. */
async function attack(
  file: CorpusFile,
  send: (input: HostileInput) => Promise<string | undefined>,
): Promise<string[]> {
  const inputs = readCorpus(file);
  const faults: string[] = [];
  for (let at = 0; at < inputs.length; at += AT_ONCE) {
    const group = inputs.slice(at, at + AT_ONCE).map(async (input) => {
      const fault = await inTime(input.name, send(input)).catch(String);
      if (fault !== undefined) faults.push(`${input.name}: ${fault.slice(0, 300)}`);
    });
    await Promise.all([...group, subject.assertAnswers()]);
  }
  return faults;
}

async function assertUnharmed(): Promise<void> {
  await subject.assertBlocksCame();
  expect(subject.node.status.kind).toBe("running");
  expect(await subject.stateText()).toBe(before);
  expect(subject.node.mempool.size).toBe(0);
}

const toRpc = (method: string, path: string, bytes: Buffer): Promise<HttpReply | undefined> =>
  sendHttp(subject.rpc.url, { method, path, bytes });
const call = (method: string, params: unknown): Promise<HttpReply | undefined> =>
  toRpc("POST", "/", Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })));

test("the corpus holds at least 1,000 inputs, all of them different", () => {
  const all = CORPUS_FILES.flatMap((file) =>
    readCorpus(file).map(
      ({ bytes, path, method }) => `${file} ${method} ${path} ${bytes.toString("latin1")}`,
    ),
  );
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(1_000);
});

test("bodies that are no calls, and calls that are wrong", async () => {
  const faults = await attack("json-rpc", async ({ bytes, expect: wanted }) =>
    rpcFault(wanted, await toRpc("POST", "/", bytes)),
  );
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("paths and query strings", async () => {
  const faults = await attack("uri", async ({ path, expect: wanted }) =>
    rpcFault(wanted, await toRpc("GET", path, Buffer.alloc(0))),
  );
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("bytes that are no HTTP", async () => {
  const { host, port } = subject.rpc;
  const faults = await attack("http", async ({ bytes }) => {
    const answer = (await sendRaw({ host, port }, bytes)).toString("latin1");
    return /^(?:|HTTP\/1\.1 (?:2|4|500))/.test(answer) ? undefined : `answered ${answer}`;
  });
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("WebSocket messages, each followed by a call on the same connection", async () => {
  const faults = await attack("websocket", async ({ bytes, isBinary, expect: wanted }) => {
    const socket = await openSocket(subject.rpc.url);
    try {
      socket.send(bytes, isBinary);
      const fault = wanted === "silent" ? undefined : messageFault(wanted, await socket.next());
      socket.send(PROBE, false);
      const answer = await socket.next();
      return fault ?? (answer.includes('"id":"probe","result":{}') ? undefined : `then ${answer}`);
    } finally {
      socket.close();
    }
  });
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("WebSocket frames that are none", async () => {
  const { host, port } = subject.rpc;
  const faults = await attack("websocket-frames", async ({ bytes }) => {
    const answer = await sendRaw({ host, port }, Buffer.concat([Buffer.from(UPGRADE), bytes]));
    return answer.toString("latin1").startsWith("HTTP/1.1 101") ? undefined : "the upgrade was refused";
  });
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("transactions are refused by every door, and simulations answered", async () => {
  const faults = await attack("transactions", async ({ bytes }) => {
    const tx = bytes.toString("base64");
    const checked = rpcFault("refused", await call("check_tx", { tx }));
    const offered = rpcFault("refused", await call("broadcast_tx_sync", { tx }));
    const body = Buffer.from(JSON.stringify({ tx_bytes: tx }));
    const simulated = await sendHttp(subject.rest.url, {
      method: "POST",
      path: "/cosmos/tx/v1beta1/simulate",
      bytes: body,
    });
    return checked ?? offered ?? restFault("any", simulated);
  });
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("evidence of nothing", async () => {
  const faults = await attack("evidence", async ({ bytes, expect: wanted }) => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"broadcast_evidence","params":{"evidence":${bytes.toString()}}}`;
    return rpcFault(wanted, await toRpc("POST", "/", Buffer.from(body)));
  });
  expect(faults).toEqual([]);
  expect(subject.node.evidence.pending()).toEqual([]);
  await assertUnharmed();
});

test("requests to the gateway", async () => {
  const faults = await attack("rest", async ({ method, path, bytes, expect: wanted }) =>
    restFault(wanted, await sendHttp(subject.rest.url, { method, path, bytes })),
  );
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("gRPC calls, each followed by a good one", async () => {
  let session = openHttp2(subject.grpc.url);
  const faults = await attack("grpc", async ({ path, bytes, expect: wanted }) => {
    if (session.closed || session.destroyed) session = openHttp2(subject.grpc.url);
    const status = await sendGrpc(session, path, bytes);
    if (wanted === "status" && status === 0) return "answered as if it were right";
    if (session.closed || session.destroyed) session = openHttp2(subject.grpc.url);
    const next = await sendGrpc(
      session,
      "/cosmos.base.tendermint.v1beta1.Service/GetSyncing",
      Buffer.alloc(5),
    );
    return next === 0 ? undefined : `the next call ended with ${next}`;
  });
  session.destroy();
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("bytes that are no HTTP/2", async () => {
  const { host, port } = subject.grpc;
  const faults = await attack("http2", async ({ bytes }) => {
    await sendRaw({ host, port }, bytes, saysGoodbye);
    return undefined;
  });
  expect(faults).toEqual([]);
  await assertUnharmed();
});

test("the ABCI socket ends the connection, and serves the next one", async () => {
  const [, host, port] = /^tcp:\/\/(.*):(\d+)$/.exec(subject.abci.address)!;
  const address = { host: host!, port: Number(port) };
  // Echo "x" and flush, in frames.
  const probe = Buffer.from([5, 0x0a, 3, 0x0a, 1, 0x78, 2, 0x12, 0]);
  const faults = await attack("abci", async ({ bytes }) => {
    await sendRaw(address, bytes);
    const answer = await sendRaw(address, probe);
    return answer.toString("hex") === "0512030a01780" + "21a00"
      ? undefined
      : `then ${answer.toString("hex")}`;
  });
  expect(faults).toEqual([]);
  expect(subject.abciFailures).toEqual([]);
  await assertUnharmed();
});
