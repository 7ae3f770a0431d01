// Before the first suite: Hermes is looked for (HERMES names one, else PATH), and the Go peers are built as for interop.
import { execFileSync } from "node:child_process";
import buildPeers from "../interop/peers/setup.mjs";

/** Jest's `globalSetup`. */
export default async function setup() {
  const hermes = process.env["HERMES"] || "hermes";
  try {
    const version = execFileSync(hermes, ["--version"], { encoding: "utf8" }).trim();
    process.env["TANDEM_HERMES"] = hermes;
    process.stderr.write(`hermes: ${version}\n`);
  } catch {
    process.env["TANDEM_NO_HERMES"] =
      `there is no ${hermes}: put Hermes 1.11 on the PATH, or name it in HERMES`;
    process.stderr.write(`HERMES SUITES ARE SKIPPED: ${process.env["TANDEM_NO_HERMES"]}\n`);
    return;
  }
  await buildPeers();
}
