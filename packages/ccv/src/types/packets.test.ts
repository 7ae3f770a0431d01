import { fromHex, fromUtf8, utf8 } from "@tandem-ics/crypto";
import { type ConsumerPacketData, ConsumerPacketDataType } from "@tandem-ics/proto";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  assertSlashPacket,
  decodeConsumerPacket,
  decodeVscPacket,
  encodeConsumerPacket,
  encodeVscPacket,
} from "./packets.ts";

const KEY = fromHex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
const KEY_BASE64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
const ADDRESS = Uint8Array.from({ length: 20 }, (_, i) => i);
const slash = (infraction: Infraction, power = 5n): ConsumerPacketData => ({
  type: ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH,
  data: {
    $case: "slashPacketData",
    value: { validator: { address: ADDRESS, power }, valsetUpdateId: 7n, infraction },
  },
});
const V1 =
  '{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"AAECAwQFBgcICQoLDA0ODxAREhM=","power":"5"},' +
  '"valset_update_id":"7","infraction":"INFRACTION_TYPE_DOWNTIME"}}';

describe("VSC packets", () => {
  test("[wire-1] have the bytes that Go writes", () => {
    const update = { pubKey: { ed25519: KEY }, power: 100n };
    expect(fromUtf8(encodeVscPacket({ validatorUpdates: [update], valsetUpdateId: 3n, slashAcks: [] }))).toBe(
      `{"validator_updates":[{"pub_key":{"ed25519":"${KEY_BASE64}"},"power":"100"}],"valset_update_id":"3","slash_acks":[]}`,
    );
    expect(
      fromUtf8(
        encodeVscPacket({
          validatorUpdates: [{ ...update, power: 0n }],
          valsetUpdateId: 4n,
          slashAcks: ["cosmosvalcons1qyqszqgpqyqszqgpqyqszqgpqyqszqgp0cvwtm", "x"],
        }),
      ),
    ).toBe(
      `{"validator_updates":[{"pub_key":{"ed25519":"${KEY_BASE64}"},"power":"0"}],"valset_update_id":"4",` +
        '"slash_acks":["cosmosvalcons1qyqszqgpqyqszqgpqyqszqgpqyqszqgp0cvwtm","x"]}',
    );
  });

  test("[wire-2] say [] for no updates, and are taken so", () => {
    const bytes = encodeVscPacket({ validatorUpdates: [], valsetUpdateId: 1n, slashAcks: [] });
    expect(fromUtf8(bytes)).toBe('{"validator_updates":[],"valset_update_id":"1","slash_acks":[]}');
    const { data, assertValid } = decodeVscPacket(bytes);
    assertValid();
    expect(data.validatorUpdates).toEqual([]);
  });

  test.each([
    ["a missing list", '{"valset_update_id":"1","slash_acks":[]}'],
    ["a null list", '{"validator_updates":null,"valset_update_id":"1"}'],
    ["the id 0", '{"validator_updates":[],"valset_update_id":"0"}'],
    ["no id", '{"validator_updates":[]}'],
  ])("with %s are invalid", (_, text) => {
    expect(refusalCode(() => decodeVscPacket(utf8(text)).assertValid())).toBe("CCV/1");
  });

  test.each([
    ["no JSON", "{"],
    ["an unknown field", '{"validator_updates":[],"valset_update_id":"1","extra":1}'],
    ["a list that is none", '{"validator_updates":{},"valset_update_id":"1"}'],
    ["an id below zero", '{"validator_updates":[],"valset_update_id":"-1"}'],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])("that are %s are refused", (_, data) => {
    expect(() => decodeVscPacket(typeof data === "string" ? utf8(data) : data)).toThrow();
  });

  test("are read back as they were", () => {
    const packet = {
      validatorUpdates: [
        { pubKey: { ed25519: KEY }, power: 9_223_372_036_854_775_807n },
        { pubKey: { secp256k1: Uint8Array.of(2, ...KEY) }, power: 0n },
      ],
      valsetUpdateId: 18_446_744_073_709_551_615n,
      slashAcks: ["a", 'quo"te'],
    };
    expect(decodeVscPacket(encodeVscPacket(packet)).data).toMatchObject(packet);
  });
});

describe("slash packets", () => {
  test("[wire-3] are written in the V1 form, whatever the stored form", () => {
    expect(fromUtf8(encodeConsumerPacket(slash(Infraction.INFRACTION_DOWNTIME)))).toBe(V1);
    expect(fromUtf8(encodeConsumerPacket(slash(Infraction.INFRACTION_DOUBLE_SIGN)))).toBe(
      V1.replace("TYPE_DOWNTIME", "TYPE_DOUBLE_SIGN"),
    );
  });

  test.each([
    ["the V1 form", V1],
    ["the staking form", V1.replace("INFRACTION_TYPE_DOWNTIME", "INFRACTION_DOWNTIME")],
    ["numbers", V1.replace('"INFRACTION_TYPE_DOWNTIME"', "2").replace('"CONSUMER_PACKET_TYPE_SLASH"', "1")],
    ["camel case", V1.replace("valset_update_id", "valsetUpdateId")],
    ["bare integers", V1.replace('"5"', "5").replace('"7"', "7")],
    [
      "another order and blanks",
      ` {"slashPacketData" : ${V1.slice(V1.indexOf('{"validator"'), -1)},"type":"CONSUMER_PACKET_TYPE_SLASH"}\n`,
    ],
  ])("are read in %s", (_, text) => {
    expect(decodeConsumerPacket(utf8(text))).toEqual(slash(Infraction.INFRACTION_DOWNTIME));
  });

  test.each([
    ["an unknown field", V1.replace('"valset_update_id"', '"id":1,"valset_update_id"')],
    ["snake case outside", V1.replace("slashPacketData", "slash_packet_data")],
    ["an unknown infraction", V1.replace("INFRACTION_TYPE_DOWNTIME", "INFRACTION_TYPE_LATE")],
    ["a list", "[]"],
    ["nothing", ""],
  ])("with %s are refused", (_, text) => {
    expect(() => decodeConsumerPacket(utf8(text))).toThrow();
  });

  test.each([
    ["no address", { address: new Uint8Array(0), power: 1n }, Infraction.INFRACTION_DOWNTIME],
    ["256 address bytes", { address: new Uint8Array(256), power: 1n }, Infraction.INFRACTION_DOWNTIME],
    ["no power", { address: ADDRESS, power: 0n }, Infraction.INFRACTION_DOWNTIME],
    ["no infraction", { address: ADDRESS, power: 1n }, Infraction.INFRACTION_UNSPECIFIED],
  ])("that name %s are invalid", (_, validator, infraction) => {
    expect(refusalCode(() => assertSlashPacket({ validator, valsetUpdateId: 0n, infraction }))).toBe("CCV/1");
  });

  test("about VSC id 0 and with odd addresses are valid", () => {
    for (const address of [Uint8Array.of(1), new Uint8Array(255)])
      assertSlashPacket({
        validator: { address, power: -1n },
        valsetUpdateId: 0n,
        infraction: Infraction.INFRACTION_DOUBLE_SIGN,
      });
  });
});

describe("VSC matured packets", () => {
  const matured = '{"type":"CONSUMER_PACKET_TYPE_VSCM","vscMaturedPacketData":{"valset_update_id":"9"}}';

  test("are read and written", () => {
    const packet = decodeConsumerPacket(utf8(matured));
    expect(packet.data).toEqual({ $case: "vscMaturedPacketData", value: { valsetUpdateId: 9n } });
    expect(fromUtf8(encodeConsumerPacket(packet))).toBe(matured);
  });
});
