/**
 * Messages of interchain security and the forms of all messages that its chains use.
 *
 * Naming of the generated codecs (`export *` below): as in the .proto files where that name is unique among the three
 * ICS packages, else with the package in front: `Provider…`, `Consumer…` (`ProviderMsgUpdateParams`,
 * `ConsumerQueryParamsRequest`, `ProviderQueryClientImpl`). Special: `ProviderParams`, `ProviderGenesisState`;
 * `ConsumerGenesisState` is ccv.v1's, the one a provider makes, and `ConsumerModuleGenesisState` that of the consumer
 * module. Messages of Cosmos, IBC and CometBFT come from `cosmjs-types`; `codecOf(name)` finds the codec of any.
 */
export {
  type AminoForm,
  type AminoJson,
  type AminoSignInput,
  aminoSignDoc,
  aminoSignDocBytes,
  toAminoJson,
  toAminoValue,
} from "./amino-json.ts";
export { fromAminoJson, fromAminoValue } from "./amino-json-read.ts";
export {
  ConnectionMsgUpdateParams,
  QueryConnectionParamsResponse,
  TransferMsgUpdateParams,
} from "./codec-repair.ts";
export { decTextToWire, decWireToText } from "./decimal.ts";
export {
  type EnumDescriptor,
  enumDescriptor,
  type FieldDescriptor,
  type FieldKind,
  hasMessage,
  type MessageDescriptor,
  type MethodDescriptor,
  messageDescriptor,
  messageNames,
  methods,
} from "./descriptor.ts";
export { ProtoError, type ProtoErrorCode } from "./errors.ts";
export * from "./gen/names.ts";
export {
  createConsumerFromFile,
  createConsumerToFile,
  type IgnoredKey,
  ignoredByCreateConsumer,
  ignoredByUpdateConsumer,
  updateConsumerFromFile,
  updateConsumerToFile,
} from "./go-json.ts";
export {
  compareUtf8,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_JSON_DEPTH,
  parseJson,
  parseJsonStart,
  type StringifyOptions,
  stringifyJson,
  stringifySorted,
} from "./json.ts";
export { toProtoJson, toProtoJsonText } from "./proto-json.ts";
export { fromProtoJson, fromProtoJsonText } from "./proto-json-read.ts";
export {
  aminoName,
  codecOf,
  decodeAny,
  encodeAny,
  implementationsOf,
  interfaceNames,
  type MsgType,
  msgTypes,
  type RegisteredType,
  registeredType,
  typeRegistry,
  typeUrlOfAminoName,
} from "./registry.ts";
export { isSignedByOperator, signersOf } from "./signers.ts";
export {
  durationToNs,
  formatDuration,
  formatProtoTimestamp,
  formatTimestamp,
  GO_ZERO_TIME_NS,
  nsToDuration,
  nsToTimestamp,
  parseDuration,
  parseTimestamp,
  timestampToNs,
} from "./time.ts";
export {
  assertCanonicalTxRaw,
  findUnknownFields,
  MAX_MESSAGE_DEPTH,
  type UnknownFieldOptions,
} from "./unknown-fields.ts";
export { BinaryReader, BinaryWriter, goZeroTimestamp, type MessageCodec } from "./wire.ts";
