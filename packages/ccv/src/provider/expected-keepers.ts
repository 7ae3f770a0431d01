/** What the provider module needs of others. */
import type { AddressCodecs, Coins, Context, Dec, DecCoins } from "@tandem-ics/runtime";
import type { Description, Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import type {
  ClientState,
  ConsensusState,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { PacketSender } from "../types/send-packet.ts";

/** A validator of the staking module, as far as this module reads it. */
export interface StakingValidator {
  readonly operator: Uint8Array;
  readonly consensusPubkey: Any;
  readonly consAddress: Uint8Array;
  readonly jailed: boolean;
  /** 1 unbonded, 2 unbonding, 3 bonded. */
  readonly status: number;
  readonly tokens: bigint;
  readonly shares: Dec;
  readonly description: Description;
  readonly commission: { readonly rate: Dec };
}

/** Staking as CCV uses it; entries of unbondings and redelegations are only handed through. */
export interface ProviderStaking<Unbonding = unknown, Redelegation = unknown> {
  readonly powerReduction: bigint;
  maxValidators(ctx: Context): number;
  unbondingTimeNs(ctx: Context): bigint;
  minCommissionRate(ctx: Context): Dec;
  validator(ctx: Context, operator: Uint8Array): StakingValidator | undefined;
  validatorByConsAddr(ctx: Context, consAddress: Uint8Array): StakingValidator | undefined;
  /** The first `maxValidators` of the power index, without jailed ones. */
  bondedValidatorsByPower(ctx: Context): readonly StakingValidator[];
  lastValidatorPower(ctx: Context, operator: Uint8Array): bigint;
  lastTotalPower(ctx: Context): bigint;
  stakingTokenSupply(ctx: Context): bigint;
  historicalInfo(ctx: Context, height: bigint): { readonly header: HistoricalHeader } | undefined;
  jail(ctx: Context, consAddress: Uint8Array): void;
  slashWithInfractionReason(
    ctx: Context,
    consAddress: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    fraction: Dec,
    infraction: Infraction,
  ): bigint;
  unbondingDelegationsFromValidator(ctx: Context, operator: Uint8Array): readonly Unbonding[];
  redelegationsFromSrcValidator(ctx: Context, operator: Uint8Array): readonly Redelegation[];
  slashUnbondingDelegation(
    ctx: Context,
    unbonding: Unbonding,
    infractionHeight: bigint,
    fraction: Dec,
  ): bigint;
  slashRedelegation(
    ctx: Context,
    redelegation: Redelegation,
    infractionHeight: bigint,
    fraction: Dec,
  ): bigint;
}

/** What a launch copies from a stored header. */
export interface HistoricalHeader {
  readonly time: { readonly seconds: bigint; readonly nanos: number };
  readonly appHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
}

/** Slashing as CCV uses it. */
export interface ProviderSlashing {
  isTombstoned(ctx: Context, consAddress: Uint8Array): boolean;
  tombstone(ctx: Context, consAddress: Uint8Array): void;
  jailUntil(ctx: Context, consAddress: Uint8Array, timeNs: bigint): void;
  downtimeJailDurationNs(ctx: Context): bigint;
  slashFractionDoubleSign(ctx: Context): Dec;
}

/** Distribution as CCV uses it. */
export interface ProviderDistribution {
  communityTax(ctx: Context): Dec;
  fundCommunityPool(ctx: Context, amount: Coins, sender: Uint8Array): void;
  /** `commissionRate` replaces the validator's own. */
  allocateTokensToValidator(
    ctx: Context,
    validator: StakingValidator,
    tokens: DecCoins,
    commissionRate?: Dec,
  ): void;
}

/** Bank as CCV uses it. */
export interface ProviderBank {
  sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
}

/** Accounts as CCV uses them. */
export interface ProviderAuth {
  ensureModuleAccount(ctx: Context, name: string): { readonly address: Uint8Array };
  getModuleAddress(name: string): Uint8Array;
}

/** Light clients as CCV uses them. */
export interface ProviderClients {
  createTendermintClient(ctx: Context, clientState: ClientState, consensusState: ConsensusState): string;
  clientState(ctx: Context, clientId: string): Any | undefined;
  tendermintClientState(ctx: Context, clientId: string): ClientState | undefined;
  tendermintConsensusState(ctx: Context, clientId: string, height: Height): ConsensusState | undefined;
  selfHeight(ctx: Context): Height;
  /**
   * Both headers against their trusted consensus states, whatever the client's status; throws when either is not to be
   * believed.
   */
  verifyTendermintMisbehaviour(ctx: Context, clientId: string, misbehaviour: Misbehaviour): void;
}

/** Connections as CCV uses them. */
export interface ProviderConnections {
  connection(ctx: Context, connectionId: string): ConnectionEnd | undefined;
}

/** Channels as CCV uses them. */
export interface ProviderChannels extends PacketSender {
  /** Without the application's callback. */
  closeInit(ctx: Context, channel: { portId: string; channelId: string }): void;
}

/** Everything that the provider module is made from. */
export interface ProviderDeps {
  readonly addresses: AddressCodecs;
  /** Account that may change parameters and own Top N chains: the gov module's. */
  readonly authority: string;
  readonly staking: ProviderStaking;
  readonly slashing: ProviderSlashing;
  readonly distribution: ProviderDistribution;
  readonly bank: ProviderBank;
  readonly auth: ProviderAuth;
  readonly client: ProviderClients;
  readonly connection: ProviderConnections;
  readonly channel: ProviderChannels;
}
