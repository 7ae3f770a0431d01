/** Consumers of every shape that a topology can give them, a Top N chain of governance's among them. */
import { type ConsumerInput, Localnet } from "@tandem-ics/localnet";

const M = 1_000_000;

/** Name and power of everybody in a chain's set, strongest first. */
async function setOf(net: Localnet, chain: string): Promise<string[]> {
  const { chains } = await net.status();
  return chains
    .find(({ name }) => name === chain)!
    .validators.filter(({ power }) => power !== "0")
    .map(({ name, power }) => `${name} ${power}`);
}

describe("shaped consumers", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({
      checkInvariants: true,
      validators: ["alice", "bob", "carol", "dave", "erin"].map((name, i) => ({
        name,
        stake: [500, 300, 100, 60, 40][i]! * M,
      })),
      provider: { maxProviderConsensusValidators: 4, votingPeriod: "1h" },
      consumers: [
        { name: "capped", powerCap: 33 },
        { name: "small", setCap: 2, prioritylist: ["dave"] },
        { name: "top", topN: 67, assignKeys: ["bob"] },
        { name: "listed", allowlist: ["alice", "bob", "dave"], denylist: ["bob"], minStake: 50 * M },
        { name: "wide", optIn: ["alice", "erin"], allowInactiveVals: true },
      ],
    });
  }, 60_000);
  afterAll(() => net?.stop());

  // Opening the channels took a delegation of four units, ⌈100 / 33⌉, to the first validator: alice. Erin is not active.
  test.each([
    ["capped", ["alice 318", "bob 318", "carol 184", "dave 144"]],
    ["small", ["alice 504", "dave 60"]],
    ["top", ["alice 504", "bob 300"]],
    ["listed", ["alice 504", "dave 60"]],
    ["wide", ["alice 504", "erin 40"]],
  ])("%s has the set that its shape allows", async (name, expected) => {
    expect(await setOf(net, name)).toEqual(expected);
  });

  test("a Top N chain belongs to governance, whose voting takes as long as the topology says", async () => {
    const { query } = net.provider.client;
    const { consumerId = "" } = net.chain("top");
    const { ownerAddress, powerShapingParams } = await query.provider.QueryConsumerChain({ consumerId });
    expect(ownerAddress).toBe("cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn");
    expect(powerShapingParams?.topN).toBe(67);
    const { params } = await query.gov.Params({ paramsType: "" });
    expect([params?.votingPeriod?.seconds, params?.expeditedVotingPeriod?.seconds]).toEqual([3600n, 1800n]);
  });

  test("a Top N chain takes whoever grows into the top, and lets go who falls out of it only when he wants", async () => {
    await net.stake.delegate("carol", `${600 * M}stake`, { wait: "applied" });
    expect(await setOf(net, "top")).toEqual(["carol 700", "alice 504", "bob 300"]);
    expect(await setOf(net, "small")).toEqual(["carol 700", "dave 60"]);
  });

  test("refuses shapes that cannot be", async () => {
    const refused: readonly (readonly [ConsumerInput, RegExp])[] = [
      [{ name: "x", topN: 49 }, /consumers\.0\.topN/],
      [{ name: "x", topN: 101 }, /consumers\.0\.topN/],
      [{ name: "x", powerCap: 101 }, /powerCap/],
      [{ name: "x", denylist: ["nobody"] }, /nobody, which is no validator/],
    ];
    for (const [consumer, reason] of refused)
      await expect(Localnet.start({ validators: 1, consumers: [consumer] })).rejects.toThrow(reason);
  });
});
