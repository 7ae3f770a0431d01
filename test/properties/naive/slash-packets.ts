/** The slash meter and slash packets as ccv.md §7.3 and §7.4 tell them. Times are nanoseconds. */
import { halfEven, least, ONE } from "./fractions.ts";

/** Meter and its next replenishment. */
export interface Meter {
  readonly value: bigint;
  readonly candidate: bigint;
}

/** §7.4: power that may be jailed in a period, at least 1. `part` is a fraction of 10^-18. */
export function allowance(totalPower: bigint, part: bigint): bigint {
  const rounded = halfEven(totalPower * part, ONE);
  return rounded < 1n ? 1n : rounded;
}

/** §7.4: what BeginBlock makes of the meter. */
export function replenish(meter: Meter, now: bigint, period: bigint, allowed: bigint): Meter {
  let { value, candidate } = meter;
  if (now >= candidate) {
    value = least(value + allowed, allowed);
    candidate = now + period;
  }
  if (value >= allowed) {
    value = allowed;
    candidate = now + period;
  }
  return { value, candidate };
}

/** The validator that a packet names, after translation to its provider address. */
export interface Accused {
  readonly known: boolean;
  readonly unbonded: boolean;
  readonly tombstoned: boolean;
  readonly jailed: boolean;
  /** Staking's last power. */
  readonly lastPower: bigint;
  /** In the consumer's stored set. */
  readonly member: boolean;
}

/** A downtime packet as it arrives. */
export interface Report {
  readonly power: bigint;
  readonly infraction: "downtime" | "double-sign" | "unspecified";
  /** Provider height that the packet's vscID stands for; undefined when none does. */
  readonly height: bigint | undefined;
  readonly launched: boolean;
}

/** What comes of a packet. */
export interface Verdict {
  readonly ack: 1 | 2 | 3 | "error";
  readonly meter: bigint;
  /** A slash ack is queued for the consumer. */
  readonly acknowledged: boolean;
  readonly jails: boolean;
}

/** §7.3, in its order. */
export function judge(report: Report, accused: Accused, meter: bigint): Verdict {
  const nothing = { meter, acknowledged: false, jails: false };
  if (report.power === 0n || report.infraction === "unspecified" || report.height === undefined)
    return { ...nothing, ack: "error" };
  if (report.infraction === "double-sign") return { ...nothing, ack: 1 };
  if (!report.launched) return { ...nothing, ack: 2, acknowledged: true };
  if (!accused.member) return { ...nothing, ack: 2, acknowledged: true };
  if (meter < 0n) return { ...nothing, ack: 3 };
  const left = meter - (accused.known && !accused.jailed ? accused.lastPower : 0n);
  if (!accused.known || accused.unbonded || accused.tombstoned) return { ...nothing, ack: 2, meter: left };
  return { ack: 2, meter: left, acknowledged: true, jails: !accused.jailed };
}
