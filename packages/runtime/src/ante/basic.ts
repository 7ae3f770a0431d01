/** Checks of a transaction's form, and gas for its size (SDK `x/auth/ante/{setup,ext,basic}.go`). */
import { utf8 } from "@tandem-ics/crypto";
import { formatCoins } from "../coins.ts";
import type { Context } from "../context.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import { aminoKeyLength, parsePublicKey } from "../tx/public-key.ts";
import { isIncomplete } from "../tx/signature-data.ts";
import type { AnteAuthKeeper, AnteDecorator, AnteParams } from "./dependencies.ts";

type Check = AnteDecorator["run"];

/** Highest gas limit: results carry it as a signed 64-bit integer. */
const MAX_GAS_WANTED = (1n << 63n) - 1n;

/** A transaction may not want more gas than a block has. */
export const limitGas: Check = (ctx, tx) => {
  // Go finds a nil pointer here, and recovers from the panic.
  if (tx.authInfo.fee === undefined)
    throw new TypeError("runtime error: invalid memory address or nil pointer dereference");
  const maxGas = ctx.consensusParams?.block?.maxGas ?? -1n;
  const { gasLimit } = tx.fee;
  if (maxGas > 0n && gasLimit > maxGas)
    throw sdkErrors.invalidGasLimit(`tx gas limit ${gasLimit} exceeds block max gas ${maxGas}`);
};

/** No extension is known; unknown non-critical ones pass. */
export const refuseExtensionOptions: Check = (_, { body }) => {
  if (body.extensionOptions.length > 0) throw sdkErrors.unknownExtensionOptions();
};

/** ValidateBasic of the transaction itself. */
export const validateTx: Check = (ctx, tx) => {
  if (ctx.mode === "recheck") return;
  const { fee, signatures, signers, payerProblem, signerProblem } = tx;
  if (fee.gasLimit > MAX_GAS_WANTED)
    throw sdkErrors.invalidRequest(`invalid gas supplied; ${fee.gasLimit} > ${MAX_GAS_WANTED}`);
  if (tx.authInfo.fee?.amount.some(({ amount }) => amount === ""))
    throw sdkErrors.insufficientFee("invalid fee provided: null");
  if (fee.amount.some(({ amount }) => amount < 0n))
    throw sdkErrors.insufficientFee(`invalid fee provided: ${formatCoins(fee.amount)}`);
  if (payerProblem !== undefined)
    throw sdkErrors.invalidAddress(`Invalid fee payer address (${payerProblem.message})`);
  if (signatures.length === 0) throw sdkErrors.noSignatures();
  if (signerProblem !== undefined) throw signerProblem;
  if (signatures.length !== signers.length)
    throw sdkErrors.unauthorized(
      `wrong number of signers; expected ${signers.length}, got ${signatures.length}`,
    );
};

/** The transaction's own deadline. */
export const validateTimeoutHeight: Check = (ctx, { body }) => {
  if (body.timeoutHeight > 0n && ctx.height > body.timeoutHeight)
    throw sdkErrors.txTimeoutHeight(`block height: ${ctx.height}, timeout height: ${body.timeoutHeight}`);
};

/** Memo length in bytes. */
export const validateMemo =
  (auth: AnteAuthKeeper): Check =>
  (ctx, { body }) => {
    // No memo, no reading of parameters: that is gas.
    if (body.memo === "") return;
    const { maxMemoCharacters } = auth.getParams(ctx);
    const length = utf8(body.memo).length;
    if (BigInt(length) > maxMemoCharacters)
      throw sdkErrors.memoTooLarge(
        `maximum number of characters is ${maxMemoCharacters} but received ${length} characters`,
      );
  };

/** Throws what is wrong with the signatures' form, where the SDK reads them first. */
export function assertReadable({ signerInfos }: DecodedTx): void {
  const broken = signerInfos.find(({ problem }) => problem !== undefined);
  if (broken !== undefined) throw broken.problem;
}

/** Amino length of a signature with its key and of the fields around them, of a secp256k1 account. */
const SIGNATURE_OVERHEAD = 2 + 66 + 6;
const SECP256K1_AMINO_LENGTH = 38;

/** Gas for every byte; simulations add what the missing signatures will take. */
export const consumeTxSizeGas =
  (auth: AnteAuthKeeper): Check =>
  (ctx, tx) => {
    const params = auth.getParams(ctx);
    ctx.gas.consume(params.txSizeCostPerByte * BigInt(tx.bytes.length), "txSize");
    if (ctx.mode === "simulate") consumeForMissingSignatures(ctx, tx, auth, params);
  };

function consumeForMissingSignatures(
  ctx: Context,
  tx: DecodedTx,
  auth: AnteAuthKeeper,
  { txSizeCostPerByte, txSigLimit }: AnteParams,
): void {
  assertReadable(tx);
  tx.signers.forEach((signer, i) => {
    if (!isIncomplete(tx.signerInfos[i]?.signature)) return;
    const stored = auth.getAccount(ctx, signer)?.pubKey;
    const key = stored === undefined ? undefined : parsePublicKey(stored);
    const keyLength = key === undefined ? SECP256K1_AMINO_LENGTH : aminoKeyLength(key);
    const size = BigInt(SIGNATURE_OVERHEAD + keyLength) * (key?.kind === "multisig" ? txSigLimit : 1n);
    ctx.gas.consume(txSizeCostPerByte * size, "txSize");
  });
}
