/** Errors of codespace `CCV` (interchain-security `x/ccv/types/errors.go`). State-breaking. */
import { defineErrors, type ErrorKind } from "@tandem-ics/runtime";
import { isRefusal } from "./refusals.ts";

/** What both sides of ICS-28 refuse. */
export const ccvErrors = defineErrors("CCV", {
  invalidPacketData: [1, "invalid CCV packet data"],
  invalidVersion: [2, "invalid CCV version"],
  invalidChannelFlow: [3, "invalid message sent to channel end"],
  invalidGenesis: [4, "invalid genesis state"],
  duplicateChannel: [5, "CCV channel already exists"],
  invalidVscMaturedId: [6, "invalid vscId for VSC packet"],
  invalidVscMaturedTime: [7, "invalid maturity time for VSC packet"],
  invalidHandshakeMetadata: [8, "invalid provider handshake metadata"],
  channelNotFound: [9, "channel not found"],
  clientNotFound: [10, "client not found"],
  invalidConsumerState: [11, "provider chain has invalid state for consumer chain"],
  invalidConsumerClient: [12, "ccv channel is not built on correct client"],
  invalidProposal: [13, "invalid proposal"],
  duplicateConsumerChain: [14, "consumer chain already exists"],
  consumerChainNotFound: [15, "consumer chain not found"],
  invalidDoubleVotingEvidence: [16, "invalid consumer double voting evidence"],
  storeKeyNotFound: [17, "store key not found"],
  storeUnmarshal: [18, "cannot unmarshal value from store"],
  invalidConsumerId: [19, "invalid consumer id"],
});

/** Runs `check`; a refusal of it comes back as one of `kind` that says no more than `text`, as Go's does there. */
export function refuseAsOnly<T>(kind: ErrorKind, text: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw kind(text, { cause: error });
  }
}

/** Runs `check`; a refusal of it comes back as one of `kind`, its reason behind `context`. */
export function refuseAs<T>(kind: ErrorKind, context: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw kind(context === "" ? error.message : `${context}: ${error.message}`, { cause: error });
  }
}
