/** Names that the two chains of ICS-28 agree on (interchain-security `x/ccv/types/keys.go`). */

/** Port of the provider end of a CCV channel. */
export const PROVIDER_PORT = "provider";
/** Port of the consumer end of a CCV channel. */
export const CONSUMER_PORT = "consumer";
/** Port of the reward channel on both ends (ICS-20). */
export const TRANSFER_PORT = "transfer";
/** CCV version proposed in the channel handshake. The specification's `ccv-1` is not what chains speak. */
export const CCV_VERSION = "1";
/** Version of the reward channel. */
export const TRANSFER_VERSION = "ics20-1";

/** Module and store name on the provider. */
export const PROVIDER_MODULE = "provider";
/** Module and store name on the consumer. */
export const CONSUMER_MODULE = "ccvconsumer";
/** Module name in events that both chains share. */
export const CCV_MODULE = "CCV";

/** Provider account that rewards of all consumers arrive at. */
export const CONSUMER_REWARDS_POOL = "consumer_rewards_pool";
/** Consumer account with the part of the fees that stays. */
export const CONSUMER_REDISTRIBUTE_ACCOUNT = "cons_redistribute";
/** Consumer account with the part of the fees that goes to the provider. */
export const CONSUMER_TO_PROVIDER_ACCOUNT = "cons_to_send_to_provider";

/** Port, channel and denomination prefix of reward vouchers start with this. */
export const IBC_DENOM_PREFIX = "ibc";
