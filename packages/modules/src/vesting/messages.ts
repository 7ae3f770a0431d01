/** Messages of x/auth/vesting (`msg_server.go`): accounts that get coins over time. */
import {
  type Account,
  type AddressCodec,
  areValidCoins,
  CodedError,
  type Coin,
  type Coins,
  type Context,
  formatCoins,
  type MessageRoute,
  message,
  sdkErrors,
  type VestingSchedule,
} from "@tandem-ics/runtime";
import {
  MsgCreatePeriodicVestingAccount,
  MsgCreatePeriodicVestingAccountResponse,
  MsgCreatePermanentLockedAccount,
  MsgCreatePermanentLockedAccountResponse,
  MsgCreateVestingAccount,
  MsgCreateVestingAccountResponse,
} from "cosmjs-types/cosmos/vesting/v1beta1/tx";
import type { Period } from "cosmjs-types/cosmos/vesting/v1beta1/vesting";
import { decodeNamedAddress } from "../address-text.ts";
import {
  coinsOfPeriods,
  endOfPeriods,
  newSchedule,
  validateBase,
  validateSchedule,
} from "../auth/vesting-schedule.ts";
import { rawCoins } from "../wire-fields.ts";

const NANOS_PER_SECOND = 1_000_000_000n;

/** What the messages need of x/auth. */
export interface VestingAuthKeeper {
  getAccount(ctx: Context, address: Uint8Array): Account | undefined;
  newAccount(ctx: Context, address: Uint8Array): Account;
  setAccount(ctx: Context, account: Account): void;
}

/** What the messages need of x/bank. */
export interface VestingBankKeeper {
  assertSendEnabled(ctx: Context, coins: Coins): void;
  isBlocked(address: Uint8Array): boolean;
  sendCoins(ctx: Context, from: Uint8Array, to: Uint8Array, coins: Coins): void;
}

/** What the messages are made with. */
export interface VestingMessageOptions {
  readonly addresses: AddressCodec;
  readonly auth: VestingAuthKeeper;
  readonly bank: VestingBankKeeper;
}

interface Transfer {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Text of `to`, as the message has it. */
  readonly toText: string;
}

function validAmount(coins: readonly Coin[]): Coins {
  if (coins.length === 0 || !areValidCoins(coins)) throw sdkErrors.invalidCoins(formatCoins(coins));
  return coins;
}

/** The routes. */
export function vestingMessages({ addresses, auth, bank }: VestingMessageOptions): MessageRoute[] {
  const parties = (message: { fromAddress: string; toAddress: string }): Transfer => ({
    from: decodeNamedAddress(addresses, message.fromAddress, "'from'"),
    to: decodeNamedAddress(addresses, message.toAddress, "'to'"),
    toText: message.toAddress,
  });

  const refuseBlocked = ({ to, toText }: Transfer): void => {
    if (bank.isBlocked(to)) throw sdkErrors.unauthorized(`${toText} is not allowed to receive funds`);
  };

  const refuseExisting = (ctx: Context, { to, toText }: Transfer): void => {
    if (auth.getAccount(ctx, to) !== undefined)
      throw sdkErrors.invalidRequest(`account ${toText} already exists`);
  };

  /** Makes the account and pays its coins in. */
  function create(
    ctx: Context,
    { from, to }: Transfer,
    vesting: VestingSchedule,
    check: (schedule: VestingSchedule) => void,
  ): void {
    const account = auth.newAccount(ctx, to);
    try {
      check(vesting);
    } catch (error) {
      if (error instanceof CodedError) throw sdkErrors.invalidRequest(error.message, { cause: error });
      throw error;
    }
    auth.setAccount(ctx, { ...account, vesting });
    bank.sendCoins(ctx, from, to, vesting.originalVesting);
  }

  return [
    message({
      typeUrl: MsgCreateVestingAccount.typeUrl,
      request: MsgCreateVestingAccount,
      response: MsgCreateVestingAccountResponse,
      handle(ctx, request) {
        const transfer = parties(request);
        const originalVesting = validAmount(rawCoins(request.amount));
        const { endTime, delayed } = request;
        if (endTime <= 0n) throw sdkErrors.invalidRequest("invalid end time");
        bank.assertSendEnabled(ctx, originalVesting);
        refuseBlocked(transfer);
        refuseExisting(ctx, transfer);
        const schedule = newSchedule({
          originalVesting,
          endTime,
          ...(delayed
            ? { kind: "delayed" }
            : { kind: "continuous", startTime: ctx.timeNs / NANOS_PER_SECOND }),
        });
        // An end before the start passes in the SDK: all coins are free then.
        create(ctx, transfer, schedule, validateBase);
        return {};
      },
    }),
    message({
      typeUrl: MsgCreatePermanentLockedAccount.typeUrl,
      request: MsgCreatePermanentLockedAccount,
      response: MsgCreatePermanentLockedAccountResponse,
      handle(ctx, request) {
        const transfer = parties(request);
        const originalVesting = validAmount(rawCoins(request.amount));
        bank.assertSendEnabled(ctx, originalVesting);
        refuseBlocked(transfer);
        refuseExisting(ctx, transfer);
        create(ctx, transfer, newSchedule({ kind: "permanent", originalVesting }), validateSchedule);
        return {};
      },
    }),
    message({
      typeUrl: MsgCreatePeriodicVestingAccount.typeUrl,
      request: MsgCreatePeriodicVestingAccount,
      response: MsgCreatePeriodicVestingAccountResponse,
      handle(ctx, request) {
        const transfer = parties(request);
        const { startTime } = request;
        if (startTime < 1n)
          throw sdkErrors.invalidRequest(`invalid start time of ${startTime}, length must be greater than 0`);
        const periods = readPeriods(request.vestingPeriods);
        const originalVesting = coinsOfPeriods(periods);
        refuseBlocked(transfer);
        refuseExisting(ctx, transfer);
        bank.assertSendEnabled(ctx, originalVesting);
        const endTime = endOfPeriods(startTime, periods);
        const schedule = newSchedule({ kind: "periodic", originalVesting, startTime, endTime, periods });
        create(ctx, transfer, schedule, validateSchedule);
        return {};
      },
    }),
  ];
}

const readPeriods = (periods: readonly Period[]): VestingSchedule["periods"] =>
  periods.map(({ length, amount }, i) => {
    if (length < 1n)
      throw sdkErrors.invalidRequest(
        `invalid period length of ${length} in period ${i}, length must be greater than 0`,
      );
    return { length, amount: validAmount(rawCoins(amount)) };
  });
