/** Keys move between the Go binaries' keyrings and ours: in the armor, and as a directory that both use. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { TANDEM } from "./harness/places.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const ADDRESS = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
const PASSPHRASE = "correct horse";

interface Key {
  readonly name: string;
  readonly address: string;
  readonly pubkey: string;
}

describeInterop("keys of a Go binary and ours", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = createScratch();
  });
  afterEach(() => scratch.end());

  async function run(file: string, args: readonly string[], input: string): Promise<string> {
    const ran = await scratch.run(file, args, { input });
    if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }
  /** `keys ARGS` on a home, by either program, with the same flags. */
  const by = {
    go: (home: string, input: string, ...args: string[]) =>
      run(peerPath("interchain-security-pd"), ["keys", ...args, "--home", home], input),
    ours: (home: string, input: string, ...args: string[]) =>
      run(process.execPath, [TANDEM, "keys", ...args, "--home", home], input),
  };
  const test1 = ["--keyring-backend", "test"];

  test.each([
    ["go", "ours"],
    ["ours", "go"],
  ] as const)("an export of %s is imported by %s", async (from, to) => {
    await by[from]("a", `${MNEMONIC}\n`, "add", "op", "--recover", ...test1);
    const armor = await by[from]("a", `${PASSPHRASE}\n`, "export", "op", ...test1);
    const file = join(scratch.directory, "op.asc");
    writeFileSync(file, armor);
    await by[to]("b", `${PASSPHRASE}\n`, "import", "op", file, ...test1);
    const shown = await by[to]("b", "", "show", "op", "--output", "json", ...test1);
    expect((JSON.parse(shown) as Key).address).toBe(ADDRESS);
    const hex = (who: "go" | "ours", home: string) =>
      by[who](home, "y\n", "export", "op", "--unarmored-hex", "--unsafe", ...test1);
    expect((await hex(to, "b")).trim()).toBe((await hex(from, "a")).trim());
  });

  test.each([
    ["test", ""],
    ["file", `${PASSPHRASE}\n`],
  ])("both add to, list and delete from one directory of the %s backend", async (backend, secret) => {
    const flags = ["--keyring-backend", backend];
    // A new file keyring wants its passphrase twice.
    const first = JSON.parse(
      await by.ours("home", secret + secret, "add", "ours", "--output", "json", ...flags),
    ) as Key;
    const second = JSON.parse(await by.go("home", secret, "add", "go", "--output", "json", ...flags)) as Key;
    const lists = [
      await by.go("home", secret, "list", "--output", "json", ...flags),
      await by.ours("home", secret, "list", "--output", "json", ...flags),
    ].map((text) => (JSON.parse(text) as Key[]).map(({ name, address, pubkey }) => [name, address, pubkey]));
    expect(lists[0]).toEqual([second, first].map(({ name, address, pubkey }) => [name, address, pubkey]));
    expect(lists[1]).toEqual(lists[0]);
    const byAddress = await by.go("home", secret, "show", first.address, "-a", ...flags);
    expect(byAddress.trim()).toBe(first.address);
    await by.ours("home", secret, "delete", "go", "--yes", ...flags);
    await by.go("home", secret, "delete", "ours", "--yes", ...flags);
    expect(JSON.parse(await by.ours("home", "", "list", "--output", "json", ...flags))).toEqual([]);
  });
});
