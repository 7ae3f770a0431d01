/** What only governance may do on a chain: proposals that the validators vote through. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { createRegistry } from "@tandem-ics/client";
import { durationToNs, nsToDuration, timestampToNs } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { type Params, ProposalStatus, VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgUpdateParams, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import type { Chain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { firstVotingPeriod, lastingVotingPeriod } from "./voting-period.ts";
import { providerOf, senderOf, type World } from "./world.ts";

/** Longest vote that somebody waits for who creates a consumer. */
const PATIENCE_NS = 600_000_000_000n;

/** The account of governance. */
export const governanceAddress = (world: World): string =>
  createAddressCodecs(providerOf(world).bech32Prefix).account.encode(moduleAddress("gov"));

/** Time of a vote, in ns. */
export const votingNsOf = (params: Params | undefined): bigint =>
  durationToNs(params?.votingPeriod ?? nsToDuration(0n));

/** Parameters of governance with the topology's voting period, as a message of its own; none when it is so already. */
async function votingPeriodMessage(world: World): Promise<EncodeObject[]> {
  const { params } = await providerOf(world).client.query.gov.Params({ paramsType: "" });
  const votingPeriod = lastingVotingPeriod(world.topology);
  const first = firstVotingPeriod(world.topology);
  // Another one than genesis began with was somebody's choice.
  if (params === undefined || votingPeriod === first || votingNsOf(params) !== first) return [];
  const changed = {
    ...params,
    votingPeriod: nsToDuration(votingPeriod),
    expeditedVotingPeriod: nsToDuration(votingPeriod / 2n),
  };
  const authority = governanceAddress(world);
  return [
    { typeUrl: MsgUpdateParams.typeUrl, value: MsgUpdateParams.fromPartial({ authority, params: changed }) },
  ];
}

/** Waits until the chain's last block has the time `timeNs` or a later one. */
async function untilTime(world: World, { client }: Chain, timeNs: bigint): Promise<void> {
  for (let status = await client.status(); status.timeNs < timeNs; status = await client.status()) {
    const left = timeNs - world.clock.nowNs();
    // While a network is launched, blocks come as soon as somebody waits for one.
    if (world.launching && world.manualClock === undefined && left > 0n)
      await new Promise((resolve) => setTimeout(resolve, Number(left / 1_000_000n) + 1));
    await client.pace.after(status.height);
  }
}

/** Validators with more than two thirds of the stake that is bonded in the beginning, largest first. */
function majority(world: World): string[] {
  const { validators } = world.topology;
  const voting = validators.filter(({ jailed }) => !jailed).sort((a, b) => (a.stake < b.stake ? 1 : -1));
  const total = voting.reduce((sum, { stake }) => sum + stake, 0n);
  let sum = 0n;
  return voting.flatMap(({ name, stake }) => {
    if (3n * sum > 2n * total) return [];
    sum += stake;
    return [name];
  });
}

/** Whose governance decides, by whom it is asked, and who votes for it. */
export interface Council {
  readonly chain: Chain;
  readonly proposer: string;
  readonly voters: readonly string[];
}

/** Parameters of a chain's governance. Throws `bad-request` when its vote takes longer than anybody waits; `hint` says what to do. */
export async function patientParams({ client }: Chain, hint: string): Promise<Params | undefined> {
  const { params } = await client.query.gov.Params({ paramsType: "" });
  if (votingNsOf(params) > PATIENCE_NS)
    throw new LocalnetError("bad-request", "governance must decide this, and its vote takes too long", {
      hint,
    });
  return params;
}

/**
 * Proposes `messages`, which the provider's governance is to send, has the largest validators vote for them, and waits
 * until they are executed. Throws `launch-failed` when they are not, `bad-request` when the vote would take too long.
 */
export async function passProposal(
  world: World,
  proposer: string,
  title: string,
  messages: readonly EncodeObject[],
): Promise<void> {
  const chain = providerOf(world);
  const params = await patientParams(chain, "set provider.votingPeriod in the topology");
  const all = [...messages, ...(await votingPeriodMessage(world))];
  await carryProposal(world, { chain, proposer, voters: majority(world) }, params, title, all);
}

/** Proposes `messages`, has them voted through, and waits until they are executed. Throws `launch-failed`. */
export async function carryProposal(
  world: World,
  { chain, proposer, voters }: Council,
  params: Params | undefined,
  title: string,
  messages: readonly EncodeObject[],
): Promise<void> {
  const { client } = chain;
  const sender = senderOf(world, chain, proposer);
  const registry = createRegistry();
  const { events } = await sender.send([
    {
      typeUrl: MsgSubmitProposal.typeUrl,
      value: MsgSubmitProposal.fromPartial({
        messages: messages.map((message) => registry.encodeAsAny(message)),
        initialDeposit: params?.minDeposit ?? [],
        proposer: sender.address,
        title,
        summary: title,
      }),
    },
  ]);
  const proposalId = BigInt(
    events.flatMap(({ attributes }) => attributes).find(({ key }) => key === "proposal_id")?.value ?? 0,
  );
  const votes = await Promise.all(
    voters.map(async (name) => {
      const voter = senderOf(world, chain, name);
      const value = MsgVote.fromPartial({
        proposalId,
        voter: voter.address,
        option: VoteOption.VOTE_OPTION_YES,
      });
      return { voter, hash: await voter.submit([{ typeUrl: MsgVote.typeUrl, value }]) };
    }),
  );
  for (const { voter, hash } of votes) await voter.settle(hash);
  world.progress(`waiting for governance: ${title}`);
  const open = await client.query.gov.Proposal({ proposalId });
  const end = open.proposal?.votingEndTime;
  if (end !== undefined) await untilTime(world, chain, timestampToNs(end));
  const { proposal } = await client.query.gov.Proposal({ proposalId });
  if (proposal?.status !== ProposalStatus.PROPOSAL_STATUS_PASSED)
    throw new LocalnetError(
      "launch-failed",
      `governance did not carry "${title}": ${proposal?.failedReason || "too few voted for it"}`,
    );
}
