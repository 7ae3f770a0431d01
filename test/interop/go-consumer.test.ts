/** A Go consumer secured by a TypeScript provider. */
import { goConsumer, tandemProvider } from "./harness/mixed-pairs.ts";
import { describePair } from "./harness/mixed-scenario.ts";
import { describeInterop } from "./harness/peers.ts";

describeInterop("[interface-6] [wire-11] a Go consumer secured by a TypeScript provider", () => {
  describePair("go-consumer", async (scratch) => {
    const provider = await tandemProvider(scratch);
    return { scratch, provider, consumer: await goConsumer(scratch, provider) };
  });
});
