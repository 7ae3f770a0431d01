/** The very same chain behind CometBFT's JSON-RPC and behind ours: thousands of requests, and no difference. */

import { describeInterop } from "./harness/peers.ts";
import { createScratch } from "./harness/scratch.ts";
import {
  bodyCases,
  hashCases,
  heightCases,
  httpCases,
  pageCases,
  parameterCases,
  routeCases,
  searchCases,
  type TwinCase,
} from "./support/twin-cases.ts";
import { fillTwins } from "./support/twin-chain.ts";
import { difference, exchange } from "./support/twin-exchange.ts";
import { startTwins, type Twins } from "./support/twins.ts";

describeInterop("JSON-RPC beside CometBFT's", () => {
  const scratch = createScratch();
  let twins: Twins;
  beforeAll(async () => {
    twins = await startTwins(scratch);
    await fillTwins(twins);
  });
  afterAll(async () => {
    await twins?.close();
    await scratch.end();
  });

  async function compare(cases: readonly TwinCase[]): Promise<void> {
    const differences: string[] = [];
    for (const item of cases) {
      const [go, ours] = await Promise.all([exchange(twins.goUrl, item), exchange(twins.url, item)]);
      const found = difference(item, go, ours);
      if (found !== undefined) differences.push(`${item.name.slice(0, 200)}: ${found}`);
    }
    expect(differences).toEqual([]);
  }

  test("every block, header, commit, result and set", () => compare(heightCases(twins)));
  test("hashes", () => compare(hashCases(twins)));
  test("routes without parameters", () => compare(routeCases()));
  test("parameters of all kinds", () => compare(parameterCases()));
  test("bodies", () => compare(bodyCases()));
  test("paths, methods and headers", () => compare(httpCases()));
  test("searches", () => compare(searchCases()));
  test("pages and orders", () => compare(pageCases()));
});
