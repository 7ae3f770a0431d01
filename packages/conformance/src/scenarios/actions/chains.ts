/** Starting chains, and the life of consumers on the provider. */
import {
  CONSUMER_APPLICATIONS,
  type ConsumerApplicationName,
  createPlainApp,
  createProviderApp,
  defaultPlainGenesis,
  defaultProviderGenesis,
} from "@tandem-ics/ccv";
import { ClientError } from "@tandem-ics/client";
import { type StartChainOptions, startChain } from "@tandem-ics/localnet";
import { ConsumerGenesisState, MsgRemoveConsumer, toProtoJson } from "@tandem-ics/proto";
import type { JsonObject } from "@tandem-ics/runtime";
import type { ActionFields } from "../action-fields.ts";
import {
  chainGenesis,
  DENOM,
  type FirstValidator,
  type GenesisInput,
  withGenesisTxs,
} from "../chain-genesis.ts";
import { stepFailed } from "../errors.ts";
import { parseGenesisChanges } from "../genesis-edits.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";
import type { Scenario } from "../scenario.ts";
import {
  consumerMetadata,
  createConsumer,
  initializationParameters,
  powerShapingParameters,
  updateConsumer,
} from "./consumer-messages.ts";
import { accountOn, eventValue, PROVIDER_TYPE, refusalOf, send } from "./transactions.ts";

/** Blocks within which the provider must have the genesis of a consumer whose spawn time has come. */
const GENESIS_BLOCKS = 60;

/** Actions that only a chain with staking and governance of its own knows. */
const DEMOCRATIC = new Set([
  "RegisterRepresentative",
  "SubmitEnableTransfersProposal",
  "VoteGovProposal",
  "DelegateTokens",
  "UnbondTokens",
  "CancelUnbondTokens",
  "RedelegateTokens",
]);

/** States that only such a chain has. */
const DEMOCRATIC_STATES = new Set(["StakedTokens", "Proposals", "Rewards", "InflationRateChange"]);

/** Which application a consumer is: a democracy where the scenario stakes or votes on it, or looks at what comes of that. */
const applicationOf = ({ steps }: Scenario, consumer: string): ConsumerApplicationName =>
  steps.some(
    ({ action: { name, fields }, expected }) =>
      (DEMOCRATIC.has(name) && (fields as { readonly Chain?: string }).Chain === consumer) ||
      expected.some((state) => state.chain === consumer && DEMOCRATIC_STATES.has(state.name)),
  )
    ? "democracy"
    : "consumer";

type Input = Pick<GenesisInput, "appState" | "initialHeight" | "validators" | "edits"> &
  Pick<StartChainOptions, "role" | "createApp"> & { readonly consumerId?: string };

/** Starts a chain whose nodes hold `nodeKeys`. */
async function start(
  net: ScenarioNetwork,
  name: string,
  nodeKeys: Map<string, Uint8Array[]>,
  input: Input,
): Promise<void> {
  if (net.running.has(name)) throw stepFailed(`chain ${name} runs already`);
  const spec = net.scenario.chains.get(name)!;
  // Chains begin at the time that the others have come to.
  const [other] = net.running.values();
  const latest = await other?.chain.client.status();
  const genesis = chainGenesis({
    ...input,
    chain: spec,
    cast: net.cast,
    relayer: net.relayer.address,
    timeNs: latest?.timeNs ?? net.clock.nowNs(),
  });
  const options: StartChainOptions = {
    name,
    role: input.role,
    ...(input.consumerId === undefined ? {} : { consumerId: input.consumerId }),
    bech32Prefix: spec.prefix,
    denom: DENOM,
    genesis,
    keys: [...nodeKeys.values()].flat(),
    keysOf: (validator) => nodeKeys.get(validator) ?? [],
    clock: net.clock,
    blockTimeMs: undefined,
    home: undefined,
    settleLater: false,
    createApp: input.createApp,
    pace: (node) => net.paceOf(node),
    monitor: net.monitor,
    cometbft: undefined,
    settings: { rpc: {}, ports: {} },
  };
  net.add({ name, spec, chain: await startChain(options), options, nodeKeys });
  // Before a chain's second block there is no header whose time votes have set.
  await net.blocks(1);
}

/** `StartChain`: the provider, or a chain without CCV. */
export async function startFirst(net: ScenarioNetwork, fields: ActionFields<"StartChain">): Promise<void> {
  const { Chain, Validators, GenesisChanges, IsConsumer } = fields;
  if (IsConsumer) throw stepFailed(`${Chain} is a consumer: StartConsumerChain starts it`);
  const chain = net.scenario.chains.get(Chain)!;
  const isProvider = net.isProvider(Chain);
  const options = { bech32Prefix: chain.prefix };
  const defaults = isProvider ? defaultProviderGenesis(options) : defaultPlainGenesis(options);
  const createApp = isProvider ? createProviderApp : createPlainApp;
  const nodeKeys = new Map(
    Validators.map(({ Id }): [string, Uint8Array[]] => [Id, [net.cast.member(Id).consensus.seed]]),
  );
  await start(net, Chain, nodeKeys, {
    role: isProvider ? "provider" : "plain",
    appState: withGenesisTxs(defaults, { chain, cast: net.cast, validators: Validators }),
    initialHeight: 1n,
    validators: Validators,
    edits: parseGenesisChanges(GenesisChanges),
    createApp: (backend) => createApp({ backend, ...options }),
  });
}

/** The genesis that the provider has made for a consumer; waits for its launch. Throws `step-failed`. */
async function consumerGenesis(net: ScenarioNetwork, provider: RunningChain, consumerId: string) {
  const { query } = provider.chain.client;
  for (let i = 0; ; i++) {
    try {
      return (await query.provider.QueryConsumerGenesis({ consumerId })).genesisState;
    } catch (error) {
      if (i >= GENESIS_BLOCKS || (error instanceof ClientError && error.code === "unreachable")) {
        const why = error instanceof Error ? error.message : String(error);
        throw stepFailed(`the provider has no genesis of consumer ${consumerId}: ${why}`, error);
      }
      await net.blocks(1);
    }
  }
}

/** Keys that nodes of a new consumer sign with: the provider's, and the one that was assigned, if any. */
const keysOnConsumer = (
  net: ScenarioNetwork,
  consumer: string,
  validators: readonly FirstValidator[],
): Map<string, Uint8Array[]> =>
  new Map(
    validators.map(({ Id }) => [
      Id,
      [
        ...(net.assigned.get(consumer)?.get(Id) ?? []).slice(-1).map(({ seed }) => seed),
        net.cast.member(Id).consensus.seed,
      ],
    ]),
  );

/** `StartConsumerChain`. */
export async function startConsumer(
  net: ScenarioNetwork,
  fields: ActionFields<"StartConsumerChain">,
): Promise<void> {
  const { ConsumerChain, ProviderChain, Validators, GenesisChanges } = fields;
  const consumerId = net.consumerId(ConsumerChain);
  const provider = net.chain(ProviderChain);
  const genesisState = await consumerGenesis(net, provider, consumerId);
  const { initParams } = await provider.chain.client.query.provider.QueryConsumerChain({ consumerId });
  const application = CONSUMER_APPLICATIONS[applicationOf(net.scenario, ConsumerChain)];
  const { prefix } = net.scenario.chains.get(ConsumerChain)!;
  const ccvState = toProtoJson(
    "interchain_security.ccv.v1.ConsumerGenesisState",
    ConsumerGenesisState.fromPartial(genesisState),
  ) as unknown as JsonObject;
  await start(net, ConsumerChain, keysOnConsumer(net, ConsumerChain, Validators), {
    role: "consumer",
    consumerId,
    appState: { ...application.defaultGenesis({ bech32Prefix: prefix }), ccvconsumer: ccvState },
    initialHeight: initParams?.initialHeight?.revisionHeight ?? 1n,
    validators: Validators,
    edits: parseGenesisChanges(GenesisChanges),
    createApp: (backend) => application.create({ backend, bech32Prefix: prefix }),
  });
}

/** Tells the network the id of a consumer that was created. Throws `step-failed` when there is one already. */
export function registered(net: ScenarioNetwork, consumer: string, id: string): void {
  net.consumerIds.set(consumer, id);
}

/** Refuses to create a consumer twice, as one could not say any more which is meant. */
export function checkNew(net: ScenarioNetwork, consumer: string): void {
  if (net.consumerIds.has(consumer)) throw stepFailed(`consumer ${consumer} has been created already`);
}

/** `CreateConsumerChain`. */
export async function createConsumerChain(
  net: ScenarioNetwork,
  { Chain, From, ConsumerChain, InitParams, PowerShapingParams }: ActionFields<"CreateConsumerChain">,
): Promise<void> {
  checkNew(net, ConsumerChain);
  const provider = net.chain(Chain);
  const { chainId } = net.scenario.chains.get(ConsumerChain)!;
  const result = await send(net, provider, From, [
    createConsumer({
      submitter: accountOn(net, provider, From),
      chainId,
      metadata: consumerMetadata(`chain name of ${chainId}`),
      ...(InitParams ? { initializationParameters: initializationParameters(net, InitParams) } : {}),
      ...(PowerShapingParams
        ? { powerShapingParameters: powerShapingParameters(net, PowerShapingParams) }
        : {}),
    }),
  ]);
  registered(net, ConsumerChain, eventValue(result, "create_consumer", "consumer_id"));
}

/** `UpdateConsumerChain`: of one who is not the owner, the provider must refuse it; what else it refuses is told. */
export async function updateConsumerChain(
  net: ScenarioNetwork,
  fields: ActionFields<"UpdateConsumerChain">,
): Promise<void> {
  const { Chain, From, ConsumerChain, NewOwner, InitParams, PowerShapingParams } = fields;
  const provider = net.chain(Chain);
  const consumerId = net.consumerId(ConsumerChain);
  const sender = accountOn(net, provider, From);
  const { ownerAddress } = await provider.chain.client.query.provider.QueryConsumerChain({ consumerId });
  const message = updateConsumer({
    owner: sender,
    consumerId,
    newOwnerAddress: NewOwner === "" ? "" : net.cast.accountAddress(NewOwner, provider.spec.prefix),
    ...(InitParams ? { initializationParameters: initializationParameters(net, InitParams) } : {}),
    ...(PowerShapingParams
      ? { powerShapingParameters: powerShapingParameters(net, PowerShapingParams) }
      : {}),
  });
  try {
    await send(net, provider, From, [message]);
  } catch (error) {
    // The recorded runs went on after a refusal: the states of the steps that follow tell what has come of it.
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    net.note(`${From} could not update ${ConsumerChain}: ${refusal}`);
    return;
  }
  if (ownerAddress !== sender)
    throw stepFailed(`${From} could update ${ConsumerChain}, which belongs to ${ownerAddress}`);
}

/** `RemoveConsumerChain`. */
export async function removeConsumerChain(
  net: ScenarioNetwork,
  { Chain, From, ConsumerChain }: ActionFields<"RemoveConsumerChain">,
): Promise<void> {
  const provider = net.chain(Chain);
  await send(net, provider, From, [
    {
      typeUrl: `${PROVIDER_TYPE}.MsgRemoveConsumer`,
      value: MsgRemoveConsumer.fromPartial({
        consumerId: net.consumerId(ConsumerChain),
        owner: accountOn(net, provider, From),
      }),
    },
  ]);
}
