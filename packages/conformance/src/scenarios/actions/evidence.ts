/** Evidence of consumers' misbehaviour on its way to the provider. */
import { type ChainClient, infractionHeader } from "@tandem-ics/client";
import { type Chain, startChain } from "@tandem-ics/localnet";
import { NoQuorumError } from "@tandem-ics/node";
import {
  type AttackedPair,
  createEvidenceWatch,
  findConsumer,
  judgeEvidence,
  prepareMisbehaviour,
  sendMisbehaviour,
} from "@tandem-ics/relayer";
import type { LightBlock } from "cosmjs-types/tendermint/types/types";
import type { ActionFields } from "../action-fields.ts";
import { stepFailed } from "../errors.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";

/** Blocks that the watch of the recorded runs had to find what had happened before. */
const WATCH_BLOCKS = 3;

async function pairOf(
  net: ScenarioNetwork,
  provider: RunningChain,
  consumer: string,
): Promise<AttackedPair & { readonly consumer: ChainClient }> {
  const { client } = provider.chain;
  const entry = await findConsumer(client, { name: net.consumerId(consumer) });
  const running = net.chain(consumer);
  return { provider: client, consumer: running.chain.client, entry, prefix: provider.spec.prefix };
}

/** `DetectConsumerEvidence`: what consumer blocks have held since their first one, and all that come. */
export async function detectEvidence(
  net: ScenarioNetwork,
  { Chain, Submitter }: ActionFields<"DetectConsumerEvidence">,
): Promise<void> {
  const provider = net.provider();
  const pair = await pairOf(net, provider, Chain);
  const sender = net.sender(provider, net.cast.member(Submitter).account);
  const watch = await createEvidenceWatch({
    provider: pair.provider,
    consumer: pair.consumer,
    clientId: pair.entry.clientId,
    from: { provider: 1n, consumer: 1n },
  });
  net.watchers.push(async () => {
    for (const found of (await watch.scan()).found) {
      const judged = await judgeEvidence(pair, found, sender.address);
      if (judged.report.ok) await judged.send(sender);
      else {
        const failed = judged.report.checks.filter(({ ok }) => !ok).map(({ rule }) => rule);
        net.note(`evidence of height ${found.height} of ${Chain} does not hold: ${failed.join("; ")}`);
      }
    }
  });
  await net.blocks(WATCH_BLOCKS);
}

/** Lets a fork make the blocks that it lacks up to a height. Throws `step-failed` when its one node cannot. */
function catchUp({ node, name }: Chain, height: bigint): void {
  try {
    while (node.height < height) node.produceBlock();
  } catch (error) {
    if (!(error instanceof NoQuorumError)) throw error;
    throw stepFailed(`a fork of ${name} cannot go on with that validator alone: ${error.message}`, error);
  }
}

/** `ForkConsumerChain`: a second chain from the consumer's genesis, whose only node has that validator's keys. */
export async function forkConsumer(
  net: ScenarioNetwork,
  { ConsumerChain, Validator }: ActionFields<"ForkConsumerChain">,
): Promise<void> {
  const { options, nodeKeys, chain } = net.chain(ConsumerChain);
  const keys = nodeKeys.get(Validator) ?? [];
  if (keys.length === 0) throw stepFailed(`${Validator} runs no node on ${ConsumerChain}`);
  if (net.forks.has(ConsumerChain)) throw stepFailed(`${ConsumerChain} has been forked already`);
  const fork = await startChain({ ...options, keys, monitor: undefined });
  net.forks.set(ConsumerChain, fork);
  catchUp(fork, chain.node.height);
}

/** `SubmitConsumerMisbehaviour`: the header of the fork at the consumer's latest height, beside the consumer's own. */
export async function submitMisbehaviour(
  net: ScenarioNetwork,
  { FromChain, ToChain, ClientID, Submitter }: ActionFields<"SubmitConsumerMisbehaviour">,
): Promise<void> {
  const fork = net.forks.get(FromChain);
  if (fork === undefined) throw stepFailed(`${FromChain} has not been forked`);
  const provider = net.chain(ToChain);
  const pair = await pairOf(net, provider, FromChain);
  if (pair.entry.clientId !== ClientID)
    throw stepFailed(`the provider's client of ${FromChain} is ${pair.entry.clientId}, not ${ClientID}`);
  const { height } = await pair.consumer.status();
  catchUp(fork, height);
  const { signedHeader, validatorSet } = await infractionHeader(fork.client, height);
  if (signedHeader === undefined || validatorSet === undefined)
    throw stepFailed(`the fork of ${FromChain} has no header of height ${height}`);
  const conflicting: LightBlock = { signedHeader, validatorSet };
  const sender = net.sender(provider, net.cast.member(Submitter).account);
  const prepared = await prepareMisbehaviour(pair, { conflicting }, sender.address);
  await sendMisbehaviour(pair, prepared, sender);
}
