/** Who validates which consumer, with how much power: a Go provider's epochs with consumers of every kind, executed by ours. */
import { createProviderApp } from "@tandem-ics/ccv";
import type { ChainClient } from "@tandem-ics/client";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf, walletOf } from "./harness/accounts.ts";
import { createGoProvider, type GoChain } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { differing, differingStores, replayAll } from "./support/compare-replay.ts";
import { OWNER, VALIDATORS, walkShapes } from "./support/every-shape.ts";
import { fund, hurry } from "./support/go-validators.ts";
import type { ReplayedBlock } from "./support/replay.ts";
import { codecs, payingSender } from "./support/walk-kit.ts";

jest.setTimeout(900_000);

const phase = createPhases("shaping replay");

describeInterop("consumers of every kind on a Go provider, executed by ours", () => {
  let scratch: Scratch;
  let go: GoChain;
  let client: ChainClient;
  let app: Application;
  let sent: number;
  let blocks: ReplayedBlock[];

  beforeAll(async () => {
    scratch = createScratch();
    await phase("epochs on a Go provider", async () => {
      go = await createGoProvider(scratch, {
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
      });
      hurry(go);
      await go.start();
      client = await go.client();
      const { mnemonic, address } = await accountOf("main");
      const sender = payingSender(client, { signer: await walletOf(mnemonic), address });
      sent = await walkShapes(client, {
        operator: codecs.validator.encode(codecs.account.decode(address)),
        sender,
      });
    });
    await phase("ours executes its blocks", async () => {
      app = createProviderApp({ backend: createMemoryBackend(), checkInvariants: true });
      blocks = await replayAll(app, go.readGenesis(), client);
    });
  });
  afterAll(() => scratch?.end());

  test("blocks hold all transactions", () => {
    expect(blocks.flatMap(({ go: { txs } }) => txs)).toHaveLength(sent);
  });

  test("all kinds were launched, and two removed", async () => {
    const pagination = { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false };
    const { chains } = await client.query.provider.QueryConsumerChains({ phase: 0, pagination });
    const launched = chains.filter(({ phase }) => phase === "CONSUMER_PHASE_LAUNCHED");
    expect([chains.length, launched.length]).toEqual([15, 13]);
    expect(new Set(launched.map(({ topN }) => topN))).toEqual(new Set([0, 55, 97, 100]));
  });

  test("what each transaction came to: code, data, log, events, gas", () => {
    expect(differing(blocks, ({ txs }) => txs)).toEqual([]);
  });

  test("events of every block", () => {
    expect(differing(blocks, ({ events }) => events)).toEqual([]);
  });

  test("the root of every store after every block", async () => {
    const stores = ["acc", "bank", "staking", "distribution", "gov", "ibc", "provider"];
    expect(await differingStores(blocks, client, app, stores)).toEqual([0]);
  });
});
