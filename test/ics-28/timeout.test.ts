/** A VSC packet that nobody takes in time, between real chains. */
import { Localnet } from "@tandem-ics/localnet";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";

const DAY_NS = 86_400n * 1_000_000_000n;
let net: Localnet;
beforeAll(async () => {
  net = await Localnet.start({ checkInvariants: true, validators: 3, consumers: 1 });
}, 60_000);
afterAll(() => net?.stop());

test("[life-20] stops the consumer, which is deleted after the unbonding time and never comes back", async () => {
  const consumer = net.consumers[0]!;
  const query = net.provider.client.query.provider;
  const phase = async () => (await query.QueryConsumerChain({ consumerId: "0" })).phase;
  const set = consumer.node.state.validators.validators.length;
  await net.stake.delegate("alice", "2000000stake");
  await net.epochEnd();
  await net.clock.advance(29n * DAY_NS);
  expect(await phase()).toBe("CONSUMER_PHASE_LAUNCHED");
  const { timeouts } = await net.relay.once();
  expect(timeouts).toBe(1);
  expect(await phase()).toBe("CONSUMER_PHASE_STOPPED");
  const { channel } = await net.provider.client.query.ibcChannel.Channel({
    portId: "provider",
    channelId: "channel-0",
  });
  // Core IBC closes an ordered channel whose packet timed out.
  expect(channel!.state).toBe(State.STATE_CLOSED);
  const { height } = consumer.node;
  await net.blocks(3);
  expect(consumer.node.height).toBeGreaterThanOrEqual(height + 3n);
  expect(consumer.node.state.validators.validators).toHaveLength(set);
  await net.clock.advance(22n * DAY_NS);
  await net.blocks(2);
  expect(await phase()).toBe("CONSUMER_PHASE_DELETED");
}, 120_000);
