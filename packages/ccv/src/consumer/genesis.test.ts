import { parseJson, stringifyJson } from "@tandem-ics/proto";
import type { JsonObject } from "@tandem-ics/runtime";
import { Dec } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import * as providerState from "../provider/state.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  createTestConsumer,
  newConsumerGenesis,
  type TestConsumer,
  updateOf,
} from "../testing/test-consumer.ts";
import { createTestProvider } from "../testing/test-provider.ts";
import { genesisToJson } from "../types/genesis-json.ts";
import { consumerParams } from "./params.ts";
import * as state from "./state.ts";

const BASE = createTestConsumer();
const validate = (json: JsonObject): string => refusalCode(() => BASE.module.validateGenesis!(json));
const without = (json: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
const provider = (changes: JsonObject): JsonObject => {
  const genesis = newConsumerGenesis();
  return { ...genesis, provider: { ...(genesis["provider"] as JsonObject), ...changes } };
};

/** As printed by a Go provider (`query provider consumer-genesis 0 -o json`). */
const FROM_GO = `{"params":{"enabled":true,"blocks_per_distribution_transmission":"1000","distribution_transmission_channel":"","provider_fee_pool_addr_str":"",
 "ccv_timeout_period":"2419200s","transfer_timeout_period":"3600s","consumer_redistribution_fraction":"0.75","historical_entries":"10000",
 "unbonding_period":"1728000s","soft_opt_out_threshold":"0","reward_denoms":[],"provider_reward_denoms":[],"retry_delay_period":"3600s","consumer_id":"0"},
"provider":{"client_state":{"chain_id":"provider","trust_level":{"numerator":"1","denominator":"3"},"trusting_period":"1197504s","unbonding_period":"1814400s",
 "max_clock_drift":"10s","frozen_height":{"revision_number":"0","revision_height":"0"},"latest_height":{"revision_number":"0","revision_height":"25"},
 "proof_specs":[
  {"leaf_spec":{"hash":"SHA256","prehash_key":"NO_HASH","prehash_value":"SHA256","length":"VAR_PROTO","prefix":"AA=="},"inner_spec":{"child_order":[0,1],"child_size":33,"min_prefix_length":4,"max_prefix_length":12,"empty_child":null,"hash":"SHA256"},"max_depth":0,"min_depth":0,"prehash_key_before_comparison":false},
  {"leaf_spec":{"hash":"SHA256","prehash_key":"NO_HASH","prehash_value":"SHA256","length":"VAR_PROTO","prefix":"AA=="},"inner_spec":{"child_order":[0,1],"child_size":32,"min_prefix_length":1,"max_prefix_length":1,"empty_child":null,"hash":"SHA256"},"max_depth":0,"min_depth":0,"prehash_key_before_comparison":false}],
 "upgrade_path":["upgrade","upgradedIBCState"],"allow_update_after_expiry":false,"allow_update_after_misbehaviour":false},
 "consensus_state":{"timestamp":"2025-01-02T03:04:05.678900Z","root":{"hash":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="},"next_validators_hash":"0808080808080808080808080808080808080808080808080808080808080808"},
 "initial_val_set":[{"pub_key":{"ed25519":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},"power":"100"}]},
"new_chain":true,"preCCV":false,"connection_id":""}`;

describe("a new chain", () => {
  test("makes the provider's client, keeps the set and hands it to the engine", () => {
    const chain = createTestConsumer();
    const set = [updateOf(1, 10n), updateOf(2, 8n), updateOf(3, 5n)];
    expect(chain.genesisUpdates).toEqual(set);
    expect(chain.bonded.map(({ height }) => height)).toEqual([0n, 0n, 0n]);
    expect(chain.ibc.clients.get("07-tendermint-0")?.clientState.chainId).toBe("provider-1");
    expect(state.providerClient.require(chain.ctx)).toBe("07-tendermint-0");
    expect(state.vscIdOfHeight.get(chain.ctx, 0n)).toBe(0n);
    expect(state.genesisHeight.get(chain.ctx)).toBe(0n);
    expect(chain.module.genesisValidators!(chain.ctx)).toHaveLength(3);
  });

  test("[wire-11] [handshake-8] starts from the JSON of a Go provider as it is, and from our provider's", () => {
    const fromGo = parseJson(FROM_GO) as JsonObject;
    expect(validate(fromGo)).toBe("none");
    const chain = createTestConsumer({ genesis: fromGo });
    expect(chain.genesisUpdates).toEqual([updateOf(1, 100n)]);
    expect(chain.ibc.clients.get("07-tendermint-0")?.clientState).toMatchObject({
      latestHeight: { revisionNumber: 0n, revisionHeight: 25n },
      trustingPeriod: { seconds: 1_197_504n, nanos: 0 },
    });

    const made = createTestProvider();
    const id = made.launch();
    const ours = genesisToJson(
      "interchain_security.ccv.v1.ConsumerGenesisState",
      providerState.consumerGenesis.get(made.ctx, id)!,
    );
    expect(validate(ours)).toBe("none");
    expect(createTestConsumer({ genesis: ours }).genesisUpdates).toHaveLength(3);
    const clientOf = (json: unknown) =>
      (json as { provider: { client_state: object } }).provider.client_state;
    expect(clientOf(JSON.parse(stringifyJson(ours)))).toEqual({
      ...clientOf(JSON.parse(FROM_GO)),
      latest_height: { revision_number: "0", revision_height: "2" },
    });
    // Field for field what Go prints.
    const shape = (json: unknown): unknown =>
      Array.isArray(json)
        ? json.slice(0, 1).map(shape)
        : typeof json === "object" && json !== null
          ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, shape(value)]))
          : typeof json;
    expect(shape(JSON.parse(stringifyJson(ours)))).toEqual(shape(JSON.parse(FROM_GO)));
  });

  test("[handshake-14] over an existing connection takes its client and starts the channel", () => {
    const genesis = newConsumerGenesis({ connectionId: "connection-4", preCCV: false });
    const reused = {
      ...genesis,
      provider: { ...(genesis["provider"] as JsonObject), client_state: null, consensus_state: null },
    };
    expect(validate(reused)).toBe("none");
    const chain = createTestConsumer({
      genesis: reused,
      prepare: (ibc) => ibc.openConnection("connection-4", "07-tendermint-8"),
    });
    expect(state.providerClient.require(chain.ctx)).toBe("07-tendermint-8");
    expect(chain.ibc.clients.size).toBe(0);
    expect(chain.ibc.channels.get("consumer/channel-0")).toMatchObject({
      connectionHops: ["connection-4"],
      version: "1",
      counterparty: { portId: "provider", channelId: "" },
    });
    expect(refusalCode(() => createTestConsumer({ genesis: reused }))).toBe("connection/3");
  });

  test("[handshake-11] that is not enabled starts nothing", () => {
    const chain = createTestConsumer({ genesis: BASE.module.defaultGenesis!() });
    expect(chain.genesisUpdates).toBeUndefined();
    expect(state.port.has(chain.ctx)).toBe(false);
    expect(chain.ibc.clients.size).toBe(0);
    expect(consumerParams(chain.ctx).enabled).toBe(false);
    expect(chain.exportGenesis()).toMatchObject({ params: { enabled: false } });
  });

  test.each<[string, JsonObject]>([
    ["no validators", provider({ initial_val_set: [] })],
    ["no client state", provider({ client_state: null })],
    ["no consensus state", provider({ consensus_state: null })],
    ["a connection and states", { ...newConsumerGenesis(), connection_id: "connection-4" }],
    [
      "a connection id that is none",
      {
        ...newConsumerGenesis(),
        ...provider({ client_state: null, consensus_state: null }),
        connection_id: "con",
      },
    ],
    ["a client id", { ...newConsumerGenesis(), provider_client_id: "07-tendermint-0" }],
    ["a channel id", { ...newConsumerGenesis(), provider_channel_id: "channel-0" }],
    [
      "a height map",
      { ...newConsumerGenesis(), height_to_valset_update_id: [{ height: "1", valset_update_id: "1" }] },
    ],
    [
      "outstanding downtime",
      {
        ...newConsumerGenesis(),
        outstanding_downtime_slashing: [
          { validator_consensus_address: "cosmosvalcons1qyqszqgpqyqszqgpqyqszqgpqyqszqgpz2ge8y" },
        ],
      },
    ],
    ["a last transmission", { ...newConsumerGenesis(), last_transmission_block_height: { height: "3" } }],
  ])("[handshake-10] with %s is refused", (_, json) => {
    expect(validate(json)).toBe("CCV/4");
  });

  test.each<[string, JsonObject]>([
    ["an unknown field", { ...newConsumerGenesis(), extra: 1n }],
    ["a parameter out of range", newConsumerGenesis({}, { historicalEntries: 0n })],
    ["a fraction above 1", newConsumerGenesis({}, { consumerRedistributionFraction: "1.1" })],
    ["a consumer id that is no number", newConsumerGenesis({}, { consumerId: "x" })],
  ])("with %s is refused too", (_, json) => {
    expect(validate(json)).not.toBe("none");
  });
});

describe("a chain that restarts", () => {
  /** With a channel, a report under way and another one that waits. */
  function busy(): TestConsumer {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(3n, [updateOf(2, 0n), updateOf(5, 4n)]);
    for (const n of [1, 3])
      chain.view.slashWithInfractionReason(
        chain.ctx,
        testAddress(n),
        1n,
        5n,
        Dec.ZERO,
        Infraction.INFRACTION_DOWNTIME,
      );
    for (let i = 0; i < 3; i++) chain.nextBlock();
    return chain;
  }
  const rows = (chain: TestConsumer): string[] =>
    Array.from(
      chain.ctx.kv(state.STORE).iterate({}),
      ([key, value]) => `${Buffer.from(key).toString("hex")}=${Buffer.from(value).toString("hex")}`,
    );

  test("exports what it starts from again, to the last row together with the extra section", () => {
    const before = busy();
    const json = parseJson(stringifyJson(before.exportGenesis())) as JsonObject;
    const extra = before.consumer.extraGenesis.exportGenesis!(before.ctx);
    expect(validate(json)).toBe("none");
    const after = createTestConsumer({ genesis: json, initialHeight: before.ctx.height + 1n });
    after.consumer.extraGenesis.initGenesis!(after.ctx, extra, { deliverTx() {} });
    expect(after.exportGenesis()).toEqual({
      ...json,
      // Its first block carried the height map on.
      height_to_valset_update_id: expect.anything(),
    });
    // Heights, queue indices and old headers are its own, and a last transmission at height 0 is written, as Go does.
    const volatile = /^(01=$|0b|0d|0f|14)/;
    const kept = (chain: TestConsumer) => rows(chain).filter((row) => !volatile.test(row));
    expect(kept(after)).toEqual(kept(before));
    expect(state.pendingPackets.values(after.ctx)).toEqual(state.pendingPackets.values(before.ctx));
    for (const [height, id] of state.vscIdOfHeight.entries(before.ctx))
      expect(state.vscIdOfHeight.get(after.ctx, height)).toBe(id);
  });

  test("gives the engine the set it had", () => {
    const before = busy();
    const chain = createTestConsumer({ genesis: before.exportGenesis() });
    expect(new Set(chain.genesisUpdates?.map(({ power }) => power))).toEqual(new Set([10n, 5n, 4n]));
    // Go's import forgets whose downtime was reported; the section beside it does not.
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(false);
    const extra = before.consumer.extraGenesis.exportGenesis!(before.ctx);
    chain.consumer.extraGenesis.initGenesis!(chain.ctx, extra, { deliverTx() {} });
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(1))).toBe(true);
  });

  test("before its channel is known exports and starts again", () => {
    const json = createTestConsumer().exportGenesis();
    expect(validate(json)).toBe("none");
    const chain = createTestConsumer({ genesis: json });
    expect(state.providerChannel.has(chain.ctx)).toBe(false);
    expect(state.providerClient.require(chain.ctx)).toBe("07-tendermint-0");
  });

  test.each<[string, (json: JsonObject) => JsonObject]>([
    ["no client id", (json) => ({ ...json, provider_client_id: "" })],
    ["provider states", (json) => ({ ...json, provider: newConsumerGenesis()["provider"]! })],
    ["downtime without a channel", (json) => ({ ...json, provider_channel_id: "" })],
    [
      "a last transmission without a channel",
      (json) => ({
        ...json,
        provider_channel_id: "",
        outstanding_downtime_slashing: [],
        last_transmission_block_height: { height: "3" },
      }),
    ],
    [
      "a matured packet without a channel",
      (json) => ({
        ...json,
        provider_channel_id: "",
        outstanding_downtime_slashing: [],
        pending_consumer_packets: {
          list: [{ type: "CONSUMER_PACKET_TYPE_VSCM", vscMaturedPacketData: { valset_update_id: "1" } }],
        },
      }),
    ],
    [
      "an address that is none",
      (json) => ({ ...json, outstanding_downtime_slashing: [{ validator_consensus_address: "x" }] }),
    ],
  ])("[handshake-10] with %s is refused", (_, change) => {
    expect(validate(change(busy().exportGenesis()))).toBe("CCV/4");
  });
});

describe("the form of version 1", () => {
  test("starts with its states at the top, as the present form does", () => {
    const present = newConsumerGenesis({}, { softOptOutThreshold: "0.05" });
    const info = present["provider"] as JsonObject;
    const params = without(present["params"] as JsonObject, "consumer_id", "retry_delay_period");
    const old: JsonObject = {
      params,
      provider_client_id: "",
      provider_channel_id: "",
      new_chain: true,
      provider_client_state: info["client_state"]!,
      provider_consensus_state: info["consensus_state"]!,
      maturing_packets: [],
      initial_val_set: info["initial_val_set"]!,
      height_to_valset_update_id: [],
      outstanding_downtime_slashing: [],
      pending_consumer_packets: { list: [] },
      last_transmission_block_height: { height: "0" },
      preCCV: false,
    };
    expect(validate(old)).toBe("none");
    const chain = createTestConsumer({ genesis: old });
    expect(chain.genesisUpdates).toHaveLength(3);
    expect(consumerParams(chain.ctx)).toMatchObject({ softOptOutThreshold: "0.05", consumerId: "" });
    expect(validate(chain.exportGenesis())).toBe("none");
  });
});
