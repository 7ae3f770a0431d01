// Before the first suite: the peers are built, and the suites told where they lie, or why there are none.
import { buildPeers, NoPeers } from "./build.mjs";

const say = (line) => process.stderr.write(`peers: ${line}\n`);

/** Jest's `globalSetup`. */
export default async function setup() {
  try {
    process.env["TANDEM_PEERS"] = JSON.stringify(await buildPeers(say));
  } catch (error) {
    if (!(error instanceof NoPeers)) throw error;
    process.env["TANDEM_NO_PEERS"] = error.message;
    say(`INTEROP SUITES ARE SKIPPED: ${error.message}`);
  }
}
