/**
 * Generates packages/proto/src/gen from proto/: codecs by ts-proto, the descriptor table, the list of names, the files'
 * own descriptors.
 *
 *   pnpm gen            writes the files
 *   pnpm gen --check    writes nothing; fails if the files on disk differ from what would be generated
 */

import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { adaptCodecs } from "./gen/codecs.ts";
import { codecTable, descriptorTable } from "./gen/descriptors.ts";
import { fileTable } from "./gen/files.ts";
import { loadImage } from "./gen/image.ts";
import { namesFile } from "./gen/names.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const committed = join(root, "packages/proto/src/gen");
const buf = (...args: string[]): void => {
  execFileSync(join(root, "node_modules/.bin/buf"), args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
};

/** Every file below `dir`, relative to it, sorted. */
function filesBelow(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}

function generate(scratch: string): Map<string, string> {
  const imageFile = join(scratch, "image.json");
  buf("build", "proto", "-o", imageFile);
  const setFile = join(scratch, "files.binpb");
  buf("build", "proto", "--as-file-descriptor-set", "--exclude-source-info", "-o", setFile);
  buf("generate", "--template", "proto/buf.gen.yaml", "-o", scratch);
  const image = loadImage(readFileSync(imageFile, "utf8"));
  const raw = join(scratch, "packages/proto/src/gen");
  const files = new Map<string, string>();
  for (const file of filesBelow(raw)) {
    // ts-proto also emits the option files that ours import; nothing uses them.
    const source = `${file.replace(/\.ts$/, "")}.proto`;
    if (!image.files.some((f) => f.name === source && f.generated)) continue;
    files.set(file, adaptCodecs(readFileSync(join(raw, file), "utf8"), source, image));
  }
  files.set("descriptors.ts", descriptorTable(image));
  files.set("codecs.ts", codecTable(image));
  files.set("names.ts", namesFile(image));
  files.set("files.ts", fileTable(readFileSync(setFile)));
  return files;
}

const scratch = mkdtempSync(join(root, "node_modules/.gen-"));
try {
  const files = generate(scratch);
  if (process.argv.includes("--check")) {
    const onDisk = filesBelow(committed);
    const stale = [...new Set([...onDisk, ...files.keys()])].filter(
      (file) => !onDisk.includes(file) || readFileSync(join(committed, file), "utf8") !== files.get(file),
    );
    for (const file of stale) console.error(`not current: packages/proto/src/gen/${file}`);
    if (stale.length > 0) {
      console.error("run `pnpm gen` and commit the result");
      process.exitCode = 1;
    }
  } else {
    const fresh = join(scratch, "fresh");
    for (const [file, text] of files) {
      mkdirSync(dirname(join(fresh, file)), { recursive: true });
      writeFileSync(join(fresh, file), text);
    }
    rmSync(committed, { recursive: true, force: true });
    cpSync(fresh, committed, { recursive: true });
    console.log(`${files.size} files in packages/proto/src/gen`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
