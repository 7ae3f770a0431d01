/**
 * Genesis of modules that only the Go binaries have. Our applications keep these sections as they are; a Go node that goes
 * on from such a genesis cannot export, nor govern, without them (SDK `x/crisis`, `x/gov/types/v1/params.go`: the defaults).
 */
import type { JsonObject } from "@tandem-ics/runtime";

const DAY = 86_400;
const decimal = (thousandths: number): string => `${(thousandths / 1000).toFixed(3)}${"0".repeat(15)}`;
const coins = (denom: string, amount: string) => [{ denom, amount }];

/** Section `crisis`. */
export const crisisSection = (denom: string): JsonObject => ({ constant_fee: { denom, amount: "1000" } });

/** Section `gov`. */
export const govSection = (denom: string): JsonObject => ({
  starting_proposal_id: "1",
  deposits: [],
  votes: [],
  proposals: [],
  deposit_params: null,
  voting_params: null,
  tally_params: null,
  params: {
    min_deposit: coins(denom, "10000000"),
    max_deposit_period: `${2 * DAY}s`,
    voting_period: `${2 * DAY}s`,
    quorum: decimal(334),
    threshold: decimal(500),
    veto_threshold: decimal(334),
    min_initial_deposit_ratio: decimal(0),
    proposal_cancel_ratio: decimal(500),
    proposal_cancel_dest: "",
    expedited_voting_period: `${DAY}s`,
    expedited_threshold: decimal(667),
    expedited_min_deposit: coins(denom, "50000000"),
    burn_vote_quorum: false,
    burn_proposal_deposit_prevote: false,
    burn_vote_veto: true,
    min_deposit_ratio: decimal(10),
  },
  constitution: "",
});
