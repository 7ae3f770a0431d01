/** Every query of both services over REST, of a running provider and consumer: paths, fields and pages. */

import { Localnet } from "@tandem-ics/localnet";
import type { RestServer } from "@tandem-ics/node";
import { methods } from "@tandem-ics/proto";

// biome-ignore lint/suspicious/noExplicitAny: answers as JSON
type Json = any;

const PROVIDER = "interchain_security.ccv.provider.v1.Query";
const CONSUMER = "interchain_security.ccv.consumer.v1.Query";

let net: Localnet;
const doors: Record<string, RestServer> = {};
const asked = new Set<string>();
beforeAll(async () => {
  net = await Localnet.start({
    checkInvariants: true,
    validators: 3,
    consumers: [{ name: "consumer-0" }, { name: "consumer-1", optIn: ["alice", "bob"] }],
  });
  doors["provider"] = await net.provider.node.listenRest({});
  doors["consumer"] = await net.consumers[0]!.node.listenRest({});
}, 120_000);
afterAll(async () => {
  await Promise.all(Object.values(doors).map((door) => door.close()));
  await net?.stop();
});

/** Answer of one of the services' paths, without the services' common beginning. */
async function ask(chain: "provider" | "consumer", path: string): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${doors[chain]!.url}/interchain_security/ccv/${chain}/${path}`);
  asked.add(`${chain}/${path.replace(/\?.*/, "").split("/")[0]}`);
  return { status: response.status, json: await response.json() };
}
const good = async (chain: "provider" | "consumer", path: string): Promise<Json> => {
  const { status, json } = await ask(chain, path);
  expect([path, status]).toEqual([path, 200]);
  return json;
};

test("[interface-1] both services have these methods and REST paths", () => {
  const paths = (service: string): string[] =>
    methods()
      .filter((method) => method.service === service)
      .map(({ name, http }) => `${name} ${http?.verb} ${http?.path}`)
      .sort();
  const at = "get /interchain_security/ccv/provider";
  expect(paths(PROVIDER)).toEqual([
    `QueryAllPairsValConsAddrByConsumer ${at}/address_pairs/{consumer_id}`,
    `QueryBlocksUntilNextEpoch ${at}/blocks_until_next_epoch`,
    `QueryConsumerChain ${at}/consumer_chain/{consumer_id}`,
    `QueryConsumerChainOptedInValidators ${at}/opted_in_validators/{consumer_id}`,
    `QueryConsumerChains ${at}/consumer_chains/{phase}`,
    `QueryConsumerChainsValidatorHasToValidate ${at}/consumer_chains_per_validator/{provider_address}`,
    `QueryConsumerGenesis ${at}/consumer_genesis/{consumer_id}`,
    `QueryConsumerGenesisTime ${at}/consumer_genesis_time/{consumer_id}`,
    `QueryConsumerIdFromClientId ${at}/consumer_id/{client_id}`,
    `QueryConsumerValidators ${at}/consumer_validators/{consumer_id}`,
    `QueryParams ${at}/params`,
    `QueryRegisteredConsumerRewardDenoms ${at}/registered_consumer_reward_denoms`,
    `QueryThrottleState ${at}/throttle_state`,
    `QueryValidatorConsumerAddr ${at}/validator_consumer_addr/{consumer_id}/{provider_address}`,
    `QueryValidatorConsumerCommissionRate ${at}/consumer_commission_rate/{consumer_id}/{provider_address}`,
    `QueryValidatorProviderAddr ${at}/validator_provider_addr/{consumer_id}/{consumer_address}`,
  ]);
  const on = "get /interchain_security/ccv/consumer";
  expect(paths(CONSUMER)).toEqual([
    `QueryNextFeeDistribution ${on}/next-fee-distribution`,
    `QueryParams ${on}/params`,
    `QueryProviderInfo ${on}/provider-info`,
    `QueryThrottleState ${on}/throttle_state`,
  ]);
});

test("[interface-1] the provider's paths answer", async () => {
  const { chains, pagination } = await good("provider", "consumer_chains/0");
  expect(pagination).toEqual({ next_key: null, total: "2" });
  expect(chains.map((chain: Json) => [chain.consumer_id, chain.chain_id, chain.phase])).toEqual([
    ["0", "consumer-0", "CONSUMER_PHASE_LAUNCHED"],
    ["1", "consumer-1", "CONSUMER_PHASE_LAUNCHED"],
  ]);
  expect(Object.keys(chains[0])).toEqual([
    "chain_id",
    "client_id",
    "top_N",
    "min_power_in_top_N",
    "validators_power_cap",
    "validator_set_cap",
    "allowlist",
    "denylist",
    "phase",
    "metadata",
    "min_stake",
    "allow_inactive_vals",
    "consumer_id",
    "allowlisted_reward_denoms",
    "prioritylist",
    "infraction_parameters",
  ]);
  expect((await good("provider", "consumer_chains/CONSUMER_PHASE_LAUNCHED")).chains).toHaveLength(2);
  expect((await good("provider", "consumer_chains/1")).chains).toEqual([]);
  const one = await good("provider", "consumer_chains/3?pagination.limit=1&pagination.count_total=true");
  expect([one.chains.length, one.pagination.total]).toEqual([1, "2"]);
  const key = encodeURIComponent(one.pagination.next_key);
  const two = await good("provider", `consumer_chains/3?pagination.limit=1&pagination.key=${key}`);
  expect([two.chains[0].consumer_id, two.pagination.next_key]).toEqual(["1", null]);

  const chain = await good("provider", "consumer_chain/1");
  expect(Object.keys(chain)).toEqual([
    "consumer_id",
    "chain_id",
    "owner_address",
    "phase",
    "metadata",
    "init_params",
    "power_shaping_params",
    "infraction_parameters",
    "client_id",
  ]);
  expect(await good("provider", `consumer_id/${chain.client_id}`)).toEqual({ consumer_id: "1" });
  const { genesis_state: genesis } = await good("provider", "consumer_genesis/1");
  expect(Object.keys(genesis)).toEqual(["params", "provider", "new_chain", "preCCV", "connection_id"]);
  expect(genesis.provider.initial_val_set).toHaveLength(2);
  const { genesis_time } = await good("provider", "consumer_genesis_time/1");
  expect(genesis_time).toBe(new Date(genesis_time).toISOString().replace(/\.?0*Z$/, "Z"));

  const { validators } = await good("provider", "consumer_validators/1");
  expect(validators).toHaveLength(2);
  expect(validators[0]).toMatchObject({
    power: "0",
    rate: "0.000000000000000000",
    jailed: false,
    status: "BOND_STATUS_BONDED",
    validates_current_epoch: true,
  });
  const opted = await good("provider", "opted_in_validators/1");
  expect(opted.validators_provider_addresses.sort()).toEqual(
    validators.map((validator: Json) => validator.provider_address).sort(),
  );
  const [address] = opted.validators_provider_addresses;
  expect(await good("provider", `consumer_chains_per_validator/${address}`)).toEqual({
    consumer_ids: ["0", "1"],
  });
  expect(await good("provider", `consumer_commission_rate/1/${address}`)).toEqual({
    rate: validators.find((validator: Json) => validator.provider_address === address)
      .provider_commission_rate,
  });
  const { pair_val_con_addr: pairs } = await good("provider", "address_pairs/1");
  for (const pair of pairs) {
    expect(await good("provider", `validator_consumer_addr/1/${pair.provider_address}`)).toEqual({
      consumer_address: pair.consumer_address,
    });
    expect(await good("provider", `validator_provider_addr/1/${pair.consumer_address}`)).toEqual({
      provider_address: pair.provider_address,
    });
  }
  expect(pairs.map((pair: Json) => Object.keys(pair))).toEqual(
    pairs.map(() => ["provider_address", "consumer_address", "consumer_key"]),
  );
  expect(await good("provider", "registered_consumer_reward_denoms")).toEqual({ denoms: [] });
  expect(Object.keys(await good("provider", "throttle_state"))).toEqual([
    "slash_meter",
    "slash_meter_allowance",
    "next_replenish_candidate",
  ]);
  const left = Number((await good("provider", "blocks_until_next_epoch")).blocks_until_next_epoch);
  const { params } = await good("provider", "params");
  expect(left).toBeLessThan(Number(params.blocks_per_epoch));
  expect(Object.keys(params)).toEqual([
    "template_client",
    "trusting_period_fraction",
    "ccv_timeout_period",
    "slash_meter_replenish_period",
    "slash_meter_replenish_fraction",
    "consumer_reward_denom_registration_fee",
    "blocks_per_epoch",
    "number_of_epochs_to_start_receiving_rewards",
    "max_provider_consensus_validators",
  ]);
});

test("[interface-1] the consumer's paths answer", async () => {
  expect(Object.keys((await good("consumer", "next-fee-distribution")).data)).toEqual([
    "currentHeight",
    "lastHeight",
    "nextHeight",
    "distribution_fraction",
    "total",
    "toProvider",
    "toConsumer",
  ]);
  const { params } = await good("consumer", "params");
  expect(params).toMatchObject({ enabled: true, consumer_id: "0", soft_opt_out_threshold: "0" });
  const info = await good("consumer", "provider-info");
  expect(info.consumer).toEqual({
    chainID: "consumer-0",
    clientID: "07-tendermint-0",
    connectionID: "connection-0",
    channelID: "channel-0",
  });
  expect(info.provider).toMatchObject({ chainID: net.provider.chainId, channelID: "channel-0" });
  expect(await good("consumer", "throttle_state")).toEqual({ slash_record: null, packet_data_queue: [] });
});

test("[interface-1] bad ids and unknown consumers are 400, a missing genesis 404, an unreadable address in a key look-up 500", async () => {
  for (const path of [
    "consumer_chain/x",
    "consumer_chain/77",
    "consumer_genesis/x",
    "consumer_validators/77",
    "opted_in_validators/77",
    "consumer_id/07-tendermint-99",
    "consumer_chains_per_validator/x",
    "consumer_commission_rate/77/x",
    "consumer_genesis_time/77",
    "address_pairs/x",
  ])
    expect([path, (await ask("provider", path)).status]).toEqual([path, 400]);
  expect((await ask("provider", "consumer_genesis/77")).status).toBe(404);
  expect((await ask("provider", "validator_consumer_addr/0/x")).status).toBe(500);
  expect((await ask("provider", "validator_provider_addr/0/x")).status).toBe(500);
});

test("[interface-1] no path was left out", () => {
  const documented = methods()
    .filter(({ service }) => service === PROVIDER || service === CONSUMER)
    .map(({ http }) => http!.path.replace("/interchain_security/ccv/", "").split("/").slice(0, 2).join("/"));
  expect([...asked].sort()).toEqual(expect.arrayContaining(documented.sort()));
});
