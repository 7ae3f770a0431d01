/** The blocks of a Go democracy consumer, executed again by ours: representatives, rewards, votes and grants. */
import { createDemocracyApp } from "@tandem-ics/ccv";
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { createGoDemocracy, type GoChain } from "./harness/go-chain.ts";
import type { Json, JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { CITIZENRY, walkDemocracy, walkOn } from "./support/every-democracy-message.ts";
import { everyQuestion } from "./support/every-query.ts";
import { beginAnew, raised, readableByGo } from "./support/genesis-travel.ts";
import { fund, hurry } from "./support/go-validators.ts";
import {
  type AbciAsk,
  type BlockAnswer,
  createReplay,
  type ReplayedBlock,
  rpcAsk,
  storeRoot,
} from "./support/replay.ts";

jest.setTimeout(600_000);

const FUNDS = 1_000_000_000_000n;
const phase = createPhases("democracy replay");
const STORES = [
  ...["acc", "bank", "staking", "crisis", "mint", "distribution", "slashing", "gov", "params", "ibc"],
  ...["upgrade", "evidence", "transfer", "ccvconsumer", "consensus", "authz", "feegrant"],
];

const paramsOf = (app: JsonObject, name: string): JsonObject =>
  (app[name] as JsonObject)["params"] as JsonObject;

/**
 * A consumer that has its channel already, as after a restart, so that it takes ordinary messages without a provider
 * beside it; short periods.
 */
function settle(app: JsonObject, validator: Uint8Array): void {
  Object.assign(paramsOf(app, "gov"), {
    max_deposit_period: "15s",
    voting_period: "12s",
    expedited_voting_period: "5s",
    min_deposit: [{ denom: "stake", amount: "10000000" }],
    expedited_min_deposit: [{ denom: "stake", amount: "50000000" }],
  });
  paramsOf(app, "staking")["unbonding_time"] = "8s";
  const ccv = app["ccvconsumer"] as JsonObject;
  Object.assign(ccv["params"] as JsonObject, {
    enabled: true,
    consumer_id: "0",
    blocks_per_distribution_transmission: "10",
  });
  Object.assign(ccv, {
    new_chain: false,
    provider: {
      client_state: null,
      consensus_state: null,
      initial_val_set: [{ pub_key: { ed25519: toBase64(validator) }, power: "10" }],
    },
    provider_client_id: "07-tendermint-0",
    provider_channel_id: "channel-0",
    height_to_valset_update_id: [{ height: "1", valset_update_id: "3" }] as Json,
    outstanding_downtime_slashing: [],
    pending_consumer_packets: { list: [] },
    last_transmission_block_height: { height: "0" },
  });
  fund(app, Object.values(CITIZENRY), FUNDS);
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ??
  "nothing";

/** Without what only the Go program can say: where in its source it was. */
const plainLog = (log: string): string => log.replace(/\nstack:\n[\s\S]*: panic$/, ": panic");

describeInterop("a Go democracy consumer's blocks, executed by ours", () => {
  let scratch: Scratch;
  let go: GoChain;
  let client: ChainClient;
  let app: Application;
  let blocks: ReplayedBlock[];

  beforeAll(async () => {
    scratch = createScratch();
    await phase("a Go democracy consumer is governed", async () => {
      go = await createGoDemocracy(scratch, { chainId: "democracy-1", nodes: ["main"], accounts: ["main"] });
      const { publicKey } = go.nodes[0]!.key;
      go.writeGenesis((state) => settle(state, publicKey));
      hurry(go);
      await go.start();
      client = await go.client();
      await walkDemocracy(client);
    });
    await phase("ours executes its blocks", async () => {
      app = createDemocracyApp({ backend: createMemoryBackend(), checkInvariants: true });
      const replay = createReplay(app, parseGenesis(JSON.stringify(go.readGenesis())), client.rpc);
      blocks = await replay.to((await client.status()).height - 1n);
    });
  });
  afterAll(() => scratch?.end());

  /** What differs between the two answers to each block, at most twenty lines of it. */
  function differing<T>(pick: (answer: BlockAnswer) => readonly T[]): string[] {
    const lines: string[] = [];
    for (const { go: theirs, ours } of blocks) {
      const [a, b] = [pick(theirs), pick(ours)];
      for (let i = 0; i < Math.max(a.length, b.length); i++)
        if (shown(a[i]) !== shown(b[i]))
          lines.push(`height ${theirs.height} #${i}\n  Go   ${shown(a[i])}\n  ours ${shown(b[i])}`);
    }
    return lines.slice(0, 20);
  }

  test("codes, codespaces, data and logs of every transaction", () => {
    expect(blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(30);
    expect(
      differing(({ txs }) =>
        txs.map(({ code, codespace, data, log }) => [code, codespace, data, plainLog(log)]),
      ),
    ).toEqual([]);
  });

  test("events of every transaction and block: types, attributes, order", () => {
    expect(differing(({ txs }) => txs.flatMap(({ events }) => events))).toEqual([]);
    expect(differing(({ events }) => events)).toEqual([]);
  });

  // What an invariant reads to be checked is the module's own affair.
  test("gas of every transaction that checks no invariant", () => {
    const checks = (events: readonly string[]): boolean =>
      events.some((text) => text.startsWith("invariant "));
    expect(
      differing(({ txs }) => txs.map(({ gasUsed, events }) => (checks(events) ? "any" : gasUsed))),
    ).toEqual([]);
  });

  test("the root of every store after every block", async () => {
    const askGo = rpcAsk(client.rpc);
    const askOurs: AbciAsk = (request) => app.query(request);
    const wrong = blocks.filter(({ go: theirs, ours }) => theirs.appHash !== ours.appHash);
    const lines: string[] = [];
    for (const { go: theirs } of wrong.slice(0, 3))
      for (const store of STORES) {
        const [a, b] = [
          await storeRoot(askGo, store, theirs.height),
          await storeRoot(askOurs, store, theirs.height),
        ];
        if (a !== b) lines.push(`height ${theirs.height}: ${store}: Go ${a}, ours ${b}`);
      }
    expect([wrong.length, ...lines]).toEqual([0]);
  });

  test("every query at the same height", async () => {
    const { purse, first, second } = CITIZENRY;
    const height = blocks.at(-1)!.ours.height;
    const questions = everyQuestion(new Set(app.services.queries), {
      address: [purse.address, first.address],
      delegator_addr: [purse.address, first.address],
      delegator_address: [purse.address, first.address],
      validator_addr: [first.operator, second.operator],
      validator_address: [first.operator, second.operator],
      proposal_id: [1n, 2n, 3n, 4n, 5n, 6n],
      voter: [purse.address],
      depositor: [purse.address],
      granter: [purse.address],
      grantee: [CITIZENRY.third.address],
      denom: ["stake"],
      name: ["gov", "cons_redistribute"],
      height: [3n],
      module_name: ["distribution"],
      subspace: ["gov", "ccvconsumer"],
      key: ["votingparams", "enabled"],
      params_type: ["voting"],
    });
    const lines: string[] = [];
    for (const { path, about, request } of questions) {
      const ask = { path, data: request, height, prove: false };
      const [theirs, ours] = (await Promise.all([rpcAsk(client.rpc)(ask), app.query(ask)])).map(
        ({ code, codespace, log, value }) => shown([code, codespace, log, toHex(value)]),
      );
      if (theirs !== ours) lines.push(`${path} ${about}\n  Go   ${theirs}\n  ours ${ours}`);
    }
    expect(questions.length).toBeGreaterThan(150);
    expect(lines.slice(0, 30)).toEqual([]);
  });

  test("its export has no section that ours lacks, and both go on from it alike", async () => {
    await go.stop();
    const [node] = go.nodes;
    const text = raised(readableByGo(await go.export()), node!.home);
    const theirs = JSON.parse(text) as { app_state: JsonObject };
    const ours = app.exportGenesis()["app_state"] as JsonObject;
    expect(Object.keys(theirs.app_state).filter((name) => !Object.hasOwn(ours, name))).toEqual([]);
    await phase("both go on from the export", async () => {
      const genesis = parseGenesis(text);
      beginAnew(node!.home, text);
      await go.start();
      await node!.waitForHeight(genesis.initialHeight);
      await walkOn(client);
      const later = createDemocracyApp({ backend: createMemoryBackend(), checkInvariants: true });
      const replay = createReplay(later, genesis, client.rpc);
      blocks = await replay.to((await client.status()).height - 1n);
    });
    expect(blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(4);
    expect(
      differing(({ txs, events }) => [...txs.map((tx) => [tx.log, tx.gasUsed, tx.events]), events]),
    ).toEqual([]);
    expect(
      blocks.filter(({ go: a, ours: b }) => a.appHash !== b.appHash).map(({ go: { height } }) => height),
    ).toEqual([]);
  });
});
