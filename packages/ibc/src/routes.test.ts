/** All messages and queries of IBC: that they are there, and that nonsense is refused by a code. */
import { utf8 } from "@tandem-ics/crypto";
import { createAuthModule, createBankModule } from "@tandem-ics/modules";
import { methods } from "@tandem-ics/proto";
import {
  CodedError,
  createAddressCodecs,
  createTestContext,
  GRPC,
  GrpcError,
  type MessageRoute,
} from "@tandem-ics/runtime";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
  QueryChannelsRequest,
  QueryChannelsResponse,
  QueryNextSequenceReceiveRequest,
  QueryNextSequenceReceiveResponse,
  QueryPacketAcknowledgementsRequest,
  QueryPacketAcknowledgementsResponse,
  QueryPacketCommitmentsRequest,
  QueryPacketCommitmentsResponse,
  QueryUnreceivedAcksRequest,
  QueryUnreceivedAcksResponse,
  QueryUnreceivedPacketsRequest,
  QueryUnreceivedPacketsResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import {
  QueryClientStatesRequest,
  QueryClientStatesResponse,
  QueryConsensusStateHeightsRequest,
  QueryConsensusStateHeightsResponse,
  QueryConsensusStateRequest,
  QueryConsensusStateResponse,
} from "cosmjs-types/ibc/core/client/v1/query";
import {
  QueryConnectionRequest,
  QueryConnectionResponse,
  QueryConnectionsRequest,
  QueryConnectionsResponse,
} from "cosmjs-types/ibc/core/connection/v1/query";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import fc from "fast-check";
import { CHANNEL_STATE, ORDERING } from "./04-channel/channel.ts";
import { setPacketEntry, setReceipt, setSequence } from "./04-channel/state.ts";
import { createTransferModule } from "./20-transfer/transfer-module.ts";
import { LOCALHOST_CONNECTION_ID, makeHeight } from "./24-host/index.ts";
import { createIbcModule } from "./ibc-module.ts";

const addresses = createAddressCodecs("cosmos");
const authority = addresses.account.encode(new Uint8Array(20));

function setup() {
  const ibc = createIbcModule({ address: addresses.account, authority });
  const auth = createAuthModule({ addresses, permissions: { transfer: ["minter", "burner"] }, authority });
  const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [] });
  const transfer = createTransferModule({
    address: addresses.account,
    authority,
    bank: bank.keeper,
    accounts: auth.keeper,
    channels: ibc.channel,
  });
  ibc.router.add("transfer", transfer.app);
  const modules = [auth.module, bank.module, ibc.module, transfer.module];
  const ctx = createTestContext({ stores: modules, chainId: "test-4", height: 10n });
  for (const module of modules) module.initGenesis!(ctx, module.defaultGenesis!(), { deliverTx() {} });
  const queries = [...ibc.module.queries!, ...transfer.module.queries!];
  const messages = [...ibc.module.messages!, ...transfer.module.messages!];
  type Codec<T> = { encode(message: T): { finish(): Uint8Array }; fromPartial(message: never): T };
  function ask<Q, R>(
    path: string,
    request: Codec<Q>,
    response: { decode(bytes: Uint8Array): R },
    fields: object,
  ): R {
    const route = queries.find((query) => query.path === path)!;
    return response.decode(route.run(ctx, request.encode(request.fromPartial(fields as never)).finish()));
  }
  return { ibc, ctx, queries, messages, ask };
}

const { messages, queries } = setup();
/** Of IBC v2, which no application here speaks. */
const isV2 = (service: string): boolean => /ibc\.core\.(client|channel)\.v2/.test(service);

describe("services", () => {
  const ours = methods().filter(
    ({ service }) => /^ibc\.(core|applications\.transfer)\./.test(service) && !isV2(service),
  );

  test("all messages of ibc-go v10 have a route", () => {
    const expected = ours
      .filter(({ service }) => service.endsWith(".Msg"))
      .map(({ request }) => `/${request}`);
    expect(expected.length).toBeGreaterThan(20);
    expect(messages.map(({ typeUrl }) => typeUrl)).toEqual(expect.arrayContaining(expected));
  });

  test("all queries of ibc-go v10 have a route", () => {
    const expected = ours.filter(({ service }) => service.endsWith(".Query")).map(({ path }) => path);
    expect(expected.length).toBeGreaterThan(30);
    expect(queries.map(({ path }) => path)).toEqual(expect.arrayContaining(expected));
  });
});

describe.each(messages.map((route) => [route.typeUrl, route] as const))(
  "%s",
  (_typeUrl, route: MessageRoute) => {
    const attempt = (act: () => void): unknown => {
      try {
        act();
        return undefined;
      } catch (error) {
        return error;
      }
    };

    test("is refused by a code when it is empty", () => {
      const { ctx } = setup();
      expect(attempt(() => route.validate(new Uint8Array()))).toBeInstanceOf(CodedError);
      expect(attempt(() => route.run(ctx, new Uint8Array()))).toBeInstanceOf(CodedError);
    });

    test("is refused by a code when it is nonsense", () => {
      const { ctx } = setup();
      // field numbers and lengths that look like messages, with anything inside
      const field = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.uint8Array({ maxLength: 20 }));
      const bytes = fc
        .array(field, { maxLength: 6 })
        .map((fields) =>
          Uint8Array.from(fields.flatMap(([n, data]) => [(n << 3) | 2, data.length, ...data])),
        );
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array(), bytes), (value) => {
          const error = attempt(() => route.run(ctx.branch().ctx, value));
          expect(error).toBeInstanceOf(CodedError);
        }),
      );
    });
  },
);

test.each(queries.map((route) => [route.path, route] as const))(
  "%s answers or refuses anything",
  (_path, route) => {
    const { ctx } = setup();
    fc.assert(
      fc.property(fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array()), (request) => {
        try {
          route.run(ctx, request);
        } catch (error) {
          expect(error instanceof GrpcError || error instanceof CodedError).toBe(true);
        }
      }),
    );
  },
);

const channelQuery = (method: string): string => `/ibc.core.channel.v1.Query/${method}`;
const clientQuery = (method: string): string => `/ibc.core.client.v1.Query/${method}`;

describe("queries about packets", () => {
  function withPackets() {
    const chain = setup();
    const end = { portId: "transfer", channelId: "channel-0" };
    const channel = (ordering: number) => ({
      state: CHANNEL_STATE.open,
      ordering,
      counterparty: { portId: "transfer", channelId: "channel-1" },
      connectionHops: [LOCALHOST_CONNECTION_ID],
      version: "ics20-1",
    });
    chain.ibc.channel.setChannel(chain.ctx, "transfer", "channel-0", channel(ORDERING.unordered));
    chain.ibc.channel.setChannel(chain.ctx, "transfer", "channel-1", channel(ORDERING.ordered));
    for (const sequence of [1n, 2n, 10n]) {
      setPacketEntry(chain.ctx, "commitments", { ...end, sequence }, utf8(`commitment ${sequence}`));
      setPacketEntry(chain.ctx, "acks", { ...end, sequence }, utf8(`ack ${sequence}`));
    }
    setReceipt(chain.ctx, { ...end, sequence: 5n });
    setSequence(chain.ctx, "recv", { ...end, channelId: "channel-1", sequence: 4n });
    return { ...chain, end };
  }

  test("list what is left to relay", () => {
    const { ask, end } = withPackets();
    const packets = (request: object) =>
      ask(
        channelQuery("UnreceivedPackets"),
        QueryUnreceivedPacketsRequest,
        QueryUnreceivedPacketsResponse,
        request,
      );
    const ordered = { ...end, channelId: "channel-1" };
    expect(packets({ ...end, packetCommitmentSequences: [4n, 5n, 6n] })).toEqual({
      sequences: [4n, 6n],
      height: makeHeight(4n, 10n),
    });
    expect(packets({ ...ordered, packetCommitmentSequences: [3n, 4n, 5n] }).sequences).toEqual([4n, 5n]);
    const acks = { ...end, packetAckSequences: [1n, 3n, 10n] };
    expect(
      ask(channelQuery("UnreceivedAcks"), QueryUnreceivedAcksRequest, QueryUnreceivedAcksResponse, acks)
        .sequences,
    ).toEqual([1n, 10n]);
    const next = (request: object) =>
      ask(
        channelQuery("NextSequenceReceive"),
        QueryNextSequenceReceiveRequest,
        QueryNextSequenceReceiveResponse,
        request,
      ).nextSequenceReceive;
    expect([next(end), next(ordered)]).toEqual([0n, 4n]);
    expect(() => packets({ ...end, packetCommitmentSequences: [0n] })).toThrow(
      expect.objectContaining({ status: GRPC.invalidArgument }),
    );
    expect(() => packets({ ...end, channelId: "channel-7" })).toThrow(
      expect.objectContaining({ status: GRPC.notFound }),
    );
  });

  test("give commitments and acknowledgements in pages", () => {
    const { ask, end } = withPackets();
    const pagination = PageRequest.fromPartial({ limit: 2n });
    const first = ask(
      channelQuery("PacketCommitments"),
      QueryPacketCommitmentsRequest,
      QueryPacketCommitmentsResponse,
      {
        ...end,
        pagination,
      },
    );
    // the order of keys is that of their text
    expect(first.commitments.map(({ sequence }) => sequence)).toEqual([1n, 10n]);
    const second = ask(
      channelQuery("PacketCommitments"),
      QueryPacketCommitmentsRequest,
      QueryPacketCommitmentsResponse,
      {
        ...end,
        pagination: PageRequest.fromPartial({ key: first.pagination!.nextKey }),
      },
    );
    expect(second.commitments).toEqual([{ ...end, sequence: 2n, data: utf8("commitment 2") }]);
    const acks = ask(
      channelQuery("PacketAcknowledgements"),
      QueryPacketAcknowledgementsRequest,
      QueryPacketAcknowledgementsResponse,
      { ...end, packetCommitmentSequences: [2n, 3n] },
    );
    expect(acks.acknowledgements).toEqual([{ ...end, sequence: 2n, data: utf8("ack 2") }]);
    const channels = ask(channelQuery("Channels"), QueryChannelsRequest, QueryChannelsResponse, {}).channels;
    expect(channels.map(({ portId, channelId }) => `${portId}/${channelId}`)).toEqual([
      "transfer/channel-0",
      "transfer/channel-1",
    ]);
  });
});

describe("queries about clients and connections", () => {
  const clientState: ClientState = {
    ...ClientState.fromPartial({ chainId: "other-1", trustLevel: { numerator: 1n, denominator: 3n } }),
    trustingPeriod: { seconds: 100n, nanos: 0 },
    unbondingPeriod: { seconds: 200n, nanos: 0 },
    maxClockDrift: { seconds: 10n, nanos: 0 },
    latestHeight: makeHeight(1n, 7n),
    proofSpecs: [{ maxDepth: 0, minDepth: 0 }],
  };
  const consensusState: ConsensusState = {
    timestamp: { seconds: 1_700_000_000n, nanos: 0 },
    root: { hash: utf8("root") },
    nextValidatorsHash: new Uint8Array(32),
  };

  test("find states and their heights without metadata", () => {
    const { ask, ibc, ctx } = setup();
    const clientId = ibc.client.createTendermintClient(ctx, clientState, consensusState);
    expect(clientId).toBe("07-tendermint-0");
    const states = ask(clientQuery("ClientStates"), QueryClientStatesRequest, QueryClientStatesResponse, {});
    expect(states.clientStates.map((state) => state.clientId)).toEqual([clientId]);
    const heights = ask(
      clientQuery("ConsensusStateHeights"),
      QueryConsensusStateHeightsRequest,
      QueryConsensusStateHeightsResponse,
      { clientId },
    );
    expect(heights.consensusStateHeights).toEqual([makeHeight(1n, 7n)]);
    const latest = ask(
      clientQuery("ConsensusState"),
      QueryConsensusStateRequest,
      QueryConsensusStateResponse,
      {
        clientId,
        latestHeight: true,
      },
    );
    expect(ConsensusState.decode(latest.consensusState!.value)).toEqual(consensusState);
    expect([latest.proof.length, latest.proofHeight]).toEqual([0, makeHeight(4n, 10n)]);
  });

  test("find the localhost connection", () => {
    const { ask } = setup();
    const path = (method: string) => `/ibc.core.connection.v1.Query/${method}`;
    const all = ask(path("Connections"), QueryConnectionsRequest, QueryConnectionsResponse, {});
    expect(all.connections.map(({ id }) => id)).toEqual([LOCALHOST_CONNECTION_ID]);
    const { connection } = ask(path("Connection"), QueryConnectionRequest, QueryConnectionResponse, {
      connectionId: LOCALHOST_CONNECTION_ID,
    });
    expect(connection!.clientId).toBe("09-localhost");
  });
});
