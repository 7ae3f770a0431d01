import { toHex } from "@cosmjs/encoding";
import {
  codecOf,
  createConsumerFromFile,
  createConsumerToFile,
  decTextToWire,
  decWireToText,
  fromProtoJson,
  fromProtoJsonText,
  ignoredByCreateConsumer,
  ignoredByUpdateConsumer,
  type JsonValue,
  ProtoError,
  stringifyJson,
  toProtoJson,
  toProtoJsonText,
  updateConsumerFromFile,
  updateConsumerToFile,
} from "./index.ts";

const PACKET = "interchain_security.ccv.v1.ConsumerPacketData";
const VSC = "interchain_security.ccv.v1.ValidatorSetChangePacketData";

describe("CCV packet data", () => {
  test("a validator set change has all its fields, also empty ones", () => {
    const json = `{"validator_updates":[{"pub_key":{"ed25519":"AQID"},"power":"100"}],"valset_update_id":"3","slash_acks":[]}`;
    expect(toProtoJsonText(VSC, fromProtoJsonText(VSC, json))).toBe(json);
    expect(toProtoJsonText(VSC, fromProtoJson(VSC, {}))).toBe(
      '{"validator_updates":[],"valset_update_id":"0","slash_acks":[]}',
    );
  });

  test("a slash packet is read in both forms and written in its own", () => {
    const v1 = `{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"AAEC","power":"5"},"valset_update_id":"7","infraction":"INFRACTION_TYPE_DOWNTIME"}}`;
    expect(toProtoJsonText(`${PACKET}V1`, fromProtoJsonText(`${PACKET}V1`, v1))).toBe(v1);
    expect(() => fromProtoJsonText(PACKET, v1)).toThrow(ProtoError);
    const v2 = v1.replace("INFRACTION_TYPE_DOWNTIME", "INFRACTION_DOWNTIME");
    expect(toProtoJsonText(PACKET, fromProtoJsonText(PACKET, v2))).toBe(v2);
    expect(fromProtoJsonText(PACKET, v2.replace('"INFRACTION_DOWNTIME"', "2"))).toEqual(
      fromProtoJsonText(PACKET, v2),
    );
  });

  test.each([
    ["an unknown field", '{"type":1,"x":1}'],
    ["the wrong spelling of a oneof", '{"type":1,"slash_packet_data":{}}'],
    ["two cases of a oneof", '{"slashPacketData":{},"vscMaturedPacketData":{}}'],
    ["a repeated key", '{"vscMaturedPacketData":{"valset_update_id":"1","valset_update_id":"2"}}'],
    ["an unknown enum name", '{"type":"CONSUMER_PACKET_TYPE_OTHER"}'],
    ["a list", "[]"],
    ["text after the object", '{"type":1}x'],
  ])("refuses %s", (_, text) => {
    expect(() => fromProtoJsonText(PACKET, text)).toThrow(ProtoError);
  });

  test("accepts camelCase names, the later of two spellings, and numbers for 64-bit integers", () => {
    const read = (text: string): unknown =>
      (fromProtoJsonText(VSC, text) as { valsetUpdateId: bigint }).valsetUpdateId;
    expect(read('{"valsetUpdateId":"9"}')).toBe(9n);
    expect(read('{"valset_update_id":18446744073709551615}')).toBe(2n ** 64n - 1n);
    expect(read('{"valsetUpdateId":"9","valset_update_id":"8"}')).toBe(9n);
    expect(read('{"valset_update_id":null}')).toBe(0n);
    expect(read('{"valset_update_id":" 1 "}')).toBe(1n);
  });

  test.each(['"-1"', "-1", '"18446744073709551616"', '"1.0"', "1.5", '""', '"1 2"', '"01"', "true", "[]"])(
    "refuses %s as a uint64",
    (value) => {
      expect(() => fromProtoJsonText(VSC, `{"valset_update_id":${value}}`)).toThrow(ProtoError);
    },
  );
});

describe("special fields", () => {
  const jail = "interchain_security.ccv.provider.v1.SlashJailParameters";
  test("a fraction is text with 18 decimals, a duration text in seconds", () => {
    const json = {
      slash_fraction: "0.050000000000000000",
      jail_duration: "9223372036.854775807s",
      tombstone: true,
    };
    const message = fromProtoJson(jail, { ...json, slash_fraction: "0.05" });
    expect(toProtoJson(jail, message)).toEqual(json);
    // The fraction as the digits of 5·10^16; 9223372036 s and 854775807 ns; true.
    const digits = toHex(new TextEncoder().encode("50000000000000000"));
    expect(toHex(codecOf(jail).encode(message).finish())).toBe(
      `0a11${digits}120c0884fa85ae2210ffafcb97031801`,
    );
  });

  test("decimals refuse what LegacyDec refuses", () => {
    expect(decTextToWire("-1.5")).toBe("-1500000000000000000");
    expect(decWireToText("-1")).toBe("-0.000000000000000001");
    for (const text of ["", ".5", "1.", "1e3", "0.1234567890123456789", "+1", "1,5", "9".repeat(90)]) {
      expect(() => decTextToWire(text)).toThrow(ProtoError);
    }
  });

  test("an unset time is year 1, a hash is upper-case hex, absent messages are null", () => {
    const init = "interchain_security.ccv.provider.v1.ConsumerInitializationParameters";
    expect(toProtoJson(init, fromProtoJson(init, {}))).toMatchObject({
      initial_height: { revision_number: "0", revision_height: "0" },
      genesis_hash: null,
      spawn_time: "0001-01-01T00:00:00Z",
      unbonding_period: "0s",
    });
    const state = "ibc.lightclients.tendermint.v1.ConsensusState";
    expect(toProtoJson(state, fromProtoJson(state, { next_validators_hash: "0aff" }))).toMatchObject({
      next_validators_hash: "0AFF",
      root: { hash: null },
    });
    const info = "interchain_security.ccv.v1.ProviderInfo";
    expect(toProtoJson(info, fromProtoJson(info, {}))).toEqual({
      client_state: null,
      consensus_state: null,
      initial_val_set: [],
    });
  });

  test("an Any names its type and must be registered", () => {
    const any = "google.protobuf.Any";
    const json = { "@type": "/cosmos.crypto.ed25519.PubKey", key: "AQI=" };
    expect(toProtoJson(any, fromProtoJson(any, json))).toEqual(json);
    for (const bad of [{ key: "AQI=" }, { "@type": "/no.such.Type" }, { ...json, more: 1n }]) {
      expect(() => fromProtoJson(any, bad as JsonValue)).toThrow(ProtoError);
    }
  });
});

describe("files of create-consumer and update-consumer", () => {
  const file = `{"chain_id":"pupil-3","metadata":{"name":"Pupil","description":"demo","metadata":"{}"},
    "initialization_parameters":{"initial_height":{"revision_number":3,"revision_height":1},"genesis_hash":"AQI=","binary_hash":"",
    "spawn_time":"2030-05-06T07:08:09Z","unbonding_period":1728000000000000,"ccv_timeout_period":2419200000000000,"transfer_timeout_period":3600000000000,
    "consumer_redistribution_fraction":"0.6","blocks_per_distribution_transmission":50,"historical_entries":1000,"distribution_transmission_channel":"","connection_id":""},
    "power_shaping_parameters":{"top_N":60,"validators_power_cap":0,"validator_set_cap":0,"allowlist":[],"denylist":[],"min_stake":18446744073709551615,"allow_inactive_vals":false,"prioritylist":[]},
    "infraction_parameters":{"double_sign":{"slash_fraction":"0.050000000000000000","jail_duration":9223372036854775807,"tombstone":true},
    "downtime":{"slash_fraction":"0.000000000000000000","jail_duration":600000000000,"tombstone":false}},
    "allowlisted_reward_denoms":{"denoms":["ibc/x"]},"submitter":"ignored","somebody_else":1}`;

  test("durations are nanoseconds, 64-bit values numbers, unknown keys ignored", () => {
    const message = createConsumerFromFile(file, "cosmos1me");
    expect(message.submitter).toBe("cosmos1me");
    expect(message.initializationParameters?.unbondingPeriod).toEqual({ seconds: 1_728_000n, nanos: 0 });
    expect(message.infractionParameters?.doubleSign?.jailDuration).toEqual({
      seconds: 9_223_372_036n,
      nanos: 854_775_807,
    });
    expect(message.powerShapingParameters).toMatchObject({ topN: 60, minStake: 2n ** 64n - 1n });
    expect(message.initializationParameters?.genesisHash).toEqual(Uint8Array.of(1, 2));
  });

  test("a message is written as the file that gives it", () => {
    const message = createConsumerFromFile(file, "cosmos1me");
    const text = stringifyJson(createConsumerToFile(message));
    expect(createConsumerFromFile(text, "cosmos1me")).toEqual(message);
    expect(text).toContain('"jail_duration":9223372036854775807');
    expect(text).not.toContain("cosmos1me");
  });

  test("an update leaves out what is not given", () => {
    const update = updateConsumerFromFile('{"consumer_id":"0","new_owner_address":"o"}', "cosmos1owner");
    expect(update).toMatchObject({
      owner: "cosmos1owner",
      consumerId: "0",
      metadata: undefined,
      powerShapingParameters: undefined,
    });
    expect(updateConsumerToFile(update)).toEqual({
      consumer_id: "0",
      new_owner_address: "o",
      new_chain_id: "",
    });
  });

  test.each(['{"initialization_parameters":{"unbonding_period":"1h"}}', "[]", '{"chain_id":1}', "{"])(
    "refuses %s",
    (text) => {
      expect(() => createConsumerFromFile(text, "s")).toThrow(ProtoError);
    },
  );

  test("integers are numbers, and keys may be in any case, as Go's encoding/json has it", () => {
    expect(() => createConsumerFromFile('{"power_shaping_parameters":{"top_N":"60"}}', "s")).toThrow(
      "file.power_shaping_parameters.top_N: expected an uint32 as a number",
    );
    expect(createConsumerFromFile('{"Chain_ID":"x","chain_id":"y"}', "s").chainId).toBe("y");
    expect(createConsumerFromFile('{"Power_Shaping_Parameters":{"TOP_n":60}}', "s")).toMatchObject({
      powerShapingParameters: { topN: 60 },
    });
  });

  test("keys that are ignored are told, with those that are known in their place", () => {
    const text = '{"chain_id":"x","metadata":{"naem":"n"},"spawn_time":1,"power_shaping_parameters":null}';
    expect(ignoredByCreateConsumer(text)).toEqual([
      { path: "metadata.naem", known: ["name", "description", "metadata"] },
      { path: "spawn_time", known: expect.arrayContaining(["chain_id", "initialization_parameters"]) },
    ]);
    expect(ignoredByUpdateConsumer('{"consumer_id":"0","Metadata":{}}')).toEqual([]);
  });

  test("proto JSON names in camelCase are unknown keys here", () => {
    expect(createConsumerFromFile('{"chainId":"x"}', "s").chainId).toBe("");
  });
});
