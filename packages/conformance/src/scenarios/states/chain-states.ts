/** What a scenario says of chains: consumers, queues, parameters, clients, inflation. */
import { codecOf, toProtoJson } from "@tandem-ics/proto";
import { listConsumers, readClientState } from "@tandem-ics/relayer";
import { QueryInflationResponse } from "cosmjs-types/cosmos/mint/v1beta1/query";
import { QueryParamsRequest, QueryParamsResponse } from "cosmjs-types/cosmos/params/v1beta1/query";
import type { ScenarioNetwork } from "../network.ts";
import type { StateValue } from "../state-fields.ts";
import { nameOf } from "./validator-states.ts";

const NOT_LAUNCHED = ["CONSUMER_PHASE_REGISTERED", "CONSUMER_PHASE_INITIALIZED"];
const LIVING = [...NOT_LAUNCHED, "CONSUMER_PHASE_LAUNCHED"];

const consumersIn = async (net: ScenarioNetwork, chain: string, phases: readonly string[]) =>
  (await listConsumers(net.chain(chain).chain.client))
    .filter(({ phase }) => phases.includes(phase))
    .map(({ consumerId }) => nameOf(net, consumerId));

/** Consumers that are registered and not launched, by the scenario's names. */
export const proposedConsumers = (net: ScenarioNetwork, chain: string): Promise<string[]> =>
  consumersIn(net, chain, NOT_LAUNCHED);

/** Consumers that are not stopped, by the scenario's names. */
export const consumers = async (net: ScenarioNetwork, chain: string): Promise<Record<string, boolean>> =>
  Object.fromEntries((await consumersIn(net, chain, LIVING)).map((name) => [name, true]));

/** Packets that wait in a consumer's send queue. */
export async function pendingPackets(net: ScenarioNetwork, chain: string): Promise<bigint> {
  const { packetDataQueue } = await net.chain(chain).chain.client.query.ccvconsumer.QueryThrottleState({});
  return BigInt(packetDataQueue.length);
}

/** Denominations that a provider accepts as rewards. */
export const rewardDenoms = async (net: ScenarioNetwork, chain: string): Promise<string[]> =>
  (await net.chain(chain).chain.client.query.provider.QueryRegisteredConsumerRewardDenoms({})).denoms;

/** Inflation of the last block, in 10^-18. */
async function inflation(net: ScenarioNetwork, chain: string): Promise<bigint> {
  const { value } = await net
    .chain(chain)
    .chain.client.query.queryAbci("/cosmos.mint.v1beta1.Query/Inflation", new Uint8Array());
  return BigInt(new TextDecoder().decode(QueryInflationResponse.decode(value).inflation));
}

/** Sign of the change of inflation over one block. */
export async function inflationChange(net: ScenarioNetwork, chain: string): Promise<bigint> {
  const before = await inflation(net, chain);
  await net.blocks(1);
  const after = await inflation(net, chain);
  return after > before ? 1n : after < before ? -1n : 0n;
}

/** Frozen heights of clients. */
export async function frozenHeights(
  net: ScenarioNetwork,
  chain: string,
  expected: StateValue<"ClientsFrozenHeights">,
): Promise<StateValue<"ClientsFrozenHeights">> {
  const found: StateValue<"ClientsFrozenHeights"> = {};
  for (const clientId of Object.keys(expected)) {
    const { frozenHeight } = await readClientState(net.chain(chain).chain.client, clientId);
    found[clientId] = {
      revision_number: frozenHeight.revisionNumber,
      revision_height: frozenHeight.revisionHeight,
    };
  }
  return found;
}

/** Whether transfers are allowed. */
export async function transferParams(
  net: ScenarioNetwork,
  chain: string,
): Promise<StateValue<"IBCTransferParams">> {
  const { params } = await net.chain(chain).chain.client.query.ibcTransfer.Params({});
  return {
    send_enabled: params?.sendEnabled ?? false,
    receive_enabled: params?.receiveEnabled ?? false,
  };
}

/** Where a module tells its parameters, by the name of its subspace. */
const PARAMS_QUERIES: Readonly<Record<string, { readonly path: string; readonly response: string }>> = {
  ...Object.fromEntries(
    ["auth", "bank", "staking", "slashing", "mint", "distribution"].map((name) => [
      name,
      {
        path: `/cosmos.${name}.v1beta1.Query/Params`,
        response: `cosmos.${name}.v1beta1.QueryParamsResponse`,
      },
    ]),
  ),
  gov: { path: "/cosmos.gov.v1.Query/Params", response: "cosmos.gov.v1.QueryParamsResponse" },
  transfer: {
    path: "/ibc.applications.transfer.v1.Query/Params",
    response: "ibc.applications.transfer.v1.QueryParamsResponse",
  },
  provider: {
    path: "/interchain_security.ccv.provider.v1.Query/QueryParams",
    response: "interchain_security.ccv.provider.v1.QueryParamsResponse",
  },
  ccvconsumer: {
    path: "/interchain_security.ccv.consumer.v1.Query/QueryParams",
    response: "interchain_security.ccv.consumer.v1.QueryParamsResponse",
  },
};

const snakeCase = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();

/** A value as it is compared: the text of a JSON string, other JSON as it is written. */
function plain(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : JSON.stringify(parsed);
  } catch {
    return value; // no JSON: as it is
  }
}

async function parameter(
  net: ScenarioNetwork,
  chain: string,
  subspace: string,
  key: string,
): Promise<string> {
  const { query } = net.chain(chain).chain.client;
  const known = PARAMS_QUERIES[subspace];
  if (known !== undefined) {
    const { value } = await query.queryAbci(known.path, new Uint8Array());
    const json = toProtoJson(known.response, codecOf(known.response).decode(value)) as {
      params?: Record<string, unknown>;
    };
    const found = json.params?.[snakeCase(key)];
    if (found !== undefined) return typeof found === "string" ? found : JSON.stringify(found);
  }
  // Modules of old keep their parameters in the params module.
  const { value } = await query.queryAbci(
    "/cosmos.params.v1beta1.Query/Params",
    QueryParamsRequest.encode({ subspace, key }).finish(),
  );
  return plain(QueryParamsResponse.decode(value).param.value);
}

/** Module parameters. */
export async function params(
  net: ScenarioNetwork,
  chain: string,
  expected: StateValue<"Params">,
): Promise<StateValue<"Params">> {
  const found: StateValue<"Params"> = [];
  for (const { Subspace, Key, Value } of expected) {
    const value = await parameter(net, chain, Subspace, Key);
    found.push({ Subspace, Key, Value: value === plain(Value) ? Value : value });
  }
  return found;
}
