/** Each invariant of one chain's state fails when that state is broken behind the keepers. */
import "./tampered-modules.ts";
import {
  CONSUMER_APPLICATIONS,
  createConsumerApp,
  createProviderApp,
  defaultConsumerGenesis,
  defaultProviderGenesis,
} from "@tandem-ics/ccv";
import { ed25519Address } from "@tandem-ics/crypto";
import { INVARIANTS } from "@tandem-ics/localnet";
import { ConsumerPhase } from "@tandem-ics/proto";
import { type AppModule, type Context, Dec, moduleAddress } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import * as consumerState from "../../packages/ccv/src/consumer/state.ts";
import * as providerState from "../../packages/ccv/src/provider/state.ts";
import { testKey } from "../../packages/ccv/src/testing/fake-staking.ts";
import { ADDRESSES, OPERATORS, staked } from "../../packages/ccv/src/testing/staked-chain.ts";
import { newConsumerGenesis } from "../../packages/ccv/src/testing/test-consumer.ts";
import { setTotalEscrow } from "../../packages/ibc/src/20-transfer/state.ts";
import { createDistributionState } from "../../packages/modules/src/distribution/state.ts";
import { createGovState } from "../../packages/modules/src/gov/state.ts";
import { bank, slashing, staking } from "./broken-state.ts";
import { startOneChain } from "./one-chain.ts";
import { hands, once } from "./tampering.ts";

jest.mock("../../packages/runtime/src/app/base-app.ts", () => {
  const actual = jest.requireActual("../../packages/runtime/src/app/base-app.ts");
  return {
    ...actual,
    createBaseApp(options: { modules: readonly AppModule[] }) {
      mockComposed.push(...options.modules);
      return actual.createBaseApp(options);
    },
  };
});

/** Modules of all applications that were made. */
const mockComposed: AppModule[] = [];
const distribution = createDistributionState();
const gov = createGovState();
/** Operator of the first validator, whose self-delegation is all its stake. */
const operator = OPERATORS[0]!.address;
const consAddress = ed25519Address(testKey(1));
const key = (n: number) => ({ ed25519: testKey(n) });
const member = (n: number) => ({
  providerConsAddr: ed25519Address(testKey(n)),
  power: 1n,
  publicKey: key(7),
  joinHeight: 1n,
});
const launched = (ctx: Context, id: string): void => {
  providerState.phases.set(ctx, id, ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  providerState.clientOfConsumer.set(ctx, id, `07-tendermint-${id}`);
};

/** Invariant → how a provider's state is broken so that it does not hold. */
const PROVIDER: Readonly<Record<string, (ctx: Context) => void>> = {
  "bank/nonnegative-outstanding": (ctx) => bank.balances.set(ctx, [operator, "stake"], -1n),
  "bank/total-supply": (ctx) => bank.supply.set(ctx, "stake", 1n),
  "staking/module-accounts": (ctx) =>
    bank.balances.set(ctx, [moduleAddress("bonded_tokens_pool"), "stake"], 1n),
  "staking/nonnegative-power": (ctx) => staking.byPower.set(ctx, { power: 77n, operator }, operator),
  "staking/positive-delegation": (ctx) =>
    staking.delegations.set(ctx, [operator, operator], {
      delegator: operator,
      validator: operator,
      shares: Dec.ZERO,
    }),
  "staking/delegator-shares": (ctx) =>
    staking.validators.set(ctx, operator, {
      ...staking.validators.get(ctx, operator)!,
      shares: Dec.fromInt(3n),
    }),
  "staking/consensus-addresses": (ctx) => staking.operators.remove(ctx, consAddress),
  "distribution/nonnegative-outstanding": (ctx) =>
    distribution.outstanding.set(ctx, operator, [{ denom: "stake", amount: Dec.parse("-1") }]),
  // Rewards of this period that are in nobody's outstanding ones.
  "distribution/can-withdraw": (ctx) =>
    distribution.current.set(ctx, operator, {
      ...distribution.current.get(ctx, operator)!,
      rewards: [{ denom: "stake", amount: Dec.fromInt(1_000_000_000n) }],
    }),
  "distribution/reference-count": (ctx) => distribution.historical.clear(ctx),
  "distribution/module-account": (ctx) =>
    distribution.communityPool.set(ctx, [{ denom: "stake", amount: Dec.fromInt(9n) }]),
  "gov/module-account": (ctx) =>
    gov.deposits.set(ctx, [1n, operator], {
      proposalId: 1n,
      depositor: ADDRESSES.account.encode(operator),
      amount: [{ denom: "stake", amount: "5" }],
    }),
  "transfer/total-escrow": (ctx) => setTotalEscrow(ctx, "stake", 5n),
  "provider/max-provider-validators": (ctx) =>
    providerState.params.set(ctx, {
      ...providerState.params.require(ctx),
      maxProviderConsensusValidators: 2n,
    }),
  "provider/unique-channels": (ctx) => providerState.channelOfConsumer.set(ctx, "0", "channel-9"),
  "provider/clients-match-phases": (ctx) =>
    providerState.phases.set(ctx, "0", ConsumerPhase.CONSUMER_PHASE_LAUNCHED),
  "provider/justified-addresses": (ctx) =>
    providerState.providerAddresses.set(ctx, ["0", new Uint8Array(20)], consAddress),
  "provider/one-validator-per-key": (ctx) => {
    providerState.consumerValidators.set(ctx, ["0", member(1).providerConsAddr], member(1));
    providerState.consumerValidators.set(ctx, ["0", member(2).providerConsAddr], member(2));
  },
  "provider/nobody-elses-key": (ctx) => {
    launched(ctx, "0");
    providerState.consumerKeys.set(ctx, ["0", consAddress], key(2));
  },
  "provider/queues-match-phases": (ctx) =>
    providerState.phases.set(ctx, "0", ConsumerPhase.CONSUMER_PHASE_INITIALIZED),
  "provider/packets-in-order": (ctx) =>
    providerState.pendingVscPackets.set(ctx, "0", {
      list: [{ validatorUpdates: [], valsetUpdateId: 99n, slashAcks: [] }],
    }),
  "provider/meter-within-bounds": (ctx) => providerState.slashMeter.set(ctx, 1n << 62n),
  "provider/punished-are-out": (ctx) => {
    const info = { startHeight: 0n, indexOffset: 0n, jailedUntilNs: 0n, missedBlocksCounter: 0n };
    const address = ADDRESSES.consensus.encode(consAddress);
    slashing.signingInfos.set(ctx, consAddress, { ...info, address, tombstoned: true });
  },
  "provider/top-n-is-governed": (ctx) =>
    providerState.powerShaping.set(ctx, "0", {
      topN: 67,
      validatorsPowerCap: 0,
      validatorSetCap: 0,
      allowlist: [],
      denylist: [],
      minStake: 0n,
      allowInactiveVals: false,
      prioritylist: [],
    }),
  "provider/rewards-pool-covers-allocations": (ctx) =>
    providerState.rewardAllocations.set(ctx, ["0", "stake"], {
      rewards: [{ denom: "stake", amount: Dec.fromInt(5n).toWire() }],
    }),
};

/** The same for a consumer. */
const CONSUMER: Readonly<Record<string, (ctx: Context) => void>> = {
  "ccvconsumer/positive-powers": (ctx) => {
    const [first] = consumerState.validators.values(ctx);
    consumerState.validators.set(ctx, first!.address, { ...first!, power: 0n });
  },
  "ccvconsumer/slash-record-matches-queue": (ctx) =>
    consumerState.slashRecord.set(ctx, {
      waitingOnReply: true,
      sendTime: { seconds: 1n, nanos: 0 },
    }),
  "ccvconsumer/no-pending-changes": (ctx) =>
    consumerState.pendingChanges.set(ctx, { validatorUpdates: [], valsetUpdateId: 1n, slashAcks: [] }),
  "ccvconsumer/vsc-ids-never-fall": (ctx) => consumerState.vscIdOfHeight.set(ctx, ctx.height, 9n),
  "ccvconsumer/transmission-is-past": (ctx) =>
    consumerState.lastTransmission.set(ctx, { height: ctx.height + 1n }),
};

/** Two weeks after the consensus state in the consumer's genesis would be too late. */
const CONSUMER_START_NS = 1_735_787_050_000_000_000n;
const PROVIDER_START_NS = 1_767_225_600_000_000_000n;

function start(kind: "provider" | "consumer") {
  if (kind === "provider")
    return startOneChain(
      createProviderApp({ backend: createMemoryBackend() }),
      kind,
      staked(defaultProviderGenesis()),
      PROVIDER_START_NS,
    );
  const genesis = { ...defaultConsumerGenesis(), ccvconsumer: newConsumerGenesis() };
  return startOneChain(
    createConsumerApp({ backend: createMemoryBackend() }),
    kind,
    genesis,
    CONSUMER_START_NS,
  );
}

const cases = [
  ...Object.entries(PROVIDER).map(([name, act]) => [name, "provider", act] as const),
  ...Object.entries(CONSUMER).map(([name, act]) => [name, "consumer", act] as const),
];

test.each(cases)("%s is found broken", (name, kind, act) => {
  const chain = start(kind);
  expect([chain.block(), chain.block()]).toEqual([[], []]);
  hands[kind] = once((ctx) => {
    act(ctx);
    return undefined;
  });
  const violations = chain.block();
  const found = violations.find(({ invariant }) => invariant === name);
  expect([violations.map(({ invariant }) => invariant), found !== undefined]).toEqual([
    expect.arrayContaining([name]),
    true,
  ]);
  expect(found).toMatchObject({ chain: kind, height: 3n, expected: INVARIANTS[name] });
  expect(found!.found).not.toBe("");
  // For good: no block follows.
  hands[kind] = undefined;
  expect(chain.block().length).toBeGreaterThan(0);
});

test("every invariant that a chain has is listed, and every listed one is broken by a test", () => {
  mockComposed.length = 0;
  for (const create of [createProviderApp, createConsumerApp]) create({ backend: createMemoryBackend() });
  for (const { create } of Object.values(CONSUMER_APPLICATIONS)) create({ backend: createMemoryBackend() });
  const named = mockComposed.flatMap(({ name, invariants = {} }) =>
    Object.keys(invariants).map((invariant) => `${name}/${invariant}`),
  );
  const listed = Object.keys(INVARIANTS).filter((name) => name.includes("/"));
  expect([...new Set(named)].sort()).toEqual([...listed].sort());
  expect(Object.keys({ ...PROVIDER, ...CONSUMER }).sort()).toEqual([...listed].sort());
});
