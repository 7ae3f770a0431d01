/** The ante chain: what a transaction must pass before its messages run (SDK `x/auth/ante`). */
import type { AddressCodecs } from "../address.ts";
import type { Context } from "../context.ts";
import { assert } from "../errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import {
  consumeTxSizeGas,
  limitGas,
  refuseExtensionOptions,
  validateMemo,
  validateTimeoutHeight,
  validateTx,
} from "./basic.ts";
import type { AnteAuthKeeper, AnteDecorator, AnteHandler } from "./dependencies.ts";
import { createDeductFee, type FeeOptions } from "./fee.ts";
import { createPendingSignatures } from "./pending-signatures.ts";
import {
  countSignatures,
  incrementSequences,
  payForSignatures,
  setPublicKeys,
  verifySignatures,
} from "./signatures.ts";

/** Standard decorators, in order. */
export const ANTE_STEPS = [
  "SetUpContext",
  "ExtensionOptions",
  "ValidateBasic",
  "TxTimeoutHeight",
  "ValidateMemo",
  "ConsumeTxSizeGas",
  "DeductFee",
  "SetPubKey",
  "ValidateSigCount",
  "SigGasConsume",
  "SigVerification",
  "IncrementSequence",
] as const;

/** Name of a standard decorator. */
export type AnteStep = (typeof ANTE_STEPS)[number];

/** How a chain's ante handler is made. */
export interface AnteOptions extends FeeOptions {
  readonly auth: AnteAuthKeeper;
  readonly addresses: AddressCodecs;
  /** Further decorators, each right after a standard one, in the order of this list. */
  readonly insert?: readonly { readonly after: AnteStep; readonly decorator: AnteDecorator }[];
}

/** The standard chain of SDK 0.50 with what an application adds. */
export function createAnteHandler(options: AnteOptions): AnteHandler {
  const { auth, addresses, insert = [] } = options;
  const standard: Record<AnteStep, AnteDecorator["run"]> = {
    SetUpContext: limitGas,
    ExtensionOptions: refuseExtensionOptions,
    ValidateBasic: validateTx,
    TxTimeoutHeight: validateTimeoutHeight,
    ValidateMemo: validateMemo(auth),
    ConsumeTxSizeGas: consumeTxSizeGas(auth),
    DeductFee: createDeductFee(options),
    SetPubKey: setPublicKeys(auth, addresses),
    ValidateSigCount: countSignatures(auth),
    SigGasConsume: payForSignatures(auth, addresses),
    SigVerification: verifySignatures(auth, addresses),
    IncrementSequence: incrementSequences(auth),
  };
  const chain = ANTE_STEPS.flatMap((name): AnteDecorator[] => [
    { name, run: standard[name] },
    ...insert.filter(({ after }) => after === name).map(({ decorator }) => decorator),
  ]);
  const names = new Set(chain.map(({ name }) => name));
  assert(names.size === chain.length, "two ante decorators have the same name");
  const run = (ctx: Context, tx: DecodedTx): void => {
    for (const decorator of chain) decorator.run(ctx, tx);
  };
  return Object.assign(run, { pendingSignatures: createPendingSignatures(auth, addresses) });
}
