/** The packets of CCV channels as events show them. */
import { fromBase64, fromHex, fromUtf8 } from "@tandem-ics/crypto";
import type { Event, ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { attributeOf } from "./observed.ts";

/** A validator-set change under way. */
export interface VscPacket {
  readonly sequence: bigint;
  /** Bytes as hex. */
  readonly hex: string;
  readonly vscId: bigint;
  readonly updates: readonly ValidatorUpdate[];
  /** Bech32 texts. */
  readonly slashAcks: readonly string[];
}

interface VscJson {
  readonly validator_updates: readonly {
    readonly pub_key: { readonly ed25519?: string; readonly secp256k1?: string };
    readonly power?: string;
  }[];
  readonly valset_update_id: string;
  readonly slash_acks?: readonly string[] | null;
}

/** The packet of a `send_packet` or `recv_packet` event. Undefined for bytes that are no VSC packet. */
export function vscPacketOf(event: Event): VscPacket | undefined {
  const hex = attributeOf(event, "packet_data_hex");
  let json: VscJson;
  try {
    json = JSON.parse(fromUtf8(fromHex(hex))) as VscJson;
  } catch {
    return undefined; // anybody may send anything; what a chain makes of it is looked at by what it does
  }
  if (!Array.isArray(json.validator_updates)) return undefined;
  return {
    sequence: BigInt(attributeOf(event, "packet_sequence")),
    hex,
    vscId: BigInt(json.valset_update_id),
    updates: json.validator_updates.map(({ pub_key: { ed25519, secp256k1 }, power }) => ({
      pubKey:
        ed25519 === undefined ? { secp256k1: fromBase64(secp256k1 ?? "") } : { ed25519: fromBase64(ed25519) },
      power: BigInt(power ?? "0"),
    })),
    slashAcks: json.slash_acks ?? [],
  };
}
