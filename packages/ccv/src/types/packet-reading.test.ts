/** Packets, keys and handshake metadata as Go's decoders read them, odd ones among them (`testing/packet-vectors.json`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex, utf8 } from "@tandem-ics/crypto";
import { ConsumerPacketDataType } from "@tandem-ics/proto";
import { CodedError } from "@tandem-ics/runtime";
import { decodeKey, parseKeyJson } from "../provider/key-assignment.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import { decodeHandshakeMetadata } from "./handshake.ts";
import { assertSlashPacket, decodeConsumerPacket, decodeVscPacket, packetTypeName } from "./packets.ts";

interface Row {
  readonly in: string;
  readonly out: string;
}
const vectors = JSON.parse(readFileSync(join(__dirname, "../testing/packet-vectors.json"), "utf8")) as Record<
  "consumerPackets" | "vscPackets" | "keys" | "metadata",
  readonly Row[]
>;

/** What `read` gives, or `unreadable` for a refusal. */
function attempt<T>(read: () => T): T | "unreadable" {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodedError) return "unreadable";
    throw error;
  }
}
function validity(check: () => void): string {
  try {
    check();
    return "";
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return `invalid: ${error.message.replace(/^error validating \w+ data: /, "")}`;
  }
}

function consumerPacket(text: string): string {
  const packet = attempt(() => decodeConsumerPacket(utf8(text)));
  if (packet === "unreadable") return packet;
  const { type, data } = packet;
  if (type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM) return "matured";
  if (type !== ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH) return `type "${packetTypeName(type)}"`;
  // The provider aborts the transaction then.
  if (data?.$case !== "slashPacketData") return "panic";
  const { validator, valsetUpdateId, infraction } = data.value;
  return (
    validity(() => assertSlashPacket(data.value)) ||
    `slash ${toHex(validator.address)} ${validator.power} ${valsetUpdateId} ${infraction}`
  );
}

/** Whether the version is the right one, and then the pool; by Go's text of both fields. */
const metadataMeaning = (out: string): string => {
  const [pool, version] = out.split(" ");
  return out === "unreadable" ? "CCV/8" : version === '"1"' ? pool! : "CCV/2";
};
function metadata(hex: string): string {
  const text = Buffer.from(hex, "hex").toString();
  let pool = "";
  const code = refusalCode(() => {
    pool = decodeHandshakeMetadata(text).providerFeePoolAddr;
  });
  return code === "none" ? JSON.stringify(pool) : code;
}
/** A group that ends and never began is passed over; it is the provider that would have to send it. */
const STRAY_GROUP = /1c$/;
/** The version of a channel is text: other bytes cannot come. */
const NO_TEXT = /^0a01ff/;

function vscPacket(text: string): string {
  const packet = attempt(() => decodeVscPacket(utf8(text)));
  if (packet === "unreadable") return packet;
  const { validatorUpdates, valsetUpdateId, slashAcks } = packet.data;
  const updates = validatorUpdates.map(
    ({ pubKey, power }) => `${toHex(pubKey?.ed25519 ?? pubKey?.secp256k1 ?? new Uint8Array(0))}:${power}`,
  );
  return validity(packet.assertValid) || `vsc ${valsetUpdateId} [${updates.join()}] [${slashAcks.join()}]`;
}

/** What is read otherwise than by Go, on purpose, and as what. */
const OTHERWISE = new Map([
  // Go looks at the text of an enum's name before its escapes are resolved.
  [
    vectors.consumerPackets.find((row) => row.in.includes("\\u0045"))!.in,
    consumerPacket(vectors.consumerPackets[0]!.in),
  ],
]);

test.each(vectors.consumerPackets)("[wire-4] the provider reads $in as Go: $out", ({ in: text, out }) => {
  expect(consumerPacket(text)).toBe(OTHERWISE.get(text) ?? out);
});

test.each(vectors.keys)("[key-4] the provider reads the key $in as Go: $out", ({ in: text, out }) => {
  const found = attempt(() => parseKeyJson(text));
  if (found === "unreadable") return expect(found).toBe(out);
  const key = attempt(() => decodeKey(found.key));
  expect(`type ${found.type} ${key === "unreadable" ? "no base64" : `key ${toHex(key)}`}`).toBe(out);
});

test.each(vectors.metadata.filter((row) => !STRAY_GROUP.test(row.in) && !NO_TEXT.test(row.in)))(
  "[wire-7] the consumer reads metadata $in as Go: $out",
  ({ in: hex, out }) => {
    expect(metadata(hex)).toBe(metadataMeaning(out));
  },
);

test.each(vectors.vscPackets)("[wire-2] the consumer reads $in as Go: $out", ({ in: text, out }) => {
  expect(vscPacket(text)).toBe(out);
});
