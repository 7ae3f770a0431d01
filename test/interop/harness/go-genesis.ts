/** The genesis edits that Go chains need to be tested in seconds: short periods, no throttling; nothing else. */

/** JSON as `init` writes it: every 64-bit number in `app_state` is a string there. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** What a test may choose about time; durations as the SDK writes them (`"3600s"`). */
export interface GenesisTimes {
  /** Blocks between two VSC packets, default 3. */
  readonly blocksPerEpoch?: number;
  /** Default 3600s. Everything that waits for unbonding, and trusting periods, follow from it. */
  readonly unbondingTime?: string;
  /** Blocks over which missed ones are counted; half of them must be signed. Default 1000. */
  readonly signedBlocksWindow?: number;
  /** Wait after a bounced slash packet, default 30s. Consumer only. */
  readonly retryDelay?: string;
  readonly downtimeJail?: string;
  /** Part of the power that a provider jails for downtime on consumers at a time, and how often. Default all, in 3 s. */
  readonly slashMeter?: { readonly fraction: string; readonly period: string };
  /** Epochs that a validator must have been with a consumer to be paid by it. Provider only; default as `init` has it. */
  readonly epochsToRewards?: number;
  /** Voting period of proposals, default 20s; expedited ones take half of it. Seconds. */
  readonly votingSeconds?: number;
  /** Denominations in which a consumer pays its provider, default none. */
  readonly rewardDenoms?: readonly string[];
}

const at = (root: JsonObject, ...path: string[]): JsonObject => {
  let found = root;
  for (const key of path) {
    const next = found[key];
    if (typeof next !== "object" || next === null || Array.isArray(next))
      throw new Error(`the genesis has no object ${path.join(".")}`);
    found = next;
  }
  return found;
};

/** Edits a provider's `app_state` in place. */
export function editProviderState(app: JsonObject, times: GenesisTimes): void {
  Object.assign(at(app, "provider", "params"), {
    blocks_per_epoch: String(times.blocksPerEpoch ?? 3),
    slash_meter_replenish_fraction: times.slashMeter?.fraction ?? "1.0",
    slash_meter_replenish_period: times.slashMeter?.period ?? "3s",
    ...(times.epochsToRewards === undefined
      ? {}
      : { number_of_epochs_to_start_receiving_rewards: String(times.epochsToRewards) }),
  });
  at(app, "staking", "params")["unbonding_time"] = times.unbondingTime ?? "3600s";
  Object.assign(at(app, "gov", "params"), {
    voting_period: `${times.votingSeconds ?? 20}s`,
    expedited_voting_period: `${(times.votingSeconds ?? 20) / 2}s`,
  });
  Object.assign(at(app, "slashing", "params"), {
    signed_blocks_window: String(times.signedBlocksWindow ?? 1000),
    downtime_jail_duration: times.downtimeJail ?? "60s",
  });
}

/** Edits a consumer's `app_state` in place. `ccv`: the provider's answer of `consumer-genesis`, put in unchanged. */
export function editConsumerState(app: JsonObject, ccv: string, times: GenesisTimes): void {
  app["ccvconsumer"] = JSON.parse(ccv) as Json;
  const params = at(app, "ccvconsumer", "params");
  params["retry_delay_period"] = times.retryDelay ?? "30s";
  if (times.rewardDenoms !== undefined) params["reward_denoms"] = [...times.rewardDenoms];
  at(app, "slashing", "params")["signed_blocks_window"] = String(times.signedBlocksWindow ?? 1000);
}
