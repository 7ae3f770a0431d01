/** State of ICS-20, store `transfer` (ibc-go v10 `transfer/types/keys.go`). State-breaking. */
import { concatBytes, sha256, utf8 } from "@tandem-ics/crypto";
import {
  bytesKey,
  type Coin,
  type Context,
  item,
  map,
  proto,
  textKey,
  textValue,
  type ValueCodec,
} from "@tandem-ics/runtime";
import { IntProto } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { Denom } from "cosmjs-types/ibc/applications/transfer/v1/token";
import { Params } from "cosmjs-types/ibc/applications/transfer/v1/transfer";
import { denomHash } from "./denom.ts";
import { ICS20_VERSION } from "./packet-data.ts";

/** Name of the module, its store, its account and its port. */
export const TRANSFER = "transfer";

const intProto: ValueCodec<bigint> = {
  encode: (value) => IntProto.encode({ int: value.toString() }).finish(),
  decode: (bytes) => BigInt(IntProto.decode(bytes).int),
};

/** `0x01` → port id as text */
export const port = item(TRANSFER, Uint8Array.of(1), textValue);
/** `params` → proto Params; both false is stored as no bytes. */
export const params = item(TRANSFER, "params", proto(Params));
/** `0x03 | hash of the path` → proto Denom: how to read `ibc/…` */
export const denoms = map(TRANSFER, Uint8Array.of(3), bytesKey, proto(Denom));
/** `totalEscrowForDenom/{denom}` → proto IntProto: sum over the escrow accounts of all channels; never zero. */
const totalEscrow = map(TRANSFER, "totalEscrowForDenom/", textKey, intProto);

/** Stores a denomination under its hash. */
export const setDenom = (ctx: Context, denom: Denom): void => denoms.set(ctx, denomHash(denom), denom);

/** Tokens of a denomination that are locked because they are elsewhere. */
export const getTotalEscrow = (ctx: Context, denom: string): bigint => totalEscrow.get(ctx, denom) ?? 0n;

/** Sets the sum; zero removes it. */
export function setTotalEscrow(ctx: Context, denom: string, amount: bigint): void {
  if (amount === 0n) totalEscrow.remove(ctx, denom);
  else totalEscrow.set(ctx, denom, amount);
}

/** All sums, by denomination. */
export const allTotalEscrow = (ctx: Context): Coin[] =>
  Array.from(totalEscrow.entries(ctx), ([denom, amount]) => ({ denom, amount }));

/** Account that holds a channel's tokens: first 20 bytes of `SHA-256("ics20-1" | 0x00 | "{port}/{channel}")`. */
export const escrowAddress = (portId: string, channelId: string): Uint8Array =>
  sha256(concatBytes(utf8(ICS20_VERSION), Uint8Array.of(0), utf8(`${portId}/${channelId}`))).slice(0, 20);
