/** The gRPC methods that invariants ask. */
import {
  ProviderQueryThrottleStateRequest,
  ProviderQueryThrottleStateResponse,
  QueryBlocksUntilNextEpochRequest,
  QueryBlocksUntilNextEpochResponse,
  QueryConsumerChainsRequest,
  QueryConsumerChainsResponse,
  QueryConsumerGenesisRequest,
  QueryConsumerGenesisResponse,
  QueryConsumerIdFromClientIdRequest,
  QueryConsumerIdFromClientIdResponse,
  QueryConsumerValidatorsRequest,
  QueryConsumerValidatorsResponse,
} from "@tandem-ics/proto";
import {
  QueryBalanceRequest,
  QueryBalanceResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
} from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { QueryValidatorsRequest, QueryValidatorsResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import {
  QueryDenomsRequest,
  QueryDenomsResponse,
  QueryEscrowAddressRequest,
  QueryEscrowAddressResponse,
} from "cosmjs-types/ibc/applications/transfer/v1/query";
import {
  QueryChannelClientStateRequest,
  QueryChannelClientStateResponse,
  QueryChannelsRequest,
  QueryChannelsResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import { QueryClientStatusRequest, QueryClientStatusResponse } from "cosmjs-types/ibc/core/client/v1/query";
import type { Method } from "./observed.ts";

const method = <Q, A>(
  path: string,
  question: Method<Q, A>["question"],
  answer: Method<Q, A>["answer"],
): Method<Q, A> => ({ path, question, answer });

const PROVIDER = "/interchain_security.ccv.provider.v1.Query";

/** A page with everything on it. */
export const EVERYTHING = {
  pagination: { key: new Uint8Array(), offset: 0n, limit: 100_000n, countTotal: false, reverse: false },
};

/** Consumers in a phase. */
export const CONSUMER_CHAINS = method(
  `${PROVIDER}/QueryConsumerChains`,
  QueryConsumerChainsRequest,
  QueryConsumerChainsResponse,
);
/** Genesis that the provider made at launch. */
export const CONSUMER_GENESIS = method(
  `${PROVIDER}/QueryConsumerGenesis`,
  QueryConsumerGenesisRequest,
  QueryConsumerGenesisResponse,
);
/** A launched consumer's set as the provider keeps it. */
export const CONSUMER_VALIDATORS = method(
  `${PROVIDER}/QueryConsumerValidators`,
  QueryConsumerValidatorsRequest,
  QueryConsumerValidatorsResponse,
);
/** The consumer behind a client. */
export const CONSUMER_OF_CLIENT = method(
  `${PROVIDER}/QueryConsumerIdFromClientId`,
  QueryConsumerIdFromClientIdRequest,
  QueryConsumerIdFromClientIdResponse,
);
/** 0 in the last block of an epoch. */
export const BLOCKS_UNTIL_NEXT_EPOCH = method(
  `${PROVIDER}/QueryBlocksUntilNextEpoch`,
  QueryBlocksUntilNextEpochRequest,
  QueryBlocksUntilNextEpochResponse,
);
/** The slash meter. */
export const THROTTLE_STATE = method(
  `${PROVIDER}/QueryThrottleState`,
  ProviderQueryThrottleStateRequest,
  ProviderQueryThrottleStateResponse,
);
/** Whether a client may be used. */
export const CLIENT_STATUS = method(
  "/ibc.core.client.v1.Query/ClientStatus",
  QueryClientStatusRequest,
  QueryClientStatusResponse,
);
/** All channels. */
export const CHANNELS = method(
  "/ibc.core.channel.v1.Query/Channels",
  QueryChannelsRequest,
  QueryChannelsResponse,
);
/** The client below a channel. */
export const CHANNEL_CLIENT = method(
  "/ibc.core.channel.v1.Query/ChannelClientState",
  QueryChannelClientStateRequest,
  QueryChannelClientStateResponse,
);
/** Coins in being. */
export const TOTAL_SUPPLY = method(
  "/cosmos.bank.v1beta1.Query/TotalSupply",
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
);
/** One coin of an account. */
export const BALANCE = method(
  "/cosmos.bank.v1beta1.Query/Balance",
  QueryBalanceRequest,
  QueryBalanceResponse,
);
/** What the `ibc/…` names of a chain stand for. */
export const DENOMS = method(
  "/ibc.applications.transfer.v1.Query/Denoms",
  QueryDenomsRequest,
  QueryDenomsResponse,
);
/** Account that holds what left through a channel. */
export const ESCROW_ADDRESS = method(
  "/ibc.applications.transfer.v1.Query/EscrowAddress",
  QueryEscrowAddressRequest,
  QueryEscrowAddressResponse,
);
/** Validators of the staking module. */
export const VALIDATORS = method(
  "/cosmos.staking.v1beta1.Query/Validators",
  QueryValidatorsRequest,
  QueryValidatorsResponse,
);
/** Whether a validator is tombstoned, and until when jailed. */
export const SIGNING_INFO = method(
  "/cosmos.slashing.v1beta1.Query/SigningInfo",
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
);
