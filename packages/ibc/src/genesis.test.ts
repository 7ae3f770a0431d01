import { toProtoJson } from "@tandem-ics/proto";
import { createAddressCodecs, createTestContext, type Json, type JsonObject } from "@tandem-ics/runtime";
import { ClientState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { makeHeight } from "./24-host/index.ts";
import { createIbcModule } from "./ibc-module.ts";

const { module: ibc } = createIbcModule({ address: createAddressCodecs("cosmos").account, authority: "" });

const DEFAULT = {
  client_genesis: {
    clients: [],
    clients_consensus: [],
    clients_metadata: [],
    params: { allowed_clients: ["*"] },
    create_localhost: false,
    next_client_sequence: "0",
  },
  connection_genesis: {
    connections: [],
    client_connection_paths: [],
    next_connection_sequence: "0",
    params: { max_expected_time_per_block: "30000000000" },
  },
  channel_genesis: {
    channels: [],
    acknowledgements: [],
    commitments: [],
    receipts: [],
    send_sequences: [],
    recv_sequences: [],
    ack_sequences: [],
    next_channel_sequence: "0",
  },
  client_v2_genesis: { counterparty_infos: [] },
  channel_v2_genesis: {
    acknowledgements: [],
    commitments: [],
    receipts: [],
    async_packets: [],
    send_sequences: [],
  },
};

/** What is exported after `genesis` was imported. */
function imported(genesis: JsonObject): JsonObject {
  const ctx = createTestContext({ stores: [ibc] });
  ibc.validateGenesis!(genesis);
  ibc.initGenesis!(ctx, genesis, { deliverTx() {} });
  return ibc.exportGenesis!(ctx);
}

const localhost = {
  id: "connection-localhost",
  client_id: "09-localhost",
  versions: [{ identifier: "1", features: ["ORDER_ORDERED", "ORDER_UNORDERED"] }],
  state: "STATE_OPEN",
  counterparty: {
    client_id: "09-localhost",
    connection_id: "connection-localhost",
    prefix: { key_prefix: "aWJj" },
  },
  delay_period: "0",
};
const WITH_LOCALHOST = {
  ...DEFAULT,
  connection_genesis: { ...DEFAULT.connection_genesis, connections: [localhost] },
};

describe("genesis of a new chain", () => {
  test("is that of ibc-go v10", () => {
    expect(ibc.defaultGenesis!()).toEqual(DEFAULT);
  });

  test("gets the connection of the chain to itself", () => {
    expect(imported(DEFAULT)).toEqual(WITH_LOCALHOST);
    expect(imported(WITH_LOCALHOST)).toEqual(WITH_LOCALHOST);
  });

  test("may leave out sections", () => {
    expect(imported({})).toEqual(WITH_LOCALHOST);
  });
});

describe("genesis of an older chain", () => {
  test("has a localhost client and params of channels, which are gone", () => {
    const state = {
      "@type": "/ibc.lightclients.localhost.v2.ClientState",
      latest_height: { revision_height: "5" },
    };
    const old = {
      client_genesis: {
        ...DEFAULT.client_genesis,
        clients: [{ client_id: "09-localhost", client_state: state }],
        clients_metadata: [{ client_id: "09-localhost", client_metadata: [{ key: "eA==", value: "eQ==" }] }],
        create_localhost: true,
      },
      connection_genesis: DEFAULT.connection_genesis,
      channel_genesis: {
        ...DEFAULT.channel_genesis,
        params: {
          upgrade_timeout: {
            height: { revision_number: "0", revision_height: "0" },
            timestamp: "600000000000",
          },
        },
      },
    };
    expect(imported(old)).toEqual(WITH_LOCALHOST);
  });
});

describe("genesis is refused", () => {
  const client = (changes: Partial<ClientState> = {}): Json => ({
    "@type": ClientState.typeUrl,
    ...(toProtoJson("ibc.lightclients.tendermint.v1.ClientState", {
      ...ClientState.fromPartial({ chainId: "other-1", trustLevel: { numerator: 1n, denominator: 3n } }),
      trustingPeriod: { seconds: 100n, nanos: 0 },
      unbondingPeriod: { seconds: 200n, nanos: 0 },
      maxClockDrift: { seconds: 10n, nanos: 0 },
      latestHeight: makeHeight(1n, 7n),
      proofSpecs: [{ maxDepth: 0, minDepth: 0 }],
      ...changes,
    }) as JsonObject),
  });
  const clients = (changes: JsonObject): JsonObject => ({
    client_genesis: {
      ...DEFAULT.client_genesis,
      clients: [{ client_id: "07-tendermint-3", client_state: client() }],
      next_client_sequence: "4",
      ...changes,
    },
  });
  const channel: JsonObject = {
    state: "STATE_OPEN",
    ordering: "ORDER_ORDERED",
    counterparty: { port_id: "provider", channel_id: "channel-0" },
    connection_hops: ["connection-0"],
    version: "1",
    port_id: "consumer",
    channel_id: "channel-2",
  };
  const channels = (changes: JsonObject): JsonObject => ({
    channel_genesis: {
      ...DEFAULT.channel_genesis,
      channels: [channel],
      next_channel_sequence: "3",
      ...changes,
    },
  });

  test("not for a client and a channel in order", () => {
    expect(() => imported(clients({}))).not.toThrow();
    expect(() => imported(channels({}))).not.toThrow();
  });

  test.each<[string, JsonObject]>([
    ["a counter that would give an id twice", clients({ next_client_sequence: "3" })],
    ["a client of a type that is not allowed", clients({ params: { allowed_clients: ["06-solomachine"] } })],
    [
      "a client under an id of another type",
      clients({ clients: [{ client_id: "08-wasm-1", client_state: client() }] }),
    ],
    [
      "a client that cannot expire",
      clients({
        clients: [
          {
            client_id: "07-tendermint-3",
            client_state: client({ trustingPeriod: { seconds: 200n, nanos: 0 } }),
          },
        ],
      }),
    ],
    [
      "metadata of an unknown client",
      clients({ clients_metadata: [{ client_id: "07-tendermint-9", client_metadata: [] }] }),
    ],
    ["a channel counter that would give an id twice", channels({ next_channel_sequence: "2" })],
    [
      "a channel without ordering",
      channels({ channels: [{ ...channel, ordering: "ORDER_NONE_UNSPECIFIED" }] }),
    ],
    [
      "a packet without hash",
      channels({ commitments: [{ port_id: "consumer", channel_id: "channel-2", sequence: "1", data: "" }] }),
    ],
    [
      "connection params without block time",
      { connection_genesis: { ...DEFAULT.connection_genesis, params: {} } },
    ],
    ["an unknown field", { client_genesis: { ...DEFAULT.client_genesis, extra: 1 } }],
    ["state of IBC v2", { channel_v2_genesis: { commitments: [{ client_id: "07-tendermint-0" }] } }],
  ])("for %s", (_what, genesis) => {
    expect(() => imported(genesis)).toThrow();
  });
});
