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
import { PROVIDER_STORES, replayAll } from "./support/compare-replay.ts";
import { type Subjects, testAnswers } from "./support/equal-answers.ts";

const CONSUMER_STORES = [
  ...["acc", "bank", "slashing", "params", "ibc", "upgrade", "evidence", "transfer", "ccvconsumer"],
  ...["consensus", "authz", "feegrant", "crisis"],
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
        let subjects: Subjects;

        beforeAll(async () => {
          const [app, chain] = [createApp(), chainOf()];
          const client = await chain.client();
          subjects = { app, client, blocks: await replayAll(app, chain.readGenesis(), client) };
        }, 300_000);

        testAnswers(() => subjects, { stores });
      });
    },
  );
});
