import {
  MsgChangeRewardDenoms,
  MsgSetConsumerCommissionRate,
  parseJson,
  stringifyJson,
} from "@tandem-ics/proto";
import { atBlock, createTestContext, Dec, type JsonObject } from "@tandem-ics/runtime";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  ADDRESSES,
  AUTHORITY,
  accountOf,
  createTestProvider,
  keyJson,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { PROVIDER_EXTRA } from "./extra-genesis.ts";
import { setAllocation } from "./rewards.ts";
import * as state from "./state.ts";

const rows = (chain: Pick<TestProvider, "ctx">): Record<string, string> =>
  Object.fromEntries(
    Array.from(chain.ctx.kv(state.STORE).iterate({}), ([key, value]) => [
      Buffer.from(key).toString("hex"),
      Buffer.from(value).toString("hex"),
    ]),
  );
const through = (json: JsonObject): JsonObject => parseJson(stringifyJson(json)) as JsonObject;

/** A provider with consumers in every phase and something in every table. */
function busy(): TestProvider {
  const chain = createTestProvider();
  const launched = chain.launch([1, 2]);
  chain.openChannel(launched);
  const stopped = chain.launch([1, 2, 3], { chainId: "other-1" });
  chain.openChannel(stopped);
  const silent = chain.launch([3]);
  chain.create();
  chain.create({
    initializationParameters: chain.initialization({ spawnTime: { seconds: 4_000_000_000n, nanos: 5 } }),
    allowlistedRewardDenoms: { denoms: ["uatom"] },
    powerShapingParameters: {
      topN: 0,
      validatorsPowerCap: 50,
      validatorSetCap: 2,
      allowlist: [ADDRESSES.consensus.encode(testAddress(1))],
      denylist: [ADDRESSES.consensus.encode(testAddress(2))],
      prioritylist: [ADDRESSES.consensus.encode(testAddress(3))],
      minStake: 7n,
      allowInactiveVals: true,
    },
  });
  chain.optIn(launched, 3, keyJson(77));
  chain.optIn(launched, 1, keyJson(78));
  chain.nextEpoch();
  chain.optIn(silent, 1);
  chain.optIn(launched, 1, keyJson(79)); // the old one waits to be pruned
  chain.nextEpoch();
  chain.deliver(MsgSetConsumerCommissionRate, {
    providerAddr: operatorOf(1),
    chainId: "",
    rate: "250000000000000000",
    signer: accountOf(1),
    consumerId: launched,
  });
  chain.deliver(MsgChangeRewardDenoms, { denomsToAdd: ["ucons"], denomsToRemove: [], authority: AUTHORITY });
  setAllocation(chain.ctx, launched, "uother", [{ denom: "uother", amount: Dec.parse("12.5") }]);
  const slash = (address: Uint8Array, infraction: string): string =>
    `{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"${Buffer.from(address).toString("base64")}","power":"5"},"valset_update_id":"0","infraction":"${infraction}"}}`;
  for (const infraction of ["INFRACTION_TYPE_DOWNTIME", "INFRACTION_TYPE_DOUBLE_SIGN"])
    chain.provider.ibcApp.onRecvPacket(chain.ctx, {
      channelVersion: "1",
      packet: packetTo("provider", `channel-${launched}`, slash(testAddress(2), infraction)),
      relayer: new Uint8Array(20),
    });
  chain.update(launched, {
    infractionParameters: {
      doubleSign: undefined,
      downtime: {
        slashFraction: Buffer.from("10000000000000000"),
        jailDuration: { seconds: 5n, nanos: 0 },
        tombstone: false,
      },
    },
  });
  const packet = {
    ...packetTo("consumer", "channel-7", ""),
    sourcePort: "provider",
    sourceChannel: `channel-${stopped}`,
  };
  chain.provider.ibcApp.onTimeoutPacket(chain.ctx, {
    channelVersion: "1",
    packet,
    relayer: new Uint8Array(20),
  });
  return chain;
}

/** Another provider module over the same stake and IBC, from exported sections. */
function restarted(from: TestProvider, sections: JsonObject, extra: JsonObject | undefined) {
  const ctx = createTestContext({ stores: [from.module], chainId: "provider", height: from.ctx.height });
  from.module.initGenesis!(ctx, sections, { deliverTx() {} });
  if (extra !== undefined) from.provider.extraGenesis.initGenesis!(ctx, extra, { deliverTx() {} });
  return { ctx: atBlock(ctx, { height: from.ctx.height + 1n }) };
}

describe("the provider's genesis", () => {
  test("of a new chain has no consumers and Go's defaults", () => {
    const chain = createTestProvider();
    expect(JSON.parse(stringifyJson(chain.module.defaultGenesis!()))).toMatchObject({
      valset_update_id: "1",
      consumer_states: [],
      valset_update_id_to_height: [],
      params: {
        trusting_period_fraction: "0.66",
        ccv_timeout_period: "2419200s",
        slash_meter_replenish_period: "3600s",
        slash_meter_replenish_fraction: "0.05",
        consumer_reward_denom_registration_fee: { denom: "stake", amount: "10000000" },
        blocks_per_epoch: "600",
        number_of_epochs_to_start_receiving_rewards: "24",
        max_provider_consensus_validators: "180",
      },
      validator_consumer_pubkeys: [],
      validators_by_consumer_addr: [],
      consumer_addrs_to_prune_v2: [],
    });
    expect(chain.genesisUpdates.map(({ power }) => power)).toEqual([10n, 8n, 5n]);
  });

  test("and what Go's form omits bring back every row", () => {
    const before = busy();
    const json = through(before.exportGenesis());
    expect(refusalCode(() => before.module.validateGenesis!(json))).toBe("none");
    const extra = through(before.provider.extraGenesis.exportGenesis!(before.ctx));
    expect(before.provider.extraGenesis.name).toBe(PROVIDER_EXTRA);
    const after = restarted(before, json, extra);
    const [was, is] = [rows(before), rows(after)];
    // Stake changed since the last block of the old chain: the provider's own set follows at once. An empty list of
    // slash acks is written, as Go does.
    for (const table of [was, is])
      for (const [key, value] of Object.entries(table))
        if (key.startsWith("2a") || (key.startsWith("0f") && value === "")) delete table[key];
    expect(is).toEqual(was);
    const prefixes = new Set(Object.keys(was).map((key) => Number.parseInt(key.slice(0, 2), 16)));
    // Every table of the store took part.
    for (const prefix of [
      0xff, 0, 2, 3, 4, 5, 6, 7, 13, 14, 15, 16, 17, 22, 23, 26, 27, 29, 31, 32, 36, 37, 39, 41, 43, 44, 45,
      46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    ])
      expect([prefix, prefixes.has(prefix)]).toEqual([prefix, true]);
  });

  test("alone bring back what Go's do: clients, phases, channels, keys", () => {
    const before = busy();
    const after = restarted(before, through(before.exportGenesis()), undefined);
    for (const table of [state.clientOfConsumer, state.channelOfConsumer, state.initChainHeight])
      expect([...table.entries(after.ctx)]).toEqual([...table.entries(before.ctx)]);
    expect([...state.consumerKeys.entries(after.ctx)]).toEqual([...state.consumerKeys.entries(before.ctx)]);
    expect(state.owners.keys(after.ctx)).toEqual([]);
  });

  test("lists the engine's validators by operator, whatever their consensus addresses", () => {
    const chain = createTestProvider();
    expect(chain.module.genesisValidators!(chain.ctx).map(({ name, power }) => [name, power])).toEqual([
      ["v1", 10n],
      ["v2", 8n],
      ["v3", 5n],
    ]);
  });

  test.each<[string, (json: JsonObject) => JsonObject]>([
    ["the VSC id 0", (json) => ({ ...json, valset_update_id: "0" })],
    ["a client id that is none", (json) => changeConsumer(json, { client_id: "x/y" })],
    ["a channel id that is none", (json) => changeConsumer(json, { channel_id: "?" })],
    ["an ack that is no address", (json) => changeConsumer(json, { slash_downtime_ack: ["x"] })],
    [
      "a key row without address",
      (json) => ({
        ...json,
        validators_by_consumer_addr: [{ chain_id: "0", consumer_addr: "", provider_addr: "AQ==" }],
      }),
    ],
    [
      "a key row without consumer",
      (json) => ({
        ...json,
        validators_by_consumer_addr: [{ chain_id: " ", consumer_addr: "AQ==", provider_addr: "AQ==" }],
      }),
    ],
  ])("with %s is refused", (_, change) => {
    const chain = busy();
    expect(refusalCode(() => chain.module.validateGenesis!(through(change(chain.exportGenesis()))))).toBe(
      "CCV/4",
    );
  });

  test.each([
    ["another section's rows", { rows: [{ key: "/w==", value: "" }] }],
    ["a row that is none", { rows: [1n] }],
    ["no list", {}],
  ])("with an extra section of %s is refused", (_, json) => {
    const { provider } = createTestProvider();
    expect(refusalCode(() => provider.extraGenesis.validateGenesis!(json))).toBe("undefined/1");
  });
});

function changeConsumer(json: JsonObject, changes: JsonObject): JsonObject {
  const [first, ...rest] = json["consumer_states"] as JsonObject[];
  return { ...json, consumer_states: [{ ...first!, ...changes }, ...rest] };
}
