/** What an ICS-20 packet says (ICS-20; ibc-go v10 `transfer/types/packet.go`, `encoding.go`). */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { isJsonObject, type JsonValue, ProtoError, parseJson } from "@tandem-ics/proto";
import type { FungibleTokenPacketData } from "cosmjs-types/ibc/applications/transfer/v1/packet";
import type { Token } from "cosmjs-types/ibc/applications/transfer/v1/token";
import { goJsonString } from "../04-channel/acknowledgement.ts";
import { isBlank } from "../24-host/index.ts";
import { ibcErrors } from "../errors.ts";
import { parseAmount } from "./amount.ts";
import { parseDenom, validateDenom } from "./denom.ts";
import { transferErrors } from "./errors.ts";

/** The only version of ICS-20 spoken here. */
export const ICS20_VERSION = "ics20-1";
/** Longest memo, in bytes. */
export const MAX_MEMO_BYTES = 32_768;

/** A packet's content with its denomination split. */
export interface TransferData {
  readonly token: Token;
  readonly sender: string;
  readonly receiver: string;
  readonly memo: string;
}

const FIELDS = ["denom", "amount", "sender", "receiver", "memo"] as const;

/** The bytes that Go would send: fields in this order, empty ones left out, HTML characters escaped. */
export const packetDataBytes = (data: FungibleTokenPacketData): Uint8Array =>
  utf8(
    `{${FIELDS.filter((field) => data[field] !== "")
      .map((field) => `"${field}":${goJsonString(data[field])}`)
      .join(",")}}`,
  );

/** Throws `transfer/5`, `ibc/5`, `transfer/3` or `host/2`. */
export function validatePacketData(data: FungibleTokenPacketData): void {
  parseAmount(data.amount);
  if (isBlank(data.sender)) throw ibcErrors.invalidAddress("sender address cannot be blank");
  if (isBlank(data.receiver)) throw ibcErrors.invalidAddress("receiver address cannot be blank");
  validateDenom(parseDenom(data.denom));
}

/**
 * Reads the bytes of a packet. Names are matched without regard to case, as Go does, but no name may come twice: two
 * readers must not see two amounts.
 * @throws `ibc/12` for anything else than an object of these texts.
 */
export function decodePacketData(bytes: Uint8Array): FungibleTokenPacketData {
  const refuse = (reason: string) =>
    ibcErrors.invalidType(`cannot unmarshal ICS20-V1 transfer packet data: ${reason}`);
  const data: FungibleTokenPacketData = { denom: "", amount: "", sender: "", receiver: "", memo: "" };
  const json = readJson(bytes, refuse);
  if (!isJsonObject(json)) throw refuse("not an object");
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(json)) {
    const field = FIELDS.find((known) => known === name.toLowerCase());
    if (field === undefined) throw refuse(`unknown field ${name.slice(0, 100)}`);
    if (seen.has(field)) throw refuse(`field ${field} twice`);
    seen.add(field);
    if (value === null) continue;
    if (typeof value !== "string") throw refuse(`field ${field} is no text`);
    data[field] = value;
  }
  return data;
}

function readJson(bytes: Uint8Array, refuse: (reason: string) => Error): JsonValue {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    throw refuse("not UTF-8");
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    throw refuse(error.message);
  }
}

/** Reads and validates the data of a packet on a channel of this version. Throws `transfer/4` for another version. */
export function parsePacketData(bytes: Uint8Array, channelVersion: string): TransferData {
  if (channelVersion !== ICS20_VERSION) throw transferErrors.invalidVersion(channelVersion);
  const data = decodePacketData(bytes);
  validatePacketData(data);
  const { sender, receiver, memo } = data;
  return { token: { denom: parseDenom(data.denom), amount: data.amount }, sender, receiver, memo };
}
