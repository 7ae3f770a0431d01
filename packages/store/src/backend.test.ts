import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@tandem-ics/crypto";
import * as fc from "fast-check";
import { type Backend, createMemoryBackend } from "./backend.ts";
import { openLmdbBackend } from "./lmdb/index.ts";
import type { KeyRange } from "./sorted-entries.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const content = (backend: Backend, range?: KeyRange): string[] =>
  [...backend.iterate(range)].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});
const opened: Backend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.close();
  rmSync(folder, { recursive: true });
});
const closing = (backend: Backend): Backend => {
  opened.push(backend);
  return backend;
};

const makers: [string, () => Backend][] = [
  ["memory", createMemoryBackend],
  ["LMDB", () => openLmdbBackend(join(folder, "db"))],
];

describe.each(makers)("%s backend", (_, open) => {
  test("shows nothing of a batch before it is written", () => {
    const backend = closing(open());
    const batch = backend.batch();
    batch.set(k(1), k(1));
    expect(backend.get(k(1))).toBeUndefined();
    batch.write();
    expect(backend.get(k(1))).toEqual(k(1));
  });

  test("applies the operations of a batch in order", () => {
    const backend = closing(open());
    const batch = backend.batch();
    batch.set(k(1), k(1));
    batch.delete(k(1));
    batch.delete(k(2));
    batch.set(k(2), k());
    batch.set(k(3), k(1));
    batch.set(k(3), k(2));
    batch.write();
    expect(content(backend)).toEqual(["02=", "03=02"]);
  });

  test("a walk shows the pairs of its beginning, whatever is written meanwhile", () => {
    const backend = closing(open());
    const batch = backend.batch();
    for (let i = 0; i < 20; i += 2) batch.set(k(i), k(i));
    batch.write();
    const before = content(backend);
    const seen: string[] = [];
    for (const [key, value] of backend.iterate()) {
      seen.push(`${toHex(key)}=${toHex(value)}`);
      const more = backend.batch();
      more.set(k(key[0]! + 1), k(1));
      more.delete(k(key[0]! + 2));
      more.write();
    }
    expect(seen).toEqual(before);
  });

  test("gives plain arrays", () => {
    const backend = closing(open());
    const batch = backend.batch();
    batch.set(k(1), k(1, 2));
    batch.write();
    const value = backend.get(k(1))!;
    expect(value.constructor).toBe(Uint8Array);
    expect([...backend.iterate()][0]!.map((part) => part.constructor)).toEqual([Uint8Array, Uint8Array]);
  });

  test("holds what a sorted map holds, in every range", () => {
    const backend = closing(open());
    const map = new Map<string, string>();
    const key = fc.uint8Array({ minLength: 1, maxLength: 7, max: 3 });
    const bound = fc.option(key, { nil: undefined });
    return fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined })), {
          maxLength: 30,
        }),
        fc.record({ start: bound, end: bound, reverse: fc.boolean() }),
        (ops, range) => {
          const batch = backend.batch();
          for (const [at, value] of ops) {
            if (value === undefined) {
              batch.delete(at);
              map.delete(toHex(at));
            } else {
              batch.set(at, value);
              map.set(toHex(at), toHex(value));
            }
          }
          batch.write();
          const [start, end] = [range.start, range.end].map((b) => (b === undefined ? undefined : toHex(b)));
          const expected = [...map]
            .filter(([at]) => (start === undefined || at >= start) && (end === undefined || at < end))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([at, value]) => `${at}=${value}`);
          expect(content(backend, range)).toEqual(range.reverse ? expected.reverse() : expected);
          for (const [at] of ops)
            expect(backend.get(at)).toEqual(
              map.has(toHex(at)) ? Uint8Array.from(Buffer.from(map.get(toHex(at))!, "hex")) : undefined,
            );
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("LMDB finds after reopening what was written, and nothing of a batch that failed", () => {
  const path = join(folder, "db");
  const first = openLmdbBackend(path);
  const batch = first.batch();
  batch.set(k(1), k(1));
  batch.write();
  const failing = first.batch();
  failing.set(k(2), k(2));
  failing.set(new Uint8Array(3000), k(3));
  expect(() => failing.write()).toThrow();
  first.close();
  const second = openLmdbBackend(path);
  expect(content(second)).toEqual(["01=01"]);
  second.close();
});
