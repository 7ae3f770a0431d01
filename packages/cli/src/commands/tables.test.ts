import type { ChainReport } from "@tandem-ics/localnet";
import { displayWidth } from "../output.ts";
import { shortPower, validatorTable } from "./tables.ts";

/** A chain on which validator `v1`, `v2`, … have these powers. */
const chain = (name: string, powers: readonly number[], jailed: readonly number[] = []): ChainReport => ({
  name,
  chainId: `${name}-1`,
  role: name === "provider" ? "provider" : "consumer",
  phase: "running",
  height: "1",
  time: "2026-01-01T00:00:00Z",
  validators: powers.map((power, i) => ({
    name: `validator-with-a-long-name-${i + 1}`,
    consAddress: "",
    pubKey: "",
    power: power.toString(),
    jailed: jailed.includes(i + 1),
    tombstoned: false,
    missedBlocks: "0",
  })),
});

const CHAINS = [
  chain("provider", [10_710_034, 250_000, 77, 0], [4]),
  ...["wide", "large", "small", "level", "compact", "top", "prior"].map((name) =>
    chain(name, [10_710_034, 250_000]),
  ),
];
const widest = (text: string): number => Math.max(...text.split("\n").map(displayWidth));

describe("validators side by side", () => {
  test("have exact powers and whole names where there is room", () => {
    const text = validatorTable(CHAINS, CHAINS, 160);
    expect(text).toContain("validator-with-a-long-name-1  10710034  10710034");
    expect(text).toMatch(/validator-with-a-long-name-4 .*jailed$/m);
    expect(text.split("\n")).toHaveLength(5);
  });

  test("have short powers and names on 80 columns, seven consumers and the jailed among them", () => {
    const text = validatorTable(CHAINS, CHAINS, 80);
    expect(widest(text)).toBeLessThanOrEqual(80);
    const [header, first, second, third, fourth] = text.split("\n");
    expect(header).toMatch(/validator +provider +wide +large +small +level +compact +top +prior/);
    expect(first!.match(/10\.7M/g)).toHaveLength(8);
    expect(second!.match(/250k/g)).toHaveLength(8);
    expect(third).toMatch(/^validator-with-a-l\S*… +77 +–/);
    expect(fourth).toMatch(/jailed/);
  });

  test("leave out chains that do not fit, and say so", () => {
    const text = validatorTable(CHAINS, CHAINS, 40);
    expect(widest(text.split("\n").slice(0, -1).join("\n"))).toBeLessThanOrEqual(40);
    expect(text).toMatch(/… and 5 more chains: tandem validator list --chain NAME/);
  });

  test.each([
    ["0", "0"],
    ["999", "999"],
    ["1000", "1k"],
    ["1999", "1.99k"],
    ["999999", "999k"],
    ["3007024", "3M"],
    ["10710034", "10.7M"],
    ["9223372036854775807", "9.22E"],
  ])("cut a power of %s down to %s", (power, expected) => {
    expect(shortPower(power)).toBe(expected);
  });
});
