/** What packets do to tokens (ICS-20; ibc-go v10 `transfer/keeper/relay.go`). */

import { utf8 } from "@tandem-ics/crypto";
import { CodedError, type Coin, type Context } from "@tandem-ics/runtime";
import type { Denom } from "cosmjs-types/ibc/applications/transfer/v1/token";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { ibcErrors } from "../errors.ts";
import { denomHash, denomPath, hasHopPrefix, ibcDenom } from "./denom.ts";
import { transferErrors } from "./errors.ts";
import { emitDenom } from "./events.ts";
import { isBlocked, type TransferDeps, tokenCoin } from "./keeper.ts";
import { MAX_MEMO_BYTES, type TransferData } from "./packet-data.ts";
import {
  denoms,
  escrowAddress,
  getTotalEscrow,
  params,
  setDenom,
  setTotalEscrow,
  TRANSFER,
} from "./state.ts";

/** Gives the receiver what the packet says: unlocked if the token came from here, else minted. */
export function receiveTokens(deps: TransferDeps, ctx: Context, packet: Packet, data: TransferData): void {
  if (utf8(data.memo).length > MAX_MEMO_BYTES)
    throw transferErrors.invalidMemo(`memo must not exceed ${MAX_MEMO_BYTES} bytes`);
  if (!params.require(ctx).receiveEnabled) throw transferErrors.receiveDisabled();
  const receiver = receiverOf(deps, data.receiver);
  if (isBlocked(deps, receiver))
    throw ibcErrors.unauthorized(`${data.receiver} is not allowed to receive funds`);
  const { denom, amount } = data.token;
  if (hasHopPrefix(denom, packet.sourcePort, packet.sourceChannel)) {
    const home: Denom = { base: denom.base, trace: denom.trace.slice(1) };
    const escrow = escrowAddress(packet.destinationPort, packet.destinationChannel);
    unlock(deps, ctx, escrow, receiver, tokenCoin({ denom: home, amount }));
  } else {
    const hop = { portId: packet.destinationPort, channelId: packet.destinationChannel };
    const voucher: Denom = { base: denom.base, trace: [hop, ...denom.trace] };
    rememberDenom(deps, ctx, voucher);
    emitDenom(ctx, voucher);
    mintTo(deps, ctx, receiver, tokenCoin({ denom: voucher, amount }));
  }
}

function receiverOf({ address }: TransferDeps, receiver: string): Uint8Array {
  try {
    return address.decode(receiver);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw ibcErrors.invalidAddress(`failed to decode receiver address: ${receiver}`, { cause: error });
  }
}

function rememberDenom({ bank }: TransferDeps, ctx: Context, denom: Denom): void {
  if (!denoms.has(ctx, denomHash(denom))) setDenom(ctx, denom);
  if (!bank.hasDenomMetadata(ctx, ibcDenom(denom))) setDenomMetadata({ bank }, ctx, denom);
}

/** Describes a denomination to wallets. */
export function setDenomMetadata({ bank }: Pick<TransferDeps, "bank">, ctx: Context, denom: Denom): void {
  const path = denomPath(denom);
  bank.setDenomMetadata(ctx, {
    description: `IBC token from ${path}`,
    denomUnits: [{ denom: denom.base, exponent: 0, aliases: [] }],
    base: ibcDenom(denom),
    display: path,
    name: `${path} IBC token`,
    // ASCII only: the case tables of Unicode change
    symbol: denom.base.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    uri: "",
    uriHash: "",
  });
}

function mintTo({ bank, accounts }: TransferDeps, ctx: Context, receiver: Uint8Array, coin: Coin): void {
  bank.mintCoins(ctx, TRANSFER, [coin]);
  bank.sendCoins(ctx, accounts.getModuleAddress(TRANSFER), receiver, [coin]);
}

function unlock(
  { bank }: TransferDeps,
  ctx: Context,
  escrow: Uint8Array,
  receiver: Uint8Array,
  coin: Coin,
): void {
  bank.sendCoins(ctx, escrow, receiver, [coin]);
  const left = getTotalEscrow(ctx, coin.denom) - coin.amount;
  // the escrow account can hold more than came through IBC, which a counterparty must not be able to claim
  if (left < 0n) throw ibcErrors.insufficientFunds(`more ${coin.denom} than was escrowed is to be released`);
  setTotalEscrow(ctx, coin.denom, left);
}

/** Gives back what a failed or timed-out packet took from its sender. */
export function refundTokens(deps: TransferDeps, ctx: Context, packet: Packet, data: TransferData): void {
  const sender = deps.address.decode(data.sender);
  if (isBlocked(deps, sender)) throw ibcErrors.unauthorized(`${data.sender} is not allowed to receive funds`);
  const coin = tokenCoin(data.token);
  if (hasHopPrefix(data.token.denom, packet.sourcePort, packet.sourceChannel))
    mintTo(deps, ctx, sender, coin);
  else unlock(deps, ctx, escrowAddress(packet.sourcePort, packet.sourceChannel), sender, coin);
}
