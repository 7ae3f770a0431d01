/** IBC: clients, connections, channels (core) and ICS-20. The pure part for relayers and browsers is `./24-host`. */
export { clientErrors } from "./02-client/errors.ts";
export type { ClientKeeper, ClientMessage, IbcUpgradeKeeper } from "./02-client/keeper.ts";
export type { ClientStatus, LightClientModule, StateProof, UpgradeClaim } from "./02-client/light-client.ts";
export { selfHeight } from "./02-client/self-height.ts";
export { clientStore } from "./02-client/state.ts";
export { CONNECTION_STATE, defaultConnectionParams } from "./03-connection/connection.ts";
export { connectionErrors } from "./03-connection/errors.ts";
export type { ConnectionKeeper, HandshakeProof } from "./03-connection/keeper.ts";
export { COMPATIBLE_VERSIONS, DEFAULT_VERSION } from "./03-connection/version.ts";
export {
  type Acknowledgement,
  type AcknowledgementContent,
  decodeAcknowledgement,
  encodeAcknowledgement,
  errorAcknowledgement,
  goJsonString,
  resultAcknowledgement,
} from "./04-channel/acknowledgement.ts";
export { CHANNEL_STATE, ORDERING, orderingName } from "./04-channel/channel.ts";
export { channelErrors } from "./04-channel/errors.ts";
export type { NewChannel } from "./04-channel/handshake.ts";
export type { ChannelKeeper } from "./04-channel/keeper.ts";
export { isElapsed, MAX_PACKET_DATA_BYTES, type Timeout, type TimeoutPoint } from "./04-channel/packet.ts";
export type { OutgoingPacket } from "./04-channel/send-packet.ts";
export type { ChannelEnd, IbcApp, OpeningChannel, PacketArrival } from "./05-port/app.ts";
export { portErrors } from "./05-port/errors.ts";
export { createPortRouter, type PortRouter } from "./05-port/router.ts";
export {
  decodeClientState,
  decodeConsensusState,
  SENTINEL_ROOT,
  validateClientState,
  validateConsensusState,
  zeroCustomFields,
} from "./07-tendermint/client-state.ts";
export { tendermintErrors } from "./07-tendermint/errors.ts";
export { headerHeight, validateHeader } from "./07-tendermint/header.ts";
export { createTendermintLightClient, type TendermintMessage } from "./07-tendermint/light-client.ts";
export {
  provesMisbehaviour,
  validateMisbehaviour,
  verifyMisbehaviour,
} from "./07-tendermint/misbehaviour.ts";
export { createLocalhostLightClient, SENTINEL_PROOF } from "./09-localhost/light-client.ts";
export { parseAmount, parseGoInt } from "./20-transfer/amount.ts";
export { transferAuthorization } from "./20-transfer/authorization.ts";
export {
  compareDenoms,
  denomHash,
  denomPath,
  hasHopPrefix,
  ibcDenom,
  parseDenom,
  validateDenom,
} from "./20-transfer/denom.ts";
export { transferErrors } from "./20-transfer/errors.ts";
export type {
  Transfer,
  TransferAccounts,
  TransferBank,
  TransferDeps,
  TransferKeeper,
} from "./20-transfer/keeper.ts";
export {
  decodePacketData,
  ICS20_VERSION,
  MAX_MEMO_BYTES,
  packetDataBytes,
  parsePacketData,
  type TransferData,
  validatePacketData,
} from "./20-transfer/packet-data.ts";
export { escrowAddress, TRANSFER } from "./20-transfer/state.ts";
export {
  createTransferModule,
  type TransferModule,
  type TransferModuleOptions,
} from "./20-transfer/transfer-module.ts";
export { commitmentErrors } from "./23-commitment/errors.ts";
export { COMMITMENT_PREFIX, prefixedPath } from "./23-commitment/merkle.ts";
export * from "./24-host/index.ts";
export { hostErrors } from "./24-host/validate.ts";
export { createRedundantRelayDecorator, type RelayDecorator } from "./ante.ts";
export { ibcErrors, isTransactionAbort } from "./errors.ts";
export { createIbcModule, type IbcModule, type IbcModuleOptions } from "./ibc-module.ts";
