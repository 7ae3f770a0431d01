import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createConsumerApp, defaultConsumerGenesis } from "@tandem-ics/ccv";
import {
  applyBlock,
  blockId,
  emptyCommit,
  finalizeBlockRequest,
  genesisState,
  initChainRequest,
  makeBlock,
  parseGenesis,
  proposerAt,
} from "@tandem-ics/comet";
import { stringifyJson } from "@tandem-ics/proto";
import { createMemoryBackend } from "@tandem-ics/store";

const ours = new Set(Object.keys(defaultConsumerGenesis()));

// biome-ignore lint/suspicious/noExplicitAny: genesis files of other projects
type Json = any;

const dir = process.env["DATA_DIR"];
const found: { path: string; json: Json; text: string }[] = [];

/** A bare state of the consumer module, in an otherwise empty genesis file. */
function wrapped(state: Json): { json: Json; text: string } {
  const json = {
    // A chain starts after the provider's header that its client trusts, and before that header expires.
    genesis_time: (state.provider_consensus_state ?? state.provider?.consensus_state)?.timestamp,
    chain_id: "wrapped",
    initial_height: "1",
    app_hash: "",
    app_state: { ...defaultConsumerGenesis(), ccvconsumer: state },
  };
  return { json, text: JSON.stringify(json) };
}

function walk(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (name.endsWith(".json")) {
      const text = readFileSync(path, "utf8");
      const json = JSON.parse(text);
      if (json.app_state?.ccvconsumer !== undefined) found.push({ path, json, text });
      else if (json.initial_val_set !== undefined && json.params !== undefined)
        found.push({ path, ...wrapped(json) });
      else continue;
      if (process.env["DATA_USED"]) appendFileSync(process.env["DATA_USED"], `${path}\n`);
    }
  }
}
if (dir !== undefined && existsSync(dir)) walk(dir);

const providerPart = (json: Json): Json => json.app_state.ccvconsumer.provider ?? json.app_state.ccvconsumer;
const isComplete = ({ json }: { json: Json }): boolean =>
  (providerPart(json).initial_val_set ?? []).length > 0;
const prefixOf = (json: Json): string => {
  const address = json.app_state.auth.accounts
    .map((a: Json) => a.address ?? a.base_account?.address)
    .find(Boolean);
  return address === undefined ? "consumer" : address.slice(0, address.lastIndexOf("1"));
};

/** As a genesis file has it: whole numbers of foreign sections are kept exactly, so they come as bigint. */
const plain = (value: Json): Json => JSON.parse(stringifyJson(value));

/** Starts the application from a genesis file and makes the first block. */
function start({ json, text }: { json: Json; text: string }) {
  const doc = parseGenesis(text);
  const app = createConsumerApp({ backend: createMemoryBackend(), bech32Prefix: prefixOf(json) });
  const state = genesisState(doc, { initChain: app.initChain(initChainRequest(doc)) });
  const block = makeBlock({
    state,
    txs: [],
    evidence: [],
    lastCommit: emptyCommit(),
    proposerAddress: proposerAt(state, 0).address,
  });
  const response = app.finalizeBlock(finalizeBlockRequest(state, block));
  app.commit();
  return { app, next: applyBlock(state, block, blockId(block), response), genesis: state };
}

const suite = found.length > 0 ? describe : describe.skip;
if (found.length === 0)
  console.warn("consumer genesis files: skipped, DATA_DIR names no directory that holds any");

suite("real consumer genesis files", () => {
  test.each(found.filter(isComplete).map((file) => [file.path.split("/").at(-1)!, file] as const))(
    "%s starts with the provider's set and is exported without loss",
    (_, file) => {
      const { app, genesis } = start(file);
      const expected = providerPart(file.json)
        .initial_val_set.map((u: Json) => [u.pub_key.ed25519, u.power])
        .sort();
      expect(
        genesis.validators.validators
          .map((v) => [Buffer.from(v.pubKey.ed25519!).toString("base64"), v.votingPower.toString()])
          .sort(),
      ).toEqual(expected);
      const exported = app.exportGenesis() as Json;
      const state = exported.app_state ?? exported;
      const ccv = state.ccvconsumer;
      expect(ccv.provider.initial_val_set.map((u: Json) => [u.pub_key.ed25519, u.power]).sort()).toEqual(
        expected,
      );
      expect(ccv.params).toMatchObject(
        Object.fromEntries(
          Object.entries(file.json.app_state.ccvconsumer.params).filter(([key]) => key in ccv.params),
        ),
      );
      const coins = (list: Json) => list.map((b: Json) => [b.address, b.coins]).sort();
      for (const balance of coins(file.json.app_state.bank.balances))
        expect(coins(state.bank.balances)).toContainEqual(balance);
      // Sections of modules that are not ours come back as they were.
      for (const [name, section] of Object.entries(file.json.app_state))
        if (!ours.has(name)) expect([name, plain(state[name])]).toEqual([name, section]);
    },
  );

  test.each(
    found.filter((file) => !isComplete(file)).map((file) => [file.path.split("/").at(-1)!, file] as const),
  )("%s, which lacks the provider's part, is refused with the reason", (_, file) => {
    expect(() => start(file)).toThrow(/no validator|validator set|provider/i);
  });
});
