/** Protobuf, protobuf JSON and amino JSON of the protocol's messages, beside what the Go codec makes of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, fromUtf8, toHex, utf8 } from "@tandem-ics/crypto";
import {
  ConsumerPhase,
  codecOf,
  createConsumerFromFile,
  fromProtoJson,
  GO_ZERO_TIME_NS,
  type MsgCreateConsumer,
  MsgCreateConsumer as MsgCreateConsumerCodec,
  MsgSetConsumerCommissionRate,
  ProtoError,
  parseJson,
  stringifyJson,
  stringifySorted,
  timestampToNs,
  toAminoJson,
  toProtoJson,
} from "@tandem-ics/proto";
import * as state from "../provider/state.ts";
import { testAddress, testKey } from "../testing/fake-staking.ts";
import { accountOf, createTestProvider, OWNER, operatorOf } from "../testing/test-provider.ts";
import { encodeVscPacket } from "./packets.ts";

interface Vectors {
  readonly messages: readonly {
    readonly name: string;
    readonly type: string;
    readonly json: string;
    readonly hex: string;
  }[];
  readonly amino: { readonly create: string; readonly commission: string };
  readonly vscPacket: string;
}
const vectors = JSON.parse(readFileSync(join(__dirname, "../testing/wire-vectors.json"), "utf8")) as Vectors;
const vector = (name: string) => vectors.messages.find((message) => message.name === name)!;
const PROVIDER = "interchain_security.ccv.provider.v1";
const CREATE = `${PROVIDER}.MsgCreateConsumer`;
/** A protobuf field with a length. */
const field = (number: number, value: Uint8Array): Uint8Array =>
  Uint8Array.of((number << 3) | 2, ...lengthOf(value.length), ...value);
const lengthOf = (length: number): number[] =>
  length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];

describe.each(vectors.messages)("$name", ({ type, json, hex }) => {
  test("[wire-8] [wire-9] [wire-10] has Go's bytes and Go's JSON, both ways", () => {
    const message = codecOf(type).decode(fromHex(hex));
    expect(stringifyJson(toProtoJson(type, message as object))).toBe(json);
    const read = fromProtoJson(type, parseJson(json));
    expect(toHex(codecOf(type).encode(read).finish())).toBe(hex);
  });
});

test("[wire-1] a VSC packet with keys of both kinds and the largest numbers has Go's bytes", () => {
  const packet = {
    validatorUpdates: [
      { pubKey: { ed25519: testKey(1) }, power: 2n ** 63n - 1n },
      { pubKey: { secp256k1: new Uint8Array(33).fill(2) }, power: 0n },
    ],
    valsetUpdateId: 2n ** 64n - 1n,
    slashAcks: ["cosmosvalcons1qyqszqgpqyqszqgpqyqszqgpqyqszqgpz2ge8y"],
  };
  expect(fromUtf8(encodeVscPacket(packet))).toBe(vectors.vscPacket);
});

test.each([
  ["preCCV", "interchain_security.ccv.v1.ConsumerGenesisState"],
  ["slashPacketData", "interchain_security.ccv.v1.ConsumerPacketData"],
  ["min_power_in_top_N", `${PROVIDER}.Chain`],
  ["top_N", `${PROVIDER}.Chain`],
  ["chainID", "interchain_security.ccv.consumer.v1.QueryProviderInfoResponse"],
  ["currentHeight", "interchain_security.ccv.consumer.v1.QueryNextFeeDistributionEstimateResponse"],
])("[wire-9] the odd name %s stays", (name, type) => {
  const { json, hex } = vectors.messages.find((message) => message.type === type)!;
  expect(json).toContain(`"${name}":`);
  expect(stringifyJson(toProtoJson(type, codecOf(type).decode(fromHex(hex)) as object))).toContain(
    `"${name}":`,
  );
});

test("[wire-10] the next validators' hash is upper-case hex and refuses base64, the root is base64", () => {
  const { type, json } = vector("a consensus state");
  expect(json).toMatch(/"root":\{"hash":"[A-Za-z0-9+/]{43}="\},"next_validators_hash":"(AB){32}"/);
  const wrong = json.replace(/(AB){32}/, Buffer.alloc(32, 0xab).toString("base64"));
  expect(() => fromProtoJson(type, parseJson(wrong))).toThrow(ProtoError);
});

describe("fractions", () => {
  test("[wire-8] travel as digits of 10^18 in text and in bytes, and are read so by the provider", () => {
    const { hex } = vector("a commission message");
    // 0.05 is the text 50000000000000000.
    expect(hex).toContain(`1a11${toHex(utf8("50000000000000000"))}`);
    expect(vector("a create message").hex).toContain(`0a11${toHex(utf8("50000000000000000"))}`);
    const chain = createTestProvider();
    const consumerId = chain.create();
    chain.deliver(MsgSetConsumerCommissionRate, {
      ...MsgSetConsumerCommissionRate.decode(fromHex(hex)),
      providerAddr: operatorOf(1),
      signer: accountOf(1),
      consumerId,
    });
    expect(state.commissionRates.get(chain.ctx, [consumerId, testAddress(1)])?.toString()).toBe(
      "0.050000000000000000",
    );
  });
});

describe("a spawn time", () => {
  /** Bytes of a create message whose spawn time field is replaced. */
  function create(spawnTime: string): Uint8Array {
    const chain = createTestProvider();
    const whole = MsgCreateConsumerCodec.create({
      submitter: OWNER,
      chainId: "consumer-1",
      metadata: { name: "c", description: "d", metadata: "m" },
    });
    const init = chain.initialization({ spawnTime: { seconds: 1_900_000_000n, nanos: 0 } });
    const codec = codecOf(`${PROVIDER}.ConsumerInitializationParameters`);
    const hex = toHex(codec.encode(init).finish());
    expect(hex).toContain("22060880e6fe8907");
    const replaced = fromHex(hex.replace("22060880e6fe8907", spawnTime));
    return Uint8Array.of(...MsgCreateConsumerCodec.encode(whole).finish(), ...field(4, replaced));
  }
  function launched(spawnTime: string) {
    const chain = createTestProvider();
    const route = chain.module.messages!.find(({ typeUrl }) => typeUrl === `/${CREATE}`)!;
    route.run(chain.ctx, create(spawnTime));
    chain.optIn("0", 1);
    const spawnNs = timestampToNs(state.initialization.get(chain.ctx, "0")!.spawnTime);
    const before = state.phases.get(chain.ctx, "0");
    chain.nextBlock();
    return { spawnNs, before, after: state.phases.get(chain.ctx, "0") };
  }

  test("[wire-12] that is absent, or in year 1, is none", () => {
    for (const bytes of ["", "220b088092b8c398feffffff01"])
      expect(launched(bytes)).toEqual({
        spawnNs: GO_ZERO_TIME_NS,
        before: ConsumerPhase.CONSUMER_PHASE_REGISTERED,
        after: ConsumerPhase.CONSUMER_PHASE_REGISTERED,
      });
  });

  test("[wire-12] that is empty is 1970, which is due", () => {
    expect(launched("2200")).toEqual({
      spawnNs: 0n,
      before: ConsumerPhase.CONSUMER_PHASE_INITIALIZED,
      after: ConsumerPhase.CONSUMER_PHASE_LAUNCHED,
    });
  });
});

test("[wire-13] a command's file says nanoseconds where a proposal says seconds, and both mean the same message", () => {
  const proposal = parseJson(vector("a create message").json);
  const file = `{"chain_id":"pupil-3","metadata":{"name":"Pupil","description":"demo","metadata":"{}"},
    "initialization_parameters":{"initial_height":{"revision_number":3,"revision_height":1},"genesis_hash":"AQI=","binary_hash":"",
     "spawn_time":"2030-05-06T07:08:09.0000001Z","unbonding_period":1728000000000000,"ccv_timeout_period":2419200000000000,
     "transfer_timeout_period":3600000000000,"consumer_redistribution_fraction":"0.6","blocks_per_distribution_transmission":50,
     "historical_entries":1000,"distribution_transmission_channel":"","connection_id":""},
    "power_shaping_parameters":{"top_N":0,"validators_power_cap":34,"validator_set_cap":0,"allowlist":["b","a"],"denylist":[],
     "min_stake":7,"allow_inactive_vals":false,"prioritylist":[]},"unknown":1,
    "infraction_parameters":{"double_sign":{"slash_fraction":"0.05","jail_duration":9223372035999999999,"tombstone":true},
     "downtime":{"slash_fraction":"0.0","jail_duration":600000000000,"tombstone":false}},
    "allowlisted_reward_denoms":{"denoms":["uatom"]}}`;
  const fromFile = createConsumerFromFile(file, "cosmos15yk64u7zc9g9k2yr2wmzeva5qgwxps6yxj00e7");
  expect(toHex(MsgCreateConsumerCodec.encode(fromFile).finish())).toBe(vector("a create message").hex);
  expect(fromFile).toEqual(fromProtoJson(CREATE, proposal));
  expect(() => createConsumerFromFile(file.replace("1728000000000000", '"1728000s"'), "x")).toThrow(
    ProtoError,
  );
  const seconds = vector("a create message").json.replace('"1728000s"', "1728000000000000");
  expect(() => fromProtoJson(CREATE, parseJson(seconds))).toThrow(ProtoError);
});

describe("legacy amino", () => {
  const amino = (type: string, message: unknown): string => stringifySorted(toAminoJson(`/${type}`, message));
  const create = (): MsgCreateConsumer =>
    MsgCreateConsumerCodec.decode(fromHex(vector("a create message").hex));

  test("[wire-14] puts messages under their type URL, sorts keys and counts nanoseconds as Go does", () => {
    expect(amino(CREATE, create())).toBe(`{"type":"/${CREATE}","value":${vectors.amino.create}}`);
    const type = `${PROVIDER}.MsgSetConsumerCommissionRate`;
    const message = codecOf(type).decode(fromHex(vector("a commission message").hex));
    expect(amino(type, message)).toBe(`{"type":"/${type}","value":${vectors.amino.commission}}`);
  });

  test("[wire-14] has no form for jailing forever: nobody can sign that so", () => {
    const message = create();
    message.infractionParameters!.doubleSign!.jailDuration = { seconds: 9_223_372_036n, nanos: 854_775_807 };
    expect(() => amino(CREATE, message)).toThrow(ProtoError);
  });
});
