/** What a scenario says of validators: power, coins, stake, keys, rewards. */
import { equalBytes, toHex } from "@tandem-ics/crypto";
import { decWireToText } from "@tandem-ics/proto";
import { createAddressCodecs, decodeBech32 } from "@tandem-ics/runtime";
import {
  QueryDelegationTotalRewardsRequest,
  QueryDelegationTotalRewardsResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { accountOn, operatorOn, providerConsAddress } from "../actions/transactions.ts";
import { DENOM } from "../chain-genesis.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";
import type { StateValue } from "../state-fields.ts";

type By<V> = Record<string, V>;
/** What is found for each validator of which `expected` says something, on a chain or as a member of a consumer. */
type Reader<V> = (net: ScenarioNetwork, chain: string, expected: By<V>) => Promise<By<V>>;

/** Asks `read` for each validator that is expected. */
async function each<V>(expected: By<unknown>, read: (name: string) => V | Promise<V>): Promise<By<V>> {
  const found: By<V> = {};
  for (const name of Object.keys(expected)) found[name] = await read(name);
  return found;
}

/** Power in the set that signs the next block. */
export const powers: Reader<bigint> = async (net, chain, expected) => {
  const { client } = net.chain(chain).chain;
  const set = await client.validators((await client.status()).height + 1n);
  return each(expected, (name) => {
    const keys = [...(net.assigned.get(chain)?.get(name) ?? []), net.cast.member(name).consensus];
    return set.find((v) => keys.some(({ address }) => equalBytes(v.address, address)))?.votingPower ?? 0n;
  });
};

/** Coins of the account. */
export const balances: Reader<bigint> = async (net, chain, expected) => {
  const running = net.chain(chain);
  return each(expected, async (name) => {
    const { balance } = await running.chain.client.query.bank.Balance({
      address: accountOn(net, running, name),
      denom: DENOM,
    });
    return BigInt(balance?.amount ?? "0");
  });
};

/** Tokens of the validator in staking. */
export const stakedTokens: Reader<bigint> = async (net, chain, expected) => {
  const running = net.chain(chain);
  return each(expected, async (name) => {
    const { validator } = await running.chain.client.query.staking.Validator({
      validatorAddr: operatorOn(net, running, name),
    });
    return BigInt(validator?.tokens ?? "0");
  });
};

/** Which consumers must be validated, by the scenario's names. */
export const hasToValidate: Reader<string[]> = (net, _chain, expected) =>
  each(expected, async (name) => {
    const { consumerIds } = await net
      .provider()
      .chain.client.query.provider.QueryConsumerChainsValidatorHasToValidate({
        providerAddress: providerConsAddress(net, name),
      });
    return consumerIds.map((id) => nameOf(net, id));
  });

/** The scenario's name of a consumer; its id where the scenario has none. */
export function nameOf(net: ScenarioNetwork, consumerId: string): string {
  for (const [name, id] of net.consumerIds) if (id === consumerId) return name;
  return consumerId;
}

/**
 * An address of ours as the file would write it, so that a difference reads like the file: where it is the key that is
 * expected, the text that is expected, else ours.
 */
function asWritten(net: ScenarioNetwork, found: string, expected: string): string {
  const own = decodeBech32(found);
  const wanted = decodeBech32(expected);
  if (own === undefined || wanted === undefined) return found;
  return net.cast.writtenConsensus(own.bytes) === toHex(wanted.bytes) ? expected : found;
}

type ProviderQueries = RunningChain["chain"]["client"]["query"]["provider"];

/** Asks the provider about each validator that is expected, as a member of a consumer. */
const eachOn = <V>(
  net: ScenarioNetwork,
  consumer: string,
  expected: By<V>,
  ask: (
    queries: ProviderQueries,
    of: { readonly consumerId: string; readonly providerAddress: string },
    name: string,
  ) => Promise<V>,
): Promise<By<V>> =>
  each(expected, (name) =>
    ask(
      net.provider().chain.client.query.provider,
      { consumerId: net.consumerId(consumer), providerAddress: providerConsAddress(net, name) },
      name,
    ),
  );

/** Assigned keys, as addresses. */
export const assignedKeys: Reader<string> = (net, consumer, expected) =>
  eachOn(net, consumer, expected, async (queries, of, name) => {
    const { consumerAddress } = await queries.QueryValidatorConsumerAddr(of);
    return asWritten(net, consumerAddress, expected[name]!);
  });

/** The provider addresses that are found back from the keys that validators assigned last. */
export const providerKeys: Reader<string> = (net, consumer, expected) =>
  eachOn(net, consumer, expected, async (queries, { consumerId }, name) => {
    const key = net.assigned.get(consumer)?.get(name)?.at(-1) ?? net.cast.member(name).consensus;
    const codecs = createAddressCodecs(net.provider().spec.prefix);
    const { providerAddress } = await queries.QueryValidatorProviderAddr({
      consumerId,
      consumerAddress: codecs.consensus.encode(key.address),
    });
    return asWritten(net, providerAddress, expected[name]!);
  });

/** Commission rates on a consumer. */
export const commissionRates: Reader<number> = (net, consumer, expected) =>
  eachOn(net, consumer, expected, async (queries, of) => {
    const { rate } = await queries.QueryValidatorConsumerCommissionRate(of);
    return Number(decWireToText(rate));
  });

/** Outstanding rewards of an account in one denomination at a height, in 10^-18. */
async function rewardsAt(
  net: ScenarioNetwork,
  running: RunningChain,
  name: string,
  denom: string,
  height: bigint,
): Promise<bigint> {
  const request = QueryDelegationTotalRewardsRequest.encode({
    delegatorAddress: accountOn(net, running, name),
  }).finish();
  const { value } = await running.chain.client.query.queryAbci(
    "/cosmos.distribution.v1beta1.Query/DelegationTotalRewards",
    request,
    Number(height),
  );
  const { total } = QueryDelegationTotalRewardsResponse.decode(value);
  return BigInt(total.find((coin) => coin.denom === denom)?.amount ?? "0");
}

/** Who was rewarded: over one block, or since the first. */
export async function rewards(
  net: ScenarioNetwork,
  chain: string,
  expected: StateValue<"Rewards">,
): Promise<StateValue<"Rewards">> {
  const running = net.chain(chain);
  const { height } = await running.chain.client.status();
  const before = expected.IsIncrementalReward ? height : 1n;
  await net.blocks(1);
  const { height: now } = await running.chain.client.status();
  const IsRewarded = await each(
    expected.IsRewarded,
    async (name) =>
      (await rewardsAt(net, running, name, expected.Denom, now)) >
      (await rewardsAt(net, running, name, expected.Denom, before)),
  );
  return { ...expected, IsRewarded };
}
