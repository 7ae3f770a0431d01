/**
 * Closing an epoch: the provider's block at a boundary, with launched consumers whose CCV channels are open. The network is
 * one that `tandem up` could start: consumers, clients and channels stand in its genesis, so that a hundred of them need no
 * chains of their own. Beside each boundary stands the block before it, with the same votes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase64 } from "@tandem-ics/crypto";
import { createConsensusKey, Localnet, type LocalnetOptions } from "@tandem-ics/localnet";
import {
  ConsumerGenesisState,
  ConsumerMetadata,
  ConsumerPhase,
  nsToDuration,
  PowerShapingParameters,
  toProtoJson,
} from "@tandem-ics/proto";
import {
  type Context,
  createAddressCodecs,
  createTestContext,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";
import { MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { ClientState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { defaultInitialization } from "../../packages/ccv/src/provider/consumer-messages.ts";
import { setClient } from "../../packages/ccv/src/provider/consumers.ts";
import { createProviderExtra } from "../../packages/ccv/src/provider/extra-genesis.ts";
import { exportProviderGenesis } from "../../packages/ccv/src/provider/genesis.ts";
import { defaultProviderParams, defaultTemplateClient } from "../../packages/ccv/src/provider/params.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { consAddressOfKey } from "../../packages/ccv/src/types/addresses.ts";
import { defaultConsumerParams } from "../../packages/ccv/src/types/consumer-params.ts";
import { type Figure, spread } from "./measure.ts";

const SEED = "epoch";
const BLOCKS_PER_EPOCH = 5;
const CENTURY_NS = 3_155_760_000_000_000_000n;
const NO_CLIENT_HEIGHT = { revision_number: "1", revision_height: "1" };

type Genesis = NonNullable<Exclude<NonNullable<LocalnetOptions["provider"]>, false>["genesis"]>;

/** What is measured. */
export interface EpochCase {
  readonly validators: number;
  readonly consumers: number;
  /** Top N 100, a power cap that does not bind, and a key of its own of every validator on every consumer. */
  readonly shaped: boolean;
  /** LMDB in a temporary folder instead of memory. */
  readonly disk: boolean;
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `v${i + 1}`);
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

/** Rows of launched consumers that every validator validates. */
function writeConsumers(ctx: Context, { validators, consumers, shaped }: EpochCase): void {
  const owner = createAddressCodecs("cosmos").account.encode(moduleAddress("gov"));
  const addresses = names(validators).map((name) => createConsensusKey(SEED, name, "provider").address);
  const params = defaultConsumerParams();
  for (const id of ids(consumers)) {
    setClient(ctx, id, `07-tendermint-${id}`);
    state.channelOfConsumer.set(ctx, id, `channel-${id}`);
    state.consumerOfChannel.set(ctx, `channel-${id}`, id);
    state.initChainHeight.set(ctx, id, 1n);
    state.phases.set(ctx, id, ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    state.chainIds.set(ctx, id, `consumer-${id}`);
    state.owners.set(ctx, id, owner);
    state.metadata.set(ctx, id, ConsumerMetadata.fromPartial({ name: id, description: id, metadata: "{}" }));
    state.initialization.set(ctx, id, defaultInitialization());
    state.evidenceMinHeight.set(ctx, id, 1n);
    state.powerShaping.set(
      ctx,
      id,
      PowerShapingParameters.fromPartial(shaped ? { topN: 100, validatorsPowerCap: 10 } : {}),
    );
    state.consumerGenesis.set(
      ctx,
      id,
      ConsumerGenesisState.fromPartial({
        params: { ...params, enabled: true, consumerId: id },
        provider: {
          initialValSet: [{ pubKey: { ed25519: new Uint8Array(32).fill(1) }, power: 1n }],
        },
        newChain: true,
        preCCV: true,
        connectionId: `connection-${id}`,
      }),
    );
    addresses.forEach((address, i) => {
      state.optedIn.set(ctx, [id, address], true);
      if (!shaped) return;
      const key = PublicKey.fromPartial({
        ed25519: createConsensusKey(SEED, names(validators)[i]!, id).pubKey,
      });
      state.consumerKeys.set(ctx, [id, address], key);
      state.providerAddresses.set(ctx, [id, consAddressOfKey(key)], address);
    });
  }
  state.nextConsumerId.set(ctx, BigInt(consumers));
  state.vscId.set(ctx, 1n);
  state.slashMeter.set(ctx, 1n);
  state.replenishCandidate.set(ctx, ctx.timeNs);
  state.params.set(ctx, {
    ...defaultProviderParams(),
    blocksPerEpoch: BigInt(BLOCKS_PER_EPOCH),
    maxProviderConsensusValidators: BigInt(validators),
  });
}

/** Open ends of connections and CCV channels over clients of the consumers. */
function ibcSection(consumers: number): JsonObject {
  const clientState = (id: string): JsonObject => ({
    "@type": ClientState.typeUrl,
    ...(toProtoJson(
      "ibc.lightclients.tendermint.v1.ClientState",
      ClientState.fromPartial({
        chainId: `consumer-${id}`,
        trustLevel: { numerator: 1n, denominator: 3n },
        trustingPeriod: nsToDuration(CENTURY_NS),
        unbondingPeriod: nsToDuration(2n * CENTURY_NS),
        maxClockDrift: nsToDuration(10_000_000_000n),
        latestHeight: { revisionNumber: 1n, revisionHeight: 1n },
        proofSpecs: defaultTemplateClient().proofSpecs,
        upgradePath: ["upgrade", "upgradedIBCState"],
      }),
    ) as JsonObject),
  });
  const all = ids(consumers);
  const next = consumers.toString();
  const sequences = all.map((id) => ({ port_id: "provider", channel_id: `channel-${id}`, sequence: "1" }));
  return {
    client_genesis: {
      clients: all.map((id) => ({ client_id: `07-tendermint-${id}`, client_state: clientState(id) })),
      clients_consensus: all.map((id) => ({
        client_id: `07-tendermint-${id}`,
        consensus_states: [
          {
            height: NO_CLIENT_HEIGHT,
            consensus_state: {
              "@type": "/ibc.lightclients.tendermint.v1.ConsensusState",
              timestamp: "2020-01-01T00:00:00Z",
              root: { hash: toBase64(new Uint8Array(32).fill(1)) },
              next_validators_hash: "01".repeat(32),
            },
          },
        ],
      })),
      next_client_sequence: next,
    },
    connection_genesis: {
      connections: all.map((id) => ({
        id: `connection-${id}`,
        client_id: `07-tendermint-${id}`,
        versions: [{ identifier: "1", features: ["ORDER_ORDERED", "ORDER_UNORDERED"] }],
        state: "STATE_OPEN",
        counterparty: {
          client_id: "07-tendermint-0",
          connection_id: "connection-0",
          prefix: { key_prefix: toBase64(Buffer.from("ibc")) },
        },
        delay_period: "0",
      })),
      client_connection_paths: all.map((id) => ({
        client_id: `07-tendermint-${id}`,
        paths: [`connection-${id}`],
      })),
      next_connection_sequence: next,
    },
    channel_genesis: {
      channels: all.map((id) => ({
        state: "STATE_OPEN",
        ordering: "ORDER_ORDERED",
        counterparty: { port_id: "consumer", channel_id: "channel-0" },
        connection_hops: [`connection-${id}`],
        version: "1",
        port_id: "provider",
        channel_id: `channel-${id}`,
      })),
      send_sequences: sequences,
      recv_sequences: sequences,
      ack_sequences: sequences,
      next_channel_sequence: next,
    },
  };
}

/** The provider, running, at a height that its first boundary is behind. */
async function startProvider(options: EpochCase, home: string | undefined): Promise<Localnet> {
  const ctx = createTestContext({ stores: { provider: "iavl" } });
  writeConsumers(ctx, options);
  const provider = exportProviderGenesis(ctx);
  const genesis = {
    provider,
    provider_extra: createProviderExtra().exportGenesis!(ctx),
    ibc: ibcSection(options.consumers),
  };
  return Localnet.start({
    ...(home === undefined ? {} : { home }),
    seed: SEED,
    validators: names(options.validators).map((name, i) => ({
      name,
      stake: ((2n + BigInt(i % 7)) * 1_000_000n).toString(),
    })),
    consumers: [],
    provider: {
      blocksPerEpoch: BLOCKS_PER_EPOCH,
      maxValidators: options.validators,
      maxProviderConsensusValidators: options.validators,
      genesis: genesis as unknown as Genesis,
    },
  });
}

/** Milliseconds that the application takes for a block, executed and committed. */
function createStopwatch({ provider: { node } }: Localnet) {
  const { app } = node;
  let spent = 0;
  for (const step of ["finalizeBlock", "commit"] as const) {
    const run = app[step].bind(app) as (request: never) => unknown;
    Object.assign(app, {
      [step](request: never): unknown {
        const began = performance.now();
        const answer = run(request);
        spent += performance.now() - began;
        return answer;
      },
    });
  }
  /** Makes a block; tells the time, and the packets that left in it. */
  return (): { ms: number; packets: number } => {
    globalThis.gc?.();
    spent = 0;
    const { response } = node.produceBlock();
    return { ms: spent, packets: response.events.filter(({ type }) => type === "send_packet").length };
  };
}

/** Delegates one unit of power to every validator. */
async function changeEverything(net: Localnet, validators: readonly string[]): Promise<void> {
  const sender = net.sender("provider", "owner");
  const codecs = createAddressCodecs("cosmos");
  const accounts = new Map(net.accounts.map(({ name, address }) => [name, codecs.account.decode(address)]));
  await sender.send(
    validators.map((name) => ({
      typeUrl: MsgDelegate.typeUrl,
      value: MsgDelegate.fromPartial({
        delegatorAddress: sender.address,
        validatorAddress: codecs.validator.encode(accounts.get(name)!),
        amount: { denom: "stake", amount: "1000000" },
      }),
    })),
  );
}

/** Figures of one case: boundaries after which nothing, and after which everything has changed, and blocks before them. */
export async function benchEpoch(options: EpochCase, epochs: number): Promise<Figure[]> {
  const home = options.disk ? mkdtempSync(join(tmpdir(), "tandem-epoch-")) : undefined;
  const validators = names(options.validators);
  const net = await startProvider(options, home);
  try {
    const { node } = net.provider;
    const produce = createStopwatch(net);
    const untilBeforeBoundary = (): void => {
      while ((node.height + 1n) % BigInt(BLOCKS_PER_EPOCH) !== 0n) node.produceBlock();
    };
    const times = { quiet: [] as number[], unchanged: [] as number[], changed: [] as number[] };
    for (let epoch = 0; epoch < epochs + 1; epoch++) {
      for (const everything of [false, true]) {
        if (everything) await changeEverything(net, validators);
        untilBeforeBoundary();
        const { ms, packets } = produce();
        // The first boundary makes all sets from nothing.
        if (epoch === 0) continue;
        const due = everything ? options.consumers : 0;
        if (packets !== due) throw new Error(`${packets} packets were sent at a boundary, not ${due}`);
        times[everything ? "changed" : "unchanged"].push(ms);
        times.quiet.push(produce().ms);
      }
    }
    const where = `${options.validators} × ${options.consumers}${options.shaped ? ", shaped" : ""}, ${options.disk ? "LMDB" : "memory"}`;
    return [
      figure(`${where}: ordinary block`, times.quiet),
      figure(`${where}: boundary, nothing changed`, times.unchanged),
      figure(`${where}: boundary, every power changed`, times.changed),
    ];
  } finally {
    await net.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  }
}

const figure = (name: string, values: readonly number[]): Figure => ({
  name,
  unit: "ms",
  value: spread(values),
  runs: values.length,
});

/** 180 validators and 20 consumers, plain and shaped, on memory and on LMDB. */
export async function benchEpochs(epochs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const shaped of [false, true])
    for (const disk of [false, true])
      figures.push(...(await benchEpoch({ validators: 180, consumers: 20, shaped, disk }, epochs)));
  return figures;
}

/** How it grows with validators and consumers, in memory. */
export async function benchEpochGrowth(epochs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const consumers of [10, 50, 100])
    for (const validators of [60, 180, 500])
      figures.push(...(await benchEpoch({ validators, consumers, shaped: false, disk: false }, epochs)));
  return figures;
}
