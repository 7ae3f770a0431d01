/** Reads a scenario file: chains, validators, and steps of an action and the state that must hold after it. */
import { z } from "zod";
import { type ActionFields, type ActionName, actionFields } from "./action-fields.ts";
import { ScenarioError } from "./errors.ts";
import { fraction, namesOf } from "./fields.ts";
import { genesisEdits, parseGenesisChanges } from "./genesis-edits.ts";
import { type StateName, type StateValue, stateFields } from "./state-fields.ts";

/** A chain that steps speak of. */
export interface ScenarioChain {
  readonly chainId: string;
  /** Of its addresses. */
  readonly prefix: string;
  /** What a vote waits for, in ns. */
  readonly votingWaitNs: bigint;
  /** Paths in its genesis, such as `app_state.gov.params.quorum`, with their values. */
  readonly genesis: Readonly<Record<string, z.core.util.JSONType>>;
}

/** What one step does. */
export type ScenarioAction = {
  readonly [K in ActionName]: { readonly name: K; readonly fields: ActionFields<K> };
}[ActionName];

/** What must hold after a step. */
export type ScenarioExpectation = {
  readonly [K in StateName]: { readonly chain: string; readonly name: K; readonly value: StateValue<K> };
}[StateName];

/** A step of a scenario. */
export interface ScenarioStep {
  /** From 1 on. */
  readonly number: number;
  readonly action: ScenarioAction;
  readonly expected: readonly ScenarioExpectation[];
}

/** A scenario that can be run. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly chains: ReadonlyMap<string, ScenarioChain>;
  readonly validators: readonly string[];
  readonly steps: readonly ScenarioStep[];
}

const NS_PER_SECOND = 1_000_000_000n;

const file = z.strictObject({
  name: z.string().default(""),
  description: z.string().default(""),
  config: z.string().optional(),
  chains: z.record(
    z.string(),
    z.strictObject({
      chainId: z.string().min(1),
      prefix: z.string().regex(/^[a-z]{1,20}$/, "lower-case letters"),
      votingWaitTime: fraction.refine((v) => v >= 0, "a time").default(0),
      genesis: z.record(z.string(), z.json()).default({}),
    }),
  ),
  validators: z.array(z.string().min(1)).min(1),
  steps: z.array(
    z.strictObject({
      action: z.string(),
      fields: z.record(z.string(), z.unknown()).default({}),
      state: z.record(z.string(), z.record(z.string(), z.unknown()).nullable()).nullish(),
    }),
  ),
});

function describe({ issues }: z.ZodError): string {
  return issues
    .map((issue) => {
      const at = issue.path.map(String).join(".");
      if (issue.code === "unrecognized_keys")
        return `${at === "" ? "" : `${at}: `}there is no field ${issue.keys.map((k) => `"${k}"`).join(", ")}`;
      const message =
        issue.code === "invalid_key" ? issue.issues.map((inner) => inner.message).join(", ") : issue.message;
      return at === "" ? message : `${at}: ${message}`;
    })
    .join("; ");
}

/** `value` by `schema`. Throws `bad-scenario` with the place. */
function read<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ScenarioError("bad-scenario", `${place}: ${describe(result.error)}`);
}

/** Reads a part; what is wrong with it is told with its place. */
function inPlace(place: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new ScenarioError("bad-scenario", `${place}: ${error.message}`, { cause: error });
  }
}

/** The schema of that name, or why there is none. */
function known<T extends object>(table: T, name: string, place: string, what: string): T[keyof T] {
  if (Object.hasOwn(table, name)) return table[name as keyof T];
  throw new ScenarioError(
    "bad-scenario",
    `${place}: there is no ${what} "${name}"; there are: ${Object.keys(table).sort().join(", ")}`,
  );
}

/** Reads a scenario. `path` names it in errors. Throws ScenarioError `bad-scenario` with step and key. */
export function parseScenario(json: string, path: string): Scenario {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ScenarioError("bad-scenario", `${path} is no JSON: ${why}`, { cause });
  }
  const scenario = read(file, raw, path);
  for (const [name, { genesis }] of Object.entries(scenario.chains))
    inPlace(`${path}: chain ${name}`, () => genesisEdits(genesis));
  const names = namesOf(Object.keys(scenario.chains), scenario.validators);
  const actions = actionFields(names);
  const keys = stateFields(names);
  const steps = scenario.steps.map(({ action, fields, state }, index): ScenarioStep => {
    const place = `${path}: step ${index + 1}, ${action}`;
    const schema = known(actions, action, `${path}: step ${index + 1}`, "action");
    const expected = Object.entries(state ?? {}).flatMap(([chain, values]) => {
      read(names.chain, chain, place);
      return Object.entries(values ?? {})
        .filter(([, value]) => value !== null)
        .map(([name, value]) => ({
          chain,
          name,
          value: read(
            known(keys, name, `${place}, ${chain}`, "state key"),
            value,
            `${place}, ${chain}.${name}`,
          ),
        }));
    });
    const values = read(schema, fields, place);
    if ("GenesisChanges" in values) inPlace(place, () => parseGenesisChanges(values.GenesisChanges));
    return {
      number: index + 1,
      action: { name: action, fields: values } as ScenarioAction,
      expected: expected as ScenarioExpectation[],
    };
  });
  return {
    name: scenario.name === "" ? path : scenario.name,
    description: scenario.description,
    chains: new Map(
      Object.entries(scenario.chains).map(([name, chain]) => [
        name,
        {
          chainId: chain.chainId,
          prefix: chain.prefix,
          votingWaitNs: BigInt(Math.ceil(chain.votingWaitTime * 1000)) * (NS_PER_SECOND / 1000n),
          genesis: chain.genesis,
        },
      ]),
    ),
    validators: scenario.validators,
    steps,
  };
}
