/**
 * The state of staking: store `staking`. Key bytes are the SDK's (x/staking `types/keys.go`) and state-breaking; addresses
 * inside keys are preceded by a length byte.
 */
import { be64, concatBytes, fromBe64 } from "@tandem-ics/crypto";
import {
  type AddressCodecs,
  assert,
  bytesKey,
  bytesValue,
  type Item,
  item,
  type KeyCodec,
  type KeyedMap,
  lengthBytesKey,
  map,
  pairKey,
  proto,
  tripleKey,
  u64Key,
  u64Value,
  type ValueCodec,
} from "@tandem-ics/runtime";
import {
  type DVPairs,
  DVPairs as DVPairsCodec,
  type DVVTriplets,
  DVVTriplets as DVVTripletsCodec,
  type ValAddresses,
  ValAddresses as ValAddressesCodec,
  type ValidatorUpdates,
  ValidatorUpdates as ValidatorUpdatesCodec,
} from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { int64Value, intProtoValue, remembered } from "../stored-values.ts";
import { timeKey } from "../time-key.ts";
import {
  type Delegation,
  delegationValue,
  type Redelegation,
  redelegationValue,
  type UnbondingDelegation,
  unbondingValue,
} from "./delegation.ts";
import { type StakingParams, stakingParamsValue } from "./params.ts";
import { type Validator, validatorValue } from "./validator.ts";

/** Store of the module. */
export const STAKING_STORE = "staking";

const prefix = (byte: number): Uint8Array => Uint8Array.of(byte);

/** Time with its length in 8 bytes, then the height: the queue of unbonding validators. */
const timeHeightKey: KeyCodec<readonly [timeNs: bigint, height: bigint]> = {
  encode([timeNs, height]) {
    const time = timeKey.encode(timeNs);
    return concatBytes(be64(BigInt(time.length)), time, be64(height));
  },
  decode(bytes, offset) {
    const { key: timeNs, next } = timeKey.decode(bytes, offset + 8);
    return { key: [timeNs, fromBe64(bytes, next)], next: next + 8 };
  },
};

/** Place of a validator in the index by power. */
export interface PowerKey {
  readonly power: bigint;
  readonly operator: Uint8Array;
}

const invert = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => 255 - byte);

/** Power in 8 bytes, then the inverted address: walked in reverse, the greater power and then the lower address first. */
const powerKey: KeyCodec<PowerKey> = {
  encode({ power, operator }) {
    assert(operator.length < 256, "operator address too long");
    return concatBytes(be64(power), Uint8Array.of(operator.length), invert(operator));
  },
  decode(bytes, offset) {
    const power = fromBe64(bytes, offset);
    const next = offset + 9 + bytes[offset + 8]!;
    return { key: { power, operator: invert(bytes.slice(offset + 9, next)) }, next };
  },
};

type Pair = readonly [Uint8Array, Uint8Array];
type Triple = readonly [Uint8Array, Uint8Array, Uint8Array];
/** Nothing: the key says all. Empty values are how the SDK stores index entries. */
const nothing: ValueCodec<true> = { encode: () => new Uint8Array(0), decode: () => true };

/** What began under an unbonding id. */
export const UNBONDING_KIND = { undelegation: 1n, redelegation: 2n, validator: 3n } as const;

/** All collections of the module. */
export interface StakingState {
  readonly params: Item<StakingParams>;
  /** Power of a validator in the set that was last given to consensus. */
  readonly lastPowers: KeyedMap<Uint8Array, bigint>;
  readonly lastTotalPower: Item<bigint>;
  readonly validators: KeyedMap<Uint8Array, Validator>;
  /** Operators by consensus address. */
  readonly operators: KeyedMap<Uint8Array, Uint8Array>;
  /** Validators that are not jailed, by power. */
  readonly byPower: KeyedMap<PowerKey, Uint8Array>;
  /** (delegator, validator) */
  readonly delegations: KeyedMap<Pair, Delegation>;
  /** (validator, delegator); the delegator stands without its length. */
  readonly delegationsByValidator: KeyedMap<Pair, true>;
  /** (delegator, validator) */
  readonly unbondings: KeyedMap<Pair, UnbondingDelegation>;
  /** (validator, delegator) */
  readonly unbondingsByValidator: KeyedMap<Pair, true>;
  /** (delegator, source, destination) */
  readonly redelegations: KeyedMap<Triple, Redelegation>;
  /** (source, delegator, destination) */
  readonly redelegationsBySource: KeyedMap<Triple, true>;
  /** (destination, delegator, source) */
  readonly redelegationsByDestination: KeyedMap<Triple, true>;
  /** Last unbonding id that was given out. */
  readonly unbondingId: Item<bigint>;
  /** Key bytes of the record that an unbonding id belongs to. */
  readonly unbondingIndex: KeyedMap<bigint, Uint8Array>;
  /** One of {@link UNBONDING_KIND}. */
  readonly unbondingKinds: KeyedMap<bigint, bigint>;
  readonly unbondingQueue: KeyedMap<bigint, DVPairs>;
  readonly redelegationQueue: KeyedMap<bigint, DVVTriplets>;
  readonly validatorQueue: KeyedMap<readonly [timeNs: bigint, height: bigint], ValAddresses>;
  /** Protobuf `HistoricalInfo` by height. */
  readonly historicalInfos: KeyedMap<bigint, Uint8Array>;
  /** Updates of the last block, for modules that read them instead of returning them. */
  readonly validatorUpdates: Item<ValidatorUpdates>;
}

/** Prefixes of records that unbonding ids point at. */
export const RECORD_PREFIX = { unbonding: 0x32, redelegation: 0x34, validator: 0x21 } as const;

/** The layout. */
export function createStakingState(addresses: AddressCodecs): StakingState {
  const store = STAKING_STORE;
  const address = lengthBytesKey;
  const pair = pairKey(address, address);
  const triple = tripleKey(address, address, address);
  return {
    params: item(store, prefix(0x51), remembered(stakingParamsValue)),
    lastPowers: map(store, prefix(0x11), address, int64Value),
    lastTotalPower: item(store, prefix(0x12), intProtoValue),
    validators: map(store, prefix(0x21), address, remembered(validatorValue(addresses))),
    operators: map(store, prefix(0x22), address, bytesValue),
    byPower: map(store, prefix(0x23), powerKey, bytesValue),
    delegations: map(store, prefix(0x31), pair, delegationValue(addresses)),
    delegationsByValidator: map(store, prefix(0x71), pairKey(address, bytesKey), nothing),
    unbondings: map(store, prefix(0x32), pair, unbondingValue(addresses)),
    unbondingsByValidator: map(store, prefix(0x33), pair, nothing),
    redelegations: map(store, prefix(0x34), triple, redelegationValue(addresses)),
    redelegationsBySource: map(store, prefix(0x35), triple, nothing),
    redelegationsByDestination: map(store, prefix(0x36), triple, nothing),
    unbondingId: item(store, prefix(0x37), u64Value),
    unbondingIndex: map(store, prefix(0x38), u64Key, bytesValue),
    unbondingKinds: map(store, prefix(0x39), u64Key, u64Value),
    unbondingQueue: map(store, prefix(0x41), timeKey, proto(DVPairsCodec)),
    redelegationQueue: map(store, prefix(0x42), timeKey, proto(DVVTripletsCodec)),
    validatorQueue: map(store, prefix(0x43), timeHeightKey, proto(ValAddressesCodec)),
    historicalInfos: map(store, prefix(0x50), u64Key, bytesValue),
    validatorUpdates: item(store, prefix(0x61), proto(ValidatorUpdatesCodec)),
  };
}
