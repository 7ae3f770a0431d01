/** A stopped consumer is deleted once its validators' stake could have left, and its channel is closed. */
import { MsgUpdateParams } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { eventually } from "./connect.ts";
import { decide, governance } from "./mixed-governance.ts";
import { eventsFrom, type Step, type World } from "./mixed-world.ts";

/** Time that stake takes to leave, from the next removal on. */
const SHORT_S = 10n;

/** Has stake leave quickly: what is removed from then on is deleted soon. */
export function shortenUnbonding(step: Step, worldOf: () => World): void {
  step("shortens unbonding by governance", async () => {
    const { provider: p } = worldOf();
    const { params } = await (await p.client()).query.staking.Params({});
    const unbondingTime = { seconds: SHORT_S, nanos: 0 };
    await decide(p, {
      typeUrl: MsgUpdateParams.typeUrl,
      value: MsgUpdateParams.fromPartial({
        authority: governance(p),
        params: { ...params!, unbondingTime },
      }),
    });
  });
}

/** Declares the steps. */
export function deletionSteps(step: Step, worldOf: () => World): void {
  step("deletes the stopped consumer, and closes its channel", async () => {
    const { provider: p, consumer: c, consumerId, ccv } = worldOf();
    const [provider, consumer] = [await p.client(), await c.client()];
    const { height } = await provider.status();
    await eventually(provider, "deletion", async () => {
      const { phase } = await provider.query.provider.QueryConsumerChain({ consumerId });
      return phase === "CONSUMER_PHASE_DELETED";
    });
    const { channel } = await provider.query.ibcChannel.Channel({
      portId: "provider",
      channelId: ccv.provider,
    });
    expect(channel?.state).toBe(State.STATE_CLOSED);
    const told = await eventsFrom(provider, height);
    expect(told.filter(({ type }) => type === "channel_close_init")).toHaveLength(1);
    // It goes on with the validators that it has.
    const at = (await consumer.status()).height;
    expect(await consumer.pace.after(at)).toBeGreaterThan(at);
  });
}
