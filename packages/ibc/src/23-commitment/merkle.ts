/** Proofs of state by ICS-23, with the errors of ibc-go's `23-commitment`. */

import { utf8 } from "@tandem-ics/crypto";
import {
  decodeMerkleProof as decodeProof,
  MerkleProofError,
  type MerkleStatement,
  type ProofSpec,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
} from "@tandem-ics/store/ics23";
import type { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import { IBC_STORE } from "../24-host/index.ts";
import { commitmentErrors } from "./errors.ts";

/** What a proof is checked against. */
export interface MerkleClaim {
  /** One for each tree, leaf to root. */
  readonly specs: readonly ProofSpec[];
  readonly root: Uint8Array;
  readonly proofs: MerkleProof;
  /** One key for each tree, root to leaf. */
  readonly path: readonly Uint8Array[];
}

/** Merkle prefix of this chain's IBC paths: the name of its store. */
export const COMMITMENT_PREFIX: Uint8Array = utf8(IBC_STORE);

/** Decodes `ibc.core.commitment.v1.MerkleProof`. Throws `commitment/2`. */
export function decodeMerkleProof(bytes: Uint8Array): MerkleProof {
  try {
    return decodeProof(bytes);
  } catch (error) {
    throw commitmentErrors.invalidProof(
      `malformed merkle proof: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function refusing(verify: () => void): void {
  try {
    verify();
  } catch (error) {
    if (!(error instanceof MerkleProofError)) throw error;
    throw commitmentErrors[error.kind](error.message, { cause: error });
  }
}

const statement = ({ specs, root, proofs, path }: MerkleClaim): MerkleStatement => ({
  specs,
  root,
  proof: proofs,
  path,
});

/** Throws `commitment/2` or `commitment/4` unless `value` is stored at the path. */
export const verifyMembership = (claim: MerkleClaim, value: Uint8Array): void =>
  refusing(() => verifyMerkleMembership({ ...statement(claim), value }));

/** Throws `commitment/2` or `commitment/4` unless nothing is stored at the path. */
export const verifyNonMembership = (claim: MerkleClaim): void =>
  refusing(() => verifyMerkleNonMembership(statement(claim)));

/** Path of a counterparty's value: its prefix, then the key. Throws `commitment/3` for an empty prefix. */
export function prefixedPath(prefix: Uint8Array, path: string): readonly Uint8Array[] {
  if (prefix.length === 0) throw commitmentErrors.invalidPrefix("prefix can't be empty");
  return [prefix, utf8(path)];
}
