/** What an ABCI application is made of. */
export type { Account, VestingPeriod, VestingSchedule } from "./account.ts";
export {
  type AddressCodec,
  type AddressCodecs,
  createAddressCodecs,
  decodeBech32,
  moduleAddress,
} from "./address.ts";
export { ANTE_STEPS, type AnteOptions, type AnteStep, createAnteHandler } from "./ante/ante.ts";
export type {
  AnteAuthKeeper,
  AnteBankKeeper,
  AnteDecorator,
  AnteFeegrantKeeper,
  AnteHandler,
  AnteParams,
  PendingSignature,
} from "./ante/dependencies.ts";
export { createMinGasPriceChecker, FEE_COLLECTOR, type FeeOptions, type TxFeeChecker } from "./ante/fee.ts";
export { createBaseApp } from "./app/base-app.ts";
export type { ModuleOrder } from "./app/module-order.ts";
export type { BaseAppOptions, BlockMoment } from "./app/options.ts";
export { type Simulate, SimulationError } from "./app/simulate.ts";
export type { SnapshotPolicy } from "./app/snapshot-policy.ts";
export type { Application, GrpcQuery } from "./application.ts";
export {
  addCoins,
  addDecCoins,
  amountOf,
  areValidCoins,
  type Coin,
  type Coins,
  checkedInt,
  coinFromProto,
  coinsFromProto,
  coinsToProto,
  coinToProto,
  type DecCoin,
  type DecCoins,
  decAmountOf,
  decCoinsFromProto,
  decCoinsToProto,
  formatCoins,
  formatDecCoins,
  intersectDecCoins,
  intFromWire,
  isDenom,
  mapDecCoins,
  normalizeCoins,
  parseCoins,
  subCoins,
  subDecCoins,
  toDecCoins,
  truncateDecCoins,
} from "./coins.ts";
export {
  boolValue,
  bytesKey,
  bytesValue,
  decValue,
  type Item,
  intValue,
  item,
  type KeyCodec,
  type KeyedMap,
  lengthBytesKey,
  lengthTextKey,
  map,
  type ProtoCodec,
  pairKey,
  presence,
  proto,
  type Range,
  textKey,
  textValue,
  tripleKey,
  u64Key,
  u64Value,
  type ValueCodec,
} from "./collections.ts";
export {
  type BlockInfo,
  type Context,
  type ContextChanges,
  type ContextOptions,
  createContext,
  type ExecMode,
  type StoreKey,
} from "./context.ts";
export { Dec, decErrors } from "./dec.ts";
export {
  assert,
  CodedError,
  defineErrors,
  type ErrorKind,
  INTERNAL_CODE,
  InvariantError,
  inContext,
  PANIC_CODE,
  plainError,
  UNDEFINED_CODESPACE,
  wrapError,
} from "./errors.ts";
export {
  type Attributes,
  createEvent,
  createEventManager,
  type Event,
  type EventAttribute,
  type EventManager,
} from "./events.ts";
export {
  createGasKvStore,
  createGasMeter,
  type GasConfig,
  type GasMeter,
  KV_GAS,
  OutOfGasError,
  TRANSIENT_GAS,
} from "./gas.ts";
export { fromGoHex } from "./go-hex.ts";
export { parseGoInt } from "./go-int.ts";
export { sortAsGo } from "./go-sort.ts";
export { GRPC, GRPC_NAMES, GrpcError } from "./grpc-error.ts";
export {
  createMessageRouter,
  type MessageRouter,
  type RoutedResult,
  type UnboundMessageRouter,
} from "./message-router.ts";
export {
  type AppModule,
  type ConsensusParamsKeeper,
  type GenesisServices,
  type GenesisValidatorEntry,
  type Json,
  type JsonObject,
  type MessageRoute,
  message,
  type QueryRoute,
  query,
} from "./module.ts";
export { DEFAULT_PAGE_LIMIT, type Page, type PageOptions, type PageStyle, paginate } from "./pagination.ts";
export { sdkErrors } from "./sdk-errors.ts";
export {
  atBlock,
  createTestContext,
  createTestSigner,
  emptyBlock,
  signTestTx,
  type TestContextOptions,
  type TestSigner,
  type TestTxOptions,
} from "./testing.ts";
export {
  createTxDecoder,
  type DecodedFee,
  type DecodedMessage,
  type DecodedSigner,
  type DecodedTx,
  type TxDecoder,
  type TxDecoderOptions,
} from "./tx/decode.ts";
export {
  countSubKeys,
  type MultisigPublicKey,
  type PublicKey,
  parsePublicKey,
  type SinglePublicKey,
  samePublicKey,
  secp256k1KeyAny,
} from "./tx/public-key.ts";
export {
  type MultiSignatureData,
  readSignature,
  SIGN_MODE,
  type SignatureData,
  type SingleSignature,
} from "./tx/signature-data.ts";
export { type SignerData, signBytes, verifySignature } from "./tx/verify-signature.ts";
