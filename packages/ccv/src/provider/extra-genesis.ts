/** The section for what interchain-security's genesis form of the provider loses. */
import type { AppModule } from "@tandem-ics/runtime";
import { createExtraGenesis } from "../types/extra-genesis.ts";
import { STORE } from "./state.ts";

/**
 * First bytes of the rows: slash meter and candidate; slash acks, init heights and pending packets whatever the channel;
 * slash log, denominations, evidence heights, sets, opt-ins, lists, commission, minimum power, ids, chain ids, owners,
 * metadata, parameters, phases, removal times, queues, allocations.
 */
const PREFIXES: readonly number[] = [
  3, 4, 15, 16, 17, 26, 27, 29, 31, 32, 36, 37, 39, 40, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 54, 55, 56,
  57, 58, 59,
];

/** Key of the section. */
export const PROVIDER_EXTRA = "provider_extra";

/** The module of the section. */
export const createProviderExtra = (): AppModule => createExtraGenesis(PROVIDER_EXTRA, { [STORE]: PREFIXES });
