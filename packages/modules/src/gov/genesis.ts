/** Genesis of governance (SDK x/gov `genesis.go`, `types/v1/genesis.go`). */
import { timestampToNs } from "@tandem-ics/proto";
import {
  type AddressCodecs,
  assert,
  type Context,
  formatCoins,
  type JsonObject,
  normalizeCoins,
  plainError,
} from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/gov/v1/genesis";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import { GOV_ACCOUNT } from "./dependencies.ts";
import type { GovParty } from "./keeper.ts";
import { assertGovParams, DEFAULT_GOV_PARAMS, readCoins } from "./params.ts";

const TYPE = "cosmos.gov.v1.GenesisState";
const read = (json: JsonObject): GenesisState => genesisFromJson<GenesisState>(TYPE, json);

/** No proposals; the first gets id 1. */
export const defaultGovGenesis = (): JsonObject =>
  genesisToJson<GenesisState>(TYPE, {
    startingProposalId: 1n,
    deposits: [],
    votes: [],
    proposals: [],
    params: DEFAULT_GOV_PARAMS,
    constitution: "",
  });

/** Throws `undefined/1` for a proposal, deposit or vote that is there twice, for one without its proposal, for bad params. */
export function validateGovGenesis(json: JsonObject, { account }: AddressCodecs): void {
  const { startingProposalId, proposals, deposits, votes, params } = read(json);
  if (startingProposalId === 0n) throw plainError("starting proposal id must be greater than 0");
  const ids = new Set<bigint>();
  for (const { id } of proposals) {
    if (ids.has(id)) throw plainError(`duplicate proposal id: ${id}`);
    ids.add(id);
  }
  const assertRecords = (what: string, records: readonly { proposalId: bigint; account: string }[]): void => {
    const seen = new Set<string>();
    for (const { proposalId, account: who } of records) {
      if (!ids.has(proposalId))
        throw plainError(`${what} of ${who} has non-existent proposal id: ${proposalId}`);
      const key = `${proposalId}/${who}`;
      if (seen.has(key)) throw plainError(`duplicate ${what}: ${key}`);
      seen.add(key);
    }
  };
  assertRecords(
    "deposit",
    deposits.map(({ proposalId, depositor }) => ({ proposalId, account: depositor })),
  );
  assertRecords(
    "vote",
    votes.map(({ proposalId, voter }) => ({ proposalId, account: voter })),
  );
  if (params === undefined) throw plainError("governance genesis has no params");
  assertGovParams(params, account);
}

/** Writes the state. Balances must be there already: the deposits lie in the module's account. */
export function initGovGenesis(
  ctx: Context,
  { parts, deposits, proposals }: GovParty,
  json: JsonObject,
): void {
  const { state, auth, bank, addresses } = parts;
  const genesis = read(json);
  state.nextId.set(ctx, genesis.startingProposalId);
  assert(genesis.params !== undefined, "governance genesis has no params");
  state.params.set(ctx, genesis.params);
  state.constitution.set(ctx, genesis.constitution);
  const { address } = auth.ensureModuleAccount(ctx, GOV_ACCOUNT);
  for (const deposit of genesis.deposits) deposits.set(ctx, deposit);
  for (const vote of genesis.votes)
    state.votes.set(ctx, [vote.proposalId, addresses.account.decode(vote.voter)], vote);
  for (const proposal of genesis.proposals) {
    const { id, status, depositEndTime, votingEndTime } = proposal;
    if (status === ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD)
      state.inactiveQueue.set(ctx, [timestampToNs(depositEndTime!), id], id);
    if (status === ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD)
      state.activeQueue.set(ctx, [timestampToNs(votingEndTime!), id], id);
    proposals.set(ctx, proposal);
  }
  const held = formatCoins(bank.getAllBalances(ctx, address));
  const owed = formatCoins(normalizeCoins(genesis.deposits.flatMap(({ amount }) => readCoins(amount))));
  assert(held === owed, `expected module account was ${held} but we got ${owed}`);
}

/** Reads the state. */
export function exportGovGenesis(ctx: Context, { parts: { state } }: GovParty): JsonObject {
  return genesisToJson<GenesisState>(TYPE, {
    startingProposalId: state.nextId.require(ctx),
    deposits: state.deposits.values(ctx),
    votes: state.votes.values(ctx),
    proposals: state.proposals.values(ctx),
    params: state.params.require(ctx),
    constitution: state.constitution.require(ctx),
  });
}
