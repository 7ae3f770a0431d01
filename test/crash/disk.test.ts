/** Disks that take no more: a node says so and ends, has lost nothing, and goes on when it may write again. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createChainRecord } from "./chain-record.ts";
import { startLoad } from "./load.ts";
import { createSubject, type Run, type Subject } from "./subject.ts";

jest.setTimeout(180_000);

let subject: Subject;
const mounts: string[] = [];
beforeEach(async () => {
  subject = await createSubject("5ms");
});
afterEach(async () => {
  for (const path of mounts.splice(0)) spawnSync("umount", ["-l", path]);
  await subject.end();
});

/** Mounts memory of `size` as a disk; `undefined` where the system does not let this user. */
function smallDisk(size: string): string | undefined {
  const path = join(subject.directory, "disk");
  mkdirSync(path);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
  if (status !== 0) return undefined;
  mounts.push(path);
  return path;
}

const remount = (path: string, options: string): void => {
  const { status, stderr } = spawnSync("mount", ["-o", `remount,${options}`, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
};

/** The error that a node printed at its end, with its exit code. */
async function failureOf(node: Run): Promise<{ exit: number; code: string; message: string; hint: string }> {
  const { code, stdout } = await node.ended;
  const { error } = JSON.parse(stdout.trim().split("\n").at(-1)!) as {
    error: { code: string; message: string; hint: string };
  };
  return { exit: code, ...error };
}

/** Runs under load until the disk is full, then with room, and compares. */
async function fillAndGoOn(full: () => Run, roomy: () => Run): Promise<void> {
  const record = createChainRecord();
  const node = full();
  const load = startLoad((await node.ready).url, record);
  const failure = await failureOf(node);
  await load.stop();
  expect(failure).toMatchObject({
    exit: 8,
    code: "disk-full",
    message: expect.stringMatching(/the disk .*full/),
    hint: expect.stringContaining("nothing that was committed is lost"),
  });
  expect(record.height).toBeGreaterThan(1n);
  // Without room it fails again, and still loses nothing.
  expect(await failureOf(full())).toMatchObject({ exit: 8, code: "disk-full" });
  const again = roomy();
  const { url, height } = await again.ready;
  expect(height).toBeGreaterThanOrEqual(record.height);
  const seen = await record.verify(url, true);
  expect(seen.blocks).toBeGreaterThanOrEqual(Number(record.height));
  // It goes on.
  const more = startLoad(url, record);
  await record.reached(record.height + 10n);
  await more.stop();
  await record.verify(url, true);
  again.signal("SIGTERM");
  expect((await again.ended).code).toBe(0);
}

// A limit on the size of each file, in units of 512 bytes: what any user can have. The two databases grow at different paces.
test.each([3_000, 3_800])(
  "files that may not grow beyond %p units stop a node as a full disk does",
  (units) =>
    fillAndGoOn(
      () => subject.start({ shell: `ulimit -f ${units}` }),
      () => subject.start(),
    ),
);

test("a full disk stops a node, which goes on once there is room", async () => {
  const disk = smallDisk("4m");
  if (disk === undefined) {
    process.stderr.write(
      "crash: no disk of its own can be mounted by this user: only file sizes are limited\n",
    );
    return;
  }
  const home = join(disk, "home");
  cpSync(subject.home, home, { recursive: true });
  let grown = false;
  await fillAndGoOn(
    () => subject.start({ home }),
    () => {
      if (!grown) remount(disk, "size=64m");
      grown = true;
      return subject.start({ home });
    },
  );
});

test("a read-only disk is told of before anything is done, and holds what it held", async () => {
  const record = createChainRecord();
  const disk = smallDisk("64m");
  const home = join(disk ?? subject.directory, "read-only");
  cpSync(subject.home, home, { recursive: true });
  const first = subject.start({ home });
  const load = startLoad((await first.ready).url, record);
  await record.reached(5n);
  first.signal("SIGKILL");
  await first.ended;
  await load.stop();
  if (disk === undefined) chmodSync(home, 0o500);
  else remount(disk, "ro");
  expect(await failureOf(subject.start({ home }))).toMatchObject({ exit: 8, code: "disk-read-only" });
  if (disk === undefined) chmodSync(home, 0o700);
  else remount(disk, "rw");
  const again = subject.start({ home });
  const { url } = await again.ready;
  await record.verify(url, true);
});
