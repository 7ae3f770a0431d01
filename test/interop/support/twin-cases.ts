/** Requests that the twins are both given. */
import { VALUES } from "./twin-chain.ts";
import type { Twins } from "./twins.ts";

/** One HTTP request. */
export interface TwinCase {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A POST to `/`. */
export const post = (body: string, name = body): TwinCase => ({ name, path: "/", method: "POST", body });
/** A GET. */
export const get = (path: string): TwinCase => ({ name: path, path });
/** A call of a method; without `params` the member is absent. */
export const call = (method: string, params?: unknown): TwinCase =>
  post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, ...(params === undefined ? {} : { params }) }));

const ROUTES = [
  "health", "net_info", "blockchain", "genesis", "genesis_chunked", "block", "block_by_hash", "block_results", "commit", "header",
  "header_by_hash", "check_tx", "tx", "tx_search", "block_search", "validators", "consensus_params", "unconfirmed_txs", "num_unconfirmed_txs",
  "broadcast_tx_commit", "broadcast_tx_sync", "abci_query", "abci_info", "broadcast_evidence", "subscribe", "unsubscribe",
  "unsubscribe_all", "dial_seeds", "dial_peers", "unsafe_flush_mempool", "unsafe_start_cpu_profiler", "nope", "", "Block", "block/",
]; // biome-ignore format: a list of words

/** Parameters by method, in order. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  blockchain: ["minHeight", "maxHeight"],
  genesis_chunked: ["chunk"],
  block: ["height"],
  block_by_hash: ["hash"],
  block_results: ["height"],
  commit: ["height"],
  header: ["height"],
  header_by_hash: ["hash"],
  check_tx: ["tx"],
  tx: ["hash", "prove"],
  tx_search: ["query", "prove", "page", "per_page", "order_by"],
  block_search: ["query", "page", "per_page", "order_by"],
  validators: ["height", "page", "per_page"],
  consensus_params: ["height"],
  unconfirmed_txs: ["limit"],
  abci_query: ["path", "data", "height", "prove"],
  broadcast_evidence: ["evidence"],
};

const JSON_VALUES = [
  "null", "1", '"1"', "-1", '"-1"', "0", '"0"', '"2"', "1.5", '"1.5"', "1e2", '"1e2"', '"01"', '"+1"', '" 1"', '"1 "', '""', '"abc"', "true", "false",
  '"true"', "[]", "{}", "[1]", '"0x01"', '"AAAA"', '"AA=="', '"zz"', '"9223372036854775807"', '"9223372036854775808"', '"-9223372036854775808"',
  '"18446744073709551615"', '"18446744073709551616"', '"99999999999999999999999"', '"null"', '"\\u0031"', '"a=1"', '"desc"', '"ABC"', "12345678901234567890",
  '"\\u0000"', '"é"', '"[]"', '"{}"', '"\\""', '"A\\nA"',
]; // biome-ignore format: a list of words

const URI_VALUES = [
  "", "1", "%221%22", "-1", "%22-1%22", "0", "1.5", "1e2", "01", "+1", "%2B1", "%201", "abc", "%22abc%22", "true", "false", "%22true%22", "null", "%22null%22",
  "[]", "{}", "[1]", "0x", "0x01", "0X01", "0xabc", "0xzz", "%220x01%22", "AAAA", "%22AAAA%22", "%22", "%22%22", "'1'", "9223372036854775807",
  "9223372036854775808", "%229223372036854775808%22", "18446744073709551616", "-9223372036854775808", "%", "%zz", "%00", "%22%00%22", "%C3%A9", "%22%C3%A9%22", "%FF", "%22%FF%22", "%22a%22b%22", "1&x=2", "%22desc%22", "desc", "1;2", "%22\\n%22", "%22a%0Ab%22",
]; // biome-ignore format: a list of words

/** Every route in every way of calling without parameters. */
export const routeCases = (): TwinCase[] =>
  ROUTES.flatMap((route) => [
    get(`/${route}`),
    call(route),
    call(route, {}),
    call(route, []),
    call(route, null),
    call(route, "x"),
    call(route, 5),
    call(route, [1]),
    call(route, [null, null]),
    call(route, { unknown: 1, HEIGHT: "1" }),
  ]);

/** Every parameter with every kind of value, by POST and by GET. */
export const parameterCases = (): TwinCase[] =>
  Object.entries(PARAMETERS).flatMap(([method, names]) =>
    names.flatMap((name) => [
      ...JSON_VALUES.map((value) =>
        post(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"${name}":${value}}}`),
      ),
      ...URI_VALUES.map((value) => get(`/${method}?${name}=${value}`)),
    ]),
  );

/** Bodies that are no single call, or one in odd clothes. */
export const bodyCases = (): TwinCase[] => [
  ...[
    "", " ", "\n", "null", "true", "1", '"x"', "[]", "[[]]", "[null]", "[1]", "[{}]", "{}", "{", "}", "[", "]", '{"id":1', '{"id":1,}', "{'id':1}", '{"id":1}x', '{"id":1}{"id":2}',
    '{"id":null,"method":"health"}', '{"method":"health"}', '{"id":1,"method":"health"}', '{"id":"a","method":"health"}', '{"id":"","method":"health"}',
    '{"id":1.7,"method":"health"}', '{"id":-1.7,"method":"health"}', '{"id":0,"method":"health"}', '{"id":-0,"method":"health"}', '{"id":1e3,"method":"health"}', '{"id":1e30,"method":"health"}', '{"id":1e400,"method":"health"}', '{"id":-1e30,"method":"health"}',
    '{"id":9007199254740993,"method":"health"}', '{"id":9223372036854775807,"method":"health"}', '{"id":12345678901234567,"method":"health"}', '{"id":true,"method":"health"}', '{"id":[],"method":"health"}', '{"id":[1,"a",null],"method":"health"}', '{"id":{"a":1,"b":[2.5]},"method":"health"}',
    '{"id":1,"method":5}', '{"id":1,"method":null}', '{"id":1,"method":[]}', '{"jsonrpc":2,"id":1,"method":"health"}', '{"jsonrpc":"1.0","id":1,"method":"health"}', '{"jsonrpc":null,"id":1,"method":"health"}',
    '{"ID":1,"METHOD":"health"}', '{"id":1,"id":2,"method":"health"}', '{"Id":7,"id":null,"method":"health"}', '{"id":1,"method":"health","params":null}', '{"id":1,"method":"health","extra":{"a":[]}}',
    '{"id":"<&>\\u2028é","method":"health"}', '{"id":"\\ud800","method":"health"}', '{"id":1,"method":"block","params":{"height":"1","height":"2"}}', '{"id":1,"method":"\\u0068ealth"}',
    '[{"id":1,"method":"health"}]', '[{"id":1,"method":"health"},{"id":2,"method":"health"}]', '[{"method":"health"},{"id":2,"method":"health"}]', '[{"method":"health"},{"method":"health"}]',
    '[{"id":1,"method":"nope"},{"id":2,"method":"health"},{"id":3,"method":"block","params":{"height":1}}]', '[{"id":1,"method":"health"},5]', '[{"id":1,"method":"health"},null]', '[{"id":1,"method":"health"},[]]', '[{"id":{},"method":"health"}]',
    '[{"id":1,"method":"block","params":{"height":"1"}},{"id":2,"method":"block","params":{"height":"2"}}]', '[{"id":1,"method":"block","params":{"height":"1"}},{"id":2,"method":"status_"}]',
    '[{"id":1,"method":"block","params":{"height":"1"}},{"id":2,"method":"block","params":{"height":"999999"}}]',
    '{"id":1,"method":"subscribe","params":{"query":"a.b EXISTS"}}', '\ufeff{"id":1,"method":"health"}', '{"id":1,"method":"hea\nlth"}', '{"id":01,"method":"health"}', '{"id":1,"method":"health"}\n\n', ' \t{"id":1,"method":"health"}', '{"id":1,"method":"x\\q"}', '{"id":1,"method":"x\\u12"}', "nul", "tru", "fals", "-", "1.", "1e", '"', '{"a"', '{"a":', '{"a" 1}', "{1:2}", '{"id":1 "method":"x"}', "[1 2]", "[1,]", '{"id":NaN}', "\u0000", "<html>",
  ].map((body) => post(body)),
  post(`[${Array.from({ length: 10 }, (_, id) => `{"id":${id},"method":"health"}`).join(",")}]`, "a batch of 10"),
  post(`[${Array.from({ length: 11 }, (_, id) => `{"id":${id},"method":"health"}`).join(",")}]`, "a batch of 11"),
  post(`[${Array.from({ length: 11 }, () => `{"method":"health"}`).join(",")}]`, "a batch of 11 notifications"),
  post(`[${Array.from({ length: 11 }, () => "null").join(",")}]`, "a batch of 11 nulls"),
  post("[".repeat(10_001), "10,001 brackets"),
  post(`{"id":1,"method":"health","params":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, "deep but not too deep"),
  post(`{"id":1,"method":"health","params":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, "too deep"),
  post("x".repeat(1_000_001), "a body above the limit"),
]; // biome-ignore format: a list of words

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { origin: "http://wallet.example" },
  { origin: "http://evil.example" },
  { origin: "null" },
];

/** Paths, methods, headers. */
export const httpCases = (): TwinCase[] => [
  ...["/", "//", "//block", "/block//", "/block/1", "/../block", "/./block", "/%62lock?height=1", "/block%3Fheight=1", "/websocket", "/favicon.ico", "/block?", "/block?height=1&height=2", "/block?HEIGHT=1", "/block?height", "/block?height=", "/?height=1", "/status/", "/a b".replace(" ", "%20")].map(get),
  ...["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"].flatMap((method) => [
    { name: `${method} /`, path: "/", method },
    { name: `${method} /health`, path: "/health", method },
    { name: `${method} /block?height=1`, path: "/block?height=1", method },
    { name: `${method} /nope`, path: "/nope", method },
  ]),
  { name: "a form", path: "/block", method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "height=1" },
  { name: "a form with a query", path: "/block?height=2", method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "height=1" },
  { name: "JSON to a method's path", path: "/block", method: "POST", body: '{"id":1,"method":"health"}' },
  { name: "JSON to no method's path", path: "/nope", method: "POST", body: '{"id":1,"method":"health"}' },
  { name: "a call by PUT", path: "/", method: "PUT", body: '{"id":1,"method":"health"}' },
  { name: "a call as text", path: "/", method: "POST", headers: { "content-type": "text/plain" }, body: '{"id":1,"method":"health"}' },
  ...HEADERS.flatMap((headers) => [
    { name: `GET from ${headers["origin"]}`, path: "/health", headers },
    { name: `POST from ${headers["origin"]}`, path: "/", method: "POST", headers, body: '{"id":1,"method":"health"}' },
    ...["POST", "GET", "PUT", "DELETE"].flatMap((asked) => [
      { name: `preflight of ${asked} from ${headers["origin"]}`, path: "/", method: "OPTIONS", headers: { ...headers, "access-control-request-method": asked } },
      { name: `preflight of ${asked} with headers from ${headers["origin"]}`, path: "/block", method: "OPTIONS", headers: { ...headers, "access-control-request-method": asked, "access-control-request-headers": "content-type" } },
      { name: `preflight of ${asked} with odd headers from ${headers["origin"]}`, path: "/block", method: "OPTIONS", headers: { ...headers, "access-control-request-method": asked, "access-control-request-headers": "x-odd" } },
    ]),
  ]),
]; // biome-ignore format: a list of words

const quoted = (value: string): string => `'${value}'`;

/** Queries; those of searches and of subscriptions are parsed by one grammar. */
export const QUERIES: readonly string[] = [
  "", " ", "a", "a.b", "=", "a.b=", "a.b=1", "a.b='1'", "a.b = '1'", "a.b='1", "a.b=1'", 'a.b="1"', "a.b='it''s'", "a.b='it\\'s'", "a.b==1", "a.b=<1", "a.b<>1", "a.b!=1", "a.b<'1'", "a.b<=1 AND", "AND", "a.b=1 AND a.c=2", "a.b=1 and a.c=2", "a.b=1 OR a.c=2", "a.b=1ANDa.c=2", "a.b='1'AND a.c='2'", "(a.b=1)", "NOT a.b=1", "a.b EXISTS", "a.b exists", "a.b EXISTS 1", "EXISTS a.b", "a.b CONTAINS", "a.b CONTAINS 1", "a.b CONTAINS 'x'", "a.b CONTAINS ''", "CONTAINS='1'", "AND='1'", "TIME='1'", "DATE='1'", "a.b=TIME 2023-05-03T14:45:00Z", "a.b=TIME  2023-05-03T14:45:00Z", "a.b=TIME 2023-05-03", "a.b=TIME", "a.b=TIME ", "a.b=TIME x", "a.b=DATE 2023-05-03", "a.b=DATE 2023-13-03", "a.b=DATE 2023-02-30", "a.b=DATE 2023-5-3", "a.b=DATE 1899-01-01", "a.b=DATE 3000-01-01", "a.b=TIME 1899-01-01T00:00:00Z", "a.b=TIME 2023-05-03T25:00:00Z", "a.b=TIME 2023-05-03T14:60:00Z", "a.b=TIME 2023-05-03T14:45:60Z", "a.b=TIME 2023-05-03T14:45:00+02:00", "a.b=TIME 2023-05-03T14:45:00.5Z", "a.b=TIME 2023-05-03T14:45:00", "a.b=TIME 2023-05-03T14:45:00+2", "a.b>TIME 2023-05-03T14:45:00Z", "a.b>DATE 2023-05-03 AND a.b<DATE 2023-06-03", "a.b=1.5", "a.b=1.", "a.b=.5", "a.b=-1", "a.b=+1", "a.b=1e3", "a.b=01", "a.b=1_0", "a.b=1 2", "a.b=1.2.3", "a.b=999999999999999999999999999999", "a-b.c='1'", "a_b.c='1'", "-a='1'", "_a='1'", "1a='1'", ".a='1'", "a.='1'", "a..b='1'", "a/b='1'", "a,b='1'", "é.b='1'", "日本='1'", "a\tb='1'", "a.b\n=\n'1'\n", "a.b='\n'", "a.b=true", "a.b=null", "a.b='1';", "a.b='1' ;", "#", "a.b='1' # c", "%", "a.b='%'", "a.b=\u00001", "a.b='\u0000'", "\u00a0a.b='1'", "a.b='x' AND a.b EXISTS AND", "a.b='x' AND AND a.b='y'", "a.b EXISTS AND a.c CONTAINS 'y' AND a.d>1 AND a.e<=2.5", `a.b='${"x".repeat(500)}'`, `a.b='${"x".repeat(506)}'`, `a.b='${"x".repeat(507)}'`, "tm.event='Tx'", "tm.event='Tx' AND tx.height=1", "tm.event='NewBlock'", "tm.event EXISTS",
]; // biome-ignore format: a list of words

const FOUND_QUERIES: readonly string[] = [
  "tx.height=1", "tx.height=2", "tx.height=4", "tx.height='4'", "tx.height='x'", "tx.height=4.9", "tx.height=0", "tx.height>0", "tx.height>=0", "tx.height<5", "tx.height<=4", "tx.height>3 AND tx.height<8", "tx.height>=3.5 AND tx.height<=8.5", "tx.height>'3'", "tx.height=3 AND tx.height=4", "tx.height=3 AND tx.height>3", "tx.height>3 AND tx.height=3", "tx.height>3 AND tx.height>5", "tx.height>5 AND tx.height>3", "tx.height EXISTS", "tx.height CONTAINS '1'", "tx.height EXISTS AND tx.height=4", "tx.height CONTAINS '' AND tx.height<5", "tx.height>TIME 2023-05-03T14:45:00Z", "tx.height<DATE 2023-05-03", "tx.height>1 AND tx.height<TIME 2023-05-03T14:45:00Z", "tx.height=TIME 2023-05-03T14:45:00Z",
  "tx.hash='00'", "tx.hash=''", "tx.hash='zz'", "tx.hash='abc'", "tx.hash EXISTS", "tx.hash=5", "tx.hash=55", "tx.hash CONTAINS 'ab'", "tx.hash>5", "tx.height=2 AND tx.hash='00'",
  "transfer.sender='alice'", "transfer.sender='alice' AND transfer.recipient='bob'", "transfer.sender='alice' AND transfer.recipient='dave'", "transfer.sender='carol' AND transfer.recipient='bob'", "transfer.sender='alice' AND message.action EXISTS", "transfer.sender EXISTS AND transfer.recipient EXISTS", "transfer.sender CONTAINS 'a'", "transfer.sender CONTAINS 'a' AND transfer.recipient CONTAINS 'a'", "transfer.amount='100stake'", "transfer.amount=100", "transfer.amount>100", "transfer.amount>=1", "transfer.amount<1000", "transfer.amount=1", "transfer.amount='1'", "transfer.sender='alice' AND transfer.amount>=1", "transfer.sender='alice' AND tx.height=2", "transfer.sender='alice' AND tx.height>2", "transfer.sender='alice' AND tx.height>=2 AND tx.height<=4", "tx.height=2 AND transfer.sender='alice' AND transfer.recipient='bob'", "transfer.sender='alice' AND transfer.sender='bob'", "transfer EXISTS", "transfer='x'", "transfer CONTAINS ''", "message.hidden EXISTS", "message.hidden='secret'", "message.action='/cosmos.bank.v1beta1.MsgSend'", "message.action CONTAINS 'bank'", "message.action='/cosmos.bank.v1beta1.MsgSend' AND message.sender='alice'", "twice.k=1", "twice.k='2'", "twice.k=1 AND twice.k=2", "twice.k>0", "twice.k>1 AND twice.k<2", "twice.k>=1 AND twice.k<2", ".untyped='1'", "untyped='1'", "keyless.key='1'", "keyless. EXISTS", "lonely EXISTS", "dotted.type.key='1'", "dotted.type.key.sub='2'", "dotted.type.key EXISTS", "dotted.type EXISTS", "app.value EXISTS", "app.creator='kvstore'", "app.key='plain'", "app.key='plain' AND app.value='1'", "app.key='plain' AND app.creator='kvstore'", "app.length>0", "app.length CONTAINS 'chars'", "app.hidden EXISTS", "nothing.here EXISTS", "nothing.here='1'", "nothing.here>1", "app.value='5' AND app.n=2", "app.n>=2 AND app.n<=5", "app.n>2 AND app.n<=5 AND app.value>0", "app.n>5 AND app.n<2", "app.n=TIME 2023-05-03T14:45:00Z",
  "block.height=1", "block.height=2", "block.height=4", "block.height='4'", "block.height='x'", "block.height=0", "block.height=9999", "block.height=1.9", "block.height>0", "block.height<5", "block.height>=3 AND block.height<=6", "block.height>2.5 AND block.height<5.5", "block.height=3 AND block.height=4", "block.height=3 AND block.height>3", "block.height EXISTS", "block.height CONTAINS '1'", "block.height>TIME 2023-05-03T14:45:00Z", "block.height=3 AND block.height EXISTS", "block.height=2 AND epoch.number=1", "block.height>1 AND epoch.number>=1", "block.height<3 AND epoch.name='day'", "epoch.name='day'", "epoch.name='day' AND epoch.number=1", "epoch.name='day' AND epoch.number=2", "epoch.name='week' AND epoch.number>=2", "epoch.number>1", "epoch.number>=1 AND epoch.number<3", "epoch.number EXISTS", "epoch.name CONTAINS 'e'", "epoch EXISTS", "round.number=3", "round.number>2 AND round.number<5", "round.half=1.5", "round.half='1.5'", "round.half>1", "round.half>1.2 AND round.half<1.8", "round.number EXISTS AND block.height<4", "block.txs=4", "block.txs>=2", "block.txs EXISTS", "round.number=3 AND epoch.number=1", "tx.height=2 AND epoch.number=1",
]; // biome-ignore format: a list of words

const NUMBER_TERMS = [
  "=5",
  ">5",
  ">=5",
  "<5",
  "<=5",
  "=5.5",
  ">5.25",
  "<0.1",
  "<=0.1",
  "=0",
  ">1000",
  ">=99999999999999999999",
  "=99999999999999999999",
  ">9007199254740992",
  ">=0.5 AND app.value<=5",
];

/** Searches that parse, and some that do not. */
export const searchCases = (): TwinCase[] => {
  const queries = [
    ...QUERIES,
    ...FOUND_QUERIES,
    ...VALUES.filter((value) => !value.includes("'")).flatMap((value) => [
      `app.value=${quoted(value)}`,
      `app.value CONTAINS ${quoted(value.slice(0, 20))}`,
    ]),
    ...NUMBER_TERMS.map((term) => `app.value${term}`),
    ...["=", ">", "<", ">=", "<="].flatMap((operator) => [
      `app.value${operator}DATE 2023-05-03`,
      `app.value${operator}TIME 2023-05-03T14:45:00Z`,
    ]),
  ];
  return queries.flatMap((query) => [
    call("tx_search", { query, per_page: "100" }),
    call("block_search", { query, per_page: "100" }),
  ]);
};

/** Pages, orders and proofs. */
export const pageCases = (): TwinCase[] => {
  const pages = [undefined, "0", "1", "2", "3", "4", "-1", "1000", "9223372036854775807"];
  const sizes = [undefined, "0", "1", "7", "30", "100", "101", "-1"];
  return [
    ...pages.flatMap((page) =>
      sizes.map((per_page) => call("tx_search", { query: "tx.height>0", page, per_page })),
    ),
    ...pages.flatMap((page) =>
      sizes.map((per_page) => call("block_search", { query: "block.height>0", page, per_page })),
    ),
    ...pages.flatMap((page) => sizes.map((per_page) => call("validators", { page, per_page }))),
    ...["asc", "desc", "", "ASC", "up", " asc"].flatMap((order_by) => [
      call("tx_search", { query: "tx.height>0", order_by, per_page: "5" }),
      call("tx_search", { query: "app.value EXISTS", order_by, per_page: "50" }),
      call("block_search", { query: "block.height>0", order_by, per_page: "5" }),
      call("tx_search", { query: "nothing.here=1", order_by }),
      call("block_search", { query: "nothing.here=1", order_by }),
    ]),
    call("tx_search", { query: "nothing.here=1", page: "2" }),
    call("tx_search", { query: "nothing.here=1", page: "0" }),
    call("block_search", { query: "nothing.here=1", page: "2" }),
    call("tx_search", { query: "tx.height>0", prove: true, per_page: "100" }),
    call("tx_search", { query: "tx.height=2", prove: true }),
    get("/tx_search?query=%22tx.height%3E0%22&per_page=3&page=2"),
    get("/tx_search?query=%22tx.height%3E0%22&per_page=3&page=2&prove=true&order_by=%22desc%22"),
    get("/tx_search?query=%22transfer.sender=%27alice%27%22"),
    get("/tx_search?query=tx.height>0"),
    get("/tx_search?query=0x74782e6865696768743d32"),
    get("/block_search?query=%22block.height%3E3%22&per_page=2"),
    get("/validators?height=1"),
    get("/validators?height=3&page=1&per_page=1"),
    get("/unconfirmed_txs?limit=1"),
    get("/unconfirmed_txs?limit=-1"),
    get("/unconfirmed_txs?limit=1000"),
  ];
};

/** All heights by every route, and what lies around them. */
export function heightCases({ node }: Twins): TwinCase[] {
  const top = node.height;
  const heights = Array.from({ length: Number(top) + 3 }, (_, i) => String(i));
  const routes = ["block", "header", "commit", "block_results", "validators", "consensus_params"];
  return [
    ...routes.flatMap((route) => heights.map((height) => call(route, { height }))),
    ...routes.flatMap((route) => [
      get(`/${route}?height=${top}`),
      get(`/${route}?height=${top + 1n}`),
      get(`/${route}?height=%22${top}%22`),
      get(`/${route}?height=-5`),
    ]),
    ...[
      ["0", "0"],
      ["1", "0"],
      ["1", "3"],
      ["3", "1"],
      ["0", "3"],
      ["5", "0"],
      ["-1", "3"],
      ["1", "-1"],
      [String(top), String(top)],
      [String(top + 1n), String(top + 5n)],
      ["1", "100"],
      ["2", "2"],
    ].map(([minHeight, maxHeight]) => call("blockchain", { minHeight, maxHeight })),
    get("/blockchain?minHeight=1&maxHeight=2"),
    get("/blockchain?minHeight=2&maxHeight=1"),
  ];
}

/** Blocks, headers and transactions by their hashes. */
export function hashCases({ node }: Twins): TwinCase[] {
  const cases: TwinCase[] = [];
  for (let height = 1n; height <= node.height; height++) {
    const { hash } = node.blocks.meta(height)!.blockId;
    const hex = Buffer.from(hash).toString("hex");
    const base64 = Buffer.from(hash).toString("base64");
    cases.push(
      call("block_by_hash", { hash: base64 }),
      call("header_by_hash", { hash: hex }),
      get(`/block_by_hash?hash=0x${hex}`),
      get(`/block_by_hash?hash=${hex}`),
      get(`/block_by_hash?hash=%22${hex}%22`),
      get(`/header_by_hash?hash=0x${hex}`),
      get(`/header_by_hash?hash=%22${hex.toUpperCase()}%22`),
    );
  }
  return cases;
}
