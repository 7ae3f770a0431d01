/** Governance: proposals and votes on them. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  encodeAny,
  MsgChangeRewardDenoms,
  MsgRemoveConsumer,
  MsgUpdateConsumer,
  TransferMsgUpdateParams,
} from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import type { ActionFields } from "../action-fields.ts";
import { DENOM } from "../chain-genesis.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";
import { checkNew, registered } from "./chains.ts";
import {
  consumerMetadata,
  createConsumer,
  initializationParameters,
  powerShapingParameters,
  updateConsumer,
} from "./consumer-messages.ts";
import { accountOn, eventValue, send } from "./transactions.ts";

/** Account of governance on a chain. */
const authorityOn = ({ spec }: RunningChain): string =>
  createAddressCodecs(spec.prefix).account.encode(moduleAddress("gov"));

interface Proposal {
  readonly title: string;
  readonly deposit: bigint;
  readonly message: { readonly typeUrl: string; readonly value: Uint8Array };
}

/** Sends a proposal with one message of governance's. */
async function propose(
  net: ScenarioNetwork,
  chain: RunningChain,
  from: string,
  { title, deposit, message }: Proposal,
): Promise<void> {
  const value = MsgSubmitProposal.fromPartial({
    messages: [message],
    initialDeposit: [{ denom: DENOM, amount: deposit.toString() }],
    proposer: accountOn(net, chain, from),
    metadata: "ipfs://CID",
    title,
    summary: `${title}: summary`,
    expedited: false,
  });
  await send(net, chain, from, [{ typeUrl: "/cosmos.gov.v1.MsgSubmitProposal", value }]);
}

/** `SubmitConsumerAdditionProposal`: a consumer is made and handed over to governance, which is then asked to set it up. */
export async function proposeAddition(
  net: ScenarioNetwork,
  fields: ActionFields<"SubmitConsumerAdditionProposal">,
): Promise<void> {
  const { Chain, From, ConsumerChain, Deposit } = fields;
  checkNew(net, ConsumerChain);
  const provider = net.chain(Chain);
  const owner = accountOn(net, provider, From);
  const authority = authorityOn(provider);
  const metadata = consumerMetadata(`chain ${ConsumerChain}`);
  const initial = initializationParameters(net, fields);
  const created = await send(net, provider, From, [
    createConsumer({
      submitter: owner,
      chainId: net.scenario.chains.get(ConsumerChain)!.chainId,
      metadata,
      initializationParameters: initial,
    }),
  ]);
  const consumerId = eventValue(created, "create_consumer", "consumer_id");
  registered(net, ConsumerChain, consumerId);
  // Only governance may own a top-N chain: until it does, nobody has to validate.
  const shaping = powerShapingParameters(net, fields);
  const handOver: EncodeObject = updateConsumer({
    owner,
    consumerId,
    newOwnerAddress: authority,
    powerShapingParameters: { ...shaping, topN: 0 },
  });
  await send(net, provider, From, [handOver]);
  const update = MsgUpdateConsumer.fromPartial({
    owner: authority,
    consumerId,
    metadata,
    initializationParameters: initial,
    powerShapingParameters: shaping,
  });
  await propose(net, provider, From, {
    title: "Propose the addition of a new chain",
    deposit: Deposit,
    message: encodeAny(MsgUpdateConsumer.typeUrl, update),
  });
}

/** `SubmitConsumerModificationProposal`. */
export async function proposeModification(
  net: ScenarioNetwork,
  fields: ActionFields<"SubmitConsumerModificationProposal">,
): Promise<void> {
  const { Chain, From, ConsumerChain, Deposit, NewOwner } = fields;
  const provider = net.chain(Chain);
  const update = MsgUpdateConsumer.fromPartial({
    owner: authorityOn(provider),
    consumerId: net.consumerId(ConsumerChain),
    newOwnerAddress: NewOwner === "" ? "" : net.cast.accountAddress(NewOwner, provider.spec.prefix),
    powerShapingParameters: powerShapingParameters(net, fields),
  });
  await propose(net, provider, From, {
    title: "Propose the modification of a chain",
    deposit: Deposit,
    message: encodeAny(MsgUpdateConsumer.typeUrl, update),
  });
}

/** `SubmitConsumerRemovalProposal`. */
export async function proposeRemoval(
  net: ScenarioNetwork,
  { Chain, From, ConsumerChain, Deposit }: ActionFields<"SubmitConsumerRemovalProposal">,
): Promise<void> {
  const provider = net.chain(Chain);
  const remove = MsgRemoveConsumer.fromPartial({
    consumerId: net.consumerId(ConsumerChain),
    owner: authorityOn(provider),
  });
  await propose(net, provider, From, {
    title: `Stop the chain ${ConsumerChain}`,
    deposit: Deposit,
    message: encodeAny(MsgRemoveConsumer.typeUrl, remove),
  });
}

/** `SubmitEnableTransfersProposal`, on a consumer with governance. */
export async function proposeTransfers(
  net: ScenarioNetwork,
  { Chain, From, Title, Deposit }: ActionFields<"SubmitEnableTransfersProposal">,
): Promise<void> {
  const chain = net.chain(Chain);
  const update = TransferMsgUpdateParams.fromPartial({
    signer: authorityOn(chain),
    params: { sendEnabled: true, receiveEnabled: true },
  });
  await propose(net, chain, From, {
    title: Title,
    deposit: Deposit,
    message: encodeAny(TransferMsgUpdateParams.typeUrl, update),
  });
}

/** `SubmitChangeRewardDenomsProposal`. */
export async function proposeRewardDenoms(
  net: ScenarioNetwork,
  { Chain, From, Denoms, Deposit }: ActionFields<"SubmitChangeRewardDenomsProposal">,
): Promise<void> {
  const provider = net.chain(Chain);
  const change = MsgChangeRewardDenoms.fromPartial({
    authority: authorityOn(provider),
    denomsToAdd: [...Denoms],
    // As the recorded runs do: the provider's own denomination was never one of them.
    denomsToRemove: [DENOM],
  });
  await propose(net, provider, From, {
    title: "Change the reward denominations",
    deposit: Deposit,
    message: encodeAny(MsgChangeRewardDenoms.typeUrl, change),
  });
}

const OPTIONS = {
  yes: VoteOption.VOTE_OPTION_YES,
  no: VoteOption.VOTE_OPTION_NO,
  abstain: VoteOption.VOTE_OPTION_ABSTAIN,
  no_with_veto: VoteOption.VOTE_OPTION_NO_WITH_VETO,
} as const;

/** `VoteGovProposal`: everybody's vote in one block, then the time that the chain's voting takes. */
export async function vote(
  net: ScenarioNetwork,
  { Chain, From, Vote, PropNumber }: ActionFields<"VoteGovProposal">,
): Promise<void> {
  const chain = net.chain(Chain);
  const sent = await Promise.all(
    From.map(async (validator, i) => {
      const sender = net.sender(chain, net.cast.member(validator).account);
      const value = MsgVote.fromPartial({
        proposalId: PropNumber,
        voter: sender.address,
        option: OPTIONS[Vote[i]!],
      });
      return { sender, hash: await sender.submit([{ typeUrl: "/cosmos.gov.v1.MsgVote", value }]) };
    }),
  );
  for (const { sender, hash } of sent) await sender.settle(hash);
  await net.wait(chain.spec.votingWaitNs);
}
