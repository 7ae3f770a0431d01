/** Whole networks: evidence windows, timeouts of relayed packets, failed proposals. */
import { Localnet } from "@tandem-ics/localnet";
import { durationToNs, nsToDuration } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { ProposalStatus, VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";

const EVERYTHING = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };
const MAX_UINT64 = (1n << 64n) - 1n;
const codecs = createAddressCodecs("cosmos");
const authority = codecs.account.encode(moduleAddress("gov"));

let net: Localnet;
beforeAll(async () => {
  net = await Localnet.start({
    checkInvariants: true,
    validators: 3,
    consumers: 1,
    provider: {
      genesis: { gov: { params: { voting_period: "10s", expedited_voting_period: "5s" } } },
    },
  });
}, 120_000);
afterAll(() => net?.stop());

test("[sec-35] ASA-2024-004: evidence of a double sign is taken as long as the stake behind it can be slashed", async () => {
  const { evidence } = net.provider.node.state.consensusParams;
  const { params } = await net.provider.client.query.staking.Params({});
  const unbondingNs = durationToNs(params!.unbondingTime);
  expect(durationToNs(evidence.maxAgeDuration) >= unbondingNs).toBe(true);
  // Evidence is too old only in time and in blocks both; a shorter window of blocks would not matter here.
  expect(evidence.maxAgeNumBlocks * net.topology.blockTimeNs >= unbondingNs).toBe(true);
  expect(nsToDuration(unbondingNs)).toEqual(evidence.maxAgeDuration);
});

test("[sec-38] Hermes' packet-timeout overflow: the latest time there is is a time, and amounts are exact", async () => {
  const consumer = net.consumers[0]!;
  const { channels } = await net.provider.client.query.ibcChannel.Channels({ pagination: EVERYTHING });
  const sender = net.sender("provider", "owner");
  const receiver = net.sender(consumer.name, "owner").address;
  // More digits than a double holds.
  const amount = 9_007_199_254_740_993n;
  const { balance } = await net.provider.client.query.bank.Balance({
    address: sender.address,
    denom: "stake",
  });
  const sent = BigInt(balance!.amount) > amount ? amount : BigInt(balance!.amount) - 1n;
  for (const [timeoutTimestamp, whole] of [
    [MAX_UINT64, sent / 2n],
    [MAX_UINT64 - 1n, 1n],
  ] as const)
    await sender.send([
      {
        typeUrl: MsgTransfer.typeUrl,
        value: MsgTransfer.fromPartial({
          sourcePort: "transfer",
          sourceChannel: channels.find((c) => c.portId === "transfer")!.channelId,
          token: { denom: "stake", amount: whole.toString() },
          sender: sender.address,
          receiver,
          timeoutTimestamp,
        }),
      },
    ]);
  const carried = await net.relay.once();
  expect([carried.packets, carried.timeouts]).toEqual([2, 0]);
  const { balances } = await consumer.client.query.bank.AllBalances({
    address: receiver,
    resolveDenom: false,
  });
  expect(balances.find(({ denom }) => denom.startsWith("ibc/"))?.amount).toBe((sent / 2n + 1n).toString());
}, 60_000);

test("[sec-14] ICS#602: a proposal whose second message fails leaves nothing of the first, and no chain stops", async () => {
  const { client } = net.provider;
  const alice = net.sender("provider", "alice");
  const pool = async () =>
    (await client.query.bank.Balance({ address: authority, denom: "stake" })).balance?.amount ?? "0";
  const pay = (amount: string) => ({
    typeUrl: MsgSend.typeUrl,
    value: MsgSend.encode(
      MsgSend.fromPartial({
        fromAddress: authority,
        toAddress: alice.address,
        amount: [{ denom: "stake", amount }],
      }),
    ).finish(),
  });
  // The deposits that gov holds are more than the first payment, and less than the second.
  await alice.send([
    {
      typeUrl: MsgSubmitProposal.typeUrl,
      value: MsgSubmitProposal.fromPartial({
        messages: [pay("5"), pay("900000000000000000")],
        initialDeposit: [{ denom: "stake", amount: "10000000" }],
        proposer: alice.address,
        title: "t",
        summary: "s",
      }),
    },
  ]);
  for (const name of ["alice", "bob", "carol"]) {
    const voter = net.sender("provider", name);
    await voter.send([
      {
        typeUrl: MsgVote.typeUrl,
        value: MsgVote.fromPartial({
          proposalId: 1n,
          voter: voter.address,
          option: VoteOption.VOTE_OPTION_YES,
        }),
      },
    ]);
  }
  const before = BigInt(await pool());
  expect(before > 5n).toBe(true);
  await net.blocks(15);
  const { proposal } = await client.query.gov.Proposal({ proposalId: 1n });
  expect(proposal!.status).toBe(ProposalStatus.PROPOSAL_STATUS_FAILED);
  // The deposit went back; nothing else moved.
  expect(BigInt(await pool())).toBe(before - 10_000_000n);
}, 60_000);
