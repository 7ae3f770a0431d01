/**
 * The replay can fail: with any one rule of the protocol broken, a trace that is followed otherwise differs, at the place
 * that the rule governs. Rules are broken from here, by replacing what modules of the chains import.
 */
import type { Context } from "@tandem-ics/runtime";
import type * as conformance from "../../packages/conformance/src/index.ts";
import { ownTrace } from "./support/trace-dir.ts";

type Change = (actual: Record<string, never>) => Record<string, unknown>;

interface BrokenRule {
  /** What is wrong with the chains. */
  readonly rule: string;
  /** The trace that shows it soonest, and how. */
  readonly trace: string;
  readonly field: RegExp;
  readonly kind: string;
  /** Replaced exports by module, from `packages`. */
  readonly changes: Readonly<Record<string, Change>>;
}

const DAY_NS = 86_400_000_000_000n;
const PROVIDER_STATE = "ccv/src/provider/state.ts";
const CONSUMER_STATE = "ccv/src/consumer/state.ts";

const later = (ctx: Context, ns: bigint): Context =>
  ctx.with({ block: { ...ctx.block, timeNs: ctx.timeNs + ns } });

/** A row of a store with one of its methods replaced. */
const row =
  (name: string, methods: (actual: never) => Record<string, unknown>): Change =>
  (actual) => ({ [name]: { ...(actual[name] as unknown as object), ...methods(actual[name] as never) } });

const RULES: readonly BrokenRule[] = [
  {
    rule: "old consumer addresses are pruned a week too early",
    trace: "long_key-01",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.keyOwners\.consumer\d\.consAddr\d+$/,
    changes: {
      "ccv/src/provider/key-assignment.ts": ({
        pruneAddresses,
      }: Record<string, (...args: unknown[]) => void>) => ({
        pruneAddresses: (ctx: Context, consumerId: string) =>
          pruneAddresses!(later(ctx, 7n * DAY_NS), consumerId),
      }),
    },
  },
  {
    rule: "old consumer addresses are never pruned",
    trace: "long_key-01",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.keyOwners\.consumer\d\.consAddr\d+$/,
    changes: { "ccv/src/provider/key-assignment.ts": () => ({ pruneAddresses: () => undefined }) },
  },
  {
    rule: "the VSC id stays what it was at genesis",
    trace: "bound_noinv-02",
    kind: "init",
    field: /^provider\.vscId$/,
    changes: {
      [PROVIDER_STATE]: row(
        "vscId",
        ({ has, set }: { has(ctx: Context): boolean; set(ctx: Context, id: bigint): void }) => ({
          set: (ctx: Context, id: bigint) => (has(ctx) ? undefined : set(ctx, id)),
        }),
      ),
    },
  },
  {
    rule: "slash acks get lost",
    trace: "bound_noinv-02",
    kind: "DeliverPacketToProvider",
    field: /^provider\.pendingSlashAcks\.consumer\d$/,
    changes: { [PROVIDER_STATE]: row("slashAcks", () => ({ set: () => undefined })) },
  },
  {
    rule: "a packet is sent although nothing changed",
    trace: "bound_key-13",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.queueTo\.consumer\d$/,
    changes: {
      "ccv/src/provider/validator-sets.ts": (actual: Record<string, never>) => sendingAlways(actual),
    },
  },
  {
    rule: "a second report of downtime is queued before the first was acknowledged",
    trace: "bound_noinv-02",
    kind: "ConsumerInitiatedSlash",
    field: /^consumers\.consumer\d\.unsent$/,
    changes: { [CONSUMER_STATE]: row("outstandingDowntime", () => ({ has: () => false })) },
  },
  {
    rule: "assigned keys are not applied in consumers' sets",
    trace: "long_key-04",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.queueTo\.consumer\d/,
    changes: {
      [PROVIDER_STATE]: row("consumerKeys", ({ entries }: { entries(...args: unknown[]): unknown }) => ({
        entries: (ctx: Context, range: unknown) => (ctx.mode === "query" ? entries(ctx, range) : []),
      })),
    },
  },
  {
    rule: "jailed validators stay in consumers' sets",
    trace: "bound_timeout-00",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.committed\.node\d+$/,
    changes: {
      "ccv/src/provider/index.ts": ({ createProviderModule }: Record<string, (deps: never) => unknown>) => ({
        createProviderModule: (deps: never) => createProviderModule!(keepingJailed(deps)),
      }),
    },
  },
  {
    rule: "a packet is taken after its timeout",
    trace: "sync_noinv-00",
    kind: "DeliverVscPacket",
    field: /^action$/,
    changes: { "ibc/src/04-channel/packet.ts": () => ({ isElapsed: () => false }) },
  },
  {
    rule: "packets live an hour less",
    trace: "bound_noinv-02",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.queueTo\.consumer\d\.0\.timeoutAt$/,
    changes: {
      "ccv/src/provider/params.ts": ({ ccvTimeoutNs }: Record<string, (ctx: Context) => bigint>) => ({
        ccvTimeoutNs: (ctx: Context) => ccvTimeoutNs!(ctx) - 3_600_000_000_000n,
      }),
    },
  },
  {
    rule: "a report is sent while the one before waits for its answer",
    trace: "bound_noinv-02",
    kind: "EndAndBeginBlockForConsumer",
    field: /^consumers\.consumer\d\.queueToProvider$/,
    changes: {
      [CONSUMER_STATE]: row("slashRecord", ({ get }: { get(ctx: Context): unknown }) => ({
        get: (ctx: Context) => (ctx.mode === "query" ? get(ctx) : undefined),
      })),
    },
  },
  {
    rule: "epochs end one block late",
    trace: "bound_noinv-02",
    kind: "EndAndBeginBlockForProvider",
    field: /^provider\.vscId$/,
    changes: {
      "ccv/src/provider/params.ts": ({ blocksUntilNextEpoch }: Record<string, (ctx: Context) => bigint>) => ({
        blocksUntilNextEpoch: (ctx: Context) =>
          blocksUntilNextEpoch!(ctx.with({ block: { ...ctx.block, height: ctx.height - 1n } })),
      }),
    },
  },
  {
    rule: "of two VSC packets in one block only the later one's changes are applied",
    trace: "bound_noinv-03",
    kind: "DeliverVscPacket",
    field: /^(provider\.queueTo|consumers)\.consumer\d/,
    changes: {
      "ccv/src/types/valset-changes.ts": () => ({ mergeChanges: (_: unknown, changes: unknown) => changes }),
    },
  },
  {
    rule: "reports under an assigned key lead to nobody",
    trace: "key_timeout-02",
    kind: "DeliverPacketToProvider",
    field: /^provider\.jailedUntil/,
    changes: {
      "ccv/src/provider/key-assignment.ts": () => ({
        toProviderAddress: (_ctx: unknown, _consumerId: unknown, address: Uint8Array) => address,
      }),
    },
  },
];

interface SetsModule {
  createValidatorSets(deps: unknown): { store(ctx: Context, consumerId: string, set: unknown): unknown[] };
  storedConsumerSet(ctx: Context, consumerId: string): readonly { publicKey: unknown; power: bigint }[];
}

/** Validator sets that report their first member as changed when nothing has. */
function sendingAlways(actual: unknown): Record<string, unknown> {
  const { createValidatorSets, storedConsumerSet } = actual as SetsModule;
  return {
    createValidatorSets(deps: unknown) {
      const sets = createValidatorSets(deps);
      return {
        ...sets,
        store(ctx: Context, consumerId: string, set: unknown) {
          const updates = sets.store(ctx, consumerId, set);
          if (updates.length > 0) return updates;
          const [{ publicKey, power } = { publicKey: undefined, power: 0n }] = storedConsumerSet(
            ctx,
            consumerId,
          );
          return [{ pubKey: publicKey, power }];
        },
      };
    },
  };
}

interface Validator {
  readonly operator: Uint8Array;
  readonly consAddress: Uint8Array;
  readonly tokens: bigint;
}
interface StakingDeps {
  readonly staking: {
    readonly powerReduction: bigint;
    validator(ctx: Context, operator: Uint8Array): Validator | undefined;
    validatorByConsAddr(ctx: Context, address: Uint8Array): Validator | undefined;
    bondedValidatorsByPower(ctx: Context): readonly Validator[];
    lastValidatorPower(ctx: Context, operator: Uint8Array): bigint;
    jail(ctx: Context, address: Uint8Array): void;
  };
}

/** The provider's view of staking as if jailed validators were still bonded. */
function keepingJailed(deps: never): never {
  const { staking } = deps as StakingDeps;
  const jailed = new Map<string, Uint8Array>();
  const patched = {
    jail(ctx: Context, address: Uint8Array) {
      const { operator } = staking.validatorByConsAddr(ctx, address)!;
      jailed.set(operator.toString(), operator);
      staking.jail(ctx, address);
    },
    bondedValidatorsByPower: (ctx: Context) => [
      ...staking.bondedValidatorsByPower(ctx),
      ...[...jailed.values()].map((operator) => staking.validator(ctx, operator)!),
    ],
    lastValidatorPower: (ctx: Context, operator: Uint8Array) =>
      jailed.has(operator.toString())
        ? staking.validator(ctx, operator)!.tokens / staking.powerReduction
        : staking.lastValidatorPower(ctx, operator),
  };
  const view = Object.create(staking, Object.getOwnPropertyDescriptors(patched));
  return { ...(deps as object), staking: view } as never;
}

/** The replay over chains in which modules are replaced. */
function replayWith({ changes }: BrokenRule): typeof conformance {
  jest.resetModules();
  for (const [module, change] of Object.entries(changes)) {
    const path = `../../packages/${module}`;
    jest.doMock(path, () => {
      const actual = jest.requireActual(path);
      return { ...actual, ...change(actual) };
    });
  }
  const replaced = require("../../packages/conformance/src/index.ts");
  for (const module of Object.keys(changes)) jest.dontMock(`../../packages/${module}`);
  return replaced;
}

test.each(RULES.map((broken) => [broken.rule, broken] as const))(
  "%s: the replay differs",
  async (rule, broken) => {
    const { readTrace, replayTrace, formatOutcome } = replayWith(broken);
    const outcome = await replayTrace(readTrace(ownTrace(broken.trace)));
    process.stdout.write(`${rule}: ${broken.trace} ${formatOutcome(outcome).slice(0, 600)}\n`);
    expect(outcome).toMatchObject({
      kind: "difference",
      difference: { field: expect.stringMatching(broken.field), action: { kind: broken.kind } },
    });
  },
  300_000,
);
