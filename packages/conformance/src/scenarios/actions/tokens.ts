/** Stake and coins. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { decodeBech32 } from "@tandem-ics/runtime";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgDelegate,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import type { ActionFields } from "../action-fields.ts";
import { DENOM } from "../chain-genesis.ts";
import { stepFailed } from "../errors.ts";
import type { ScenarioNetwork } from "../network.ts";
import { accountOn, operatorOn, send, sendExpecting } from "./transactions.ts";

const coin = (amount: bigint) => ({ denom: DENOM, amount: amount.toString() });
/** What the Go command sets. */
const TRANSFER_TIMEOUT_NS = 600n * 1_000_000_000n;

/** `DelegateTokens`. */
export async function delegate(
  net: ScenarioNetwork,
  { Chain, From, To, Amount }: ActionFields<"DelegateTokens">,
): Promise<void> {
  const chain = net.chain(Chain);
  const value = MsgDelegate.fromPartial({
    delegatorAddress: accountOn(net, chain, From),
    validatorAddress: operatorOn(net, chain, To),
    amount: coin(Amount),
  });
  await send(net, chain, From, [{ typeUrl: "/cosmos.staking.v1beta1.MsgDelegate", value }]);
}

/** `UnbondTokens`. */
export async function unbond(
  net: ScenarioNetwork,
  { Chain, Sender, UnbondFrom, Amount }: ActionFields<"UnbondTokens">,
): Promise<void> {
  const chain = net.chain(Chain);
  const value = MsgUndelegate.fromPartial({
    delegatorAddress: accountOn(net, chain, Sender),
    validatorAddress: operatorOn(net, chain, UnbondFrom),
    amount: coin(Amount),
  });
  await send(net, chain, Sender, [{ typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate", value }]);
}

/** `CancelUnbondTokens`: of the oldest unbonding of that pair. */
export async function cancelUnbond(
  net: ScenarioNetwork,
  { Chain, Delegator, Validator, Amount }: ActionFields<"CancelUnbondTokens">,
): Promise<void> {
  const chain = net.chain(Chain);
  const delegatorAddress = accountOn(net, chain, Delegator);
  const validatorAddress = operatorOn(net, chain, Validator);
  const { unbond: found } = await chain.chain.client.query.staking.UnbondingDelegation({
    delegatorAddr: delegatorAddress,
    validatorAddr: validatorAddress,
  });
  const [oldest] = found?.entries ?? [];
  if (oldest === undefined) throw stepFailed(`${Delegator} has nothing that unbonds from ${Validator}`);
  const value = MsgCancelUnbondingDelegation.fromPartial({
    delegatorAddress,
    validatorAddress,
    amount: coin(Amount),
    creationHeight: oldest.creationHeight,
  });
  await send(net, chain, Delegator, [
    { typeUrl: "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation", value },
  ]);
}

/** `RedelegateTokens`. */
export async function redelegate(
  net: ScenarioNetwork,
  { Chain, Src, Dst, TxSender, Amount }: ActionFields<"RedelegateTokens">,
): Promise<void> {
  const chain = net.chain(Chain);
  const value = MsgBeginRedelegate.fromPartial({
    delegatorAddress: accountOn(net, chain, TxSender),
    validatorSrcAddress: operatorOn(net, chain, Src),
    validatorDstAddress: operatorOn(net, chain, Dst),
    amount: coin(Amount),
  });
  await send(net, chain, TxSender, [{ typeUrl: "/cosmos.staking.v1beta1.MsgBeginRedelegate", value }]);
}

const refusal = (fields: { ExpectErr: boolean; ExpectError: boolean; ExpectedError: string }) => ({
  refused: fields.ExpectErr || fields.ExpectError,
  text: fields.ExpectedError,
});

/** `SendTokens`. */
export async function sendTokens(net: ScenarioNetwork, fields: ActionFields<"SendTokens">): Promise<void> {
  const { Chain, From, To, Amount } = fields;
  const chain = net.chain(Chain);
  const value = MsgSend.fromPartial({
    fromAddress: accountOn(net, chain, From),
    toAddress: accountOn(net, chain, To),
    amount: [coin(Amount)],
  });
  const message: EncodeObject = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
  await sendExpecting(net, chain, From, [message], refusal(fields));
}

/** `TransferIbcToken`. */
export async function transfer(
  net: ScenarioNetwork,
  fields: ActionFields<"TransferIbcToken">,
): Promise<void> {
  const { Chain, From, DstAddr, Amount, Channel, Memo } = fields;
  const chain = net.chain(Chain);
  const { timeNs } = await chain.chain.client.status();
  // The receiver lives on another chain, under that chain's prefix; a validator's name means its account on the provider.
  const prefix = decodeBech32(DstAddr)?.prefix ?? net.provider().spec.prefix;
  const receiver = net.cast.accountAddress(DstAddr, prefix);
  const value = MsgTransfer.fromPartial({
    sourcePort: "transfer",
    sourceChannel: `channel-${Channel}`,
    token: coin(Amount),
    sender: accountOn(net, chain, From),
    receiver,
    timeoutTimestamp: timeNs + TRANSFER_TIMEOUT_NS,
    memo: Memo,
  });
  const message: EncodeObject = { typeUrl: "/ibc.applications.transfer.v1.MsgTransfer", value };
  await sendExpecting(net, chain, From, [message], refusal(fields));
}
