/** docs/security.md says what is there: every attack has its tests, every test its row, every invariant its meaning. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { INVARIANTS } from "@tandem-ics/localnet";

const page = readFileSync(join(__dirname, "../../docs/security.md"), "utf8");
/** Number → files of its tests, by the page. */
const rows = new Map(
  [...page.matchAll(/^\| (sec-[a-z0-9-]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, id, , files]) => [
    id!,
    [...files!.matchAll(/\]\(\.\.\/test\/security\/([a-z-]+\.test\.ts)\)/g)].map(([, file]) => file!),
  ]),
);
/** File → numbers in its titles. */
const titles = new Map(
  readdirSync(__dirname)
    .filter((name) => name.endsWith(".test.ts") && name !== "table.test.ts")
    .map((name) => {
      const text = readFileSync(join(__dirname, name), "utf8");
      const found = text.matchAll(/(?:test|describe)(?:\.each[\s\S]*?\))?\(\s*["`]\[(sec-[a-z0-9-]+)\]/g);
      return [name, new Set([...found].map(([, id]) => id!))];
    }),
);

test("attacks are numbered without gaps", () => {
  const plain = Array.from({ length: 39 }, (_, i) => `sec-${String(i + 1).padStart(2, "0")}`);
  const traps = Array.from({ length: 8 }, (_, i) => `sec-js-0${i + 1}`);
  expect([...rows.keys()]).toEqual([...plain, ...traps]);
});

test("each is tried by a test in each file that the page names", () => {
  const missing = [...rows].flatMap(([id, files]) =>
    files.length === 0
      ? [`${id} names no file`]
      : files.filter((file) => !titles.get(file)?.has(id)).map((file) => `${id} is not in ${file}`),
  );
  expect(missing).toEqual([]);
});

test("each numbered test is on the page, with its file", () => {
  const unlisted = [...titles].flatMap(([file, ids]) =>
    [...ids].filter((id) => !rows.get(id)?.includes(file)).map((id) => `${id} in ${file}`),
  );
  expect(unlisted).toEqual([]);
});

test("the invariants are those that are evaluated, in the same words", () => {
  const listed = [...page.matchAll(/^\| `([A-Za-z/-]+)` \| ([^|]+) \|$/gm)].map(([, name, meaning]) => [
    name,
    meaning,
  ]);
  expect(listed).toEqual(Object.entries(INVARIANTS));
});

test("files that the page speaks of exist", () => {
  for (const [, path] of page.matchAll(/`((?:test|packages)\/[a-z0-9/.-]+\.ts)`/g))
    expect([path, existsSync(join(__dirname, "../..", path!))]).toEqual([path, true]);
});
