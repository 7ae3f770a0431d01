/** Signed headers and light blocks: what a light client is shown (CometBFT `types/light.go`). */
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { Commit, Header, LightBlock, SignedHeader } from "cosmjs-types/tendermint/types/types";
import { validateCommitBasic } from "../commit.ts";
import { CometError, within } from "../errors.ts";
import { headerHash, validateHeaderBasic } from "../header.ts";
import { type ValidatorSet, validatorSetFromProto } from "../validator-set.ts";
import { validatorSetHash } from "../validators-hash.ts";

/** A signed header of which both halves are there. */
export interface CompleteSignedHeader {
  header: Header;
  commit: Commit;
}

/** Both halves. @throws CometError `invalidSignedHeader` when one is missing. */
export function completeSignedHeader({ header, commit }: SignedHeader): CompleteSignedHeader {
  if (header === undefined) throw new CometError("invalidSignedHeader", "header is missing");
  if (commit === undefined) throw new CometError("invalidSignedHeader", "commit is missing");
  return { header, commit };
}

/**
 * Header and commit are well formed, of this chain, and of each other (`SignedHeader.ValidateBasic`). Signatures are not
 * looked at. @throws CometError `invalidSignedHeader`.
 */
export function validateSignedHeaderBasic(signedHeader: SignedHeader, chainId: string): CompleteSignedHeader {
  const { header, commit } = completeSignedHeader(signedHeader);
  within("invalidSignedHeader", "header", () => validateHeaderBasic(header));
  within("invalidSignedHeader", "commit", () => validateCommitBasic(commit));
  if (header.chainId !== chainId)
    throw new CometError("invalidSignedHeader", `header is of chain ${header.chainId}, not ${chainId}`, {
      expected: chainId,
      got: header.chainId,
    });
  if (commit.height !== header.height)
    throw new CometError(
      "invalidSignedHeader",
      `header is of height ${header.height}, commit of ${commit.height}`,
      {
        header: header.height,
        commit: commit.height,
      },
    );
  const hash = headerHash(header);
  if (!equalBytes(hash, commit.blockId.hash))
    throw new CometError(
      "invalidSignedHeader",
      `commit signs block ${toHexUpper(commit.blockId.hash)}, the header is ${toHexUpper(hash)}`,
      { header: hash, commit: commit.blockId.hash },
    );
  return { header, commit };
}

/**
 * A signed header and the validators it names (`LightBlock.ValidateBasic`).
 * @throws CometError `invalidLightBlock`.
 */
export function validateLightBlockBasic(
  { signedHeader, validatorSet }: LightBlock,
  chainId: string,
): CompleteSignedHeader & { validators: ValidatorSet } {
  if (signedHeader === undefined) throw new CometError("invalidLightBlock", "signed header is missing");
  const complete = within("invalidLightBlock", "signed header", () =>
    validateSignedHeaderBasic(signedHeader, chainId),
  );
  const validators = within("invalidLightBlock", "validator set", () => validatorSetFromProto(validatorSet));
  if (!equalBytes(complete.header.validatorsHash, validatorSetHash(validators)))
    throw new CometError("invalidLightBlock", "validators are not those the header names");
  return { ...complete, validators };
}
