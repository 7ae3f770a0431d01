/** For tests of this package: a provider module over fakes, with blocks and messages. */
import { toBase64 } from "@tandem-ics/crypto";
import {
  type ConsumerInitializationParameters,
  type ConsumerPhase,
  MsgCreateConsumer,
  MsgCreateConsumerResponse,
  MsgOptIn,
  MsgRemoveConsumer,
  MsgUpdateConsumer,
  nsToTimestamp,
  type ProviderParams,
} from "@tandem-ics/proto";
import {
  atBlock,
  type Context,
  createAddressCodecs,
  createTestContext,
  type Event,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { defaultInitialization } from "../provider/consumer-messages.ts";
import { createProviderModule } from "../provider/index.ts";
import * as state from "../provider/state.ts";
import { createFakeBank } from "./fake-bank.ts";
import { createFakeIbc } from "./fake-ibc.ts";
import { createFakeStaking, testAddress, testKey, testOperator } from "./fake-staking.ts";

const SECOND_NS = 1_000_000_000n;

/** Address forms of the test provider. */
export const ADDRESSES = createAddressCodecs("cosmos");
/** The gov module account. */
export const AUTHORITY = ADDRESSES.account.encode(moduleAddress("gov"));
/** Someone who owns consumers. */
export const OWNER = ADDRESSES.account.encode(new Uint8Array(20).fill(99));
/** Account of validator `n`'s operator. */
export const accountOf = (n: number): string => ADDRESSES.account.encode(testOperator(n));
/** Operator address of validator `n`. */
export const operatorOf = (n: number): string => ADDRESSES.validator.encode(testOperator(n));
/** Provider consensus address of validator `n`. */
export const consAddressOf = (n: number): string => ADDRESSES.consensus.encode(testAddress(n));
/** JSON of the `n`th test key. */
export const keyJson = (n: number): string =>
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(testKey(n))}"}`;

/** A message codec with its type. */
interface MessageCodec<T> {
  readonly typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
}

/** What a test provider starts from. */
export interface TestProviderOptions {
  /** Tokens of validators 1, 2, … */
  readonly tokens?: readonly bigint[];
  readonly params?: Partial<ProviderParams>;
}

/** A provider at height 1, with three blocks in an epoch unless told otherwise. */
export function createTestProvider({
  tokens = [10_000_000n, 8_000_000n, 5_000_000n],
  params = {},
}: TestProviderOptions = {}) {
  const fake = createFakeStaking(tokens);
  const ibc = createFakeIbc();
  const bank = createFakeBank();
  const provider = createProviderModule({
    addresses: ADDRESSES,
    authority: AUTHORITY,
    staking: fake.staking,
    slashing: fake.slashing,
    distribution: bank.distribution(),
    bank: bank.bank,
    auth: ibc.auth,
    client: ibc.client,
    connection: ibc.connection,
    channel: ibc.channel,
  });
  const { module } = provider;
  let ctx = createTestContext({ stores: [module], chainId: "provider", height: 0n });
  const genesisUpdates = module.initGenesis!(ctx, module.defaultGenesis!(), { deliverTx() {} })!;
  state.params.set(ctx, { ...state.params.require(ctx), blocksPerEpoch: 3n, ...params });
  ctx = atBlock(ctx, { height: 1n });

  return {
    fake,
    ibc,
    bank,
    provider,
    module,
    genesisUpdates,
    get ctx(): Context {
      return ctx;
    },
    /** Events since the block began. */
    get events(): readonly Event[] {
      return ctx.events.events;
    },
    eventsOf: (type: string): Record<string, string>[] =>
      ctx.events.events
        .filter((event) => event.type === type)
        .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value]))),

    /** Runs a message as the router does; nothing of it stays when it throws. */
    deliver<T>(codec: MessageCodec<T>, message: T): Uint8Array {
      const route = module.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
      const branch = ctx.branch();
      const response = route.run(branch.ctx, codec.encode(message).finish());
      branch.commit();
      return response;
    },

    /** Ends the block and begins the next; returns the provider's own updates. */
    nextBlock(seconds = 5n): ValidatorUpdate[] {
      const updates = module.endBlock!(ctx) ?? [];
      ctx = atBlock(ctx, { height: ctx.height + 1n, timeNs: ctx.timeNs + seconds * SECOND_NS });
      module.beginBlock!(ctx);
      return [...updates];
    },

    /** Ends blocks until an epoch boundary has ended. */
    nextEpoch(): void {
      const { blocksPerEpoch } = state.params.require(ctx);
      for (;;) {
        const isBoundary = ctx.height % blocksPerEpoch === 0n;
        this.nextBlock();
        if (isBoundary) return;
      }
    },

    create(changes: Partial<MsgCreateConsumer> = {}): string {
      const bytes = this.deliver(
        MsgCreateConsumer,
        MsgCreateConsumer.create({
          submitter: OWNER,
          chainId: "consumer-1",
          metadata: { name: "c", description: "d", metadata: "m" },
          ...changes,
        }),
      );
      return MsgCreateConsumerResponse.decode(bytes).consumerId;
    },

    update(consumerId: string, changes: Partial<MsgUpdateConsumer>): void {
      this.deliver(MsgUpdateConsumer, MsgUpdateConsumer.create({ owner: OWNER, consumerId, ...changes }));
    },

    remove(consumerId: string, owner = OWNER): void {
      this.deliver(MsgRemoveConsumer, { consumerId, owner });
    },

    phase: (consumerId: string): ConsumerPhase | undefined => state.phases.get(ctx, consumerId),

    optIn(consumerId: string, n: number, consumerKey = ""): void {
      const providerAddr = operatorOf(n);
      this.deliver(
        MsgOptIn,
        MsgOptIn.create({ consumerId, providerAddr, consumerKey, signer: accountOf(n) }),
      );
    },

    initialization: (changes: Partial<ConsumerInitializationParameters> = {}) => ({
      ...defaultInitialization(),
      spawnTime: nsToTimestamp(ctx.timeNs),
      ...changes,
    }),

    /** Creates, opts in and launches a consumer. */
    launch(validators: readonly number[] = [1, 2, 3], changes: Partial<MsgCreateConsumer> = {}): string {
      const consumerId = this.create({ initializationParameters: this.initialization(), ...changes });
      for (const n of validators) this.optIn(consumerId, n);
      this.nextBlock();
      return consumerId;
    },

    /** Opens the CCV channel of a launched consumer. */
    openChannel(consumerId: string, channelId = `channel-${consumerId}`): string {
      const connectionId = `connection-${consumerId}`;
      ibc.openConnection(connectionId, state.clientOfConsumer.get(ctx, consumerId)!);
      ibc.openChannel("provider", channelId, connectionId);
      provider.ibcApp.onChanOpenConfirm(ctx, { portId: "provider", channelId });
      return channelId;
    },

    exportGenesis: (): JsonObject => module.exportGenesis!(ctx),
  };
}

/** See {@link createTestProvider}. */
export type TestProvider = ReturnType<typeof createTestProvider>;
