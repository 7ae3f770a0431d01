/** Hermes between a provider and a consumer of ours, told of events over WebSocket. */
import { tandemConsumer, tandemProvider } from "../interop/harness/mixed-pairs.ts";
import { describeCcv } from "./ccv-steps.ts";
import { describeHermes } from "./hermes.ts";

describeHermes("Hermes between two chains of ours", () => {
  describeCcv("hermes", { events: ["push", "push"], ours: ["provider", "consumer"] }, async (scratch) => {
    const provider = await tandemProvider(scratch);
    return { scratch, provider, consumer: await tandemConsumer(scratch, provider) };
  });
});
