import { utf8 } from "@tandem-ics/crypto";
import { createCacheMultiStore } from "@tandem-ics/store";
import { createContext } from "./context.ts";
import { createMemoryStores } from "./memory-stores.ts";
import { createTestContext, emptyBlock } from "./testing.ts";

const key = utf8("k");

test("a branch keeps writes and events until it is committed, and loses both otherwise", () => {
  const ctx = createTestContext({ stores: { s: "iavl" } });
  const kept = ctx.branch();
  kept.ctx.kv("s").set(key, utf8("kept"));
  kept.ctx.emit("kept", {});
  expect([ctx.kv("s").has(key), ctx.events.events.length]).toEqual([false, 0]);
  kept.commit();
  expect([ctx.kv("s").has(key), ctx.events.events.map(({ type }) => type)]).toEqual([true, ["kept"]]);
  const lost = ctx.branch();
  lost.ctx.kv("s").delete(key);
  lost.ctx.emit("lost", {});
  const nested = lost.ctx.branch();
  nested.ctx.emit("nested", {});
  nested.commit();
  expect([ctx.kv("s").has(key), ctx.events.events.map(({ type }) => type)]).toEqual([true, ["kept"]]);
});

test("gas of a branch is paid even if its writes are lost", () => {
  const ctx = createTestContext({ stores: { s: "iavl" } });
  ctx.branch().ctx.kv("s").set(key, utf8("v"));
  expect(ctx.gas.consumed).toBeGreaterThan(2000n);
});

test("stores that cannot be branched refuse it", () => {
  const view = createMemoryStores(["s"]);
  const ctx = createContext({ stores: { store: view.store }, block: emptyBlock(), mode: "query" });
  expect(() => ctx.branch()).toThrow("read-only");
  expect(
    createContext({ stores: createCacheMultiStore(view), block: emptyBlock(), mode: "query" }).branch(),
  ).toBeDefined();
});
