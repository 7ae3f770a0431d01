// Beside a test process, to clean up after it however it ended. Standard input holds one order a line: `group PID` (a
// process group runs), `ended PID`, `directory PATH`, `removed PATH`. When the input ends, so has the test process, even by
// SIGKILL: what is still listed is killed and removed.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

const groups = new Set();
const directories = new Set();

const ORDERS = {
  group: (pid) => groups.add(pid),
  ended: (pid) => groups.delete(pid),
  directory: (path) => directories.add(path),
  removed: (path) => directories.delete(path),
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const space = line.indexOf(" ");
    ORDERS[line.slice(0, space)]?.(line.slice(space + 1));
  })
  .on("close", () => {
    for (const pid of groups)
      try {
        process.kill(-Number(pid), "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 20 });
    process.exit(0);
  });
