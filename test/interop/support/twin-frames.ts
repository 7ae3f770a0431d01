/** What is sent to the twins over WebSocket. */
import { QUERIES } from "./twin-cases.ts";

type Frame = (id: number, method: string, params?: unknown) => string;

/** Frames that are each answered once. */
export const socketFrames = (frame: Frame): string[] => [
  ...["", "x", "{", "[]", "5", "true", '"x"', "nul", "[1", '{"id":{}}', '{"id":[]}', '{"id":true}'],
  ...[
    '{"id":1,"method":5}',
    '{"id":1}',
    '{"id":1e999}',
    '{"id":1,"method":"health"} trailing',
    "{".repeat(20_000),
  ],
  ...[
    "[".repeat(10_001),
    '[{"id":1,"method":"health"}]',
    '{"id":1,"method":"nope"}',
    '{"id":"a","method":"health"}',
  ],
  ...["health", "block", "status_", "subscribe", "unsubscribe", "unsubscribe_all"].flatMap((method, i) =>
    [
      undefined,
      {},
      [],
      null,
      "x",
      5,
      [1],
      ["a", "b"],
      { query: 5 },
      { query: null },
      { height: "1" },
    ].flatMap((params) => (method === "block" && params !== undefined ? [] : [frame(i, method, params)])),
  ),
  ...["1", "x", 1, "0", "99999"].map((height) => frame(50, "block", { height })),
  ...QUERIES.filter((query) => !query.includes("\u0000")).flatMap((query, i) => [
    frame(100 + i, "subscribe", { query }),
    frame(100 + i, "subscribe", { query }),
    frame(100 + i, "unsubscribe", { query: query.replaceAll(" ", "  ") }),
    frame(100 + i, "unsubscribe", { query }),
    frame(100 + i, "unsubscribe_all", {}),
    frame(100 + i, "unsubscribe_all", {}),
  ]),
  ...Array.from({ length: 7 }, (_, i) => frame(900 + i, "subscribe", { query: `a.b='${i}'` })),
  frame(910, "unsubscribe", { query: "a.b='3'" }),
  frame(911, "subscribe", { query: "a.b='9'" }),
  frame(912, "unsubscribe_all", {}),
];

/** Queries of clients, up to five each. None asks for the rounds of consensus: ours has none, and tells of none. */
export const SUBSCRIPTIONS: readonly (readonly string[])[] = [
  ["tm.event='NewBlock'", "tm.event='NewBlockHeader'", "tm.event='NewBlockEvents'", "tm.event='Tx'"],
  ["tm.event='Tx' AND transfer.sender='alice'", "transfer.sender='bob'", "transfer.sender='carol'"],
  [
    "tm.event='Tx' AND transfer.sender='alice' AND transfer.amount=12",
    "transfer.amount>10",
    "transfer.amount<9",
  ],
  ["transfer.amount=8", "transfer.amount>=8 AND transfer.amount<=8", "transfer.amount='8stake'"],
  ["transfer.rate=1.5", "transfer.rate>1.4 AND transfer.rate<1.6", "transfer.rate='1.50'", "transfer.rate=1"],
  ["transfer.at=TIME 2023-05-03T14:45:00Z", "transfer.at>DATE 2023-05-03", "transfer.on=DATE 2023-05-03"],
  ["transfer.on>TIME 2023-05-02T00:00:00Z", "transfer.at<TIME 2024-01-01T00:00:00+01:00"],
  [
    "transfer EXISTS",
    "transfer.sender EXISTS",
    "odd.text CONTAINS '<&>'",
    "odd.slash='a/b'",
    "odd.hidden='x'",
  ],
  ["deep.type.key='1'", "deep.type EXISTS", "deep EXISTS", "type.key='1'"],
  [
    "epoch.number=9",
    "epoch.number=9 AND tm.event='NewBlock'",
    "tm.event='NewBlockEvents' AND epoch.number>8",
  ],
  ["tx.height>0", "tx.height>0 AND tx.hash EXISTS", "tx.hash CONTAINS 'A'", "tm.event CONTAINS 'x'"],
  ["tm.event='ValidatorSetUpdates'", "tm.event='NewEvidence'", "tm.event='Vote_'", "round.number EXISTS"],
  ["tm.event='Tx' AND app.key='told'", "tx EXISTS"],
];
