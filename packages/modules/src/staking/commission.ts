/** Rules for commission rates (SDK x/staking `types/commission.go`). */
import { nsToTimestamp } from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { stakingErrors } from "./errors.ts";
import type { Commission } from "./validator.ts";

const NS_PER_DAY = 86_400_000_000_000n;

/** Throws the staking error of the first rule that initial rates break. */
export function assertCommissionRates(rates: Pick<Commission, "rate" | "maxRate" | "maxChangeRate">): void {
  const { rate, maxRate, maxChangeRate } = rates;
  if (maxRate.isNegative()) throw stakingErrors.commissionNegative();
  if (maxRate.gt(Dec.ONE)) throw stakingErrors.commissionHuge();
  if (rate.isNegative()) throw stakingErrors.commissionNegative();
  if (rate.gt(maxRate)) throw stakingErrors.commissionAboveMaxRate();
  if (maxChangeRate.isNegative()) throw stakingErrors.commissionChangeRateNegative();
  if (maxChangeRate.gt(maxRate)) throw stakingErrors.commissionChangeRateAboveMaxRate();
}

/** The commission with a new rate, at least `minRate`, which is asked for last: once a day, within the maximum, and rising no faster than promised. */
export function changeCommissionRate(
  commission: Commission,
  rate: Dec,
  minRate: () => Dec,
  nowNs: bigint,
): Commission {
  if (nowNs - commission.updateTimeNs < NS_PER_DAY) throw stakingErrors.commissionUpdateTime();
  if (rate.isNegative()) throw stakingErrors.commissionNegative();
  if (rate.gt(commission.maxRate)) throw stakingErrors.commissionAboveMaxRate();
  if (rate.sub(commission.rate).gt(commission.maxChangeRate))
    throw stakingErrors.commissionAboveMaxChangeRate();
  const least = minRate();
  if (rate.lt(least)) {
    throw stakingErrors.commissionBelowMinRate(
      `cannot set validator commission to less than minimum rate of ${least}`,
    );
  }
  return { ...commission, rate, updateTimeNs: nowNs };
}

/** Protobuf text of a commission as the SDK prints it in `edit_validator`: compact, with a space after each field. */
export function formatCommission({ rate, maxRate, maxChangeRate, updateTimeNs }: Commission): string {
  const { seconds, nanos } = nsToTimestamp(updateTimeNs);
  const rates = `rate:"${rate.toWire()}" max_rate:"${maxRate.toWire()}" max_change_rate:"${maxChangeRate.toWire()}" `;
  const time = (seconds === 0n ? "" : `seconds:${seconds} `) + (nanos === 0 ? "" : `nanos:${nanos} `);
  return `commission_rates:<${rates}> update_time:<${time}> `;
}
