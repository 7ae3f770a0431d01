/** The files that `create-consumer` and `update-consumer` read: Go's encoding/json, with durations in nanoseconds. */

/** What a test may choose of a consumer; the rest is what the Go provider's own help shows. */
export interface ConsumerFileOptions {
  readonly chainId: string;
  /** RFC 3339. Default: so late that nobody waits for it; `update-consumer` brings it forward. */
  readonly spawnTime?: string;
  /** Default 3,240 s: shorter than the provider's hour, as it must be for the provider to hold on longer. */
  readonly unbondingSeconds?: number;
  /** Share of the top validators that must validate, 0 for opt-in. */
  readonly topN?: number;
  /** Revision of the initial height; it must be that of the chain id. */
  readonly revision?: number;
  /** Share of the stake that downtime costs, such as "0.01". Default: what the provider takes by itself, nothing. */
  readonly downtimeSlash?: string;
}

const FAR_FUTURE = "2100-01-01T00:00:00Z";
const SECOND_NS = 1_000_000_000;

function parameters(options: ConsumerFileOptions) {
  return {
    initialization_parameters: {
      initial_height: {
        revision_number: options.revision ?? Number(/-(\d+)$/.exec(options.chainId)?.[1] ?? 0),
        revision_height: 1,
      },
      genesis_hash: "",
      binary_hash: "",
      spawn_time: options.spawnTime ?? FAR_FUTURE,
      unbonding_period: (options.unbondingSeconds ?? 3240) * SECOND_NS,
      ccv_timeout_period: 2_419_200 * SECOND_NS,
      transfer_timeout_period: 1800 * SECOND_NS,
      consumer_redistribution_fraction: "0.75",
      blocks_per_distribution_transmission: 1000,
      historical_entries: 10_000,
      distribution_transmission_channel: "",
    },
    power_shaping_parameters: {
      top_N: options.topN ?? 0,
      validators_power_cap: 0,
      validator_set_cap: 0,
      allowlist: [],
      denylist: [],
      min_stake: 0,
      allow_inactive_vals: false,
      prioritylist: [],
    },
  };
}

/** What infractions cost; jailing for a double sign is for ever, int64's greatest number, which JavaScript has not. */
const infractions = (downtimeSlash: string): string =>
  JSON.stringify({
    double_sign: { slash_fraction: "0.05", jail_duration: "for ever", tombstone: true },
    downtime: { slash_fraction: downtimeSlash, jail_duration: 600 * SECOND_NS, tombstone: false },
  }).replace('"for ever"', "9223372036854775807");

/** A create-consumer file. */
export function createConsumerFile(options: ConsumerFileOptions): string {
  const { chainId, downtimeSlash } = options;
  const file = JSON.stringify({
    chain_id: chainId,
    metadata: { name: chainId, description: "interop", metadata: "{}" },
    ...parameters(options),
  });
  if (downtimeSlash === undefined) return file;
  return file.replace(/}$/, `,"infraction_parameters":${infractions(downtimeSlash)}}`);
}

/** An update-consumer file that sets the spawn time (RFC 3339) and leaves the rest as created. */
export const updateConsumerFile = (
  consumerId: string,
  options: ConsumerFileOptions & { readonly spawnTime: string },
): string => JSON.stringify({ consumer_id: consumerId, ...parameters(options) });
