import { Localnet } from "./localnet.ts";
import { createTopology, type TopologyInput } from "./topology.ts";

const engineOf = (input: TopologyInput) => createTopology({ consumers: 0, ...input });

describe("the engine of a topology", () => {
  test("is the one in this process unless another one is named", () => {
    expect(createTopology().engine).toEqual({ kind: "local" });
  });

  test("has a node for each validator, or a validator for each node", () => {
    expect(engineOf({ engine: { kind: "cometbft" }, validators: 3 }).engine).toEqual({
      kind: "cometbft",
      nodes: 3,
    });
    expect(engineOf({ engine: { kind: "cometbft", nodes: 5 } }).validators).toHaveLength(5);
    expect(engineOf({ engine: { kind: "cometbft", nodes: 5 }, validators: 2 })).toMatchObject({
      engine: { nodes: 5 },
      validators: [{ name: "alice" }, { name: "bob" }],
    });
  });

  test.each<[string, TopologyInput, RegExp]>([
    [
      "fewer nodes than validators",
      { engine: { kind: "cometbft", nodes: 2 }, validators: 3 },
      /2 nodes for 3 validators/,
    ],
    ["more validators than nodes can be", { engine: { kind: "cometbft" }, validators: 51 }, /at most 50/],
    ["nodes for the local engine", { engine: { kind: "local", nodes: 2 } as never }, /engine/],
    ["an engine that nobody knows", { engine: { kind: "other" } as never }, /engine/],
  ])("refuses %s", (_, input, message) => {
    expect(() => engineOf(input)).toThrow(message);
  });

  test("CometBFT takes no manual clock, and the local engine no cometbft program", async () => {
    await expect(
      Localnet.start({ engine: { kind: "cometbft" }, clock: "manual", consumers: 0 }),
    ).rejects.toMatchObject({ code: "bad-request", message: expect.stringMatching(/manual clock/) });
    await expect(Localnet.start({ cometbft: "/bin/true", consumers: 0 })).rejects.toMatchObject({
      code: "bad-request",
    });
  });
});
