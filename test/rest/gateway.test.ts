/** The REST door: paths, parameters, bodies, answers. What is expected was recorded from a Go provider (SDK 0.50.13). */
import { ACCOUNT, DENOM, OPERATOR, type RestChain, startRestChain, VALIDATOR } from "./chain.ts";

let chain: RestChain;
beforeAll(async () => {
  chain = await startRestChain();
});
afterAll(() => chain.close());

interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Headers;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${chain.rest.url}${path}`, { redirect: "manual", ...init });
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? undefined : JSON.parse(text), headers: answer.headers };
}

const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(path, { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } });

const refusal = (code: number, message: string) => ({ code, message, details: [] });
const balances = `/cosmos/bank/v1beta1/balances/${ACCOUNT}`;
const proposal = "/cosmos/upgrade/v1beta1/upgraded_consensus_state";
const stake = { denom: DENOM, amount: "5000" };
const ucosm = { denom: "ucosm", amount: "5000" };

describe("answers", () => {
  test.each<[string, string, unknown]>([
    ["a coin", `${balances}/by_denom?denom=${DENOM}`, { balance: stake }],
    [
      "a page with what follows",
      `${balances}?pagination.limit=1&pagination.count_total=true`,
      { balances: [stake], pagination: { next_key: "dWNvc20=", total: "2" } },
    ],
    [
      "the page after, by key in either alphabet",
      `${balances}?pagination.key=dWNvc20%3D`,
      { balances: [ucosm], pagination: { next_key: null, total: "0" } },
    ],
    [
      "names in camel case, numbers with a prefix, unknown names, the first of many",
      `${balances}?pagination.limit=0x1&pagination.limit=9&pagination.countTotal=T&foo=1&__proto__=x&constructor.a=1`,
      { balances: [stake], pagination: { next_key: "dWNvc20=", total: "2" } },
    ],
    ["defaults, empty lists and nulls", "/cosmos/upgrade/v1beta1/current_plan", { plan: null }],
    [
      "an Any with its type",
      `/cosmos/auth/v1beta1/accounts/${ACCOUNT}`,
      {
        account: {
          "@type": "/cosmos.auth.v1beta1.BaseAccount",
          address: ACCOUNT,
          pub_key: null,
          account_number: "1",
          sequence: "0",
        },
      },
    ],
    [
      "an enum by name in the path",
      "/interchain_security/ccv/provider/consumer_chains/CONSUMER_PHASE_LAUNCHED",
      { chains: [], pagination: { next_key: null, total: "0" } },
    ],
    [
      "an enum by number in the path",
      "/interchain_security/ccv/provider/consumer_chains/3",
      { chains: [], pagination: { next_key: null, total: "0" } },
    ],
    [
      "an enum by name in the query",
      "/cosmos/tx/v1beta1/txs?order_by=ORDER_BY_DESC&query=tx.height%3E0",
      { txs: [], tx_responses: [], pagination: null, total: "0" },
    ],
  ])("%s", async (_, path, expected) => {
    const { status, json, headers } = await ask(path);
    expect({ status, json }).toEqual({ status: 200, json: expected });
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("grpc-metadata-x-cosmos-block-height")).toBe("3");
  });

  test("decimals, statuses and keys of a validator", async () => {
    const { json } = await ask(`/cosmos/staking/v1beta1/validators/${VALIDATOR}`);
    expect(json).toMatchObject({
      validator: {
        operator_address: VALIDATOR,
        consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey" },
        jailed: false,
        status: "BOND_STATUS_BONDED",
        tokens: "3000000",
        delegator_shares: "3000000.000000000000000000",
        unbonding_height: "0",
        unbonding_time: "1970-01-01T00:00:00Z",
        unbonding_ids: [],
      },
    });
    expect((await ask(`/cosmos/staking/v1beta1/delegations/${OPERATOR}`)).status).toBe(200);
  });

  test("fields stand in the order of their declaration", async () => {
    const answer = await fetch(`${chain.rest.url}/cosmos/bank/v1beta1/params`);
    expect(await answer.text()).toBe('{"params":{"send_enabled":[],"default_send_enabled":true}}');
  });

  test("state of an earlier height, told back in the header", async () => {
    for (const name of ["x-cosmos-block-height", "Grpc-Metadata-X-Cosmos-Block-Height"]) {
      const { status, headers } = await ask(balances, { headers: { [name]: "2" } });
      expect([status, headers.get("grpc-metadata-x-cosmos-block-height")]).toEqual([200, "2"]);
    }
  });
});

describe("refusals", () => {
  const param = (name: string, kind: string, text: string, why = "invalid syntax"): [string, unknown] => [
    `${balances}?${name}=${encodeURIComponent(text)}`,
    [400, refusal(3, `strconv.Parse${kind}: parsing ${JSON.stringify(text)}: ${why}`)],
  ];
  test.each<[string, unknown]>([
    param("pagination.limit", "Uint", "abc"),
    param("pagination.limit", "Uint", "-1"),
    param("pagination.limit", "Uint", ""),
    param("pagination.limit", "Uint", "1__0"),
    param("pagination.limit", "Uint", "09"),
    param("pagination.limit", "Uint", "18446744073709551616", "value out of range"),
    param("pagination.limit", "Uint", "9".repeat(5000), "value out of range"),
    param("resolve_denom", "Bool", "maybe"),
    [`${balances}?pagination.key=!!!`, [400, refusal(3, "illegal base64 data at input byte 0")]],
    [`${balances}?pagination.key=YQ`, [400, refusal(3, "illegal base64 data at input byte 0")]],
    [`${balances}?pagination.limit.x=1`, [400, refusal(3, "unexpected nested field x in pagination.limit")]],
    [
      `${balances}?pagination=1`,
      [400, refusal(3, "field type *query.PageRequest is not supported in query parameters")],
    ],
    [`${balances}?%zz=1`, [400, refusal(3, 'invalid URL escape "%zz"')]],
    [`${balances}?a;b`, [400, refusal(3, "invalid semicolon separator in query")]],
    [
      "/cosmos/tx/v1beta1/txs?query=tx.height%3D1&order_by=x",
      [400, refusal(3, "x is not a valid tx.OrderBy")],
    ],
    ["/cosmos/tx/v1beta1/txs?events.x=1", [400, refusal(3, "unexpected repeated field in events.x")]],
    [
      "/interchain_security/ccv/provider/consumer_chains/abc",
      [400, refusal(3, "type mismatch, parameter: phase, error: abc is not valid")],
    ],
    [
      `${proposal}/x`,
      [
        400,
        refusal(
          3,
          'type mismatch, parameter: last_height, error: strconv.ParseInt: parsing "x": invalid syntax',
        ),
      ],
    ],
    [
      "/ibc/core/channel/v1/channels/channel-0/ports/transfer/packet_commitments/1,x/unreceived_packets",
      [
        400,
        refusal(
          3,
          'type mismatch, parameter: packet_commitment_sequences, error: strconv.ParseUint: parsing "x": invalid syntax',
        ),
      ],
    ],
    [
      "/cosmos/base/tendermint/v1beta1/blocks/9999999",
      [400, refusal(3, "requested block height is bigger then the chain length")],
    ],
    ["/cosmos/tx/v1beta1/txs/ABCD", [404, refusal(5, "tx not found: ABCD")]],
    ["/nothing", [501, refusal(12, "Not Implemented")]],
    ["/cosmos/bank/v1beta1/params/", [501, refusal(12, "Not Implemented")]],
    ["/cosmos/bank/v1beta1/balances/a%2Fb", [501, refusal(12, "Not Implemented")]],
    ["/cosmos/mint/v1beta1/:x", [501, refusal(12, "Not Implemented")]],
    // of the consumer's module: this is a provider
    ["/interchain_security/ccv/consumer/params", [501, refusal(12, "Not Implemented")]],
  ])("%.90s", async (path, expected) => {
    const { status, json } = await ask(path);
    expect([status, json]).toEqual(expected);
  });

  test.each<[string, unknown]>([
    [
      "999999",
      "codespace sdk code 26: invalid height: cannot query with height in the future; please provide a valid height",
    ],
    [
      "abc",
      'codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height header "x-cosmos-block-height": strconv.ParseInt: parsing "abc": invalid syntax',
    ],
    [
      "-1",
      "codespace sdk code 18: invalid request: cannot query with height < 0; please provide a valid height",
    ],
  ])("height %s", async (height, message) => {
    const { status, json } = await ask(balances, { headers: { "x-cosmos-block-height": height as string } });
    expect([status, json]).toEqual([500, refusal(2, message as string)]);
  });

  test("a path that begins with a variable's value being empty is the empty value", async () => {
    const { status } = await ask("/cosmos/bank/v1beta1/balances/");
    expect(status).toBe(400);
  });

  test.each(["POST", "DELETE", "PUT", "OPTIONS", "PATCH"])("%s of a GET route", async (method) => {
    const { status, json } = await ask("/cosmos/bank/v1beta1/params", { method });
    expect([status, json]).toEqual([501, refusal(12, "Not Implemented")]);
  });

  test("a HEAD request", async () => {
    expect((await fetch(`${chain.rest.url}/cosmos/bank/v1beta1/params`, { method: "HEAD" })).status).toBe(
      501,
    );
  });
});

describe("paths", () => {
  test.each([
    ["/cosmos//bank/v1beta1/params", "/cosmos/bank/v1beta1/params"],
    ["//cosmos/bank/v1beta1/params?a=1", "/cosmos/bank/v1beta1/params?a=1"],
  ])("%s leads to %s", async (path, location) => {
    const { status, headers } = await ask(path);
    expect([status, headers.get("location")]).toEqual([301, location]);
  });

  test("a variable may hold slashes", async () => {
    const { status, json } = await ask("/ibc/apps/transfer/v1/denom_hashes/transfer/channel-0/x");
    expect([status, json]).toEqual([404, refusal(5, "transfer/channel-0/x: denomination not found")]);
  });

  test("a long query may come as a form", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const { status, json } = await post(`${balances}/by_denom`, `denom=${DENOM}`, form);
    expect([status, json]).toEqual([200, { balance: stake }]);
    const overridden = await post(`${balances}/by_denom?denom=ucosm`, "denom=x", {
      ...form,
      "X-HTTP-Method-Override": "GET",
    });
    expect([overridden.status, overridden.json]).toEqual([200, { balance: ucosm }]);
  });
});

describe("bodies", () => {
  const simulate = "/cosmos/tx/v1beta1/simulate";
  const encode = "/cosmos/tx/v1beta1/encode";
  const message = (fields: object) => JSON.stringify({ tx: { body: { messages: [fields] } } });
  test.each<[string, string, string]>([
    [simulate, "{", "unexpected EOF"],
    [simulate, "", "empty txBytes is not allowed"],
    [simulate, "null", "empty txBytes is not allowed"],
    [simulate, '{"foo":"YWJj"}', "empty txBytes is not allowed"],
    [simulate, '{"tx_bytes":null}x', "empty txBytes is not allowed"],
    [simulate, "[]", "json: cannot unmarshal array into Go value of type map[string]json.RawMessage"],
    [simulate, "5", "json: cannot unmarshal number into Go value of type map[string]json.RawMessage"],
    [simulate, "nope", "invalid character 'o' in literal null (expecting 'u')"],
    [simulate, '{"a":}', "invalid character '}' looking for beginning of value"],
    [simulate, '{"a" 1}', "invalid character '1' after object key"],
    [simulate, '{"tx_bytes":"!!"}', "illegal base64 data at input byte 0"],
    [simulate, '{"tx_bytes":"_w=="}', "illegal base64 data at input byte 0"],
    [simulate, '{"tx_bytes":123}', "json: cannot unmarshal number into Go value of type []uint8"],
    [simulate, '{"tx_bytes":"\u0001"}', "invalid character '\\x01' in string literal"],
    [encode, "{}", "invalid empty tx"],
    [encode, message({ "@type": "/nope" }), 'unknown message type "nope"'],
    [encode, message({ a: 1 }), "Any JSON doesn't have '@type'"],
    [encode, message({ "@type": 5 }), `can't unmarshal Any's '@type': "5"`],
    [
      encode,
      message({ "@type": "/cosmos.gov.v1beta1.MsgVote", proposal_id: "9".repeat(23) }),
      `can't unmarshal Any nested proto *v1beta1.MsgVote: json: cannot unmarshal number ${"9".repeat(23)} into Go value of type uint64`,
    ],
    [encode, '{"tx":{"body":{"memo":5}}}', "json: cannot unmarshal number into Go value of type string"],
    [
      encode,
      '{"tx":{"body":{"messages":5}}}',
      "json: cannot unmarshal number into Go value of type []json.RawMessage",
    ],
    [
      encode,
      '{"tx":{"auth_info":{"signer_infos":[{"mode_info":{"single":{"mode":"x"}}}]}}}',
      'unknown value "x" for enum cosmos.tx.signing.v1beta1.SignMode',
    ],
  ])("%s of %.60s", async (path, body, text) => {
    const { status, json } = await post(path, body);
    expect([status, json]).toEqual([400, refusal(3, text)]);
  });

  test("a transaction becomes the bytes that Go makes of it, and itself again", async () => {
    const tx = {
      body: {
        messages: [
          {
            "@type": "/cosmos.bank.v1beta1.MsgSend",
            from_address: "a",
            amount: [{ denom: "x", amount: "1" }],
          },
        ],
        memo: "m",
      },
      auth_info: { signer_infos: [], fee: { amount: [], gas_limit: "5" } },
      signatures: [],
    };
    const txBytes = "CjAKKwocL2Nvc21vcy5iYW5rLnYxYmV0YTEuTXNnU2VuZBILCgFhGgYKAXgSATESAW0SBBICEAU=";
    expect((await post(encode, JSON.stringify({ tx }))).json).toEqual({ tx_bytes: txBytes });
    const { json } = await post("/cosmos/tx/v1beta1/decode", JSON.stringify({ tx_bytes: txBytes }));
    expect(json).toMatchObject({ tx });
  });

  test("a broadcast tells no height", async () => {
    const body = JSON.stringify({ tx_bytes: "YWJj", mode: "BROADCAST_MODE_SYNC" });
    const { status, json, headers } = await post("/cosmos/tx/v1beta1/txs", body);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      tx_response: {
        height: "0",
        txhash: "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        codespace: "sdk",
        code: 2,
        tx: null,
        events: [],
      },
    });
    expect(headers.get("grpc-metadata-x-cosmos-block-height")).toBeNull();
  });
});

test("a port in use is refused", async () => {
  await expect(chain.node.listenRest({ port: chain.rest.port })).rejects.toMatchObject({
    code: "listenFailed",
  });
});
