/** New vesting schedules, and what makes one valid (SDK `x/auth/vesting/types/vesting_account.go`). */
import {
  addCoins,
  amountOf,
  areValidCoins,
  type Coins,
  formatCoins,
  plainError,
  type VestingPeriod,
  type VestingSchedule,
} from "@tandem-ics/runtime";

/** Unix seconds wrap around as Go's 64-bit integers do: what then is out of order is refused. */
const wrapped = (seconds: bigint): bigint => BigInt.asIntN(64, seconds);

/** A schedule of which nothing is delegated. */
export const newSchedule = (
  given: Pick<VestingSchedule, "kind" | "originalVesting"> & Partial<VestingSchedule>,
): VestingSchedule => ({
  delegatedFree: [],
  delegatedVesting: [],
  startTime: 0n,
  endTime: 0n,
  periods: [],
  ...given,
});

/** When the last of `periods` is over, in Unix seconds. */
export const endOfPeriods = (startTime: bigint, periods: readonly VestingPeriod[]): bigint =>
  periods.reduce((end, { length }) => wrapped(end + length), startTime);

/** Coins of all `periods` together. */
export const coinsOfPeriods = (periods: readonly VestingPeriod[]): Coins =>
  periods.reduce<Coins>((sum, { amount }) => addCoins(sum, amount), []);

/** Throws a plain refusal for a schedule that could not come about. */
export function validateSchedule(schedule: VestingSchedule): void {
  const { kind, startTime, endTime } = schedule;
  if (kind === "permanent" && endTime > 0n)
    throw plainError("permanently vested accounts cannot have an end-time");
  if ((kind === "continuous" || kind === "periodic") && startTime >= endTime)
    throw plainError("vesting start-time cannot be before end-time");
  if (kind === "periodic") validatePeriods(schedule);
  validateBase(schedule);
}

/** The checks that all kinds have in common. */
export function validateBase({ endTime, originalVesting, delegatedVesting }: VestingSchedule): void {
  if (endTime < 0n) throw plainError("end time cannot be negative");
  if (originalVesting.length === 0 || !areValidCoins(originalVesting))
    throw plainError(`invalid coins: ${formatCoins(originalVesting)}`);
  if (delegatedVesting.some(({ denom, amount }) => amount > amountOf(originalVesting, denom)))
    throw plainError("delegated vesting amount cannot be greater than original vesting amount");
}

function validatePeriods({ startTime, endTime, periods, originalVesting }: VestingSchedule): void {
  periods.forEach(({ length, amount }, i) => {
    if (length < 0n) throw plainError(`period #${i} has a negative length: ${length}`);
    if (amount.length === 0 || !areValidCoins(amount))
      throw plainError(`period #${i} has invalid coins: ${formatCoins(amount)}`);
  });
  if (endOfPeriods(startTime, periods) !== endTime)
    throw plainError("vesting end time does not match length of all vesting periods");
  const sum = formatCoins(coinsOfPeriods(periods));
  if (sum !== formatCoins(originalVesting))
    throw plainError(
      `original vesting coins (${formatCoins(originalVesting)}) does not match the sum of all coins in vesting periods (${sum})`,
    );
}
