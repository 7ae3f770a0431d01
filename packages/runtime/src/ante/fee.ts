/** Fees: taken before anything else is paid for (SDK `x/auth/ante/{fee,validator_tx_fee}.go`). */
import type { AddressCodecs } from "../address.ts";
import { amountOf, areValidCoins, type Coins, type DecCoins, formatCoins } from "../coins.ts";
import type { Context } from "../context.ts";
import { Dec } from "../dec.ts";
import { CodedError, wrapError } from "../errors.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import type { AnteAuthKeeper, AnteBankKeeper, AnteDecorator, AnteFeegrantKeeper } from "./dependencies.ts";

/** Module account that collects fees. */
export const FEE_COLLECTOR = "fee_collector";

/** The fee to take, or CodedError when the offered one does not do. */
export type TxFeeChecker = (ctx: Context, tx: DecodedTx) => Coins;

/** What taking fees needs. */
export interface FeeOptions {
  readonly auth: Pick<AnteAuthKeeper, "getAccount">;
  readonly bank: AnteBankKeeper;
  readonly addresses: AddressCodecs;
  /** Absent: transactions with a granter are refused. */
  readonly feegrant?: AnteFeegrantKeeper;
  /** Prices of this node, in any of whose denominations a transaction must pay to enter the mempool. Default: none. */
  readonly minGasPrices?: DecCoins;
  /** Default: the offered fee, if it is at least gas × price. */
  readonly txFeeChecker?: TxFeeChecker;
}

/** Refuses fees below `prices` in CheckTx; blocks are not checked, since prices are each node's own. */
export function createMinGasPriceChecker(prices: DecCoins): TxFeeChecker {
  const asked = prices.filter(({ amount }) => amount.isPositive());
  return (ctx, { fee }) => {
    if (asked.length === 0 || (ctx.mode !== "check" && ctx.mode !== "recheck")) return fee.amount;
    const gas = Dec.fromInt(fee.gasLimit);
    const required = asked.map(({ denom, amount }) => ({
      denom,
      amount: amount.mul(gas).ceil().truncateInt(),
    }));
    const enough = fee.amount.some(({ denom, amount }) => {
      const least = amountOf(required, denom);
      return least > 0n && amount >= least;
    });
    if (!enough)
      throw sdkErrors.insufficientFee(
        `insufficient fees; got: ${formatCoins(fee.amount)} required: ${formatCoins(required)}`,
      );
    return fee.amount;
  };
}

/** Moves the fee to the fee collector. */
export function createDeductFee(options: FeeOptions): AnteDecorator["run"] {
  const { auth, bank, addresses, minGasPrices = [] } = options;
  const checkFee = options.txFeeChecker ?? createMinGasPriceChecker(minGasPrices);
  return (ctx, tx) => {
    const simulate = ctx.mode === "simulate";
    if (!simulate && ctx.height > 0n && tx.fee.gasLimit === 0n)
      throw sdkErrors.invalidGasLimit("must provide positive gas");
    const fee = simulate ? tx.fee.amount : checkFee(ctx, tx);
    const from = payerOf(ctx, tx, fee, options);
    if (auth.getAccount(ctx, from) === undefined)
      throw sdkErrors.unknownAddress(`fee payer address: ${addresses.account.encode(from)} does not exist`);
    if (fee.some(({ amount }) => amount !== 0n)) deduct(ctx, from, fee, bank);
    ctx.emit("tx", { fee: formatCoins(fee), fee_payer: addresses.account.encode(from) });
  };
}

function payerOf(ctx: Context, tx: DecodedTx, fee: Coins, { feegrant, addresses }: FeeOptions): Uint8Array {
  const { payer, granter } = tx.fee;
  const granterText = tx.authInfo.fee?.granter ?? "";
  if (granterText === "") return payer;
  // Go panics for a granter that is no address.
  if (granter === undefined) throw new TypeError(`invalid fee granter address: ${granterText.slice(0, 100)}`);
  if (feegrant === undefined) throw sdkErrors.invalidRequest("fee grants are not enabled");
  const names = [granter, payer].map((address) => addresses.account.encode(address));
  if (names[0] === names[1]) return granter;
  try {
    feegrant.useGrantedFees(ctx, granter, payer, fee, tx);
  } catch (error) {
    if (error instanceof CodedError)
      throw wrapError(error, `${names[0]} does not allow to pay fees for ${names[1]}`);
    throw error;
  }
  return granter;
}

function deduct(ctx: Context, from: Uint8Array, fee: Coins, bank: AnteBankKeeper): void {
  if (!areValidCoins(fee)) throw sdkErrors.insufficientFee(`invalid fee amount: ${formatCoins(fee)}`);
  try {
    bank.sendFromAccountToModule(ctx, from, FEE_COLLECTOR, fee);
  } catch (error) {
    if (error instanceof CodedError) throw sdkErrors.insufficientFunds(error.message, { cause: error });
    throw error;
  }
}
