/** Governance of a Go provider, executed again by ours: what each says to every proposal, vote, deposit and question. */
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { createProviderApp } from "@tandem-ics/ccv";
import { toHex } from "@tandem-ics/crypto";
import { codecOf } from "@tandem-ics/proto";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf, PROVIDER_PREFIX } from "./harness/accounts.ts";
import { createGoProvider } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { PROVIDER_STORES, shown } from "./support/compare-replay.ts";
import { checksInvariant, testAnswers } from "./support/equal-answers.ts";
import { CITIZENS, walkGovernance } from "./support/every-proposal.ts";
import { describeHistory } from "./support/go-history.ts";
import { fund } from "./support/go-validators.ts";
import { rpcAsk } from "./support/replay.ts";
import { payingSender } from "./support/walk-kit.ts";

jest.setTimeout(900_000);

const FUNDS = 1_000_000_000_000n;

/** Signs the older sign mode. */
const aminoWalletOf = (mnemonic: string) =>
  Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix: PROVIDER_PREFIX });

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
  const history = describeHistory({
    name: "gov replay",
    make: (scratch) =>
      createGoProvider(scratch, {
        chainId: "governed-1",
        validators: [{ name: "main", stake: 900_000_000_000n }],
        nodes: 1,
        edit: hasten,
      }),
    async live(chain) {
      const { mnemonic, address } = await accountOf("main");
      const main = payingSender(chain, { signer: await aminoWalletOf(mnemonic), address });
      return { voter: address, proposals: await walkGovernance({ chain, main }) };
    },
    createApp: () => createProviderApp({ backend: createMemoryBackend(), checkInvariants: true }),
  });

  test("blocks hold more than a hundred transactions", () => {
    expect(history().blocks.flatMap(({ txs }) => txs).length).toBeGreaterThan(100);
  });

  testAnswers(history, { stores: PROVIDER_STORES, plainLog, ownGas: checksInvariant });

  test("every question about governance, at heights along the way", async () => {
    const { app, blocks, client, lived } = history();
    const { proposals, voter } = lived;
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
