/** Messages of slashing (SDK x/slashing `keeper/msg_server.go`, `keeper/unjail.go`). */
import { type Context, type MessageRoute, message, sdkErrors } from "@tandem-ics/runtime";
import {
  MsgUnjail,
  MsgUnjailResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { assertAuthority } from "../authority.ts";
import { slashingErrors } from "./errors.ts";
import type { SlashingParty } from "./keeper.ts";
import { slashingParamsFromProto } from "./params.ts";

/** Routes of all messages. */
export function createSlashingMessages(party: SlashingParty, authority: string): MessageRoute[] {
  const { keeper, parts } = party;
  return [
    message({
      typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
      request: MsgUnjail,
      response: MsgUnjailResponse,
      handle(ctx, { validatorAddr }) {
        let valAddr: Uint8Array;
        try {
          valAddr = parts.addresses.validator.decode(validatorAddr);
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          throw sdkErrors.invalidAddress(`validator input address: ${reason}`, { cause });
        }
        unjail(ctx, party, valAddr);
        return {};
      },
    }),
    message({
      typeUrl: "/cosmos.slashing.v1beta1.MsgUpdateParams",
      request: MsgUpdateParams,
      response: MsgUpdateParamsResponse,
      handle(ctx, { authority: given, params }) {
        assertAuthority(authority, given);
        keeper.setParams(ctx, slashingParamsFromProto(params));
        return {};
      },
    }),
  ];
}

/** Lets a validator back in whose time is over and whose own stake is enough. */
function unjail(ctx: Context, { keeper, parts: { staking } }: SlashingParty, valAddr: Uint8Array): void {
  const validator = staking.requireValidator(ctx, valAddr);
  const { shares } = staking.requireDelegation(ctx, valAddr, valAddr);
  const tokens = shares.mulInt(validator.tokens).quo(validator.shares).truncateInt();
  if (tokens < validator.minSelfDelegation) {
    throw slashingErrors.selfDelegationTooLow(`${tokens} less than ${validator.minSelfDelegation}`);
  }
  if (!validator.jailed) throw slashingErrors.validatorNotJailed();
  // without signing info it was never bonded, and jailed only for too little stake of its own
  const info = keeper.signingInfo(ctx, validator.consAddress);
  if (info !== undefined && (info.tombstoned || ctx.timeNs < info.jailedUntilNs)) {
    throw slashingErrors.validatorJailed();
  }
  staking.unjail(ctx, validator.consAddress);
}
