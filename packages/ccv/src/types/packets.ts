/** Packet data of ICS-28 as it travels: proto-JSON (interchain-security `x/ccv/types/wire.go`). Bytes are state-breaking. */
import { toBase64, utf8 } from "@tandem-ics/crypto";
import {
  ConsumerPacketData,
  ConsumerPacketDataType,
  type ConsumerPacketDataV1,
  fromProtoJson,
  InfractionType,
  isJsonObject,
  type JsonValue,
  parseJsonStart,
  type SlashPacketData,
  type ValidatorSetChangePacketData,
} from "@tandem-ics/proto";
import { plainError } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { ccvErrors } from "./errors.ts";
import { checkProto } from "./proto-refusal.ts";
import { refusalOf } from "./refusals.ts";

const PACKAGE = "interchain_security.ccv.v1";
/** Longest address of the SDK. */
const MAX_ADDRESS_BYTES = 255;

function publicKeyJson({ pubKey }: ValidatorUpdate): string {
  if (pubKey?.ed25519 !== undefined) return `{"ed25519":"${toBase64(pubKey.ed25519)}"}`;
  if (pubKey?.secp256k1 !== undefined) return `{"secp256k1":"${toBase64(pubKey.secp256k1)}"}`;
  return "{}";
}

/** Bytes of a VSC packet. The list of updates is always written: consumers refuse a missing one. */
export function encodeVscPacket(data: ValidatorSetChangePacketData): Uint8Array {
  const updates = data.validatorUpdates.map((u) => `{"pub_key":${publicKeyJson(u)},"power":"${u.power}"}`);
  return utf8(
    `{"validator_updates":[${updates.join(",")}],"valset_update_id":"${data.valsetUpdateId}",` +
      `"slash_acks":${JSON.stringify(data.slashAcks)}}`,
  );
}

/**
 * Reads a VSC packet strictly: unknown or duplicate fields are refused. Throws an untyped refusal for bytes that are not
 * such a packet; `validated` throws `CCV/1` for one without a list of updates or with id 0.
 */
export function decodeVscPacket(bytes: Uint8Array): {
  data: ValidatorSetChangePacketData;
  assertValid(): void;
} {
  const json = decodeJson(bytes);
  const data = decodeAs<ValidatorSetChangePacketData>("ValidatorSetChangePacketData", json);
  const updates = isJsonObject(json) ? (json["validator_updates"] ?? json["validatorUpdates"]) : undefined;
  return {
    data,
    assertValid() {
      const invalid = (why: string) => ccvErrors.invalidPacketData(`error validating VSCPacket data: ${why}`);
      if (!Array.isArray(updates)) throw invalid("validator updates cannot be nil");
      if (data.valsetUpdateId === 0n) throw invalid("valset update id cannot be equal to zero");
    },
  };
}

/** Bytes that are no UTF-8 are replaced, as Go's reader does; a byte order mark is no blank. */
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/** The JSON value at the beginning of the data, as Go's decoder reads it: what follows is not looked at, null is an empty message. */
function decodeJson(bytes: Uint8Array): JsonValue {
  const json = checkProto("packet data", () => parseJsonStart(lossy.decode(bytes)));
  if (hasFraction(json)) throw plainError("packet data: no field of a packet is a fraction");
  return json ?? {};
}

/** Whether a number in it was written with a fraction or an exponent: Go reads integers from neither. */
const hasFraction = (json: JsonValue): boolean =>
  typeof json === "number" ||
  (typeof json === "object" && json !== null && Object.values(json).some(hasFraction));

const decodeAs = <T>(message: string, json: JsonValue): T =>
  checkProto("packet data", () => fromProtoJson(`${PACKAGE}.${message}`, json) as T);

const V1_INFRACTION: Readonly<Record<number, string>> = {
  [Infraction.INFRACTION_DOUBLE_SIGN]: "INFRACTION_TYPE_DOUBLE_SIGN",
  [Infraction.INFRACTION_DOWNTIME]: "INFRACTION_TYPE_DOWNTIME",
};

/** Bytes of a consumer's packet. Slash packets always go in the V1 form, whose infraction names differ from staking's. */
export function encodeConsumerPacket(packet: ConsumerPacketData): Uint8Array {
  const { data } = packet;
  if (data?.$case === "slashPacketData") {
    const { validator, valsetUpdateId, infraction } = data.value;
    return utf8(
      `{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"${toBase64(validator.address)}",` +
        `"power":"${validator.power}"},"valset_update_id":"${valsetUpdateId}",` +
        `"infraction":"${V1_INFRACTION[infraction] ?? "INFRACTION_TYPE_UNSPECIFIED"}"}}`,
    );
  }
  return utf8(
    `{"type":"CONSUMER_PACKET_TYPE_VSCM","vscMaturedPacketData":{"valset_update_id":"${data?.value.valsetUpdateId ?? 0n}"}}`,
  );
}

/**
 * Reads a consumer's packet in the staking form or else in the V1 form; unknown fields fail both. Throws an untyped
 * refusal. A packet whose data does not fit its type comes back without data.
 */
export function decodeConsumerPacket(bytes: Uint8Array): ConsumerPacketData {
  const json = decodeJson(bytes);
  let packet: ConsumerPacketData | undefined;
  const refusal = refusalOf(() => {
    packet = decodeAs<ConsumerPacketData>("ConsumerPacketData", json);
  });
  if (refusal === undefined) return packet!;
  // A packet of the V1 form: its enum names are unknown to the other.
  return fromV1(decodeAs<ConsumerPacketDataV1>("ConsumerPacketDataV1", json));
}

function fromV1(packet: ConsumerPacketDataV1): ConsumerPacketData {
  if (packet.type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM)
    throw plainError("VSC matured packets should be correctly unmarshaled");
  const { type, data } = packet;
  if (data?.$case !== "slashPacketData") return ConsumerPacketData.create({ type });
  const { validator, valsetUpdateId, infraction } = data.value;
  return {
    type,
    data: {
      $case: "slashPacketData",
      value: { validator, valsetUpdateId, infraction: stakingInfraction(infraction) },
    },
  };
}

function stakingInfraction(infraction: InfractionType): Infraction {
  if (infraction === InfractionType.INFRACTION_TYPE_DOWNTIME) return Infraction.INFRACTION_DOWNTIME;
  if (infraction === InfractionType.INFRACTION_TYPE_DOUBLE_SIGN) return Infraction.INFRACTION_DOUBLE_SIGN;
  return Infraction.INFRACTION_UNSPECIFIED;
}

/** Throws `CCV/1` unless address, power and infraction can be meant. The VSC id may be 0: the consumer's first set. */
export function assertSlashPacket({ validator, infraction }: SlashPacketData): void {
  const invalid = (why: string) => ccvErrors.invalidPacketData(`error validating SlashPacket data: ${why}`);
  const { length } = validator.address;
  if (length === 0) throw invalid("invalid validator: addresses cannot be empty: unknown address");
  if (length > MAX_ADDRESS_BYTES)
    throw invalid(
      `invalid validator: address max length is ${MAX_ADDRESS_BYTES}, got ${length}: unknown address`,
    );
  if (validator.power === 0n) throw invalid("validator power cannot be zero");
  if (infraction !== Infraction.INFRACTION_DOUBLE_SIGN && infraction !== Infraction.INFRACTION_DOWNTIME)
    throw invalid(`invalid infraction type: ${INFRACTION_NAMES[infraction] ?? infraction}`);
}

const PACKET_TYPE_NAMES: Readonly<Record<number, string>> = {
  [ConsumerPacketDataType.CONSUMER_PACKET_TYPE_UNSPECIFIED]: "CONSUMER_PACKET_TYPE_UNSPECIFIED",
  [ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH]: "CONSUMER_PACKET_TYPE_SLASH",
  [ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM]: "CONSUMER_PACKET_TYPE_VSCM",
};

/** Name of a packet's type in texts; the number of one without a name. */
export const packetTypeName = (type: ConsumerPacketDataType): string =>
  PACKET_TYPE_NAMES[type] ?? String(type);

/** Name of a staking infraction in events. */
export const INFRACTION_NAMES: Readonly<Record<number, string>> = {
  [Infraction.INFRACTION_UNSPECIFIED]: "INFRACTION_UNSPECIFIED",
  [Infraction.INFRACTION_DOUBLE_SIGN]: "INFRACTION_DOUBLE_SIGN",
  [Infraction.INFRACTION_DOWNTIME]: "INFRACTION_DOWNTIME",
};

/** Result byte: the provider took the packet (also every answer of a consumer). */
export const RESULT_OK = Uint8Array.of(1);
/** Result byte: the slash packet was handled. */
export const RESULT_SLASH_HANDLED = Uint8Array.of(2);
/** Result byte: the slash packet bounced, to be sent again later. */
export const RESULT_SLASH_BOUNCED = Uint8Array.of(3);
