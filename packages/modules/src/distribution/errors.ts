/** Errors of codespace `distribution` (SDK x/distribution `types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors. Codes are state-breaking. */
export const distributionErrors = defineErrors("distribution", {
  emptyDelegatorAddress: [2, "delegator address is empty"],
  emptyWithdrawAddress: [3, "withdraw address is empty"],
  emptyValidatorAddress: [4, "validator address is empty"],
  emptyDelegationDistInfo: [5, "no delegation distribution info"],
  noValidatorDistInfo: [6, "no validator distribution info"],
  noValidatorCommission: [7, "no validator commission to withdraw"],
  setWithdrawAddressDisabled: [8, "set withdraw address disabled"],
  badDistribution: [9, "community pool does not have sufficient coins to distribute"],
  invalidProposalAmount: [10, "invalid community pool spend proposal amount"],
  emptyProposalRecipient: [11, "invalid community pool spend proposal recipient"],
  noValidatorExists: [12, "validator does not exist"],
  noDelegationExists: [13, "delegation does not exist"],
});
