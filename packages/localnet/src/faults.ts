/** Breaking a network on purpose: validators that are down, validators that sign twice. */
import { formatEvidenceFile, infractionHeader } from "@tandem-ics/client";
import { LocalnetError } from "./errors.ts";
import { chainOf, isValidatorOf, stakingChainOf, validatorOf, validatorsOn, type World } from "./world.ts";

/** Longest time of a timer: 2^31 - 1 ms. */
const MAX_TIMER_MS = 2_147_483_647;

/** Takes a validator down, or up again, on one chain or on all. Gives the chains' names. */
export async function faultDown(
  world: World,
  validator: string,
  chain?: string,
  down = true,
): Promise<string[]> {
  const targets =
    chain === undefined
      ? [...world.chains.values()].filter((c) => isValidatorOf(world, validator, c.name))
      : [chainOf(world, chain)];
  // Nobody has that name: the provider's list says who is there.
  if (targets.length === 0) validatorOf(world, validator, stakingChainOf(world).name);
  await Promise.all(
    targets.map((t) => t.engine.setDown(validatorOf(world, validator, t.name).spec.name, down)),
  );
  return targets.map((target) => target.name);
}

/** Makes a validator sign two blocks of one height. Returns the evidence file once that has happened. */
export async function faultDoubleSign(world: World, validator: string, chain: string) {
  const target = chainOf(world, chain);
  const { name } = validatorOf(world, validator, target.name).spec;
  if (target.engine.signingKey(name) === undefined)
    throw new LocalnetError("bad-request", `${validator} is not in the validator set of ${target.name}`, {
      hint: "tandem validator list shows who is",
    });
  if (target.engine.isDown(name))
    throw new LocalnetError("bad-request", `${validator} is down on ${target.name}`, {
      hint: "tandem fault heal brings it back",
    });
  const made = await target.engine.doubleSign(name);
  const header = await infractionHeader(target.client, made.height);
  return {
    validator,
    chain: target.name,
    height: made.height.toString(),
    evidence: formatEvidenceFile(made.evidence, header),
  };
}

/** Ends every fault. */
export async function faultHeal(world: World): Promise<void> {
  await Promise.all([...world.chains.values()].map(({ engine }) => engine.heal()));
}

const blockTimeOf = ({ plain, topology }: World, chain: string): bigint =>
  plain.get(chain)?.spec.blockTimeNs ?? topology.blockTimeNs;

/** Faults in force: who is down where. */
export function faultList(world: World): { validator: string; chain: string; kind: "down" }[] {
  const faults: { validator: string; chain: string; kind: "down" }[] = [];
  for (const chain of world.chains.values())
    for (const validator of validatorsOn(world, chain.name).keys())
      if (chain.engine.isDown(validator)) faults.push({ validator, chain: chain.name, kind: "down" });
  return faults;
}

/**
 * Brings a validator back once its chain is `blocks` further. A chain that stands still for want of that validator
 * would never get there: by the system clock, twice the time that the blocks should take ends the fault as well.
 */
export function healAfter(world: World, validator: string, chainName: string, blocks: bigint): () => void {
  const { engine } = chainOf(world, chainName);
  const until = engine.height + blocks;
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    unsubscribe();
  };
  const heal = (): void => {
    cancel();
    faultDown(world, validator, chainName, false).catch((error: unknown) => {
      // Nobody waits for this: what went wrong also stands in the chain's status.
      process.stderr.write(`${validator} does not come back on ${chainName}: ${String(error)}\n`);
    });
  };
  const unsubscribe = engine.onBlock(() => {
    if (engine.height >= until) heal();
  });
  if (world.manualClock === undefined) {
    const ms = Number((2n * blocks * blockTimeOf(world, chainName)) / 1_000_000n);
    timer = setTimeout(heal, Math.min(ms, MAX_TIMER_MS));
    timer.unref();
  }
  return cancel;
}
