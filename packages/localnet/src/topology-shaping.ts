/** How a topology shapes the set of a consumer: the power-shaping parameters of ICS-28, with validators by their names. */
import { z } from "zod";
import { amount, name } from "./topology-fields.ts";

const LEAST_TOP_N = 50;
const names = z.array(name).max(1000);

/** Fields of a consumer. */
export const shapingFields = {
  topN: z
    .union([z.literal(0), z.number().int().min(LEAST_TOP_N).max(100)])
    .optional()
    .describe(
      "the strongest validators with so many percent of the power must validate; governance then owns it",
    ),
  powerCap: z.number().int().min(0).max(100).optional().describe("most power of one validator, percent"),
  setCap: z.number().int().nonnegative().optional().describe("most validators; not on a Top N chain"),
  allowlist: names.optional().describe("only these may validate"),
  denylist: names.optional().describe("these may not"),
  prioritylist: names.optional().describe("these come first where setCap leaves others out"),
  minStake: amount.optional().describe("least stake of a validator, base units"),
  allowInactiveVals: z
    .boolean()
    .optional()
    .describe("also validators outside the provider's own set, but bonded"),
};

/** A consumer's shaping with everything decided. Only the caps are in networks that were saved before there was more. */
export interface ShapingSpec {
  /** Percent; 0 or undefined on an Opt-In chain. */
  readonly topN?: number | undefined;
  readonly powerCap: number;
  readonly setCap: number;
  readonly allowlist?: readonly string[] | undefined;
  readonly denylist?: readonly string[] | undefined;
  readonly prioritylist?: readonly string[] | undefined;
  readonly minStake?: bigint | undefined;
  readonly allowInactiveVals?: boolean | undefined;
}

/** What a file says, completed. */
export const shapingSpec = (fields: z.output<z.ZodObject<typeof shapingFields>>): ShapingSpec => ({
  topN: fields.topN,
  powerCap: fields.powerCap ?? 0,
  setCap: fields.setCap ?? 0,
  allowlist: fields.allowlist,
  denylist: fields.denylist,
  prioritylist: fields.prioritylist,
  minStake: fields.minStake,
  allowInactiveVals: fields.allowInactiveVals,
});

/** Whether governance owns the consumer, and the strongest must validate it. */
export const isTopN = ({ topN = 0 }: ShapingSpec): boolean => topN > 0;

/** All validators that the lists name. */
export const listedValidators = ({ allowlist, denylist, prioritylist }: ShapingSpec): string[] => [
  ...(allowlist ?? []),
  ...(denylist ?? []),
  ...(prioritylist ?? []),
];
