/** Queries about clients (ibc-go `02-client/keeper/grpc_query.go`). Proofs are not part of the answers. */
import { EMPTY, fromUtf8, toBinary } from "@tandem-ics/crypto";
import {
  type AddressCodec,
  CodedError,
  type Context,
  GRPC,
  GrpcError,
  type QueryRoute,
} from "@tandem-ics/runtime";
import { Any } from "cosmjs-types/google/protobuf/any";
import {
  QueryClientCreatorRequest,
  QueryClientCreatorResponse,
  QueryClientParamsRequest,
  QueryClientParamsResponse,
  QueryClientStateRequest,
  QueryClientStateResponse,
  QueryClientStatesRequest,
  QueryClientStatesResponse,
  QueryClientStatusRequest,
  QueryClientStatusResponse,
  QueryConsensusStateHeightsRequest,
  QueryConsensusStateHeightsResponse,
  QueryConsensusStateRequest,
  QueryConsensusStateResponse,
  QueryConsensusStatesRequest,
  QueryConsensusStatesResponse,
  QueryUpgradedClientStateRequest,
  QueryUpgradedClientStateResponse,
  QueryUpgradedConsensusStateRequest,
  QueryUpgradedConsensusStateResponse,
  QueryVerifyMembershipRequest,
  QueryVerifyMembershipResponse,
} from "cosmjs-types/ibc/core/client/v1/query";
import {
  QueryConfigRequest,
  QueryConfigResponse,
  QueryCounterpartyInfoRequest,
  QueryCounterpartyInfoResponse,
} from "cosmjs-types/ibc/core/client/v2/query";
import {
  clientPrefix,
  formatHeight,
  type Height,
  isZeroHeight,
  LOCALHOST_CLIENT_ID,
  makeHeight,
  parseClientId,
  parseHeight,
} from "../24-host/index.ts";
import { assertQueryId, invalidArgument, notFound, orNotFound, pageOf } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { clientErrors } from "./errors.ts";
import type { ClientKeeper, IbcUpgradeKeeper } from "./keeper.ts";

/** What the queries need. */
export interface ClientQueryDeps {
  readonly clients: ClientKeeper;
  readonly address: AddressCodec;
  readonly upgrade: IbcUpgradeKeeper | undefined;
}

const path = (method: string): string => `/ibc.core.client.v1.Query/${method}`;

/** Gas of a proof that is verified in a query: as if it were read from the store. */
const PROOF_GAS_PER_BYTE = 9n;

const clientState = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ClientState"),
    request: QueryClientStateRequest,
    response: QueryClientStateResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      const state = clients.clientState(ctx, clientId);
      if (state === undefined) throw notFound(clientErrors.clientNotFound(clientId));
      return { clientState: state, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const clientStates = (): QueryRoute =>
  ibcQuery({
    path: path("ClientStates"),
    request: QueryClientStatesRequest,
    response: QueryClientStatesResponse,
    handle(ctx, request) {
      const isState = (key: Uint8Array): boolean => toBinary(key).endsWith("/clientState");
      const { items, pagination } = pageOf(ctx, "clients", request.pagination, isState);
      const states = items.map(([key, value]) => ({
        clientId: fromUtf8(key).split("/")[1]!,
        clientState: Any.decode(value),
      }));
      states.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
      return { clientStates: states, pagination };
    },
  });

const consensusState = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ConsensusState"),
    request: QueryConsensusStateRequest,
    response: QueryConsensusStateResponse,
    handle(ctx, { clientId, revisionNumber, revisionHeight, latestHeight }) {
      assertQueryId("client", clientId);
      if (!latestHeight && revisionHeight === 0n) throw invalidArgument("consensus state height cannot be 0");
      const height = latestHeight
        ? clients.latestHeight(ctx, clientId)
        : makeHeight(revisionNumber, revisionHeight);
      const state = clients.consensusState(ctx, clientId, height);
      if (state === undefined)
        throw notFound(
          // the height that was asked for, also when it was the latest
          clientErrors.consensusStateNotFound(
            `client-id: ${clientId}, height: ${formatHeight(makeHeight(revisionNumber, revisionHeight))}`,
          ),
        );
      return { consensusState: state, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

/** A page of the consensus states of a client, without their metadata; by key, that is, by the text of the height. */
function consensusPage(ctx: Context, clientId: string, pagination: Parameters<typeof pageOf>[2]) {
  assertQueryId("client", clientId);
  const isHeight = (key: Uint8Array): boolean => parseHeight(toBinary(key)) !== undefined;
  const page = pageOf(ctx, `${clientPrefix(clientId)}consensusStates/`, pagination, isHeight);
  const items = page.items.map(([key, value]) => ({
    height: parseHeight(toBinary(key)) as Height,
    consensusState: Any.decode(value),
  }));
  return { items, pagination: page.pagination };
}

const consensusStates = (): QueryRoute =>
  ibcQuery({
    path: path("ConsensusStates"),
    request: QueryConsensusStatesRequest,
    response: QueryConsensusStatesResponse,
    handle(ctx, request) {
      const { items, pagination } = consensusPage(ctx, request.clientId, request.pagination);
      return { consensusStates: items, pagination };
    },
  });

const consensusStateHeights = (): QueryRoute =>
  ibcQuery({
    path: path("ConsensusStateHeights"),
    request: QueryConsensusStateHeightsRequest,
    response: QueryConsensusStateHeightsResponse,
    handle(ctx, request) {
      const { items, pagination } = consensusPage(ctx, request.clientId, request.pagination);
      return { consensusStateHeights: items.map(({ height }) => height), pagination };
    },
  });

const clientStatus = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ClientStatus"),
    request: QueryClientStatusRequest,
    response: QueryClientStatusResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      return { status: clients.status(ctx, clientId) };
    },
  });

const clientCreator = ({ clients, address }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ClientCreator"),
    request: QueryClientCreatorRequest,
    response: QueryClientCreatorResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      const creator = clients.creator(ctx, clientId);
      return { creator: creator === undefined ? "" : address.encode(creator) };
    },
  });

const clientParams = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ClientParams"),
    request: QueryClientParamsRequest,
    response: QueryClientParamsResponse,
    handle: (ctx) => ({ params: clients.params(ctx) }),
  });

const upgradedClientState = ({ upgrade }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("UpgradedClientState"),
    request: QueryUpgradedClientStateRequest,
    response: QueryUpgradedClientStateResponse,
    handle(ctx) {
      const plan = upgrade?.plan(ctx);
      if (plan === undefined) throw notFound("upgrade plan not found");
      const bytes = upgrade?.upgradedClient(ctx, plan.height);
      if (bytes === undefined) throw notFound("upgraded client not found");
      return { upgradedClientState: Any.decode(bytes) };
    },
  });

const upgradedConsensusState = ({ upgrade }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("UpgradedConsensusState"),
    request: QueryUpgradedConsensusStateRequest,
    response: QueryUpgradedConsensusStateResponse,
    handle(ctx) {
      try {
        const bytes = upgrade?.upgradedConsensusState(ctx, ctx.height);
        if (bytes !== undefined) return { upgradedConsensusState: Any.decode(bytes) };
      } catch (error) {
        if (!(error instanceof CodedError)) throw error; // there is none, which is told below
      }
      throw notFound(`upgraded consensus state not found, height ${ctx.height}`);
    },
  });

function checkMembershipRequest(request: QueryVerifyMembershipRequest): void {
  assertQueryId("client", request.clientId);
  const parsed = parseClientId(request.clientId);
  if (parsed === undefined) throw invalidArgument(`invalid client identifier ${request.clientId}`);
  // clients whose word depends on the reader's own state, or can be used up
  if (parsed.type === LOCALHOST_CLIENT_ID || parsed.type === "06-solomachine")
    throw invalidArgument(`verify membership is disabled for client type ${parsed.type}`);
  if (request.proof.length === 0) throw invalidArgument("empty proof");
  if (isZeroHeight(request.proofHeight)) throw invalidArgument("proof height must be non-zero");
  if (request.merklePath.keyPath.length === 0) throw invalidArgument("empty merkle path");
  if (request.value.length === 0) throw invalidArgument("empty value");
}

const verifyMembership = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("VerifyMembership"),
    request: QueryVerifyMembershipRequest,
    response: QueryVerifyMembershipResponse,
    handle(ctx, request) {
      checkMembershipRequest(request);
      const { clientId, proof, value } = request;
      const module = orNotFound(() => clients.route(ctx, clientId));
      const status = clients.status(ctx, clientId);
      if (status !== "Active")
        throw new GrpcError(GRPC.failedPrecondition, `client (${clientId}) has status ${status}`);
      ctx.gas.consume(PROOF_GAS_PER_BYTE * BigInt(proof.length), "verify membership query");
      const claim = {
        height: request.proofHeight,
        delayTimeNs: request.timeDelay,
        delayBlocks: request.blockDelay,
        proof,
        path: request.merklePath.keyPath,
      };
      try {
        module.verifyMembership(ctx, clientId, claim, value);
        return { success: true };
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        return { success: false };
      }
    },
  });

const clientConfig = ({ clients }: ClientQueryDeps): QueryRoute =>
  ibcQuery({
    path: "/ibc.core.client.v2.Query/Config",
    request: QueryConfigRequest,
    response: QueryConfigResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      return { config: { allowedRelayers: [...clients.allowedRelayers(ctx, clientId)] } };
    },
  });

/** IBC v2's other end of a client; no client here has one. */
const counterpartyInfo = (): QueryRoute =>
  ibcQuery({
    path: "/ibc.core.client.v2.Query/CounterpartyInfo",
    request: QueryCounterpartyInfoRequest,
    response: QueryCounterpartyInfoResponse,
    handle(_, { clientId }) {
      assertQueryId("client", clientId);
      throw notFound(`client ${clientId} counterparty not found`);
    },
  });

/** All client queries. */
export const clientQueries = (deps: ClientQueryDeps): readonly QueryRoute[] => [
  clientState(deps),
  clientStates(),
  consensusState(deps),
  consensusStates(),
  consensusStateHeights(),
  clientStatus(deps),
  clientCreator(deps),
  clientParams(deps),
  upgradedClientState(deps),
  upgradedConsensusState(deps),
  verifyMembership(deps),
  clientConfig(deps),
  counterpartyInfo(),
];
