import { utf8 } from "@tandem-ics/crypto";
import { createMemoryBackend } from "./backend.ts";
import { createSettlingBackend } from "./settling-backend.ts";

const pairs = (backend: ReturnType<typeof createMemoryBackend>) =>
  [...backend.iterate()].map(([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()]);

function put(backend: ReturnType<typeof createMemoryBackend>, key: string, value: string | undefined): void {
  const batch = backend.batch();
  if (value === undefined) batch.delete(utf8(key));
  else batch.set(utf8(key), utf8(value));
  batch.write();
}

describe("a settling backend", () => {
  test("leaves its place empty until it settles, then everything is there and goes there", () => {
    const target = createMemoryBackend();
    const backend = createSettlingBackend(target);
    put(backend, "a", "1");
    put(backend, "b", "2");
    put(backend, "a", "3");
    put(backend, "b", undefined);
    expect(pairs(backend)).toEqual([["a", "3"]]);
    expect(pairs(target)).toEqual([]);
    backend.settle();
    expect(pairs(target)).toEqual([["a", "3"]]);
    put(backend, "c", "4");
    backend.settle();
    expect(pairs(target)).toEqual([
      ["a", "3"],
      ["c", "4"],
    ]);
    expect(pairs(backend)).toEqual(pairs(target));
    expect(backend.get(utf8("c"))).toEqual(utf8("4"));
  });

  test("refuses a batch that was begun before it settled", () => {
    const target = createMemoryBackend();
    const backend = createSettlingBackend(target);
    const batch = backend.batch();
    batch.set(utf8("lost"), utf8("1"));
    backend.settle();
    expect(() => batch.write()).toThrow(/before the backend settled/);
    expect(pairs(target)).toEqual([]);
  });
});
