/** `tandem up --check-invariants` as a user runs it: code 6, and the network stands still. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch, startTandem } from "../cli/run-tandem.ts";

const scratch = createScratch();
afterAll(() => scratch.end());

/** A provider that believes from the start that five coins are locked which nobody has. */
const BROKEN = `
blockTime: 250ms
validators: 2
consumers: 0
provider:
  genesis:
    transfer:
      total_escrowed: [{ denom: stake, amount: "5" }]
`;

test("a network that is broken from the start does not come up", async () => {
  writeFileSync(join(scratch.cwd, "broken.yaml"), BROKEN);
  const ran = await startTandem(["up", "-f", "broken.yaml", "--memory"], scratch.cwd).ended;
  expect(ran.code).toBe(6);
  expect(ran.stderr).toMatch(
    /invariant transfer\/total-escrow is broken on provider at height 1: expected .*; found 5stake/,
  );
}, 60_000);

test("one that is looked at later only ends when it makes its next block", async () => {
  // Without the check nobody notices.
  const unchecked = startTandem(["--json", "up", "-f", "broken.yaml"], scratch.cwd);
  await unchecked.printed(/"seconds"/);
  unchecked.kill("SIGTERM");
  expect((await unchecked.ended).code).toBe(0);
  const checked = startTandem(["--json", "up", "--check-invariants"], scratch.cwd);
  const { code, stdout, stderr } = await checked.ended;
  expect(code).toBe(6);
  expect(stdout + stderr).toContain('"invariant-broken"');
  expect(stdout + stderr).toContain("transfer/total-escrow");
  // Nothing is lost by it: who does not look goes on.
  const again = startTandem(["--json", "up"], scratch.cwd);
  await again.printed(/"seconds"/);
  again.kill("SIGTERM");
  expect((await again.ended).code).toBe(0);
}, 120_000);

test("a topology may ask for it as well", async () => {
  writeFileSync(join(scratch.cwd, "asked.yaml"), `checkInvariants: true\n${BROKEN}`);
  const ran = await startTandem(["--net", "asked", "up", "-f", "asked.yaml", "--memory"], scratch.cwd).ended;
  expect([ran.code, ran.stderr]).toEqual([6, expect.stringContaining("transfer/total-escrow")]);
}, 60_000);
