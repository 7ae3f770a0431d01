/** One and the same history: a Go provider makes blocks of every message, and our application executes them again. */
import { createProviderApp } from "@tandem-ics/ccv";
import { type ChainClient, callRpc } from "@tandem-ics/client";
import { type JsonValue, readJson } from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { CheckTxType } from "cosmjs-types/tendermint/abci/types";
import { accountOf, PROVIDER_PREFIX, walletOf } from "./harness/accounts.ts";
import { createGoProvider } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop } from "./harness/peers.ts";
import { PROVIDER_STORES, shown } from "./support/compare-replay.ts";
import { testAnswers } from "./support/equal-answers.ts";
import { walk } from "./support/every-message.ts";
import { everyQuestion, type Known } from "./support/every-query.ts";
import { describeHistory } from "./support/go-history.ts";
import { fund } from "./support/go-validators.ts";
import { type Keys, keysOf } from "./support/keys.ts";
import { oddTransactions } from "./support/odd-transactions.ts";
import { rpcAsk } from "./support/replay.ts";
import { PEOPLE, payingSender } from "./support/walk-kit.ts";

jest.setTimeout(900_000);

const FUNDS = 1_000_000_000_000n;

/** Short periods for everything that ends by itself, so that the walk sees it end. */
function hasten(app: JsonObject): void {
  const gov = (app["gov"] as JsonObject)["params"] as JsonObject;
  gov["max_deposit_period"] = "15s";
  gov["voting_period"] = "15s";
  gov["expedited_voting_period"] = "5s";
  (gov["min_deposit"] as JsonObject[])[0]!["amount"] = "10000000";
  (gov["expedited_min_deposit"] as JsonObject[])[0]!["amount"] = "50000000";
  fund(app, Object.values(PEOPLE), FUNDS);
}

describeInterop("a Go provider's blocks, executed by ours", () => {
  const history = describeHistory({
    name: "replay",
    async make(scratch) {
      const go = await createGoProvider(scratch, {
        chainId: "replay-1",
        validators: [
          { name: "main", stake: 900_000_000_000n },
          { name: "absent", stake: 10_000_000n },
        ],
        nodes: 1,
        unbondingTime: "25s",
        signedBlocksWindow: 20,
        edit: hasten,
      });
      // The commands that make a genesis refuse less than a minute; chains take it.
      go.writeGenesis((state) => {
        ((state["slashing"] as JsonObject)["params"] as JsonObject)["downtime_jail_duration"] = "1s";
      });
      return go;
    },
    live: async (chain) =>
      walk({ chain, main: await actorOf(chain, "main"), absent: await actorOf(chain, "absent") }),
    createApp: () => createProviderApp({ backend: createMemoryBackend(), checkInvariants: true }),
  });

  test("the walk met every message, and blocks hold its transactions", () => {
    const { blocks, lived } = history();
    const executed = blocks.flatMap(({ go: { txs } }) => txs);
    expect(executed.length).toBe(lived.length);
    expect(executed.filter(({ code }) => code !== 0).length).toBeGreaterThan(25);
  });

  testAnswers(history, { stores: PROVIDER_STORES });

  test("every query at the same height", async () => {
    const { app, blocks, client } = history();
    const height = blocks.at(-1)!.ours.height;
    const main = (await accountOf("main")).address;
    const questions = everyQuestion(new Set(app.services.queries), knownValues(operatorOf(main), main));
    const askGo = rpcAsk(client.rpc);
    const lines: string[] = [];
    for (const { path, about, request } of questions) {
      const ask = { path, data: request, height, prove: false };
      const [theirs, ours] = (await Promise.all([askGo(ask), app.query(ask)])).map(
        ({ code, codespace, log, value }) => shown([code, codespace, log, toHex(value)]),
      );
      if (theirs !== ours) lines.push(`${path} ${about}\n  Go   ${theirs}\n  ours ${ours}`);
    }
    expect(questions.length).toBeGreaterThan(300);
    expect(lines.slice(0, 40)).toEqual([]);
  });

  test("what CheckTx says to odd transactions", async () => {
    const { app, client, replay } = history();
    // Go judges by its last block, and what came back to the purse since the walk counts: ours goes on to that block.
    async function catchUp(): Promise<void> {
      const { height } = await client.status();
      // A height is told before its block is committed: the second one is certain. And there is one to execute.
      const next = await client.pace.after(height);
      await client.pace.after(next);
      await replay.to(next);
    }
    await catchUp();
    const odd = await oddTransactions(client);
    const lines: string[] = [];
    for (const { what, bytes } of odd) {
      const theirs = readJson((await callRpc(client.rpc, "check_tx", { tx: toBase64(bytes) })) as JsonValue);
      const ours = app.checkTx({ tx: bytes, type: CheckTxType.NEW });
      const [a, b] = [
        shownRefusal(theirs.int32("code"), theirs.text("codespace"), theirs.text("log")),
        shownRefusal(ours.code, ours.codespace, ours.log),
      ];
      if (a !== b) lines.push(`${what}\n  Go   ${a}\n  ours ${b}`);
      // What was accepted has moved the sequence for the next one; a block on either side moves it back.
      if (theirs.int32("code") === 0 || ours.code === 0) await catchUp();
    }
    expect(odd.length).toBeGreaterThan(60);
    expect(lines).toEqual([]);
  });
});

/** What the walk's people, validators, proposals and consumers are called, by the names of requests' fields. */
function knownValues(main: string, mainAccount: string): Known {
  const { purse, voter, first, second, third } = PEOPLE;
  const cons = (keys: Keys): string => codecs.consensus.encode(keys.consensusAddress);
  const accounts = [purse.address, voter.address, mainAccount, third.address, "nobody"];
  const operators = [main, first.operator, second.operator, first.operator, third.operator, "nobody"];
  const consumers = ["0", "1", "9", "x"];
  return {
    address: accounts,
    account: accounts,
    delegator_addr: [purse.address, first.address, mainAccount, third.address],
    delegator_address: [purse.address, first.address, mainAccount, third.address],
    validator_addr: operators,
    validator_address: operators,
    src_validator_addr: [second.operator, main],
    dst_validator_addr: [first.operator],
    status: ["BOND_STATUS_BONDED", "BOND_STATUS_UNBONDING", "BOND_STATUS_UNBONDED", "nothing"],
    cons_address: [cons(first), cons(second), "nobody"],
    denom: ["stake", "nothing", "blocked"],
    name: ["gov", "bonded_tokens_pool", "nothing"],
    id: [0n, 5n, 99n],
    account_id: [0n, 5n, 99n],
    proposal_id: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 99n],
    voter: [purse.address, mainAccount],
    depositor: [voter.address, purse.address],
    params_type: ["voting", "deposit", "tallying", "nothing"],
    consumer_id: consumers,
    provider_address: [cons(first), cons(second), "nobody"],
    consumer_address: [cons(keysOf("replay consumer key")), "nobody"],
    height: [3n, 0n],
    module_name: ["staking", "bank"],
    subspace: ["staking", "nothing"],
    key: ["BondDenom"],
    evidence_id: [""],
    client_id: ["07-tendermint-0", "07-tendermint-9", "9"],
    connection_id: ["connection-0"],
    port_id: ["transfer"],
    channel_id: ["channel-0"],
    hash: ["nothing"],
    address_string: [purse.address, "nobody"],
    resolve_denom: [true],
  };
}

/** Texts of undecodable bytes and of panics are each program's own; heights are not those of one moment. */
const shownRefusal = (code: number, codespace: string, log: string): string =>
  (codespace === "sdk" && code === 2) || code === 111222
    ? `${codespace}/${code}`
    : `${codespace}/${code} ${log.replace(/block height: \d+/, "block height: …")}`;

const codecs = createAddressCodecs(PROVIDER_PREFIX);
const operatorOf = (address: string): string => codecs.validator.encode(codecs.account.decode(address));

/** An account that takes part, with its validator. */
async function actorOf(chain: ChainClient, name: string) {
  const { mnemonic, address } = await accountOf(name);
  const signer = await walletOf(mnemonic);
  return { sender: payingSender(chain, { signer, address }), operator: operatorOf(address) };
}
