/** Staking messages that let a validator set grow from one member to a hundred and shrink again, over and over. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { STAKE } from "../harness/go-chain.ts";
import { createRandom, type Random } from "./random.ts";

/** Base units of one unit of voting power. */
export const POWER_UNIT = 1_000_000n;
/** What each validator stakes for itself: too little to be in the set without a delegation. */
export const HALF_UNIT = POWER_UNIT / 2n;
/** Validators besides the one that is always there. */
export const OTHERS = 99;
/** Blocks from one member to all of them and back. */
const PERIOD = 250;
const MOST_POWER = 20;

/** Gives the messages of one step after another. */
export interface Churn {
  /** The delegator's messages that make the set as it should be `blocks` after the start; maybe none. */
  step(blocks: number): EncodeObject[];
}

/** How many should be in: a wave whose crests and troughs are cut off, so that both extremes last for some blocks. */
function wanted(blocks: number, all: number): number {
  const phase = (blocks % PERIOD) / PERIOD;
  const wave = 1.2 * (phase < 0.5 ? 2 * phase : 2 - 2 * phase) - 0.1;
  return Math.round(all * Math.min(1, Math.max(0, wave)));
}

/**
 * Moves the `validators` in and out of the set with one delegator's stake; they hold {@link HALF_UNIT} of their own.
 * While there are any, every step changes somebody's power. Those with an odd index leave by undelegation, the others by redelegation to an odd
 * one, so that no redelegation follows another one.
 */
export function createChurn(delegator: string, validators: readonly string[], seed: number): Churn {
  const random: Random = createRandom(seed);
  /** Units delegated to those who are in. */
  const stakes = new Map<number, bigint>();

  const coin = (units: bigint) => ({ denom: STAKE, amount: (units * POWER_UNIT).toString() });

  function delegate(index: number, units: bigint): EncodeObject {
    stakes.set(index, (stakes.get(index) ?? 0n) + units);
    return {
      typeUrl: MsgDelegate.typeUrl,
      value: MsgDelegate.fromPartial({
        delegatorAddress: delegator,
        validatorAddress: validators[index]!,
        amount: coin(units),
      }),
    };
  }

  function leave(index: number): EncodeObject {
    const units = stakes.get(index)!;
    stakes.delete(index);
    const heirs = [...stakes.keys()].filter((other) => other % 2 === 1);
    if (index % 2 === 1 || heirs.length === 0)
      return {
        typeUrl: MsgUndelegate.typeUrl,
        value: MsgUndelegate.fromPartial({
          delegatorAddress: delegator,
          validatorAddress: validators[index]!,
          amount: coin(units),
        }),
      };
    const heir = random.pick(heirs);
    stakes.set(heir, stakes.get(heir)! + units);
    return {
      typeUrl: MsgBeginRedelegate.typeUrl,
      value: MsgBeginRedelegate.fromPartial({
        delegatorAddress: delegator,
        validatorSrcAddress: validators[index]!,
        validatorDstAddress: validators[heir]!,
        amount: coin(units),
      }),
    };
  }

  return {
    step(blocks) {
      const target = wanted(blocks, validators.length);
      const messages: EncodeObject[] = [];
      while (stakes.size < target) {
        const out = validators.flatMap((_, index) => (stakes.has(index) ? [] : [index]));
        messages.push(delegate(random.pick(out), BigInt(1 + random.below(MOST_POWER))));
      }
      while (stakes.size > target) messages.push(leave(random.pick([...stakes.keys()])));
      if (messages.length === 0 && stakes.size > 0)
        messages.push(delegate(random.pick([...stakes.keys()]), 1n));
      return messages;
    },
  };
}
