/**
 * The provider's whole state: one row for each kind of key, with the bytes of interchain-security
 * (`x/ccv/provider/types/keys.go`). State-breaking.
 */
import { fromBe64 } from "@tandem-ics/crypto";
import {
  AddressList,
  AllowlistedRewardDenoms,
  ConsensusValidator,
  ConsumerGenesisState,
  ConsumerIds,
  ConsumerInitializationParameters,
  ConsumerMetadata,
  type ConsumerPhase,
  ConsumerRewardsAllocation,
  InfractionParameters,
  PowerShapingParameters,
  ProviderParams,
  SlashAcks,
  ValidatorSetChangePackets,
} from "@tandem-ics/proto";
import {
  bytesKey,
  bytesValue,
  decValue,
  intValue,
  item,
  type KeyCodec,
  lengthTextKey,
  map,
  pairKey,
  proto,
  textKey,
  textValue,
  u64Key,
  u64Value,
  type ValueCodec,
} from "@tandem-ics/runtime";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { PROVIDER_MODULE } from "../types/constants.ts";
import { cachedProto, flag, rememberedProto } from "../types/store-values.ts";
import { goBinaryTimeValue, timeKey, timeValue } from "../types/time-text.ts";

/** Key of the provider's store. */
export const STORE = PROVIDER_MODULE;

const at = (prefix: number): Uint8Array => Uint8Array.of(prefix);

const anyIdAndAddress = pairKey(lengthTextKey, bytesKey);

/** Consumer id, then the rest of the key as an address. */
const idAndAddress: KeyCodec<readonly [string, Uint8Array]> = {
  ...anyIdAndAddress,
  // A boundary reads a thousand such keys: ids are few ASCII digits, below 256 bytes, and need no decoder.
  decode(bytes, offset) {
    const start = offset + 8;
    const next = start + bytes[offset + 7]!;
    let id = "";
    for (let i = start; i < next; i++) {
      const code = bytes[i]!;
      if (code >= 0x80) return anyIdAndAddress.decode(bytes, offset);
      id += String.fromCharCode(code);
    }
    if (bytes[offset + 6] !== 0) return anyIdAndAddress.decode(bytes, offset);
    return { key: [id, bytes.slice(next)], next: bytes.length };
  },
};

/** Phase as u32 big endian in the first of 8 bytes. */
const phaseValue: ValueCodec<ConsumerPhase> = {
  encode(phase) {
    const out = new Uint8Array(8);
    new DataView(out.buffer).setUint32(0, phase);
    return out;
  },
  decode: (bytes) => Number(fromBe64(bytes) >> 32n) as ConsumerPhase,
};

/** Start of all keys of one consumer in maps whose key begins with the length-prefixed id. */
export const consumerPrefix = (consumerId: string): Uint8Array => lengthTextKey.encode(consumerId);

/** Provider-wide values. */
export const params = item(STORE, at(0xff), cachedProto(ProviderParams));
/** Port that the module is bound to. */
export const port = item(STORE, at(0), textValue);
/** Id of the next VSC packets: grows by one each epoch. */
export const vscId = item(STORE, at(2), u64Value);
/** Voting power that may still be jailed by downtime packets; negative when overdrawn. */
export const slashMeter = item(STORE, at(3), intValue);
/** Time at which the meter may be filled again. */
export const replenishCandidate = item(STORE, at(4), timeValue);
/** Consumer id → CCV channel. */
export const channelOfConsumer = map(STORE, at(5), textKey, textValue);
/** CCV channel → consumer id. */
export const consumerOfChannel = map(STORE, at(6), textKey, textValue);
/** Consumer id → client: the list of consumers that were launched and not deleted, in byte order of their ids. */
export const clientOfConsumer = map(STORE, at(7), textKey, textValue);
/** VSC id → height after the block in which it was last current. Never pruned. */
export const heightOfVscId = map(STORE, at(13), u64Key, u64Value);
/** Consumer id → genesis made at launch. */
export const consumerGenesis = map(STORE, at(14), textKey, proto(ConsumerGenesisState));
/** Consumer id → slash acks that wait for the next VSC packet. */
export const slashAcks = map(STORE, at(15), textKey, proto(SlashAcks));
/** Consumer id → height at which its channel opened: stands in for VSC id 0. */
export const initChainHeight = map(STORE, at(16), textKey, u64Value);
/** Consumer id → VSC packets that wait to be sent. */
export const pendingVscPackets = map(STORE, at(17), textKey, proto(ValidatorSetChangePackets));
/** Table K: provider address → key on a consumer. */
export const consumerKeys = map(STORE, at(22), idAndAddress, cachedProto(PublicKey));
/** Table A: consumer address → provider address. */
export const providerAddresses = map(STORE, at(23), idAndAddress, bytesValue);
/** Provider addresses that some consumer accused of a double sign; never read by the protocol. */
export const slashLog = map(STORE, at(26), bytesKey, flag);
/** Reward denominations that governance allows for all consumers. */
export const rewardDenoms = map(STORE, at(27), textKey, flag);
/** Consumer id → lowest height of which evidence is taken. */
export const evidenceMinHeight = map(STORE, at(29), textKey, u64Value);
/** Validators of each consumer as last sent. */
export const consumerValidators = map(STORE, at(31), idAndAddress, rememberedProto(ConsensusValidator));
/** Validators that opted in. */
export const optedIn = map(STORE, at(32), idAndAddress, flag);
/** Index of the allowlist in the power-shaping parameters. */
export const allowlist = map(STORE, at(36), idAndAddress, flag);
/** Index of the denylist. */
export const denylist = map(STORE, at(37), idAndAddress, flag);
/** Index of the prioritylist. */
export const prioritylist = map(STORE, at(56), idAndAddress, flag);
/** Commission that a validator takes on a consumer's rewards. */
export const commissionRates = map(STORE, at(39), idAndAddress, decValue);
/** Least power of a Top N chain's automatic validators. */
export const minimumPower = map(STORE, at(40), lengthTextKey, u64Value);
/** Table P: consumer addresses to forget at a time. */
export const addressesToPrune = map(STORE, at(41), pairKey(lengthTextKey, timeKey), proto(AddressList));
/** The set last given to the provider's own consensus engine. */
export const providerValidators = map(STORE, at(42), bytesKey, rememberedProto(ConsensusValidator));
/** Number of the next consumer. */
export const nextConsumerId = item(STORE, at(43), u64Value);
/** Consumer id → chain id. Chain ids are not unique. */
export const chainIds = map(STORE, at(44), lengthTextKey, textValue);
/** Consumer id → account that may change and remove it. */
export const owners = map(STORE, at(45), lengthTextKey, textValue);
/** Consumer id → name and description. */
export const metadata = map(STORE, at(46), lengthTextKey, proto(ConsumerMetadata));
/** Consumer id → what its launch needs. */
export const initialization = map(STORE, at(47), lengthTextKey, proto(ConsumerInitializationParameters));
/** Consumer id → how its set is chosen and weighted. */
export const powerShaping = map(STORE, at(48), lengthTextKey, cachedProto(PowerShapingParameters));
/** Consumer id → phase. */
export const phases = map(STORE, at(49), lengthTextKey, phaseValue);
/** Consumer id → time of its deletion. */
export const removalTimes = map(STORE, at(50), lengthTextKey, goBinaryTimeValue);
/** Spawn time → consumers to launch. */
export const spawnQueue = map(STORE, at(51), timeKey, proto(ConsumerIds));
/** Removal time → consumers to delete. */
export const removalQueue = map(STORE, at(52), timeKey, proto(ConsumerIds));
/** Client → consumer id. */
export const consumerOfClient = map(STORE, at(53), lengthTextKey, textValue);
/** Consumer id → reward denominations of its own. */
export const allowlistedDenoms = map(STORE, at(54), lengthTextKey, proto(AllowlistedRewardDenoms));
/** Rewards of a consumer that are not yet distributed, by denomination. */
export const rewardAllocations = map(
  STORE,
  at(55),
  pairKey(lengthTextKey, textKey),
  proto(ConsumerRewardsAllocation),
);
/** Consumer id → punishments in force. */
export const infractionParams = map(STORE, at(57), lengthTextKey, proto(InfractionParameters));
/** Consumer id → punishments that come into force later. */
export const queuedInfractionParams = map(STORE, at(58), lengthTextKey, proto(InfractionParameters));
/** Time → consumers whose punishments change then. */
export const infractionQueue = map(STORE, at(59), timeKey, proto(ConsumerIds));
