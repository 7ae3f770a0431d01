/** The section for what the genesis forms of the SDK's modules lose. */
import { AUTHZ_STORE, PARAMS_STORE, UPGRADE_STORE } from "@tandem-ics/modules";
import type { AppModule } from "@tandem-ics/runtime";
import { createExtraGenesis } from "../types/extra-genesis.ts";

/** Key of the section. */
export const CHAIN_EXTRA = "chain_extra";

/** Upgrades that are planned and done, and what IBC will need of them (text keys); old parameters, of governance only. */
const ALWAYS = { [UPGRADE_STORE]: [0, 1, 0x11, 0x75], [PARAMS_STORE]: [0x67] };
/** Number of the last unbonding, the index of unbondings by their numbers, and the order in which those of one time end. */
const STAKING = { staking: [0x37, 0x38, 0x39, 0x41, 0x42, 0x43] };
/** The order in which grants of one time end. */
const GRANTS = { [AUTHZ_STORE]: [2] };
/** Since when validators are watched: the consumer module begins that anew. */
const SIGNERS = { slashing: [1] };

/** The module of the section; it comes after all whose rows it holds. */
export const createChainExtra = (has: {
  readonly stake: boolean;
  readonly grants: boolean;
  readonly ccvSigners: boolean;
}): AppModule =>
  createExtraGenesis(CHAIN_EXTRA, {
    ...ALWAYS,
    ...(has.stake ? STAKING : {}),
    ...(has.grants ? GRANTS : {}),
    ...(has.ccvSigners ? SIGNERS : {}),
  });
