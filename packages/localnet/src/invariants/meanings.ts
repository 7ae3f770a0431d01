/** Every invariant and what it means: the list that docs/security.md shows. */

/** Name → what must hold. Those of one chain's state are named by module, those of what several chains show are not. */
export const INVARIANTS: Readonly<Record<string, string>> = {
  ValidatorUpdatesArePropagated:
    "at the end of an epoch a consumer's first set and all packets sent to it add up to the set that the provider keeps for it",
  ValidatorSetHasExisted:
    "every set in a consumer's headers is one that the provider made for it, keys assigned there included, and never an older one than before",
  SameVscPackets:
    "a consumer receives the packets that the provider sent, byte for byte, in the same order, their ids rising",
  ChannelUniqueness:
    "over one client at most one CCV channel is open, and a consumer's channel is never exchanged for another",
  OneSlashPacketPerDowntime:
    "a validator is not reported for downtime again before the provider acknowledged the report, or it left the set and came back",
  OneJailingPerDowntime: "a validator that is jailed is not jailed anew by reports of consumers",
  OneSlashPerDoubleSign:
    "who was tombstoned for a double sign on any chain loses no stake by evidence of it from another",
  MeterAllowsItsFraction:
    "the slash meter holds at most its allowance, falls by the power of everybody whom reports jail, and lets nobody be jailed below 0",
  SupplyConservation: "the supply of each coin changes by what events say was minted and burned",
  RewardsAndTransfersAreEscrowed:
    "vouchers on one chain never exceed what is locked for them on the other: no reward is paid twice",
  NoHalt:
    "no transaction, packet or update makes a chain unable to execute a block, or gives its engine a set that it would refuse",

  "bank/nonnegative-outstanding": "no balance is negative",
  "bank/total-supply": "the balances add up to the supply",
  "staking/module-accounts":
    "the bonded and the not bonded pool hold exactly the stake that validators and unbondings have",
  "staking/nonnegative-power": "the index by power has each validator that is not jailed at its true power",
  "staking/positive-delegation": "no delegation is without shares",
  "staking/delegator-shares": "the delegations to a validator add up to its shares",
  "staking/consensus-addresses": "each validator is found by the address of its consensus key",
  "distribution/nonnegative-outstanding": "no rewards are negative",
  "distribution/can-withdraw": "all delegators and validators could withdraw now",
  "distribution/reference-count": "no period of rewards is forgotten while somebody needs it",
  "distribution/module-account":
    "the module's account holds exactly all rewards and the community pool, but for a coin that rounding lost",
  "gov/module-account": "the module's account holds at least all deposits",
  "transfer/total-escrow": "what is noted as locked is what the channels' accounts hold, at least",

  "provider/max-provider-validators": "the provider's own set is not over its maximum",
  "provider/unique-channels": "consumers and CCV channels belong together one to one",
  "provider/clients-match-phases": "launched and stopped consumers, and no others, have a client",
  "provider/justified-addresses":
    "each address known of a consumer is that of an assigned key, or waits to be forgotten",
  "provider/one-validator-per-key":
    "no two validators have one key on a consumer (KeyAssignmentRules, first rule)",
  "provider/nobody-elses-key":
    "no validator's key on a consumer is the provider key of another (KeyAssignmentRules, second rule)",
  "provider/queues-match-phases":
    "initialized consumers wait to be launched, and nobody but stopped ones to be deleted",
  "provider/packets-in-order": "packets that wait have rising ids, all of past epochs",
  "provider/meter-within-bounds": "the slash meter is within the bounds of a voting power",
  "provider/punished-are-out": "a tombstoned validator is jailed and without power in the provider's own set",
  "provider/top-n-is-governed": "top N consumers belong to governance",
  "provider/rewards-pool-covers-allocations":
    "the pool of consumers' rewards holds at least what is allocated",

  "ccvconsumer/positive-powers": "each member of the set has power",
  "ccvconsumer/slash-record-matches-queue": "a slash packet that is under way is the head of the queue",
  "ccvconsumer/no-pending-changes": "changes are applied in the block that brought them",
  "ccvconsumer/vsc-ids-never-fall": "the id in force at a height is not below that of the height before",
  "ccvconsumer/transmission-is-past": "the last transmission of rewards was not later than this block",
};
