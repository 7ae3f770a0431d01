/** Parameters of x/auth (SDK `x/auth/types/params.go`). */
import { plainError } from "@tandem-ics/runtime";
import type { Params } from "cosmjs-types/cosmos/auth/v1beta1/auth";

/** Limits and gas costs of transactions. Not to be changed in place. */
export type AuthParams = Params;

/** The SDK's defaults. */
export const defaultAuthParams = (): AuthParams => ({
  maxMemoCharacters: 256n,
  txSigLimit: 7n,
  txSizeCostPerByte: 10n,
  sigVerifyCostEd25519: 590n,
  sigVerifyCostSecp256k1: 1000n,
});

/** Throws a plain refusal for a parameter that is zero. */
export function validateAuthParams(params: AuthParams): void {
  const positive: readonly (readonly [bigint, string])[] = [
    [params.txSigLimit, "tx signature limit"],
    [params.sigVerifyCostEd25519, "ED25519 signature verification cost"],
    [params.sigVerifyCostSecp256k1, "SECK256k1 signature verification cost"],
    [params.maxMemoCharacters, "max memo characters"],
    [params.txSizeCostPerByte, "tx size cost per byte"],
  ];
  for (const [value, name] of positive) if (value <= 0n) throw plainError(`invalid ${name}: ${value}`);
}
