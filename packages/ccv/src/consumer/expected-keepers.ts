/** What the consumer module needs of others. */
import type { SlashableValidator } from "@tandem-ics/modules";
import type { AddressCodecs, Coin, Coins, Context, Dec } from "@tandem-ics/runtime";
import type { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Counterparty, Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import type { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { PacketSender } from "../types/send-packet.ts";

/** Slashing as CCV uses it. */
export interface ConsumerSlashing {
  /** Creates signing info for a validator that starts to sign. */
  afterValidatorBonded(ctx: Context, consAddress: Uint8Array, operator: Uint8Array): void;
}

/** Bank as CCV uses it. */
export interface ConsumerBank {
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
  getBalance(ctx: Context, address: Uint8Array, denom: string): bigint;
  sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
}

/** Accounts as CCV uses them. */
export interface ConsumerAuth {
  ensureModuleAccount(ctx: Context, name: string): { readonly address: Uint8Array };
}

/** Light clients as CCV uses them. */
export interface ConsumerClients {
  createTendermintClient(ctx: Context, clientState: ClientState, consensusState: ConsensusState): string;
  tendermintClientState(ctx: Context, clientId: string): ClientState | undefined;
}

/** Connections as CCV uses them. */
export interface ConsumerConnections {
  connection(ctx: Context, connectionId: string): ConnectionEnd | undefined;
}

/** Channels as CCV uses them. */
export interface ConsumerChannels extends PacketSender {
  /** As `MsgChannelOpenInit` does, through the application's callback. */
  openInit(
    ctx: Context,
    opening: {
      readonly portId: string;
      readonly ordering: Order;
      readonly connectionHops: readonly string[];
      readonly counterparty: Counterparty;
      readonly version: string;
    },
  ): { readonly channelId: string };
  /** Without the application's callback. */
  closeInit(ctx: Context, channel: { portId: string; channelId: string }): void;
}

/** ICS-20 as CCV uses it. */
export interface ConsumerTransfer {
  /** What `MsgTransfer` does. */
  sendTransfer(
    ctx: Context,
    transfer: {
      readonly sourcePort: string;
      readonly sourceChannel: string;
      readonly token: Coin;
      readonly sender: string;
      readonly receiver: string;
      readonly timeoutHeight: Height;
      readonly timeoutTimestamp: bigint;
      readonly memo: string;
    },
  ): unknown;
}

/** Staking that a consumer has of its own: of a chain that ran by itself before, or for its governance. */
export interface StandaloneStaking {
  bondedValidatorsByPower(ctx: Context): readonly { readonly consensusPubkey: Any }[];
  isValidatorJailed(ctx: Context, consAddress: Uint8Array): boolean;
  slashWithInfractionReason(
    ctx: Context,
    consAddress: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    fraction: Dec,
    infraction: Infraction,
  ): bigint;
  unjail(ctx: Context, consAddress: Uint8Array): void;
  /** Throws `staking/3`. */
  requireValidator(ctx: Context, operator: Uint8Array): SlashableValidator;
  /** Throws `staking/19`. */
  requireDelegation(ctx: Context, delegator: Uint8Array, operator: Uint8Array): { readonly shares: Dec };
}

/** Everything that the consumer module is made from. */
export interface ConsumerDeps {
  readonly addresses: AddressCodecs;
  /** Account that may change parameters: the gov module's. */
  readonly authority: string;
  readonly slashing: ConsumerSlashing;
  readonly bank: ConsumerBank;
  readonly auth: ConsumerAuth;
  readonly client: ConsumerClients;
  readonly connection: ConsumerConnections;
  readonly channel: ConsumerChannels;
  readonly transfer: ConsumerTransfer;
  /** Account that fees are collected in; default `fee_collector`. */
  readonly feeCollector?: string;
  readonly standalone?: StandaloneStaking;
}
