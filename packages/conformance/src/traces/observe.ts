/** Reads from real chains what a model's state says: by queries on their running blocks, and from the packets they sent. */
import { CONSUMER_MODULE, decodeConsumerPacket, decodeVscPacket, PROVIDER_MODULE } from "@tandem-ics/ccv";
import type { ValidatorSet } from "@tandem-ics/comet";
import { ed25519Address, fromBe64, utf8 } from "@tandem-ics/crypto";
import {
  type ConsumerPacketData,
  ConsumerQueryThrottleStateRequest,
  ConsumerQueryThrottleStateResponse,
  QueryAllPairsValConsAddrByConsumerRequest,
  QueryAllPairsValConsAddrByConsumerResponse,
  QueryConsumerChainRequest,
  QueryConsumerChainResponse,
  QueryValidatorProviderAddrRequest,
  QueryValidatorProviderAddrResponse,
  SlashAcks,
  timestampToNs,
} from "@tandem-ics/proto";
import type { ChannelId, SentPacket } from "@tandem-ics/relayer";
import { type BlockMoment, createAddressCodecs } from "@tandem-ics/runtime";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import {
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { QueryValidatorsRequest, QueryValidatorsResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  QueryChannelRequest,
  QueryChannelResponse,
  QueryNextSequenceReceiveRequest,
  QueryNextSequenceReceiveResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import { Mismatch } from "./errors.ts";
import { POWER_REDUCTION, SECOND_NS } from "./genesis.ts";
import type { Rehearsal, TraceChain } from "./trace-chain.ts";
import {
  type ConsumerView,
  type ReportView,
  type SlashView,
  type StatusView,
  type View,
  type VscView,
  vscIdView,
} from "./view.ts";
import { BASE_NS, type Launched, type ModelConsumer, type World } from "./world.ts";

const PROVIDER_QUERY = "/interchain_security.ccv.provider.v1.Query";
const CHANNEL_QUERY = "/ibc.core.channel.v1.Query";
/** Place of the id of the next VSC packets in the provider's store (interchain-security `keys.go`). */
const VSC_ID = Uint8Array.of(2);
/** Places of slash acks that wait for the next packet begin so; the consumer id follows. */
const SLASH_ACKS = 15;
/** Keys of the consumer's validators with an unacknowledged report of downtime begin so (interchain-security `keys.go`). */
const OUTSTANDING_DOWNTIME = Uint8Array.of(14);
const NOT_LAUNCHED = new Set(["CONSUMER_PHASE_REGISTERED", "CONSUMER_PHASE_INITIALIZED"]);

/** The model's second of a time; fractions are of extra blocks. */
const secondsOf = (timeNs: bigint): number => {
  const ns = timeNs - BASE_NS;
  return Number(ns >= 0n ? ns / SECOND_NS : (ns - SECOND_NS + 1n) / SECOND_NS);
};

interface Codec<Request, Response> {
  readonly request: {
    fromPartial(request: Partial<Request>): Request;
    encode(request: Request): { finish(): Uint8Array };
  };
  readonly response: { decode(bytes: Uint8Array): Response };
}

/** Asks one query of a moment. */
const ask = <Request, Response>(
  moment: BlockMoment,
  path: string,
  { request, response }: Codec<Request, Response>,
  fields: Partial<Request>,
): Response => response.decode(moment.query(path, request.encode(request.fromPartial(fields)).finish()));

const nextReceived = (moment: BlockMoment, channel: ChannelId): bigint =>
  ask<QueryNextSequenceReceiveRequest, QueryNextSequenceReceiveResponse>(
    moment,
    `${CHANNEL_QUERY}/NextSequenceReceive`,
    { request: QueryNextSequenceReceiveRequest, response: QueryNextSequenceReceiveResponse },
    channel,
  ).nextSequenceReceive;

/** What the provider's running block shows. */
interface ProviderReading {
  readonly runningNs: bigint;
  readonly powers: Readonly<Record<string, number>>;
  readonly jailedUntil: Readonly<Record<string, number>>;
  readonly status: Readonly<Record<string, StatusView>>;
  readonly assignedKeys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keyOwners: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pendingSlashAcks: Readonly<Record<string, readonly string[]>>;
  readonly vscId: number;
  /** Sequence of the next slash packet that it takes, by consumer. */
  readonly nextSlash: Readonly<Record<string, bigint>>;
}

/** What a consumer's running block shows. */
interface ConsumerReading {
  readonly runningNs: bigint;
  readonly powers: Readonly<Record<string, number>>;
  readonly unsent: readonly ReportView[];
  readonly outstandingDowntime: readonly string[];
  readonly waitingForSlashAck: boolean;
  /** Sequence of the next VSC packet that it takes. */
  readonly nextVsc: bigint;
}

/** Looks at a world again and again. */
export interface Observer {
  /** Throws Mismatch when a running block does not execute. */
  observe(): View;
}

/** Makes an observer; what has not changed since is not read again. */
export function createObserver(world: World): Observer {
  const { provider, names, consumers } = world;
  const providerCodecs = createAddressCodecs("cosmos");
  const page = {
    key: new Uint8Array(),
    offset: 0n,
    // The anchor is one more.
    limit: BigInt(names.nodes.length + 1),
    countTotal: false,
    reverse: false,
  };
  /** How consumers ended, by id, as it was when that was seen first: a stopped one's channel is closed later. */
  const endings = new Map<string, StatusView>();
  const readings = new WeakMap<TraceChain, { readonly version: number; readonly reading: unknown }>();

  /** Reads the running block of a chain; `statuses` is what else the reading depends on. */
  function read<T>(chain: TraceChain, make: (moment: BlockMoment) => T, finish: (of: Rehearsal<T>) => T): T {
    const known = readings.get(chain);
    if (known?.version === chain.version) return known.reading as T;
    const rehearsal = chain.rehearse(make);
    for (const { code, log } of rehearsal.txResults)
      if (code !== 0) throw new Mismatch("action", "accepted", log);
    const reading = finish(rehearsal);
    readings.set(chain, { version: chain.version, reading });
    return reading;
  }

  function statusOf(moment: BlockMoment, consumer: ModelConsumer): StatusView {
    const { consumerId, launched, status } = consumer;
    const { phase } = ask<QueryConsumerChainRequest, QueryConsumerChainResponse>(
      moment,
      `${PROVIDER_QUERY}/QueryConsumerChain`,
      { request: QueryConsumerChainRequest, response: QueryConsumerChainResponse },
      { consumerId },
    );
    consumer.isDeleted = phase === "CONSUMER_PHASE_DELETED";
    if (NOT_LAUNCHED.has(phase)) return "not consumer";
    // It ends with the provider's running block; the driver sees to it.
    if (status === "ending") return "timedout";
    const known = endings.get(consumerId);
    if (known !== undefined) return known;
    const isLaunched = phase === "CONSUMER_PHASE_LAUNCHED";
    if (launched === undefined) return isLaunched ? "running" : "stopped";
    const { channel } = ask<QueryChannelRequest, QueryChannelResponse>(
      moment,
      `${CHANNEL_QUERY}/Channel`,
      { request: QueryChannelRequest, response: QueryChannelResponse },
      launched.path.providerChannel,
    );
    const isOpen = channel?.state === State.STATE_OPEN;
    if (isLaunched && isOpen) return "running";
    const ending = isOpen ? "stopped" : "timedout";
    endings.set(consumerId, ending);
    return ending;
  }

  function stakeOf(moment: BlockMoment) {
    const { validators } = ask<QueryValidatorsRequest, QueryValidatorsResponse>(
      moment,
      "/cosmos.staking.v1beta1.Query/Validators",
      { request: QueryValidatorsRequest, response: QueryValidatorsResponse },
      { pagination: page },
    );
    const { info } = ask<QuerySigningInfosRequest, QuerySigningInfosResponse>(
      moment,
      "/cosmos.slashing.v1beta1.Query/SigningInfos",
      { request: QuerySigningInfosRequest, response: QuerySigningInfosResponse },
      { pagination: page },
    );
    const until = new Map(
      info.map(({ address, jailedUntil }) => [
        names.nameOf(providerCodecs.consensus.decode(address)),
        secondsOf(timestampToNs(jailedUntil)),
      ]),
    );
    const powers: Record<string, number> = {};
    const jailedUntil: Record<string, number> = {};
    for (const { consensusPubkey, tokens, jailed } of validators) {
      const name = names.nameOf(ed25519Address(PubKey.decode(consensusPubkey!.value).key));
      if (name === names.anchor.name) continue;
      const power = Number(BigInt(tokens) / POWER_REDUCTION);
      if (power > 0) powers[name] = power;
      if (jailed) jailedUntil[name] = until.get(name) ?? 0;
    }
    return { powers, jailedUntil };
  }

  function keysOf(moment: BlockMoment, { consumerId }: ModelConsumer) {
    const { pairValConAddr } = ask<
      QueryAllPairsValConsAddrByConsumerRequest,
      QueryAllPairsValConsAddrByConsumerResponse
    >(
      moment,
      `${PROVIDER_QUERY}/QueryAllPairsValConsAddrByConsumer`,
      {
        request: QueryAllPairsValConsAddrByConsumerRequest,
        response: QueryAllPairsValConsAddrByConsumerResponse,
      },
      { consumerId },
    );
    const nameOf = (text: string): string => names.nameOf(providerCodecs.consensus.decode(text));
    const owners = names.consumerKeys.flatMap(({ name, address }): [string, string][] => {
      const { providerAddress } = ask<QueryValidatorProviderAddrRequest, QueryValidatorProviderAddrResponse>(
        moment,
        `${PROVIDER_QUERY}/QueryValidatorProviderAddr`,
        { request: QueryValidatorProviderAddrRequest, response: QueryValidatorProviderAddrResponse },
        { consumerId, consumerAddress: providerCodecs.consensus.encode(address) },
      );
      return providerAddress === "" ? [] : [[name, nameOf(providerAddress)]];
    });
    return {
      assigned: Object.fromEntries(
        pairValConAddr.map(({ providerAddress, consumerKey }) => [
          nameOf(providerAddress),
          names.nameOf(ed25519Address(consumerKey!.ed25519!)),
        ]),
      ),
      owners: Object.fromEntries(owners),
    };
  }

  function readProvider(moment: BlockMoment): ProviderReading {
    const status: Record<string, StatusView> = {};
    const assignedKeys: Record<string, Record<string, string>> = {};
    const keyOwners: Record<string, Record<string, string>> = {};
    const pendingSlashAcks: Record<string, string[]> = {};
    const nextSlash: Record<string, bigint> = {};
    const store = moment.ctx.kv(PROVIDER_MODULE);
    for (const [name, consumer] of consumers) {
      status[name] = statusOf(moment, consumer);
      if (consumer.isDeleted) continue;
      const { assigned, owners } = keysOf(moment, consumer);
      assignedKeys[name] = assigned;
      keyOwners[name] = owners;
      if (status[name] !== "running" || consumer.launched === undefined) continue;
      const acks = store.get(Uint8Array.of(SLASH_ACKS, ...utf8(consumer.consumerId)));
      pendingSlashAcks[name] =
        acks === undefined
          ? []
          : SlashAcks.decode(acks).addresses.map((text) =>
              names.nameOf(providerCodecs.consensus.decode(text)),
            );
      nextSlash[name] = nextReceived(moment, consumer.launched.path.providerChannel);
    }
    return {
      runningNs: moment.ctx.timeNs,
      ...stakeOf(moment),
      status,
      assignedKeys,
      keyOwners,
      pendingSlashAcks,
      vscId: Number(fromBe64(store.get(VSC_ID)!) - world.vscIdOffset),
      nextSlash,
    };
  }

  function reportView(launched: Launched, { data }: ConsumerPacketData): ReportView {
    if (data?.$case !== "slashPacketData")
      throw new Mismatch("unsent", "slash packets", data?.$case ?? "none");
    const { validator, valsetUpdateId, infraction } = data.value;
    return {
      vscId: vscIdView(world, launched, valsetUpdateId),
      validator: names.nameOf(validator.address),
      downtime: infraction === Infraction.INFRACTION_DOWNTIME,
    };
  }

  function readConsumer(launched: Launched): ConsumerReading {
    const make = (moment: BlockMoment): ConsumerReading => {
      const { slashRecord, packetDataQueue } = ask<
        ConsumerQueryThrottleStateRequest,
        ConsumerQueryThrottleStateResponse
      >(
        moment,
        "/interchain_security.ccv.consumer.v1.Query/QueryThrottleState",
        { request: ConsumerQueryThrottleStateRequest, response: ConsumerQueryThrottleStateResponse },
        {},
      );
      const waiting = slashRecord?.waitingOnReply === true;
      const store = moment.ctx.kv(CONSUMER_MODULE);
      const end = OUTSTANDING_DOWNTIME.map((byte) => byte + 1);
      const outstanding = Array.from(store.iterate({ start: OUTSTANDING_DOWNTIME, end }), ([key]) =>
        names.nameOf(key.slice(OUTSTANDING_DOWNTIME.length)),
      );
      return {
        runningNs: moment.ctx.timeNs,
        powers: {},
        // The one under way stays the head of the queue until it is acknowledged.
        unsent: packetDataQueue.slice(waiting ? 1 : 0).map((packet) => reportView(launched, packet)),
        outstandingDowntime: outstanding.sort(),
        waitingForSlashAck: waiting,
        nextVsc: nextReceived(moment, launched.path.consumerChannel),
      };
    };
    return read(launched.chain, make, ({ value, nextValidators }) => ({
      ...value,
      powers: powersOf(nextValidators),
    }));
  }

  /** The model's validators of a set. */
  const powersOf = ({ validators }: ValidatorSet): Record<string, number> =>
    Object.fromEntries(
      validators.flatMap(({ address, votingPower }) => {
        const name = names.nameOf(address);
        return name === names.anchor.name ? [] : [[name, Number(votingPower)]];
      }),
    );

  const sentAt = ({ node }: TraceChain, { height }: SentPacket): number =>
    secondsOf(timestampToNs(node.blocks.block(height)!.header.time));

  /** VSC packets that are under way, each with the set that the consumer has after it. */
  function queueTo({ toConsumer }: Launched, { nextVsc, powers }: ConsumerReading): VscView[] {
    const set = new Map(Object.entries(powers));
    return underWay(toConsumer, nextVsc).map((sent) => {
      const { packet } = sent;
      const { valsetUpdateId, validatorUpdates, slashAcks } = decodeVscPacket(packet.data).data;
      for (const { pubKey, power } of validatorUpdates) {
        const name = names.nameOf(ed25519Address(pubKey!.ed25519!));
        if (power === 0n) set.delete(name);
        else set.set(name, Number(power));
      }
      return {
        vscId: Number(valsetUpdateId - world.vscIdOffset),
        validators: Object.fromEntries(set),
        sentAt: sentAt(provider, sent),
        timeoutAt: secondsOf(packet.timeoutTimestamp),
        slashAcks: slashAcks.map((text) => names.nameOf(providerCodecs.consensus.decode(text))),
      };
    });
  }

  function consumerView(launched: Launched, reading: ConsumerReading, nextSlash: bigint): ConsumerView {
    const { runningNs, powers, unsent, outstandingDowntime, waitingForSlashAck } = reading;
    const { chain } = launched;
    return {
      height: chain.endedBlocks,
      lastTime: secondsOf(chain.node.state.lastBlockTimeNs),
      runningTime: secondsOf(runningNs),
      powers,
      committed: powersOf(chain.node.state.nextValidators),
      queueToProvider: underWay(launched.toProvider, nextSlash).map(
        (sent): SlashView => ({
          ...reportView(launched, decodeConsumerPacket(sent.packet.data)),
          sentAt: sentAt(chain, sent),
          timeoutAt: secondsOf(sent.packet.timeoutTimestamp),
        }),
      ),
      unsent,
      outstandingDowntime,
      waitingForSlashAck,
    };
  }

  return {
    observe() {
      const reading = read(provider, readProvider, ({ value }) => value);
      const queues: Record<string, VscView[]> = {};
      const views: Record<string, ConsumerView> = {};
      for (const [name, { launched }] of consumers) {
        if (reading.status[name] !== "running" || launched === undefined) continue;
        const consumer = readConsumer(launched);
        queues[name] = queueTo(launched, consumer);
        views[name] = consumerView(launched, consumer, reading.nextSlash[name]!);
      }
      const { runningNs, powers, jailedUntil, status, assignedKeys, keyOwners } = reading;
      const { lastBlockTimeNs, nextValidators } = provider.node.state;
      return {
        provider: {
          height: provider.endedBlocks,
          lastTime: lastBlockTimeNs < BASE_NS ? -1 : secondsOf(lastBlockTimeNs),
          runningTime: secondsOf(runningNs),
          status,
          powers,
          committed: powersOf(nextValidators),
          jailedUntil,
          assignedKeys,
          keyOwners,
          queueTo: queues,
          pendingSlashAcks: reading.pendingSlashAcks,
          vscId: reading.vscId,
        },
        consumers: views,
      };
    },
  };
}

/** Packets from sequence `next` on, oldest first. */
function underWay(sent: ReadonlyMap<bigint, SentPacket>, next: bigint): SentPacket[] {
  const queue: SentPacket[] = [];
  for (let sequence = next; ; sequence++) {
    const packet = sent.get(sequence);
    if (packet === undefined) return queue;
    queue.push(packet);
  }
}
