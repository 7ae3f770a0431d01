/** Clients: what this chain believes of other chains, and why (ICS-02; ibc-go `02-client/keeper`). */
import type { Context } from "@tandem-ics/runtime";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Params } from "cosmjs-types/ibc/core/client/v1/client";
import type {
  ClientState,
  ConsensusState,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Height } from "../24-host/index.ts";
import type { ClientStatus, LightClientModule, StateProof, UpgradeClaim } from "./light-client.ts";

/** Where a chain's own upgrades are planned: the upgrade module. Bytes are of `Any`. */
export interface IbcUpgradeKeeper {
  plan(ctx: Context): Plan | undefined;
  scheduleUpgrade(ctx: Context, plan: Plan): void;
  upgradedClient(ctx: Context, planHeight: bigint): Uint8Array | undefined;
  setUpgradedClient(ctx: Context, planHeight: bigint, client: Uint8Array): void;
  upgradedConsensusState(ctx: Context, planHeight: bigint): Uint8Array | undefined;
  setUpgradedConsensusState(ctx: Context, planHeight: bigint, state: Uint8Array): void;
}

/** A client message together with the light client that understands it. */
export interface ClientMessage {
  readonly module: LightClientModule;
  readonly content: unknown;
}

/** What is stored of clients. */
export interface ClientStates {
  /** The chain's own height. */
  selfHeight(ctx: Context): Height;
  params(ctx: Context): Params;
  setParams(ctx: Context, params: Params): void;
  nextSequence(ctx: Context): bigint;
  setNextSequence(ctx: Context, sequence: bigint): void;

  /** Client state as stored. */
  clientState(ctx: Context, clientId: string): Any | undefined;
  setClientState(ctx: Context, clientId: string, state: Any): void;
  consensusState(ctx: Context, clientId: string, height: Height): Any | undefined;
  setConsensusState(ctx: Context, clientId: string, height: Height, state: Any): void;
  /** Client state of a 07-tendermint client; `undefined` for others. */
  tendermintClientState(ctx: Context, clientId: string): ClientState | undefined;
  tendermintConsensusState(ctx: Context, clientId: string, height: Height): ConsensusState | undefined;
  creator(ctx: Context, clientId: string): Uint8Array | undefined;
  setCreator(ctx: Context, clientId: string, creator: Uint8Array): void;
  removeCreator(ctx: Context, clientId: string): void;
  /** Addresses that alone may update the client; none means everybody. */
  allowedRelayers(ctx: Context, clientId: string): readonly string[];
  setAllowedRelayers(ctx: Context, clientId: string, relayers: readonly string[]): void;
}

/** Which light client is asked. */
export interface ClientRouting {
  /**
   * The light client behind an id. Throws `host/2` for no client id, `client/10` for a type that is not allowed,
   * `client/32` for an unknown one.
   */
  route(ctx: Context, clientId: string): LightClientModule;
  /** The light client whose client state has this type URL. Throws `sdk/2` if there is none. */
  moduleOfClientState(state: Any): LightClientModule;
  /** The light client whose consensus state has this type URL. Throws `sdk/2` if there is none. */
  moduleOfConsensusState(state: Any): LightClientModule;
  /** Decodes a header or misbehaviour. Throws `ibc/14` for none, `sdk/2` for unknown or malformed ones. */
  decodeMessage(message: Any | undefined): ClientMessage;
  /** As {@link route}; `undefined` where it throws. */
  routeOrNone(ctx: Context, clientId: string): LightClientModule | undefined;
}

/** Keeper of clients. */
export interface ClientKeeper extends ClientStates, ClientRouting {
  /** Creates a client from bare states (without `Any`), returns its id, emits `create_client`. */
  createClient(ctx: Context, clientType: string, clientState: Uint8Array, consensusState: Uint8Array): string;
  /** {@link createClient} of a 07-tendermint client. */
  createTendermintClient(ctx: Context, clientState: ClientState, consensusState: ConsensusState): string;
  /** Applies a header, or freezes the client on proven misbehaviour. Throws `client/29` unless it is active. */
  updateClient(ctx: Context, clientId: string, message: ClientMessage): void;
  upgradeClient(ctx: Context, clientId: string, claim: UpgradeClaim): void;
  recoverClient(ctx: Context, subjectId: string, substituteId: string): void;

  /**
   * Verifies evidence against a 07-tendermint client in whatever state it is, without freezing it. Throws `client/4`
   * for another client, else as an update with misbehaviour does.
   */
  verifyTendermintMisbehaviour(ctx: Context, clientId: string, misbehaviour: Misbehaviour): void;

  status(ctx: Context, clientId: string): ClientStatus;
  /** 0-0 when there is no such client. */
  latestHeight(ctx: Context, clientId: string): Height;
  /** Nanoseconds since 1970. Throws `client/4` or `client/7`. */
  timestampAt(ctx: Context, clientId: string, height: Height): bigint;
  /** Throws unless the proof convinces and the client is active. */
  verifyMembership(ctx: Context, clientId: string, claim: StateProof, value: Uint8Array): void;
  verifyNonMembership(ctx: Context, clientId: string, claim: StateProof): void;
}
