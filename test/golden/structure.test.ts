import { testEach } from "../each.ts";
import { differences, withoutValues } from "./structure.ts";

test("values of the same structure do not differ", () => {
  const recorded = { height: "5", block: { txs: ["AA=="], events: null }, ok: true, code: 0 };
  expect(differences(recorded, { height: "17", block: { txs: [], events: [] }, ok: false, code: 3 })).toEqual(
    [],
  );
});

testEach([
  [{ a: "1" }, {}, ["$.a: missing here"]],
  [{}, { a: 1 }, ["$.a: not recorded"]],
  [{ a: "1" }, { a: 1 }, ["$.a: string recorded, number here"]],
  [{ a: "1" }, { a: "x" }, ['$.a: integer recorded, "x" here']],
  [
    { a: "2026-11-23T16:37:26.1Z" },
    { a: "2026-11-23T16:37:26.100Z" },
    ['$.a: time recorded, "2026-11-23T16:37:26.100Z" here'],
  ],
  [{ a: [{ b: "1" }] }, { a: [{ b: "1" }, { b: 2 }] }, ["$.a[].b: string recorded, number here"]],
  [{ a: 1 }, { a: null }, ["$.a: number recorded, null here"]],
  [{ a: [] }, { a: {} }, ["$.a: array recorded, object here"]],
])("%j and %j differ", (recorded, ours, expected) => {
  expect(differences(recorded, ours)).toEqual(expected);
});

test("keys that Go leaves out when zero may be missing on either side", () => {
  expect(differences({ version: { block: "11" } }, { version: { block: "11", app: "1" } })).toEqual([]);
});

test("messages are compared without their values", () => {
  expect(withoutValues("height 7 must be less than 250")).toBe(
    withoutValues("height 99 must be less than 3"),
  );
});
