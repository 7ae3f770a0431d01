/** How long governance votes on the provider of a network. */
import { providerSpecOf, type Topology } from "./topology.ts";
import { isTopN } from "./topology-shaping.ts";

/** Two days, as in the SDK. */
const DEFAULT_VOTING_NS = 172_800n * 1_000_000_000n;
const SECOND_NS = 1_000_000_000n;

/** The voting period of the network once it is up. */
export const lastingVotingPeriod = (topology: Topology): bigint =>
  providerSpecOf(topology).votingPeriod ?? DEFAULT_VOTING_NS;

/** Long enough for all votes to get into blocks, on a slow machine too; behind CometBFT those take their time. */
const launchVotingNs = ({ engine, blockTimeNs }: Topology): bigint =>
  engine.kind === "cometbft" ? 5n * SECOND_NS + 5n * blockTimeNs : 2n * SECOND_NS + blockTimeNs;

/** The voting period in genesis: short where governance has consumers to launch; their proposal then sets the wanted one. */
export function firstVotingPeriod(topology: Topology): bigint {
  const lasting = lastingVotingPeriod(topology);
  const short = launchVotingNs(topology);
  return topology.consumers.some(isTopN) && lasting > short ? short : lasting;
}
