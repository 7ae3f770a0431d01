/** Messages that open and close channels (ibc-go `04-channel/types/msgs.go`, `core/keeper/msg_server.go`). */
import { type AddressCodec, inContext, type MessageRoute } from "@tandem-ics/runtime";
import {
  MsgChannelCloseConfirm,
  MsgChannelCloseConfirmResponse,
  MsgChannelCloseInit,
  MsgChannelCloseInitResponse,
  MsgChannelOpenAck,
  MsgChannelOpenAckResponse,
  MsgChannelOpenConfirm,
  MsgChannelOpenConfirmResponse,
  MsgChannelOpenInit,
  MsgChannelOpenInitResponse,
  MsgChannelOpenTry,
  MsgChannelOpenTryResponse,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import type { PortRouter } from "../05-port/router.ts";
import { commitmentErrors } from "../23-commitment/errors.ts";
import { parseChannelSequence } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { ibcMessage } from "../route.ts";
import { signerBytes } from "../signer.ts";
import { CHANNEL_STATE, calledBack, channelStateName, validateChannel } from "./channel.ts";
import type { ChannelDeps } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import {
  checkOpenAck,
  checkOpenConfirm,
  checkOpenTry,
  writeOpenAck,
  writeOpenConfirm,
  writeOpenTry,
} from "./handshake.ts";
import type { ChannelKeeper } from "./keeper.ts";

/** What the messages need. */
export interface ChannelMessageDeps {
  readonly channels: ChannelKeeper;
  readonly below: ChannelDeps;
  readonly router: Pick<PortRouter, "route">;
  readonly address: AddressCodec;
}

/** Throws `commitment/2` for an empty proof. */
export function assertProof(proof: Uint8Array, what: string): void {
  if (proof.length === 0) throw commitmentErrors.invalidProof(`cannot submit an empty ${what}`);
}

function assertOwnEnd({ portId, channelId }: { readonly portId: string; readonly channelId: string }): void {
  assertIdentifier("port", portId, "invalid port ID");
  if (parseChannelSequence(channelId) === undefined) throw channelErrors.invalidChannelIdentifier();
}

const openInit = ({ channels, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelOpenInit.typeUrl,
    request: MsgChannelOpenInit,
    response: MsgChannelOpenInitResponse,
    validate({ portId, channel, signer }) {
      assertIdentifier("port", portId, "invalid port ID");
      if (channel.state !== CHANNEL_STATE.init)
        throw channelErrors.invalidChannelState(
          `channel state must be INIT in MsgChannelOpenInit. expected: STATE_INIT, got: ${channelStateName(channel.state)}`,
        );
      if (channel.counterparty.channelId !== "")
        throw channelErrors.invalidCounterparty("counterparty channel identifier must be empty");
      signerBytes(address, signer);
      validateChannel(channel);
    },
    handle: (ctx, { portId, channel }) => channels.openInit(ctx, { ...channel, portId }),
  });

const openTry = ({ below, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelOpenTry.typeUrl,
    request: MsgChannelOpenTry,
    response: MsgChannelOpenTryResponse,
    validate(msg) {
      assertIdentifier("port", msg.portId, "invalid port ID");
      if (msg.previousChannelId !== "")
        throw channelErrors.invalidChannelIdentifier(
          "previous channel identifier must be empty, this field has been deprecated as crossing hellos are no longer supported",
        );
      assertProof(msg.proofInit, "init proof");
      const { channel } = msg;
      if (channel.state !== CHANNEL_STATE.tryOpen)
        throw channelErrors.invalidChannelState(
          `channel state must be TRYOPEN in MsgChannelOpenTry. expected: STATE_TRYOPEN, got: ${channelStateName(channel.state)}`,
        );
      assertIdentifier("channel", channel.counterparty.channelId, "invalid counterparty channel ID");
      signerBytes(address, msg.signer);
      validateChannel(channel);
    },
    handle(ctx, { portId, channel, counterpartyVersion, proofInit, proofHeight }) {
      const app = router.route(portId);
      const { ordering, connectionHops, counterparty } = channel;
      const opening = { portId, ordering, connectionHops, counterparty };
      const proven = { ...opening, counterpartyVersion, proof: proofInit, proofHeight };
      const channelId = inContext("channel handshake open try failed", () =>
        checkOpenTry(below, ctx, proven),
      );
      const opened = { ...opening, channelId };
      const version = calledBack("open try", opened, () =>
        app.onChanOpenTry(ctx, { ...opened, counterpartyVersion }),
      );
      writeOpenTry(ctx, opened, version);
      return { channelId: opened.channelId, version };
    },
  });

const openAck = ({ below, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelOpenAck.typeUrl,
    request: MsgChannelOpenAck,
    response: MsgChannelOpenAckResponse,
    validate(msg) {
      assertOwnEnd(msg);
      assertIdentifier("channel", msg.counterpartyChannelId, "invalid counterparty channel ID");
      assertProof(msg.proofTry, "try proof");
      signerBytes(address, msg.signer);
    },
    handle(ctx, { portId, channelId, counterpartyChannelId, counterpartyVersion, proofTry, proofHeight }) {
      const app = router.route(portId);
      const ack = { portId, channelId, counterpartyChannelId, counterpartyVersion };
      inContext("channel handshake open ack failed", () =>
        checkOpenAck(below, ctx, { ...ack, proof: proofTry, proofHeight }),
      );
      writeOpenAck(ctx, ack);
      calledBack("open ack", ack, () => app.onChanOpenAck(ctx, ack));
      return {};
    },
  });

const openConfirm = ({ below, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelOpenConfirm.typeUrl,
    request: MsgChannelOpenConfirm,
    response: MsgChannelOpenConfirmResponse,
    validate(msg) {
      assertOwnEnd(msg);
      assertProof(msg.proofAck, "acknowledgement proof");
      signerBytes(address, msg.signer);
    },
    handle(ctx, { portId, channelId, proofAck, proofHeight }) {
      const app = router.route(portId);
      const end = { portId, channelId };
      inContext("channel handshake open confirm failed", () =>
        checkOpenConfirm(below, ctx, { ...end, proof: proofAck, proofHeight }),
      );
      writeOpenConfirm(ctx, end);
      calledBack("open confirm", end, () => app.onChanOpenConfirm(ctx, end));
      return {};
    },
  });

const closeInit = ({ channels, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelCloseInit.typeUrl,
    request: MsgChannelCloseInit,
    response: MsgChannelCloseInitResponse,
    validate(msg) {
      assertOwnEnd(msg);
      signerBytes(address, msg.signer);
    },
    handle(ctx, { portId, channelId }) {
      const end = { portId, channelId };
      const app = router.route(portId);
      calledBack("close init", end, () => app.onChanCloseInit(ctx, end));
      inContext("channel handshake close init failed", () => channels.closeInit(ctx, end));
      return {};
    },
  });

const closeConfirm = ({ channels, router, address }: ChannelMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgChannelCloseConfirm.typeUrl,
    request: MsgChannelCloseConfirm,
    response: MsgChannelCloseConfirmResponse,
    validate(msg) {
      assertOwnEnd(msg);
      assertProof(msg.proofInit, "init proof");
      signerBytes(address, msg.signer);
    },
    handle(ctx, { portId, channelId, proofInit, proofHeight }) {
      const end = { portId, channelId };
      const app = router.route(portId);
      calledBack("close confirm", end, () => app.onChanCloseConfirm(ctx, end));
      inContext("channel handshake close confirm failed", () =>
        channels.closeConfirm(ctx, { ...end, proof: proofInit, proofHeight }),
      );
      return {};
    },
  });

/** Messages of the channel handshake. */
export const channelMessages = (deps: ChannelMessageDeps): readonly MessageRoute[] => [
  openInit(deps),
  openTry(deps),
  openAck(deps),
  openConfirm(deps),
  closeInit(deps),
  closeConfirm(deps),
];
