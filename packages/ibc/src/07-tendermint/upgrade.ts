/** Chains that stop and go on under another version (ICS-07 upgrade; ibc-go `07-tendermint/upgrade.go`). */
import { utf8 } from "@tandem-ics/crypto";
import type { Context } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import type { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import type { UpgradeClaim } from "../02-client/light-client.ts";
import { decodeMerkleProof, verifyMembership } from "../23-commitment/merkle.ts";
import { compareHeights, formatHeight, ZERO_HEIGHT } from "../24-host/index.ts";
import { ibcErrors } from "../errors.ts";
import {
  decodeClientState,
  decodeConsensusState,
  SENTINEL_ROOT,
  validateClientState,
  zeroCustomFields,
} from "./client-state.ts";
import {
  clientStateAny,
  consensusStateAny,
  getConsensusState,
  setClientState,
  setConsensusState,
} from "./store.ts";

/** Runs a decoder; its refusal becomes the one given. */
function decodeAs<T>(decode: () => T, refuse: (reason: string) => Error): T {
  try {
    return decode();
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Verifies that the chain committed to its next client and consensus state under the client's latest root, and moves
 * there. What a client chooses for itself stays; the new root can prove nothing until the first update.
 */
export function upgradeClient(ctx: Context, store: KvStore, client: ClientState, claim: UpgradeClaim): void {
  const next = decodeAs(() => decodeClientState(claim.clientState), clientErrors.invalidClient);
  const nextConsensus = decodeAs(
    () => decodeConsensusState(claim.consensusState),
    clientErrors.invalidConsensus,
  );
  if (compareHeights(next.latestHeight, client.latestHeight) <= 0)
    throw ibcErrors.invalidHeight(
      `upgraded client height ${formatHeight(next.latestHeight)} must be at greater than current client height ${formatHeight(client.latestHeight)}`,
    );
  if (client.upgradePath.length === 0)
    throw clientErrors.invalidUpgradeClient("cannot upgrade client, no upgrade path set");
  verifyCommitted(store, client, { next, nextConsensus, claim });
  const upgraded: ClientState = {
    chainId: next.chainId,
    trustLevel: client.trustLevel,
    trustingPeriod: client.trustingPeriod,
    unbondingPeriod: next.unbondingPeriod,
    maxClockDrift: client.maxClockDrift,
    frozenHeight: ZERO_HEIGHT,
    latestHeight: next.latestHeight,
    proofSpecs: next.proofSpecs,
    upgradePath: next.upgradePath,
    allowUpdateAfterExpiry: false,
    allowUpdateAfterMisbehaviour: false,
  };
  validateClientState(upgraded);
  setClientState(store, upgraded);
  const state: ConsensusState = { ...nextConsensus, root: { hash: SENTINEL_ROOT } };
  setConsensusState(ctx, store, { height: upgraded.latestHeight, state });
}

function verifyCommitted(
  store: KvStore,
  client: ClientState,
  upgrade: {
    readonly next: ClientState;
    readonly nextConsensus: ConsensusState;
    readonly claim: UpgradeClaim;
  },
): void {
  const clientProofs = decodeMerkleProof(upgrade.claim.clientProof);
  const consensusProofs = decodeMerkleProof(upgrade.claim.consensusStateProof);
  const latest = getConsensusState(store, client.latestHeight);
  if (latest === undefined)
    throw clientErrors.consensusStateNotFound("could not retrieve consensus state for lastHeight");
  const verify = (proofs: typeof clientProofs, key: string, value: Uint8Array): void =>
    verifyMembership(
      { specs: client.proofSpecs, root: latest.root.hash, proofs, path: upgradePath(client, key) },
      value,
    );
  verify(clientProofs, "upgradedClient", clientStateAny(zeroCustomFields(upgrade.next)));
  verify(consensusProofs, "upgradedConsState", consensusStateAny(upgrade.nextConsensus));
}

/** `{path…}/{last path element}/{latest height}/{key}`; the store is the first element. */
function upgradePath({ upgradePath: path, latestHeight }: ClientState, key: string): Uint8Array[] {
  const last = `${path.at(-1)}/${latestHeight.revisionHeight}/${key}`;
  return [...path.slice(0, -1), last].map(utf8);
}
