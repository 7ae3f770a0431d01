import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeLayout } from "@tandem-ics/node/home";
import { createConsensusKey } from "../keys.ts";
import { installedKey, installKey } from "./keys.ts";

const [first, second] = ["one", "two"].map((use) => createConsensusKey("seed", "alice", use).seed) as [
  Uint8Array,
  Uint8Array,
];

describe("the key of a home", () => {
  const home = mkdtempSync(join(tmpdir(), "tandem-keys-"));
  const layout = homeLayout(home);
  const state = () => JSON.parse(readFileSync(layout.signState, "utf8"));
  const signed = (height: string) =>
    writeFileSync(layout.signState, JSON.stringify({ height, round: 0, step: 3 }));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test("comes with a state that has signed nothing", () => {
    expect(installedKey(layout)).toBeUndefined();
    installKey(layout, first);
    expect(installedKey(layout)).toEqual(first);
    expect(state()).toEqual({ height: "0", round: 0, step: 0 });
  });

  test("keeps its state when it is put there again", () => {
    signed("7");
    installKey(layout, first);
    expect(state().height).toBe("7");
  });

  test("leaves its state behind for another key, and finds it when it comes back", () => {
    installKey(layout, second);
    expect(installedKey(layout)).toEqual(second);
    expect(state().height).toBe("0");
    signed("9");
    installKey(layout, first);
    expect(state().height).toBe("7");
    installKey(layout, second);
    expect(state().height).toBe("9");
  });

  test("is readable by its owner only", () => {
    expect(statSync(layout.validatorKey).mode & 0o077).toBe(0);
  });
});
