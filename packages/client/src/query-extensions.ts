/** Query extensions for CosmJS's `QueryClient`: the CCV modules and what of IBC it lacks. */
import { createProtobufRpcClient, type QueryClient } from "@cosmjs/stargate";
import { ConsumerQueryClientImpl, ProviderQueryClientImpl } from "@tandem-ics/proto";
import { QueryClientImpl as AuthQuery } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { QueryClientImpl as BankQuery } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";
import { QueryClientImpl as SlashingQuery } from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { QueryClientImpl as StakingQuery } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { QueryClientImpl as UpgradeQuery } from "cosmjs-types/cosmos/upgrade/v1beta1/query";
import { QueryClientImpl as TransferQuery } from "cosmjs-types/ibc/applications/transfer/v1/query";
import { QueryClientImpl as ChannelQuery } from "cosmjs-types/ibc/core/channel/v1/query";
import { QueryClientImpl as ClientQuery } from "cosmjs-types/ibc/core/client/v1/query";
import { QueryClientImpl as ConnectionQuery } from "cosmjs-types/ibc/core/connection/v1/query";

/** gRPC queries of a provider's CCV module. */
export interface ProviderExtension {
  readonly provider: ProviderQueryClientImpl;
}

/** gRPC queries of a consumer's CCV module. */
export interface ConsumerExtension {
  readonly ccvconsumer: ConsumerQueryClientImpl;
}

/** gRPC queries of IBC core and ICS-20, whole. */
export interface IbcCoreExtension {
  readonly ibcClient: ClientQuery;
  readonly ibcConnection: ConnectionQuery;
  readonly ibcChannel: ChannelQuery;
  readonly ibcTransfer: TransferQuery;
}

/** gRPC queries of the SDK modules, as generated. */
export interface SdkExtension {
  readonly auth: AuthQuery;
  readonly bank: BankQuery;
  readonly gov: GovQuery;
  readonly staking: StakingQuery;
  readonly slashing: SlashingQuery;
  readonly upgrade: UpgradeQuery;
}

/** For `QueryClient.withExtensions(comet, setupProviderExtension)`. */
export const setupProviderExtension = (base: QueryClient): ProviderExtension => ({
  provider: new ProviderQueryClientImpl(createProtobufRpcClient(base)),
});

/** For `QueryClient.withExtensions(comet, setupConsumerExtension)`. */
export const setupConsumerExtension = (base: QueryClient): ConsumerExtension => ({
  ccvconsumer: new ConsumerQueryClientImpl(createProtobufRpcClient(base)),
});

/** For `QueryClient.withExtensions(comet, setupIbcCoreExtension)`. */
export function setupIbcCoreExtension(base: QueryClient): IbcCoreExtension {
  const rpc = createProtobufRpcClient(base);
  return {
    ibcClient: new ClientQuery(rpc),
    ibcConnection: new ConnectionQuery(rpc),
    ibcChannel: new ChannelQuery(rpc),
    ibcTransfer: new TransferQuery(rpc),
  };
}

/** For `QueryClient.withExtensions(comet, setupSdkExtension)`. */
export function setupSdkExtension(base: QueryClient): SdkExtension {
  const rpc = createProtobufRpcClient(base);
  return {
    auth: new AuthQuery(rpc),
    bank: new BankQuery(rpc),
    gov: new GovQuery(rpc),
    staking: new StakingQuery(rpc),
    slashing: new SlashingQuery(rpc),
    upgrade: new UpgradeQuery(rpc),
  };
}

/** All of our extensions. */
export type ChainQueries = QueryClient &
  ProviderExtension &
  ConsumerExtension &
  IbcCoreExtension &
  SdkExtension;
