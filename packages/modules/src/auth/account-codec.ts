/** Accounts to bytes and back: a protobuf Any of the SDK's account types (x/auth, x/auth/vesting). */
import {
  type Account,
  type AddressCodecs,
  type Coins,
  coinFromProto,
  coinsToProto,
  plainError,
  type ValueCodec,
  type VestingSchedule,
} from "@tandem-ics/runtime";
import { BaseAccount, ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import {
  type BaseVestingAccount,
  ContinuousVestingAccount,
  DelayedVestingAccount,
  PeriodicVestingAccount,
  PermanentLockedAccount,
} from "cosmjs-types/cosmos/vesting/v1beta1/vesting";
import { Any } from "cosmjs-types/google/protobuf/any";
import { createBaseAccountEncoder } from "./base-account-bytes.ts";

/** Accounts as Any messages and as stored bytes. */
export interface AccountCodec extends ValueCodec<Account> {
  toAny(account: Account): Any;
  /** Throws CodedError for types that are no accounts. */
  fromAny(any: Any): Account;
  toBase(account: Account): BaseAccount;
}

const coinsOf = (coins: readonly ProtoCoin[]): Coins => coins.map(coinFromProto);

/** Codec of one chain, whose address texts stand in the messages. */
export function createAccountCodec({ account: addresses }: AddressCodecs): AccountCodec {
  const toBase = ({ address, pubKey, accountNumber, sequence }: Account): BaseAccount => ({
    address: addresses.encode(address),
    ...(pubKey === undefined ? {} : { pubKey }),
    accountNumber,
    sequence,
  });

  const fromBase = (base: BaseAccount | undefined): Account => {
    if (base === undefined) throw plainError("account without base account");
    const { address, pubKey, accountNumber, sequence } = base;
    return { address: addresses.decode(address), pubKey, accountNumber, sequence };
  };

  const fromVesting = (
    base: BaseVestingAccount | undefined,
    rest: Pick<VestingSchedule, "kind"> & Partial<VestingSchedule>,
  ): Account => {
    if (base === undefined) throw plainError("vesting account without base");
    return {
      ...fromBase(base.baseAccount),
      vesting: {
        startTime: 0n,
        periods: [],
        ...rest,
        originalVesting: coinsOf(base.originalVesting),
        delegatedFree: coinsOf(base.delegatedFree),
        delegatedVesting: coinsOf(base.delegatedVesting),
        endTime: base.endTime,
      },
    };
  };

  const fromAny = ({ typeUrl, value }: Any): Account => {
    switch (typeUrl) {
      case BaseAccount.typeUrl:
        return fromBase(BaseAccount.decode(value));
      case ModuleAccount.typeUrl: {
        const { baseAccount, name, permissions } = ModuleAccount.decode(value);
        return { ...fromBase(baseAccount), module: { name, permissions } };
      }
      case ContinuousVestingAccount.typeUrl: {
        const { baseVestingAccount, startTime } = ContinuousVestingAccount.decode(value);
        return fromVesting(baseVestingAccount, { kind: "continuous", startTime });
      }
      case DelayedVestingAccount.typeUrl:
        return fromVesting(DelayedVestingAccount.decode(value).baseVestingAccount, { kind: "delayed" });
      case PermanentLockedAccount.typeUrl:
        return fromVesting(PermanentLockedAccount.decode(value).baseVestingAccount, { kind: "permanent" });
      case PeriodicVestingAccount.typeUrl: {
        const { baseVestingAccount, startTime, vestingPeriods } = PeriodicVestingAccount.decode(value);
        const periods = vestingPeriods.map(({ length, amount }) => ({ length, amount: coinsOf(amount) }));
        return fromVesting(baseVestingAccount, { kind: "periodic", startTime, periods });
      }
      default:
        throw plainError(`${typeUrl} is not an account type`);
    }
  };

  const toAny = (account: Account): Any => {
    if (account.module !== undefined) {
      const { name, permissions } = account.module;
      const message = { baseAccount: toBase(account), name, permissions: [...permissions] };
      return { typeUrl: ModuleAccount.typeUrl, value: ModuleAccount.encode(message).finish() };
    }
    if (account.vesting !== undefined) return vestingToAny(toBase(account), account.vesting);
    return { typeUrl: BaseAccount.typeUrl, value: BaseAccount.encode(toBase(account)).finish() };
  };

  const encodeBase = createBaseAccountEncoder(toBase);

  return {
    toAny,
    fromAny,
    toBase,
    encode: (account) =>
      account.module === undefined && account.vesting === undefined
        ? encodeBase(account)
        : Any.encode(toAny(account)).finish(),
    decode: (bytes) => fromAny(Any.decode(bytes)),
  };
}

function vestingToAny(baseAccount: BaseAccount, vesting: VestingSchedule): Any {
  const { kind, startTime, endTime, periods } = vesting;
  const baseVestingAccount: BaseVestingAccount = {
    baseAccount,
    originalVesting: coinsToProto(vesting.originalVesting),
    delegatedFree: coinsToProto(vesting.delegatedFree),
    delegatedVesting: coinsToProto(vesting.delegatedVesting),
    endTime,
  };
  switch (kind) {
    case "continuous":
      return {
        typeUrl: ContinuousVestingAccount.typeUrl,
        value: ContinuousVestingAccount.encode({ baseVestingAccount, startTime }).finish(),
      };
    case "delayed":
      return {
        typeUrl: DelayedVestingAccount.typeUrl,
        value: DelayedVestingAccount.encode({ baseVestingAccount }).finish(),
      };
    case "permanent":
      return {
        typeUrl: PermanentLockedAccount.typeUrl,
        value: PermanentLockedAccount.encode({ baseVestingAccount }).finish(),
      };
    case "periodic": {
      const vestingPeriods = periods.map(({ length, amount }) => ({ length, amount: coinsToProto(amount) }));
      return {
        typeUrl: PeriodicVestingAccount.typeUrl,
        value: PeriodicVestingAccount.encode({ baseVestingAccount, startTime, vestingPeriods }).finish(),
      };
    }
  }
}
