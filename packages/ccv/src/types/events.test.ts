/** Every event of both modules along a consumer's life: types and keys in Go's order, none missing and none besides. */
import { type IbcApp, resultAcknowledgement } from "@tandem-ics/ibc";
import {
  MsgAssignConsumerKey,
  MsgChangeRewardDenoms,
  MsgOptOut,
  MsgSetConsumerCommissionRate,
  MsgSubmitConsumerDoubleVoting,
  MsgSubmitConsumerMisbehaviour,
  nsToTimestamp,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { Dec, type Event, moduleAddress } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import { allocationOf } from "../provider/rewards.ts";
import { duplicateVotes, forkOf, ibcHeader, signerOf, voteOf } from "../testing/consumer-votes.ts";
import { packetTo } from "../testing/fake-ibc.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { createTestConsumer, newConsumerGenesis, PROVIDER_CONNECTION } from "../testing/test-consumer.ts";
import {
  ADDRESSES,
  AUTHORITY,
  accountOf,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
} from "../testing/test-provider.ts";
import { CONSUMER_REWARDS_POOL } from "./constants.ts";
import { encodeHandshakeMetadata } from "./handshake.ts";
import { createRewardMemo } from "./reward-memo.ts";

/** `type: keys in order` of each kind of event seen. */
function collector() {
  const seen = new Set<string>();
  return {
    seen,
    note(events: readonly Event[]): void {
      for (const { type, attributes } of events)
        seen.add(`${type}: ${attributes.map(({ key }) => key).join(" ")}`);
    },
  };
}

const WHO = "module consumer_id consumer_chain_id";

test("[interface-2] the provider tells what Go's tells, with its keys", () => {
  const { seen, note } = collector();
  const chain = createTestProvider({ params: { numberOfEpochsToStartReceivingRewards: 1n } });
  const act = (doing: () => unknown): void => {
    doing();
    note(chain.events);
  };
  const signers = [1, 2, 3].map(signerOf);
  const speaker = (n: number) => ({ chainId: "", providerAddr: operatorOf(n), signer: accountOf(n) });
  const id = chain.create();
  act(() => chain.create({ initializationParameters: chain.initialization() }));
  act(() =>
    chain.update(id, {
      metadata: { name: "n", description: "d", metadata: "m" },
      initializationParameters: chain.initialization({ spawnTime: nsToTimestamp(chain.ctx.timeNs) }),
      powerShapingParameters: PowerShapingParameters.create(),
    }),
  );
  act(() => chain.update(id, {}));
  signers.forEach(({ keyJson: key }, i) => {
    act(() => chain.optIn(id, i + 1, key));
  });
  act(() =>
    chain.deliver(MsgSetConsumerCommissionRate, {
      ...speaker(1),
      consumerId: id,
      rate: "100000000000000000",
    }),
  );
  act(() => chain.nextBlock());
  act(() => chain.openChannel(id));
  act(() => chain.deliver(MsgAssignConsumerKey, { ...speaker(1), consumerId: id, consumerKey: keyJson(60) }));
  const packet = {
    ...packetTo("provider", "channel-0", ""),
    sourcePort: "provider",
    sourceChannel: "channel-0",
  };
  const receive = (data: string) =>
    chain.provider.ibcApp.onRecvPacket(chain.ctx, {
      channelVersion: "1",
      packet: packetTo("provider", "channel-0", data),
      relayer: new Uint8Array(20),
    });
  const slash = JSON.stringify({
    type: "CONSUMER_PACKET_TYPE_SLASH",
    slashPacketData: {
      validator: { address: Buffer.from(testAddress(60)).toString("base64"), power: "5" },
      valset_update_id: "0",
      infraction: "INFRACTION_TYPE_DOWNTIME",
    },
  });
  act(() => receive(slash));
  act(() => receive("x"));
  const answer = (acknowledgement: string) =>
    chain.provider.ibcApp.onAcknowledgementPacket(chain.ctx, {
      channelVersion: "1",
      packet,
      relayer: new Uint8Array(20),
      acknowledgement: Buffer.from(acknowledgement),
    });
  act(() => answer('{"result":"AQ=="}'));
  act(() =>
    chain.deliver(MsgChangeRewardDenoms, {
      denomsToAdd: ["ua1"],
      denomsToRemove: ["ua2"],
      authority: AUTHORITY,
    }),
  );
  act(() =>
    chain.deliver(MsgChangeRewardDenoms, {
      denomsToAdd: ["ua2"],
      denomsToRemove: ["ua1"],
      authority: AUTHORITY,
    }),
  );
  // Only who has been a member for an epoch has a share, which is told.
  for (let i = 0; i < 4; i++) act(() => chain.nextBlock());
  const takesAll = { onRecvPacket: () => resultAcknowledgement(Uint8Array.of(1)) } as unknown as IbcApp;
  act(() =>
    chain.provider.withRewards(takesAll).onRecvPacket(chain.ctx, {
      channelVersion: "ics20-1",
      packet: packetTo(
        "transfer",
        "channel-1",
        JSON.stringify({
          denom: "transfer/channel-7/ua2",
          amount: "100",
          sender: "consumer1x",
          receiver: ADDRESSES.account.encode(moduleAddress(CONSUMER_REWARDS_POOL)),
          memo: createRewardMemo(id, "consumer-1"),
        }),
      ),
      relayer: new Uint8Array(20),
    }),
  );
  expect(allocationOf(chain.ctx, id, "ua2")).toHaveLength(1);
  chain.bank.give(CONSUMER_REWARDS_POOL, [{ denom: "ua2", amount: 100n }]);
  act(() => chain.nextBlock());
  act(() =>
    chain.deliver(
      MsgSubmitConsumerDoubleVoting,
      MsgSubmitConsumerDoubleVoting.create({
        submitter: OWNER,
        consumerId: id,
        duplicateVoteEvidence: duplicateVotes([
          voteOf(signers[1]!, "consumer-1", "a"),
          voteOf(signers[1]!, "consumer-1", "b"),
        ]),
        infractionBlockHeader: ibcHeader({ signers }),
      }),
    ),
  );
  act(() =>
    chain.deliver(
      MsgSubmitConsumerMisbehaviour,
      MsgSubmitConsumerMisbehaviour.create({
        submitter: OWNER,
        consumerId: id,
        misbehaviour: forkOf({ signers }, { signers, changes: { dataHash: new Uint8Array(32).fill(1) } }),
      }),
    ),
  );
  act(() => chain.deliver(MsgOptOut, { ...speaker(3), consumerId: id }));
  act(() => chain.remove(id));
  act(() => answer('{"error":"ABCI code: 1"}'));
  act(() =>
    chain.provider.ibcApp.onTimeoutPacket(chain.ctx, {
      channelVersion: "1",
      packet,
      relayer: new Uint8Array(20),
    }),
  );

  expect([...seen].sort()).toEqual(
    [
      `create_consumer: ${WHO} consumer_name submitter_address consumer_owner consumer_phase`,
      `create_consumer: ${WHO} consumer_name submitter_address consumer_owner consumer_spawn_time consumer_phase`,
      `update_consumer: ${WHO} submitter_address consumer_owner consumer_phase`,
      `update_consumer: ${WHO} submitter_address consumer_name consumer_spawn_time consumer_topn consumer_owner consumer_phase`,
      `update_consumer: ${WHO} reward_denom reward_amount reward_distribution`,
      `remove_consumer: ${WHO} submitter_address`,
      `opt_in: ${WHO} provider_validator_address consumer_consensus_pub_key submitter_address`,
      `assign_consumer_key: ${WHO} provider_validator_address consumer_consensus_pub_key submitter_address`,
      `opt_out: ${WHO} provider_validator_address submitter_address`,
      `set_consumer_commission_rate: ${WHO} provider_validator_address consumer_commission_rate submitter_address`,
      "change_consumer_reward_denom: add_consumer_reward_denom",
      "change_consumer_reward_denom: add_consumer_reward_denom remove_consumer_reward_denom",
      `submit_consumer_misbehaviour: ${WHO} consumer_misbehaviour misbehaviour_client_id misbehaviour_height_1 misbehaviour_height_2 submitter_address`,
      `submit_consumer_double_voting: ${WHO} consumer_double_voting submitter_address`,
      `consumer_client_created: ${WHO} client_id initial_height trusting_period unbonding_period valset_hash`,
      `distributed_ics_rewards: ${WHO} total_rewards distributed_rewards community_pool_rewards`,
      `channel_established: ${WHO} client_id channel_id connection_id`,
      "ccv_packet: module valset_update_id success",
      "ccv_packet: module success error",
      "ccv_packet: module acknowledgement",
      "ccv_packet: success",
      "ccv_packet: error",
      "execute_consumer_chain_slash: module validator_address infraction_type infraction_height valset_update_id",
      "timeout: module",
    ].sort(),
  );
});

test("[interface-2] the consumer tells what Go's tells, with its keys", () => {
  const { seen, note } = collector();
  const chain = createTestConsumer({
    genesis: newConsumerGenesis({}, { blocksPerDistributionTransmission: 1n, rewardDenoms: ["ucons"] }),
  });
  const act = (doing: () => unknown): void => {
    doing();
    note(chain.events);
  };
  chain.openChannel();
  act(() =>
    chain.app.onChanOpenAck(chain.ctx, {
      portId: "consumer",
      channelId: "channel-0",
      counterpartyChannelId: "channel-7",
      counterpartyVersion: encodeHandshakeMetadata("cosmos1pool"),
    }),
  );
  chain.ibc.openChannel("transfer", "channel-1", PROVIDER_CONNECTION, Order.ORDER_UNORDERED);
  act(() => chain.vsc(1n));
  act(() =>
    chain.app.onRecvPacket(chain.ctx, {
      channelVersion: "1",
      packet: packetTo("consumer", "channel-0", "x"),
      relayer: new Uint8Array(20),
    }),
  );
  act(() =>
    chain.view.slashWithInfractionReason(
      chain.ctx,
      testAddress(1),
      0n,
      5n,
      Dec.ZERO,
      Infraction.INFRACTION_DOWNTIME,
    ),
  );
  chain.bank.give("fee_collector", [{ denom: "ucons", amount: 8n }]);
  // Fees are told of at the end of the block, which the test's next block leaves behind.
  act(() => chain.module.endBlock!(chain.ctx));
  act(() => chain.answer(Uint8Array.of(2)));
  act(() => chain.answer('{"error":"ABCI code: 1"}'));
  act(() =>
    chain.app.onTimeoutPacket(chain.ctx, {
      channelVersion: "1",
      packet: packetTo("provider", "channel-7", ""),
      relayer: new Uint8Array(),
    }),
  );
  expect([...seen].sort()).toEqual(
    [
      "fee_transfer_channel_opened: module channel_id port_id",
      "channel_established: module channel_id port_id",
      "ccv_packet: module valset_update_id success",
      "ccv_packet: module valset_update_id success error",
      "consumer_slash_request: module validator_address valset_update_id infraction_type",
      "fee_distribution: module current_distribution_height next_distribution_height distribution_fraction total provider_amount",
      "ccv_packet: module acknowledgement",
      "ccv_packet: success",
      "ccv_packet: error",
      "timeout: module",
    ].sort(),
  );
});
