/** What is asked of both REST doors. `{a}`, `{v}` and `{c}` stand for the validator's account, operator and key. */

/** A request. */
export interface RestCase {
  readonly path: string;
  readonly body?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers depend on when blocks were made: keys and types are compared. */
  readonly shape?: true;
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const BANK = "/cosmos/bank/v1beta1";
const CHANNEL = "/ibc/core/channel/v1/channels/channel-0/ports/transfer";
const CCV = "/interchain_security/ccv/provider";

/** Every route without a consumer, a connection or a proposal: the answers are equal. */
const SAME = lines(`
  /cosmos/auth/v1beta1/accounts/{a}
  /cosmos/auth/v1beta1/account_info/{a}
  /cosmos/auth/v1beta1/params
  /cosmos/auth/v1beta1/bech32
  /cosmos/auth/v1beta1/bech32/AAEC
  /cosmos/auth/v1beta1/module_accounts/bonded_tokens_pool
  /cosmos/auth/v1beta1/address_by_id/0
  ${BANK}/balances/{a}
  ${BANK}/balances/{a}?pagination.limit=1&pagination.count_total=true
  ${BANK}/balances/{a}/by_denom?denom=stake
  ${BANK}/balances/{a}/by_denom?denom=%ff
  ${BANK}/spendable_balances/{a}
  ${BANK}/spendable_balances/{a}/by_denom?denom=stake
  ${BANK}/denoms_metadata
  ${BANK}/denoms_metadata_by_query_string?denom=x
  ${BANK}/params
  ${BANK}/send_enabled
  /cosmos/base/tendermint/v1beta1/syncing
  /cosmos/base/tendermint/v1beta1/validatorsets/1
  /cosmos/base/tendermint/v1beta1/abci_query
  /cosmos/base/tendermint/v1beta1/blocks/99999999
  /cosmos/consensus/v1/params
  /cosmos/distribution/v1beta1/params
  /cosmos/distribution/v1beta1/validators/{v}/slashes
  /cosmos/distribution/v1beta1/delegators/{a}/validators
  /cosmos/distribution/v1beta1/delegators/{a}/withdraw_address
  /cosmos/evidence/v1beta1/evidence
  /cosmos/mint/v1beta1/params
  /cosmos/slashing/v1beta1/params
  /cosmos/staking/v1beta1/params
  /cosmos/staking/v1beta1/pool
  /cosmos/staking/v1beta1/validators?status=BOND_STATUS_BONDED
  /cosmos/staking/v1beta1/validators?status=x
  /cosmos/staking/v1beta1/validators/{v}
  /cosmos/staking/v1beta1/validators/{v}/delegations
  /cosmos/staking/v1beta1/validators/{v}/delegations/{a}
  /cosmos/staking/v1beta1/validators/{v}/unbonding_delegations
  /cosmos/staking/v1beta1/delegations/{a}
  /cosmos/staking/v1beta1/delegators/{a}/redelegations
  /cosmos/staking/v1beta1/delegators/{a}/unbonding_delegations
  /cosmos/staking/v1beta1/delegators/{a}/validators
  /cosmos/staking/v1beta1/delegators/{a}/validators/{v}
  /cosmos/tx/v1beta1/txs/ABCD
  /cosmos/tx/v1beta1/txs/xyz
  /cosmos/tx/v1beta1/txs/ABC
  /cosmos/tx/v1beta1/txs
  /cosmos/tx/v1beta1/txs?query=tx.height%3D1
  /cosmos/tx/v1beta1/txs?query=tx.height%3E0&order_by=ORDER_BY_DESC
  /cosmos/upgrade/v1beta1/current_plan
  /cosmos/upgrade/v1beta1/applied_plan/x
  /cosmos/upgrade/v1beta1/authority
  /cosmos/gov/v1/proposals?proposal_status=PROPOSAL_STATUS_PASSED
  /cosmos/gov/v1/proposals?proposal_status=2
  /cosmos/gov/v1/proposals?proposal_status=99
  /cosmos/gov/v1/proposals?proposal_status=0x2
  /cosmos/gov/v1/proposals?voter.x=1
  /cosmos/gov/v1/proposals/abc
  /cosmos/gov/v1/proposals/99
  /cosmos/gov/v1/params/voting
  /cosmos/gov/v1/params/x
  /cosmos/gov/v1beta1/params/deposit
  /cosmos/gov/v1beta1/proposals
  /cosmos/params/v1beta1/params?subspace=x&key=y
  ${BANK}/balances/x
  ${BANK}/balances/
  ${BANK}/balances/{a}:verb
  /cosmos/staking/v1beta1/validators/x
  /cosmos/slashing/v1beta1/signing_infos/x
  /ibc/apps/transfer/v1/params
  /ibc/apps/transfer/v1/denoms
  /ibc/apps/transfer/v1/denoms/
  /ibc/apps/transfer/v1/denom_hashes/transfer/channel-0/x
  /ibc/core/client/v1/params
  /ibc/core/client/v1/client_states
  /ibc/core/client/v1/client_states/07-tendermint-0
  /ibc/core/client/v1/consensus_states/07-tendermint-0/revision/0/height/1?latest_height=true
  ${CHANNEL}
  ${CHANNEL}/next_sequence
  ${CHANNEL}/packet_commitments/1,2/unreceived_packets
  /ibc/core/connection/v1/params
  ${CCV}/params
  ${CCV}/registered_consumer_reward_denoms
  ${CCV}/consumer_chains/0
  ${CCV}/consumer_chains/CONSUMER_PHASE_LAUNCHED
  ${CCV}/consumer_chains/3?pagination.limit=2&pagination.count_total=true&pagination.reverse=true
  ${CCV}/consumer_chains/0?pagination.key=AAAAAAAAAAEw&pagination.offset=1
  ${CCV}/consumer_genesis/0
  ${CCV}/consumer_genesis/x
  ${CCV}/consumer_genesis/18446744073709551616
  ${CCV}/consumer_genesis/%20
  ${CCV}/consumer_chain/0
  ${CCV}/consumer_chain/-1
  ${CCV}/consumer_genesis_time/0
  ${CCV}/consumer_validators/0
  ${CCV}/opted_in_validators/0
  ${CCV}/address_pairs/0
  ${CCV}/address_pairs/x
  ${CCV}/consumer_id/07-tendermint-0
  ${CCV}/consumer_chains_per_validator/{c}
  ${CCV}/consumer_chains_per_validator/x
  ${CCV}/consumer_chains_per_validator/{v}
  ${CCV}/validator_consumer_addr/0/{c}
  ${CCV}/validator_consumer_addr/x/{c}
  ${CCV}/validator_consumer_addr/0/{v}
  ${CCV}/validator_consumer_addr/0/x
  ${CCV}/validator_provider_addr/x/{c}
  ${CCV}/validator_provider_addr/0/{a}
  ${CCV}/consumer_commission_rate/0/{c}
  ${CCV}/consumer_commission_rate/0/x
`);

const SHAPES = lines(`
  /cosmos/auth/v1beta1/accounts?pagination.limit=1
  ${BANK}/supply
  ${BANK}/supply/by_denom?denom=stake
  ${BANK}/denom_owners/stake?pagination.limit=1
  ${BANK}/denom_owners_by_query?denom=stake&pagination.limit=1
  /cosmos/base/node/v1beta1/config
  /cosmos/base/node/v1beta1/status
  /cosmos/base/tendermint/v1beta1/blocks/2
  /cosmos/base/tendermint/v1beta1/blocks/latest
  /cosmos/base/tendermint/v1beta1/validatorsets/latest
  /cosmos/base/tendermint/v1beta1/abci_query?path=/store/bank/key&data=YWI%3D
  /cosmos/distribution/v1beta1/community_pool
  /cosmos/distribution/v1beta1/delegators/{a}/rewards
  /cosmos/distribution/v1beta1/delegators/{a}/rewards/{v}
  /cosmos/distribution/v1beta1/validators/{v}
  /cosmos/distribution/v1beta1/validators/{v}/commission
  /cosmos/distribution/v1beta1/validators/{v}/outstanding_rewards
  /cosmos/slashing/v1beta1/signing_infos
  /cosmos/slashing/v1beta1/signing_infos/{c}
  /cosmos/staking/v1beta1/historical_info/3
  /ibc/core/channel/v1/channels
  ${CCV}/throttle_state
  ${CCV}/blocks_until_next_epoch
`);

/** What is wrong with a request before any module sees it: texts are equal. */
const REFUSED = lines(`
  /nothing
  /cosmos/bank/v1beta1/params/
  /cosmos//bank/v1beta1/params
  /cosmos/mint/v1beta1/:x
  /interchain_security/ccv/consumer/params
  ${BANK}/balances/a%2Fb
  ${BANK}/balances/{a}?pagination.limit=abc
  ${BANK}/balances/{a}?pagination.limit=-1
  ${BANK}/balances/{a}?pagination.limit=
  ${BANK}/balances/{a}?pagination.limit=1_0
  ${BANK}/balances/{a}?pagination.limit=1__0
  ${BANK}/balances/{a}?pagination.limit=_1
  ${BANK}/balances/{a}?pagination.limit=0x_1
  ${BANK}/balances/{a}?pagination.limit=0b12
  ${BANK}/balances/{a}?pagination.limit=0o7
  ${BANK}/balances/{a}?pagination.limit=08
  ${BANK}/balances/{a}?pagination.limit=+1
  ${BANK}/balances/{a}?pagination.limit=%2B1
  ${BANK}/balances/{a}?pagination.limit=1e3
  ${BANK}/balances/{a}?pagination.limit=18446744073709551616
  ${BANK}/balances/{a}?pagination.limit=%22%00%0a%c3%a9
  ${BANK}/balances/{a}?pagination.limit=1&pagination.limit=x
  ${BANK}/balances/{a}?pagination.key=!!!
  ${BANK}/balances/{a}?pagination.key=YQ
  ${BANK}/balances/{a}?pagination.key=YWJj!
  ${BANK}/balances/{a}?pagination.key=YQ=a
  ${BANK}/balances/{a}?pagination.key=YQ==a
  ${BANK}/balances/{a}?pagination.key=YWJjY
  ${BANK}/balances/{a}?pagination.key=_-__
  ${BANK}/balances/{a}?pagination.key=_w
  ${BANK}/balances/{a}?pagination.limit.x=1
  ${BANK}/balances/{a}?pagination=1
  ${BANK}/balances/{a}?pagination
  ${BANK}/balances/{a}?pagination.reverse=
  ${BANK}/balances/{a}?resolve_denom=maybe
  ${BANK}/balances/{a}?resolveDenom=T&foo=1&__proto__=2&a.b.c=3
  ${BANK}/balances/{a}?pagination[limit]=1
  ${BANK}/balances/{a}?%zz=1
  ${BANK}/balances/{a}?a=%
  ${BANK}/balances/{a}?a;b
  /cosmos/tx/v1beta1/txs?events.x=1
  /cosmos/tx/v1beta1/txs?query=tx.height%3D1&order_by=x
  /cosmos/tx/v1beta1/txs?query=tx.height%3D1&order_by=99
  /cosmos/tx/v1beta1/txs?page=x&query=tx.height%3D1
  /cosmos/base/tendermint/v1beta1/blocks/x
  /cosmos/base/tendermint/v1beta1/blocks/9223372036854775808
  ${CCV}/consumer_chains/abc
  ${CCV}/consumer_chains/99
  ${CCV}/consumer_chains
  ${CHANNEL}/packet_commitments/1,x/unreceived_packets
`);

const SIMULATE = "/cosmos/tx/v1beta1/simulate";
const ENCODE = "/cosmos/tx/v1beta1/encode";
const message = (fields: string): string => `{"tx":{"body":{"messages":[{${fields}}]}}}`;
const SEND = `"@type":"/cosmos.bank.v1beta1.MsgSend","from_address":"a","amount":[{"denom":"x","amount":"1"}]`;

const BODIES: readonly (readonly [path: string, body: string])[] = [
  ...[
    ..."{|nope|5|[]|null|truth|-|01|1.|{}x".split("|"),
    ...['"a"', '{"a":}', '{"a" 1}', '{"a":1,}', "[1,]", '{"tx_bytes":"\u0001"}', '{"tx_bytes":"\\x"}'],
    ...['{"tx_bytes":null}x', '{"foo":"YWJj"}', '{"txBytes":"!"}'],
    ...["!!", "YQ", "YQ=", "_w==", "YQ==YQ=="].map((bytes) => `{"tx_bytes":"${bytes}"}`),
    ...["123", "true", "{}", "[]", "[256]", "[1.5]", '["a"]'].map((value) => `{"tx_bytes":${value}}`),
  ].map((body) => [SIMULATE, body] as const),
  ...[
    "{}",
    '{"tx":5}',
    ...['"messages":5', '"memo":5', '"memo":null,"timeout_height":"x"', '"timeout_height":""'].map(
      (field) => `{"tx":{"body":{${field}}}}`,
    ),
    ...["-1", "1.5", "true", '"true"', "{}", '"-1"', "18446744073709551616"].map(
      (height) => `{"tx":{"body":{"timeout_height":${height}}}}`,
    ),
    ...['"@type":"/nope"', '"@type":"nope"', '"@type":""', '"@type":5', '"@type":null', '"a":1'].map(message),
    message('"@type":"/cosmos.bank.v1beta1.MsgSend","from_address":5'),
    message('"@type":"/cosmos.authz.v1beta1.MsgGrant","grant":{"expiration":"x"}'),
    message('"@type":"/cosmos.gov.v1beta1.MsgVote","proposal_id":"99999999999999999999999"'),
    '{"tx":{"auth_info":{"signer_infos":[{"mode_info":{"single":{"mode":"x"}}}]}}}',
    '{"tx":{"auth_info":{"signer_infos":[{"public_key":{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"zz"}}]}}}',
    `{"tx":{"body":{"messages":[{${SEND}}],"memo":"m","unknown":1},"auth_info":{"signer_infos":[],"fee":{"amount":[],"gas_limit":"5"}},"signatures":[]}}`,
  ].map((body) => [ENCODE, body] as const),
  [
    "/cosmos/tx/v1beta1/decode",
    '{"tx_bytes":"CjAKKwocL2Nvc21vcy5iYW5rLnYxYmV0YTEuTXNnU2VuZBILCgFhGgYKAXgSATESAW0SBBICEAU="}',
  ],
  ["/cosmos/tx/v1beta1/decode", "{}"],
  ["/cosmos/tx/v1beta1/txs", '{"tx_bytes":"YWJj","mode":"NOPE"}'],
  ["/cosmos/tx/v1beta1/txs", '{"tx_bytes":"YWJj","mode":99}'],
  ["/cosmos/tx/v1beta1/txs", '{"tx_bytes":"YWJj"}'],
  ["/cosmos/tx/v1beta1/txs", "{}"],
  ["/ibc/core/client/v1/verify_membership", '{"client_id":"a"}'],
  [`${BANK}/params`, "{}"],
];

const height = (value: string): RestCase => ({
  path: `${BANK}/params`,
  headers: { "x-cosmos-block-height": value },
});
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

/** All of them. */
export const restCases: readonly RestCase[] = [
  ...[...SAME, ...REFUSED].map((path) => ({ path })),
  ...SHAPES.map((path): RestCase => ({ path, shape: true })),
  ...BODIES.map(([path, body]) => ({ path, body, headers: { "Content-Type": "application/json" } })),
  ...["2", "+2", "abc", "", "-1", "999999", "9".repeat(20)].map(height),
  ...["HEAD", "PUT", "DELETE", "OPTIONS"].map((method) => ({ path: `${BANK}/params`, method })),
  { path: `${BANK}/params`, headers: { "Grpc-Timeout": "x" } },
  { path: `${BANK}/params`, headers: { "Grpc-Timeout": "10S" } },
  { path: `${BANK}/balances/{a}/by_denom`, body: "denom=stake", headers: FORM },
  { path: `${BANK}/balances/{a}/by_denom?denom=stake`, body: "denom=%zz", headers: FORM },
  {
    path: `${BANK}/balances/{a}/by_denom?denom=stake`,
    body: "denom=x",
    headers: { ...FORM, "X-HTTP-Method-Override": "GET" },
  },
];
