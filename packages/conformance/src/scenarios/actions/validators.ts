/** What validators do: opt in and out, assign keys, set commissions, leave jail, stand as representatives. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { toBase64 } from "@tandem-ics/crypto";
import { MsgAssignConsumerKey, MsgOptIn, MsgOptOut, MsgSetConsumerCommissionRate } from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { ActionFields } from "../action-fields.ts";
import { DENOM } from "../chain-genesis.ts";
import type { ScenarioNetwork } from "../network.ts";
import {
  accountOn,
  type Expectation,
  operatorOn,
  PROVIDER_TYPE,
  send,
  sendExpecting,
} from "./transactions.ts";

/** Jail times of the recorded networks are a minute. */
const JAIL_WAIT_NS = 65_000_000_000n;

interface OnConsumer {
  readonly Chain: string;
  readonly Validator: string;
  readonly ConsumerID?: string;
  readonly ExpectError: boolean;
  readonly ExpectedError: string;
}

const expectationOf = ({ ExpectError, ExpectedError }: OnConsumer): Expectation => ({
  refused: ExpectError,
  text: ExpectedError,
});

/** Sends the message of a validator about a consumer. Whether it was accepted. */
async function tellProvider(
  net: ScenarioNetwork,
  fields: OnConsumer,
  build: (ids: { providerAddr: string; signer: string; consumerId: string }) => EncodeObject,
): Promise<boolean> {
  const provider = net.provider();
  const { Validator, ConsumerID = "" } = fields;
  const message = build({
    providerAddr: operatorOn(net, provider, Validator),
    signer: accountOn(net, provider, Validator),
    consumerId: ConsumerID === "" ? net.consumerId(fields.Chain) : ConsumerID,
  });
  return (await sendExpecting(net, provider, Validator, [message], expectationOf(fields))) !== undefined;
}

/** `OptIn`. */
export const optIn = (net: ScenarioNetwork, fields: ActionFields<"OptIn">): Promise<unknown> =>
  tellProvider(net, fields, (ids) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptIn`,
    value: MsgOptIn.fromPartial(ids),
  }));

/** `OptOut`. */
export const optOut = (net: ScenarioNetwork, fields: ActionFields<"OptOut">): Promise<unknown> =>
  tellProvider(net, fields, (ids) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptOut`,
    value: MsgOptOut.fromPartial(ids),
  }));

/** `SetConsumerCommissionRate`. */
export const setCommissionRate = (
  net: ScenarioNetwork,
  fields: ActionFields<"SetConsumerCommissionRate">,
): Promise<unknown> =>
  tellProvider(net, fields, (ids) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgSetConsumerCommissionRate`,
    // Six decimals, as the Go command of the recorded runs was given.
    value: MsgSetConsumerCommissionRate.fromPartial({
      ...ids,
      rate: Dec.parse(fields.CommissionRate.toFixed(6)).toWire(),
    }),
  }));

/** `AssignConsumerPubKey`: our own key in place of the one that the file writes. */
export async function assignKey(
  net: ScenarioNetwork,
  fields: ActionFields<"AssignConsumerPubKey">,
): Promise<void> {
  const { Chain, Validator, ConsumerPubkey, ReconfigureNode } = fields;
  const key = net.cast.assignableKey(ConsumerPubkey);
  const accepted = await tellProvider(net, fields, (ids) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgAssignConsumerKey`,
    value: MsgAssignConsumerKey.fromPartial({
      ...ids,
      consumerKey: `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(key.pubKey)}"}`,
    }),
  }));
  if (accepted) {
    const byValidator = net.assigned.get(Chain) ?? new Map();
    net.assigned.set(Chain, byValidator.set(Validator, [...(byValidator.get(Validator) ?? []), key]));
  }
  const consumer = net.running.get(Chain);
  if (!ReconfigureNode || consumer === undefined) return;
  consumer.nodeKeys.set(Validator, [key.seed, ...(consumer.nodeKeys.get(Validator) ?? [])]);
  consumer.chain.engine.addKey(Validator, key.seed);
}

/** `UnjailValidator`: once its jail time is over. */
export async function unjail(
  net: ScenarioNetwork,
  { Provider, Validator }: ActionFields<"UnjailValidator">,
): Promise<void> {
  const provider = net.chain(Provider);
  await net.wait(JAIL_WAIT_NS);
  await send(net, provider, Validator, [
    {
      typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
      value: MsgUnjail.fromPartial({ validatorAddr: operatorOn(net, provider, Validator) }),
    },
  ]);
}

/** `RegisterRepresentative`: validators of a democracy consumer's own staking, which make no blocks. */
export async function registerRepresentatives(
  net: ScenarioNetwork,
  { Chain, Representatives, Stakes }: ActionFields<"RegisterRepresentative">,
): Promise<void> {
  const chain = net.chain(Chain);
  for (const [i, name] of Representatives.entries()) {
    const [key] = chain.nodeKeys.get(name) ?? [];
    const { pubKey } = net.cast.keyOfSeed(key ?? net.cast.member(name).consensus.seed);
    const value = MsgCreateValidator.fromPartial({
      description: { moniker: name, identity: "", website: "", securityContact: "", details: "" },
      commission: {
        rate: Dec.parse("0.1").toWire(),
        maxRate: Dec.parse("0.2").toWire(),
        maxChangeRate: Dec.parse("0.01").toWire(),
      },
      minSelfDelegation: "1",
      delegatorAddress: accountOn(net, chain, name),
      validatorAddress: operatorOn(net, chain, name),
      pubkey: {
        typeUrl: "/cosmos.crypto.ed25519.PubKey",
        value: Ed25519PubKey.encode({ key: pubKey }).finish(),
      },
      value: { denom: DENOM, amount: Stakes[i]!.toString() },
    });
    await send(net, chain, name, [{ typeUrl: "/cosmos.staking.v1beta1.MsgCreateValidator", value }]);
  }
}
