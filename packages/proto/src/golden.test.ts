import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64, toHex } from "@cosmjs/encoding";
import {
  codecOf,
  fromProtoJson,
  fromProtoJsonText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  stringifyJson,
  toProtoJson,
} from "./index.ts";

// Recorded from the Go chains; see test/data/golden/README.md.
const golden = process.env["GOLDEN_DIR"] ?? join(__dirname, "../../../test/data/golden");
const read = (path: string): JsonObject => parseJson(readFileSync(join(golden, path), "utf8")) as JsonObject;
const provider = (name: string): string => `interchain_security.ccv.provider.v1.${name}`;
const consumer = (name: string): string => `interchain_security.ccv.consumer.v1.${name}`;

/** JSON → message → bytes → message → JSON text, key order included. */
function roundTrip(typeName: string, json: JsonValue): string {
  const bytes = codecOf(typeName).encode(fromProtoJson(typeName, json)).finish();
  return stringifyJson(toProtoJson(typeName, codecOf(typeName).decode(bytes)));
}

describe("query answers of the Go chains", () => {
  const address = "cosmosvalcons1nxgmfaapudg69nju737xrtyugk9duucv9tra9a";
  test.each([
    ["provider", "provider_consumer-chain_0", provider("QueryConsumerChainResponse")],
    ["provider", "provider_list-consumer-chains", provider("QueryConsumerChainsResponse")],
    ["provider", "provider_list-consumer-chains_9", provider("QueryConsumerChainsResponse")],
    ["provider", "provider_consumer-validators_0", provider("QueryConsumerValidatorsResponse")],
    [
      "provider",
      "provider_all-pairs-valconsensus-address_0",
      provider("QueryAllPairsValConsAddrByConsumerResponse"),
    ],
    ["provider", "provider_consumer-genesis-time_0", provider("QueryConsumerGenesisTimeResponse")],
    [
      "provider",
      "provider_registered-consumer-reward-denoms",
      provider("QueryRegisteredConsumerRewardDenomsResponse"),
    ],
    [
      "provider",
      `provider_validator-consumer-commission-rate_0_${address}`,
      provider("QueryValidatorConsumerCommissionRateResponse"),
    ],
    ["consumer", "ccvconsumer_params", consumer("QueryParamsResponse")],
    ["consumer", "ccvconsumer_provider-info", consumer("QueryProviderInfoResponse")],
    ["consumer", "ibc-transfer_params", "ibc.applications.transfer.v1.Params"],
    ["provider", "ibc_client_states", "ibc.core.client.v1.QueryClientStatesResponse"],
    ["provider", "ibc_client_params", "ibc.core.client.v1.Params"],
    ["provider", "ibc_connection_end_connection-0", "ibc.core.connection.v1.QueryConnectionResponse"],
    ["provider", "ibc_channel_channels", "ibc.core.channel.v1.QueryChannelsResponse"],
    [
      "provider",
      "ibc_channel_packet-commitments_provider_channel-0",
      "ibc.core.channel.v1.QueryPacketCommitmentsResponse",
    ],
    ["provider", "ibc-transfer_denoms", "ibc.applications.transfer.v1.QueryDenomsResponse"],
    ["provider", "comet-validator-set", "cosmos.base.tendermint.v1beta1.GetLatestValidatorSetResponse"],
  ])("%s %s reads and writes as the same text", (chain, file, typeName) => {
    const output = read(`${chain}/query/${file}.json`)["output"] as JsonValue;
    expect(roundTrip(typeName, output)).toBe(stringifyJson(output));
  });
});

describe("gRPC answers, in protobuf's own JSON: camelCase names, no defaults", () => {
  test.each([
    ["cosmos.auth.v1beta1.Query__Accounts", "cosmos.auth.v1beta1.QueryAccountsResponse"],
    ["cosmos.base.node.v1beta1.Service__Status", "cosmos.base.node.v1beta1.StatusResponse"],
    [
      "cosmos.base.tendermint.v1beta1.Service__GetLatestBlock",
      "cosmos.base.tendermint.v1beta1.GetLatestBlockResponse",
    ],
    ["ibc.core.channel.v1.Query__Channels", "ibc.core.channel.v1.QueryChannelsResponse"],
    ["ibc.core.connection.v1.Query__Connection", "ibc.core.connection.v1.QueryConnectionResponse"],
  ])("%s is read", (file, typeName) => {
    const response = read(`provider/grpc/${file}.json`)["response"] as JsonValue;
    const ours = toProtoJson(typeName, fromProtoJson(typeName, response));
    expect(stripped(ours)).toEqual(stripped(response));
  });

  const snake = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  const isDefault = (json: JsonValue): boolean =>
    json === null ||
    json === "" ||
    json === "0" ||
    json === 0n ||
    json === false ||
    (typeof json === "object" && Object.keys(json).length === 0);
  /** The same value with original names and nothing that is empty or zero. */
  function stripped(json: JsonValue): JsonValue {
    if (typeof json === "number") return BigInt(json);
    if (Array.isArray(json)) return json.map(stripped);
    if (!isJsonObject(json)) return json;
    const entries = Object.entries(json).map(([key, value]) => [snake(key), stripped(value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => !isDefault(value)));
  }
});

describe("transactions of the Go chains", () => {
  const files = ["provider", "consumer"].flatMap((chain) => {
    const dir = join(golden, chain, "txs");
    return existsSync(dir) ? readdirSync(dir).map((f) => `${chain}/txs/${f}`) : [];
  });
  test.each(files)("%s is written as the SDK decoded it", (file) => {
    const tx = read(file);
    const bytes = fromBase64(tx["tx_base64"] as string);
    const message = codecOf("cosmos.tx.v1beta1.Tx").decode(bytes);
    const decoded = stringifyJson(tx["decoded"] as JsonValue);
    expect(stringifyJson(toProtoJson("cosmos.tx.v1beta1.Tx", message))).toBe(decoded);
    const back = fromProtoJsonText("cosmos.tx.v1beta1.Tx", decoded);
    expect(toHex(codecOf("cosmos.tx.v1beta1.Tx").encode(back).finish())).toBe(toHex(bytes));
  });

  test.each(files)("the result data of %s names a response per message", (file) => {
    const tx = read(file);
    const result = tx["result"] as JsonObject;
    if (result["code"] !== 0n) return;
    const data = codecOf("cosmos.base.abci.v1beta1.TxMsgData").decode(fromBase64(result["data"] as string));
    const json = toProtoJson("cosmos.base.abci.v1beta1.TxMsgData", data) as { msg_responses: JsonObject[] };
    const { messages } = (tx["decoded"] as { body: { messages: JsonObject[] } }).body;
    expect(json.msg_responses.map((r) => r["@type"])).toEqual(
      messages.map((m) => `${m["@type"] as string}Response`),
    );
  });
});

describe("files given to the provider's CLI for a double sign", () => {
  test.each([
    ["double_sign/evidence-ok.json", "tendermint.types.DuplicateVoteEvidence"],
    ["double_sign/header.json", "ibc.lightclients.tendermint.v1.Header"],
  ])("%s", (file, typeName) => {
    const json = read(file);
    const text = roundTrip(typeName, json);
    // The file's keys are sorted, and Go had an empty address in memory where the wire has none.
    const file_ = readFileSync(join(golden, file), "utf8").replaceAll(
      '"validator_address": ""',
      '"validator_address": null',
    );
    expect(JSON.parse(text)).toMatchObject(JSON.parse(file_) as object);
  });
});

describe("the provider's genesis", () => {
  const genesis = read("provider/rpc/genesis.json") as {
    response: { result: { genesis: { app_state: JsonObject } } };
  };
  const state = genesis.response.result.genesis.app_state;
  test.each([
    ["provider", provider("GenesisState")],
    ["auth", "cosmos.auth.v1beta1.GenesisState"],
    ["bank", "cosmos.bank.v1beta1.GenesisState"],
    ["staking", "cosmos.staking.v1beta1.GenesisState"],
    ["slashing", "cosmos.slashing.v1beta1.GenesisState"],
    ["distribution", "cosmos.distribution.v1beta1.GenesisState"],
    ["mint", "cosmos.mint.v1beta1.GenesisState"],
    ["gov", "cosmos.gov.v1.GenesisState"],
    ["evidence", "cosmos.evidence.v1beta1.GenesisState"],
    ["ibc", "ibc.core.types.v1.GenesisState"],
    ["transfer", "ibc.applications.transfer.v1.GenesisState"],
  ])("state of %s reads and writes as the same values", (module, typeName) => {
    const json = state[module] as JsonObject;
    expect(parseJson(roundTrip(typeName, json))).toEqual(json);
  });
});
