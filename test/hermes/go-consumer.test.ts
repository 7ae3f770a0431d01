/** Hermes between a provider of ours, whose events it pulls, and a Go consumer. */
import { goConsumer, tandemProvider } from "../interop/harness/mixed-pairs.ts";
import { noPeers } from "../interop/harness/peers.ts";
import { describeCcv } from "./ccv-steps.ts";
import { describeHermes, noHermes } from "./hermes.ts";

describeHermes(
  "Hermes between a provider of ours and a Go consumer",
  () => {
    describeCcv("hermes go-consumer", { events: ["pull", "push"], ours: ["provider"] }, async (scratch) => {
      const provider = await tandemProvider(scratch);
      return { scratch, provider, consumer: await goConsumer(scratch, provider) };
    });
  },
  noHermes ?? noPeers,
);
