/** Relays clients, connections, channels and packets between chains, through RPC only. */
export { type CcvPath, ccvClients, openCcvPath } from "./ccv-path.ts";
export { createClient, type NewClientOptions, unbondingTimeNs, usableClients } from "./create-client.ts";
export { type Delivery, deliver, type ProvenMessage } from "./deliver.ts";
export { type Endpoint, provableHeight } from "./endpoint.ts";
export { RelayError, type RelayErrorCode } from "./errors.ts";
export {
  createEvidenceWatch,
  type EvidenceScan,
  type EvidenceSource,
  type EvidenceWatch,
  type EvidenceWatchOptions,
  type FoundEvidence,
} from "./evidence/evidence-watch.ts";
export {
  type AttackedPair,
  type PreparedMisbehaviour,
  prepareMisbehaviour,
} from "./evidence/prepare-misbehaviour.ts";
export {
  freezeClient,
  type JudgedEvidence,
  judgeEvidence,
  sendMisbehaviour,
} from "./evidence/submit-evidence.ts";
export { type ConsumerEntry, findConsumer, listConsumers } from "./find-consumer.ts";
export { clientExpiry, clientUpdates, findClients, readClientState } from "./foreign-client.ts";
export {
  type ChannelId,
  type ChannelOptions,
  type ClientEnd,
  type ConnectionEndpoint,
  connectionChannels,
  type FinishedChannels,
  finishChannel,
  finishChannels,
  openChannel,
  openConnection,
} from "./handshake.ts";
export { type Activity, createJournal, type Journal } from "./journal.ts";
export { type PacketEvents, packetEvents, type SentPacket, type WrittenAck } from "./packet-events.ts";
export {
  acknowledgementMessage,
  receiveMessage,
  timeoutMessage,
} from "./packet-messages.ts";
export {
  type ChannelReport,
  type ConnectionReport,
  channelStates,
  connectionState,
  type EndState,
  findConnection,
  type PathEndState,
  pairedClients,
} from "./path-state.ts";
export {
  hasTimedOut,
  type PathEnd,
  type PendingWork,
  type RelayedCounts,
  type RelayOptions,
  type RelayPass,
  relayOnce,
  shouldRefresh,
} from "./relay-path.ts";
export { createRelayer, type Relayer, type RelayerOptions, type RelayerStatus } from "./relayer.ts";
