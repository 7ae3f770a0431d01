// A jest reporter: names at the end every file of the data directories that the run did not use, so that data which
// nobody reads is seen. Suites append what they read to the file named by an environment variable.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const KINDS = [
  { suites: "test/vectors/", dir: "VECTORS_DIR", used: "VECTORS_USED", fallback: "test/data/vectors" },
  { suites: "test/golden/", dir: "GOLDEN_DIR", used: "GOLDEN_USED", fallback: "test/data/golden" },
  { suites: "test/data-files/", dir: "DATA_DIR", used: "DATA_USED", fallback: "test/data/chains" },
];

const filesBelow = (dir) =>
  readdirSync(dir)
    .map((name) => join(dir, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));

/** Reports unused data files. */
export default class UnusedFiles {
  constructor() {
    this.scratch = mkdtempSync(join(tmpdir(), "used-files-"));
    for (const { used } of KINDS) process.env[used] ??= join(this.scratch, used);
  }

  onRunComplete(_, results) {
    for (const { suites, dir, used, fallback } of KINDS) {
      const ran = results.testResults.some(({ testFilePath }) =>
        relative(root, testFilePath).startsWith(suites),
      );
      const folder = resolve(process.env[dir] ?? join(root, fallback));
      if (!ran || !existsSync(folder)) continue;
      const list = process.env[used];
      const read = new Set(existsSync(list) ? readFileSync(list, "utf8").split("\n") : []);
      const unused = filesBelow(folder).filter((path) => !read.has(path) && !path.endsWith(".md"));
      process.stdout.write(
        unused.length === 0
          ? `${dir}: every file was used\n`
          : `${dir}: not used:\n${unused.map((path) => `  ${relative(folder, path)}\n`).join("")}`,
      );
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
