/** Allowances: how much of somebody's fees may be paid by another (x/feegrant `{basic,periodic,filtered}_fee.go`). */
import { GO_ZERO_TIME_NS, implementationsOf, nsToDuration, nsToTimestamp } from "@tandem-ics/proto";
import {
  amountOf,
  areValidCoins,
  type CodedError,
  type Coin,
  type Context,
  coinsToProto,
  formatCoins,
  plainError,
  sdkErrors,
} from "@tandem-ics/runtime";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  PeriodicAllowance,
} from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { safeSub } from "../safe-coins.ts";
import { durationOf, hasField, rawCoins, timeOf } from "../wire-fields.ts";
import { feegrantErrors } from "./errors.ts";

/** What an allowance says to a fee. */
export interface Acceptance {
  /** Why the fee is not paid; absent when it is. */
  readonly refusal?: CodedError;
  /** Whether the allowance is over, whatever the answer. */
  readonly remove: boolean;
  /** What is left of it. */
  readonly left: Allowance;
}

/** An allowance. Values are never changed in place. */
export interface Allowance {
  /** Nanoseconds since 1970; absent when it never ends. */
  readonly expiresNs: bigint | undefined;
  /** Whether it pays `fee` for messages of these types. */
  accept(ctx: Context, fee: readonly Coin[], typeUrls: readonly string[]): Acceptance;
  /** ValidateBasic. Throws CodedError. */
  validate(): void;
  pack(): Any;
}

const INTERFACE = "cosmos.feegrant.v1beta1.FeeAllowanceI";
/** Field of `PeriodicAllowance` whose absence Go reads as its zero time. */
const PERIOD_RESET_FIELD = 5;
/** Gas for each type looked at. State-breaking. */
const GAS_PER_TYPE = 10n;
/** 10000-01-01 in nanoseconds: later times have no wire form. */
const END_OF_TIME_NS = 253_402_300_800_000_000_000n;
/** Allowances inside allowances; deeper ones are an attack on the decoder. */
const MAX_DEPTH = 10;

/**
 * Reads a packed allowance. Throws `feegrant/5` without one and `sdk/2` for other types and malformed contents: Go finds
 * those while it decodes the transaction.
 */
export function readAllowance(any: Any | undefined, depth = 0): Allowance {
  if (any === undefined || any.typeUrl === "") throw feegrantErrors.noAllowance("failed to get allowance");
  if (depth >= MAX_DEPTH) throw sdkErrors.txDecode("allowances are nested too deeply");
  switch (any.typeUrl) {
    case BasicAllowance.typeUrl:
      return createBasic(readBasic(decoded(BasicAllowance, any)));
    case PeriodicAllowance.typeUrl:
      return createPeriodic(readPeriodic(any));
    case AllowedMsgAllowance.typeUrl: {
      const message = decoded(AllowedMsgAllowance, any);
      if (message.allowance !== undefined && message.allowance.typeUrl !== "")
        assertAllowance(message.allowance);
      return createAllowedMessages(message, depth);
    }
    default:
      assertAllowance(any);
      throw sdkErrors.txDecode(`no allowance is made of ${any.typeUrl}`);
  }
}

/** Throws `sdk/2` for a type that is no allowance. */
function assertAllowance({ typeUrl }: Any): void {
  if (!implementationsOf(INTERFACE).includes(typeUrl))
    throw sdkErrors.txDecode(
      `no concrete type registered for type URL ${typeUrl.slice(0, 200)} against interface *feegrant.FeeAllowanceI`,
    );
}

function decoded<T>(codec: { readonly typeUrl: string; decode(bytes: Uint8Array): T }, { value }: Any): T {
  try {
    return codec.decode(value);
  } catch (cause) {
    throw sdkErrors.txDecode(`malformed ${codec.typeUrl}`, { cause });
  }
}

interface Basic {
  /** Absent: no limit. */
  readonly limit: readonly Coin[] | undefined;
  readonly expiresNs: bigint | undefined;
}

const readBasic = ({ spendLimit, expiration }: BasicAllowance): Basic => ({
  limit: spendLimit.length === 0 ? undefined : rawCoins(spendLimit),
  expiresNs: expiration === undefined ? undefined : timeOf(expiration),
});

const writeBasic = ({ limit = [], expiresNs }: Basic): BasicAllowance => ({
  spendLimit: coinsToProto(limit),
  ...(expiresNs === undefined ? {} : { expiration: writeTime(expiresNs) }),
});

function writeTime(timeNs: bigint): Timestamp {
  if (timeNs >= END_OF_TIME_NS) throw plainError(`timestamp: ${timeNs} ns after 10000-01-01`);
  return nsToTimestamp(timeNs);
}

function validateBasic({ limit, expiresNs }: Basic): void {
  if (limit !== undefined && !areValidCoins(limit))
    throw sdkErrors.invalidCoins(`send amount is invalid: ${formatCoins(limit)}`);
  if (expiresNs !== undefined && expiresNs < 0n)
    throw feegrantErrors.invalidDuration("expiration time cannot be negative");
}

function createBasic(basic: Basic): Allowance {
  const { limit, expiresNs } = basic;
  const self: Allowance = {
    expiresNs,
    validate: () => validateBasic(basic),
    pack: () => ({
      typeUrl: BasicAllowance.typeUrl,
      value: BasicAllowance.encode(writeBasic(basic)).finish(),
    }),
    accept(ctx, fee) {
      if (expiresNs !== undefined && expiresNs < ctx.timeNs)
        return { refusal: feegrantErrors.feeLimitExpired("basic allowance"), remove: true, left: self };
      if (limit === undefined) return { remove: false, left: self };
      const left = safeSub(limit, fee);
      if (left === undefined)
        return { refusal: feegrantErrors.feeLimitExceeded("basic allowance"), remove: false, left: self };
      return { remove: left.length === 0, left: createBasic({ ...basic, limit: left }) };
    },
  };
  return self;
}

interface Periodic {
  readonly basic: Basic;
  readonly periodNs: bigint;
  readonly periodLimit: readonly Coin[];
  readonly canSpend: readonly Coin[];
  /** When the next period begins. */
  readonly resetNs: bigint;
}

function readPeriodic(any: Any): Periodic {
  const { basic, period, periodSpendLimit, periodCanSpend, periodReset } = decoded(PeriodicAllowance, any);
  return {
    basic: readBasic(basic),
    periodNs: durationOf(period),
    periodLimit: rawCoins(periodSpendLimit),
    canSpend: rawCoins(periodCanSpend),
    resetNs: hasField(any.value, PERIOD_RESET_FIELD) ? timeOf(periodReset) : GO_ZERO_TIME_NS,
  };
}

/** `periodic` with a new period if one has begun by `nowNs`. */
function withPeriod(periodic: Periodic, nowNs: bigint): Periodic {
  const { basic, periodNs, periodLimit, resetNs } = periodic;
  if (nowNs < resetNs) return periodic;
  const { limit } = basic;
  const beyond = limit !== undefined && safeSub(limit, periodLimit) === undefined;
  const next = resetNs + periodNs;
  return {
    ...periodic,
    canSpend: beyond ? limit : periodLimit,
    // whoever pays in every period keeps its rhythm; after a pause the next one begins now
    resetNs: nowNs > next ? nowNs + periodNs : next,
  };
}

function validatePeriodic({ basic, periodNs, periodLimit, canSpend }: Periodic): void {
  validateBasic(basic);
  if (!areValidCoins(periodLimit))
    throw sdkErrors.invalidCoins(`spend amount is invalid: ${formatCoins(periodLimit)}`);
  if (periodLimit.length === 0) throw sdkErrors.invalidCoins("spend limit must be positive");
  if (!areValidCoins(canSpend))
    throw sdkErrors.invalidCoins(`can spend amount is invalid: ${formatCoins(canSpend)}`);
  const { limit } = basic;
  if (limit !== undefined && periodLimit.some(({ denom }) => amountOf(limit, denom) === 0n))
    throw sdkErrors.invalidCoins("period spend limit has different currency than basic spend limit");
  if (periodNs < 0n) throw feegrantErrors.invalidDuration("negative clock step");
}

function createPeriodic(periodic: Periodic): Allowance {
  const { expiresNs } = periodic.basic;
  const self: Allowance = {
    expiresNs,
    validate: () => validatePeriodic(periodic),
    pack: () => ({
      typeUrl: PeriodicAllowance.typeUrl,
      value: PeriodicAllowance.encode({
        basic: writeBasic(periodic.basic),
        period: nsToDuration(periodic.periodNs),
        periodSpendLimit: coinsToProto(periodic.periodLimit),
        periodCanSpend: coinsToProto(periodic.canSpend),
        periodReset: writeTime(periodic.resetNs),
      }).finish(),
    }),
    accept(ctx, fee) {
      if (expiresNs !== undefined && ctx.timeNs > expiresNs)
        return { refusal: feegrantErrors.feeLimitExpired("absolute limit"), remove: true, left: self };
      const current = withPeriod(periodic, ctx.timeNs);
      const exceeded = (what: string): Acceptance => ({
        refusal: feegrantErrors.feeLimitExceeded(what),
        remove: false,
        left: self,
      });
      const canSpend = safeSub(current.canSpend, fee);
      if (canSpend === undefined) return exceeded("period limit");
      const { limit } = current.basic;
      if (limit === undefined) return { remove: false, left: createPeriodic({ ...current, canSpend }) };
      const left = safeSub(limit, fee);
      if (left === undefined) return exceeded("absolute limit");
      const basic = { ...current.basic, limit: left };
      return { remove: left.length === 0, left: createPeriodic({ ...current, canSpend, basic }) };
    },
  };
  return self;
}

/** The inner allowance is read late, as in Go: an absent one is refused where it is needed. */
function createAllowedMessages(message: AllowedMsgAllowance, depth: number): Allowance {
  const { allowance, allowedMessages } = message;
  const inner = (): Allowance => readAllowance(allowance, depth + 1);
  const self: Allowance = {
    get expiresNs() {
      return inner().expiresNs;
    },
    validate() {
      if (allowance === undefined) throw feegrantErrors.noAllowance("allowance should not be empty");
      if (allowedMessages.length === 0)
        throw feegrantErrors.noMessages("allowed messages shouldn't be empty");
      inner().validate();
    },
    pack: () => ({
      typeUrl: AllowedMsgAllowance.typeUrl,
      value: AllowedMsgAllowance.encode(message).finish(),
    }),
    accept(ctx, fee, typeUrls) {
      if (!areAllowed(ctx, typeUrls, allowedMessages)) {
        const refusal = feegrantErrors.messageNotAllowed("message does not exist in allowed messages");
        return { refusal, remove: false, left: self };
      }
      const { left, ...answer } = inner().accept(ctx, fee, typeUrls);
      if (answer.refusal !== undefined || answer.remove) return { ...answer, left: self };
      return { ...answer, left: createAllowedMessages({ ...message, allowance: left.pack() }, depth) };
    },
  };
  return self;
}

function areAllowed(ctx: Context, typeUrls: readonly string[], allowed: readonly string[]): boolean {
  ctx.gas.consume(GAS_PER_TYPE * BigInt(allowed.length), "check msg");
  const known = new Set(allowed);
  for (const typeUrl of typeUrls) {
    ctx.gas.consume(GAS_PER_TYPE, "check msg");
    if (!known.has(typeUrl)) return false;
  }
  return true;
}
