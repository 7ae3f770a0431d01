/** Export and import between a consumer's launch and its first validator-set change, on both chains. */
import { Localnet } from "@tandem-ics/localnet";
import type { JsonObject } from "@tandem-ics/runtime";
import { type RecordedChain, recordChain } from "./recorded-chain.ts";

jest.setTimeout(240_000);

test.each(["consumer", "democracy"] as const)(
  "while a %s opens its connection and channel",
  async (application) => {
    let net: Localnet | undefined;
    let provider: RecordedChain | undefined;
    let late: RecordedChain | undefined;
    const progress: string[] = [];
    net = await Localnet.start({
      checkInvariants: true,
      validators: 3,
      consumers: 0,
      provider: { blocksPerEpoch: 3 },
      onProgress(message) {
        if (net === undefined || !message.startsWith("late:")) return;
        progress.push(message);
        late ??= net.chains.some(({ name }) => name === "late")
          ? recordChain(net.chain("late"), application)
          : undefined;
        provider?.take(message);
        // what has made no block has nothing to export
        if (late !== undefined && late.chain.node.height > 0n) late.take(message);
      },
    });
    try {
      provider = recordChain(net.provider, "provider");
      await net.consumer.create({ name: "late", application });
      await net.stake.delegate("alice", "5000000stake", { wait: "applied" });
      late!.take("secured");
      await net.blocks(3);
      expect(progress.length).toBeGreaterThan(2);
      expect(late!.moments.length).toBeGreaterThan(2);
      expect([...provider.differences(5), ...late!.differences(5)]).toEqual([]);
      // And what is lost would be told.
      const without =
        (lost: string) =>
        (appState: JsonObject): JsonObject =>
          Object.fromEntries(Object.entries(appState).filter(([name]) => name !== lost));
      expect(provider.differences(1, without("provider_extra"))).not.toEqual([]);
      for (const lost of ["ccvconsumer_extra", "chain_extra"])
        expect([lost, late!.differences(1, without(lost))]).not.toEqual([lost, []]);
    } finally {
      await net.stop();
    }
  },
);
