/** Messages that carry packets, acknowledgements and timeouts (ibc-go `core/keeper/msg_server.go`). */
import { type Context, type Event, inContext, type MessageRoute } from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgAcknowledgement,
  MsgAcknowledgementResponse,
  MsgRecvPacket,
  MsgRecvPacketResponse,
  MsgTimeout,
  MsgTimeoutOnClose,
  MsgTimeoutOnCloseResponse,
  MsgTimeoutResponse,
  ResponseResultType,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import type { IbcApp, PacketArrival } from "../05-port/app.ts";
import { ibcErrors, isTransactionAbort } from "../errors.ts";
import { ibcMessage } from "../route.ts";
import { signerBytes } from "../signer.ts";
import { type Acknowledgement, errorAcknowledgement } from "./acknowledgement.ts";
import { channelErrors } from "./errors.ts";
import { assertProof, type ChannelMessageDeps } from "./messages.ts";
import { validatePacket } from "./packet.ts";
import type { PacketStep } from "./recv-packet.ts";

/** In front of types and keys of events whose state was dropped. */
const ERROR_EVENT_PREFIX = "ibccallbackerror-";

const asErrorEvents = (events: readonly Event[]): Event[] =>
  events.map(({ type, attributes }) => ({
    type: ERROR_EVENT_PREFIX + type,
    attributes: attributes.map(({ key, value }) => ({ key: ERROR_EVENT_PREFIX + key, value })),
  }));

/**
 * Runs a core step on a branch, which is kept unless the step was a no-op: a no-op leaves no events either. A refusal is told
 * with `failure` in front.
 */
function inBranch(ctx: Context, failure: string, step: (branch: Context) => PacketStep): PacketStep {
  const branch = ctx.branch();
  const taken = inContext(failure, () => step(branch.ctx));
  if (taken !== undefined) branch.commit();
  return taken;
}

/**
 * Calls the application on a branch, which is kept only for a successful or an absent acknowledgement. Events of a
 * dropped branch are told under other names: they must not be taken for something that happened.
 */
function receive(app: IbcApp, ctx: Context, arrival: PacketArrival): Acknowledgement | undefined {
  const branch = ctx.branch();
  const acknowledgement = callReceiver(app, branch.ctx, arrival);
  if (acknowledgement === undefined || acknowledgement.success) branch.commit();
  else ctx.emitAll(asErrorEvents(branch.ctx.events.events));
  return acknowledgement;
}

function callReceiver(app: IbcApp, ctx: Context, arrival: PacketArrival): Acknowledgement | undefined {
  try {
    return app.onRecvPacket(ctx, arrival);
  } catch (error) {
    if (isTransactionAbort(error)) throw error;
    return errorAcknowledgement(error);
  }
}

const resultOf = (step: PacketStep) =>
  step === undefined
    ? ResponseResultType.RESPONSE_RESULT_TYPE_NOOP
    : ResponseResultType.RESPONSE_RESULT_TYPE_SUCCESS;

const recvPacket = ({ channels, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgRecvPacket.typeUrl,
    request: MsgRecvPacket,
    response: MsgRecvPacketResponse,
    validate(msg) {
      assertProof(msg.proofCommitment, "commitment proof");
      signerBytes(address, msg.signer);
      validatePacket(msg.packet);
    },
    handle(ctx, { packet, proofCommitment, proofHeight, signer }) {
      const relayer = signerBytes(address, signer);
      const app = router.route(packet.destinationPort);
      const step = inBranch(ctx, "receive packet verification failed", (branch) =>
        channels.recvPacket(branch, { packet, proof: proofCommitment, proofHeight }),
      );
      if (step !== undefined) {
        const acknowledgement = receive(app, ctx, { ...step, packet, relayer });
        if (acknowledgement !== undefined) channels.writeAcknowledgement(ctx, packet, acknowledgement);
      }
      return { result: resultOf(step) };
    },
  });

const acknowledgement = ({ channels, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgAcknowledgement.typeUrl,
    request: MsgAcknowledgement,
    response: MsgAcknowledgementResponse,
    validate(msg) {
      assertProof(msg.proofAcked, "acknowledgement proof");
      if (msg.acknowledgement.length === 0)
        throw channelErrors.invalidAcknowledgement("ack bytes cannot be empty");
      signerBytes(address, msg.signer);
      validatePacket(msg.packet);
    },
    handle(ctx, { packet, acknowledgement: bytes, proofAcked, proofHeight, signer }) {
      const relayer = signerBytes(address, signer);
      const app = router.route(packet.sourcePort);
      const step = inBranch(ctx, "acknowledge packet verification failed", (branch) =>
        channels.acknowledgePacket(branch, {
          packet,
          acknowledgement: bytes,
          proof: proofAcked,
          proofHeight,
        }),
      );
      if (step !== undefined)
        inContext("acknowledge packet callback failed", () =>
          app.onAcknowledgementPacket(ctx, { ...step, packet, acknowledgement: bytes, relayer }),
        );
      return { result: resultOf(step) };
    },
  });

function validateTimeout(
  { address }: ChannelMessageDeps,
  msg: { readonly packet: Packet; readonly signer: string },
): void {
  signerBytes(address, msg.signer);
  validatePacket(msg.packet);
}

function assertNextSequence(nextSequenceRecv: bigint): void {
  if (nextSequenceRecv === 0n) throw ibcErrors.invalidSequence("next sequence receive cannot be 0");
}

const timeout = (deps: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgTimeout.typeUrl,
    request: MsgTimeout,
    response: MsgTimeoutResponse,
    validate(msg) {
      assertProof(msg.proofUnreceived, "unreceived proof");
      assertNextSequence(msg.nextSequenceRecv);
      validateTimeout(deps, msg);
    },
    handle(ctx, { packet, proofUnreceived, proofHeight, nextSequenceRecv, signer }) {
      const relayer = signerBytes(deps.address, signer);
      const app = deps.router.route(packet.sourcePort);
      const step = inBranch(ctx, "timeout packet verification failed", (branch) =>
        deps.channels.timeoutPacket(branch, {
          packet,
          proof: proofUnreceived,
          proofHeight,
          nextSequenceRecv,
        }),
      );
      if (step !== undefined)
        inContext("timeout packet callback failed", () =>
          app.onTimeoutPacket(ctx, { ...step, packet, relayer }),
        );
      return { result: resultOf(step) };
    },
  });

const timeoutOnClose = (deps: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgTimeoutOnClose.typeUrl,
    request: MsgTimeoutOnClose,
    response: MsgTimeoutOnCloseResponse,
    validate(msg) {
      assertNextSequence(msg.nextSequenceRecv);
      assertProof(msg.proofUnreceived, "unreceived proof");
      assertProof(msg.proofClose, "proof of closed counterparty channel end");
      validateTimeout(deps, msg);
    },
    handle(ctx, { packet, proofUnreceived, proofClose, proofHeight, nextSequenceRecv, signer }) {
      const relayer = signerBytes(deps.address, signer);
      const app = deps.router.route(packet.sourcePort);
      const unreceived = { packet, proof: proofUnreceived, proofClose, proofHeight, nextSequenceRecv };
      const step = inBranch(ctx, "timeout on close packet verification failed", (branch) =>
        deps.channels.timeoutOnClose(branch, unreceived),
      );
      if (step !== undefined)
        inContext("timeout on close callback failed", () =>
          app.onTimeoutPacket(ctx, { ...step, packet, relayer }),
        );
      return { result: resultOf(step) };
    },
  });

/** Messages of packets. */
export const packetMessages = (deps: ChannelMessageDeps): readonly MessageRoute[] => [
  recvPacket(deps),
  acknowledgement(deps),
  timeout(deps),
  timeoutOnClose(deps),
];
