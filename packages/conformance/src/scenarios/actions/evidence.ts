/** Evidence of consumers' misbehaviour on its way to the provider. */
import type { ChainClient } from "@tandem-ics/client";
import {
  type AttackedPair,
  createEvidenceWatch,
  findConsumer,
  judgeEvidence,
  prepareMisbehaviour,
  sendMisbehaviour,
} from "@tandem-ics/relayer";
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

/** `ForkConsumerChain`: from now on that validator signs headers of a second chain with the same key. */
export async function forkConsumer(
  net: ScenarioNetwork,
  { ConsumerChain, Validator }: ActionFields<"ForkConsumerChain">,
): Promise<void> {
  const running = net.chain(ConsumerChain);
  const key = running.chain.engine.signingKey(Validator);
  if (key === undefined) throw stepFailed(`${Validator} is not in the validator set of ${ConsumerChain}`);
  net.forks.set(ConsumerChain, [...(net.forks.get(ConsumerChain) ?? []), key.address]);
  await net.blocks(1);
}

/** `SubmitConsumerMisbehaviour`: the header that the fork has at the consumer's latest height beside the consumer's own. */
export async function submitMisbehaviour(
  net: ScenarioNetwork,
  { FromChain, ToChain, ClientID, Submitter }: ActionFields<"SubmitConsumerMisbehaviour">,
): Promise<void> {
  const signers = net.forks.get(FromChain);
  if (signers === undefined) throw stepFailed(`${FromChain} has not been forked`);
  const provider = net.chain(ToChain);
  const pair = await pairOf(net, provider, FromChain);
  if (pair.entry.clientId !== ClientID)
    throw stepFailed(`the provider's client of ${FromChain} is ${pair.entry.clientId}, not ${ClientID}`);
  const { height } = await pair.consumer.status();
  const conflicting = net.chain(FromChain).chain.node.signFork({ height, signers });
  const sender = net.sender(provider, net.cast.member(Submitter).account);
  const prepared = await prepareMisbehaviour(pair, { conflicting }, sender.address);
  await sendMisbehaviour(pair, prepared, sender);
}
