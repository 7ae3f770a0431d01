/** Hermes between a Go provider and a consumer of ours, whose events it pulls. */
import { goProvider, tandemConsumer } from "../interop/harness/mixed-pairs.ts";
import { noPeers } from "../interop/harness/peers.ts";
import { describeCcv } from "./ccv-steps.ts";
import { describeHermes, noHermes } from "./hermes.ts";

describeHermes(
  "Hermes between a Go provider and a consumer of ours",
  () => {
    describeCcv("hermes go-provider", { events: ["push", "pull"], ours: ["consumer"] }, async (scratch) => {
      const provider = await goProvider(scratch);
      return { scratch, provider, consumer: await tandemConsumer(scratch, provider) };
    });
  },
  noHermes ?? noPeers,
);
