/** Errors of proofs (ibc-go `23-commitment/types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `commitment`. */
export const commitmentErrors = defineErrors("commitment", {
  invalidProof: [2, "invalid proof"],
  invalidPrefix: [3, "invalid prefix"],
  invalidMerkleProof: [4, "invalid merkle proof"],
});
