/** Errors of codespace `params` (SDK x/params `types/proposal/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors. Codes are state-breaking. */
export const paramsErrors = defineErrors("params", {
  unknownSubspace: [2, "unknown subspace"],
  settingParameter: [3, "failed to set parameter"],
  emptyChanges: [4, "submitted parameter changes are empty"],
  emptySubspace: [5, "parameter subspace is empty"],
  emptyKey: [6, "parameter key is empty"],
  emptyValue: [7, "parameter value is empty"],
});
