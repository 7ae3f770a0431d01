/** Transactions of the first Cosmos chains, in amino's JSON and its binary form, for the doors that turn one into the other. */
import { fromProtoJson, toAminoJson } from "@tandem-ics/proto";

const A = "cosmos1awwgg5neuft338cfkc7kyz9ff9fegp5k3304vu";
const V = "cosmosvaloper1awwgg5neuft338cfkc7kyz9ff9fegp5kuecegc";
const coin = { denom: "stake", amount: "5" };

/** Messages in protobuf JSON, by type URL: of every kind of field. */
const MESSAGES: Readonly<Record<string, object>> = {
  "/cosmos.bank.v1beta1.MsgSend": {
    from_address: A,
    to_address: A,
    amount: [coin, { denom: "x", amount: "7" }],
  },
  "/cosmos.bank.v1beta1.MsgMultiSend": {
    inputs: [{ address: A, coins: [coin] }],
    outputs: [{ address: A, coins: [coin] }],
  },
  "/cosmos.staking.v1beta1.MsgDelegate": { delegator_address: A, validator_address: V, amount: coin },
  "/cosmos.staking.v1beta1.MsgCreateValidator": {
    description: { moniker: "m" },
    commission: { rate: "0.1", max_rate: "0.2", max_change_rate: "0.01" },
    min_self_delegation: "1",
    delegator_address: A,
    validator_address: V,
    pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: "4Phaju3HHVM6qVOkhdlKo9zSVw6e8/gqIf6jjjQpQIQ=" },
    value: coin,
  },
  "/cosmos.staking.v1beta1.MsgEditValidator": {
    description: { moniker: "m" },
    validator_address: V,
    commission_rate: "0.15",
    min_self_delegation: "3",
  },
  "/cosmos.gov.v1beta1.MsgVote": { proposal_id: "3", voter: A, option: "VOTE_OPTION_YES" },
  "/cosmos.gov.v1.MsgVote": { proposal_id: "3", voter: A, option: "VOTE_OPTION_NO", metadata: "x" },
  "/cosmos.gov.v1beta1.MsgSubmitProposal": {
    content: { "@type": "/cosmos.gov.v1beta1.TextProposal", title: "t", description: "d" },
    initial_deposit: [coin],
    proposer: A,
  },
  "/cosmos.gov.v1.MsgSubmitProposal": {
    messages: [{ "@type": "/cosmos.bank.v1beta1.MsgSend", from_address: A, to_address: A, amount: [coin] }],
    initial_deposit: [coin],
    proposer: A,
    metadata: "m",
    title: "t",
    summary: "s",
    expedited: true,
  },
  "/cosmos.gov.v1beta1.MsgVoteWeighted": {
    proposal_id: "1",
    voter: A,
    options: [
      { option: "VOTE_OPTION_YES", weight: "0.5" },
      { option: "VOTE_OPTION_NO", weight: "0.5" },
    ],
  },
  "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward": { delegator_address: A, validator_address: V },
  "/cosmos.slashing.v1beta1.MsgUnjail": { validator_addr: V },
  "/cosmos.bank.v1beta1.MsgUpdateParams": { authority: A, params: { default_send_enabled: true } },
  "/cosmos.slashing.v1beta1.MsgUpdateParams": {
    authority: A,
    params: {
      signed_blocks_window: "100",
      min_signed_per_window: "0.5",
      downtime_jail_duration: "600s",
      slash_fraction_double_sign: "0.05",
      slash_fraction_downtime: "0.01",
    },
  },
  "/cosmos.vesting.v1beta1.MsgCreateVestingAccount": {
    from_address: A,
    to_address: A,
    amount: [coin],
    end_time: "1700000000",
    delayed: true,
  },
  "/ibc.applications.transfer.v1.MsgTransfer": {
    source_port: "transfer",
    source_channel: "channel-0",
    token: coin,
    sender: A,
    receiver: A,
    timeout_height: { revision_number: "1", revision_height: "5" },
    timeout_timestamp: "7",
    memo: "m",
  },
  "/interchain_security.ccv.provider.v1.MsgOptIn": {
    chain_id: "",
    provider_addr: V,
    consumer_key: "",
    signer: A,
    consumer_id: "0",
  },
  "/cosmos.staking.v1beta1.MsgUpdateParams": {
    authority: A,
    params: {
      unbonding_time: "600s",
      max_validators: 3,
      max_entries: 7,
      historical_entries: 5,
      bond_denom: "stake",
      min_commission_rate: "0.0",
    },
  },
  "/cosmos.evidence.v1beta1.MsgSubmitEvidence": {
    submitter: A,
    evidence: {
      "@type": "/cosmos.evidence.v1beta1.Equivocation",
      height: "5",
      time: "2024-01-02T03:04:05.006Z",
      power: "9",
      consensus_address: A,
    },
  },
  "/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade": {
    authority: A,
    plan: { name: "n", time: "0001-01-01T00:00:00Z", height: "5", info: "i" },
  },
};

const KEY = { type: "tendermint/PubKeySecp256k1", value: "AtQaCqFnshaZQp6rIkvAPyzThvCvXSDO+9AzbxVErqJP" };
const MULTISIG = {
  type: "tendermint/PubKeyMultisigThreshold",
  value: { threshold: "2", pubkeys: [KEY, KEY] },
};

const transaction = (msg: readonly unknown[], changes: object = {}): string =>
  JSON.stringify({
    type: "cosmos-sdk/StdTx",
    value: {
      msg,
      fee: { amount: [coin], gas: "200000" },
      signatures: [{ pub_key: KEY, signature: "AAEC" }],
      memo: "hi <&>",
      timeout_height: "9",
      ...changes,
    },
  });

const wrapped = (value: string): string => `{"type":"cosmos-sdk/StdTx","value":${value}}`;

/** JSON to encode: a transaction with each message, then odd ones, then what is none. */
export const aminoJsonCases: readonly string[] = [
  ...Object.entries(MESSAGES).map(([typeUrl, json]) =>
    transaction([toAminoJson(typeUrl, fromProtoJson(typeUrl.slice(1), json as never))]),
  ),
  transaction([], {
    signatures: [{ pub_key: MULTISIG, signature: "" }, { pub_key: null, signature: "AA==" }, {}],
  }),
  transaction([], { fee: { amount: [], gas: "0", payer: A, granter: V } }),
  transaction([null]),
  ...["", "{}", "x", "[]", "null", '{"type":"a"}', '{"type":"a","value":{}}', '{"type":"cosmos-sdk/StdTx"}'],
  ...["null", '{"msg":[{"type":"no","value":{}}]}', '{"msg":[{}]}', '{"memo":5}'].map(wrapped),
  wrapped('{"msg":[{"type":"/interchain_security.ccv.provider.v1.MsgOptIn","value":{}}]}'),
];

/** Bytes to decode, in base64: nothing, a strange prefix, an empty transaction, an empty message. */
export const aminoBinaryCases: readonly string[] = ["", "AA==", "KCgWqQ==", "KCgWqTIA", "KCgWqQoA"];
