/**
 * The consumer's whole state: one row for each kind of key, with the bytes of interchain-security
 * (`x/ccv/consumer/types/keys.go`). State-breaking.
 */
import {
  ConsumerModuleGenesisState,
  ConsumerPacketData,
  ConsumerParams,
  CrossChainValidator,
  LastTransmissionBlockHeight,
  SlashRecord,
  ValidatorSetChangePacketData,
} from "@tandem-ics/proto";
import { bytesKey, bytesValue, item, map, proto, textValue, u64Key, u64Value } from "@tandem-ics/runtime";
import { CONSUMER_MODULE } from "../types/constants.ts";
import { cachedProto, flag } from "../types/store-values.ts";

/** Key of the consumer's store. */
export const STORE = CONSUMER_MODULE;

const at = (prefix: number): Uint8Array => Uint8Array.of(prefix);

/** Port that the module is bound to. */
export const port = item(STORE, at(0), textValue);
/** Height of the last reward transmission, successful or not. */
export const lastTransmission = item(STORE, at(1), proto(LastTransmissionBlockHeight));
/** Client of the provider. */
export const providerClient = item(STORE, at(3), textValue);
/** CCV channel; set by the first VSC packet. */
export const providerChannel = item(STORE, at(4), textValue);
/** Updates that the end of this block applies. */
export const pendingChanges = item(STORE, at(5), proto(ValidatorSetChangePacketData));
/** Set while an older chain is turned into a consumer: its own staking still decides. */
export const preCcv = item(STORE, at(7), u64Value);
/** The provider's first set, for the changeover: only `provider.initial_val_set` is filled. */
export const initialValSet = item(STORE, at(8), proto(ConsumerModuleGenesisState));
/** Height → header and validators: protobuf `HistoricalInfo`. */
export const historicalInfos = map(STORE, at(11), u64Key, bytesValue);
/** Height → VSC id in force. Never pruned. */
export const vscIdOfHeight = map(STORE, at(13), u64Key, u64Value);
/** Validators reported for downtime and not acknowledged yet. */
export const outstandingDowntime = map(STORE, at(14), bytesKey, flag);
/** Packets to the provider, oldest first; a sent slash packet stays the head until it is answered. */
export const pendingPackets = map(STORE, at(15), u64Key, proto(ConsumerPacketData));
/** The current set by address. */
export const validators = map(STORE, at(16), bytesKey, cachedProto(CrossChainValidator));
/** Height at which this module's genesis ran: 0 for new chains. */
export const genesisHeight = item(STORE, at(17), u64Value);
/** Whether the chain ran by itself before. */
export const wasStandalone = item(STORE, at(19), flag);
/** Index of the next packet in the queue. */
export const nextPacketIndex = item(STORE, at(20), u64Value);
/** The slash packet under way; absent when there is none. */
export const slashRecord = item(STORE, at(21), proto(SlashRecord));
/** Parameters. */
export const params = item(STORE, at(22), cachedProto(ConsumerParams));
