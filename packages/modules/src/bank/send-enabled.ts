/** Which denominations may be sent by message (SDK `x/bank/keeper/send.go`). */
import type { Coins, Context } from "@tandem-ics/runtime";
import type { SendEnabled } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import { bankErrors } from "./errors.ts";
import type { BankParams } from "./params.ts";
import type { BankState } from "./state.ts";

/** Permission to send, by denomination with a default for all others. */
export interface SendEnabledKeeper {
  getParams(ctx: Context): BankParams;
  setParams(ctx: Context, params: BankParams): void;
  isSendEnabled(ctx: Context, denom: string): boolean;
  /** Throws `bank/5` if one of the coins may not be sent. */
  assertSendEnabled(ctx: Context, coins: Coins): void;
  /** The entry of `denom`; `undefined` when the default holds. */
  getSendEnabled(ctx: Context, denom: string): boolean | undefined;
  setSendEnabled(ctx: Context, denom: string, enabled: boolean): void;
  /** From now on the default holds for `denom`. */
  deleteSendEnabled(ctx: Context, denom: string): void;
  sendEnabledEntries(ctx: Context): SendEnabled[];
}

/** Makes this part of the keeper. */
export function createSendEnabled({ params, sendEnabled }: BankState): SendEnabledKeeper {
  // The SDK asks whether there is an entry before it reads it: that is gas.
  const entry = (ctx: Context, denom: string): boolean | undefined =>
    sendEnabled.has(ctx, denom) ? sendEnabled.get(ctx, denom) : undefined;
  return {
    getParams: params.require,
    setParams(ctx, given) {
      // The list inside the parameters is the form of older genesis files.
      for (const { denom, enabled } of given.sendEnabled) sendEnabled.set(ctx, denom, enabled);
      params.set(ctx, { sendEnabled: [], defaultSendEnabled: given.defaultSendEnabled });
    },
    isSendEnabled: (ctx, denom) => entry(ctx, denom) ?? params.require(ctx).defaultSendEnabled,
    assertSendEnabled(ctx, coins) {
      if (coins.length === 0) return;
      const { defaultSendEnabled } = params.require(ctx);
      for (const { denom } of coins)
        if (!(entry(ctx, denom) ?? defaultSendEnabled))
          throw bankErrors.sendDisabled(`${denom} transfers are currently disabled`);
    },
    getSendEnabled: entry,
    setSendEnabled: sendEnabled.set,
    deleteSendEnabled: sendEnabled.remove,
    sendEnabledEntries: (ctx) =>
      Array.from(sendEnabled.entries(ctx), ([denom, enabled]) => ({ denom, enabled })),
  };
}
