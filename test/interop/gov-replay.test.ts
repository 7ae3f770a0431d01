/** Governance of a Go provider, executed again by ours: what each says to every proposal, vote, deposit and question. */
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { createProviderApp } from "@tandem-ics/ccv";
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import { toHex } from "@tandem-ics/crypto";
import { codecOf } from "@tandem-ics/proto";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf, PROVIDER_PREFIX } from "./harness/accounts.ts";
import { createGoProvider, type GoChain } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { CITIZENS, walkGovernance } from "./support/every-proposal.ts";
import { fund, hurry } from "./support/go-validators.ts";
import {
  type AbciAsk,
  type BlockAnswer,
  createReplay,
  type ReplayedBlock,
  rpcAsk,
  storeRoot,
} from "./support/replay.ts";
import { payingSender } from "./support/walk-kit.ts";

jest.setTimeout(900_000);

const FUNDS = 1_000_000_000_000n;
const phase = createPhases("gov replay");
const STORES = ["bank", "crisis", "distribution", "gov", "params"];
/** Stores are compared at every so many blocks, and at the last. */
const STRIDE = 15;

/** Short periods, so that the walk sees proposals end. */
function hasten(app: JsonObject): void {
  const gov = (app["gov"] as JsonObject)["params"] as JsonObject;
  gov["max_deposit_period"] = "15s";
  gov["voting_period"] = "15s";
  gov["expedited_voting_period"] = "5s";
  (gov["min_deposit"] as JsonObject[])[0]!["amount"] = "10000000";
  (gov["expedited_min_deposit"] as JsonObject[])[0]!["amount"] = "50000000";
  fund(app, Object.values(CITIZENS), FUNDS);
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ??
  "nothing";

/** Without what only the Go program can say: where in its source it was, and its JSON reader's words. */
const plainLog = (log: string): string =>
  log
    .replace(/\nstack:\n[\s\S]*: panic$/, ": panic")
    .replace(/(?:\n\S+\n\t\S+:\d+)+\n/g, "")
    .replace(/, err: .*: failed to set parameter/, ", err: …: failed to set parameter")
    .replace(
      /^recovered: (?:runtime error: invalid memory address|Cannot read properties of undefined).*/,
      "nil",
    );

describeInterop("a Go provider's governance, executed by ours", () => {
  let scratch: Scratch;
  let go: GoChain;
  let client: ChainClient;
  let app: Application;
  let proposals: bigint;
  let blocks: ReplayedBlock[];
  let voter: string;

  beforeAll(async () => {
    scratch = createScratch();
    await phase("a Go provider is governed", async () => {
      go = await createGoProvider(scratch, {
        chainId: "governed-1",
        validators: [{ name: "main", stake: 900_000_000_000n }],
        nodes: 1,
        edit: hasten,
      });
      hurry(go);
      await go.start();
      client = await go.client();
      const { mnemonic, address } = await accountOf("main");
      voter = address;
      const signer = await Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix: PROVIDER_PREFIX });
      const main = payingSender(client, { signer, address });
      proposals = await walkGovernance({ chain: client, main });
    });
    await phase("ours executes its blocks", async () => {
      app = createProviderApp({ backend: createMemoryBackend(), checkInvariants: true });
      const replay = createReplay(app, parseGenesis(JSON.stringify(go.readGenesis())), client.rpc);
      blocks = await replay.to((await client.status()).height - 1n);
    });
  });
  afterAll(() => scratch?.end());

  /** What differs between the two answers to each block, at most thirty lines of it. */
  function differing<T>(pick: (answer: BlockAnswer) => readonly T[]): string[] {
    const lines: string[] = [];
    for (const { go: theirs, ours } of blocks) {
      const [a, b] = [pick(theirs), pick(ours)];
      for (let i = 0; i < Math.max(a.length, b.length); i++)
        if (shown(a[i]) !== shown(b[i]))
          lines.push(`height ${theirs.height} #${i}\n  Go   ${shown(a[i])}\n  ours ${shown(b[i])}`);
    }
    return lines.slice(0, 30);
  }

  test("codes, codespaces and data of every transaction", () => {
    expect(blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(100);
    expect(differing(({ txs }) => txs.map(({ code, codespace, data }) => [code, codespace, data]))).toEqual(
      [],
    );
  });

  test("logs of every transaction, but for stack traces and the words for JSON that is none", () => {
    expect(differing(({ txs }) => txs.map(({ log }) => plainLog(log)))).toEqual([]);
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

  test("the stores that governance writes to, along the way", async () => {
    const askOurs: AbciAsk = (request) => app.query(request);
    const lines: string[] = [];
    const heights = blocks.map(({ ours: { height } }) => height);
    for (const height of heights.filter((_, i) => i % STRIDE === 0 || i === heights.length - 1))
      for (const store of STORES) {
        const [a, b] = [
          await storeRoot(rpcAsk(client.rpc), store, height),
          await storeRoot(askOurs, store, height),
        ];
        if (a !== b) lines.push(`height ${height}: ${store}: Go ${a}, ours ${b}`);
      }
    expect(lines).toEqual([]);
  });

  test("every question about governance, at heights along the way", async () => {
    const lines: string[] = [];
    const heights = blocks.map(({ ours: { height } }) => height);
    let asked = 0;
    for (const height of [heights.length / 3, heights.length / 2, heights.length - 1].map(
      (i) => heights[Math.floor(i)]!,
    ))
      for (const { path, about, data } of questions(proposals, [voter, CITIZENS.helper.address, "nobody"])) {
        asked++;
        const ask = { path, data, height, prove: false };
        const [theirs, ours] = (await Promise.all([rpcAsk(client.rpc)(ask), app.query(ask)])).map(
          ({ code, codespace, log, value }) => shown([code, codespace, log, toHex(value)]),
        );
        if (theirs !== ours) lines.push(`${height} ${path} ${about}\n  Go   ${theirs}\n  ours ${ours}`);
      }
    expect(asked).toBeGreaterThan(300);
    expect(lines.slice(0, 30)).toEqual([]);
  });
});

interface Question {
  readonly path: string;
  readonly about: string;
  readonly data: Uint8Array;
}

/** Every query of gov and params with what there is and what there is not. */
function questions(proposals: bigint, accounts: readonly string[]): Question[] {
  const ids = Array.from({ length: Number(proposals) + 2 }, (_, i) => BigInt(i));
  const made: Question[] = [];
  const ask = (service: string, name: string, fields: object): void => {
    const codec = codecOf(`${service}.Query${name}Request`);
    made.push({
      path: `/${service}.Query/${name}`,
      about: shown(fields),
      data: codec.encode(codec.fromPartial(fields as never)).finish(),
    });
  };
  for (const service of ["cosmos.gov.v1", "cosmos.gov.v1beta1"]) {
    for (const paramsType of ["", "voting", "deposit", "tallying", "nothing"])
      ask(service, "Params", { paramsType });
    for (const proposalId of ids) {
      for (const name of ["Proposal", "TallyResult", "Votes", "Deposits"]) ask(service, name, { proposalId });
      for (const account of accounts) {
        ask(service, "Vote", { proposalId, voter: account });
        ask(service, "Deposit", { proposalId, depositor: account });
      }
    }
    for (const proposalStatus of [0, 1, 2, 3, 4, 5, 9]) ask(service, "Proposals", { proposalStatus });
    // the Go node panics when it filters by an address that is none
    for (const account of accounts.filter((text) => text !== "nobody")) {
      ask(service, "Proposals", { voter: account });
      ask(service, "Proposals", { depositor: account, pagination: { limit: 2n, countTotal: true } });
    }
    ask(service, "Proposals", { pagination: { limit: 2n, offset: 1n, countTotal: true } });
    ask(service, "Proposals", { pagination: { limit: 3n, reverse: true } });
    ask(service, "Proposals", { pagination: { limit: 2n, key: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 4) } });
    ask(service, "Proposals", { pagination: { offset: 2n, key: Uint8Array.of(4) } });
    ask(service, "Votes", { proposalId: 9n, pagination: { limit: 1n, countTotal: true } });
    ask(service, "Vote", { proposalId: 9n });
    ask(service, "Deposit", { proposalId: 9n });
  }
  ask("cosmos.gov.v1", "Constitution", {});
  for (const key of ["tallyparams", "votingparams", "depositparams", "nothing", ""])
    for (const subspace of ["gov", "staking", "nothing", ""])
      ask("cosmos.params.v1beta1", "Params", { subspace, key });
  return made;
}
