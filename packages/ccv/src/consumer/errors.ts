/** Errors of codespace `ccvconsumer` (interchain-security `x/ccv/consumer/types/errors.go`). State-breaking. */
import { defineErrors } from "@tandem-ics/runtime";

/** What the consumer module refuses. */
export const consumerErrors = defineErrors("ccvconsumer", {
  noProviderChannel: [1, "no established CCV channel"],
  rewardDenomRegistered: [2, "consumer reward denom already registered"],
});
