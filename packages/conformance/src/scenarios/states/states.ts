/** How each key of an expected state is read from the chains. */
import type { ScenarioNetwork } from "../network.ts";
import type { ScenarioExpectation } from "../scenario.ts";
import type { StateName, StateValue } from "../state-fields.ts";
import * as chains from "./chain-states.ts";
import { proposals } from "./proposals.ts";
import * as validators from "./validator-states.ts";

type Read<K extends StateName> = (
  net: ScenarioNetwork,
  chain: string,
  expected: StateValue<K>,
) => Promise<StateValue<K>>;

const READERS: { readonly [K in StateName]: Read<K> } = {
  ValPowers: validators.powers,
  ValBalances: validators.balances,
  StakedTokens: validators.stakedTokens,
  HasToValidate: validators.hasToValidate,
  AssignedKeys: validators.assignedKeys,
  ProviderKeys: validators.providerKeys,
  ConsumerCommissionRates: validators.commissionRates,
  Rewards: validators.rewards,
  ProposedConsumerChains: chains.proposedConsumers,
  ConsumerChains: chains.consumers,
  ConsumerPendingPacketQueueSize: chains.pendingPackets,
  RegisteredConsumerRewardDenoms: chains.rewardDenoms,
  InflationRateChange: async (net, chain, expected) => {
    const change = await chains.inflationChange(net, chain);
    // Only the sign says something.
    return change === 0n || expected === 0n || change > 0n !== expected > 0n ? change : expected;
  },
  ClientsFrozenHeights: chains.frozenHeights,
  IBCTransferParams: chains.transferParams,
  Params: chains.params,
  Proposals: proposals,
};

/** What the chains say to an expectation, in the form of what is expected. */
export const readState = (
  net: ScenarioNetwork,
  { chain, name, value }: ScenarioExpectation,
): Promise<unknown> => (READERS[name] as Read<typeof name>)(net, chain, value as never);
