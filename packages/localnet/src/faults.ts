/** Breaking a network on purpose: validators that are down, validators that sign twice. */
import { formatEvidenceFile, infractionHeader } from "@tandem-ics/client";
import { toHexUpper } from "@tandem-ics/crypto";
import { LocalnetError } from "./errors.ts";
import { type ConsensusKey, consensusKeyOfSeed } from "./keys.ts";
import { chainOf, validatorOf, type World } from "./world.ts";

/** Longest time of a timer: 2^31 - 1 ms. */
const MAX_TIMER_MS = 2_147_483_647;

/** Stops a validator's node on one chain or on all. */
export function faultDown(world: World, validator: string, chain?: string, down = true): string[] {
  const { spec, consensus } = validatorOf(world, validator);
  const names: string[] = [];
  for (const target of chain === undefined ? world.chains.values() : [chainOf(world, chain)]) {
    const assigned = world.assignedKeys.get(target.name)?.get(spec.name) ?? [];
    for (const seed of [consensus.seed, ...assigned])
      target.node.setDown(consensusKeyOfSeed(seed).address, down);
    names.push(target.name);
  }
  return names;
}

/** The key with which a validator signs on a chain now. */
export function signingKey(world: World, validator: string, chain: string): ConsensusKey | undefined {
  const target = chainOf(world, chain);
  const { spec, consensus } = validatorOf(world, validator);
  const seeds = [...(world.assignedKeys.get(target.name)?.get(spec.name) ?? []), consensus.seed];
  const inSet = new Set(target.node.state.validators.validators.map((v) => toHexUpper(v.address)));
  return seeds.map(consensusKeyOfSeed).find((key) => inSet.has(toHexUpper(key.address)));
}

/** Makes a validator sign two blocks at the chain's next height. Returns the evidence file once that has happened. */
export async function faultDoubleSign(world: World, validator: string, chain: string) {
  const target = chainOf(world, chain);
  const key = signingKey(world, validator, chain);
  if (key === undefined)
    throw new LocalnetError("bad-request", `${validator} is not in the validator set of ${target.name}`, {
      hint: "tandem validator list shows who is",
    });
  if (target.node.isDown(key.address))
    throw new LocalnetError("bad-request", `${validator} is down on ${target.name}`, {
      hint: "tandem fault heal brings it back",
    });
  const known = target.node.equivocations().length;
  // On the provider and where the chain handles its own evidence the pool takes it; a consumer's evidence goes to the provider by message.
  target.node.doubleSign(key.address, { reportToPool: target.role === "provider" });
  const { height } = await target.client.status();
  await target.client.pace.after(height);
  const made = target.node.equivocations()[known];
  if (made === undefined)
    throw new LocalnetError("timed-out", `${validator} has not double-signed on ${target.name}`, {
      hint: "is the validator down?",
    });
  const header = await infractionHeader(target.client, made.height);
  return {
    validator,
    chain: target.name,
    height: made.height.toString(),
    evidence: formatEvidenceFile(made.evidence, header),
  };
}

/** Ends every fault. */
export function faultHeal(world: World): void {
  for (const chain of world.chains.values())
    for (const address of chain.node.keyAddresses())
      if (chain.node.isDown(address)) chain.node.setDown(address, false);
}

/** Faults in force: who is down where. */
export function faultList(world: World): { validator: string; chain: string; kind: "down" }[] {
  const faults: { validator: string; chain: string; kind: "down" }[] = [];
  for (const chain of world.chains.values())
    for (const validator of world.validators.keys()) {
      const key = signingKey(world, validator, chain.name);
      if (key !== undefined && chain.node.isDown(key.address))
        faults.push({ validator, chain: chain.name, kind: "down" });
    }
  return faults;
}

/**
 * Brings a validator back once its chain is `blocks` further. A chain that stands still for want of that validator
 * would never get there: by the system clock, twice the time that the blocks should take ends the fault as well.
 */
export function healAfter(world: World, validator: string, chainName: string, blocks: bigint): () => void {
  const { node } = chainOf(world, chainName);
  const until = node.height + blocks;
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    unsubscribe();
  };
  const heal = (): void => {
    cancel();
    faultDown(world, validator, chainName, false);
  };
  const unsubscribe = node.onBlock(() => {
    if (node.height >= until) heal();
  });
  if (world.manualClock === undefined) {
    const ms = Number((2n * blocks * world.topology.blockTimeNs) / 1_000_000n);
    timer = setTimeout(heal, Math.min(ms, MAX_TIMER_MS));
    timer.unref();
  }
  return cancel;
}
