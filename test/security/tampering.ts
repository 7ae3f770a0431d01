/**
 * A hand behind the keepers: what a test puts here runs at the end of a chain's blocks, with the stores open for
 * writing. Test files mock the two CCV modules with {@link tampered}, which then are what they were, and the hand.
 */
import type { AppModule, Context } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";

/** What is done to a chain at the end of each of its blocks; may replace the updates for the engine. */
export type Hand = (
  ctx: Context,
  updates: readonly ValidatorUpdate[],
) => readonly ValidatorUpdate[] | undefined;

/** The hand at work, by the kind of chain; set and taken away by tests. */
export const hands: { provider?: Hand | undefined; consumer?: Hand | undefined } = {};

/** A hand that does its work in one block only. */
export function once(work: Hand): Hand {
  let done = false;
  return (ctx, updates) => {
    if (done) return undefined;
    done = true;
    return work(ctx, updates);
  };
}

/** The same parts, with the hand after the module's own end of block. */
export function tampered<T extends { readonly module: AppModule }>(parts: T, kind: keyof typeof hands): T {
  const { module } = parts;
  return {
    ...parts,
    module: {
      ...module,
      endBlock(ctx: Context) {
        const updates = module.endBlock?.(ctx) ?? [];
        return hands[kind]?.(ctx, updates) ?? updates;
      },
    },
  };
}
