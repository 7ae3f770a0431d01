/** Who validates which consumer, with how much power: a Go provider's epochs with consumers of every kind, executed by ours. */
import { createProviderApp } from "@tandem-ics/ccv";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf, walletOf } from "./harness/accounts.ts";
import { createGoProvider } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { PROVIDER_STORES } from "./support/compare-replay.ts";
import { testAnswers } from "./support/equal-answers.ts";
import { OWNER, VALIDATORS, walkShapes } from "./support/every-shape.ts";
import { describeHistory } from "./support/go-history.ts";
import { fund } from "./support/go-validators.ts";
import { codecs, payingSender } from "./support/walk-kit.ts";

jest.setTimeout(900_000);

describeInterop("consumers of every kind on a Go provider, executed by ours", () => {
  const history = describeHistory({
    name: "shaping replay",
    make: (scratch) =>
      createGoProvider(scratch, {
        chainId: "shapes-1",
        // More than two thirds of all, so that nobody else has to sign.
        validators: [{ name: "main", stake: 6_000_000_000n }],
        unbondingTime: "25s",
        signedBlocksWindow: 10_000,
        votingSeconds: 4,
        edit(state) {
          ((state["provider"] as JsonObject)["params"] as JsonObject)["max_provider_consensus_validators"] =
            "9";
          fund(state, [OWNER, ...VALIDATORS], 1_000_000_000_000n);
        },
      }),
    async live(client) {
      const { mnemonic, address } = await accountOf("main");
      const sender = payingSender(client, { signer: await walletOf(mnemonic), address });
      return walkShapes(client, {
        operator: codecs.validator.encode(codecs.account.decode(address)),
        sender,
      });
    },
    createApp: () => createProviderApp({ backend: createMemoryBackend(), checkInvariants: true }),
  });

  test("blocks hold all transactions", () => {
    const { blocks, lived } = history();
    expect(blocks.flatMap(({ go: { txs } }) => txs)).toHaveLength(lived);
  });

  test("all kinds were launched, and two removed", async () => {
    const { client } = history();
    const pagination = { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false };
    const { chains } = await client.query.provider.QueryConsumerChains({ phase: 0, pagination });
    const launched = chains.filter(({ phase }) => phase === "CONSUMER_PHASE_LAUNCHED");
    expect([chains.length, launched.length]).toEqual([15, 13]);
    expect(new Set(launched.map(({ topN }) => topN))).toEqual(new Set([0, 55, 97, 100]));
  });

  testAnswers(history, { stores: PROVIDER_STORES });
});
