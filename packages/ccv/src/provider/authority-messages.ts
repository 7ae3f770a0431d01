/** Messages that only governance may send. */
import { assertAuthority } from "@tandem-ics/modules";
import type { MsgChangeRewardDenoms, ProviderMsgUpdateParams } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import { providerErrors } from "./errors.ts";
import { assertProviderParams } from "./params.ts";
import * as state from "./state.ts";

/** Handlers of the authority's messages. */
export function createAuthorityMessages(authority: string) {
  return {
    /** Throws `gov/13` for another authority. */
    updateParams(ctx: Context, msg: ProviderMsgUpdateParams): void {
      assertAuthority(authority, msg.authority);
      assertProviderParams(msg.params);
      state.params.set(ctx, msg.params);
    },

    /** Throws `provider/25` for another authority. What is listed already, or not listed, is passed over. */
    changeRewardDenoms(ctx: Context, msg: MsgChangeRewardDenoms): void {
      if (msg.authority !== authority)
        throw providerErrors.unauthorized(`expected ${authority}, got ${msg.authority}`);
      const attributes: [string, string][] = [];
      for (const denom of msg.denomsToAdd) {
        if (state.rewardDenoms.has(ctx, denom)) continue;
        state.rewardDenoms.set(ctx, denom, true);
        attributes.push(["add_consumer_reward_denom", denom]);
      }
      for (const denom of msg.denomsToRemove) {
        if (!state.rewardDenoms.has(ctx, denom)) continue;
        state.rewardDenoms.remove(ctx, denom);
        attributes.push(["remove_consumer_reward_denom", denom]);
      }
      ctx.emit("change_consumer_reward_denom", attributes);
    },
  };
}
