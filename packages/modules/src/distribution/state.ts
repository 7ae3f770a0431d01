/**
 * The state of distribution: store `distribution`. Key bytes are the SDK's (x/distribution `types/keys.go`) and
 * state-breaking.
 */
import { be64, fromBe64 } from "@tandem-ics/crypto";
import {
  bytesValue,
  Dec,
  type DecCoins,
  decCoinsFromProto,
  decCoinsToProto,
  type Item,
  item,
  type KeyCodec,
  type KeyedMap,
  lengthBytesKey,
  map,
  type ProtoCodec,
  pairKey,
  tripleKey,
  u64Key,
  type ValueCodec,
} from "@tandem-ics/runtime";
import type { DecCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import {
  DelegatorStartingInfo,
  FeePool,
  ValidatorAccumulatedCommission,
  ValidatorCurrentRewards,
  ValidatorHistoricalRewards,
  ValidatorOutstandingRewards,
  ValidatorSlashEvent,
} from "cosmjs-types/cosmos/distribution/v1beta1/distribution";
import { remembered, wrappedBytesValue } from "../stored-values.ts";
import { type DistributionParams, distributionParamsValue } from "./params.ts";

/** Store of the module. */
export const DISTRIBUTION_STORE = "distribution";

/** What one token earned from the validator's beginning to the end of a period. */
export interface HistoricalRewards {
  readonly ratio: DecCoins;
  /** How many delegations and slashes, plus the current period, begin at its end. At zero it is deleted. */
  readonly references: number;
}

/** What delegators earned in the period under way. */
export interface CurrentRewards {
  readonly rewards: DecCoins;
  readonly period: bigint;
}

/** Where a delegation's rewards begin. */
export interface StartingInfo {
  /** The period after which it began. */
  readonly previousPeriod: bigint;
  /** Its tokens then. */
  readonly stake: Dec;
  readonly height: bigint;
}

/** A slash, at the end of a period. */
export interface SlashEvent {
  readonly period: bigint;
  readonly fraction: Dec;
}

/** 8 bytes little endian: keys of historical rewards, whose order means nothing. */
const littleEndianKey: KeyCodec<bigint> = {
  encode: (key) => be64(key).reverse(),
  decode: (bytes, offset) => ({ key: fromBe64(bytes.slice(offset, offset + 8).reverse()), next: offset + 8 }),
};

/** A message with one list of coins. */
function decCoinsValue<T>(
  codec: ProtoCodec<T>,
  wrap: (coins: DecCoin[]) => T,
  unwrap: (message: T) => DecCoin[],
): ValueCodec<DecCoins> {
  return remembered({
    encode: (coins) => codec.encode(wrap(decCoinsToProto(coins))).finish(),
    decode: (bytes) => decCoinsFromProto(unwrap(codec.decode(bytes))),
  });
}

const historicalValue: ValueCodec<HistoricalRewards> = {
  encode: ({ ratio, references }) =>
    ValidatorHistoricalRewards.encode({
      cumulativeRewardRatio: decCoinsToProto(ratio),
      referenceCount: references,
    }).finish(),
  decode(bytes) {
    const { cumulativeRewardRatio, referenceCount } = ValidatorHistoricalRewards.decode(bytes);
    return { ratio: decCoinsFromProto(cumulativeRewardRatio), references: referenceCount };
  },
};

const currentValue: ValueCodec<CurrentRewards> = remembered({
  encode: ({ rewards, period }) =>
    ValidatorCurrentRewards.encode({ rewards: decCoinsToProto(rewards), period }).finish(),
  decode(bytes) {
    const { rewards, period } = ValidatorCurrentRewards.decode(bytes);
    return { rewards: decCoinsFromProto(rewards), period };
  },
});

const startingValue: ValueCodec<StartingInfo> = {
  encode: ({ previousPeriod, stake, height }) =>
    DelegatorStartingInfo.encode({ previousPeriod, stake: stake.toWire(), height }).finish(),
  decode(bytes) {
    const { previousPeriod, stake, height } = DelegatorStartingInfo.decode(bytes);
    return { previousPeriod, stake: Dec.fromWire(stake), height };
  },
};

const slashValue: ValueCodec<SlashEvent> = {
  encode: ({ period, fraction }) =>
    ValidatorSlashEvent.encode({ validatorPeriod: period, fraction: fraction.toWire() }).finish(),
  decode(bytes) {
    const { validatorPeriod, fraction } = ValidatorSlashEvent.decode(bytes);
    return { period: validatorPeriod, fraction: Dec.fromWire(fraction) };
  },
};

/** All collections of the module. Validators are operators' addresses. */
export interface DistributionState {
  readonly communityPool: Item<DecCoins>;
  /** Consensus address of the last block's proposer. */
  readonly previousProposer: Item<Uint8Array>;
  /** What a validator and its delegators have not withdrawn. */
  readonly outstanding: KeyedMap<Uint8Array, DecCoins>;
  readonly withdrawAddresses: KeyedMap<Uint8Array, Uint8Array>;
  /** (validator, delegator) */
  readonly startingInfos: KeyedMap<readonly [Uint8Array, Uint8Array], StartingInfo>;
  /** (validator, period) */
  readonly historical: KeyedMap<readonly [Uint8Array, bigint], HistoricalRewards>;
  readonly current: KeyedMap<Uint8Array, CurrentRewards>;
  readonly commissions: KeyedMap<Uint8Array, DecCoins>;
  /** (validator, height, period) */
  readonly slashEvents: KeyedMap<readonly [Uint8Array, bigint, bigint], SlashEvent>;
  readonly params: Item<DistributionParams>;
}

/** The layout. */
export function createDistributionState(): DistributionState {
  const store = DISTRIBUTION_STORE;
  const prefix = (byte: number): Uint8Array => Uint8Array.of(byte);
  const address = lengthBytesKey;
  return {
    communityPool: item(
      store,
      prefix(0x00),
      decCoinsValue(
        FeePool,
        (communityPool) => ({ communityPool }),
        (m) => m.communityPool,
      ),
    ),
    previousProposer: item(store, prefix(0x01), wrappedBytesValue),
    outstanding: map(
      store,
      prefix(0x02),
      address,
      decCoinsValue(
        ValidatorOutstandingRewards,
        (rewards) => ({ rewards }),
        (m) => m.rewards,
      ),
    ),
    withdrawAddresses: map(store, prefix(0x03), address, bytesValue),
    startingInfos: map(store, prefix(0x04), pairKey(address, address), startingValue),
    historical: map(store, prefix(0x05), pairKey(address, littleEndianKey), historicalValue),
    current: map(store, prefix(0x06), address, currentValue),
    commissions: map(
      store,
      prefix(0x07),
      address,
      decCoinsValue(
        ValidatorAccumulatedCommission,
        (commission) => ({ commission }),
        (m) => m.commission,
      ),
    ),
    slashEvents: map(store, prefix(0x08), tripleKey(address, u64Key, u64Key), slashValue),
    params: item(store, prefix(0x09), remembered(distributionParamsValue)),
  };
}
