/** Tokens that cross chains: locked or burned here, minted or unlocked there (ICS-20; ibc-go v10 `transfer/keeper`). */
import { fromHex } from "@tandem-ics/crypto";
import {
  type AddressCodec,
  CodedError,
  type Coin,
  type Coins,
  type Context,
  inContext,
  isDenom,
} from "@tandem-ics/runtime";
import type { Metadata } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import type { Denom, Token } from "cosmjs-types/ibc/applications/transfer/v1/token";
import type { Params } from "cosmjs-types/ibc/applications/transfer/v1/transfer";
import type { ChannelKeeper } from "../04-channel/keeper.ts";
import type { Height } from "../24-host/index.ts";
import { ibcErrors } from "../errors.ts";
import { parseAmount } from "./amount.ts";
import { DENOM_PREFIX, denomPath, hasHopPrefix, ibcDenom } from "./denom.ts";
import { transferErrors } from "./errors.ts";
import { emitTransfer } from "./events.ts";
import { ICS20_VERSION, packetDataBytes, validatePacketData } from "./packet-data.ts";
import {
  denoms,
  escrowAddress,
  getTotalEscrow,
  params as paramsState,
  port as portState,
  setTotalEscrow,
  TRANSFER,
} from "./state.ts";
import { refuseWithoutChannel } from "./without-channel.ts";

/** What ICS-20 needs of the bank (SDK `x/bank`). */
export interface TransferBank {
  sendCoins(ctx: Context, from: Uint8Array, to: Uint8Array, coins: Coins): void;
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
  mintCoins(ctx: Context, module: string, coins: Coins): void;
  burnCoins(ctx: Context, module: string, coins: Coins): void;
  isBlocked(address: Uint8Array): boolean;
  /** Throws unless all of these may be sent. */
  assertSendEnabled(ctx: Context, coins: Coins): void;
  hasDenomMetadata(ctx: Context, denom: string): boolean;
  setDenomMetadata(ctx: Context, metadata: Metadata): void;
  spendableCoin(ctx: Context, address: Uint8Array, denom: string): bigint;
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
}

/** What ICS-20 needs of accounts. */
export interface TransferAccounts {
  getModuleAddress(name: string): Uint8Array;
}

/** What ICS-20 needs of the chain. */
export interface TransferDeps {
  readonly address: AddressCodec;
  readonly bank: TransferBank;
  readonly accounts: TransferAccounts;
  readonly channels: Pick<ChannelKeeper, "channel" | "sendPacket" | "allChannels">;
}

/** A transfer to be made. */
export interface Transfer {
  readonly sourcePort: string;
  readonly sourceChannel: string;
  /** `denom` as in the bank. 2^256 − 1 means all that the sender can spend. */
  readonly token: Coin;
  readonly sender: string;
  /** Address on the other chain. */
  readonly receiver: string;
  readonly timeoutHeight: Height;
  /** Nanoseconds since 1970; 0 for none. */
  readonly timeoutTimestamp: bigint;
  readonly memo: string;
  /** Of the packet's data, where there is no channel but a client of IBC v2; JSON by default. */
  readonly encoding?: string;
}

/** Keeper of ICS-20. */
export interface TransferKeeper {
  params(ctx: Context): Params;
  setParams(ctx: Context, params: Params): void;
  /** Port that the module is bound to. */
  port(ctx: Context): string;
  /** Sends as MsgTransfer does, events included; returns the packet's sequence. */
  sendTransfer(ctx: Context, transfer: Transfer): bigint;
  denom(ctx: Context, hash: Uint8Array): Denom | undefined;
  /** What an `ibc/…` name stands for. Throws `transfer/3` or `transfer/6`. */
  denomOf(ctx: Context, bankDenom: string): Denom;
  totalEscrow(ctx: Context, denom: string): bigint;
  escrowAddress(portId: string, channelId: string): Uint8Array;
}

/** Amount that stands for the whole spendable balance. */
const UNBOUNDED = (1n << 256n) - 1n;

/** Makes the keeper. */
export function createTransferKeeper(deps: TransferDeps): TransferKeeper {
  const keeper: TransferKeeper = {
    params: (ctx) => paramsState.require(ctx),
    setParams: (ctx, params) => paramsState.set(ctx, params),
    port: (ctx) => portState.get(ctx) ?? "",
    sendTransfer: (ctx, transfer) => sendTransfer(deps, keeper, ctx, transfer),
    denom: (ctx, hash) => denoms.get(ctx, hash),
    denomOf(ctx, bankDenom) {
      if (!bankDenom.startsWith(`${DENOM_PREFIX}/`)) return { base: bankDenom, trace: [] };
      const hash = parseDenomHash(bankDenom.slice(DENOM_PREFIX.length + 1));
      if (hash === undefined) throw transferErrors.invalidDenom(`invalid denom trace hash ${bankDenom}`);
      const denom = denoms.get(ctx, hash);
      if (denom === undefined) throw transferErrors.denomNotFound(bankDenom.slice(DENOM_PREFIX.length + 1));
      return denom;
    },
    totalEscrow: getTotalEscrow,
    escrowAddress,
  };
  return keeper;
}

/** 32 bytes of hex of either case, or nothing at all. `undefined` for other text. */
export const parseDenomHash = (text: string): Uint8Array | undefined =>
  text === "" || /^[0-9a-fA-F]{64}$/.test(text) ? fromHex(text) : undefined;

function sendTransfer(deps: TransferDeps, keeper: TransferKeeper, ctx: Context, transfer: Transfer): bigint {
  if (!keeper.params(ctx).sendEnabled) throw transferErrors.sendDisabled();
  const sender = deps.address.decode(transfer.sender);
  const coin = wholeBalance(deps, ctx, sender, transfer.token);
  const token: Token = { denom: keeper.denomOf(ctx, coin.denom), amount: coin.amount.toString() };
  const data = {
    denom: denomPath(token.denom),
    amount: token.amount,
    sender: deps.address.encode(sender),
    receiver: transfer.receiver,
    memo: transfer.memo,
  };
  inContext(`failed to validate ${ICS20_VERSION} packet data`, () => validatePacketData(data));
  const { sourceChannel, timeoutHeight, timeoutTimestamp } = transfer;
  if (deps.channels.channel(ctx, transfer.sourcePort, sourceChannel) === undefined)
    refuseWithoutChannel(ctx, transfer);
  // state-breaking: ibc-go reads the parameters a second time here, which costs gas
  if (!keeper.params(ctx).sendEnabled) throw transferErrors.sendDisabled();
  takeFromSender(deps, ctx, { sender, token, portId: TRANSFER, channelId: sourceChannel });
  const sequence = deps.channels.sendPacket(ctx, {
    sourcePort: TRANSFER,
    sourceChannel,
    timeoutHeight,
    timeoutTimestamp,
    data: packetDataBytes(data),
  });
  emitTransfer(ctx, { token, sender: data.sender, receiver: data.receiver, memo: data.memo });
  return sequence;
}

function wholeBalance({ bank }: TransferDeps, ctx: Context, sender: Uint8Array, token: Coin): Coin {
  if (token.amount !== UNBOUNDED) return token;
  const amount = bank.spendableCoin(ctx, sender, token.denom);
  if (amount === 0n) throw transferErrors.invalidAmount(`empty spendable balance for ${token.denom}`);
  return { denom: token.denom, amount };
}

/** The coin of a token in this chain's bank. Throws `transfer/5`, or `ibc/6` for a name no bank can hold. */
export function tokenCoin({ denom, amount }: Token): Coin {
  const name = ibcDenom(denom);
  if (!isDenom(name)) throw ibcErrors.invalidCoins(`invalid denom: ${name.slice(0, 200)}`);
  return { denom: name, amount: parseAmount(amount) };
}

/** Whether an account may not take part in transfers; the module's own account always may. */
export function isBlocked({ bank, accounts }: TransferDeps, address: Uint8Array): boolean {
  const own = accounts.getModuleAddress(TRANSFER);
  return !own.every((byte, i) => byte === address[i]) && bank.isBlocked(address);
}

interface Debit {
  readonly sender: Uint8Array;
  readonly token: Token;
  readonly portId: string;
  readonly channelId: string;
}

/** Burns tokens that go back where they came from, and locks all others. */
function takeFromSender(deps: TransferDeps, ctx: Context, { sender, token, portId, channelId }: Debit): void {
  const { bank } = deps;
  if (isBlocked(deps, sender))
    throw ibcErrors.unauthorized(`${deps.address.encode(sender)} is not allowed to send funds`);
  const coin = tokenCoin(token);
  assertSendEnabled(bank, ctx, coin);
  if (hasHopPrefix(token.denom, portId, channelId)) {
    bank.sendFromAccountToModule(ctx, sender, TRANSFER, [coin]);
    bank.burnCoins(ctx, TRANSFER, [coin]);
  } else {
    bank.sendCoins(ctx, sender, escrowAddress(portId, channelId), [coin]);
    setTotalEscrow(ctx, coin.denom, getTotalEscrow(ctx, coin.denom) + coin.amount);
  }
}

function assertSendEnabled(bank: TransferBank, ctx: Context, coin: Coin): void {
  try {
    bank.assertSendEnabled(ctx, [coin]);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw transferErrors.sendDisabled(error.message, { cause: error });
  }
}
