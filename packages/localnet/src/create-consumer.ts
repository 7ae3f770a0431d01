/**
 * A consumer beside a running network. Every step looks first at what the provider knows already, so that an attempt
 * which failed, or whose process was killed, is completed by the next one.
 */

import { createAddressCodecs } from "@tandem-ics/runtime";
import { untilInForce } from "./actions.ts";
import { openDoors } from "./doors.ts";
import { LocalnetError } from "./errors.ts";
import {
  applyFirstChange,
  connectConsumer,
  optInAll,
  registerConsumer,
  spawnConsumers,
  startConsumer,
  waitForLaunch,
} from "./launch.ts";
import { saveNetwork } from "./network-file.ts";
import { addedConsumer, type ConsumerInput, type ConsumerSpec } from "./topology.ts";
import { providerOf, type World } from "./world.ts";

/** A consumer that runs. */
export interface CreatedConsumer {
  readonly name: string;
  readonly consumerId: string;
  readonly chainId: string;
}

/** Creates, launches and connects a consumer beside the running ones, or completes an attempt that failed. */
export async function createConsumer(world: World, input: ConsumerInput): Promise<CreatedConsumer> {
  const spec = addedConsumer(world.topology, input);
  const chainIds = new Map([...world.chains.values()].map((c) => [c.chainId, c.name]));
  const taken = world.consumers.has(spec.name) ? spec.name : chainIds.get(spec.chainId);
  if ((taken !== undefined && !world.pending.has(taken)) || world.chains.get(spec.name)?.role === "provider")
    throw new LocalnetError("bad-request", `there is a chain "${taken ?? spec.name}" already`, {
      hint: "choose another name, or another --chain-id",
    });
  const begun = world.pending.get(spec.name);
  if (begun === undefined) {
    world.pending.set(spec.name, spec);
    saveNetwork(world);
  }
  return finishConsumer(world, begun ?? spec);
}

interface Registered {
  readonly consumerId: string;
  readonly phase: string;
}

const LIVING = new Set([
  "CONSUMER_PHASE_REGISTERED",
  "CONSUMER_PHASE_INITIALIZED",
  "CONSUMER_PHASE_LAUNCHED",
]);

/** The consumer of an earlier attempt, as the provider knows it. */
async function findRegistered(world: World, spec: ConsumerSpec): Promise<Registered | undefined> {
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

/** Does what is left to do for a consumer of {@link World.pending}. */
export async function finishConsumer(world: World, spec: ConsumerSpec): Promise<CreatedConsumer> {
  const found = await findRegistered(world, spec);
  const consumerId = found?.consumerId ?? (await registerConsumer(world, spec));
  if (found === undefined || found.phase === "CONSUMER_PHASE_REGISTERED") {
    world.progress(`${spec.name}: opting validators in`);
    const done = found === undefined ? new Set<string>() : await optedIn(world, consumerId);
    await optInAll(world, spec, consumerId, done);
    await spawnConsumers(world, [{ spec, consumerId }]);
  } else await waitForLaunch(world, spec, consumerId);
  const chain = world.chains.get(spec.name) ?? (await startConsumer(world, spec, consumerId));
  const live = world.manualClock === undefined && !world.launching;
  if (live) chain.engine.resume();
  if (live && world.listen && chain.rpcUrl === undefined) await openDoors(world, chain);
  // What an earlier attempt did in the last blocks can be proved once there are blocks after them.
  if (found !== undefined) for (const c of [providerOf(world), chain]) await untilInForce(c);
  const running = await connectConsumer(world, spec, chain);
  const info = await chain.client.query.ccvconsumer.QueryProviderInfo({}).catch(() => undefined);
  if (!info?.consumer?.channelID) await applyFirstChange(world, [running]);
  world.pending.delete(spec.name);
  saveNetwork(world);
  if (live) running.relayer.start();
  return { name: spec.name, consumerId, chainId: chain.chainId };
}
