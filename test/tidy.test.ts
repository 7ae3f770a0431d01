import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(__dirname, "..");

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (["node_modules", "dist", "gen", ".git", "data"].includes(entry.name)) return [];
    return entry.isDirectory() ? files(path, ending) : ending.test(entry.name) ? [path] : [];
  });
}

const packages = readdirSync(join(root, "packages"));
const sources = files(join(root, "packages"), /\.ts$/);
const production = sources.filter((path) => !path.endsWith(".test.ts"));
const text = (path: string): string => readFileSync(path, "utf8");
const name = (path: string): string => relative(root, path);

describe("the code base", () => {
  test("keeps the order of its layers in manifests and project references", () => {
    const layers = text(join(root, "scripts/lint/layers.cjs"));
    const order = [.../const LAYERS = \[([^\]]*)\]/.exec(layers)![1]!.matchAll(/"([a-z]+)"/g)].map(
      (m) => m[1]!,
    );
    expect([...order].sort()).toEqual([...packages].sort());
    for (const pkg of packages) {
      const manifest = JSON.parse(text(join(root, "packages", pkg, "package.json"))) as {
        dependencies: Record<string, string>;
      };
      const declared = Object.keys(manifest.dependencies)
        .filter((d) => d.startsWith("@tandem-ics/"))
        .map((d) => d.slice("@tandem-ics/".length));
      const tsconfig = JSON.parse(text(join(root, "packages", pkg, "tsconfig.json"))) as {
        references: { path: string }[];
      };
      expect([pkg, [...declared].sort()]).toEqual([
        pkg,
        tsconfig.references.map((r) => r.path.slice(3)).sort(),
      ]);
      for (const d of declared)
        expect([pkg, d, order.indexOf(d) < order.indexOf(pkg)]).toEqual([pkg, d, true]);
    }
  });

  test("has no file over 500 lines", () => {
    expect(production.filter((path) => text(path).split("\n").length > 500).map(name)).toEqual([]);
  });

  test("writes messages of cosmjs-types with the repaired writer only", () => {
    const entry = (specifier: string): string => {
      const [, pkg, ...sub] = specifier.split("/");
      const manifest = JSON.parse(text(join(root, "packages", pkg!, "package.json"))) as {
        exports: Record<string, Record<string, string>>;
      };
      return join(root, "packages", pkg!, manifest.exports[[".", ...sub].join("/")]!["@tandem-ics/source"]!);
    };
    const reaches = (path: string, seen: Set<string>): boolean => {
      if (path === join(root, "packages/proto/src/varint-repair.ts")) return true;
      if (seen.has(path) || !existsSync(path)) return false;
      seen.add(path);
      return [...text(path).matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;"]*?\sfrom\s+)?"([^"]+)"/gm)].some(
        ([, specifier]) => {
          if (specifier!.startsWith(".")) return reaches(join(path, "..", specifier!), seen);
          return specifier!.startsWith("@tandem-ics/") && reaches(entry(specifier!), seen);
        },
      );
    };
    // Tests, too: their references are of no use else.
    const writers = sources.filter(
      (path) =>
        /^import\s+(?!type\b)[^;]*from "cosmjs-types\/(?!binary)/m.test(text(path)) &&
        /\bencode\(/.test(text(path)),
    );
    expect(writers.length).toBeGreaterThan(50);
    expect(writers.filter((path) => !reaches(path, new Set())).map(name)).toEqual([]);
  });

  test("leaves no notes for later", () => {
    expect(sources.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text(path))).map(name)).toEqual([]);
  });

  test("gives each error of a codespace one code", () => {
    const seen = new Map<string, string>();
    const twice: string[] = [];
    for (const path of production)
      for (const match of text(path).matchAll(/defineErrors\(\s*"([^"]+)",\s*\{([\s\S]*?)\n\}\)/g))
        for (const code of match[2]!.matchAll(/\[\s*(\d+),/g)) {
          const id = `${match[1]}/${code[1]}`;
          if (seen.has(id)) twice.push(`${id} in ${seen.get(id)} and ${name(path)}`);
          seen.set(id, name(path));
        }
    expect(seen.size).toBeGreaterThan(100);
    expect(twice).toEqual([]);
  });

  test("documents every export", () => {
    const bare: string[] = [];
    for (const path of production) {
      if (path.endsWith("index.ts")) continue;
      const lines = text(path).split("\n");
      lines.forEach((line, i) => {
        if (!/^export (async )?(function|const|class|interface|type)\b(?! \{)/.test(line)) return;
        let above = i - 1;
        while (above >= 0 && /^(@|\s*$)/.test(lines[above]!)) above--;
        if (above < 0 || !/\*\/\s*$/.test(lines[above]!))
          bare.push(`${name(path)}:${i + 1} ${line.trim().slice(0, 60)}`);
      });
    }
    expect(bare).toEqual([]);
  });

  test("throws no bare errors in packages", () => {
    expect(production.filter((path) => /throw new Error\(/.test(text(path))).map(name)).toEqual([]);
  });

  test("lists every package in the README", () => {
    const readme = text(join(root, "README.md"));
    expect(packages.filter((pkg) => !readme.includes(`packages/${pkg}`))).toEqual([]);
  });

  test("links to files that exist", () => {
    const dead: string[] = [];
    for (const path of files(root, /\.md$/))
      for (const match of text(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        if (!existsSync(join(path, "..", match[1]!))) dead.push(`${name(path)}: ${match[1]}`);
    expect(dead).toEqual([]);
  });
});
