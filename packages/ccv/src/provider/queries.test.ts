import * as proto from "@tandem-ics/proto";
import { ConsumerPhase, MsgAssignConsumerKey, stringifyJson, toProtoJson } from "@tandem-ics/proto";
import { GrpcError } from "@tandem-ics/runtime";
import { testAddress } from "../testing/fake-staking.ts";
import {
  ADDRESSES,
  accountOf,
  consAddressOf,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";

// biome-ignore lint/suspicious/noExplicitAny: responses as JSON
type Json = any;

/** Answer to a query, as a REST client sees it. */
function ask(chain: TestProvider, rpc: string, request: object = {}): Json {
  const codecs = proto as unknown as Record<
    string,
    {
      create(value: object): object;
      encode(value: object): { finish(): Uint8Array };
      decode(bytes: Uint8Array): object;
    }
  >;
  const named = (suffix: string) => codecs[`${rpc}${suffix}`] ?? codecs[`Provider${rpc}${suffix}`]!;
  const route = chain.module.queries!.find(({ path }) => path.endsWith(`.Query/${rpc}`))!;
  const requestType = named("Request");
  const bytes = route.run(chain.ctx, requestType.encode(requestType.create(request)).finish());
  const json = toProtoJson(
    `interchain_security.ccv.provider.v1.${rpc}Response`,
    named("Response").decode(bytes),
  );
  return JSON.parse(stringifyJson(json));
}
/** gRPC status of a refused query. */
function status(act: () => unknown): number {
  try {
    act();
    return 0;
  } catch (error) {
    if (error instanceof GrpcError) return error.status;
    throw error;
  }
}
const INVALID = 3;
const NOT_FOUND = 5;

const INFRACTIONS = {
  double_sign: {
    slash_fraction: "0.050000000000000000",
    jail_duration: "9223372036.854775807s",
    tombstone: true,
  },
  downtime: { slash_fraction: "0.000000000000000000", jail_duration: "600s", tombstone: false },
};

describe("one consumer", () => {
  test("is described as Go does", () => {
    const chain = createTestProvider();
    const id = chain.create({ metadata: { name: "n", description: "d", metadata: "{}" } });
    expect(ask(chain, "QueryConsumerChain", { consumerId: id })).toEqual({
      consumer_id: "0",
      chain_id: "consumer-1",
      owner_address: OWNER,
      phase: "CONSUMER_PHASE_REGISTERED",
      metadata: { name: "n", description: "d", metadata: "{}" },
      init_params: {
        initial_height: { revision_number: "1", revision_height: "1" },
        genesis_hash: null,
        binary_hash: null,
        spawn_time: "0001-01-01T00:00:00Z",
        unbonding_period: "1728000s",
        ccv_timeout_period: "2419200s",
        transfer_timeout_period: "3600s",
        consumer_redistribution_fraction: "0.75",
        blocks_per_distribution_transmission: "1000",
        historical_entries: "10000",
        distribution_transmission_channel: "",
        connection_id: "",
      },
      power_shaping_params: {
        top_N: 0,
        validators_power_cap: 0,
        validator_set_cap: 0,
        allowlist: [],
        denylist: [],
        min_stake: "0",
        allow_inactive_vals: false,
        prioritylist: [],
      },
      infraction_parameters: INFRACTIONS,
      client_id: "",
    });
    chain.openChannel(chain.launch());
    expect(ask(chain, "QueryConsumerChain", { consumerId: "1" }).client_id).toBe("07-tendermint-0");
  });

  test("has a genesis and its time once launched, and is found by its client", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const { genesis_state } = ask(chain, "QueryConsumerGenesis", { consumerId: id });
    expect(genesis_state.provider.initial_val_set).toHaveLength(3);
    expect(genesis_state.preCCV).toBe(false);
    expect(genesis_state.new_chain).toBe(true);
    expect(ask(chain, "QueryConsumerIdFromClientId", { clientId: "07-tendermint-0" })).toEqual({
      consumer_id: id,
    });
    expect(ask(chain, "QueryConsumerGenesisTime", { consumerId: id })).toEqual({
      genesis_time: "2023-11-14T22:13:25Z",
    });
  });

  test("that is unknown, not launched or no number is refused", () => {
    const chain = createTestProvider();
    chain.create();
    expect(status(() => ask(chain, "QueryConsumerChain", { consumerId: "7" }))).toBe(INVALID);
    expect(status(() => ask(chain, "QueryConsumerChain", { consumerId: "x" }))).toBe(INVALID);
    expect(status(() => ask(chain, "QueryConsumerGenesis", { consumerId: "0" }))).toBe(NOT_FOUND);
    expect(status(() => ask(chain, "QueryConsumerGenesisTime", { consumerId: "0" }))).toBe(INVALID);
    expect(status(() => ask(chain, "QueryConsumerIdFromClientId", { clientId: "07-tendermint-9" }))).toBe(
      INVALID,
    );
    for (const rpc of ["QueryConsumerValidators", "QueryConsumerChainOptedInValidators"])
      expect(status(() => ask(chain, rpc, { consumerId: "7" }))).toBe(INVALID);
  });
});

describe("the list of consumers", () => {
  /** Consumers 0 … 11 registered, 12 launched, 13 stopped. */
  function many(): TestProvider {
    const chain = createTestProvider();
    for (let i = 0; i < 12; i++) chain.create();
    chain.launch();
    const stopped = chain.launch();
    chain.remove(stopped);
    return chain;
  }
  const ids = (answer: Json): string[] => answer.chains.map((c: Json) => c.consumer_id);

  test("shows each as Go does", () => {
    const chain = createTestProvider();
    chain.launch([1], { allowlistedRewardDenoms: { denoms: ["uatom"] } });
    expect(ask(chain, "QueryConsumerChains")).toEqual({
      chains: [
        {
          chain_id: "consumer-1",
          client_id: "07-tendermint-0",
          top_N: 0,
          min_power_in_top_N: "-1",
          validators_power_cap: 0,
          validator_set_cap: 0,
          allowlist: [],
          denylist: [],
          phase: "CONSUMER_PHASE_LAUNCHED",
          metadata: { name: "c", description: "d", metadata: "m" },
          min_stake: "0",
          allow_inactive_vals: false,
          consumer_id: "0",
          allowlisted_reward_denoms: { denoms: ["uatom"] },
          prioritylist: [],
          infraction_parameters: INFRACTIONS,
        },
      ],
      pagination: { next_key: null, total: "1" },
    });
  });

  test("holds all, or those in one phase", () => {
    const chain = many();
    expect(ids(ask(chain, "QueryConsumerChains"))).toHaveLength(14);
    expect(ids(ask(chain, "QueryConsumerChains", { phase: ConsumerPhase.CONSUMER_PHASE_LAUNCHED }))).toEqual([
      "12",
    ]);
    expect(ids(ask(chain, "QueryConsumerChains", { phase: ConsumerPhase.CONSUMER_PHASE_STOPPED }))).toEqual([
      "13",
    ]);
    expect(ids(ask(chain, "QueryConsumerChains", { phase: 9 }))).toEqual([]);
  });

  test("comes in pages that leave none out", () => {
    const chain = many();
    const seen: string[] = [];
    let key = new Uint8Array(0);
    do {
      const answer = ask(chain, "QueryConsumerChains", {
        pagination: { key, offset: 0n, limit: 4n, countTotal: false, reverse: false },
      });
      expect(answer.chains.length).toBeLessThanOrEqual(4);
      seen.push(...ids(answer));
      key = Buffer.from(answer.pagination.next_key ?? "", "base64");
    } while (key.length > 0);
    expect(seen).toEqual(ids(ask(chain, "QueryConsumerChains")));
    const reversed = ask(chain, "QueryConsumerChains", {
      pagination: { key: new Uint8Array(0), offset: 1n, limit: 2n, countTotal: true, reverse: true },
    });
    expect(ids(reversed)).toEqual([...seen].reverse().slice(1, 3));
    expect(reversed.pagination.total).toBe("14");
  });
});

describe("keys and addresses", () => {
  test("[key-9] are empty when nothing is assigned", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    expect(
      ask(chain, "QueryValidatorConsumerAddr", { consumerId: id, providerAddress: consAddressOf(1) }),
    ).toEqual({ consumer_address: "" });
    expect(
      ask(chain, "QueryValidatorProviderAddr", { consumerId: id, consumerAddress: consAddressOf(1) }),
    ).toEqual({ provider_address: "" });
    expect(ask(chain, "QueryAllPairsValConsAddrByConsumer", { consumerId: id })).toEqual({
      pair_val_con_addr: [],
    });
  });

  test("lead to each other once assigned", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.deliver(
      MsgAssignConsumerKey,
      MsgAssignConsumerKey.create({
        consumerId: id,
        providerAddr: operatorOf(1),
        consumerKey: keyJson(50),
        signer: accountOf(1),
      }),
    );
    const consumer = ADDRESSES.consensus.encode(testAddress(50));
    expect(
      ask(chain, "QueryValidatorConsumerAddr", { consumerId: id, providerAddress: consAddressOf(1) }),
    ).toEqual({ consumer_address: consumer });
    expect(ask(chain, "QueryValidatorProviderAddr", { consumerId: id, consumerAddress: consumer })).toEqual({
      provider_address: consAddressOf(1),
    });
    expect(ask(chain, "QueryAllPairsValConsAddrByConsumer", { consumerId: id }).pair_val_con_addr).toEqual([
      {
        provider_address: consAddressOf(1),
        consumer_address: consumer,
        consumer_key: { ed25519: Buffer.alloc(32, 50).toString("base64") },
      },
    ]);
  });
});

describe("validators of a consumer", () => {
  test("are described as Go does, by address", () => {
    const chain = createTestProvider();
    const id = chain.launch([1, 2]);
    const { validators } = ask(chain, "QueryConsumerValidators", { consumerId: id });
    expect(validators.map((v: Json) => v.description.moniker).sort()).toEqual(["v1", "v2"]);
    expect(validators.find((v: Json) => v.description.moniker === "v1")).toEqual({
      provider_address: consAddressOf(1),
      consumer_key: { ed25519: Buffer.alloc(32, 1).toString("base64") },
      power: "0",
      rate: "0.000000000000000000",
      consumer_power: "10",
      consumer_commission_rate: "0.100000000000000000",
      provider_commission_rate: "0.100000000000000000",
      description: { moniker: "v1", identity: "", website: "", security_contact: "", details: "" },
      provider_operator_address: operatorOf(1),
      jailed: false,
      status: "BOND_STATUS_BONDED",
      provider_tokens: "10000000",
      provider_power: "10",
      validates_current_epoch: true,
    });
  });

  test("before launch are those that would be, and none after the stop", () => {
    const chain = createTestProvider();
    const id = chain.create();
    chain.optIn(id, 2);
    const monikers = (): string[] =>
      ask(chain, "QueryConsumerValidators", { consumerId: id }).validators.map(
        (v: Json) => v.description.moniker,
      );
    expect(monikers()).toEqual(["v2"]);
    const launched = chain.launch();
    chain.remove(launched);
    expect(ask(chain, "QueryConsumerValidators", { consumerId: launched }).validators).toEqual([]);
  });

  test("that opted in, and where one has to validate", () => {
    const chain = createTestProvider();
    const first = chain.launch([1, 2]);
    const second = chain.launch([2]);
    chain.optIn(second, 1);
    expect(
      ask(chain, "QueryConsumerChainOptedInValidators", {
        consumerId: first,
      }).validators_provider_addresses.sort(),
    ).toEqual([consAddressOf(1), consAddressOf(2)].sort());
    // Opted in is enough: it would be in the set if the epoch ended now.
    expect(
      ask(chain, "QueryConsumerChainsValidatorHasToValidate", { providerAddress: consAddressOf(1) }),
    ).toEqual({ consumer_ids: [first, second] });
    expect(
      ask(chain, "QueryConsumerChainsValidatorHasToValidate", { providerAddress: consAddressOf(3) }),
    ).toEqual({ consumer_ids: [] });
    expect(status(() => ask(chain, "QueryConsumerChainsValidatorHasToValidate"))).toBe(INVALID);
  });

  test("take the staking commission unless another is set", () => {
    const chain = createTestProvider();
    const id = chain.create();
    const rate = () =>
      ask(chain, "QueryValidatorConsumerCommissionRate", {
        consumerId: id,
        providerAddress: consAddressOf(1),
      }).rate;
    expect(rate()).toBe("0.100000000000000000");
    chain.deliver(
      proto.MsgSetConsumerCommissionRate,
      proto.MsgSetConsumerCommissionRate.create({
        consumerId: id,
        providerAddr: operatorOf(1),
        rate: "333000000000000000",
        signer: accountOf(1),
      }),
    );
    expect(rate()).toBe("0.333000000000000000");
    expect(
      status(() =>
        ask(chain, "QueryValidatorConsumerCommissionRate", {
          consumerId: id,
          providerAddress: consAddressOf(8),
        }),
      ),
    ).toBe(INVALID);
  });
});

describe("the provider itself", () => {
  test("tells throttle, epoch, parameters and denominations", () => {
    const chain = createTestProvider({ params: { blocksPerEpoch: 5n } });
    expect(ask(chain, "QueryBlocksUntilNextEpoch")).toEqual({ blocks_until_next_epoch: "4" });
    chain.nextBlock();
    expect(ask(chain, "QueryThrottleState")).toEqual({
      slash_meter: "1",
      slash_meter_allowance: "1",
      next_replenish_candidate: "2023-11-14T23:13:25Z",
    });
    expect(ask(chain, "QueryParams").params.blocks_per_epoch).toBe("5");
    expect(ask(chain, "QueryRegisteredConsumerRewardDenoms")).toEqual({ denoms: [] });
  });
});

test("bytes that are no request are refused", () => {
  const chain = createTestProvider();
  const route = chain.module.queries!.find(({ path }) => path.endsWith("/QueryConsumerChain"))!;
  expect(() => route.run(chain.ctx, Uint8Array.of(0x0a, 0xff))).toThrow("malformed request");
});
