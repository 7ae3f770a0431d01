/** What a pass of a relayer carried, as commands print it. */
import { table } from "../output.ts";
import { next } from "./change.ts";

/** One pass. */
export interface Carried {
  readonly packets: number;
  readonly acknowledgements: number;
  readonly timeouts: number;
  readonly items: readonly {
    readonly consumer: string;
    readonly kind: string;
    readonly from: string;
    readonly to: string;
    readonly port: string;
    readonly channel: string;
    readonly sequence: string;
  }[];
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** A table of what was carried, and the sums. */
export function carriedText(c: Carried, dryRun: boolean): string {
  const rows = c.items.map((i) => [i.consumer, i.kind, i.from, i.to, i.port, i.channel, i.sequence]);
  const total = [
    counted(c.packets, "packet"),
    counted(c.acknowledgements, "acknowledgement"),
    counted(c.timeouts, "timeout"),
  ].join(", ");
  return [
    ...(rows.length === 0
      ? []
      : [table(["path", "what", "from", "to", "port", "channel", "sequence"], rows), ""]),
    `${dryRun ? "would carry" : "carried"} ${total}`,
    ...(dryRun && rows.length > 0 ? [next("tandem relay once")] : []),
  ].join("\n");
}
