/** Fees on the consumer become rewards on the provider: sent by ICS-20, shared out among validators, drawn by a delegator. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { QueryClient, setupDistributionExtension } from "@cosmjs/stargate";
import { createTxSender } from "@tandem-ics/client";
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { MsgUpdateConsumer } from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgWithdrawDelegatorReward } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { accountOf, walletOf } from "./accounts.ts";
import { eventually } from "./connect.ts";
import {
  attribute,
  eventsFrom,
  operatorOf,
  PROVIDER_TYPE,
  STAKE,
  type Step,
  send,
  type World,
} from "./mixed-world.ts";

/** What one transaction pays on the consumer. */
const FEE = 1_000_000n;
/** What of it goes to the provider: the consumer keeps 0.75. */
const SENT = 250_000n;
const GAS = 300_000n;
const VALIDATORS = ["alice", "bob", "carol"] as const;

/** Pays a fee on the consumer. */
async function payFee({ consumer: c }: World): Promise<bigint> {
  const { chainId, rpc, comet, pace } = await c.client();
  const { address, mnemonic } = await accountOf("owner", c.prefix);
  const sender = createTxSender({
    ...{ chainId, rpc, comet, pace, address, signer: await walletOf(mnemonic, c.prefix) },
    gas: { kind: "fixed", limit: GAS },
    fee: [{ denom: STAKE, amount: FEE.toString() }],
  });
  const payment: EncodeObject = {
    typeUrl: MsgSend.typeUrl,
    value: MsgSend.fromPartial({
      fromAddress: address,
      toAddress: (await c.sender("user")).address,
      amount: [{ denom: STAKE, amount: "1" }],
    }),
  };
  return (await sender.send([payment])).height;
}

/** Declares the steps. */
export function rewardSteps(step: Step, worldOf: () => World): void {
  step("shares a consumer's rewards out among its validators", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, consumerId, transfer } = world;
    const [provider, consumer] = [await p.client(), await c.client()];
    const denom = `ibc/${toHexUpper(sha256(utf8(`transfer/${transfer.provider}/${STAKE}`)))}`;
    const owner = (await p.sender("owner")).address;
    await send(p, "owner", {
      typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
      value: MsgUpdateConsumer.fromPartial({
        owner,
        consumerId,
        allowlistedRewardDenoms: { denoms: [denom] },
      }),
    });
    const { height: fromProvider } = await provider.status();
    const paid = await payFee(world);
    const { distribution } = QueryClient.withExtensions(provider.comet, setupDistributionExtension);
    /** Of all validators, before a delegator or commission is served. */
    const outstanding = async (): Promise<Dec> => {
      let sum = Dec.ZERO;
      for (const name of VALIDATORS) {
        const validatorAddress = await operatorOf(p, name);
        const { rewards } = await distribution.validatorOutstandingRewards(validatorAddress);
        const held = rewards.rewards.find((r) => r.denom === denom);
        if (held !== undefined) sum = sum.add(Dec.fromWire(held.amount));
      }
      return sum;
    };
    // Two of a hundred go to the community; shares are cut at the eighteenth digit.
    const least = Dec.fromInt((SENT * 98n) / 100n - 1n);
    await eventually(provider, "rewards of the consumer", async () => {
      world.relay.check();
      return (await outstanding()).gte(least);
    });
    expect((await outstanding()).lte(Dec.fromInt((SENT * 98n) / 100n))).toBe(true);

    const sentOn = await eventsFrom(consumer, paid);
    const distributions = sentOn.filter(({ type }) => type === "fee_distribution");
    expect(distributions.length).toBeGreaterThan(0);
    const told = await eventsFrom(provider, fromProvider);
    const received = told.filter(
      ({ type, attributes }) =>
        type === "fungible_token_packet" &&
        attributes.some((a) => a.key === "amount" && a.value === `${SENT}`),
    );
    expect(received.map((event) => attribute([event], "fungible_token_packet", "success"))).toEqual(["true"]);
  });

  step("pays a delegator in the consumer's coins", async () => {
    const { provider: p, transfer } = worldOf();
    const provider = await p.client();
    const denom = `ibc/${toHexUpper(sha256(utf8(`transfer/${transfer.provider}/${STAKE}`)))}`;
    const { address } = await p.sender("user");
    const held = async (): Promise<bigint> =>
      BigInt((await provider.query.bank.Balance({ address, denom })).balance?.amount ?? "0");
    const before = await held();
    const { events } = await send(p, "user", {
      typeUrl: MsgWithdrawDelegatorReward.typeUrl,
      value: MsgWithdrawDelegatorReward.fromPartial({
        delegatorAddress: address,
        validatorAddress: await operatorOf(p, "bob"),
      }),
    });
    const after = await held();
    expect(after).toBeGreaterThan(before);
    expect(attribute(events, "withdraw_rewards", "amount")).toContain(`${after - before}${denom}`);
  });
}
