/** The chain of the sends benchmark: a provider with one validator, state on disk, 200 ms between blocks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Localnet } from "@tandem-ics/localnet";

const home = mkdtempSync(join(tmpdir(), "tandem-sends-"));
const net = await Localnet.start({
  validators: 1,
  consumers: 0,
  clock: "system",
  blockTime: "200ms",
  listen: true,
  home,
});
const owner = net.accounts.find((a) => a.name === "owner")!;
process.send?.({
  url: net.provider.rpcUrl,
  chainId: net.provider.chainId,
  mnemonic: owner.mnemonic,
  prefix: net.provider.bech32Prefix,
  denom: net.provider.denom,
});
// Answers with the processor time spent so far, in microseconds: what the parent divides by the number of sends.
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.once("SIGTERM", async () => {
  await net.stop();
  rmSync(home, { recursive: true, force: true });
  process.exit(0);
});
