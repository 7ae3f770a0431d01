/** Consumers in every phase on a Go provider, the same blocks in our application: every query answers the same. */
import { toBech32 } from "@cosmjs/encoding";
import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import { ed25519Address, toHex } from "@tandem-ics/crypto";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf } from "./harness/accounts.ts";
import { createGoConsumer, createGoProvider, type GoChain } from "./harness/go-chain.ts";
import { editConsumerState, type JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { asProposal, govern } from "./support/ccv-governance.ts";
import { type Trial, trials } from "./support/ccv-messages.ts";
import { ccvQuestions, listQuestions } from "./support/ccv-questions.ts";
import {
  AUTHORITY,
  CAST,
  CONSUMER_COUNT,
  CONSUMER_KEYS,
  CONSUMERS,
  codecs,
  consensusOf,
  makeStates,
} from "./support/ccv-states.ts";
import { QUERY_LINES, REFUSED_LINES, TX_LINES } from "./support/cli-lines.ts";
import { cliTwins, type Printed } from "./support/cli-twins.ts";
import { everyQuestion, type Question } from "./support/every-query.ts";
import { fund, hurry } from "./support/go-validators.ts";
import { inLanes } from "./support/lanes.ts";
import { type AbciAsk, createReplay, type Replay, rpcAsk } from "./support/replay.ts";
import { plainText, sequenceOf, trialRequest } from "./support/trial-run.ts";

jest.setTimeout(300_000);

const FUNDS = 1_000_000_000_000n;
const phase = createPhases("ccv queries");

/** Short periods for what ends by itself, and a validator set smaller than the bonded one. */
function hasten(app: JsonObject): void {
  const gov = (app["gov"] as JsonObject)["params"] as JsonObject;
  gov["voting_period"] = "4s";
  gov["expedited_voting_period"] = "2s";
  (gov["min_deposit"] as JsonObject[])[0]!["amount"] = "10000000";
  ((app["provider"] as JsonObject)["params"] as JsonObject)["max_provider_consensus_validators"] = "3";
  fund(app, Object.values(CAST), FUNDS);
}

/** Questions that a Go chain and ours answer differently. */
async function answered(
  questions: readonly Question[],
  client: ChainClient,
  app: Application,
  height: bigint,
): Promise<string[]> {
  const askGo = rpcAsk(client.rpc);
  const lines: string[] = [];
  for (const { path, about, request } of questions) {
    const ask = { path, data: request, height, prove: false };
    const [theirs, ours] = (await Promise.all([askGo(ask), app.query(ask)])).map(
      ({ code, codespace, log, value }) => `${codespace}/${code} ${log} ${toHex(value)}`,
    );
    if (theirs !== ours) lines.push(`${path} ${about}\n  Go   ${theirs}\n  ours ${ours}`);
  }
  return lines;
}

describeInterop("queries of a provider beside a Go provider's", () => {
  let scratch: Scratch;
  let go: GoChain;
  let client: ChainClient;
  let app: Application;
  let replay: Replay;

  beforeAll(async () => {
    scratch = createScratch();
    await phase("a Go provider with consumers in every phase", async () => {
      go = await createGoProvider(scratch, {
        chainId: "queries-1",
        validators: [{ name: "main", stake: 900_000_000n }],
        unbondingTime: "8s",
        blocksPerEpoch: 4,
        edit: hasten,
      });
      hurry(go);
      await go.start();
      client = await go.client();
      const { address } = await accountOf("main");
      const operator = codecs.validator.encode(codecs.account.decode(address));
      await makeStates({ chain: client, main: { operator, sender: await go.sender("main") } });
    });
    await phase("ours executes its blocks", async () => {
      app = createProviderApp({ backend: createMemoryBackend(), checkInvariants: true });
      replay = createReplay(app, parseGenesis(JSON.stringify(go.readGenesis())), client.rpc);
      const blocks = await replay.to((await client.status()).height - 1n);
      const wrong = blocks.filter((block) => block.go.appHash !== block.ours.appHash);
      if (wrong.length > 0) throw new Error(`app hashes differ from height ${wrong[0]!.go.height}`);
    });
  });
  afterAll(() => scratch?.end());

  test("every query, every bad argument and every page", async () => {
    const main = codecs.consensus.encode(ed25519Address(go.nodes[0]!.key.publicKey));
    const { first, second, third } = CAST;
    const questions = ccvQuestions({
      consumers: CONSUMER_COUNT,
      addresses: [main, ...[first, second, third].map(consensusOf)],
      otherAddresses: [first.operator, first.address, toBech32("consumervalcons", first.consensusAddress)],
      consumerAddresses: Object.values(CONSUMER_KEYS).map(consensusOf),
      clients: ["07-tendermint-0", "07-tendermint-1", "07-tendermint-2", "07-tendermint-3", "x", " "],
    });
    const lines = await answered(questions, client, app, replay.height);
    expect(questions.length).toBeGreaterThan(1000);
    expect([lines.length, ...lines.slice(0, 40)]).toEqual([0]);
  });

  test("every page of other modules' lists", async () => {
    const { address } = await accountOf("main");
    const operator = codecs.validator.encode(codecs.account.decode(address));
    const lines = await answered(
      listQuestions({ account: CAST.owner.address, operator }),
      client,
      app,
      replay.height,
    );
    expect([lines.length, ...lines.slice(0, 40)]).toEqual([0]);
  });

  /** Every trial run whose answers differ. */
  async function differing(all: readonly Trial[]): Promise<string[]> {
    await replay.to((await client.status()).height - 1n);
    const [askGo, askOurs] = [rpcAsk(client.rpc), app.query as AbciAsk];
    const sequences = new Map<string, bigint>();
    for (const signer of new Set(all.map((trial) => trial.signer)))
      sequences.set(signer, await sequenceOf(client, signer));
    const lines: string[] = [];
    for (const { what, signer, message } of all) {
      const data = trialRequest(message, sequences.get(signer)!);
      const run = async (ask: AbciAsk): Promise<string> => {
        const { code, codespace, log, value } = await ask({
          path: "/cosmos.tx.v1beta1.Service/Simulate",
          data,
          height: 0n,
          prove: false,
        });
        return `${codespace}/${code} ${plainText(log)} ${toHex(value)}`;
      };
      const [theirs, ours] = await Promise.all([run(askGo), run(askOurs)]);
      if (theirs !== ours) lines.push(`${what}\n  Go   ${theirs}\n  ours ${ours}`);
    }
    return lines;
  }

  async function allTrials(): Promise<Trial[]> {
    const { address } = await accountOf("main");
    const operator = codecs.validator.encode(codecs.account.decode(address));
    const { params } = await client.query.provider.QueryParams({});
    return trials({ main: { address, operator, consensusKey: go.nodes[0]!.key.publicKey }, params });
  }

  test("every message, right and wrong, in a trial run: codes, texts, events, answers and gas", async () => {
    const all = await allTrials();
    const lines = await differing(all);
    expect(all.length).toBeGreaterThan(1400);
    expect([lines.length, ...lines.slice(0, 40)]).toEqual([0]);
  });

  test("the command prints what the Go binary prints", async () => {
    const twins = cliTwins(scratch, "interchain-security-pd", { url: go.rpcUrl, chainId: go.chainId });
    const differences: unknown[] = [];
    let refused = 0;
    const compare = (line: readonly string[], [theirs, ours]: readonly [Printed, Printed]): void => {
      if (theirs.code !== ours.code || theirs.text !== ours.text) differences.push({ line, theirs, ours });
      if (theirs.code === "refused") refused++;
    };
    const queries = QUERY_LINES.map((line) => async () => {
      compare(line, await twins.query(replay.height, ...line));
    });
    const txs = TX_LINES.map(({ args, files = {} }) => async () => {
      const paths = new Map(Object.entries(files).map(([name, text]) => [name, twins.file(name, text)]));
      compare(args, await twins.generate(CAST.owner.address, ...args.map((arg) => paths.get(arg) ?? arg)));
    });
    const lines = [...queries, ...txs];
    await inLanes(lines.length, (i) => lines[i]!());
    expect(differences).toEqual([]);
    expect(refused).toBe(REFUSED_LINES);
  });

  test("a Go consumer's queries and commands, before it has a channel", async () => {
    const consumer = await createGoConsumer(scratch, { chainId: "top-1", nodes: ["main"] });
    consumer.nodes[0]!.useKeyOf(go.nodes[0]!);
    const ccv = (await go.query("provider", "consumer-genesis", CONSUMERS.topN)) as JsonObject;
    consumer.writeGenesis((state, doc) => {
      editConsumerState(state, JSON.stringify(ccv), {});
      // The provider's unbonding time is short: its client is alive at the launch, and not much later.
      const { timestamp } = (ccv["provider"] as JsonObject)["consensus_state"] as JsonObject;
      doc["genesis_time"] = timestamp!;
    });
    await consumer.start();
    const there = await consumer.client();
    await consumer.nodes[0]!.waitForHeight(4n);
    const own = createConsumerApp({ backend: createMemoryBackend() });
    const blocks = createReplay(own, parseGenesis(JSON.stringify(consumer.readGenesis())), there.rpc);
    const executed = await blocks.to(3n);
    expect(executed.map((block) => block.ours.appHash)).toEqual(executed.map((block) => block.go.appHash));
    // The Go consumer does not tell its consensus parameters: ours does.
    const served = [...own.services.queries].filter((path) => !path.startsWith("/cosmos.consensus."));
    const questions = everyQuestion(new Set(served), {});
    const lines = await answered(questions, there, own, 3n);
    expect(questions.filter(({ path }) => path.includes("ccv.consumer")).length).toBe(4);
    expect(lines).toEqual([]);
    const twins = cliTwins(scratch, "interchain-security-cd", { url: consumer.rpcUrl, chainId: "top-1" });
    for (const query of ["params", "next-fee-distribution", "throttle-state", "provider-info"]) {
      const [theirs, ours] = await twins.query(3n, "ccvconsumer", query);
      expect([query, ours.code, ours.text]).toEqual([query, theirs.code, theirs.text]);
    }
    await consumer.stop();
  });

  test("governance's messages, proposed and executed: verdicts, events and state", async () => {
    const proposals = (await allTrials()).filter(({ signer }) => signer === AUTHORITY).map(asProposal);
    const passed = await govern(
      { chain: client, main: { operator: "", sender: await go.sender("main") } },
      proposals,
    );
    const blocks = await replay.to((await client.status()).height - 1n);
    const said = blocks.map((block) =>
      [block.go, block.ours].map(({ events, txs }) => [
        events,
        txs.map((tx) => ({ ...tx, log: plainText(tx.log) })),
      ]),
    );
    expect(said.map(([, ours]) => ours)).toEqual(said.map(([theirs]) => theirs));
    expect(blocks.filter((block) => block.go.appHash !== block.ours.appHash)).toEqual([]);
    expect(passed).toBeGreaterThan(30);
  });
});
