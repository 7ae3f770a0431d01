/**
 * `pnpm bench [name…]`: measures and prints a Markdown table. Names: startup, hub, memory, vsc, blocks, light, iavl, sends,
 * relay, epoch, epoch-growth, invariants, sends-go, stacks; all of them without one, but for the last two, which build Go programs first. Nothing else should
 * be running.
 */
import { benchEpochGrowth, benchEpochs } from "./epoch.ts";
import { benchIavl } from "./iavl.ts";
import { benchInvariants } from "./invariants.ts";
import { benchLightClient } from "./light-client.ts";
import { type Figure, machine, table } from "./measure.ts";
import { benchBlocks, benchInMemoryStart, benchRelay, benchStartup, benchVscLatency } from "./network.ts";
import { benchSends, benchSendsBesideGo } from "./sends.ts";
import { benchStacks } from "./stacks.ts";

const BENCHES: Readonly<Record<string, () => Promise<Figure[]> | Figure[]>> = {
  startup: () => benchStartup(5),
  hub: () =>
    benchStartup(3, ["-f", "localnet/hub.yaml"], "localnet/hub.yaml, 105 validators, seven consumers"),
  memory: () => benchInMemoryStart(10),
  vsc: () => benchVscLatency(20),
  blocks: async () => [...(await benchBlocks(4, 2000, 3)), ...(await benchBlocks(180, 100, 3))],
  light: () => benchLightClient([4, 50, 180], 100),
  iavl: () => benchIavl(3),
  sends: () => benchSends(5000, 5),
  relay: () => benchRelay(2000, 3),
  epoch: () => benchEpochs(10),
  "epoch-growth": () => benchEpochGrowth(5),
  invariants: async () => [...(await benchInvariants(4, 5)), ...(await benchInvariants(100, 3))],
  "sends-go": () => benchSendsBesideGo(5000, 5),
  stacks: () => benchStacks(3),
};
const NEED_GO = ["sends-go", "stacks"];

const names = process.argv.slice(2);
for (const name of names)
  if (BENCHES[name] === undefined) {
    console.error(`there is no benchmark "${name}"; there are: ${Object.keys(BENCHES).join(", ")}`);
    process.exit(2);
  }
const figures: Figure[] = [];
for (const name of names.length > 0 ? names : Object.keys(BENCHES).filter((n) => !NEED_GO.includes(n))) {
  console.error(`${name} …`);
  figures.push(...(await BENCHES[name]!()));
}
console.log(`${machine()}\n\n${table(figures)}`);
