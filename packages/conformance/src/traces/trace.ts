/**
 * Traces of the formal model of cross-chain validation: random runs, the whole state after each action. This is their
 * form as files have it; times are in seconds from the model's start, powers whole numbers.
 */
import { z } from "zod";

const powers = z.record(z.string(), z.int().nonnegative());
const texts = z.record(z.string(), z.string());
const seconds = z.int().nonnegative();

const vscPacket = z.object({
  type: z.literal("vsc"),
  vscId: z.int().nonnegative(),
  /** The whole set that the consumer will have. */
  validators: powers,
  sentAt: z.int(),
  timeoutAt: z.int(),
  slashAcks: z.array(z.string()),
});
const slashPacket = z.object({
  type: z.literal("slash"),
  vscId: z.int().nonnegative(),
  validator: z.string(),
  downtime: z.boolean(),
  sentAt: z.int(),
  timeoutAt: z.int(),
});

const action = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("init") }),
  z.object({ kind: z.literal("VotingPowerChange"), validator: z.string(), changeAmount: z.int() }),
  z.object({
    kind: z.literal("EndAndBeginBlockForProvider"),
    timeAdvancement: seconds,
    consumersToStart: z.array(z.string()),
    consumersToStop: z.array(z.string()),
  }),
  z.object({
    kind: z.literal("EndAndBeginBlockForConsumer"),
    consumerChain: z.string(),
    timeAdvancement: seconds,
  }),
  z.object({ kind: z.literal("DeliverVscPacket"), consumerChain: z.string() }),
  z.object({ kind: z.literal("DeliverPacketToProvider"), consumerChain: z.string() }),
  z.object({
    kind: z.literal("KeyAssignment"),
    consumerChain: z.string(),
    validator: z.string(),
    consumerAddr: z.string(),
  }),
  z.object({
    kind: z.literal("ConsumerInitiatedSlash"),
    consumerChain: z.string(),
    validator: z.string(),
    vscId: z.int().nonnegative(),
    isDowntime: z.boolean(),
  }),
]);

const providerState = z.object({
  height: z.int().nonnegative(),
  /** −1: no block has ended. */
  lastTime: z.int(),
  runningTime: seconds,
  powers,
  committed: powers,
  jailedUntil: z.record(z.string(), z.int()),
  vscId: z.int().nonnegative(),
  status: z.record(z.string(), z.enum(["not consumer", "running", "stopped", "timedout"])),
  assignedKeys: z.record(z.string(), texts),
  keyOwners: z.record(z.string(), texts),
  pendingSlashAcks: z.record(z.string(), z.array(z.string())),
  queueTo: z.record(z.string(), z.array(vscPacket)),
});

const consumerState = z.object({
  height: z.int().nonnegative(),
  lastTime: z.int(),
  runningTime: seconds,
  powers,
  committed: powers,
  queueToProvider: z.array(slashPacket),
  unsent: z.array(slashPacket),
  outstandingDowntime: z.array(z.string()),
  waitingForSlashAck: z.boolean(),
});

const step = z.object({
  action,
  provider: providerState,
  consumers: z.record(z.string(), consumerState),
});

const periods = z.record(z.string(), z.int().positive());
const params = z.object({
  BlocksPerEpoch: z.int().positive(),
  ConsumerChains: z.array(z.string()).min(1),
  Nodes: z.array(z.string()).min(1),
  ConsumerAddresses: z.array(z.string()),
  InitialValidatorSet: powers,
  UnbondingPeriodPerChain: periods,
  TrustingPeriodPerChain: periods,
  /** Timeout of packets that a chain sends. */
  CcvTimeout: periods,
  DowntimeJailDuration: z.int().positive(),
});

/** A trace file's content. Files may say more than is read here. */
export const traceSchema = z
  .object({
    family: z.string(),
    flavour: z.string(),
    seed: z.union([z.string(), z.number()]).optional(),
    reached: z.string().nullish(),
    params,
    steps: z.array(step).min(1),
  })
  .superRefine(({ params: { Nodes, ConsumerAddresses, ConsumerChains, ...periodsOf }, steps }, ctx) => {
    const complain = (path: PropertyKey[], message: string): void =>
      void ctx.addIssue({ code: "custom", path, message });
    if (steps[0]?.action.kind !== "init") complain(["steps", 0, "action"], "the first action is init");
    for (const name of ["UnbondingPeriodPerChain", "TrustingPeriodPerChain", "CcvTimeout"] as const)
      for (const chain of ["provider", ...ConsumerChains])
        if (periodsOf[name][chain] === undefined) complain(["params", name], `nothing is said of ${chain}`);
    for (const [chain, trusting] of Object.entries(periodsOf.TrustingPeriodPerChain))
      if (trusting >= (periodsOf.UnbondingPeriodPerChain[chain] ?? Number.POSITIVE_INFINITY))
        complain(["params", "TrustingPeriodPerChain", chain], "it is not shorter than the unbonding period");
    const nodes = new Set(Nodes);
    const chains = new Set(ConsumerChains);
    const known = {
      validator: nodes,
      consumerAddr: new Set(ConsumerAddresses),
      consumerChain: chains,
      consumersToStart: chains,
      consumersToStop: chains,
    };
    /** Consumers report by address. */
    const reported = { ...known, validator: new Set([...Nodes, ...ConsumerAddresses]) };
    for (const [name, listed] of Object.entries({ Nodes, ConsumerAddresses, ConsumerChains }))
      if (new Set(listed).size < listed.length) complain(["params", name], "a name comes twice");
    for (const name of Object.keys(periodsOf.InitialValidatorSet))
      if (!nodes.has(name)) complain(["params", "InitialValidatorSet"], `${name} is not in Nodes`);
    steps.forEach(({ action: acted, provider, consumers }, i) => {
      const { status, assignedKeys, keyOwners, pendingSlashAcks, queueTo } = provider;
      for (const named of [consumers, status, assignedKeys, keyOwners, pendingSlashAcks, queueTo])
        for (const name of Object.keys(named))
          if (!chains.has(name)) complain(["steps", i], `${name} is not in params`);
      const allowed = acted.kind === "ConsumerInitiatedSlash" ? reported : known;
      for (const [field, names] of Object.entries(allowed)) {
        const named = (acted as Record<string, string | string[]>)[field] ?? [];
        for (const name of typeof named === "string" ? [named] : named)
          if (!names.has(name)) complain(["steps", i, "action", field], `${name} is not in params`);
      }
      if (i > 0 && acted.kind === "init") complain(["steps", i, "action"], "init comes first and once");
    });
  });

/** A trace. */
export type Trace = z.infer<typeof traceSchema>;
/** An action with the state after it. */
export type TraceStep = Trace["steps"][number];
/** What was done. */
export type TraceAction = TraceStep["action"];
/** Periods, names and the first validator set. */
export type TraceParams = Trace["params"];
