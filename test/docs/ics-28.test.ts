/** docs/ics-28.md and the titles of tests lead to each other: every line of the checklist to its tests, and every test back. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(__dirname, "../..");
const page = readFileSync(join(root, "docs/ics-28.md"), "utf8");
/** Sections in the order of the page. */
const SECTIONS = ["wire", "life", "handshake", "vsc", "pss", "key", "slash", "reward", "interface"];
const ID = `(?:${SECTIONS.join("|")})-\\d+`;

interface Row {
  readonly id: string;
  readonly property: string;
  /** Paths from the root; none while the row is open. */
  readonly files: readonly string[];
  readonly open: boolean;
}

const rows: Row[] = [...page.matchAll(new RegExp(`^\\| (${ID}) \\| (.+?) \\| (.+?) \\|$`, "gm"))].map(
  ([, id, property, tests]) => ({
    id: id!,
    property: property!,
    files: [...tests!.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => path!),
    open: tests === "open",
  }),
);

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (["node_modules", "dist", "data"].includes(entry.name)) return [];
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

/** Text that comes first in a call whose next argument is a function or, for groups of the interop suite, whatever follows. */
const TITLE =
  /\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)')\s*,\s*(?:async\s*)?\(/g;

/** Ids in the titles of each test file. */
const titled = new Map<string, Set<string>>();
for (const folder of ["packages", "test"])
  for (const path of testFiles(join(root, folder))) {
    const ids = new Set<string>();
    for (const [, double, template, single] of readFileSync(path, "utf8").matchAll(TITLE))
      for (const [, id] of (double ?? template ?? single ?? "").matchAll(new RegExp(`\\[(${ID})\\]`, "g")))
        ids.add(id!);
    if (ids.size > 0) titled.set(relative(root, path), ids);
  }

test("the checklist has every section, its ids consecutive and in order", () => {
  const counts = SECTIONS.map((section) => rows.filter(({ id }) => id.startsWith(`${section}-`)).length);
  expect(counts.every((count) => count > 0)).toBe(true);
  expect(rows.map(({ id }) => id)).toEqual(
    SECTIONS.flatMap((section, i) => Array.from({ length: counts[i]! }, (_, n) => `${section}-${n + 1}`)),
  );
});

test("every line leads to tests that carry its id, or is open", () => {
  const astray = rows.flatMap(({ id, files, open }) =>
    files.length === 0
      ? open
        ? []
        : [`${id}: neither a test nor open`]
      : files.filter((file) => !titled.get(file)?.has(id)).map((file) => `${id}: not in a title of ${file}`),
  );
  expect(astray).toEqual([]);
});

test("every id in a title leads back to a line that names its file", () => {
  const astray = [...titled].flatMap(([file, ids]) =>
    [...ids]
      .filter((id) => !rows.some((row) => row.id === id && row.files.includes(file)))
      .map((id) => `${id} of ${file} is not in docs/ics-28.md`),
  );
  expect(astray).toEqual([]);
});

test("the page says how many lines are open", () => {
  const [, open, all] = /^(\d+) of (\d+) lines are open/m.exec(page) ?? [];
  expect([Number(open), Number(all)]).toEqual([rows.filter((row) => row.open).length, rows.length]);
});

test("the map names lines that exist, and files that exist", () => {
  const map = page.slice(page.indexOf("## Map"));
  const known = new Set(rows.map(({ id }) => id));
  const named = [...map.matchAll(new RegExp(`\`(${ID})\``, "g"))].map(([, id]) => id!);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
  const links = [...map.matchAll(/\]\(\.\.\/([^)#]+)\)/g)].map(([, path]) => path!);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
