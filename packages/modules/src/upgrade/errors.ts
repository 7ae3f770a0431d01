/** Errors of codespace `upgrade` (SDK x/upgrade `types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors. Codes are state-breaking. */
export const upgradeErrors = defineErrors("upgrade", {
  noModuleVersion: [2, "module version not found"],
  noUpgradePlan: [3, "upgrade plan not found"],
  noUpgradedClient: [4, "upgraded client not found"],
  noUpgradedConsensusState: [5, "upgraded consensus state not found"],
});
