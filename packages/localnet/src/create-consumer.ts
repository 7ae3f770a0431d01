/**
 * A consumer beside a running network. Every step looks first at what the provider knows already, so that an attempt
 * which failed, or whose process was killed, is completed by the next one.
 */
import { untilInForce } from "./actions.ts";
import { finishChangeover } from "./changeover.ts";
import { openDoors } from "./doors.ts";
import { LocalnetError } from "./errors.ts";
import { applyFirstChange, connectConsumer, startConsumer } from "./launch.ts";
import { saveNetwork } from "./network-file.ts";
import { findRegistered, launchOnProvider } from "./register-consumer.ts";
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

/** Does what is left to do for a consumer of {@link World.pending}. */
export async function finishConsumer(world: World, spec: ConsumerSpec): Promise<CreatedConsumer> {
  if (spec.changeover !== undefined) return finishChangeover(world, spec);
  const found = await findRegistered(world, spec);
  const consumerId = await launchOnProvider(world, spec, found);
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
