/**
 * Store paths that counterparties prove against (ICS-24). Text; the key is its UTF-8 form. State-breaking, and a change
 * would cut every connection.
 */
import { be64, concatBytes, utf8 } from "@tandem-ics/crypto";
import { formatHeight, type Height } from "./height.ts";

/** Name of the IBC store, which is also the Merkle prefix of the paths in it. */
export const IBC_STORE = "ibc";
/** Name of the store in which chains commit to their upgraded client. */
export const UPGRADE_STORE = "upgrade";

/** What all paths of one client start with. */
export const clientPrefix = (clientId: string): string => `clients/${clientId}/`;
/** `Any(ClientState)` */
export const clientStatePath = (clientId: string): string => `${clientPrefix(clientId)}clientState`;
/** `Any(ConsensusState)` */
export const consensusStatePath = (clientId: string, height: Height): string =>
  `${clientPrefix(clientId)}consensusStates/${formatHeight(height)}`;
/** Own block time, be64 ns, at which the consensus state was stored. */
export const processedTimePath = (clientId: string, height: Height): string =>
  `${consensusStatePath(clientId, height)}/processedTime`;
/** Own height, `{revision}-{height}`, at which the consensus state was stored. */
export const processedHeightPath = (clientId: string, height: Height): string =>
  `${consensusStatePath(clientId, height)}/processedHeight`;
/** `ClientPaths`: ids of the connections over the client. */
export const clientConnectionsPath = (clientId: string): string => `${clientPrefix(clientId)}connections`;

/**
 * Key, relative to {@link clientPrefix}, by which consensus states are walked in order of height:
 * `iterateConsensusStates | be64(revision) | be64(height)`.
 */
export const consensusIterationKey = (height: Height): Uint8Array =>
  concatBytes(utf8("iterateConsensusStates"), be64(height.revisionNumber), be64(height.revisionHeight));

/** `ConnectionEnd` */
export const connectionPath = (connectionId: string): string => `connections/${connectionId}`;

const ofChannel = (portId: string, channelId: string): string => `ports/${portId}/channels/${channelId}`;

/** `Channel` */
export const channelPath = (portId: string, channelId: string): string =>
  `channelEnds/${ofChannel(portId, channelId)}`;
/** be64 */
export const nextSequenceSendPath = (portId: string, channelId: string): string =>
  `nextSequenceSend/${ofChannel(portId, channelId)}`;
/** be64 */
export const nextSequenceRecvPath = (portId: string, channelId: string): string =>
  `nextSequenceRecv/${ofChannel(portId, channelId)}`;
/** be64 */
export const nextSequenceAckPath = (portId: string, channelId: string): string =>
  `nextSequenceAck/${ofChannel(portId, channelId)}`;

/** What the paths of a channel's packet commitments start with. */
export const commitmentsPrefix = (portId: string, channelId: string): string =>
  `commitments/${ofChannel(portId, channelId)}/sequences`;
/** 32-byte packet commitment, on the sender. */
export const commitmentPath = (portId: string, channelId: string, sequence: bigint): string =>
  `${commitmentsPrefix(portId, channelId)}/${sequence}`;
/** `0x01` once a packet of an unordered channel was received. */
export const receiptPath = (portId: string, channelId: string, sequence: bigint): string =>
  `receipts/${ofChannel(portId, channelId)}/sequences/${sequence}`;
/** What the paths of a channel's acknowledgement commitments start with. */
export const acksPrefix = (portId: string, channelId: string): string =>
  `acks/${ofChannel(portId, channelId)}/sequences`;
/** 32-byte acknowledgement commitment, on the receiver. */
export const ackPath = (portId: string, channelId: string, sequence: bigint): string =>
  `${acksPrefix(portId, channelId)}/${sequence}`;

/** Upgraded client committed by a chain that stops at `planHeight`; in {@link UPGRADE_STORE}. */
export const upgradedClientPath = (planHeight: bigint): string =>
  `upgradedIBCState/${planHeight}/upgradedClient`;
/** Consensus state from which the upgraded client starts; in {@link UPGRADE_STORE}. */
export const upgradedConsensusStatePath = (planHeight: bigint): string =>
  `upgradedIBCState/${planHeight}/upgradedConsState`;
