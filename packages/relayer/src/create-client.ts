/** Makes Tendermint clients of one chain on another (ICS-02, 07-tendermint), for paths that no module began. */
import { type ChainClient, ClientError } from "@tandem-ics/client";
import { durationToNs, nsToDuration } from "@tandem-ics/proto";
import { PROOF_SPECS } from "@tandem-ics/store/ics23";
import { MsgCreateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Endpoint } from "./endpoint.ts";
import { RelayError } from "./errors.ts";
import { findClients, readClientState } from "./foreign-client.ts";

/** What a new client is to trust. */
export interface NewClientOptions {
  /** Time for which a header is trusted, in ns. Default: two thirds of the target's unbonding time. */
  readonly trustingPeriodNs?: bigint;
  /** Time that the target's clock may be ahead of the host's, in ns. Default 40 s. */
  readonly maxClockDriftNs?: bigint;
}

const DEFAULT_CLOCK_DRIFT_NS = 40_000_000_000n;
const TRUST_LEVEL = { numerator: 1n, denominator: 3n };
/** Where a chain's upgrade module leaves the state of its clients after an upgrade. */
const UPGRADE_PATH = ["upgrade", "upgradedIBCState"];

/** Unbonding time of a chain, in ns: of its staking module, or of the consumer module where that is what secures it. */
export async function unbondingTimeNs(chain: ChainClient): Promise<bigint> {
  try {
    const { params } = await chain.query.ccvconsumer.QueryParams({});
    if (params?.unbondingPeriod !== undefined) return durationToNs(params.unbondingPeriod);
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") throw error;
    // No consumer: its own staking module says.
  }
  const { params } = await chain.query.staking.Params({});
  return durationToNs(params.unbondingTime);
}

/** Makes a client of `target` on `host` and gives its id. */
export async function createClient(
  host: Endpoint,
  target: ChainClient,
  options: NewClientOptions = {},
): Promise<string> {
  const [unbondingNs, { height }] = await Promise.all([unbondingTimeNs(target), target.status()]);
  const { header } = await target.signedHeader(height);
  if (header === undefined)
    throw new RelayError("not-provable", `${target.chainId} gives no header at height ${height}`);
  const clientState = ClientState.fromPartial({
    chainId: target.chainId,
    trustLevel: TRUST_LEVEL,
    trustingPeriod: nsToDuration(options.trustingPeriodNs ?? (unbondingNs * 2n) / 3n),
    unbondingPeriod: nsToDuration(unbondingNs),
    maxClockDrift: nsToDuration(options.maxClockDriftNs ?? DEFAULT_CLOCK_DRIFT_NS),
    frozenHeight: { revisionNumber: 0n, revisionHeight: 0n },
    latestHeight: target.heightOf(height),
    // CosmJS's codec lacks the flag of sparse Merkle trees, which neither of these trees sets.
    proofSpecs: PROOF_SPECS.map(({ prehashKeyBeforeComparison: _, ...spec }) => spec),
    upgradePath: UPGRADE_PATH,
  });
  const consensusState = ConsensusState.fromPartial({
    timestamp: header.time,
    root: { hash: header.appHash },
    nextValidatorsHash: header.nextValidatorsHash,
  });
  const { events } = await host.sender.send([
    {
      typeUrl: "/ibc.core.client.v1.MsgCreateClient",
      value: MsgCreateClient.fromPartial({
        clientState: {
          typeUrl: "/ibc.lightclients.tendermint.v1.ClientState",
          value: ClientState.encode(clientState).finish(),
        },
        consensusState: {
          typeUrl: "/ibc.lightclients.tendermint.v1.ConsensusState",
          value: ConsensusState.encode(consensusState).finish(),
        },
        signer: host.sender.address,
      }),
    },
  ]);
  for (const { type, attributes } of events)
    if (type === "create_client") {
      const id = attributes.find(({ key }) => key === "client_id")?.value;
      if (id !== undefined) return id;
    }
  throw new RelayError("client-not-found", `${host.chain.chainId} made a client and does not tell its id`);
}

/**
 * The clients of `target` on `host` that can still be used, the oldest first. The host's own word decides, since it
 * knows its clock.
 */
export async function usableClients(host: ChainClient, target: ChainClient): Promise<string[]> {
  const usable: string[] = [];
  for (const clientId of await findClients(host, target.chainId)) {
    const [{ status }, state] = await Promise.all([
      host.query.ibcClient.ClientStatus({ clientId }),
      readClientState(host, clientId),
    ]);
    if (status === "Active" && state.latestHeight.revisionNumber === target.revision) usable.push(clientId);
  }
  return usable;
}
