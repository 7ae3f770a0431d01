/** What an ABCI application is made of. */
export type { Account, VestingPeriod, VestingSchedule } from "./account.ts";
export {
  type AddressCodec,
  type AddressCodecs,
  createAddressCodecs,
  decodeBech32,
  moduleAddress,
} from "./address.ts";
export type { Application } from "./application.ts";
export {
  addCoins,
  addDecCoins,
  amountOf,
  type Coin,
  type Coins,
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
export { createGasKvStore, createGasMeter, type GasConfig, type GasMeter, KV_GAS, TRANSIENT_GAS } from "./gas.ts";
export { GRPC, GRPC_NAMES, GrpcError } from "./grpc-error.ts";
export {
  type AppModule,
  type ConsensusParamsKeeper,
  type Json,
  type JsonObject,
  type MessageRoute,
  message,
  type QueryRoute,
  query,
} from "./module.ts";
export { sdkErrors } from "./sdk-errors.ts";
