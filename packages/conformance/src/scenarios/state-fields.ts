/** Every key of a scenario's expected state with its value. What is not here is refused by name. */
import { z } from "zod";
import { fraction, height, int, type Names, uint } from "./fields.ts";

/** A record by validator. */
const by = <V extends z.ZodType>({ validator }: Names, value: V) => z.record(validator as z.ZodString, value);

const transferParams = z.strictObject({ send_enabled: z.boolean(), receive_enabled: z.boolean() });

/** What is compared of a proposal; which of these depends on what it proposes. */
const rawProposal = z.strictObject({
  Title: z.string().optional(),
  Description: z.string().optional(),
  Deposit: uint.optional(),
  Status: z.union([z.string(), z.int()]).optional(),
  Chain: z.string().optional(),
  SpawnTime: int.optional(),
  InitialHeight: height.removeDefault().optional(),
  Params: transferParams.optional(),
  UpgradeHeight: uint.optional(),
  Type: z.string().optional(),
  Subspace: z.string().optional(),
  Key: z.string().optional(),
  Value: z.string().optional(),
});

/** Schemas of the values of all keys, by the key's name. */
export const stateFields = (names: Names) => ({
  ValPowers: by(names, uint),
  ValBalances: by(names, uint),
  StakedTokens: by(names, uint),
  ProposedConsumerChains: z.array(z.string()),
  /** Who is said not to be one is left out like who is not named. */
  ConsumerChains: z
    .record(z.string(), z.boolean())
    .transform((named) => Object.fromEntries(Object.entries(named).filter(([, isOne]) => isOne))),
  HasToValidate: by(
    names,
    z
      .array(z.string())
      .nullable()
      .transform((list) => list ?? []),
  ),
  AssignedKeys: by(names, z.string()),
  ProviderKeys: by(names, z.string()),
  ConsumerCommissionRates: by(names, fraction),
  ConsumerPendingPacketQueueSize: uint,
  Proposals: z.record(
    z.string().regex(/^\d+$/, "the number of a proposal"),
    z.strictObject({ RawProposal: rawProposal, Type: z.string() }),
  ),
  Rewards: z.strictObject({
    IsRewarded: by(names, z.boolean()),
    IsIncrementalReward: z.boolean().default(false),
    Denom: z.string(),
  }),
  RegisteredConsumerRewardDenoms: z.array(z.string()),
  InflationRateChange: int,
  ClientsFrozenHeights: z.record(z.string(), height.removeDefault()),
  IBCTransferParams: transferParams,
  Params: z.array(z.strictObject({ Subspace: z.string(), Key: z.string(), Value: z.string() })),
});

type Schemas = ReturnType<typeof stateFields>;

/** Name of a key. */
export type StateName = keyof Schemas;

/** What a scenario expects of a key, as read. */
export type StateValue<K extends StateName> = z.output<Schemas[K]>;
