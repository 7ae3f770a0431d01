/** For tests of this package: clients, connections and channels without proofs. */
import { channelErrors, clientErrors, type OutgoingPacket, validateClientState } from "@tandem-ics/ibc";
import { type Context, moduleAddress } from "@tandem-ics/runtime";
import { Channel, Order, Packet, State } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import {
  ClientState,
  type ConsensusState,
  type Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

/** A packet that was sent. */
export interface SentPacket {
  readonly port: string;
  readonly channel: string;
  readonly data: string;
  readonly timeoutNs: bigint;
}

/** Core IBC as far as CCV calls it. */
export function createFakeIbc() {
  const clients = new Map<string, { clientState: ClientState; consensusState?: ConsensusState }>();
  const connections = new Map<string, ConnectionEnd>();
  const channels = new Map<string, Channel>();
  const sent: SentPacket[] = [];
  const timeoutHeights: Height[] = [];
  const closed: string[] = [];
  const inactive = new Set<string>();
  const verified: Misbehaviour[] = [];
  const key = (port: string, channel: string): string => `${port}/${channel}`;
  let refuseSending = false;

  const fake = {
    clients,
    connections,
    channels,
    sent,
    /** Height part of the time-out of each packet sent. */
    timeoutHeights,
    closed,
    /** Channels over clients that are not active. */
    inactive,
    verified,
    /** Makes every sending fail for another reason. */
    refuseSending: (refuse: boolean) => {
      refuseSending = refuse;
    },
    openConnection(id: string, clientId: string, counterpartyId = "connection-9"): void {
      connections.set(
        id,
        ConnectionEnd.fromPartial({
          clientId,
          counterparty: { clientId: "07-tendermint-0", connectionId: counterpartyId },
        }),
      );
    },
    openChannel(port: string, id: string, connectionId: string, ordering = Order.ORDER_ORDERED): void {
      channels.set(
        key(port, id),
        Channel.fromPartial({
          state: State.STATE_OPEN,
          ordering,
          counterparty: { portId: port === "provider" ? "consumer" : port, channelId: "channel-7" },
          connectionHops: [connectionId],
          version: "1",
        }),
      );
    },
    client: {
      createTendermintClient(_: Context, clientState: ClientState, consensusState: ConsensusState): string {
        validateClientState(clientState);
        const id = `07-tendermint-${clients.size}`;
        clients.set(id, { clientState, consensusState });
        return id;
      },
      clientState(_: Context, id: string) {
        const client = clients.get(id);
        return client === undefined
          ? undefined
          : { typeUrl: ClientState.typeUrl, value: ClientState.encode(client.clientState).finish() };
      },
      tendermintClientState: (_: Context, id: string) => clients.get(id)?.clientState,
      tendermintConsensusState: (_: Context, id: string) => clients.get(id)?.consensusState,
      selfHeight: (ctx: Context) => ({ revisionNumber: 0n, revisionHeight: ctx.height }),
      verifyTendermintMisbehaviour: (_: Context, __: string, misbehaviour: Misbehaviour) =>
        void verified.push(misbehaviour),
    },
    connection: { connection: (_: Context, id: string) => connections.get(id) },
    channel: {
      channel: (_: Context, port: string, id: string) => channels.get(key(port, id)),
      sendPacket(_: Context, packet: OutgoingPacket): bigint {
        if (inactive.has(packet.sourceChannel)) throw clientErrors.clientNotActive();
        if (refuseSending) throw channelErrors.invalidChannelState("closed");
        timeoutHeights.push(packet.timeoutHeight);
        sent.push({
          port: packet.sourcePort,
          channel: packet.sourceChannel,
          data: Buffer.from(packet.data).toString(),
          timeoutNs: packet.timeoutTimestamp,
        });
        return BigInt(sent.length);
      },
      closeInit(_: Context, { portId, channelId }: { portId: string; channelId: string }): void {
        const channel = channels.get(key(portId, channelId))!;
        channels.set(key(portId, channelId), { ...channel, state: State.STATE_CLOSED });
        closed.push(key(portId, channelId));
      },
      openInit(
        _: Context,
        opening: {
          portId: string;
          ordering: Order;
          connectionHops: readonly string[];
          counterparty: { portId: string; channelId: string };
          version: string;
        },
      ): { channelId: string } {
        const channelId = `channel-${channels.size}`;
        channels.set(key(opening.portId, channelId), {
          ordering: opening.ordering,
          counterparty: opening.counterparty,
          version: opening.version,
          connectionHops: [...opening.connectionHops],
          state: State.STATE_INIT,
        });
        return { channelId };
      },
    },
    auth: {
      ensureModuleAccount: (_: Context, name: string) => ({ address: moduleAddress(name) }),
      getModuleAddress: moduleAddress,
    },
  };
  return fake;
}

/** See {@link createFakeIbc}. */
export type FakeIbc = ReturnType<typeof createFakeIbc>;

/** A packet as its receiver sees it. */
export const packetTo = (port: string, channelId: string, data: string | Uint8Array): Packet =>
  Packet.fromPartial({
    sequence: 1n,
    sourcePort: { provider: "consumer", consumer: "provider" }[port] ?? port,
    sourceChannel: "channel-7",
    destinationPort: port,
    destinationChannel: channelId,
    data: typeof data === "string" ? Buffer.from(data) : data,
    timeoutTimestamp: 1n,
  });
