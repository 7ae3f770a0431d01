import { editedGenesis, genesisEdits, parseGenesisChanges, parseGenesisPath } from "./genesis-edits.ts";

test.each([
  ["app_state.gov.params.quorum", ["app_state", "gov", "params", "quorum"]],
  [".app_state.staking", ["app_state", "staking"]],
  ['.a["b.c"][0].d', ["a", "b.c", 0, "d"]],
  ["a.b-c", ["a", "b-c"]],
])("reads the path %s", (text, path) => {
  expect(parseGenesisPath(text)).toEqual(path);
});

test.each(["", "a..b", "a[b]", "a b", "[-1]"])('refuses the path "%s"', (text) => {
  expect(() => parseGenesisPath(text)).toThrow(expect.objectContaining({ code: "bad-scenario" }));
});

test("reads assignments as jq has them, bars in texts included", () => {
  expect(parseGenesisChanges('.a.b = "x | y" | .c = [1, {"d": "|"}]| .e.f=false')).toEqual([
    { path: ["a", "b"], value: "x | y" },
    { path: ["c"], value: [1, { d: "|" }] },
    { path: ["e", "f"], value: false },
  ]);
  expect(parseGenesisChanges("")).toEqual([]);
});

test.each([
  [".a.b", "is no genesis change"],
  ["a = 1", "is no genesis change"],
  [".a = one", "is no JSON"],
  [".a. = 1", "is no path"],
])("refuses the change %s", (text, message) => {
  expect(() => parseGenesisChanges(text)).toThrow(message);
});

test("puts values where they belong, makes what is not there, and leaves the rest", () => {
  const genesis = { app_state: { gov: { params: { quorum: "0.3", veto: "0.1" } }, list: ["a", "b"] } };
  const edits = genesisEdits({
    "app_state.gov.params.quorum": "0.5",
    "app_state.new.params.size": 3,
    "app_state.list[1]": "c",
    "app_state.far[1].x": true,
  });
  expect(editedGenesis(genesis, edits)).toEqual({
    app_state: {
      gov: { params: { quorum: "0.5", veto: "0.1" } },
      list: ["a", "c"],
      new: { params: { size: 3 } },
      far: [null, { x: true }],
    },
  });
  expect(genesis.app_state.gov.params.quorum).toBe("0.3");
});
