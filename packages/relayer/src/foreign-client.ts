/** The light client of one chain on another: what it trusts, and the headers that move it on (ICS-02, 07-tendermint). */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { isCometError, validatorSetFromProto, verifyCommitLightTrusting } from "@tandem-ics/comet";
import { durationToNs, timestampToNs } from "@tandem-ics/proto";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import {
  Header as ClientHeader,
  ClientState,
  ConsensusState,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { RelayError } from "./errors.ts";
import { allPages } from "./pages.ts";

const HEADER_TYPE_URL = "/ibc.lightclients.tendermint.v1.Header";
const CLIENT_STATE_TYPE_URL = "/ibc.lightclients.tendermint.v1.ClientState";
/** Headers of one update when the validator set changed a lot: each halves the distance. */
const MAX_BISECTIONS = 40;

/** Client state of `clientId` on `host`. */
export async function readClientState(host: ChainClient, clientId: string): Promise<ClientState> {
  const { clientState } = await host.query.ibcClient.ClientState({ clientId });
  if (clientState?.typeUrl !== CLIENT_STATE_TYPE_URL)
    throw new RelayError("client-not-found", `${clientId} on ${host.chainId} is no Tendermint client`);
  return ClientState.decode(clientState.value);
}

/** All Tendermint clients on `host` that follow `chainId`, in order of their number. */
export async function findClients(host: ChainClient, chainId: string): Promise<string[]> {
  const states = await allPages(
    (pagination) => host.query.ibcClient.ClientStates({ pagination }),
    (page) => page.clientStates,
  );
  const found = states
    .filter(
      ({ clientState }) =>
        clientState?.typeUrl === CLIENT_STATE_TYPE_URL &&
        ClientState.decode(clientState.value).chainId === chainId,
    )
    .map(({ clientId }) => clientId);
  const number = (id: string): number => Number(id.slice(id.lastIndexOf("-") + 1));
  return found.sort((a, b) => number(a) - number(b));
}

/** When the client's latest consensus state expires, in ns since 1970. */
export async function clientExpiry(host: ChainClient, clientId: string): Promise<bigint> {
  const state = await readClientState(host, clientId);
  const { consensusState } = await host.query.ibcClient.ConsensusState({
    clientId,
    revisionNumber: state.latestHeight.revisionNumber,
    revisionHeight: state.latestHeight.revisionHeight,
    latestHeight: false,
  });
  if (consensusState === undefined)
    throw new RelayError("client-not-found", `${clientId} on ${host.chainId} has no consensus state`);
  const { timestamp } = ConsensusState.decode(consensusState.value);
  return timestampToNs(timestamp) + durationToNs(state.trustingPeriod);
}

/**
 * Messages for `host` after which its client of `target` knows the header at `height`. None when it knows it already.
 * When too little of the trusted set signed that header, headers between are added until each step is trusted.
 */
export async function clientUpdates(
  host: ChainClient,
  target: ChainClient,
  clientId: string,
  height: bigint,
  signer: string,
): Promise<EncodeObject[]> {
  const state = await readClientState(host, clientId);
  let trusted = state.latestHeight;
  if (trusted.revisionHeight === height) return [];
  if (trusted.revisionHeight > height) {
    if (await knowsHeight(host, clientId, target, height)) return [];
    trusted = await heightBelow(host, clientId, target, height);
  }
  const headers: ClientHeader[] = [];
  for (let steps = 0; trusted.revisionHeight < height; steps++) {
    if (steps > MAX_BISECTIONS)
      throw new RelayError(
        "client-inactive",
        `${clientId} on ${host.chainId} cannot be brought to height ${height}`,
      );
    let to = height;
    let header = await target.clientHeader(to, trusted);
    while (to > trusted.revisionHeight + 1n && !isTrusted(header, state)) {
      to = trusted.revisionHeight + (to - trusted.revisionHeight) / 2n;
      header = await target.clientHeader(to, trusted);
    }
    headers.push(header);
    trusted = target.heightOf(to);
  }
  return headers.map((header) => ({
    typeUrl: "/ibc.core.client.v1.MsgUpdateClient",
    value: MsgUpdateClient.fromPartial({
      clientId,
      clientMessage: { typeUrl: HEADER_TYPE_URL, value: ClientHeader.encode(header).finish() },
      signer,
    }),
  }));
}

/** Whether enough of the trusted set signed `header` for a skipping update. */
function isTrusted(header: ClientHeader, state: ClientState): boolean {
  const commit = header.signedHeader?.commit;
  if (commit === undefined) return false;
  try {
    verifyCommitLightTrusting({
      chainId: state.chainId,
      validators: validatorSetFromProto(header.trustedValidators),
      commit,
      trustLevel: state.trustLevel,
    });
    return true;
  } catch (error) {
    if (isCometError(error, "notEnoughVotingPower")) return false;
    throw error;
  }
}

async function knowsHeight(
  host: ChainClient,
  clientId: string,
  target: ChainClient,
  height: bigint,
): Promise<boolean> {
  const heights = await consensusHeights(host, clientId);
  return heights.some((h) => h.revisionNumber === target.revision && h.revisionHeight === height);
}

async function heightBelow(host: ChainClient, clientId: string, target: ChainClient, height: bigint) {
  const below = (await consensusHeights(host, clientId)).filter(
    (h) => h.revisionNumber === target.revision && h.revisionHeight < height,
  );
  const best = below.sort((a, b) => (a.revisionHeight < b.revisionHeight ? 1 : -1))[0];
  if (best === undefined)
    throw new RelayError(
      "client-inactive",
      `${clientId} on ${host.chainId} trusts nothing below height ${height}`,
    );
  return best;
}

/** All heights at which `clientId` on `host` holds a consensus state. */
export const consensusHeights = (host: ChainClient, clientId: string) =>
  allPages(
    (pagination) => host.query.ibcClient.ConsensusStateHeights({ clientId, pagination }),
    (page) => page.consensusStateHeights,
  );
