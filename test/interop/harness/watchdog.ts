/** Tells the watchdog process what runs and lies here, so that nothing outlives this process, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { WATCHDOG } from "./places.ts";

let watchdog: ChildProcess | undefined;

function started(): ChildProcess {
  // In a group of its own: Ctrl-C must not end the one that cleans up after it.
  const child = spawn(process.execPath, [WATCHDOG], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.unref();
  // The pipe must not keep this process alive either.
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

/** Hands over one order; see `watchdog.mjs`. */
export function tellWatchdog(order: "group" | "ended" | "directory" | "removed", what: string | number) {
  watchdog ??= started();
  watchdog.stdin!.write(`${order} ${what}\n`);
}
