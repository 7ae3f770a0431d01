/** ICS-20 behind its port (ibc-go v10 `transfer/ibc_module.go`). */
import { CodedError, type Context } from "@tandem-ics/runtime";
import {
  type Acknowledgement,
  type AcknowledgementContent,
  decodeAcknowledgement,
  errorAcknowledgement,
  resultAcknowledgement,
} from "../04-channel/acknowledgement.ts";
import { ORDERING, orderingName } from "../04-channel/channel.ts";
import { channelErrors } from "../04-channel/errors.ts";
import type { IbcApp, OpeningChannel, PacketArrival } from "../05-port/app.ts";
import { portErrors } from "../05-port/errors.ts";
import { isBlank, parseChannelSequence } from "../24-host/index.ts";
import { hostErrors } from "../24-host/validate.ts";
import { ibcErrors, isTransactionAbort } from "../errors.ts";
import { transferErrors } from "./errors.ts";
import { emitAcknowledged, emitReceived, emitTimedOut, UNREADABLE } from "./events.ts";
import type { TransferDeps } from "./keeper.ts";
import { ICS20_VERSION, parsePacketData, type TransferData } from "./packet-data.ts";
import { receiveTokens, refundTokens } from "./relay.ts";
import { port } from "./state.ts";

/** Highest number of a channel for transfers. */
const MAX_CHANNEL_SEQUENCE = (1n << 32n) - 1n;
/** What a receiver answers to tokens that it took. */
const RECEIVED = resultAcknowledgement(Uint8Array.of(1));

function assertTransferChannel(ctx: Context, { channelId, ordering, portId }: OpeningChannel): void {
  const sequence = parseChannelSequence(channelId);
  if (sequence === undefined) throw hostErrors.invalidId(`channel ${channelId}`);
  if (sequence > MAX_CHANNEL_SEQUENCE)
    throw transferErrors.maxTransferChannels(
      `channel sequence ${sequence} is greater than max allowed transfer channels ${MAX_CHANNEL_SEQUENCE}`,
    );
  if (ordering !== ORDERING.unordered)
    throw channelErrors.invalidChannelOrdering(
      `expected ORDER_UNORDERED channel, got ${orderingName(ordering)} `,
    );
  const bound = port.get(ctx) ?? "";
  if (portId !== bound) throw portErrors.invalidPort(`invalid port: ${portId}, expected ${bound}`);
}

/** The application that is routed under `transfer`. */
export function createTransferApp(deps: TransferDeps): IbcApp {
  return {
    onChanOpenInit(ctx, channel) {
      assertTransferChannel(ctx, channel);
      const version = isBlank(channel.version) ? ICS20_VERSION : channel.version;
      if (version !== ICS20_VERSION)
        throw transferErrors.invalidVersion(`expected one of [${ICS20_VERSION}], got ${version}`);
      return version;
    },
    onChanOpenTry(ctx, channel) {
      assertTransferChannel(ctx, channel);
      // whatever the other end proposes: it may still agree to this
      return ICS20_VERSION;
    },
    onChanOpenAck(_ctx, { counterpartyVersion }) {
      if (counterpartyVersion !== ICS20_VERSION)
        throw transferErrors.invalidVersion(
          `invalid counterparty version: expected one of [${ICS20_VERSION}], got ${counterpartyVersion}`,
        );
    },
    onChanOpenConfirm() {},
    onChanCloseInit() {
      throw ibcErrors.invalidRequest("user cannot close channel");
    },
    onChanCloseConfirm() {},
    onRecvPacket: (ctx, arrival) => receive(deps, ctx, arrival),
    onAcknowledgementPacket(ctx, arrival) {
      const answer = answerOf(arrival.acknowledgement);
      const data = parsePacketData(arrival.packet.data, arrival.channelVersion);
      if ("error" in answer) refundTokens(deps, ctx, arrival.packet, data);
      emitAcknowledged(ctx, data, answer);
    },
    onTimeoutPacket(ctx, { packet, channelVersion }) {
      const data = parsePacketData(packet.data, channelVersion);
      refundTokens(deps, ctx, packet, data);
      emitTimedOut(ctx, data);
    },
  };
}

/** Refusals are answered, and told in an event. */
function receive(
  deps: TransferDeps,
  ctx: Context,
  { packet, channelVersion }: PacketArrival,
): Acknowledgement {
  let data: TransferData = UNREADABLE;
  try {
    data = parsePacketData(packet.data, channelVersion);
    receiveTokens(deps, ctx, packet, data);
    emitReceived(ctx, data, undefined);
    return RECEIVED;
  } catch (error) {
    if (isTransactionAbort(error)) throw error;
    emitReceived(ctx, data, (error as CodedError).message);
    return errorAcknowledgement(error);
  }
}

function answerOf(acknowledgement: Uint8Array): AcknowledgementContent {
  let answer: AcknowledgementContent | undefined;
  try {
    answer = decodeAcknowledgement(acknowledgement);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw ibcErrors.invalidType(`acknowledgement did not marshal to expected bytes: ${error.message}`);
  }
  if (answer === undefined)
    throw ibcErrors.unknownRequest("cannot unmarshal ICS-20 transfer packet acknowledgement");
  return answer;
}
