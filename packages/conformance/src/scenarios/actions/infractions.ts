/** Misbehaviour: nodes that are down, that sign twice, that sign headers which never were; and time. */
import { buildDuplicateVoteEvidence, type ChainClient } from "@tandem-ics/client";
import { commitToVote, evidenceToRpcJson, goJsonText } from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { ConsensusKey } from "@tandem-ics/localnet";
import { createAddressCodecs, Dec } from "@tandem-ics/runtime";
import type { ActionFields } from "../action-fields.ts";
import { stepFailed } from "../errors.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";

/** Blocks that a node misses. */
const DOWN_BLOCKS = 16;
/** Blocks that a misbehaviour takes to reach a block, and its punishment the validator set. */
const PUNISHED_BLOCKS = 3;

/** The key with which a validator's node signs on a chain; undefined when it is not in the set, or runs no node there. */
const signingKey = ({ chain }: RunningChain, validator: string): ConsensusKey | undefined =>
  chain.engine.signingKey(validator);

/** The same; who is not in the set cannot misbehave, which is told: the states that follow say whether that is right. */
function misbehavingKey(
  net: ScenarioNetwork,
  running: RunningChain,
  validator: string,
): ConsensusKey | undefined {
  const key = signingKey(running, validator);
  if (key === undefined)
    net.note(`${validator} is not in the validator set of ${running.name}, or runs no node there`);
  return key;
}

/**
 * First height at which as many missed blocks can be punished: a whole window after the validator came. Undefined where a
 * window takes more of them.
 */
async function punishableFrom({ chain, spec }: RunningChain, key: ConsensusKey): Promise<bigint | undefined> {
  const { query } = chain.client;
  const consAddress = createAddressCodecs(spec.prefix).consensus.encode(key.address);
  const [{ params }, { valSigningInfo }] = await Promise.all([
    query.slashing.Params({}),
    query.slashing.SigningInfo({ consAddress }),
  ]);
  const { signedBlocksWindow: window, minSignedPerWindow } = params;
  const minSigned = Dec.fromWire(new TextDecoder().decode(minSignedPerWindow)).mulInt(window).roundInt();
  if (BigInt(DOWN_BLOCKS) <= window - minSigned) return undefined;
  return valSigningInfo.startHeight + window + 1n;
}

/** `DowntimeSlash`. Chains of the recorded runs were older by then: a window has to have passed for misses to count. */
export async function downtime(
  net: ScenarioNetwork,
  { Chain, Validator }: ActionFields<"DowntimeSlash">,
): Promise<void> {
  const running = net.chain(Chain);
  const { engine, client } = running.chain;
  const key = signingKey(running, Validator);
  if (key !== undefined) {
    const from = (await punishableFrom(running, key)) ?? 0n;
    while ((await client.status()).height + BigInt(DOWN_BLOCKS) < from) await net.blocks(1);
  }
  await engine.setDown(Validator, true);
  await net.blocks(DOWN_BLOCKS);
  await engine.setDown(Validator, false);
  await net.blocks(1);
}

/** `DoublesignSlash`: the two votes go into the chain's own evidence pool, as they would reach it from its peers. */
export async function doubleSign(
  net: ScenarioNetwork,
  { Chain, Validator }: ActionFields<"DoublesignSlash">,
): Promise<void> {
  const running = net.chain(Chain);
  const key = misbehavingKey(net, running, Validator);
  if (key !== undefined) running.chain.node.doubleSign(key.address, { reportToPool: true });
  await net.blocks(PUNISHED_BLOCKS);
}

/**
 * `LightClientEquivocationAttack`: the validator signs another header of the latest height. A vote for that header beside
 * its vote for the chain's own is what whoever sees both reports; less than two thirds cannot deceive a light client.
 */
export async function lightClientAttack(
  net: ScenarioNetwork,
  { Chain, Validator }: ActionFields<"LightClientEquivocationAttack">,
): Promise<void> {
  const running = net.chain(Chain);
  const { client, node } = running.chain;
  const key = misbehavingKey(net, running, Validator);
  if (key !== undefined) {
    const { height } = await client.status();
    const { signedHeader } = node.signFork({ height, signers: [key.address] });
    await report(client, key, height, signedHeader?.commit);
  }
  await net.blocks(PUNISHED_BLOCKS);
}

type Commit = Parameters<typeof commitToVote>[0];

/** Reports a validator's signature in a commit of another header by the chain's RPC. */
async function report(
  client: ChainClient,
  key: ConsensusKey,
  height: bigint,
  conflicting: Commit | undefined,
): Promise<void> {
  const [own, set] = await Promise.all([client.signedHeader(height), client.validators(height)]);
  const index = set.findIndex(({ address }) => equalBytes(address, key.address));
  const votes = [own.commit, conflicting].map((commit) => commit && commitToVote(commit, index));
  const [vote, conflictingVote] = votes;
  if (own.header === undefined || vote === undefined || conflictingVote === undefined)
    throw stepFailed(`${toHexUpper(key.address)} has not signed height ${height} of ${client.chainId}`);
  const evidence = buildDuplicateVoteEvidence(vote, conflictingVote, set, own.header.time);
  await client.rpc.execute({
    jsonrpc: "2.0",
    id: 1,
    method: "broadcast_evidence",
    params: { evidence: JSON.parse(goJsonText(evidenceToRpcJson({ duplicateVoteEvidence: evidence }))) },
  });
}

/** `SlashMeterReplenishment`. */
export async function replenishSlashMeter(
  net: ScenarioNetwork,
  { TargetValue, Timeout }: ActionFields<"SlashMeterReplenishment">,
): Promise<void> {
  const { query } = net.provider().chain.client;
  const until = net.clock.nowNs() + Timeout;
  for (;;) {
    const { slashMeter } = await query.provider.QueryThrottleState({});
    if (slashMeter >= TargetValue) return;
    if (net.clock.nowNs() >= until)
      throw stepFailed(
        `the slash meter is ${slashMeter} after ${Timeout / 1_000_000_000n} s, not ${TargetValue}`,
      );
    await net.blocks(1);
  }
}
