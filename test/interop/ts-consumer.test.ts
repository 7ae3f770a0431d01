/** A TypeScript consumer secured by a Go provider. */
import { goProvider, tandemConsumer } from "./harness/mixed-pairs.ts";
import { describePair } from "./harness/mixed-scenario.ts";
import { describeInterop } from "./harness/peers.ts";

describeInterop("[interface-6] a TypeScript consumer secured by a Go provider", () => {
  describePair("ts-consumer", async (scratch) => {
    const provider = await goProvider(scratch);
    return { scratch, provider, consumer: await tandemConsumer(scratch, provider) };
  });
});
