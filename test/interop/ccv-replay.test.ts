/**
 * One and the same history, with a consumer in it: a Go provider and a Go consumer live through the mixed scenario, and
 * our applications execute the blocks of both again.
 */
import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { goConsumer, goProvider, type Replayable } from "./harness/mixed-pairs.ts";
import { describePair } from "./harness/mixed-scenario.ts";
import { describeInterop } from "./harness/peers.ts";
import type { Subject } from "./harness/subjects.ts";
import { differing, differingStores, replayAll } from "./support/compare-replay.ts";
import type { ReplayedBlock } from "./support/replay.ts";

const PROVIDER_STORES = [
  ...["acc", "bank", "staking", "crisis", "mint", "distribution", "slashing", "gov", "params", "ibc"],
  ...["upgrade", "evidence", "transfer", "provider", "consensus"],
];
const CONSUMER_STORES = [
  ...[
    "acc",
    "bank",
    "slashing",
    "params",
    "ibc",
    "upgrade",
    "evidence",
    "transfer",
    "ccvconsumer",
    "consensus",
  ],
  ...["authz", "feegrant", "crisis"],
];

describeInterop("a Go provider's and a Go consumer's blocks, executed by ours", () => {
  describePair(
    "ccv-replay",
    async (scratch) => {
      const provider = await goProvider(scratch);
      return { scratch, provider, consumer: await goConsumer(scratch, provider) };
    },
    (_, pairOf) => {
      describe.each<[string, () => Subject & Replayable, () => Application, readonly string[]]>([
        [
          "provider",
          () => pairOf().provider,
          () => createProviderApp({ backend: createMemoryBackend(), checkInvariants: true }),
          PROVIDER_STORES,
        ],
        [
          "consumer",
          () => pairOf().consumer,
          () => createConsumerApp({ backend: createMemoryBackend() }),
          CONSUMER_STORES,
        ],
      ])("the %s's", (_name, chainOf, createApp, stores) => {
        let app: Application;
        let blocks: ReplayedBlock[];

        beforeAll(async () => {
          app = createApp();
          const chain = chainOf();
          blocks = await replayAll(app, chain.readGenesis(), await chain.client());
        }, 300_000);

        test("codes, codespaces and data of every transaction", () => {
          expect(
            differing(blocks, ({ txs }) => txs.map(({ code, codespace, data }) => [code, codespace, data])),
          ).toEqual([]);
        });

        test("logs of every transaction", () => {
          expect(differing(blocks, ({ txs }) => txs.map(({ log }) => log))).toEqual([]);
        });

        test("events of every transaction: types, attributes, order", () => {
          expect(differing(blocks, ({ txs }) => txs.flatMap(({ events }) => events))).toEqual([]);
        });

        test("events of every block", () => {
          expect(differing(blocks, ({ events }) => events)).toEqual([]);
        });

        test("gas of every transaction", () => {
          expect(
            differing(blocks, ({ txs }) => txs.map(({ gasWanted, gasUsed }) => [gasWanted, gasUsed])),
          ).toEqual([]);
        });

        test("the root of every store after every block", async () => {
          expect(await differingStores(blocks, await chainOf().client(), app, stores)).toEqual([0]);
        });
      });
    },
  );
});
