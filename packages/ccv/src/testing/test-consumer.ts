/** For tests of this package: a consumer module over fakes, with blocks and packets. */
import { type Acknowledgement, transferErrors } from "@tandem-ics/ibc";
import {
  type ConsumerGenesisState,
  type ConsumerParams,
  nsToDuration,
  nsToTimestamp,
  type ValidatorSetChangePacketData,
} from "@tandem-ics/proto";
import {
  atBlock,
  type Coin,
  type Context,
  createTestContext,
  type Event,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { StandaloneStaking } from "../consumer/index.ts";
import { createConsumerModule, createConsumerStakingView } from "../consumer/index.ts";
import { defaultTemplateClient } from "../provider/params.ts";
import { defaultConsumerParams } from "../types/consumer-params.ts";
import { genesisToJson } from "../types/genesis-json.ts";
import { encodeVscPacket, RESULT_OK } from "../types/packets.ts";
import { createFakeBank } from "./fake-bank.ts";
import { createFakeIbc, packetTo } from "./fake-ibc.ts";
import { testKey } from "./fake-staking.ts";
import { ADDRESSES, AUTHORITY } from "./test-provider.ts";

const SECOND_NS = 1_000_000_000n;
const DAY_NS = 86_400n * SECOND_NS;
/** Connection over the client that genesis makes. */
export const PROVIDER_CONNECTION = "connection-0";

/** An update of the `n`th test key. */
export const updateOf = (n: number, power: bigint): ValidatorUpdate => ({
  pubKey: { ed25519: testKey(n) },
  power,
});

/** A transfer that was asked for. */
export interface SentTransfer {
  readonly token: Coin;
  readonly sender: string;
  readonly receiver: string;
  readonly sourceChannel: string;
  readonly timeoutTimestamp: bigint;
  readonly memo: string;
}

/** Genesis of a consumer as a provider writes it. */
export function newConsumerGenesis(
  changes: Partial<ConsumerGenesisState> = {},
  params: Partial<ConsumerParams> = {},
): JsonObject {
  const clientState = {
    ...defaultTemplateClient(),
    chainId: "provider-1",
    trustingPeriod: nsToDuration(14n * DAY_NS),
    unbondingPeriod: nsToDuration(21n * DAY_NS),
    latestHeight: { revisionNumber: 1n, revisionHeight: 25n },
  };
  const consensusState = {
    timestamp: nsToTimestamp(1_735_787_045_678_900_000n),
    root: { hash: new Uint8Array(32).fill(7) },
    nextValidatorsHash: new Uint8Array(32).fill(8),
  };
  return genesisToJson<ConsumerGenesisState>("interchain_security.ccv.v1.ConsumerGenesisState", {
    params: { ...defaultConsumerParams(), enabled: true, ...params },
    provider: {
      clientState,
      consensusState,
      initialValSet: [updateOf(1, 10n), updateOf(2, 8n), updateOf(3, 5n)],
    },
    newChain: true,
    preCCV: false,
    connectionId: "",
    ...changes,
  });
}

/** What a test consumer starts from. */
export interface TestConsumerOptions {
  readonly genesis?: JsonObject;
  readonly standalone?: StandaloneStaking;
  /** Default 1. */
  readonly initialHeight?: bigint;
  /** Runs before genesis: for connections that are there already. */
  readonly prepare?: (ibc: ReturnType<typeof createFakeIbc>) => void;
}

/** A consumer in its first block. */
export function createTestConsumer({
  genesis = newConsumerGenesis(),
  standalone,
  initialHeight = 1n,
  prepare,
}: TestConsumerOptions = {}) {
  const ibc = createFakeIbc();
  prepare?.(ibc);
  const bank = createFakeBank();
  const bonded: { height: bigint; address: Uint8Array }[] = [];
  const transfers: SentTransfer[] = [];
  const fails = { transfers: false };
  const view = createConsumerStakingView(ADDRESSES, standalone);
  const consumer = createConsumerModule({
    addresses: ADDRESSES,
    authority: AUTHORITY,
    slashing: {
      afterValidatorBonded: (at, address) => void bonded.push({ height: at.height, address }),
    },
    bank: bank.bank,
    auth: ibc.auth,
    client: ibc.client,
    connection: ibc.connection,
    channel: ibc.channel,
    transfer: {
      sendTransfer(_, transfer) {
        if (fails.transfers) throw transferErrors.sendDisabled();
        transfers.push(transfer);
        bank.bank.sendFromModuleToModule(_, "cons_to_send_to_provider", "transfer", [transfer.token]);
      },
    },
    ...(standalone === undefined ? {} : { standalone }),
  });
  const { module } = consumer;
  let ctx = createTestContext({
    stores: [module],
    chainId: "consumer-1",
    height: initialHeight === 1n ? 0n : initialHeight,
  });
  const genesisUpdates = module.initGenesis!(ctx, genesis, { deliverTx() {} });
  ctx = atBlock(ctx, { height: initialHeight });
  module.beginBlock!(ctx);
  if (ibc.clients.size > 0) ibc.openConnection(PROVIDER_CONNECTION, "07-tendermint-0");

  return {
    ibc,
    bank,
    view,
    bonded,
    transfers,
    fails,
    consumer,
    module,
    genesisUpdates,
    app: consumer.ibcApp,
    get ctx(): Context {
      return ctx;
    },
    get events(): readonly Event[] {
      return ctx.events.events;
    },
    eventsOf: (type: string): Record<string, string>[] =>
      ctx.events.events
        .filter((event) => event.type === type)
        .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value]))),

    /** Ends the block and begins the next; returns the updates for the engine. */
    nextBlock(seconds = 5n): ValidatorUpdate[] {
      const updates = module.endBlock!(ctx) ?? [];
      ctx = atBlock(ctx, { height: ctx.height + 1n, timeNs: ctx.timeNs + seconds * SECOND_NS });
      module.beginBlock!(ctx);
      return [...updates];
    },

    /** A CCV channel whose handshake got to ACK. */
    openChannel(channelId = "channel-0"): string {
      ibc.openChannel("consumer", channelId, PROVIDER_CONNECTION);
      return channelId;
    },

    /** Receives bytes on a CCV channel as core IBC does, nothing staying of a refused packet. */
    receive(data: string | Uint8Array, channelId = "channel-0"): Acknowledgement {
      const branch = ctx.branch();
      const packet = packetTo("consumer", channelId, data);
      const ack = consumer.ibcApp.onRecvPacket(branch.ctx, {
        channelVersion: "1",
        packet,
        relayer: new Uint8Array(20),
      })!;
      if (ack.success) branch.commit();
      return ack;
    },

    /** Receives a VSC packet. */
    vsc(
      valsetUpdateId: bigint,
      validatorUpdates: readonly ValidatorUpdate[] = [],
      changes: Partial<ValidatorSetChangePacketData> = {},
      channelId = "channel-0",
    ): Acknowledgement {
      return this.receive(
        encodeVscPacket({
          validatorUpdates: [...validatorUpdates],
          valsetUpdateId,
          slashAcks: [],
          ...changes,
        }),
        channelId,
      );
    },

    /** The provider's answer to the last packet that was sent. */
    answer(acknowledgement: string | Uint8Array = RESULT_OK, channelId = "channel-0"): void {
      const bytes =
        typeof acknowledgement === "string"
          ? acknowledgement
          : `{"result":"${Buffer.from(acknowledgement).toString("base64")}"}`;
      consumer.ibcApp.onAcknowledgementPacket(ctx, {
        channelVersion: "1",
        packet: {
          ...packetTo("provider", "channel-7", ibc.sent.at(-1)?.data ?? ""),
          sourcePort: "consumer",
          sourceChannel: channelId,
        },
        acknowledgement: Buffer.from(bytes),
        relayer: new Uint8Array(20),
      });
    },

    exportGenesis: (): JsonObject => module.exportGenesis!(ctx),
    /** Account text of a module. */
    account: (name: string): string => ADDRESSES.account.encode(moduleAddress(name)),
  };
}

/** See {@link createTestConsumer}. */
export type TestConsumer = ReturnType<typeof createTestConsumer>;
