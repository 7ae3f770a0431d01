/** That a run can fail: each kind of expectation, changed on purpose, is found and told with its place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDifference, parseScenario, runScenario } from "@tandem-ics/conformance";
import { ownDirectory } from "./files.ts";

interface Step {
  action: string;
  fields: Record<string, unknown>;
  state: Record<string, Record<string, unknown>>;
}

const optIn = JSON.parse(readFileSync(join(ownDirectory, "opt-in-consumer.json"), "utf8")) as {
  steps: Step[];
};
const democracy = JSON.parse(readFileSync(join(ownDirectory, "democracy-consumer.json"), "utf8")) as {
  steps: Step[];
};

/** The scenario up to the first step of that name (the `nth` one), which `change` may change. */
function until(from: { steps: Step[] }, action: string, change: (step: Step) => void, nth = 1) {
  const file = structuredClone(from);
  let seen = 0;
  const last = file.steps.findIndex((step) => step.action === action && ++seen === nth);
  file.steps = file.steps.slice(0, last + 1);
  // Only the last step is looked at: the others take less time without.
  for (const step of file.steps.slice(0, -1)) step.state = {};
  change(file.steps[last]!);
  return parseScenario(JSON.stringify(file), "changed.json");
}

const expecting = (chain: string, state: Record<string, unknown>) => (step: Step) => {
  step.state = { [chain]: state };
};

const kept: [string, ReturnType<typeof until>, object][] = [
  [
    "power",
    until(optIn, "StartChain", expecting("hub", { ValPowers: { ann: 500, ben: 101 } })),
    {
      step: 1,
      action: "StartChain",
      chain: "hub",
      key: "ValPowers",
      expected: { ben: 101 },
      found: { ben: 100 },
    },
  ],
  [
    "balances",
    until(optIn, "StartChain", expecting("hub", { ValBalances: { ann: 9499999999 } })),
    { key: "ValBalances", expected: { ann: 9499999999 }, found: { ann: 9500000000 } },
  ],
  [
    "stake",
    until(optIn, "StartChain", expecting("hub", { StakedTokens: { cleo: 1 } })),
    { key: "StakedTokens", expected: { cleo: 1 }, found: { cleo: 100000000 } },
  ],
  [
    "inflation",
    until(optIn, "StartChain", expecting("hub", { InflationRateChange: -1 })),
    { key: "InflationRateChange", expected: -1, found: 1 },
  ],
  [
    "rewards",
    until(
      optIn,
      "StartChain",
      expecting("hub", {
        Rewards: { IsRewarded: { ann: false }, IsIncrementalReward: true, Denom: "stake" },
      }),
    ),
    { key: "Rewards", expected: { IsRewarded: { ann: false } }, found: { IsRewarded: { ann: true } } },
  ],
  [
    "proposed consumers",
    until(optIn, "CreateConsumerChain", expecting("hub", { ProposedConsumerChains: [] })),
    { key: "ProposedConsumerChains", expected: [], found: ["shop"] },
  ],
  [
    "consumers",
    until(optIn, "CreateConsumerChain", expecting("hub", { ConsumerChains: {} })),
    { step: 2, key: "ConsumerChains", expected: {}, found: { shop: true } },
  ],
  [
    "duties",
    until(optIn, "OptIn", expecting("hub", { HasToValidate: { ann: ["shop"] } })),
    { key: "HasToValidate", expected: { ann: ["shop"] }, found: { ann: [] } },
  ],
  [
    "commission",
    until(optIn, "SetConsumerCommissionRate", expecting("shop", { ConsumerCommissionRates: { ben: 0.1 } })),
    { chain: "shop", key: "ConsumerCommissionRates", expected: { ben: 0.1 }, found: { ben: 0.25 } },
  ],
  [
    "denominations",
    until(optIn, "StartChain", expecting("hub", { RegisteredConsumerRewardDenoms: ["stake"] })),
    { key: "RegisteredConsumerRewardDenoms", expected: ["stake"], found: [] },
  ],
  [
    "transfer parameters",
    until(
      optIn,
      "StartChain",
      expecting("hub", { IBCTransferParams: { send_enabled: false, receive_enabled: true } }),
    ),
    { key: "IBCTransferParams", expected: { send_enabled: false }, found: { send_enabled: true } },
  ],
  [
    "parameters",
    until(
      optIn,
      "StartChain",
      expecting("hub", { Params: [{ Subspace: "slashing", Key: "SignedBlocksWindow", Value: "11" }] }),
    ),
    {
      key: "Params",
      expected: [{ Subspace: "slashing", Key: "SignedBlocksWindow", Value: "11" }],
      found: [{ Subspace: "slashing", Key: "SignedBlocksWindow", Value: "10" }],
    },
  ],
  [
    "a proposal that is not there",
    until(
      optIn,
      "StartChain",
      expecting("hub", {
        Proposals: { 7: { Type: "ConsumerRemovalProposal", RawProposal: { Deposit: 1 } } },
      }),
    ),
    { key: "Proposals" },
  ],
  [
    "a proposal's status and deposit",
    until(
      democracy,
      "SubmitConsumerAdditionProposal",
      expecting("hub", {
        Proposals: { 1: { Type: "ConsumerAdditionProposal", RawProposal: { Deposit: 1, Status: 3 } } },
      }),
    ),
    {
      key: "Proposals",
      found: { 1: { Type: "ConsumerAdditionProposal", RawProposal: { Deposit: 10000001, Status: 4 } } },
    },
  ],
  [
    "assigned keys",
    until(optIn, "AssignConsumerPubKey", expecting("shop", { AssignedKeys: { ben: "" } })),
    { key: "AssignedKeys", expected: { ben: "" } },
  ],
  [
    "a chain that does not run",
    until(optIn, "CreateConsumerChain", expecting("shop", { ValPowers: { ann: 1 } })),
    { chain: "shop", key: "ValPowers", message: "chain shop has not been started" },
  ],
];

test.each(kept)("finds other %s", async (_, scenario, difference) => {
  const result = await runScenario(scenario);
  expect(result.ok).toBe(false);
  expect(result.difference).toMatchObject(difference);
  expect(result.steps).toBe(scenario.steps.length - 1);
});

const refused: [string, ReturnType<typeof until>, string][] = [
  [
    "an action that the chain refuses",
    until(optIn, "OptIn", (step) => {
      step.fields["ConsumerID"] = "99";
    }),
    "step 3, OptIn: hub refused the transaction (provider/27)",
  ],
  [
    "an action that should be refused and is not",
    until(optIn, "OptIn", (step) => {
      step.fields["ExpectError"] = true;
    }),
    "step 3, OptIn: expected a refusal, found that it was accepted",
  ],
  [
    "a refusal with another text",
    until(
      optIn,
      "SetConsumerCommissionRate",
      (step) => {
        step.fields["ExpectedError"] = "no such thing";
      },
      2,
    ),
    'expected a refusal with "no such thing", found: hub refused the transaction',
  ],
  [
    "a consumer that nobody created",
    until(optIn, "StartChain", (step) => {
      step.action = "OptIn";
      step.fields = { Chain: "shop", Validator: "ann" };
    }),
    "step 1, OptIn: the provider has not been started",
  ],
];

test.each(refused)("tells of %s", async (_, scenario, message) => {
  const { ok, difference } = await runScenario(scenario);
  expect(ok).toBe(false);
  expect(formatDifference(difference!)).toContain(message);
});

test("genesis changes that make no genesis make a file that cannot be run", async () => {
  const scenario = until(optIn, "StartChain", (step) => {
    step.fields["GenesisChanges"] = '.consensus.params.block.max_bytes = "many"';
  });
  await expect(runScenario(scenario)).rejects.toThrow("step 1, StartChain: the genesis changes of hub: ");
});
