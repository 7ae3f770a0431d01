/** A validator and the arithmetic of its shares (SDK x/staking `types/validator.go`). */
import { nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import { type AddressCodecs, assert, Dec, sdkErrors, type ValueCodec } from "@tandem-ics/runtime";
import {
  BondStatus,
  type Description,
  Validator as ProtoValidator,
} from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { anyToPublicKey, consensusAddress } from "../consensus-key.ts";
import { stakingErrors } from "./errors.ts";

/** What a validator keeps of its delegators' rewards. */
export interface Commission {
  readonly rate: Dec;
  readonly maxRate: Dec;
  /** Most that `rate` may rise in one change. */
  readonly maxChangeRate: Dec;
  /** Time of the last change, nanoseconds. */
  readonly updateTimeNs: bigint;
}

/** A validator. Values are never changed in place. */
export interface Validator {
  /** Operator's address bytes. */
  readonly operator: Uint8Array;
  readonly consensusPubkey: Any;
  /** The same key as CometBFT has it. */
  readonly publicKey: PublicKey;
  /** 20 bytes. */
  readonly consAddress: Uint8Array;
  readonly jailed: boolean;
  readonly status: BondStatus;
  readonly tokens: bigint;
  /** All delegators' shares. */
  readonly shares: Dec;
  readonly description: Description;
  /** Height at which it last began to unbond. */
  readonly unbondingHeight: bigint;
  /** When it will have unbonded, nanoseconds. */
  readonly unbondingTimeNs: bigint;
  readonly commission: Commission;
  readonly minSelfDelegation: bigint;
  readonly unbondingOnHoldRefCount: bigint;
  readonly unbondingIds: readonly bigint[];
}

/** A new validator without stake. */
export function newValidator(
  operator: Uint8Array,
  consensusPubkey: Any,
  description: Description,
): Validator {
  const publicKey = anyToPublicKey(consensusPubkey);
  return {
    operator,
    consensusPubkey,
    publicKey,
    consAddress: consensusAddress(publicKey),
    jailed: false,
    status: BondStatus.BOND_STATUS_UNBONDED,
    tokens: 0n,
    shares: Dec.ZERO,
    description,
    unbondingHeight: 0n,
    unbondingTimeNs: 0n,
    commission: { rate: Dec.ZERO, maxRate: Dec.ZERO, maxChangeRate: Dec.ZERO, updateTimeNs: 0n },
    minSelfDelegation: 1n,
    unbondingOnHoldRefCount: 0n,
    unbondingIds: [],
  };
}

/** Wire form. */
export function validatorToProto(validator: Validator, addresses: AddressCodecs): ProtoValidator {
  const { commission } = validator;
  return {
    operatorAddress: addresses.validator.encode(validator.operator),
    consensusPubkey: validator.consensusPubkey,
    jailed: validator.jailed,
    status: validator.status,
    tokens: validator.tokens.toString(),
    delegatorShares: validator.shares.toWire(),
    description: validator.description,
    unbondingHeight: validator.unbondingHeight,
    unbondingTime: nsToTimestamp(validator.unbondingTimeNs),
    commission: {
      commissionRates: {
        rate: commission.rate.toWire(),
        maxRate: commission.maxRate.toWire(),
        maxChangeRate: commission.maxChangeRate.toWire(),
      },
      updateTime: nsToTimestamp(commission.updateTimeNs),
    },
    minSelfDelegation: validator.minSelfDelegation.toString(),
    unbondingOnHoldRefCount: validator.unbondingOnHoldRefCount,
    unbondingIds: [...validator.unbondingIds],
  };
}

/** From the wire form. Throws `sdk/7` and `sdk/8` for a malformed address or key. */
export function validatorFromProto(message: ProtoValidator, addresses: AddressCodecs): Validator {
  const { commissionRates, updateTime } = message.commission;
  const consensusPubkey = message.consensusPubkey;
  if (consensusPubkey === undefined) throw stakingErrors.emptyValidatorPubKey();
  const publicKey = anyToPublicKey(consensusPubkey);
  return {
    operator: addresses.validator.decode(message.operatorAddress),
    consensusPubkey,
    publicKey,
    consAddress: consensusAddress(publicKey),
    jailed: message.jailed,
    status: message.status,
    tokens: BigInt(message.tokens),
    shares: Dec.fromWire(message.delegatorShares),
    description: message.description,
    unbondingHeight: message.unbondingHeight,
    unbondingTimeNs: timestampToNs(message.unbondingTime),
    commission: {
      rate: Dec.fromWire(commissionRates.rate),
      maxRate: Dec.fromWire(commissionRates.maxRate),
      maxChangeRate: Dec.fromWire(commissionRates.maxChangeRate),
      updateTimeNs: timestampToNs(updateTime),
    },
    minSelfDelegation: BigInt(message.minSelfDelegation),
    unbondingOnHoldRefCount: message.unbondingOnHoldRefCount,
    unbondingIds: message.unbondingIds,
  };
}

/** Stored form. */
export const validatorValue = (addresses: AddressCodecs): ValueCodec<Validator> => ({
  encode: (validator) => ProtoValidator.encode(validatorToProto(validator, addresses)).finish(),
  decode: (bytes) => validatorFromProto(ProtoValidator.decode(bytes), addresses),
});

/** Whether CometBFT may count on it now. */
export const isBonded = (validator: { readonly status: BondStatus }): boolean =>
  validator.status === BondStatus.BOND_STATUS_BONDED;

/** Whether it left the set and its stake can still be slashed. */
export const isUnbonding = (validator: { readonly status: BondStatus }): boolean =>
  validator.status === BondStatus.BOND_STATUS_UNBONDING;

/** Whether its stake can no longer be slashed. */
export const isUnbonded = (validator: { readonly status: BondStatus }): boolean =>
  validator.status === BondStatus.BOND_STATUS_UNBONDED;

/** Consensus power of an amount of bonded tokens: `tokens / powerReduction`, rounded down. */
export const consensusPower = (tokens: bigint, powerReduction: bigint): bigint => tokens / powerReduction;

/** Power of the validator in consensus: zero unless bonded. */
export const validatorPower = (validator: Validator, powerReduction: bigint): bigint =>
  isBonded(validator) ? consensusPower(validator.tokens, powerReduction) : 0n;

/** What CometBFT is told about the validator. */
export const validatorUpdate = (validator: Validator, power: bigint): ValidatorUpdate => ({
  pubKey: validator.publicKey,
  power,
});

/** Whether all tokens were slashed away while shares are left: then no tokens can buy shares. */
export const hasInvalidExchangeRate = (validator: Validator): boolean =>
  validator.tokens === 0n && validator.shares.isPositive();

/** Worth of `shares` in tokens, half to even. Throws `decimal/3` when the validator has no shares. */
export const tokensFromShares = (validator: Pick<Validator, "tokens" | "shares">, shares: Dec): Dec =>
  shares.mulInt(validator.tokens).quo(validator.shares);

/** Worth of `shares` in tokens, rounded down. */
export const tokensFromSharesTruncated = (
  validator: Pick<Validator, "tokens" | "shares">,
  shares: Dec,
): Dec => shares.mulInt(validator.tokens).quoTruncate(validator.shares);

/** Shares worth `amount` tokens. Throws `staking/22` when the validator has no tokens. */
export function sharesFromTokens(validator: Pick<Validator, "tokens" | "shares">, amount: bigint): Dec {
  if (validator.tokens === 0n) throw stakingErrors.insufficientShares();
  return validator.shares.mulInt(amount).quoInt(validator.tokens);
}

/** {@link sharesFromTokens} by truncated division of decimals. */
export function sharesFromTokensTruncated(
  validator: Pick<Validator, "tokens" | "shares">,
  amount: bigint,
): Dec {
  if (validator.tokens === 0n) throw stakingErrors.insufficientShares();
  return validator.shares.mulInt(amount).quoTruncate(Dec.fromInt(validator.tokens));
}

/** The validator with `amount` more tokens, and the shares issued for them. */
export function addTokens(validator: Validator, amount: bigint): { validator: Validator; shares: Dec } {
  const shares = validator.shares.isZero() ? Dec.fromInt(amount) : sharesFromTokens(validator, amount);
  return {
    validator: { ...validator, tokens: validator.tokens + amount, shares: validator.shares.add(shares) },
    shares,
  };
}

/** The validator without `shares`, and the tokens they are worth; the last shares take all tokens. */
export function removeShares(validator: Validator, shares: Dec): { validator: Validator; tokens: bigint } {
  const left = validator.shares.sub(shares);
  const tokens = left.isZero() ? validator.tokens : tokensFromShares(validator, shares).truncateInt();
  assert(tokens <= validator.tokens, "attempting to remove more tokens than available in validator");
  return { validator: { ...validator, tokens: validator.tokens - tokens, shares: left }, tokens };
}

/** The validator without `amount` tokens: a slash. Shares stay. */
export function removeTokens(validator: Validator, amount: bigint): Validator {
  assert(amount >= 0n && amount <= validator.tokens, "should not remove more tokens than a validator has");
  return { ...validator, tokens: validator.tokens - amount };
}

/** Keeps a field of the description as it is. */
const DO_NOT_MODIFY = "[do-not-modify]";
const MAX_DESCRIPTION_LENGTHS: readonly (readonly [keyof Description, string, number])[] = [
  ["moniker", "moniker", 70],
  ["identity", "identity", 3000],
  ["website", "website", 140],
  ["securityContact", "security contact", 140],
  ["details", "details", 280],
];

/** Throws `sdk/18` for a field that is too long, in bytes. */
export function assertDescription(description: Description, length: (text: string) => number): void {
  for (const [field, name, max] of MAX_DESCRIPTION_LENGTHS) {
    const got = length(description[field]);
    if (got > max) throw sdkErrors.invalidRequest(`invalid ${name} length; got: ${got}, max: ${max}`);
  }
}

/** `change` over `description`: fields that say `[do-not-modify]` stay. */
export function updateDescription(description: Description, change: Description): Description {
  const pick = (field: keyof Description): string =>
    change[field] === DO_NOT_MODIFY ? description[field] : change[field];
  return {
    moniker: pick("moniker"),
    identity: pick("identity"),
    website: pick("website"),
    securityContact: pick("securityContact"),
    details: pick("details"),
  };
}

/** Whether nothing is said. */
export const isEmptyDescription = (description: Description): boolean =>
  MAX_DESCRIPTION_LENGTHS.every(([field]) => description[field] === "");
