/** Errors of channels and packets (ibc-go `04-channel/types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `channel`. 27 to 38, 41 and 42 belonged to channel upgrades. */
export const channelErrors = defineErrors("channel", {
  channelExists: [2, "channel already exists"],
  channelNotFound: [3, "channel not found"],
  invalidChannel: [4, "invalid channel"],
  invalidChannelState: [5, "invalid channel state"],
  invalidChannelOrdering: [6, "invalid channel ordering"],
  invalidCounterparty: [7, "invalid counterparty channel"],
  sequenceSendNotFound: [10, "sequence send not found"],
  sequenceReceiveNotFound: [11, "sequence receive not found"],
  sequenceAckNotFound: [12, "sequence acknowledgement not found"],
  invalidPacket: [13, "invalid packet"],
  packetTimeout: [14, "packet timeout"],
  tooManyConnectionHops: [15, "too many connection hops"],
  invalidAcknowledgement: [16, "invalid acknowledgement"],
  acknowledgementExists: [17, "acknowledgement for packet already exists"],
  invalidChannelIdentifier: [18, "invalid channel identifier"],
  packetReceived: [19, "packet already received"],
  packetCommitmentNotFound: [20, "packet commitment not found"],
  packetSequenceOutOfOrder: [21, "packet sequence is out of order"],
  redundantTx: [22, "packet messages are redundant"],
  noOpMsg: [23, "message is redundant, no-op will be performed"],
  invalidChannelVersion: [24, "invalid channel version"],
  packetNotSent: [25, "packet has not been sent"],
  invalidTimeout: [26, "invalid packet timeout"],
  timeoutNotReached: [39, "timeout not reached"],
  timeoutElapsed: [40, "timeout elapsed"],
  invalidCommitment: [43, "invalid commitment"],
});
