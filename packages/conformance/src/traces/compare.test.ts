import { compareViews, firstDifference } from "./compare.ts";
import type { View } from "./view.ts";

const view = (changes: Partial<View["provider"]> = {}): View => ({
  provider: {
    height: 1,
    lastTime: 0,
    runningTime: 1,
    status: { consumer1: "running" },
    powers: { node1: 100 },
    committed: { node1: 100 },
    jailedUntil: {},
    assignedKeys: { consumer1: {} },
    keyOwners: { consumer1: {} },
    queueTo: {
      consumer1: [{ vscId: 1, validators: { node1: 100 }, sentAt: 0, timeoutAt: 5, slashAcks: [] }],
    },
    pendingSlashAcks: { consumer1: [] },
    vscId: 2,
    ...changes,
  },
  consumers: {},
});

describe("the first difference", () => {
  test.each([
    ["equal trees", { a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }, undefined],
    ["a value", { a: { b: 1 } }, { a: { b: 2 } }, ["a.b", 1, 2]],
    ["a missing field", { a: { b: 1 } }, { a: {} }, ["a.b", 1, undefined]],
    ["a field too many", { a: {} }, { a: { b: 1 } }, ["a.b", undefined, 1]],
    ["an element", { a: [1, 2] }, { a: [1, 3] }, ["a.1", 2, 3]],
    ["lists of other lengths, as a whole", { a: [1] }, { a: [1, 2] }, ["a", [1], [1, 2]]],
    ["a list and a tree", { a: [] }, { a: {} }, ["a", [], {}]],
    ["the first of several", { a: 1, b: 1 }, { a: 1, b: 2, c: 3 }, ["b", 1, 2]],
  ])("%s", (_, expected, found, difference) => {
    const got = firstDifference(expected, found);
    expect(got && [got.field, got.expected, got.found]).toEqual(difference);
  });
});

describe("views", () => {
  test("are the same with another jailed validator that has no power", () => {
    expect(compareViews(view(), view({ jailedUntil: { node2: 9 } }))).toBeUndefined();
  });

  test("differ by a jailed validator with power, and by one that is not jailed", () => {
    expect(compareViews(view(), view({ jailedUntil: { node1: 9 } }))?.field).toBe(
      "provider.jailedUntil.node1",
    );
    expect(compareViews(view({ jailedUntil: { node2: 9 } }), view())?.field).toBe(
      "provider.jailedUntil.node2",
    );
  });

  test("differ by a time of jail", () => {
    const difference = compareViews(view({ jailedUntil: { node1: 8 } }), view({ jailedUntil: { node1: 9 } }));
    expect(difference?.message).toBe("provider.jailedUntil.node1: expected 8, found 9");
  });
});
