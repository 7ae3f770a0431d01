import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createScratch, startTandem } from "./run-tandem.ts";

describe("attacks on light clients from the command line", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  /** Runs a command, which must succeed, and gives its JSON documents. */
  async function documents(...args: string[]): Promise<Record<string, unknown>[]> {
    const { code, stdout, stderr } = await scratch.tandem(...args, "--json");
    if (code !== 0) throw new Error(`tandem ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
  const validator = async (name: string) => {
    const [chains] = (await documents("validator", "list")) as unknown as [
      { name: string; validators: { name: string; tombstoned?: boolean }[] }[],
    ];
    return chains.find((c) => c.name === "provider")?.validators.find((v) => v.name === name);
  };

  test("are made, refused where they prove nothing, found by the watch, and punished", async () => {
    await documents("up", "--validators", "4", "--consumers", "1", "--detach", "--memory");
    const weak = await scratch.tandem("fault", "light-client-attack", "dave", "--chain", "consumer-0");
    expect([weak.code, weak.stderr]).toEqual([2, expect.stringContaining("more than 2/3")]);

    const attack = ["fault", "light-client-attack", "alice,bob,carol", "--chain", "consumer-0"];
    await documents(...attack, "--kind", "amnesia", "--out", "amnesia.json");
    const submit = ["evidence", "submit", "light-client-attack", "consumer-0"];
    const amnesia = await scratch.tandem(...submit, "--file", "amnesia.json", "--dry-run");
    expect(amnesia.code).toBe(6);
    expect(amnesia.stderr).toContain("✗ it can be told who broke the rules: amnesia");
    const unchecked = await scratch.tandem(...submit, "--file", "amnesia.json", "--unchecked");
    expect(unchecked.code).toBe(4);

    const watching = startTandem(
      ["evidence", "watch", "consumer-0", "--submit", "--out", ".", "--json"],
      scratch.cwd,
    );
    await watching.printed(/"started"/);
    const [made] = await documents(...attack, "--offer");
    await watching.printed(/"event":"evidence"/);
    watching.kill("SIGTERM");
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(["started", "evidence", "stopped"]);
    expect(lines[1]).toMatchObject({
      kind: "light-client-attack",
      source: "client update",
      height: made!["height"],
      report: { ok: true },
      submitted: { hash: expect.stringMatching(/^[0-9A-F]{64}$/) },
    });
    for (const name of ["alice", "bob", "carol"])
      expect([name, (await validator(name))?.tombstoned]).toEqual([name, true]);
    expect((await validator("dave"))?.tombstoned ?? false).toBe(false);

    // All are punished already: here and there.
    const [file] = readdirSync(scratch.cwd).filter((name) => name.startsWith("attack-"));
    const again = await scratch.tandem(...submit, "--file", join(scratch.cwd, file!));
    expect([again.code, again.stderr]).toEqual([
      6,
      expect.stringContaining("the provider can punish at least one of them"),
    ]);
    const [nothing] = await documents("evidence", "watch", "consumer-0", "--once");
    expect(nothing).toMatchObject({ event: "evidence", report: { ok: false } });
  }, 120_000);
});
