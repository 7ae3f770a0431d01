/** A consumer on the provider, from unknown to launched; what an earlier attempt did is not done again. */
import { createAddressCodecs } from "@tandem-ics/runtime";
import { optInAll, registerConsumer, spawnConsumers, waitForLaunch } from "./launch.ts";
import type { ConsumerSpec } from "./topology.ts";
import { providerOf, type World } from "./world.ts";

/** A consumer of an earlier attempt. */
export interface Registered {
  readonly consumerId: string;
  readonly phase: string;
}

const LIVING = new Set([
  "CONSUMER_PHASE_REGISTERED",
  "CONSUMER_PHASE_INITIALIZED",
  "CONSUMER_PHASE_LAUNCHED",
]);

/** The consumer of an earlier attempt, as the provider knows it. */
export async function findRegistered(world: World, spec: ConsumerSpec): Promise<Registered | undefined> {
  const { chains } = await providerOf(world).client.query.provider.QueryConsumerChains({
    phase: 0,
    pagination: { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: true },
  });
  const found = chains.find(
    (c) => c.chainId === spec.chainId && c.metadata.name === spec.name && LIVING.has(c.phase),
  );
  return found && { consumerId: found.consumerId, phase: found.phase };
}

/** Names of the validators that opted in already. */
async function optedIn(world: World, consumerId: string): Promise<Set<string>> {
  const { client, bech32Prefix } = providerOf(world);
  const { validatorsProviderAddresses } = await client.query.provider.QueryConsumerChainOptedInValidators({
    consumerId,
  });
  const codecs = createAddressCodecs(bech32Prefix);
  const names = [...world.validators].filter(([, { consensus }]) =>
    validatorsProviderAddresses.includes(codecs.consensus.encode(consensus.address)),
  );
  return new Set(names.map(([name]) => name));
}

/** Does what is left to do until the provider has launched the consumer, and gives its id. */
export async function launchOnProvider(
  world: World,
  spec: ConsumerSpec,
  found: Registered | undefined,
): Promise<string> {
  const consumerId = found?.consumerId ?? (await registerConsumer(world, spec));
  if (found === undefined || found.phase === "CONSUMER_PHASE_REGISTERED") {
    world.progress(`${spec.name}: opting validators in`);
    const done = found === undefined ? new Set<string>() : await optedIn(world, consumerId);
    await optInAll(world, spec, consumerId, done);
    await spawnConsumers(world, [{ spec, consumerId }]);
  } else await waitForLaunch(world, spec, consumerId);
  return consumerId;
}
