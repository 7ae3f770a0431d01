/** The state of slashing: store `slashing`. Key bytes are the SDK's (x/slashing `types/keys.go`) and state-breaking. */
import { nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import {
  type Item,
  item,
  type KeyedMap,
  lengthBytesKey,
  map,
  proto,
  type ValueCodec,
} from "@tandem-ics/runtime";
import { ValidatorSigningInfo } from "cosmjs-types/cosmos/slashing/v1beta1/slashing";
import { Any } from "cosmjs-types/google/protobuf/any";
import { remembered } from "../stored-values.ts";
import { type SlashingParams, slashingParamsValue } from "./params.ts";

/** Store of the module. */
export const SLASHING_STORE = "slashing";

/** How a validator did of late. */
export interface SigningInfo {
  /** Its consensus address, bech32. */
  readonly address: string;
  /** Height at which it was last bonded. */
  readonly startHeight: bigint;
  /** Blocks that were counted; modulo the window, the place of the next one. */
  readonly indexOffset: bigint;
  /** Until then it cannot be unjailed, nanoseconds. */
  readonly jailedUntilNs: bigint;
  /** Whether it may never come back. */
  readonly tombstoned: boolean;
  /** Misses within the window. */
  readonly missedBlocksCounter: bigint;
}

/** Wire form. */
export const signingInfoToProto = ({ jailedUntilNs, ...info }: SigningInfo): ValidatorSigningInfo => ({
  ...info,
  jailedUntil: nsToTimestamp(jailedUntilNs),
});

/** From the wire form. */
export const signingInfoFromProto = ({ jailedUntil, ...info }: ValidatorSigningInfo): SigningInfo => ({
  ...info,
  jailedUntilNs: timestampToNs(jailedUntil),
});

const signingInfoValue: ValueCodec<SigningInfo> = {
  encode: (info) => ValidatorSigningInfo.encode(signingInfoToProto(info)).finish(),
  decode: (bytes) => signingInfoFromProto(ValidatorSigningInfo.decode(bytes)),
};

/** All collections of the module but the bitmaps of missed blocks. */
export interface SlashingState {
  readonly params: Item<SlashingParams>;
  /** By consensus address. */
  readonly signingInfos: KeyedMap<Uint8Array, SigningInfo>;
  /** Public keys by consensus address. */
  readonly publicKeys: KeyedMap<Uint8Array, Any>;
}

/** The layout. */
export function createSlashingState(): SlashingState {
  const prefix = (byte: number): Uint8Array => Uint8Array.of(byte);
  return {
    params: item(SLASHING_STORE, prefix(0x00), remembered(slashingParamsValue)),
    signingInfos: map(SLASHING_STORE, prefix(0x01), lengthBytesKey, remembered(signingInfoValue)),
    publicKeys: map(SLASHING_STORE, prefix(0x03), lengthBytesKey, proto(Any)),
  };
}
