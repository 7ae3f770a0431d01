/** A walk through every message of bank, staking, distribution, slashing, gov and the provider, refusals among them. */
import { walkGov } from "./walk-gov.ts";
import { createWalker, type Sent, type Stage } from "./walk-kit.ts";
import { walkProvider } from "./walk-provider.ts";
import { walkStake } from "./walk-stake.ts";

/** The walk. Gives what was sent, in order, for the reader of a failure. */
export async function walk(stage: Stage): Promise<readonly Sent[]> {
  const walker = createWalker(stage);
  await walkStake(walker);
  await walkGov(walker);
  await walkProvider(walker);
  return walker.sent;
}
