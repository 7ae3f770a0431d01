import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WATCHDOG } from "./harness/places.ts";

test("what a test process leaves behind when it is killed is ended and removed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-interop-"));
  const watchdog = JSON.stringify(WATCHDOG);
  // The process that is killed: it starts a watchdog and a program that would run for ever, as scratch.ts does.
  const script = `
    const { spawn } = require("node:child_process");
    const start = (args, stdin) =>
      spawn(process.execPath, args, { detached: true, stdio: [stdin, "inherit", "inherit"] });
    const child = start(["-e", "setInterval(() => {}, 1e6); console.log('runs')"], "ignore");
    const dog = start([${watchdog}], "pipe");
    dog.stdin.write("group " + child.pid + "\\ndirectory " + ${JSON.stringify(directory)} + "\\n");
  `;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(parent.stdout, "data");
  // The other two write to the same pipe: it closes when the last of the three has ended.
  const closed = once(parent.stdout, "close");
  parent.kill("SIGKILL");
  await closed;
  expect(existsSync(directory)).toBe(false);
}, 30_000);
