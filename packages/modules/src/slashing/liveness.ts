/** Counting missed blocks (SDK x/slashing `keeper/infractions.go`). */
import { assert, type Context } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import type { SlashingParts } from "./dependencies.ts";
import { minSignedBlocks, type SlashingParams } from "./params.ts";
import type { SigningInfo } from "./state.ts";

/** One validator's part in the last commit. */
export interface LastVote {
  readonly consAddr: Uint8Array;
  readonly power: bigint;
  readonly flag: BlockIDFlag;
}

/**
 * Updates of the validator set are in force one block after they are returned, and votes are those of the block before:
 * the stake that made a vote is that of two blocks ago.
 */
const VOTE_DELAY = 2n;

/** Makes what runs for each vote of each block; `params` are the stored ones, read once a block. */
export function createLiveness(parts: SlashingParts) {
  const { staking, state, missedBlocks } = parts;

  /** Slashes and jails for downtime, and begins to count anew. */
  function punish(ctx: Context, vote: LastVote, info: SigningInfo, params: SlashingParams): SigningInfo {
    const { consAddr, power } = vote;
    const burned = staking.slashWithInfractionReason(
      ctx,
      consAddr,
      ctx.height - VOTE_DELAY,
      power,
      params.slashFractionDowntime,
      Infraction.INFRACTION_DOWNTIME,
    );
    ctx.emit("slash", {
      address: info.address,
      power: power.toString(),
      reason: "missing_signature",
      jailed: info.address,
      burned_coins: burned.toString(),
    });
    staking.jail(ctx, consAddr);
    missedBlocks.clear(ctx, consAddr);
    return {
      ...info,
      jailedUntilNs: ctx.timeNs + params.downtimeJailDurationNs,
      missedBlocksCounter: 0n,
      indexOffset: 0n,
    };
  }

  return function handleVote(ctx: Context, vote: LastVote, params: SlashingParams): void {
    const { consAddr } = vote;
    if (staking.isValidatorJailed(ctx, consAddr)) return;
    const before = state.signingInfos.get(ctx, consAddr);
    if (before === undefined) {
      const text = parts.addresses.consensus.encode(consAddr);
      assert(false, `expected signing info for validator ${text} but not found`);
    }
    const { signedBlocksWindow: window } = params;
    const index = before.indexOffset % window;
    const missed = vote.flag === BlockIDFlag.BLOCK_ID_FLAG_ABSENT;
    let counter = before.missedBlocksCounter;
    if (missedBlocks.has(ctx, consAddr, index) !== missed) {
      missedBlocks.set(ctx, consAddr, index, missed);
      counter += missed ? 1n : -1n;
    }
    let info: SigningInfo = {
      ...before,
      indexOffset: before.indexOffset + 1n,
      missedBlocksCounter: counter,
    };
    if (missed) {
      ctx.emit("liveness", {
        address: info.address,
        missed_blocks: counter.toString(),
        height: ctx.height.toString(),
      });
    }
    const isTooMany = counter > window - minSignedBlocks(params);
    // a validator that was bonded only now has not had the time to miss so many
    if (isTooMany && ctx.height > info.startHeight + window) {
      const validator = staking.validatorByConsAddr(ctx, consAddr);
      if (validator !== undefined && !validator.jailed) info = punish(ctx, vote, info, params);
    }
    state.signingInfos.set(ctx, consAddr, info);
  };
}
