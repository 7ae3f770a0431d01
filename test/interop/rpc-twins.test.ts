/** The very same chain behind CometBFT's JSON-RPC and behind ours: thousands of requests, and no difference. */

import type { JsonValue } from "@tandem-ics/comet";
import { differences } from "../golden/structure.ts";
import { describeInterop } from "./harness/peers.ts";
import { createScratch } from "./harness/scratch.ts";
import { twinTx } from "./support/twin-app.ts";
import {
  bodyCases,
  call,
  get,
  hashCases,
  heightCases,
  httpCases,
  pageCases,
  parameterCases,
  routeCases,
  searchCases,
  type TwinCase,
} from "./support/twin-cases.ts";
import { fillTwins } from "./support/twin-chain.ts";
import { doubleSign, misbehaviourBlocks } from "./support/twin-evidence.ts";
import { difference, exchange } from "./support/twin-exchange.ts";
import { SUBSCRIPTIONS, socketFrames } from "./support/twin-frames.ts";
import { openTwinSockets } from "./support/twin-sockets.ts";
import { startTwins, type Twins } from "./support/twins.ts";

describeInterop("JSON-RPC beside CometBFT's", () => {
  const scratch = createScratch();
  let twins: Twins;
  beforeAll(async () => {
    twins = await startTwins(scratch);
    await fillTwins(twins);
  });
  afterAll(async () => {
    await twins?.close();
    await scratch.end();
  });

  async function compare(cases: readonly TwinCase[]): Promise<void> {
    const differences: string[] = [];
    for (const item of cases) {
      const [go, ours] = await Promise.all([exchange(twins.goUrl, item), exchange(twins.url, item)]);
      const found = difference(item, go, ours);
      if (found !== undefined) differences.push(`${item.name.slice(0, 200)}: ${found}`);
    }
    expect(differences).toEqual([]);
  }

  test("every block, header, commit, result and set", () => compare(heightCases(twins)));
  test("hashes", () => compare(hashCases(twins)));
  test("routes without parameters", () => compare(routeCases()));
  test("parameters of all kinds", () => compare(parameterCases()));
  test("bodies", () => compare(bodyCases()));
  test("paths, methods and headers", () => compare(httpCases()));
  test("searches", () => compare(searchCases()));
  test("pages and orders", () => compare(pageCases()));

  const frame = (id: number, method: string, params?: unknown): string =>
    JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });

  test("frames on a WebSocket", async () => {
    const sockets = await openTwinSockets(twins.goUrl, twins.url);
    const differences: string[] = [];
    for (const sent of socketFrames(frame)) {
      const [go, ours] = await sockets.ask(sent);
      if (go !== ours && !go.includes("reflect: Call with too few"))
        differences.push(`${sent}\n  go   ${go}\n  ours ${ours}`);
    }
    sockets.close();
    expect(differences).toEqual([]);
  });

  test("subscribers of each query are told the same", async () => {
    const told: [string[], string[]][] = [];
    const clients = [];
    for (const [i, queries] of SUBSCRIPTIONS.entries()) {
      const sockets = await openTwinSockets(twins.goUrl, twins.url);
      for (const [j, query] of queries.entries()) {
        const [go, ours] = await sockets.ask(frame(i * 10 + j, "subscribe", { query }));
        expect([query, ours]).toEqual([query, go]);
      }
      clients.push(sockets);
    }
    await twins.send(
      twinTx("told", {
        events: [
          ["transfer", ["sender", "alice"], ["amount", "8stake"], ["rate", "1.50"]],
          [
            "transfer",
            ["sender", "bob"],
            ["amount", "12"],
            ["at", "2023-05-03T14:45:00Z"],
            ["on", "2023-05-03"],
          ],
          ["odd", ["text", "<&> \u2028 é"], ["slash", "a/b"], ["hidden", "x", false]],
          ["deep.type", ["key", "1"]],
        ],
        block: [["epoch", ["number", "9"]]],
      }),
    );
    // A call that is answered after all events: what came before it is everything.
    for (const sockets of clients) {
      sockets.send(frame(999, "health", {}));
      const all: [string[], string[]] = await sockets.untilAnswer(999);
      told.push(all);
    }
    for (const sockets of clients) sockets.close();
    const differences = told.flatMap(([go, ours], i) =>
      Array.from({ length: Math.max(go.length, ours.length) }, (_, at) => {
        const [a, b] = [go[at] ?? "nothing", ours[at] ?? "nothing"];
        let same = 0;
        while (same < a.length && a[same] === b[same]) same++;
        return a === b
          ? ""
          : `${SUBSCRIPTIONS[i]} at ${same}\n  go   ${a.slice(same - 60, same + 120)}\n  ours ${b.slice(same - 60, same + 120)}`;
      }).filter((text) => text !== ""),
    );
    expect(differences).toEqual([]);
    expect(told.filter(([go]) => go.length > 0).length).toBeGreaterThan(10);
  });

  test("transactions are offered, refused and committed alike", async () => {
    const encoded = (text: string): string => Buffer.from(text).toString("base64");
    const cases = [
      ...["fresh=1", "fresh=1", "nonsense", "nonsense", "", "a=b=c"].flatMap((tx) => [
        call("check_tx", { tx: encoded(tx) }),
        call("broadcast_tx_sync", { tx: encoded(tx) }),
      ]),
      call("broadcast_tx_async", { tx: encoded("nonsense") }),
      call("broadcast_tx_async", { tx: encoded("no sense") }),
      call("broadcast_tx_commit", { tx: encoded("no sense at all") }),
      call("broadcast_tx_commit", { tx: encoded("first") }),
      get("/broadcast_tx_sync?tx=%22uri%22"),
      get("/broadcast_tx_sync?tx=0x7572693d31"),
      get("/check_tx?tx=%22uri=2%22"),
    ];
    await compare(cases);
    await twins.follow();
    await compare([
      call("tx_search", { query: "app.key='fresh'" }),
      call("tx_search", { query: "app.key='uri'" }),
      call("num_unconfirmed_txs", {}),
      call("unconfirmed_txs", {}),
    ]);
  });

  test.each(["status", "consensus_state", "dump_consensus_state", "net_info", "genesis", "abci_info"])(
    "%s has the same structure",
    async (method) => {
      const asked = call(method, {});
      const [go, ours] = await Promise.all([exchange(twins.goUrl, asked), exchange(twins.url, asked)]);
      expect(differences(JSON.parse(go.body) as JsonValue, JSON.parse(ours.body) as JsonValue)).toEqual([]);
    },
  );

  test("evidence of a double sign is taken, and stands in a block", async () => {
    const evidence = await doubleSign(twins);
    const wrong = [
      { ...evidence, value: { ...evidence.value, ValidatorPower: "5" } },
      { ...evidence, value: { ...evidence.value, TotalVotingPower: "5" } },
      { ...evidence, value: { ...evidence.value, Timestamp: "2026-01-01T00:00:00Z" } },
      { ...evidence, value: { ...evidence.value, vote_a: evidence.value["vote_b"] } },
      {
        ...evidence,
        value: { ...evidence.value, vote_a: evidence.value["vote_b"], vote_b: evidence.value["vote_a"] },
      },
    ];
    await compare(wrong.map((item) => call("broadcast_evidence", { evidence: item })));
    const taken = call("broadcast_evidence", { evidence });
    expect((await exchange(twins.goUrl, taken)).body).toMatch(/"result":\{"hash":"[A-Za-z0-9+/]{43}="\}/);
    await compare([taken, taken]);
    await twins.send("after=evidence");
    const block = await exchange(twins.url, call("block_search", { query: "app.key='after'" }));
    expect(block.status).toBe(200);
    expect(misbehaviourBlocks(twins)).toBe(1);
    await compare(heightCases(twins));
    await compare([call("broadcast_evidence", { evidence })]);
  });
});
