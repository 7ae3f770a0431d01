/** Does to real chains what a trace's actions say. */
import { CONSUMER_PORT, createConsumerStakingView, decodeVscPacket, PROVIDER_PORT } from "@tandem-ics/ccv";
import { MsgAssignConsumerKey } from "@tandem-ics/proto";
import type { ChannelId, SentPacket } from "@tandem-ics/relayer";
import { createAddressCodecs, Dec } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { Mismatch } from "./errors.ts";
import { POWER_REDUCTION, SECOND_NS, STAKE } from "./genesis.ts";
import {
  acknowledgeToConsumer,
  acknowledgeToProvider,
  closeAfterTimeout,
  consumerIsBehind,
  deliverToConsumer,
  deliverToProvider,
  providerIsBehind,
  refreshPath,
  refuseAtProvider,
  timeOutAtConsumer,
} from "./relaying.ts";
import type { TraceAction } from "./trace.ts";
import type { EndedBlock } from "./trace-chain.ts";
import { type Launched, type ModelConsumer, startConsumers, stopConsumers, type World } from "./world.ts";

const PROVIDER_TYPES = "/interchain_security.ccv.provider.v1";

/** More extra blocks were needed than a real epoch has room for: replay with longer epochs. */
export class EpochFull extends Error {
  constructor() {
    super("the real epoch has no room for more extra blocks");
    this.name = "EpochFull";
  }
}

/** Drives a world. */
export interface Driver {
  /** Throws Mismatch when the chains do not let it happen. */
  act(action: TraceAction): Promise<void>;
  /** Lets what is still under way come to its end, as far as the model has decided it. */
  finish(): Promise<void>;
  /** Whether an action ended a block in which the chain could send nothing, being too far behind another one. */
  couldNotSend(action: TraceAction): Promise<boolean>;
}

/** Sequences that were received, by consumer. */
interface Received {
  atConsumer: bigint;
  atProvider: bigint;
}

/** Makes a driver of a world in which nothing has happened. */
export function createDriver(world: World): Driver {
  const { provider, names, consumers, params, blocksPerEpoch } = world;
  const operatorCodec = createAddressCodecs("cosmos").validator;
  const staking = createConsumerStakingView(createAddressCodecs("consumer"));
  const received = new Map<Launched, Received>();
  const ending: { readonly consumer: ModelConsumer; readonly sent: SentPacket }[] = [];
  let endedEpochs = provider.height / blocksPerEpoch;

  const receivedOf = (launched: Launched): Received => {
    const known = received.get(launched) ?? { atConsumer: 0n, atProvider: 0n };
    received.set(launched, known);
    return known;
  };
  const nextToConsumer = (launched: Launched): SentPacket | undefined =>
    launched.toConsumer.get(receivedOf(launched).atConsumer + 1n);
  const nextToProvider = (launched: Launched): SentPacket | undefined =>
    launched.toProvider.get(receivedOf(launched).atProvider + 1n);

  function consumerOf(name: string): ModelConsumer {
    const consumer = consumers.get(name);
    if (consumer === undefined) throw new RangeError(`no consumer is called ${name}`);
    return consumer;
  }
  function running(name: string): { consumer: ModelConsumer; launched: Launched } {
    const consumer = consumerOf(name);
    if (consumer.launched === undefined || consumer.status !== "running")
      throw new Mismatch("action", `${name} runs`, consumer.status);
    return { consumer, launched: consumer.launched };
  }
  const allRunning = (): { consumer: ModelConsumer; launched: Launched }[] =>
    [...consumers.values()].flatMap((consumer) =>
      consumer.status === "running" && consumer.launched !== undefined
        ? [{ consumer, launched: consumer.launched }]
        : [],
    );

  function changePower(validator: string, change: number): void {
    if (change === 0) return;
    const account = world.operator(validator);
    const address = {
      delegatorAddress: provider.address(account),
      validatorAddress: operatorCodec.encode(account.address),
    };
    const amount = { denom: STAKE, amount: (BigInt(Math.abs(change)) * POWER_REDUCTION).toString() };
    provider.add(account, [
      change < 0
        ? { typeUrl: MsgUndelegate.typeUrl, value: MsgUndelegate.fromPartial({ ...address, amount }) }
        : { typeUrl: MsgDelegate.typeUrl, value: MsgDelegate.fromPartial({ ...address, amount }) },
    ]);
  }

  function assignKey(consumer: string, validator: string, key: string): void {
    const account = world.operator(validator);
    provider.add(account, [
      {
        typeUrl: `${PROVIDER_TYPES}.MsgAssignConsumerKey`,
        value: MsgAssignConsumerKey.fromPartial({
          providerAddr: operatorCodec.encode(account.address),
          consumerId: consumerOf(consumer).consumerId,
          consumerKey: names.key(key).json,
          signer: provider.address(account),
        }),
      },
    ]);
  }

  async function deliverVsc(name: string): Promise<void> {
    const { consumer, launched } = running(name);
    const { chain } = launched;
    const sent = nextToConsumer(launched);
    if (sent === undefined) throw new Mismatch("action", "a VSC packet to deliver", "none");
    await refreshPath(world, launched);
    if (sent.packet.timeoutTimestamp <= chain.runningNs) {
      await timeOutAtConsumer(world, launched, sent);
      consumer.status = "over";
      return;
    }
    await deliverToConsumer(world, launched, sent);
    receivedOf(launched).atConsumer = sent.packet.sequence;
    const { arriving, overwritten } = launched;
    arriving.push(vscIdOf(sent));
    if (arriving.length > 1) for (const id of arriving) overwritten.add(id);
  }

  async function deliverSlash(name: string): Promise<void> {
    const { consumer, launched } = running(name);
    const sent = nextToProvider(launched);
    if (sent === undefined) throw new Mismatch("action", "a slash packet to deliver", "none");
    await refreshPath(world, launched);
    const { timeoutTimestamp, sequence } = sent.packet;
    if (timeoutTimestamp > provider.runningNs) {
      await deliverToProvider(world, launched, sent);
      receivedOf(launched).atProvider = sequence;
      return;
    }
    await refuseAtProvider(world, launched, sent);
    if (timeoutTimestamp > provider.lastNs) {
      // No header says yet that it is too late: that comes with the end of the running block.
      consumer.status = "ending";
      ending.push({ consumer, sent });
      return;
    }
    await closeAfterTimeout(world, launched, sent, "carrier");
    consumer.status = "over";
  }

  function report(name: string, validator: string, modelVscId: number, isDowntime: boolean): void {
    const { launched } = running(name);
    const { chain, heightOfVscId, arriving } = launched;
    const vscId = BigInt(modelVscId) + world.vscIdOffset;
    const { address } = names.key(validator);
    const inRunningBlock = arriving.includes(vscId);
    const infraction = isDowntime ? Infraction.INFRACTION_DOWNTIME : Infraction.INFRACTION_DOUBLE_SIGN;
    chain.act((ctx) => {
      const height = inRunningBlock ? ctx.height + 1n : (heightOfVscId.get(vscId) ?? 0n);
      staking.slashWithInfractionReason(ctx, address, height, 1n, Dec.ZERO, infraction);
    });
  }

  const vscIdOf = ({ packet }: SentPacket): bigint => decodeVscPacket(packet.data).data.valsetUpdateId;

  function noteSent(
    known: Map<bigint, SentPacket>,
    { sent }: EndedBlock,
    { portId, channelId }: ChannelId,
  ): void {
    for (const packet of sent)
      if (packet.packet.sourcePort === portId && packet.packet.sourceChannel === channelId)
        known.set(packet.packet.sequence, packet);
  }

  /** An epoch must end with the model's block, not with an extra one. */
  function assertRoom(): void {
    if (provider.height / blocksPerEpoch !== endedEpochs) throw new EpochFull();
  }

  /** Makes extra blocks until the running block, with the one in front of it, ends a real epoch as it does the model's. */
  function align(): void {
    const lastOfEpoch = (provider.endedBlocks + 1) % params.BlocksPerEpoch === 0;
    while (lastOfEpoch && (provider.height + 2n) % blocksPerEpoch !== 0n) {
      provider.extraBlock();
      assertRoom();
    }
    if (lastOfEpoch) endedEpochs++;
  }

  async function endProviderBlock(
    seconds: number,
    toStart: readonly string[],
    toStop: readonly string[],
  ): Promise<void> {
    for (const { launched } of allRunning()) await acknowledgeToProvider(world, launched);
    align();
    const ended = provider.endBlock(provider.runningNs + BigInt(seconds) * SECOND_NS);
    for (const { launched } of allRunning())
      noteSent(launched.toConsumer, ended, launched.path.providerChannel);
    stopConsumers(world, toStop.map(consumerOf));
    await startConsumers(world, toStart.map(consumerOf));
    await settleEnding();
    for (const { launched } of allRunning()) {
      const acks = ended.acks.filter(
        ({ packet }) =>
          packet.destinationPort === PROVIDER_PORT &&
          packet.destinationChannel === launched.path.providerChannel.channelId,
      );
      await refreshPath(world, launched);
      await acknowledgeToConsumer(world, launched, acks);
    }
  }

  async function settleEnding(): Promise<void> {
    for (const { consumer, sent } of ending.splice(0)) {
      await closeAfterTimeout(world, consumer.launched!, sent, "errands");
      consumer.status = "over";
    }
  }

  async function endConsumerBlock(name: string, seconds: number): Promise<void> {
    const { status, launched } = consumerOf(name);
    if (status === "not consumer") throw new Mismatch("action", `${name} runs`, status);
    // The chain of a consumer that is over may go on; its state no longer matters.
    if (launched === undefined || status !== "running") return;
    const { chain, path, arriving, heightOfVscId } = launched;
    await refreshPath(world, launched);
    const ended = chain.endBlock(chain.runningNs + BigInt(seconds) * SECOND_NS);
    noteSent(launched.toProvider, ended, path.consumerChannel);
    launched.acksForProvider.push(
      ...ended.acks.filter(({ packet }) => packet.destinationPort === CONSUMER_PORT),
    );
    for (const id of arriving) heightOfVscId.set(id, ended.height + 1n);
    launched.arriving = [];
    await refreshPath(world, launched);
  }

  return {
    async couldNotSend(action) {
      if (action.kind === "EndAndBeginBlockForConsumer") {
        const { launched, name } = consumerOf(action.consumerChain);
        return launched !== undefined && consumerIsBehind(world, name, launched);
      }
      if (action.kind !== "EndAndBeginBlockForProvider") return false;
      const behind = await Promise.all(allRunning().map(({ launched }) => providerIsBehind(world, launched)));
      return behind.includes(true);
    },
    async act(action) {
      await act(action);
      assertRoom();
    },
    async finish() {
      if (ending.length > 0) await endProviderBlock(1, [], []);
    },
  };

  async function act(action: TraceAction): Promise<void> {
    switch (action.kind) {
      case "init":
        return;
      case "VotingPowerChange":
        return changePower(action.validator, action.changeAmount);
      case "KeyAssignment":
        return assignKey(action.consumerChain, action.validator, action.consumerAddr);
      case "ConsumerInitiatedSlash":
        return report(action.consumerChain, action.validator, action.vscId, action.isDowntime);
      case "DeliverVscPacket":
        return deliverVsc(action.consumerChain);
      case "DeliverPacketToProvider":
        return deliverSlash(action.consumerChain);
      case "EndAndBeginBlockForConsumer":
        return endConsumerBlock(action.consumerChain, action.timeAdvancement);
      case "EndAndBeginBlockForProvider":
        return endProviderBlock(action.timeAdvancement, action.consumersToStart, action.consumersToStop);
    }
  }
}
