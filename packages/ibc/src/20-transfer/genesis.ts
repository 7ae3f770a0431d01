/** The `transfer` section of genesis files, of ibc-go v10 and of older chains (ibc-go `transfer/keeper/genesis.go`). */
import { fromProtoJson, type JsonValue, toProtoJson } from "@tandem-ics/proto";
import {
  addCoins,
  type Coins,
  type Context,
  coinsFromProto,
  coinsToProto,
  type Json,
  type JsonObject,
  plainError,
} from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/ibc/applications/transfer/v1/genesis";
import type { Denom } from "cosmjs-types/ibc/applications/transfer/v1/token";
import { assertIdentifier } from "../24-host/validate.ts";
import { readingGenesis } from "../genesis.ts";
import { compareDenoms, denomPath, parseDenom, validateDenom } from "./denom.ts";
import type { TransferDeps } from "./keeper.ts";
import { setDenomMetadata } from "./relay.ts";
import {
  allTotalEscrow,
  denoms,
  escrowAddress,
  params,
  port,
  setDenom,
  setTotalEscrow,
  TRANSFER,
} from "./state.ts";

const TYPE = "ibc.applications.transfer.v1.GenesisState";

/** A new chain: both directions are enabled. */
export const defaultTransferGenesis = (): GenesisState => ({
  portId: TRANSFER,
  denoms: [],
  params: { sendEnabled: true, receiveEnabled: true },
  totalEscrowed: [],
});

/** Proto JSON of the section. */
export const transferGenesisToJson = (genesis: GenesisState): JsonObject =>
  toProtoJson(TYPE, genesis) as unknown as JsonObject;

/** A section as read. */
export interface TransferGenesis {
  readonly state: GenesisState;
  /** Files of ibc-go before v7.1 do not tell what is escrowed. */
  readonly knowsEscrow: boolean;
}

/** Reads the section. Files of ibc-go before v10 have `denom_traces` in place of `denoms`. Throws `undefined/1`. */
export function transferGenesisFromJson(json: JsonObject): TransferGenesis {
  const { denom_traces: traces, ...rest } = json;
  const state = readingGenesis(() => fromProtoJson(TYPE, rest as unknown as JsonValue) as GenesisState);
  const old = Array.isArray(traces) ? (traces as readonly Json[]).map(denomOfTrace) : [];
  return {
    state: { ...state, denoms: [...state.denoms, ...old] },
    knowsEscrow: Array.isArray(json["total_escrowed"]),
  };
}

function denomOfTrace(trace: Json): Denom {
  const { path, base_denom: base } = (trace ?? {}) as Record<string, Json | undefined>;
  if (typeof base !== "string" || (path !== undefined && typeof path !== "string"))
    throw plainError("a denom trace in genesis has no base_denom");
  return parseDenom(path === undefined || path === "" ? base : `${path}/${base}`);
}

/** Throws CodedError with the reason. */
export function validateTransferGenesis({ state }: TransferGenesis): void {
  assertIdentifier("port", state.portId, "invalid port in transfer genesis");
  const paths = new Set<string>();
  for (const denom of state.denoms) {
    const path = denomPath(denom);
    if (paths.has(path)) throw plainError(`duplicated denomination ${path}`);
    validateDenom(denom);
    paths.add(path);
  }
  coinsFromProto(state.totalEscrowed, { allowEmpty: true });
}

/** Writes everything that {@link exportTransferGenesis} reads, and describes the denominations to the bank. */
export function initTransferGenesis(
  deps: TransferDeps,
  ctx: Context,
  { state, knowsEscrow }: TransferGenesis,
): void {
  port.set(ctx, state.portId);
  for (const denom of state.denoms) {
    setDenom(ctx, denom);
    setDenomMetadata(deps, ctx, denom);
  }
  params.set(ctx, state.params);
  const escrowed = knowsEscrow
    ? coinsFromProto(state.totalEscrowed, { allowEmpty: true })
    : escrowedBalances(deps, ctx);
  for (const { denom, amount } of escrowed) setTotalEscrow(ctx, denom, amount);
}

/** What the escrow accounts of all transfer channels hold. */
const escrowedBalances = ({ bank, channels }: TransferDeps, ctx: Context): Coins =>
  channels
    .allChannels(ctx)
    .filter(({ portId }) => portId === TRANSFER)
    .reduce<Coins>(
      (sum, { portId, channelId }) =>
        addCoins(sum, bank.getAllBalances(ctx, escrowAddress(portId, channelId))),
      [],
    );

/** All state of the store. */
export const exportTransferGenesis = (ctx: Context): GenesisState => ({
  portId: port.get(ctx) ?? TRANSFER,
  denoms: denoms.values(ctx).sort(compareDenoms),
  params: params.require(ctx),
  totalEscrowed: coinsToProto(allTotalEscrow(ctx)),
});
