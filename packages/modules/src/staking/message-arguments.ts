/** What messages of staking carry: addresses and amounts, and how they are refused. */
import { type Context, coinFromProto, sdkErrors } from "@tandem-ics/runtime";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { StakingParty } from "./keeper.ts";

/** Reads what several messages carry. */
export interface MessageArguments {
  /** Throws `sdk/7` with `what` in its text. */
  delegator(text: string): Uint8Array;
  /** Throws `sdk/7` with `what` in its text. */
  operator(text: string, what?: string): Uint8Array;
  /** A positive amount. Throws `sdk/18` with `reason`. */
  amount(coin: ProtoCoin | undefined, reason: string): { denom: string; amount: bigint };
  /** Throws `sdk/18` unless it is the bond denomination. */
  assertBondDenom(ctx: Context, denom: string): void;
}

/** Makes the readers. */
export function createMessageArguments({ keeper, parts: { addresses } }: StakingParty): MessageArguments {
  const decode = (text: string, kind: "account" | "validator", what: string): Uint8Array => {
    try {
      return addresses[kind].decode(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw sdkErrors.invalidAddress(`invalid ${what} address: ${reason}`, { cause });
    }
  };
  return {
    delegator: (text) => decode(text, "account", "delegator"),
    operator: (text, what = "validator") => decode(text, "validator", what),
    amount(coin, reason) {
      let parsed: { denom: string; amount: bigint } | undefined;
      try {
        parsed = coinFromProto(coin);
      } catch (cause) {
        throw sdkErrors.invalidRequest(reason, { cause });
      }
      if (parsed.amount <= 0n) throw sdkErrors.invalidRequest(reason);
      return parsed;
    },
    assertBondDenom(ctx, denom) {
      const expected = keeper.bondDenom(ctx);
      if (denom !== expected) {
        throw sdkErrors.invalidRequest(`invalid coin denomination: got ${denom}, expected ${expected}`);
      }
    },
  };
}
