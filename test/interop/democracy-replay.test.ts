/** The blocks of a Go democracy consumer, executed again by ours: representatives, rewards, votes and grants. */
import { createDemocracyApp } from "@tandem-ics/ccv";
import { parseGenesis } from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import { createMemoryBackend } from "@tandem-ics/store";
import { createGoDemocracy } from "./harness/go-chain.ts";
import type { Json, JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { differing, replayAll, shown } from "./support/compare-replay.ts";
import { checksInvariant, testAnswers } from "./support/equal-answers.ts";
import { CITIZENRY, walkDemocracy, walkOn } from "./support/every-democracy-message.ts";
import { everyQuestion } from "./support/every-query.ts";
import { beginAnew, raised, readableByGo } from "./support/genesis-travel.ts";
import { describeHistory } from "./support/go-history.ts";
import { fund } from "./support/go-validators.ts";
import { rpcAsk } from "./support/replay.ts";

jest.setTimeout(600_000);

const FUNDS = 1_000_000_000_000n;
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

const createApp = () => createDemocracyApp({ backend: createMemoryBackend(), checkInvariants: true });

/** Without what only the Go program can say: where in its source it was. */
const plainLog = (log: string): string => log.replace(/\nstack:\n[\s\S]*: panic$/, ": panic");

describeInterop("a Go democracy consumer's blocks, executed by ours", () => {
  const history = describeHistory({
    name: "democracy replay",
    async make(scratch) {
      const go = await createGoDemocracy(scratch, {
        chainId: "democracy-1",
        nodes: ["main"],
        accounts: ["main"],
      });
      const { publicKey } = go.nodes[0]!.key;
      go.writeGenesis((state) => settle(state, publicKey));
      return go;
    },
    live: (chain) => walkDemocracy(chain),
    createApp,
  });

  test("blocks hold more than thirty transactions", () => {
    expect(history().blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(30);
  });

  testAnswers(history, { stores: STORES, plainLog, ownGas: checksInvariant });

  test("every query at the same height", async () => {
    const { app, blocks, client } = history();
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
    const { go, app, client } = history();
    await go.stop();
    const [node] = go.nodes;
    const text = raised(readableByGo(await go.export()), node!.home);
    const theirs = JSON.parse(text) as JsonObject;
    const ours = app.exportGenesis()["app_state"] as JsonObject;
    expect(Object.keys(theirs["app_state"]!).filter((name) => !Object.hasOwn(ours, name))).toEqual([]);
    const genesis = parseGenesis(text);
    beginAnew(node!.home, text);
    await go.start();
    await node!.waitForHeight(genesis.initialHeight);
    await walkOn(client);
    const blocks = await replayAll(createApp(), theirs, client);
    expect(blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(4);
    expect(
      differing(blocks, ({ txs, events }) => [...txs.map((tx) => [tx.log, tx.gasUsed, tx.events]), events]),
    ).toEqual([]);
    expect(
      blocks.filter(({ go: a, ours: b }) => a.appHash !== b.appHash).map(({ go: { height } }) => height),
    ).toEqual([]);
  });
});
