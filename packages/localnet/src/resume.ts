/** Goes on with a network that lies on disk. */
import { readFileSync } from "node:fs";
import { CONSUMER_APPLICATIONS, createProviderApp } from "@tandem-ics/ccv";
import { parseGenesis } from "@tandem-ics/comet";
import { fromHex } from "@tandem-ics/crypto";
import type { Chain } from "./chain.ts";
import { becomeConsumer, prepareSoftware } from "./changeover.ts";
import { finishConsumer } from "./create-consumer.ts";
import { appOptions, blockTimeMs, connectConsumer } from "./launch.ts";
import type { SavedNetwork } from "./network-file.ts";
import { openPaths, softwareOf, startPlain } from "./plain.ts";
import { genesisPath, startChain } from "./start-chain.ts";
import { providerSpecOf } from "./topology.ts";
import { createPace, keysOn, type World } from "./world.ts";

/** Starts the chains of a saved network from their stores, and finds their paths again. */
export async function resumeNetwork(world: World, saved: SavedNetwork): Promise<void> {
  for (const [chain, keys] of Object.entries(saved.assignedKeys))
    world.assignedKeys.set(
      chain,
      new Map(Object.entries(keys).map(([name, seeds]) => [name, seeds.map(fromHex)])),
    );
  for (const entry of saved.chains) {
    world.progress(`${entry.name}: resuming`);
    const members = world.plain.get(entry.name);
    if (members !== undefined) {
      const becoming = entry.spec ?? saved.pending.find((spec) => spec.name === entry.name);
      // Before it is opened: its state says which software it wants.
      if (becoming !== undefined) prepareSoftware(world, becoming, members);
      // On disk lies the genesis that it began with: the time of a new one says nothing.
      const chain = await startPlain(world, members, 0n);
      if (becoming !== undefined && softwareOf(world, members.spec).taken)
        becomeConsumer(world, becoming, chain);
      if (entry.spec !== undefined) await connectConsumer(world, entry.spec, chain);
      continue;
    }
    const chain = await resumeChain(world, entry);
    if (entry.spec !== undefined) await connectConsumer(world, entry.spec, chain);
  }
  await openPaths(world);
  for (const spec of saved.pending) {
    world.progress(`${spec.name}: finishing what was under way`);
    world.pending.set(spec.name, spec);
    // The others go on whatever becomes of it.
    await finishConsumer(world, spec).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      world.progress(
        `${spec.name} is not finished: ${why}; tandem consumer ${spec.changeover === undefined ? "create" : "changeover"} ${spec.name} tries again`,
      );
    });
  }
}

async function resumeChain(
  world: World,
  { name, consumerId, spec }: SavedNetwork["chains"][number],
): Promise<Chain> {
  const settings = spec ?? providerSpecOf(world.topology);
  const { bech32Prefix, denom } = settings;
  const createApp =
    spec === undefined ? createProviderApp : CONSUMER_APPLICATIONS[spec.application ?? "consumer"].create;
  const assigned = [...(world.assignedKeys.get(name)?.values() ?? [])].flat();
  const genesis = parseGenesis(readFileSync(genesisPath(world.home ?? ".", name), "utf8"));
  const chain = await startChain({
    name,
    role: spec === undefined ? "provider" : "consumer",
    ...(consumerId === undefined ? {} : { consumerId }),
    bech32Prefix,
    denom,
    genesis,
    keys: [...[...world.validators.values()].map((v) => v.consensus.seed), ...assigned],
    keysOf: keysOn(world, name),
    clock: world.clock,
    blockTimeMs: blockTimeMs(world),
    home: world.home,
    createApp: (backend) => createApp({ backend, ...appOptions(settings) }),
    settleLater: false,
    pace: createPace(world),
    monitor: world.monitor,
    cometbft: world.cometbft,
    settings,
  });
  world.chains.set(name, chain);
  return chain;
}
