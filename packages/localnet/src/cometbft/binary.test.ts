import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCometBinary } from "./binary.ts";

describe("the cometbft program", () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-binary-"));
  const { PATH, TANDEM_COMETBFT } = process.env;
  const program = (folder: string, version: string): string => {
    mkdirSync(join(directory, folder), { recursive: true });
    const file = join(directory, folder, "cometbft");
    writeFileSync(file, `#!/bin/sh\necho ${version}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  beforeEach(() => {
    process.env["PATH"] = "";
    delete process.env["TANDEM_COMETBFT"];
  });
  afterAll(() => {
    process.env["PATH"] = PATH;
    if (TANDEM_COMETBFT !== undefined) process.env["TANDEM_COMETBFT"] = TANDEM_COMETBFT;
    rmSync(directory, { recursive: true, force: true });
  });

  test("is the one that was named, else the environment's, else the one in PATH", async () => {
    const [named, set, found] = [program("a", "0.38.1"), program("b", "v0.38.2+x"), program("c", "0.38.3")];
    process.env["PATH"] = join(directory, "c");
    expect(await findCometBinary()).toEqual({ path: found, version: "0.38.3" });
    process.env["TANDEM_COMETBFT"] = set;
    expect(await findCometBinary()).toEqual({ path: set, version: "0.38.2+x" });
    expect(await findCometBinary(named)).toEqual({ path: named, version: "0.38.1" });
  });

  test.each([
    ["is not there", undefined, /no cometbft in PATH/],
    ["is no program", "missing", /no program that can be started/],
    ["is of another version", "1.0.0", /is CometBFT 1\.0\.0, needed is 0\.38/],
    ["fails", "0.38.17; exit 3", /does not tell its version/],
  ])("that %s is refused with the way to get one", async (_, version, message) => {
    const named =
      version === undefined
        ? undefined
        : version === "missing"
          ? join(directory, "none")
          : program("d", version);
    await expect(findCometBinary(named)).rejects.toMatchObject({
      code: "not-installed",
      message: expect.stringMatching(message),
      hint: expect.stringContaining("go install github.com/cometbft/cometbft/cmd/cometbft@v0.38"),
    });
  });
});
