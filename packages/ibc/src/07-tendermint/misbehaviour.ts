/** Two headers of which at most one can be honest (ibc-go `07-tendermint/misbehaviour.go`, `misbehaviour_handle.go`). */
import { isCometError, verifyCommitLight, verifyCommitLightTrusting } from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import { CodedError, type Context, inContext } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import type {
  ClientState,
  ConsensusState,
  Header,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import { compareHeights, formatHeight, withRevision } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { durationNs, timeNs } from "./duration.ts";
import { tendermintErrors } from "./errors.ts";
import {
  consensusStateOf,
  headerHeight,
  parseValidators,
  signedHeaderOf,
  trustedValidatorsOf,
  validateHeader,
} from "./header.ts";
import { getConsensusState, nextConsensusState, previousConsensusState } from "./store.ts";

/** Both headers. Throws `07-tendermint/6` if one is missing. */
function headersOf(misbehaviour: Misbehaviour): readonly [Header, Header] {
  const { header1, header2 } = misbehaviour;
  if (header1 === undefined) throw tendermintErrors.invalidHeader("misbehaviour Header1 cannot be nil");
  if (header2 === undefined) throw tendermintErrors.invalidHeader("misbehaviour Header2 cannot be nil");
  return [header1, header2];
}

/** Checks that need no state; both headers must have been committed by two thirds of their own validators. */
export function validateMisbehaviour(misbehaviour: Misbehaviour): void {
  const headers = headersOf(misbehaviour);
  for (const [i, header] of headers.entries())
    if (header.trustedHeight.revisionHeight === 0n)
      throw tendermintErrors.invalidHeaderHeight(
        `misbehaviour Header${i + 1} cannot have zero revision height`,
      );
  for (const [i, header] of headers.entries())
    if (header.trustedValidators === undefined)
      throw tendermintErrors.invalidValidatorSet(`trusted validator set in Header${i + 1} cannot be empty`);
  const [first, second] = headers;
  if (signedHeaderOf(first).header.chainId !== signedHeaderOf(second).header.chainId)
    throw clientErrors.invalidMisbehaviour("headers must have identical chainIDs");
  assertIdentifier("client", misbehaviour.clientId, "misbehaviour client ID is invalid");
  for (const [i, header] of headers.entries())
    asMisbehaviour(`header ${i + 1} failed validation`, () => validateHeader(header));
  if (compareHeights(headerHeight(first), headerHeight(second)) < 0)
    throw clientErrors.invalidMisbehaviour(
      `Header1 height is less than Header2 height (${formatHeight(headerHeight(first))} < ${formatHeight(headerHeight(second))})`,
    );
  for (const header of headers) assertCommitted(header);
}

/** Refusals of `check` become `client/13`. */
function asMisbehaviour<T>(context: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CodedError) && !isCometError(error)) throw error;
    throw clientErrors.invalidMisbehaviour(`${context}: ${error.message}`, { cause: error });
  }
}

function assertCommitted(header: Header): void {
  const { header: block, commit } = signedHeaderOf(header);
  const validators = parseValidators("validator set", header.validatorSet);
  try {
    verifyCommitLight({
      chainId: block.chainId,
      validators,
      blockId: commit.blockId,
      height: commit.height,
      commit,
    });
  } catch (cause) {
    if (!isCometError(cause)) throw cause;
    throw clientErrors.invalidMisbehaviour("validator set did not commit to header", { cause });
  }
}

/** Refuses evidence that does not start from trusted states, or whose headers the trusted validators did not sign. */
export function verifyMisbehaviour(
  ctx: Context,
  store: KvStore,
  client: ClientState,
  misbehaviour: Misbehaviour,
): void {
  const headers = headersOf(misbehaviour);
  const trusted = headers.map((header, i) => {
    const state = getConsensusState(store, header.trustedHeight);
    if (state === undefined)
      throw clientErrors.consensusStateNotFound(
        `could not get trusted consensus state from clientStore for Header${i + 1} at TrustedHeight: ${formatHeight(header.trustedHeight)}`,
      );
    return { header, state };
  });
  for (const [i, { header, state }] of trusted.entries())
    inContext(`verifying Header${i + 1} in Misbehaviour failed`, () =>
      verifyConflictingHeader(ctx, client, header, state),
    );
}

function verifyConflictingHeader(
  ctx: Context,
  client: ClientState,
  header: Header,
  trusted: ConsensusState,
): void {
  const { commit } = signedHeaderOf(header);
  const trustedValidators = trustedValidatorsOf(header, trusted);
  const ageNs = ctx.timeNs - timeNs(trusted.timestamp);
  const trustingNs = durationNs(client.trustingPeriod);
  if (ageNs >= trustingNs)
    throw tendermintErrors.trustingPeriodExpired(
      `current timestamp minus the latest consensus state timestamp is greater than or equal to the trusting period (${ageNs} >= ${trustingNs})`,
    );
  // the commit was made under the header's revision, which may be older than the client's
  const chainId = withRevision(client.chainId, headerHeight(header).revisionNumber);
  asMisbehaviour("validator set in header has too much change from trusted validator set", () =>
    verifyCommitLightTrusting({
      chainId,
      validators: trustedValidators,
      commit,
      trustLevel: client.trustLevel,
    }),
  );
}

/** Whether verified evidence proves a fork, or time that ran backwards. */
export function provesMisbehaviour(misbehaviour: Misbehaviour): boolean {
  const [first, second] = headersOf(misbehaviour);
  const [a, b] = [signedHeaderOf(first), signedHeaderOf(second)];
  if (compareHeights(headerHeight(first), headerHeight(second)) === 0)
    return !equalBytes(a.commit.blockId.hash, b.commit.blockId.hash);
  return timeNs(a.header.time) <= timeNs(b.header.time);
}

/** Whether a verified header contradicts what is stored: another state at its height, or time out of order. */
export function headerConflicts(store: KvStore, header: Header): boolean {
  const height = headerHeight(header);
  const state = consensusStateOf(header);
  const existing = getConsensusState(store, height);
  if (existing !== undefined) return !sameConsensusState(existing, state);
  const ns = timeNs(state.timestamp);
  const previous = previousConsensusState(store, height);
  if (previous !== undefined && timeNs(previous.timestamp) >= ns) return true;
  const next = nextConsensusState(store, height);
  return next !== undefined && timeNs(next.timestamp) <= ns;
}

const sameConsensusState = (a: ConsensusState, b: ConsensusState): boolean =>
  a.timestamp.seconds === b.timestamp.seconds &&
  a.timestamp.nanos === b.timestamp.nanos &&
  equalBytes(a.root.hash, b.root.hash) &&
  equalBytes(a.nextValidatorsHash, b.nextValidatorsHash);
