import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, logTail, startChild } from "./child.ts";

describe("a guarded program", () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-child-"));
  const log = join(directory, "log");
  const children = new Set<Child>();
  const start = async (script: string): Promise<Child> => {
    const child = await startChild(process.execPath, ["-e", script], log);
    children.add(child);
    return child;
  };
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  afterAll(async () => {
    await Promise.all([...children].map((child) => child.stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  test("tells its process id, writes its log, and says how it ended", async () => {
    const child = await start("console.log(process.pid); process.exitCode = 7");
    expect(await child.ended).toBe("exit code 7");
    expect([child.running, readFileSync(log, "utf8").trim()]).toEqual([false, String(child.pid)]);
    expect(logTail(log)).toBe(String(child.pid));
  });

  test("ends when it is asked to", async () => {
    const child = await start("setInterval(() => {}, 1000)");
    expect([child.running, isAlive(child.pid)]).toEqual([true, true]);
    await child.stop();
    expect([child.running, isAlive(child.pid)]).toEqual([false, false]);
  });

  test("is ended when it will not", async () => {
    const child = await start(
      'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)',
    );
    while (!logTail(log).endsWith("deaf")) await new Promise((resolve) => setImmediate(resolve));
    await child.stop();
    expect([await child.ended, isAlive(child.pid)]).toEqual(["exit code 137", false]);
  }, 20_000);

  test("that cannot be started is told so", async () => {
    const child = await startChild(join(directory, "none"), [], log);
    expect(await child.ended).toBe("exit code 127");
  });

  test("has nothing on its standard input", async () => {
    const child = await start("process.stdin.once('end', () => process.exit(3)).resume()");
    expect(await child.ended).toBe("exit code 3");
  });
});
