/** Parameters of governance (SDK x/gov `types/v1/params.go`). */
import { durationToNs } from "@tandem-ics/proto";
import {
  type AddressCodec,
  areValidCoins,
  CodedError,
  type Coins,
  coinsToProto,
  Dec,
  formatCoins,
  intFromWire,
  plainError,
} from "@tandem-ics/runtime";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { Params } from "cosmjs-types/cosmos/gov/v1/gov";
import type { Duration } from "cosmjs-types/google/protobuf/duration";

const DAY_SECONDS = 86_400n;
const days = (count: bigint): Duration => ({ seconds: count * DAY_SECONDS, nanos: 0 });

/** Deposits of 10 and, expedited, 50 million; two days each, expedited one; a third, a half, a third. */
export const DEFAULT_GOV_PARAMS: Params = {
  minDeposit: [{ denom: "stake", amount: "10000000" }],
  maxDepositPeriod: days(2n),
  votingPeriod: days(2n),
  quorum: Dec.withPlaces(334n, 3).toString(),
  threshold: Dec.withPlaces(5n, 1).toString(),
  vetoThreshold: Dec.withPlaces(334n, 3).toString(),
  minInitialDepositRatio: Dec.ZERO.toString(),
  proposalCancelRatio: Dec.withPlaces(5n, 1).toString(),
  proposalCancelDest: "",
  expeditedVotingPeriod: days(1n),
  expeditedThreshold: Dec.withPlaces(667n, 3).toString(),
  expeditedMinDeposit: [{ denom: "stake", amount: "50000000" }],
  burnVoteQuorum: false,
  burnProposalDepositPrevote: false,
  burnVoteVeto: true,
  minDepositRatio: Dec.withPlaces(1n, 2).toString(),
};

/** Coins as they stand in a message or a record; nothing is checked but that amounts are numbers. */
export const readCoins = (coins: readonly ProtoCoin[]): Coins =>
  coins.map(({ denom, amount }) => ({ denom, amount: intFromWire(amount) }));

/** As {@link readCoins}, back. */
export const writeCoins = coinsToProto;

/** Parses a decimal as Go does, where digits in front of the point may be missing. Throws `decimal/1`. */
export const parseDec = (text: string): Dec => Dec.parse(text.replace(/^([+-]?)\./, "$10."));

function decOf(what: string, text: string): Dec {
  try {
    return parseDec(text);
  } catch (cause) {
    const reason = cause instanceof CodedError ? cause.message : String(cause);
    throw plainError(`invalid ${what}: ${reason}`, { cause });
  }
}

const periodNs = (what: string, period: Duration | undefined): bigint => {
  if (period === undefined) throw plainError(`${what} must not be nil`);
  const ns = durationToNs(period);
  if (ns <= 0n) throw plainError(`${what} must be positive: ${ns}`);
  return ns;
};

/** Whether `coins` has of every denomination at least what `least` has (SDK `Coins.IsAllGTE`). */
export function isAllGte(coins: Coins, least: Coins): boolean {
  if (least.length === 0) return true;
  if (coins.length === 0) return false;
  return least.every(
    ({ denom, amount }) => (coins.find((coin) => coin.denom === denom)?.amount ?? 0n) >= amount,
  );
}

function assertDeposits(params: Params): void {
  const least = readCoins(params.minDeposit);
  if (least.length === 0 || !areValidCoins(least))
    throw plainError(`invalid minimum deposit: ${formatCoins(least)}`);
  const expedited = readCoins(params.expeditedMinDeposit);
  if (expedited.length === 0 || !areValidCoins(expedited))
    throw plainError(`invalid expedited minimum deposit: ${formatCoins(expedited)}`);
  if (isAllGte(least, expedited)) {
    throw plainError(
      `expedited minimum deposit must be greater than minimum deposit: ${formatCoins(expedited)}`,
    );
  }
}

function positiveShare(name: string, what: string, text: string): Dec {
  const value = decOf(`${name} string`, text);
  if (!value.isPositive()) throw plainError(`${what} must be positive: ${value}`);
  if (value.gt(Dec.ONE)) throw plainError(`${what} too large: ${value}`);
  return value;
}

function assertShares(params: Params): void {
  const quorum = decOf("quorum string", params.quorum);
  if (quorum.isNegative()) throw plainError(`quorom cannot be negative: ${quorum}`);
  if (quorum.gt(Dec.ONE)) throw plainError(`quorom too large: ${params.quorum}`);
  const threshold = positiveShare("threshold", "vote threshold", params.threshold);
  const expedited = positiveShare(
    "expedited threshold",
    "expedited vote threshold",
    params.expeditedThreshold,
  );
  if (expedited.lte(threshold)) {
    throw plainError(
      `expedited vote threshold ${expedited}, must be greater than the regular threshold ${threshold}`,
    );
  }
  positiveShare("vetoThreshold", "veto threshold", params.vetoThreshold);
}

function assertRatio(what: string, name: string, text: string): void {
  const ratio = decOf(what, text);
  if (ratio.isNegative()) throw plainError(`${name} must be positive: ${ratio}`);
  if (ratio.gt(Dec.ONE)) throw plainError(`${name} is too large: ${ratio}`);
}

/** Throws `undefined/1` with the first rule that is broken. */
export function assertGovParams(params: Params, account: AddressCodec): void {
  assertDeposits(params);
  periodNs("maximum deposit period", params.maxDepositPeriod);
  assertShares(params);
  const voting = periodNs("voting period", params.votingPeriod);
  const expedited = periodNs("expedited voting period", params.expeditedVotingPeriod);
  if (expedited >= voting) {
    throw plainError(
      `expedited voting period ${expedited} must be strictly less that the regular voting period ${voting}`,
    );
  }
  const initial = "mininum initial deposit ratio of proposal";
  assertRatio(initial, initial, params.minInitialDepositRatio);
  const cancel = "burn rate of cancel proposal";
  assertRatio(cancel, cancel, params.proposalCancelRatio);
  if (params.proposalCancelDest !== "") {
    try {
      account.decode(params.proposalCancelDest);
    } catch (cause) {
      throw plainError(`deposits destination address is invalid: ${params.proposalCancelDest}`, { cause });
    }
  }
}
