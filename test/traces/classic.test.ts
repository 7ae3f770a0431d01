/** Packets of the protocol as first specified, which chains of v7 may still meet: they are read, and change nothing. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { decodeConsumerPacket, encodeConsumerPacket } from "@tandem-ics/ccv";
import { utf8 } from "@tandem-ics/crypto";
import { ConsumerPacketDataType } from "@tandem-ics/proto";
import { createNames } from "../../packages/conformance/src/traces/names.ts";
import { classicFiles, nameOf } from "./support/trace-dir.ts";

interface Classic {
  readonly flavour: string;
  readonly params: Parameters<typeof createNames>[0];
  readonly steps: readonly {
    readonly consumers: Readonly<
      Record<
        string,
        {
          readonly queueToProvider: readonly {
            type: string;
            vscId: number;
            validator: string;
            downtime: boolean;
          }[];
        }
      >
    >;
  }[];
}

const files = classicFiles();

if (files.length === 0) {
  console.warn("SKIPPED: no directory classic beside the traces; set TRACES_DIR");
  test.skip("packets of the first protocol (set TRACES_DIR)", () => undefined);
} else {
  test.each(files.map((file) => [nameOf(file), file]))("%s", (_, file) => {
    const { flavour, params, steps } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Classic;
    expect(flavour).toBe("classic");
    const names = createNames(params);
    const packets = steps.flatMap(({ consumers }) =>
      Object.values(consumers).flatMap(({ queueToProvider }) => queueToProvider),
    );
    const seen = new Map(packets.map((packet) => [JSON.stringify(packet), packet]));
    expect(seen.size).toBeGreaterThan(0);
    for (const { type, vscId, validator, downtime } of seen.values()) {
      if (type === "matured") {
        const wire = `{"type":"CONSUMER_PACKET_TYPE_VSCM","vscMaturedPacketData":{"valset_update_id":"${vscId}"}}`;
        const packet = decodeConsumerPacket(utf8(wire));
        expect(packet).toEqual({
          type: ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM,
          data: { $case: "vscMaturedPacketData", value: { valsetUpdateId: BigInt(vscId) } },
        });
        expect(encodeConsumerPacket(packet)).toEqual(utf8(wire));
        continue;
      }
      const { address } = names.key(validator);
      const base64 = Buffer.from(address).toString("base64");
      // Old consumers name infractions as staking does, newer ones by names of their own.
      for (const name of ["INFRACTION", "INFRACTION_TYPE"]) {
        const infraction = `${name}_${downtime ? "DOWNTIME" : "DOUBLE_SIGN"}`;
        const wire =
          `{"type":"CONSUMER_PACKET_TYPE_SLASH","slashPacketData":{"validator":{"address":"${base64}",` +
          `"power":"100"},"valset_update_id":"${vscId}","infraction":"${infraction}"}}`;
        expect(decodeConsumerPacket(utf8(wire)).data).toMatchObject({
          value: {
            validator: { address, power: 100n },
            valsetUpdateId: BigInt(vscId),
            infraction: downtime ? 2 : 1,
          },
        });
      }
    }
  });
}
