/** Messages of x/bank (SDK `x/bank/keeper/msg_server.go`). */
import {
  type AddressCodec,
  areValidCoins,
  type Coins,
  formatCoins,
  isDenom,
  type MessageRoute,
  message,
  plainError,
  sdkErrors,
} from "@tandem-ics/runtime";
import {
  MsgMultiSend,
  MsgMultiSendResponse,
  MsgSend,
  MsgSendResponse,
  MsgSetSendEnabled,
  MsgSetSendEnabledResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { decodeNamedAddress } from "../address-text.ts";
import { assertAuthority } from "../authority.ts";
import { rawCoins } from "../wire-fields.ts";
import { bankErrors } from "./errors.ts";
import { assertBalanced, type BankKeeper, type CoinsOf } from "./keeper.ts";

/** Throws `sdk/10` unless there are coins, sorted, positive and each denomination once. */
function sendableCoins(coins: readonly ProtoCoin[]): Coins {
  const given = rawCoins(coins);
  if (given.length === 0 || !areValidCoins(given)) throw sdkErrors.invalidCoins(formatCoins(given));
  return given;
}

/** The routes. `authority` is the address text of who may change parameters. */
export function bankMessages(keeper: BankKeeper, addresses: AddressCodec, authority: string): MessageRoute[] {
  const refuseBlocked = (address: Uint8Array, text: string): void => {
    if (keeper.isBlocked(address)) throw sdkErrors.unauthorized(`${text} is not allowed to receive funds`);
  };
  return [
    message({
      typeUrl: MsgSend.typeUrl,
      request: MsgSend,
      response: MsgSendResponse,
      handle(ctx, { fromAddress, toAddress, amount }) {
        const from = decodeNamedAddress(addresses, fromAddress, "from");
        const to = decodeNamedAddress(addresses, toAddress, "to");
        const coins = sendableCoins(amount);
        keeper.assertSendEnabled(ctx, coins);
        refuseBlocked(to, toAddress);
        keeper.sendCoins(ctx, from, to, coins);
        return {};
      },
    }),
    message({
      typeUrl: MsgMultiSend.typeUrl,
      request: MsgMultiSend,
      response: MsgMultiSendResponse,
      handle(ctx, { inputs, outputs }) {
        const [first] = inputs;
        if (first === undefined) throw bankErrors.noInputs();
        if (inputs.length > 1) throw bankErrors.multipleSenders();
        if (outputs.length === 0) throw bankErrors.noOutputs();
        const side = (
          what: string,
          { address, coins }: { address: string; coins: ProtoCoin[] },
        ): CoinsOf => ({
          address: decodeNamedAddress(addresses, address, what),
          coins: sendableCoins(coins),
        });
        const input = side("input", first);
        const targets = outputs.map((output) => side("output", output));
        assertBalanced(input, targets);
        keeper.assertSendEnabled(ctx, input.coins);
        targets.forEach(({ address }, i) => {
          refuseBlocked(address, outputs[i]!.address);
        });
        keeper.inputOutputCoins(ctx, input, targets);
        return {};
      },
    }),
    ...parameterMessages(keeper, authority),
  ];
}

function parameterMessages(keeper: BankKeeper, authority: string): MessageRoute[] {
  return [
    message({
      typeUrl: MsgUpdateParams.typeUrl,
      request: MsgUpdateParams,
      response: MsgUpdateParamsResponse,
      handle(ctx, { authority: sender, params }) {
        assertAuthority(authority, sender);
        if (params.sendEnabled.length > 0)
          throw plainError("use of send_enabled in params is no longer supported");
        keeper.setParams(ctx, params);
        return {};
      },
    }),
    message({
      typeUrl: MsgSetSendEnabled.typeUrl,
      request: MsgSetSendEnabled,
      response: MsgSetSendEnabledResponse,
      handle(ctx, { authority: sender, sendEnabled, useDefaultFor }) {
        assertAuthority(authority, sender);
        const seen = new Set<string>();
        for (const { denom } of sendEnabled) {
          if (seen.has(denom))
            throw sdkErrors.invalidRequest(`duplicate denom entries found for ${JSON.stringify(denom)}`);
          seen.add(denom);
          if (!isDenom(denom))
            throw sdkErrors.invalidRequest(
              `invalid SendEnabled denom ${JSON.stringify(denom)}: invalid denom: ${denom}`,
            );
        }
        for (const denom of useDefaultFor)
          if (!isDenom(denom))
            throw sdkErrors.invalidRequest(
              `invalid UseDefaultFor denom ${JSON.stringify(denom)}: invalid denom: ${denom}`,
            );
        for (const { denom, enabled } of sendEnabled) keeper.setSendEnabled(ctx, denom, enabled);
        for (const denom of useDefaultFor) keeper.deleteSendEnabled(ctx, denom);
        return {};
      },
    }),
  ];
}
