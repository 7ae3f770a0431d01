/** Parameters of x/bank (SDK `x/bank/types/params.go`). */
import type { Params } from "cosmjs-types/cosmos/bank/v1beta1/bank";

/** Whether denominations without an entry of their own may be sent. Not to be changed in place. */
export type BankParams = Params;

/** Everything may be sent. */
export const defaultBankParams = (): BankParams => ({ sendEnabled: [], defaultSendEnabled: true });
