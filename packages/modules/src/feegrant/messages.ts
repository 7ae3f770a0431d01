/** Messages of x/feegrant (`keeper/msg_server.go`). */
import { type AddressCodec, type MessageRoute, message, sdkErrors } from "@tandem-ics/runtime";
import {
  MsgGrantAllowance,
  MsgGrantAllowanceResponse,
  MsgPruneAllowances,
  MsgPruneAllowancesResponse,
  MsgRevokeAllowance,
  MsgRevokeAllowanceResponse,
} from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { decodeAddress, sameText } from "../address-text.ts";
import { readAllowance } from "./allowance.ts";
import type { FeegrantKeeper } from "./keeper.ts";
import type { FeegrantState } from "./state.ts";

/** Allowances that one message prunes at most. State-breaking. */
const PRUNED_BY_MESSAGE = 75;

/** The routes. */
export function feegrantMessages(
  state: FeegrantState,
  keeper: FeegrantKeeper,
  addresses: AddressCodec,
): MessageRoute[] {
  return [
    message({
      typeUrl: MsgGrantAllowance.typeUrl,
      request: MsgGrantAllowance,
      response: MsgGrantAllowanceResponse,
      // Go unpacks allowances while it decodes the transaction; a missing one passes until the message runs.
      validate({ allowance }) {
        if (allowance !== undefined && allowance.typeUrl !== "") readAllowance(allowance);
      },
      handle(ctx, { granter: granterText, grantee: granteeText, allowance: packed }) {
        if (sameText(granterText, granteeText))
          throw sdkErrors.invalidAddress("cannot self-grant fee authorization");
        const grantee = decodeAddress(addresses, granteeText);
        const granter = decodeAddress(addresses, granterText);
        if (state.allowances.get(ctx, [grantee, granter]) !== undefined)
          throw sdkErrors.invalidRequest("fee allowance already exists");
        const allowance = readAllowance(packed);
        allowance.validate();
        keeper.grantAllowance(ctx, granter, grantee, allowance);
        return {};
      },
    }),
    message({
      typeUrl: MsgRevokeAllowance.typeUrl,
      request: MsgRevokeAllowance,
      response: MsgRevokeAllowanceResponse,
      handle(ctx, { granter, grantee }) {
        if (granter === grantee) throw sdkErrors.invalidAddress("addresses must be different");
        const granteeAddress = decodeAddress(addresses, grantee);
        keeper.revokeAllowance(ctx, decodeAddress(addresses, granter), granteeAddress);
        return {};
      },
    }),
    message({
      typeUrl: MsgPruneAllowances.typeUrl,
      request: MsgPruneAllowances,
      response: MsgPruneAllowancesResponse,
      handle(ctx, { pruner }) {
        keeper.removeExpired(ctx, PRUNED_BY_MESSAGE);
        ctx.emit("prune_feegrant", { pruner });
        return {};
      },
    }),
  ];
}
