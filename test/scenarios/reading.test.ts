/** What makes a scenario file one that can be run, and what is said of the others. */
import { readFileSync } from "node:fs";
import { parseScenario } from "@tandem-ics/conformance";
import { ownDirectory, scenarioFiles } from "./files.ts";

interface Step {
  action: string;
  fields: Record<string, unknown>;
  state?: Record<string, Record<string, unknown>>;
}

interface File {
  chains: Record<string, Record<string, unknown>>;
  validators: string[];
  steps: Step[];
  [key: string]: unknown;
}

const small = (): File => ({
  name: "small",
  chains: { hub: { chainId: "hub-1", prefix: "cosmos" } },
  validators: ["ann", "ben"],
  steps: [
    {
      action: "StartChain",
      fields: { Chain: "hub", Validators: [{ Id: "ann", Allocation: 10, Stake: "5" }] },
      state: { hub: { ValPowers: { ann: 0 } } },
    },
    { action: "WaitTime", fields: { WaitTime: 1 } },
  ],
});

const parse = (file: unknown) => parseScenario(JSON.stringify(file), "small.json");

test("reads names, numbers in either form, and what is left out", () => {
  const file = small();
  file.steps[0]!.state = { hub: { ValPowers: { ann: "7" }, Rewards: null as never } };
  const { chains, steps, validators } = parse(file);
  expect(chains.get("hub")).toEqual({ chainId: "hub-1", prefix: "cosmos", votingWaitNs: 0n, genesis: {} });
  expect(validators).toEqual(["ann", "ben"]);
  expect(steps[0]).toEqual({
    number: 1,
    action: {
      name: "StartChain",
      fields: {
        Chain: "hub",
        Validators: [{ Id: "ann", Allocation: 10n, Stake: 5n }],
        GenesisChanges: "",
        IsConsumer: false,
      },
    },
    expected: [{ chain: "hub", name: "ValPowers", value: { ann: 7n } }],
  });
  expect(steps[1]!.expected).toEqual([]);
});

test("reads every kind of number as text too, and leaves out who is no consumer", () => {
  const file = small();
  file.chains["shop"] = { chainId: "shop-1", prefix: "consumer", votingWaitTime: "2.5" };
  file.steps[1] = {
    action: "UpdateConsumerChain",
    fields: {
      Chain: "hub",
      From: "ann",
      ConsumerChain: "shop",
      PowerShapingParams: { TopN: "67", ValidatorsPowerCap: 34, MinStake: "5" },
    },
    state: {
      hub: { ConsumerChains: { shop: true, other: false }, ConsumerCommissionRates: { ann: "0.25" } },
    },
  };
  file.steps.push(
    { action: "AddIbcConnection", fields: { ChainA: "shop", ChainB: "hub", ClientA: "0", ClientB: 1 } },
    {
      action: "SetConsumerCommissionRate",
      fields: { Chain: "shop", Validator: "ann", CommissionRate: "0.25" },
    },
    { action: "SlashMeterReplenishment", fields: { TargetValue: "-1" } },
  );
  const { chains, steps } = parse(file);
  expect(chains.get("shop")?.votingWaitNs).toBe(2_500_000_000n);
  expect(steps[1]?.action.fields).toMatchObject({
    PowerShapingParams: { TopN: 67, ValidatorsPowerCap: 34, ValidatorSetCap: 0, MinStake: 5n },
  });
  expect(steps[1]?.expected.map(({ value }) => value)).toEqual([{ shop: true }, { ann: 0.25 }]);
  expect(steps[2]?.action.fields).toMatchObject({ ClientA: 0, ClientB: 1 });
  expect(steps[3]?.action.fields).toMatchObject({ CommissionRate: 0.25 });
  expect(steps[4]?.action.fields).toEqual({ TargetValue: -1n, Timeout: 600_000_000_000n });
});

const wrong: [string, (file: File) => void, string][] = [
  [
    "a number that is too large",
    (f) => {
      f.steps[1] = {
        action: "CreateConsumerChain",
        fields: {
          Chain: "hub",
          From: "ann",
          ConsumerChain: "hub",
          PowerShapingParams: { TopN: "4294967296" },
        },
      };
    },
    "small.json: step 2, CreateConsumerChain: PowerShapingParams.TopN: a number of at most 32 bits",
  ],
  [
    "a connection of text that is no number",
    (f) => {
      f.steps[1] = {
        action: "AddIbcConnection",
        fields: { ChainA: "hub", ChainB: "hub", ClientA: "first", ClientB: 1 },
      };
    },
    "small.json: step 2, AddIbcConnection: ClientA: ",
  ],
  [
    "an action that is none",
    (f) => {
      f.steps[1]!.action = "WaitTimes";
    },
    'small.json: step 2: there is no action "WaitTimes"; there are: AddIbcChannel,',
  ],
  [
    "a field that an action lacks",
    (f) => {
      f.steps[1]!.fields["Until"] = 1;
    },
    'small.json: step 2, WaitTime: there is no field "Until"',
  ],
  [
    "a value of another kind",
    (f) => {
      f.steps[1]!.fields["WaitTime"] = -1;
    },
    "small.json: step 2, WaitTime: WaitTime: ",
  ],
  [
    "a field that is missing",
    (f) => {
      delete f.steps[1]!.fields["WaitTime"];
    },
    "small.json: step 2, WaitTime: WaitTime: ",
  ],
  [
    "a validator that nobody is",
    (f) => {
      f.steps[0]!.fields["Validators"] = [{ Id: "bob" }];
    },
    'small.json: step 1, StartChain: Validators.0.Id: there is no validator "bob"; there are: ann, ben',
  ],
  [
    "a chain that is none",
    (f) => {
      f.steps[0]!.fields["Chain"] = "provi";
    },
    'small.json: step 1, StartChain: Chain: there is no chain "provi"; there are: hub',
  ],
  [
    "a state key that is none",
    (f) => {
      f.steps[0]!.state = { hub: { Powers: {} } };
    },
    'small.json: step 1, StartChain, hub: there is no state key "Powers"; there are: AssignedKeys,',
  ],
  [
    "a state of a chain that is none",
    (f) => {
      f.steps[0]!.state = { shop: {} };
    },
    'small.json: step 1, StartChain: there is no chain "shop"',
  ],
  [
    "a state of a validator that nobody is",
    (f) => {
      f.steps[0]!.state = { hub: { ValPowers: { bob: 1 } } };
    },
    'small.json: step 1, StartChain, hub.ValPowers: bob: there is no validator "bob"',
  ],
  [
    "a field of a proposal that is none",
    (f) => {
      f.steps[0]!.state = {
        hub: { Proposals: { 1: { Type: "TextProposal", RawProposal: { Colour: "red" } } } },
      };
    },
    'small.json: step 1, StartChain, hub.Proposals: 1.RawProposal: there is no field "Colour"',
  ],
  [
    "votes without voters",
    (f) => {
      f.steps[1] = {
        action: "VoteGovProposal",
        fields: { Chain: "hub", From: [], Vote: ["yes"], PropNumber: 1 },
      };
    },
    "small.json: step 2, VoteGovProposal: as many votes as voters",
  ],
  [
    "a genesis change that is none",
    (f) => {
      f.steps[0]!.fields["GenesisChanges"] = ".app_state.gov.params.quorum";
    },
    'small.json: step 1, StartChain: ".app_state.gov.params.quorum" is no genesis change',
  ],
  [
    "a genesis path that is none",
    (f) => {
      f.chains["hub"]!["genesis"] = { "app_state..quorum": "0.5" };
    },
    'small.json: chain hub: "app_state..quorum" is no path',
  ],
  [
    "a key of the file that is none",
    (f) => {
      f["network"] = {};
    },
    'small.json: there is no field "network"',
  ],
];

test.each(wrong)("refuses %s, with step and key", (_, change, message) => {
  const file = small();
  change(file);
  expect(() => parse(file)).toThrow(expect.objectContaining({ code: "bad-scenario" }));
  expect(() => parse(file)).toThrow(message);
});

test("refuses what is no JSON", () => {
  expect(() => parseScenario("{", "small.json")).toThrow("small.json is no JSON");
});

test("our own scenarios use every action and every state key", () => {
  const all = scenarioFiles(ownDirectory).map(([, path]) => parseScenario(readFileSync(path, "utf8"), path));
  const file = small();
  file.steps[1]!.action = "?";
  const names = (text: string) => text.slice(text.indexOf("there are: ") + 11).split(", ");
  const messageOf = (broken: File): string => {
    try {
      parse(broken);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const actions = new Set(all.flatMap(({ steps }) => steps.map(({ action }) => action.name as string)));
  expect([...actions].sort()).toEqual(names(messageOf(file)));
  const other = small();
  other.steps[0]!.state = { hub: { "?": 1 } };
  const keys = new Set(
    all.flatMap(({ steps }) => steps.flatMap(({ expected }) => expected.map(({ name }) => name as string))),
  );
  expect([...keys].sort()).toEqual(names(messageOf(other)));
});
