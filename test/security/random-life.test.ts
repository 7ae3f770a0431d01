/** Every invariant holds along lives drawn from seeds. `INVARIANT_SEEDS=1,2,3 INVARIANT_ACTS=1000` asks for others. */
import { Localnet } from "@tandem-ics/localnet";
import { createDice, createLife } from "./random-life.ts";

const SEEDS = (process.env["INVARIANT_SEEDS"] ?? "1,7").split(",").map(Number);
const ACTS = Number(process.env["INVARIANT_ACTS"] ?? "150");

test.each(SEEDS)(
  "every invariant holds after every block of life %i",
  async (seed) => {
    const net = await Localnet.start({
      seed: `life ${seed}`,
      checkInvariants: true,
      // The first two have more than two thirds of the power: the others may fail in any way.
      validators: [
        { name: "alice", stake: "900000000" },
        { name: "bob", stake: "800000000" },
        { name: "carol", stake: "150000000" },
        { name: "dave", stake: "120000000" },
        { name: "erin", stake: "90000000" },
        { name: "frank", stake: "60000000" },
      ],
      consumers: [
        { name: "consumer-0", slashFractionDowntime: "0.01" },
        { name: "consumer-1", assignKeys: true, powerCap: 60 },
      ],
      provider: {
        blocksPerEpoch: 4,
        signedBlocksWindow: 10,
        unbondingPeriod: "3d",
        downtimeJailDuration: "20s",
        slashMeterReplenishPeriod: "1m",
      },
    });
    const life = createLife(net, createDice(seed), ["alice", "bob"]);
    const trail: string[] = [];
    try {
      for (let i = 0; i < ACTS; i++) trail.push(await life.act());
      await net.fault.heal();
      await net.clock.advance(5n * 86_400_000_000_000n);
      await net.relay.once();
      await net.blocks(10);
    } catch (error) {
      throw new Error(`life ${seed} after ${trail.slice(-12).join(", ")}`, { cause: error });
    } finally {
      await net.stop();
    }
    if (process.env["INVARIANT_REPORT"] === "1") console.log(life.report, net.invariants);
    const { blocks = 0, broken } = net.invariants ?? {};
    expect(broken).toEqual([]);
    expect(blocks).toBeGreaterThan(ACTS);
    // A life in which nothing happens shows nothing.
    for (const act of ["delegate", "undelegate", "redelegate", "assignKey", "transfer", "relay"])
      expect([act, (life.report.done.get(act) ?? 0) > 0]).toEqual([act, true]);
  },
  300_000,
);
