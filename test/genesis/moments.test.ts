/**
 * Export and import at every moment of a consumer's life, on both chains: the chain that is made of an export goes on as
 * the old one did, block by block, and ends with the same rows.
 */

import { Localnet } from "@tandem-ics/localnet";
import { encodeAny, nsToTimestamp } from "@tandem-ics/proto";
import { moduleAddress } from "@tandem-ics/runtime";
import { actorsOf, cosmos, initialization, message, PROVIDER, SECOND, stake } from "./messages.ts";
import { type RecordedChain, recordChain } from "./recorded-chain.ts";

jest.setTimeout(300_000);

const voucher = (hash: string): string => `ibc/${hash}`;

describe("a chain made of an export goes on as the old one", () => {
  let net: Localnet;
  let provider: RecordedChain;
  let consumer: RecordedChain;

  let actors: ReturnType<typeof actorsOf>;
  const both = (label: string): void => {
    provider.take(label);
    consumer.take(label);
  };

  beforeAll(async () => {
    net = await Localnet.start({
      checkInvariants: true,
      validators: 5,
      consumers: 1,
      provider: {
        signedBlocksWindow: 10,
        blocksPerEpoch: 3,
        slashMeterReplenishFraction: "0.01",
        slashMeterReplenishPeriod: "1h",
        unbondingPeriod: "10m",
        genesis: { gov: { params: { voting_period: "20s", expedited_voting_period: "10s" } } },
      },
    });
    provider = recordChain(net.provider, "provider");
    consumer = recordChain(net.chain("consumer-0"), "consumer");
    actors = actorsOf(net);
  }, 60_000);
  afterAll(() => net?.stop());

  test("through a consumer's life", async () => {
    const { account, operator, own, send, create, optIn, punish } = actors;
    both("running");

    // consumers before their launch
    const { timeNs } = await net.provider.client.status();
    await send(
      "provider",
      "owner",
      create("registered-1", undefined),
      create("waiting-1", timeNs + 3600n * SECOND),
    );
    await send("provider", "alice", optIn("alice", "1"), optIn("alice", "2"));
    await send(
      "provider",
      "bob",
      optIn("bob", "2"),
      message(`${PROVIDER}.MsgSetConsumerCommissionRate`, {
        providerAddr: operator("bob"),
        signer: account("bob"),
        consumerId: "2",
        rate: "300000000000000000",
      }),
    );
    provider.take("registered and initialized");

    // launched without a channel; packets queue
    await send("provider", "owner", create("silent-1", timeNs));
    await send("provider", "alice", optIn("alice", "3"));
    await send(
      "provider",
      "owner",
      message(`${PROVIDER}.MsgUpdateConsumer`, {
        owner: account("owner"),
        consumerId: "3",
        initializationParameters: initialization((await net.provider.client.status()).timeNs),
      }),
    );
    await net.blocks(2);
    provider.take("launched without a channel");
    await net.stake.delegate("alice", "5000000stake");
    provider.take("a change waits for the epoch's end");
    await net.epochEnd();
    both("packets queue and are under way");
    await net.relay.once();
    both("a packet came");

    // keys, opt-outs, parameters that wait
    await net.validator.assignKey("bob", "consumer-0");
    await net.epochEnd();
    await net.relay.once();
    await net.validator.assignKey("bob", "consumer-0");
    both("a key waits to be forgotten");
    await send(
      "provider",
      "owner",
      punish("0", "10000000000000000"),
      message(`${PROVIDER}.MsgUpdateConsumer`, {
        owner: account("owner"),
        consumerId: "0",
        allowlistedRewardDenoms: {
          denoms: [voucher("27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2")],
        },
      }),
    );
    provider.take("infraction parameters wait");

    // stake on its way
    await net.stake.undelegate("alice", "1000000stake");
    await net.stake.redelegate("alice", "bob", "1000000stake");
    provider.take("unbonding and redelegating");

    // governance in the middle of it, grants, fees
    const authority = cosmos.account.encode(moduleAddress("gov"));
    await send(
      "provider",
      "owner",
      message("/cosmos.gov.v1.MsgSubmitProposal", {
        messages: [
          encodeAny("/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade", {
            authority,
            plan: { name: "later", height: 1_000_000n, info: "" },
          }),
          encodeAny(`${PROVIDER}.MsgChangeRewardDenoms`, {
            authority,
            denomsToAdd: [voucher("C4CFF46FD6DE35CA4CF4CE031E643C8FDC9BA4B99AE598E9B0ED98FE3A2319F9")],
            denomsToRemove: [],
          }),
        ],
        initialDeposit: [stake(10_000_000n)],
        proposer: account("owner"),
        title: "t",
        summary: "s",
      }),
      message("/cosmos.gov.v1.MsgSubmitProposal", {
        messages: [],
        metadata: "on the record",
        initialDeposit: [stake(1_000_000n)],
        proposer: account("owner"),
        title: "poor",
        summary: "s",
      }),
    );
    await send(
      "provider",
      "alice",
      message("/cosmos.gov.v1.MsgVote", { proposalId: 1n, voter: account("alice"), option: 1 }),
    );
    provider.take("a vote is on");
    await net.blocks(25);
    provider.take("an upgrade is planned");
    await send(
      "consumer-0",
      "owner",
      message("/cosmos.authz.v1beta1.MsgGrant", {
        granter: own("owner"),
        grantee: own("bob"),
        grant: {
          authorization: encodeAny("/cosmos.authz.v1beta1.GenericAuthorization", {
            msg: "/cosmos.bank.v1beta1.MsgSend",
          }),
          expiration: nsToTimestamp((await net.provider.client.status()).timeNs + 500n * SECOND),
        },
      }),
      message("/cosmos.feegrant.v1beta1.MsgGrantAllowance", {
        granter: own("owner"),
        grantee: own("bob"),
        allowance: encodeAny("/cosmos.feegrant.v1beta1.BasicAllowance", {
          spendLimit: [stake(1_000n)],
          expiration: nsToTimestamp((await net.provider.client.status()).timeNs + 400n * SECOND),
        }),
      }),
    );
    consumer.take("grants");

    // downtime of two: the second is throttled
    await net.fault.down("erin", { chain: "consumer-0" });
    await net.fault.down("dave", { chain: "consumer-0" });
    await net.blocks(16);
    both("slash packets wait");
    await net.relay.once();
    both("a slash packet is under way");
    await net.blocks(1);
    await net.relay.once();
    both("a slash packet was handled");
    await net.blocks(1);
    await net.relay.once();
    both("a slash packet was bounced");
    await net.fault.heal();

    // rewards
    const { channels } = await net.chain("consumer-0").client.query.ibcChannel.Channels({
      pagination: { key: new Uint8Array(), offset: 0n, limit: 10n, countTotal: false, reverse: false },
    });
    const transfer = channels.find(({ portId }) => portId === "transfer")!;
    await send(
      "consumer-0",
      "owner",
      message("/ibc.applications.transfer.v1.MsgTransfer", {
        sourcePort: "transfer",
        sourceChannel: transfer.channelId,
        token: stake(1_000_000n),
        sender: own("owner"),
        receiver: cosmos.account.encode(moduleAddress("consumer_rewards_pool")),
        timeoutTimestamp: (await net.provider.client.status()).timeNs + 3600n * SECOND,
        memo: JSON.stringify({ provider: { consumerId: "0", chainId: "consumer-0", memo: "ICS rewards" } }),
      }),
    );
    both("rewards are under way");
    await net.relay.once();
    both("rewards are pending");

    // double sign, then the end
    const { evidence } = await net.fault.doubleSign("bob", "consumer-0");
    await net.evidence.submitDoubleSign("consumer-0", evidence);
    both("tombstoned");
    await net.epochEnd();
    await net.relay.once();
    both("gone from the set");
    await net.consumer.remove("consumer-0");
    both("stopped");
    await net.clock.advance(700n * SECOND);
    both("deleted");
    await net.blocks(4);
    const phase = (await net.provider.client.query.provider.QueryConsumerChain({ consumerId: "0" })).phase;
    expect(phase).toBe("CONSUMER_PHASE_DELETED");
    expect(provider.moments.length).toBeGreaterThan(20);
  });

  test("on the provider", () => {
    expect(provider.differences(6)).toEqual([]);
  });

  test("on the consumer", () => {
    expect(consumer.differences(6)).toEqual([]);
  });
});
