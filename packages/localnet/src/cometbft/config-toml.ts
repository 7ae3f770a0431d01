/** `config.toml` of a CometBFT 0.38 node: every section and key that `config/toml.go` of that version names. */

/** What differs between nodes and networks. */
export interface CometConfig {
  /** Of the program that reads it. */
  readonly version: string;
  readonly moniker: string;
  /** `unix://…` of the application. */
  readonly proxyApp: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** `id@host:port` of every other node of the chain. */
  readonly peers: readonly string[];
  /** Pause between a decided block and the next proposal, in ms. */
  readonly timeoutCommitMs: number;
}

type Value = string | number | boolean | readonly string[];

const toml = (value: Value): string =>
  // A basic string of TOML escapes as JSON does, as far as file names and addresses go.
  Array.isArray(value) ? `[${value.map((v) => JSON.stringify(v)).join(", ")}]` : JSON.stringify(value);

const keys = (values: Readonly<Record<string, Value>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = ${toml(value)}\n`)
    .join("");

const base = (c: CometConfig) => ({
  version: c.version,
  proxy_app: c.proxyApp,
  moniker: c.moniker,
  db_backend: "goleveldb",
  db_dir: "data",
  // What consensus has to say at info is some ten lines a block.
  log_level: "main:info,state:info,*:error",
  log_format: "plain",
  genesis_file: "config/genesis.json",
  priv_validator_key_file: "config/priv_validator_key.json",
  priv_validator_state_file: "data/priv_validator_state.json",
  priv_validator_laddr: "",
  node_key_file: "config/node_key.json",
  abci: "socket",
  filter_peers: false,
});

const rpc = (c: CometConfig) => ({
  laddr: `tcp://127.0.0.1:${c.rpcPort}`,
  cors_allowed_origins: ["*"],
  cors_allowed_methods: ["HEAD", "GET", "POST"],
  cors_allowed_headers: ["Origin", "Accept", "Content-Type", "X-Requested-With", "X-Server-Time"],
  grpc_laddr: "",
  grpc_max_open_connections: 900,
  unsafe: false,
  max_open_connections: 900,
  max_subscription_clients: 100,
  max_subscriptions_per_client: 5,
  experimental_subscription_buffer_size: 200,
  experimental_websocket_write_buffer_size: 200,
  experimental_close_on_slow_client: false,
  timeout_broadcast_tx_commit: "10s",
  max_request_batch_size: 10,
  max_body_bytes: 1_000_000,
  max_header_bytes: 1_048_576,
  tls_cert_file: "",
  tls_key_file: "",
  pprof_laddr: "",
});

const p2p = (c: CometConfig) => ({
  laddr: `tcp://127.0.0.1:${c.p2pPort}`,
  external_address: "",
  seeds: "",
  persistent_peers: c.peers.join(","),
  addr_book_file: "config/addrbook.json",
  // Loopback addresses are not routable, and all nodes share one.
  addr_book_strict: false,
  allow_duplicate_ip: true,
  max_num_inbound_peers: 100,
  max_num_outbound_peers: 100,
  unconditional_peer_ids: "",
  // A node that comes back is found within a second, however long it was away.
  persistent_peers_max_dial_period: "1s",
  flush_throttle_timeout: "10ms",
  max_packet_msg_payload_size: 1024,
  send_rate: 20_480_000,
  recv_rate: 20_480_000,
  // Everybody knows everybody: there is nobody to be found.
  pex: false,
  seed_mode: false,
  private_peer_ids: "",
  handshake_timeout: "20s",
  dial_timeout: "3s",
});

const MEMPOOL = {
  type: "flood",
  recheck: true,
  recheck_timeout: "1s",
  broadcast: true,
  wal_dir: "",
  size: 5000,
  max_txs_bytes: 67_108_864,
  cache_size: 10_000,
  "keep-invalid-txs-in-cache": false,
  max_tx_bytes: 1_048_576,
  max_batch_bytes: 0,
  experimental_max_gossip_connections_to_persistent_peers: 0,
  experimental_max_gossip_connections_to_non_persistent_peers: 0,
};

const STATESYNC = {
  enable: false,
  rpc_servers: "",
  trust_height: 0,
  trust_hash: "",
  trust_period: "168h0m0s",
  discovery_time: "15s",
  temp_dir: "",
  chunk_request_timeout: "10s",
  chunk_fetchers: "4",
};

const consensus = (c: CometConfig) => ({
  wal_file: "data/cs.wal/wal",
  // Loopback is quick, but the applications of a network share a processor: a round that is given up costs more.
  timeout_propose: "1s",
  timeout_propose_delta: "500ms",
  timeout_prevote: "200ms",
  timeout_prevote_delta: "200ms",
  timeout_precommit: "200ms",
  timeout_precommit_delta: "200ms",
  timeout_commit: `${c.timeoutCommitMs}ms`,
  double_sign_check_height: 0,
  skip_timeout_commit: false,
  create_empty_blocks: true,
  create_empty_blocks_interval: "0s",
  peer_gossip_sleep_duration: "20ms",
  peer_query_maj23_sleep_duration: "500ms",
});

/** The text of the file. */
export function cometConfigToml(config: CometConfig): string {
  const sections: readonly (readonly [string, Readonly<Record<string, Value>>])[] = [
    ["rpc", rpc(config)],
    ["p2p", p2p(config)],
    ["mempool", MEMPOOL],
    ["statesync", STATESYNC],
    ["blocksync", { version: "v0" }],
    ["consensus", consensus(config)],
    ["storage", { discard_abci_responses: false }],
    ["tx_index", { indexer: "kv", "psql-conn": "" }],
    [
      "instrumentation",
      { prometheus: false, prometheus_listen_addr: "", max_open_connections: 3, namespace: "cometbft" },
    ],
  ];
  return [
    "# Written by tandem up each time it starts: changes are lost.\n",
    keys(base(config)),
    ...sections.map(([name, values]) => `\n[${name}]\n${keys(values)}`),
  ].join("");
}
