/** What each action of a scenario does. */
import type { ActionFields, ActionName } from "../action-fields.ts";
import type { ScenarioNetwork } from "../network.ts";
import type { ScenarioAction } from "../scenario.ts";
import * as chains from "./chains.ts";
import * as evidence from "./evidence.ts";
import * as infractions from "./infractions.ts";
import * as proposals from "./proposals.ts";
import * as relaying from "./relaying.ts";
import * as tokens from "./tokens.ts";
import * as validators from "./validators.ts";

type Act<K extends ActionName> = (net: ScenarioNetwork, fields: ActionFields<K>) => Promise<unknown>;

const ACTS: { readonly [K in ActionName]: Act<K> } = {
  StartChain: chains.startFirst,
  StartConsumerChain: chains.startConsumer,
  CreateConsumerChain: chains.createConsumerChain,
  UpdateConsumerChain: chains.updateConsumerChain,
  RemoveConsumerChain: chains.removeConsumerChain,
  SubmitConsumerAdditionProposal: proposals.proposeAddition,
  SubmitConsumerModificationProposal: proposals.proposeModification,
  SubmitConsumerRemovalProposal: proposals.proposeRemoval,
  SubmitEnableTransfersProposal: proposals.proposeTransfers,
  SubmitChangeRewardDenomsProposal: proposals.proposeRewardDenoms,
  VoteGovProposal: proposals.vote,
  CreateIbcClient: relaying.createIbcClient,
  AddIbcConnection: relaying.addConnection,
  AddIbcChannel: relaying.addChannel,
  TransferChannelComplete: relaying.completeChannel,
  RelayPackets: relaying.relayPackets,
  RelayRewardPacketsToProvider: relaying.relayRewards,
  StartRelayer: async (net) => {
    net.relaying = true;
  },
  AssignConsumerPubKey: validators.assignKey,
  OptIn: validators.optIn,
  OptOut: validators.optOut,
  SetConsumerCommissionRate: validators.setCommissionRate,
  UnjailValidator: validators.unjail,
  RegisterRepresentative: validators.registerRepresentatives,
  DelegateTokens: tokens.delegate,
  UnbondTokens: tokens.unbond,
  CancelUnbondTokens: tokens.cancelUnbond,
  RedelegateTokens: tokens.redelegate,
  SendTokens: tokens.sendTokens,
  TransferIbcToken: tokens.transfer,
  DowntimeSlash: infractions.downtime,
  DoublesignSlash: infractions.doubleSign,
  LightClientEquivocationAttack: infractions.lightClientAttack,
  SlashMeterReplenishment: infractions.replenishSlashMeter,
  WaitTime: (net, { WaitTime }) => net.wait(WaitTime),
  DetectConsumerEvidence: evidence.detectEvidence,
  ForkConsumerChain: evidence.forkConsumer,
  SubmitConsumerMisbehaviour: evidence.submitMisbehaviour,
};

/** Does an action. Throws ScenarioError `step-failed`, ClientError, RelayError. */
export async function act(net: ScenarioNetwork, { name, fields }: ScenarioAction): Promise<void> {
  await (ACTS[name] as Act<typeof name>)(net, fields as never);
}
