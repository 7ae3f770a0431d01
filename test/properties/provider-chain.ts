/** The provider module over real stake, bank and distribution; clients and channels without proofs. */

import { createProviderModule } from "@tandem-ics/ccv";
import { toBase64 } from "@tandem-ics/crypto";
import {
  MsgAssignConsumerKey,
  MsgCreateConsumer,
  MsgCreateConsumerResponse,
  MsgOptIn,
  MsgOptOut,
  MsgUpdateConsumer,
  nsToTimestamp,
  type PowerShapingParameters,
  type ProviderParams,
} from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import { defaultInitialization } from "../../packages/ccv/src/provider/consumer-messages.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { createFakeIbc } from "../../packages/ccv/src/testing/fake-ibc.ts";
import {
  createStakeChain,
  NO_TRANSACTIONS,
  type StakeChainOptions,
} from "../../packages/modules/src/testing.ts";

/** Module account that consumers' rewards come to. */
export const REWARDS_POOL = "consumer_rewards_pool";

/** A message codec with its type. */
interface MessageCodec<T> {
  readonly typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
}

/** The JSON of a VSC packet. */
export interface VscJson {
  readonly validator_updates: readonly { pub_key: { ed25519: string }; power: string }[];
  readonly valset_update_id: string;
  readonly slash_acks: readonly string[];
}

/** Makes the chain; an epoch is three blocks. */
export function createProviderChain(options: StakeChainOptions, params: Partial<ProviderParams> = {}) {
  const stake = createStakeChain({ ...options, stores: ["provider"], moduleAccounts: [REWARDS_POOL] });
  const ibc = createFakeIbc();
  const { module, ibcApp } = createProviderModule({
    addresses: stake.addresses,
    authority: stake.authority,
    staking: stake.staking,
    slashing: stake.slashing,
    distribution: stake.distribution,
    bank: stake.bank,
    auth: stake.auth,
    client: ibc.client,
    connection: ibc.connection,
    channel: ibc.channel,
  });
  module.initGenesis!(stake.ctx, module.defaultGenesis!(), NO_TRANSACTIONS);
  state.params.set(stake.ctx, { ...state.params.require(stake.ctx), blocksPerEpoch: 3n, ...params });
  let ctx = stake.ctx;
  const owner = stake.acc(900);

  const chain = {
    ...stake,
    ibc,
    module,
    ibcApp,
    owner,
    get now(): Context {
      return ctx;
    },
    /** Runs a message of the provider module; nothing of it stays when it throws. */
    deliver<T>(codec: MessageCodec<T>, message: T): Uint8Array {
      const route = module.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
      const branch = ctx.branch();
      const response = route.run(branch.ctx, codec.encode(message).finish());
      branch.commit();
      return response;
    },
    /** Ends the block and begins the next. */
    nextBlock(seconds = 5n): void {
      stake.endBlock(ctx);
      module.endBlock!(ctx);
      ctx = stake.beginBlock(ctx, { seconds });
      module.beginBlock!(ctx);
    },
    /** Ends blocks until an epoch boundary has ended. */
    nextEpoch(): void {
      const { blocksPerEpoch } = state.params.require(ctx);
      for (;;) {
        const isBoundary = ctx.height % blocksPerEpoch === 0n;
        chain.nextBlock();
        if (isBoundary) return;
      }
    },
    /** A registered consumer, owned by somebody, or by governance when it is to be a Top N chain. */
    create(shape: PowerShapingParameters): string {
      const bytes = chain.deliver(
        MsgCreateConsumer,
        MsgCreateConsumer.create({
          submitter: owner,
          chainId: "consumer-1",
          metadata: { name: "c", description: "d", metadata: "m" },
          powerShapingParameters: { ...shape, topN: 0 },
        }),
      );
      const { consumerId } = MsgCreateConsumerResponse.decode(bytes);
      if (shape.topN > 0) {
        chain.deliver(
          MsgUpdateConsumer,
          MsgUpdateConsumer.create({ owner, consumerId, newOwnerAddress: stake.authority }),
        );
        chain.update(consumerId, { powerShapingParameters: shape });
      }
      return consumerId;
    },
    /** An update by whoever owns the consumer. */
    update(consumerId: string, changes: Partial<MsgUpdateConsumer>): void {
      chain.deliver(
        MsgUpdateConsumer,
        MsgUpdateConsumer.create({ owner: state.owners.get(ctx, consumerId)!, consumerId, ...changes }),
      );
    },
    /** Gives a consumer a spawn time: it is launched when the next block begins, if it can be. */
    spawn(consumerId: string): void {
      chain.update(consumerId, {
        initializationParameters: { ...defaultInitialization(), spawnTime: nsToTimestamp(ctx.timeNs) },
      });
    },
    /** Opens the CCV channel of a launched consumer. */
    openChannel(consumerId: string): string {
      const channelId = `channel-${consumerId}`;
      ibc.openConnection(`connection-${consumerId}`, state.clientOfConsumer.get(ctx, consumerId)!);
      ibc.openChannel("provider", channelId, `connection-${consumerId}`);
      ibcApp.onChanOpenConfirm(ctx, { portId: "provider", channelId });
      return channelId;
    },
    optIn(consumerId: string, i: number): void {
      const signer = stake.addresses.account.encode(stake.operator(i));
      chain.deliver(MsgOptIn, MsgOptIn.create({ consumerId, providerAddr: stake.valoper(i), signer }));
    },
    optOut(consumerId: string, i: number): void {
      const signer = stake.addresses.account.encode(stake.operator(i));
      chain.deliver(MsgOptOut, MsgOptOut.create({ consumerId, providerAddr: stake.valoper(i), signer }));
    },
    assignKey(consumerId: string, i: number, key: Uint8Array): void {
      const signer = stake.addresses.account.encode(stake.operator(i));
      const consumerKey = `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(key)}"}`;
      const providerAddr = stake.valoper(i);
      chain.deliver(
        MsgAssignConsumerKey,
        MsgAssignConsumerKey.create({ consumerId, providerAddr, signer, consumerKey }),
      );
    },
    /** VSC packets sent to a consumer, oldest first. */
    sentTo: (consumerId: string): VscJson[] =>
      ibc.sent
        .filter(({ channel }) => channel === `channel-${consumerId}`)
        .map(({ data }) => JSON.parse(data) as VscJson),
  };
  return chain;
}

/** See {@link createProviderChain}. */
export type ProviderChain = ReturnType<typeof createProviderChain>;
