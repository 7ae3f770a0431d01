/** A consumer's reports: one packet for a downtime until it is acknowledged (QA matrix of interchain-security, 8.01). */
import { publicKeyAddress } from "@tandem-ics/comet";
import { toHex } from "@tandem-ics/crypto";
import { decodeBech32 } from "@tandem-ics/runtime";
import { vscPacketOf } from "./ccv-packets.ts";
import { attributeOf, eventsOf, type Watcher } from "./observed.ts";
import { keyOf } from "./validator-sets.ts";

const addressOf = (bech32: string): string => toHex(decodeBech32(bech32)?.bytes ?? new Uint8Array());

/** Makes the watcher of a consumer's reports. */
export function createReportWatcher(): Watcher {
  /** Consumer → address → height of the report that is not acknowledged. */
  const outstanding = new Map<string, Map<string, bigint>>();
  /** Consumer → keys in its set. */
  const members = new Map<string, Set<string>>();
  return (block, report) => {
    const { chain, height, response } = block;
    if (chain.role !== "consumer") return;
    const open = outstanding.get(chain.name) ?? new Map<string, bigint>();
    outstanding.set(chain.name, open);
    const known =
      members.get(chain.name) ?? new Set(chain.firstValidators.map(({ pubKey }) => keyOf(pubKey)));
    members.set(chain.name, known);
    for (const event of eventsOf(block)) {
      if (
        event.type === "consumer_slash_request" &&
        attributeOf(event, "infraction_type") === "INFRACTION_DOWNTIME"
      ) {
        const address = addressOf(attributeOf(event, "validator_address"));
        const since = open.get(address);
        if (since !== undefined)
          report(
            "OneSlashPacketPerDowntime",
            `no further report of ${address} before the provider acknowledges that of height ${since}`,
            "a further report",
          );
        open.set(address, height);
      } else if (event.type === "recv_packet" && attributeOf(event, "packet_dst_port") === "consumer")
        for (const ack of vscPacketOf(event)?.slashAcks ?? []) open.delete(addressOf(ack));
    }
    for (const { pubKey, power } of response.validatorUpdates) {
      const key = keyOf(pubKey);
      // Who comes back to the set may be reported again.
      if (power > 0n && !known.has(key)) open.delete(toHex(publicKeyAddress(pubKey)));
      if (power > 0n) known.add(key);
      else known.delete(key);
    }
  };
}
