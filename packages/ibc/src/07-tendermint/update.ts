/** Headers that move a client forward (ibc-go `07-tendermint/update.go`). */
import { verifyLight } from "@tandem-ics/comet";
import type { Context } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import type { ClientState, Header } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import { compareHeights, formatHeight, type Height } from "../24-host/index.ts";
import { isExpired } from "./client-state.ts";
import { durationNs, timeNs } from "./duration.ts";
import { tendermintErrors } from "./errors.ts";
import {
  comet,
  consensusStateOf,
  headerHeight,
  parseValidators,
  signedHeaderOf,
  trustedValidatorsOf,
} from "./header.ts";
import { getConsensusState, pruneLowest, setClientState, setConsensusState } from "./store.ts";

/** Refuses a header that the trusted validators, or two thirds of its own, did not sign (CometBFT light client). */
export function verifyHeader(ctx: Context, store: KvStore, client: ClientState, header: Header): void {
  const { trustedHeight } = header;
  const trusted = getConsensusState(store, trustedHeight);
  if (trusted === undefined)
    throw clientErrors.consensusStateNotFound(
      `could not get trusted consensus state from clientStore for Header at TrustedHeight: ${formatHeight(trustedHeight)}`,
    );
  const trustedValidators = trustedValidatorsOf(header, trusted);
  const height = headerHeight(header);
  if (height.revisionNumber !== trustedHeight.revisionNumber)
    throw tendermintErrors.invalidHeaderHeight(
      `header height revision ${height.revisionNumber} does not match trusted header revision ${trustedHeight.revisionNumber}`,
    );
  const untrusted = signedHeaderOf(header);
  const validators = parseValidators("validator set", header.validatorSet);
  if (compareHeights(height, trustedHeight) <= 0)
    throw clientErrors.invalidHeader(
      `header height ≤ consensus state height (${formatHeight(height)} ≤ ${formatHeight(trustedHeight)})`,
    );
  comet("failed to verify header", () =>
    verifyLight({
      trusted: {
        chainId: client.chainId,
        height: trustedHeight.revisionHeight,
        timeNs: timeNs(trusted.timestamp),
        nextValidatorsHash: trusted.nextValidatorsHash,
      },
      trustedValidators,
      untrusted,
      validators,
      trustingPeriodNs: durationNs(client.trustingPeriod),
      nowNs: ctx.timeNs,
      maxClockDriftNs: durationNs(client.maxClockDrift),
      trustLevel: client.trustLevel,
    }),
  );
}

/** Stores what a verified header tells. A height that is known already is left alone. */
export function updateState(
  ctx: Context,
  store: KvStore,
  client: ClientState,
  header: Header,
): readonly Height[] {
  // a relayer's CheckTx must not pay for pruning, which it would repeat in the block
  if (ctx.mode !== "check" && ctx.mode !== "recheck")
    pruneLowest(store, (state) => isExpired(client, timeNs(state.timestamp), ctx.timeNs));
  const height = headerHeight(header);
  if (getConsensusState(store, height) !== undefined) return [height];
  const latestHeight = compareHeights(height, client.latestHeight) > 0 ? height : client.latestHeight;
  setClientState(store, { ...client, latestHeight });
  setConsensusState(ctx, store, { height, state: consensusStateOf(header) });
  return [height];
}
