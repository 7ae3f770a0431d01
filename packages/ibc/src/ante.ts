/**
 * Keeps relayers from paying for work that others have done: transactions that only repeat packet messages do not enter
 * the mempool (ibc-go `core/ante/ante.go`).
 */
import type { Context, MessageRoute } from "@tandem-ics/runtime";
import {
  MsgAcknowledgement,
  MsgAcknowledgementResponse,
  MsgRecvPacket,
  MsgTimeout,
  MsgTimeoutOnClose,
  ResponseResultType,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { clientErrors } from "./02-client/errors.ts";
import type { ClientKeeper } from "./02-client/keeper.ts";
import { channelErrors } from "./04-channel/errors.ts";
import type { ChannelKeeper } from "./04-channel/keeper.ts";
import { messageCodec } from "./decode.ts";

/** The part of a decoded transaction that matters here. */
export interface RelayTx {
  readonly messages: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
}

/** A check of the ante chain. */
export interface RelayDecorator {
  readonly name: string;
  /** Throws `channel/22` in CheckTx when all packet messages, and at least one, are no-ops. */
  run(ctx: Context, tx: RelayTx): void;
}

/** What the check needs. */
export interface RelayDecoratorDeps {
  readonly clients: ClientKeeper;
  readonly channels: Pick<ChannelKeeper, "recvPacket" | "recheckRecvPacket">;
  /** The packet messages. */
  readonly routes: readonly MessageRoute[];
}

/** Makes the check. It acts only in CheckTx and ReCheckTx, and stops at the first message that is no relayer's. */
export function createRedundantRelayDecorator(deps: RelayDecoratorDeps): RelayDecorator {
  return {
    name: "RedundantRelay",
    run(ctx, tx) {
      if (ctx.mode !== "check" && ctx.mode !== "recheck") return;
      let packets = 0;
      let redundant = 0;
      for (const message of tx.messages) {
        if (message.typeUrl === MsgUpdateClient.typeUrl) {
          updateClient(deps, ctx, message.value);
          continue;
        }
        const isNoOp = tryPacket(deps, ctx, message);
        if (isNoOp === undefined) return;
        packets++;
        if (isNoOp) redundant++;
      }
      if (packets > 0 && redundant === packets) throw channelErrors.redundantTx();
    },
  };
}

/** Packet messages of the same transaction need the update, so it is applied; recheck trusts the first check. */
function updateClient({ clients }: RelayDecoratorDeps, ctx: Context, value: Uint8Array): void {
  const { clientId, clientMessage } = messageCodec(MsgUpdateClient).decode(value);
  const { module, content } = clients.decodeMessage(clientMessage);
  const status = clients.status(ctx, clientId);
  if (status !== "Active")
    throw clientErrors.clientNotActive(`cannot update client (${clientId}) with status ${status}`);
  if (clients.route(ctx, clientId) !== module)
    throw clientErrors.invalidClientType(
      `a message of ${module.clientType} cannot update client ${clientId}`,
    );
  if (ctx.mode !== "recheck") module.verifyMessage(ctx, clientId, content);
  module.updateState(ctx, clientId, content);
}

/** Whether a packet message does nothing; `undefined` for other messages. */
function tryPacket(
  deps: RelayDecoratorDeps,
  ctx: Context,
  { typeUrl, value }: RelayTx["messages"][number],
): boolean | undefined {
  switch (typeUrl) {
    case MsgRecvPacket.typeUrl:
      return tryRecvPacket(deps, ctx, value);
    case MsgAcknowledgement.typeUrl:
    case MsgTimeout.typeUrl:
    case MsgTimeoutOnClose.typeUrl: {
      const response = deps.routes.find((route) => route.typeUrl === typeUrl)?.run(ctx, value);
      // all three responses have the same form
      return (
        response !== undefined &&
        MsgAcknowledgementResponse.decode(response).result === ResponseResultType.RESPONSE_RESULT_TYPE_NOOP
      );
    }
    default:
      return undefined;
  }
}

/** Without the application, whose work may be dear. */
function tryRecvPacket({ channels }: RelayDecoratorDeps, ctx: Context, value: Uint8Array): boolean {
  const { packet, proofCommitment, proofHeight } = messageCodec(MsgRecvPacket).decode(value);
  const branch = ctx.branch();
  const step =
    ctx.mode === "recheck"
      ? channels.recheckRecvPacket(branch.ctx, packet)
      : channels.recvPacket(branch.ctx, { packet, proof: proofCommitment, proofHeight });
  if (step === undefined) return true;
  branch.commit();
  return false;
}
