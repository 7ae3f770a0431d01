/** The file that docs/grpc.md shows is one that Hermes takes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch } from "../interop/harness/scratch.ts";
import { describeHermes } from "./hermes.ts";

describeHermes("docs/grpc.md", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  test("shows a file that Hermes takes", async () => {
    const text = readFileSync(join(__dirname, "../../docs/grpc.md"), "utf8");
    const toml = /<!-- hermes\.toml -->\n```toml\n([\s\S]*?)```/.exec(text)?.[1];
    const file = join(scratch.directory, "hermes.toml");
    writeFileSync(file, toml!);
    const args = ["--config", file, "config", "validate"];
    const { code, stdout } = await scratch.run(process.env["TANDEM_HERMES"]!, args);
    expect([code, stdout]).toEqual([0, expect.stringContaining("configuration is valid")]);
  });
});
