/** Messages that open connections (ibc-go `03-connection/types/msgs.go`, `core/keeper/msg_server.go`). */
import { ConnectionMsgUpdateParams } from "@tandem-ics/proto";
import { type AddressCodec, inContext, type MessageRoute } from "@tandem-ics/runtime";
import type { Version } from "cosmjs-types/ibc/core/connection/v1/connection";
import {
  MsgConnectionOpenAck,
  MsgConnectionOpenAckResponse,
  MsgConnectionOpenConfirm,
  MsgConnectionOpenConfirmResponse,
  MsgConnectionOpenInit,
  MsgConnectionOpenInitResponse,
  MsgConnectionOpenTry,
  MsgConnectionOpenTryResponse,
  MsgUpdateParamsResponse,
} from "cosmjs-types/ibc/core/connection/v1/tx";
import { clientErrors } from "../02-client/errors.ts";
import { commitmentErrors } from "../23-commitment/errors.ts";
import { LOCALHOST_CLIENT_ID, parseConnectionSequence } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { ibcMessage } from "../route.ts";
import { assertAuthority, signerBytes } from "../signer.ts";
import { validateConnectionParams, validateCounterparty } from "./connection.ts";
import { connectionErrors } from "./errors.ts";
import type { ConnectionKeeper } from "./keeper.ts";
import { MAX_COUNTERPARTY_VERSIONS, validateVersion } from "./version.ts";

/** What the messages need. */
export interface ConnectionMessageDeps {
  readonly connections: ConnectionKeeper;
  readonly address: AddressCodec;
  /** Account of governance. */
  readonly authority: string;
}

function assertHandshakeClient(clientId: string): void {
  if (clientId === LOCALHOST_CLIENT_ID)
    throw clientErrors.invalidClientType("localhost connection handshakes are disallowed");
  assertIdentifier("client", clientId, "invalid client ID");
}

function assertProof(proof: Uint8Array, what: string): void {
  if (proof.length === 0) throw commitmentErrors.invalidProof(`cannot submit an empty ${what}`);
}

function assertOwnConnectionId(connectionId: string): void {
  if (parseConnectionSequence(connectionId) === undefined)
    throw connectionErrors.invalidConnectionIdentifier();
}

/** A version that ValidateBasic has seen. */
function given(version: Version | undefined): Version {
  validateVersion(version);
  return version;
}

const openInit = ({ connections, address }: ConnectionMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgConnectionOpenInit.typeUrl,
    request: MsgConnectionOpenInit,
    response: MsgConnectionOpenInitResponse,
    validate(msg) {
      assertHandshakeClient(msg.clientId);
      if (msg.counterparty.connectionId !== "")
        throw connectionErrors.invalidCounterparty("counterparty connection identifier must be empty");
      const { version } = msg;
      if (version !== undefined)
        inContext("basic validation of the provided version failed", () => validateVersion(version));
      signerBytes(address, msg.signer);
      validateCounterparty(msg.counterparty);
    },
    handle(ctx, msg) {
      inContext("connection handshake open init failed", () => connections.openInit(ctx, msg));
      return {};
    },
  });

const openTry = ({ connections, address }: ConnectionMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgConnectionOpenTry.typeUrl,
    request: MsgConnectionOpenTry,
    response: MsgConnectionOpenTryResponse,
    validate(msg) {
      assertHandshakeClient(msg.clientId);
      assertIdentifier("connection", msg.counterparty.connectionId, "invalid counterparty connection ID");
      const { length } = msg.counterpartyVersions;
      if (length === 0) throw ibcErrors.invalidVersion("empty counterparty versions");
      if (length > MAX_COUNTERPARTY_VERSIONS)
        throw ibcErrors.invalidVersion(
          `counterparty versions must not exceed ${MAX_COUNTERPARTY_VERSIONS} items`,
        );
      for (const [index, version] of msg.counterpartyVersions.entries())
        inContext(`basic validation failed on version with index ${index}`, () => validateVersion(version));
      assertProof(msg.proofInit, "proof init");
      signerBytes(address, msg.signer);
      validateCounterparty(msg.counterparty);
    },
    handle(ctx, msg) {
      inContext("connection handshake open try failed", () =>
        connections.openTry(ctx, { ...msg, proof: msg.proofInit }),
      );
      return {};
    },
  });

const openAck = ({ connections, address }: ConnectionMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgConnectionOpenAck.typeUrl,
    request: MsgConnectionOpenAck,
    response: MsgConnectionOpenAckResponse,
    validate(msg) {
      assertOwnConnectionId(msg.connectionId);
      assertIdentifier("connection", msg.counterpartyConnectionId, "invalid counterparty connection ID");
      validateVersion(msg.version);
      assertProof(msg.proofTry, "proof try");
      signerBytes(address, msg.signer);
    },
    handle(ctx, msg) {
      inContext("connection handshake open ack failed", () =>
        connections.openAck(ctx, { ...msg, version: given(msg.version), proof: msg.proofTry }),
      );
      return {};
    },
  });

const openConfirm = ({ connections, address }: ConnectionMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgConnectionOpenConfirm.typeUrl,
    request: MsgConnectionOpenConfirm,
    response: MsgConnectionOpenConfirmResponse,
    validate(msg) {
      assertOwnConnectionId(msg.connectionId);
      assertProof(msg.proofAck, "proof ack");
      signerBytes(address, msg.signer);
    },
    handle(ctx, msg) {
      inContext("connection handshake open confirm failed", () =>
        connections.openConfirm(ctx, { ...msg, proof: msg.proofAck }),
      );
      return {};
    },
  });

const updateParams = ({ connections, address, authority }: ConnectionMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: "/ibc.core.connection.v1.MsgUpdateParams",
    request: ConnectionMsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validate(msg) {
      signerBytes(address, msg.signer);
      validateConnectionParams(msg.params);
    },
    handle(ctx, msg) {
      assertAuthority(authority, msg.signer);
      connections.setParams(ctx, msg.params);
      return {};
    },
  });

/** All connection messages. */
export const connectionMessages = (deps: ConnectionMessageDeps): readonly MessageRoute[] => [
  openInit(deps),
  openTry(deps),
  openAck(deps),
  openConfirm(deps),
  updateParams(deps),
];
