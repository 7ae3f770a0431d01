/** Headers as they are relayed (ibc-go `07-tendermint/header.go`). */
import {
  isCometError,
  type ValidatorSet,
  validateSignedHeaderBasic,
  validatorSetFromProto,
  validatorSetHash,
} from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import { CodedError, plainError } from "@tandem-ics/runtime";
import type { ConsensusState, Header } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Commit, SignedHeader, Header as TendermintHeader } from "cosmjs-types/tendermint/types/types";
import type { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { clientErrors } from "../02-client/errors.ts";
import { compareHeights, formatHeight, type Height, makeHeight, parseRevision } from "../24-host/index.ts";
import { tendermintErrors } from "./errors.ts";

/** Runs a check of CometBFT data; its refusals become unregistered errors (`undefined/1`), as in Go. */
export function comet<T>(context: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof CodedError || !isCometError(error)) throw error;
    throw plainError(`${context}: ${error.message}`, { cause: error });
  }
}

/** Parses a set of validators. Throws `undefined/1` for none, or for one that CometBFT refuses. */
export const parseValidators = (what: string, set: ProtoValidatorSet | undefined): ValidatorSet =>
  comet(`${what} is not tendermint validator set type`, () => validatorSetFromProto(set));

/** A signed header of which header and commit are there. */
export interface CompleteSignedHeader extends SignedHeader {
  readonly header: TendermintHeader;
  readonly commit: Commit;
}

/** The signed header. Throws `client/12` if it or its header is missing, `undefined/1` if its commit is. */
export function signedHeaderOf(header: Header): CompleteSignedHeader {
  const { signedHeader } = header;
  if (signedHeader === undefined) throw clientErrors.invalidHeader("tendermint signed header cannot be nil");
  if (signedHeader.header === undefined) throw clientErrors.invalidHeader("tendermint header cannot be nil");
  if (signedHeader.commit === undefined) throw plainError("header failed basic validation: missing commit");
  return { ...signedHeader, header: signedHeader.header, commit: signedHeader.commit };
}

/** Height of the header: (revision of its chain id, block height). Throws `07-tendermint/2` for an impossible id. */
export function headerHeight(header: Header): Height {
  const { chainId, height } = signedHeaderOf(header).header;
  const revision = parseRevision(chainId);
  if (revision === undefined) throw tendermintErrors.invalidChainId(`no revision number: ${chainId}`);
  return makeHeight(revision, BigInt.asUintN(64, height));
}

/** What the client keeps of a header. */
export function consensusStateOf(header: Header): ConsensusState {
  const { time, appHash, nextValidatorsHash } = signedHeaderOf(header).header;
  return { timestamp: time, root: { hash: appHash }, nextValidatorsHash };
}

/** Checks that need no state: form, trusted height below the header's, validators that belong to it. */
export function validateHeader(header: Header): void {
  const signed = signedHeaderOf(header);
  comet("header failed basic validation", () => validateSignedHeaderBasic(signed, signed.header.chainId));
  const height = headerHeight(header);
  if (compareHeights(header.trustedHeight, height) >= 0)
    throw tendermintErrors.invalidHeaderHeight(
      `TrustedHeight ${formatHeight(header.trustedHeight)} must be less than header height ${formatHeight(height)}`,
    );
  if (header.validatorSet === undefined) throw clientErrors.invalidHeader("validator set is nil");
  const validators = parseValidators("validator set", header.validatorSet);
  if (!equalBytes(signed.header.validatorsHash, validatorSetHash(validators)))
    throw clientErrors.invalidHeader("validator set does not match hash");
}

/**
 * The trusted validators of a header, which are those *after* its trusted height: they must hash to what the consensus
 * state there announced. Throws `07-tendermint/14`.
 */
export function trustedValidatorsOf(header: Header, trusted: ConsensusState): ValidatorSet {
  const validators = parseValidators("trusted validator set", header.trustedValidators);
  if (!equalBytes(trusted.nextValidatorsHash, validatorSetHash(validators)))
    throw tendermintErrors.invalidValidatorSet("trusted validators do not hash to latest trusted validators");
  return validators;
}
