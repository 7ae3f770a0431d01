import { InvariantError } from "@tandem-ics/runtime";
import type { IbcApp } from "./app.ts";
import { createPortRouter } from "./router.ts";

const app = (): IbcApp => ({}) as IbcApp;

describe("routes of ports", () => {
  test("the exact name goes before a contained one, of several the first in order", () => {
    const [a, ab, b] = [app(), app(), app()];
    const router = createPortRouter().add("b", b).add("ab", ab).add("a", a);
    expect(router.route("ab")).toBe(ab);
    expect(router.route("xabx")).toBe(a);
    expect(router.route("b.1")).toBe(b);
  });

  test("an unknown port is refused", () => {
    expect(() => createPortRouter().add("transfer", app()).route("oracle")).toThrow(
      expect.objectContaining({ codespace: "port", code: 5 }),
    );
  });

  test("a name is taken once, and is alphanumeric", () => {
    const router = createPortRouter().add("transfer", app());
    expect(() => router.add("transfer", app())).toThrow(InvariantError);
    expect(() => router.add("a-b", app())).toThrow(InvariantError);
  });
});
