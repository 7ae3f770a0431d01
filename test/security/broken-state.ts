/** Rows of modules' stores, for tests that break them behind the keepers. */
import { ADDRESSES } from "../../packages/ccv/src/testing/staked-chain.ts";
import { createBankState } from "../../packages/modules/src/bank/state.ts";
import { createSlashingState } from "../../packages/modules/src/slashing/state.ts";
import { createStakingState } from "../../packages/modules/src/staking/state.ts";

/** Rows of bank. */
export const bank = createBankState();
/** Rows of staking. */
export const staking = createStakingState(ADDRESSES);
/** Rows of slashing. */
export const slashing = createSlashingState();
