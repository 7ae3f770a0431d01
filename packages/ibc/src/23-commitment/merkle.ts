/** Proofs of state by ICS-23, with the errors of ibc-go's `23-commitment`. */

import { concatBytes, equalBytes, lengthPrefixed, sha256Binary, utf8 } from "@tandem-ics/crypto";
import {
  decodeMerkleProof as decodeProof,
  encodeProofSpec,
  MerkleProofError,
  type MerkleStatement,
  PROOF_SPECS,
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

/** Proofs remembered: what one block's packets bring, checked when they arrive and again in the block. */
const REMEMBERED_PROOFS = 8192;
const decoded = new Map<string, MerkleProof>();
/** Statements that a proof was found to prove, each the hash of all that the verdict depends on. */
const proven = new WeakMap<MerkleProof, Set<string>>();

/** Decodes `ibc.core.commitment.v1.MerkleProof`. Equal bytes give the same object, which must not be changed. Throws `commitment/2`. */
export function decodeMerkleProof(bytes: Uint8Array): MerkleProof {
  const id = sha256Binary(bytes);
  const known = decoded.get(id);
  if (known !== undefined) return known;
  try {
    const proof = decodeProof(bytes);
    if (decoded.size >= REMEMBERED_PROOFS) decoded.clear();
    decoded.set(id, proof);
    return proof;
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

const STANDARD = PROOF_SPECS.map(encodeProofSpec);

/** Equal to the byte: ICS-23's own comparison of specs leaves fields out. */
const isStandard = (specs: readonly ProofSpec[]): boolean =>
  specs.length === STANDARD.length &&
  specs.every((spec, i) => equalBytes(encodeProofSpec(spec), STANDARD[i]!));

/** Verifies once: a proof that held for a root, a path and a value holds for them ever after. */
function once({ specs, root, proofs, path }: MerkleClaim, value: Uint8Array, verify: () => void): void {
  if (!isStandard(specs)) {
    verify();
    return;
  }
  const id = sha256Binary(concatBytes(...[root, value, ...path].map(lengthPrefixed)));
  let statements = proven.get(proofs);
  if (statements?.has(id)) return;
  verify();
  if (statements === undefined) {
    statements = new Set();
    proven.set(proofs, statements);
  }
  statements.add(id);
}

const statement = ({ specs, root, proofs, path }: MerkleClaim): MerkleStatement => ({
  specs,
  root,
  proof: proofs,
  path,
});

/** Throws `commitment/2` or `commitment/4` unless `value` is stored at the path. */
export const verifyMembership = (claim: MerkleClaim, value: Uint8Array): void =>
  once(claim, value, () => refusing(() => verifyMerkleMembership({ ...statement(claim), value })));

/** Throws `commitment/2` or `commitment/4` unless nothing is stored at the path. */
export const verifyNonMembership = (claim: MerkleClaim): void =>
  refusing(() => verifyMerkleNonMembership(statement(claim)));

/** Path of a counterparty's value: its prefix, then the key. Throws `commitment/3` for an empty prefix. */
export function prefixedPath(prefix: Uint8Array, path: string): readonly Uint8Array[] {
  if (prefix.length === 0) throw commitmentErrors.invalidPrefix("prefix can't be empty");
  return [prefix, utf8(path)];
}
