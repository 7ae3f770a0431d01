/** The one kind of evidence that applications handle (SDK x/evidence `types/evidence.go`). */
import { sha256 } from "@tandem-ics/crypto";
import { timestampToNs } from "@tandem-ics/proto";
import { type AddressCodec, plainError } from "@tandem-ics/runtime";
import { Equivocation } from "cosmjs-types/cosmos/evidence/v1beta1/evidence";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Misbehavior } from "cosmjs-types/tendermint/abci/types";

/** Type URL of packed evidence. */
export const EQUIVOCATION_TYPE_URL = "/cosmos.evidence.v1beta1.Equivocation";

/** Evidence that consensus reports: two votes of one validator, or a forged header that it signed. */
export const equivocationOf = (misbehavior: Misbehavior, codec: AddressCodec): Equivocation => ({
  height: misbehavior.height,
  time: misbehavior.time,
  power: misbehavior.validator.power,
  consensusAddress: codec.encode(misbehavior.validator.address),
});

/** SHA-256 of the protobuf bytes: the key of stored evidence. */
export const equivocationHash = (equivocation: Equivocation): Uint8Array =>
  sha256(Equivocation.encode(equivocation).finish());

/** Packed form. */
export const packEquivocation = (equivocation: Equivocation): Any => ({
  typeUrl: EQUIVOCATION_TYPE_URL,
  value: Equivocation.encode(equivocation).finish(),
});

/** Throws `undefined/1` with the first rule that is broken. */
export function assertEquivocation(equivocation: Equivocation): void {
  const { height, time, power, consensusAddress } = equivocation;
  if (timestampToNs(time) < 1_000_000_000n) throw plainError(`invalid equivocation time: ${time.seconds}`);
  if (height < 1n) throw plainError(`invalid equivocation height: ${height}`);
  if (power < 1n) throw plainError(`invalid equivocation validator power: ${power}`);
  if (consensusAddress === "") {
    throw plainError(`invalid equivocation validator consensus address: ${consensusAddress}`);
  }
}
