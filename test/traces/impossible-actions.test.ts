/** Actions that cannot be done, and states that cannot be: each is a difference with its place, whatever the file says. */
import { readTrace, replayTrace, type Trace } from "../../packages/conformance/src/index.ts";
import { ownTrace } from "./support/trace-dir.ts";

type Step = Trace["steps"][number];

const { steps, ...head } = readTrace(ownTrace("bound_noinv-02"));
const [init] = steps as [Step];
const after = (action: Step["action"]): Step => ({ ...structuredClone(init), action });
const onConsumer = { consumerChain: "consumer1" };

test.each<[string, Step["action"], unknown]>([
  [
    "a block of a consumer that was never started",
    { kind: "EndAndBeginBlockForConsumer", ...onConsumer, timeAdvancement: 1 },
    "not consumer",
  ],
  ["a packet to it", { kind: "DeliverVscPacket", ...onConsumer }, "not consumer"],
  ["a packet from it", { kind: "DeliverPacketToProvider", ...onConsumer }, "not consumer"],
  [
    "a report by it",
    { kind: "ConsumerInitiatedSlash", ...onConsumer, validator: "node1", vscId: 0, isDowntime: true },
    "not consumer",
  ],
  [
    "a consumer that is stopped before it starts",
    {
      kind: "EndAndBeginBlockForProvider",
      timeAdvancement: 1,
      consumersToStart: [],
      consumersToStop: ["consumer1"],
    },
    expect.stringContaining("has to be in its launched phase"),
  ],
  [
    "more power than there is",
    { kind: "VotingPowerChange", validator: "node1", changeAmount: -101 },
    expect.stringContaining("invalid shares amount"),
  ],
])("%s", async (_, action, found) => {
  const outcome = await replayTrace({ ...head, steps: [init, after(action)] });
  expect(outcome).toMatchObject({
    kind: "difference",
    states: 1,
    difference: { step: 1, action, field: "action", found },
  });
});

test("a change of power by nothing changes nothing", async () => {
  const action = { kind: "VotingPowerChange", validator: "node1", changeAmount: 0 } as const;
  expect(await replayTrace({ ...head, steps: [init, after(action)] })).toEqual({ kind: "ok", states: 2 });
});

test.each<[string, (state: Step) => void, string]>([
  [
    "a consumer that is said to run",
    ({ provider }) => {
      provider.status["consumer1"] = "running";
    },
    "provider.status.consumer1",
  ],
  [
    "another next VSC id",
    ({ provider }) => {
      provider.vscId = 1;
    },
    "provider.vscId",
  ],
  [
    "another number of blocks",
    ({ provider }) => {
      provider.height = 1;
    },
    "provider.height",
  ],
  [
    "another set of the last block",
    ({ provider }) => {
      provider.committed["node1"] = 99;
    },
    "provider.committed.node1",
  ],
  [
    "a key before the launch that nobody assigned",
    ({ provider }) => {
      provider.keyOwners["consumer1"] = { consAddr1: "node1" };
    },
    "provider.keyOwners.consumer1.consAddr1",
  ],
])("%s", async (_, change, field) => {
  const state = after({ kind: "VotingPowerChange", validator: "node1", changeAmount: 0 });
  change(state);
  const outcome = await replayTrace({ ...head, steps: [init, state] });
  expect(outcome).toMatchObject({ kind: "difference", difference: { step: 1, field } });
});
