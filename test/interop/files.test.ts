/** Keys, states of keys and genesis files move between Go nodes and ours, unchanged. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  genesisToSdkJson,
  nodeId,
  nodeKeyFromJson,
  nodeKeyToJson,
  parseGenesis,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
  signStateFromJson,
  signStateToJson,
} from "@tandem-ics/comet";
import { createKeyFiles, exportedGenesis, homeLayout } from "@tandem-ics/node/home";
import { connectUrl, eventually } from "./harness/connect.ts";
import { createGoConsumer, createGoProvider, type GoChain } from "./harness/go-chain.ts";
import type { Json, JsonObject } from "./harness/go-genesis.ts";
import { pubKeyJsonOf } from "./harness/go-node.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { TANDEM } from "./harness/places.ts";
import { freePort } from "./harness/ports.ts";
import { relayPath } from "./harness/relaying.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { awaitHeight } from "./support/await-height.ts";
import {
  beginAnew,
  beginOurs,
  differences,
  exportedByGo,
  type Kind,
  type OurBeginning,
  raised,
  signedHeight,
} from "./support/genesis-travel.ts";
import { createValidatorMessage, fund } from "./support/go-validators.ts";
import { keysOf } from "./support/keys.ts";
import { fixedGasSender, startOurProvider } from "./support/our-provider.ts";
import { enrich, optInMessage, richAccounts, sendMessage, spawnMessage } from "./support/rich-state.ts";

/** A guard against hanging: a machine that does other things at the same time may need several times the usual minutes. */
jest.setTimeout(1_200_000);

const PROVIDER = "files-provider-1";
const CONSUMER = "files-consumer-1";
/** Blocks between two changes sent to consumers. Go's export of a launched consumer does not survive one; see below. */
const EPOCH = 60n;
const FUNDS = 100_000_000_000n;

const phase = createPhases("files");
const say = (line: string): void => void process.stderr.write(`files: ${line}\n`);
/** Blocks of an epoch of these suites' chains. */
const epochOf = (kind: Kind): bigint => (kind === "provider" ? EPOCH : 1n);
const sections = (doc: JsonObject): JsonObject => doc["app_state"] as JsonObject;
const sectionOf = (doc: JsonObject, name: string): Json => sections(doc)[name] ?? null;

describeInterop("files between Go nodes and ours", () => {
  let scratch: Scratch;
  let provider: GoChain;
  let consumer: GoChain;
  /** What Go exported, each chain stopped. */
  let providerGenesis: string;
  let consumerGenesis: string;

  beforeAll(async () => {
    scratch = createScratch();
    await phase("make a rich provider and its consumer", async () => {
      provider = await createGoProvider(scratch, {
        chainId: PROVIDER,
        validators: [
          { name: "signer", stake: 500_000_000_000n },
          { name: "absent", stake: 5_000_000n },
        ],
        nodes: 1,
        accounts: ["relayer"],
        signedBlocksWindow: 50,
        blocksPerEpoch: Number(EPOCH),
        edit: (app) => fund(app, [richAccounts.purse, richAccounts.late, ...richAccounts.fresh], FUNDS),
      });
      await provider.start();
      const launching = await createGoConsumer(scratch, {
        chainId: CONSUMER,
        nodes: ["signer"],
        accounts: ["relayer"],
      });
      consumer = launching;
      const chain = await provider.client();
      const signer = await provider.sender("signer");
      const { validators } = await chain.query.staking.Validators({
        status: "",
        pagination: undefined as never,
      });
      const operator = validators.find(
        ({ description }) => description.moniker === "signer",
      )!.operatorAddress;
      await enrich(chain, operator, CONSUMER);
      await signer.send([optInMessage(signer, operator, "0", consumer.nodes[0]!.key.publicKey)]);
      const owner = fixedGasSender(chain, richAccounts.purse);
      await owner.send([spawnMessage(owner.address, "0", CONSUMER, (await chain.status()).timeNs)]);
      await eventually(chain, "launch of the consumer", async () => {
        const { phase: now } = await chain.query.provider.QueryConsumerChain({ consumerId: "0" });
        return now === "CONSUMER_PHASE_LAUNCHED";
      });
      await launching.launch(JSON.stringify(await provider.query("provider", "consumer-genesis", "0")));
      const { relayer } = await relayPath(provider, consumer, "0");
      await relayer.drain();
      const { late } = richAccounts;
      await eventually(chain, "a jailed validator", async () => {
        const page = await chain.query.staking.Validators({ status: "", pagination: undefined as never });
        return page.validators.some(({ jailed }) => jailed);
      });
      await fixedGasSender(chain, late).send([createValidatorMessage(late, 9_000_000n)]);
    });
    await phase("export both", async () => {
      await Promise.all([provider.stop(), consumer.stop()]);
      providerGenesis = raised(await provider.export(), provider.nodes[0]!.home, EPOCH);
      consumerGenesis = raised(await consumer.export(), consumer.nodes[0]!.home);
    });
  });
  afterAll(() => scratch?.end());

  test("key files of Go's init are written by ours byte for byte, and state files of its nodes", () => {
    for (const { home } of [...provider.nodes, ...consumer.nodes]) {
      const read = (path: string): string => readFileSync(join(home, path), "utf8");
      const validatorKey = read("config/priv_validator_key.json");
      expect(privValidatorKeyToJson(privValidatorKeyFromJson(validatorKey))).toBe(validatorKey);
      const nodeKey = read("config/node_key.json");
      expect(nodeKeyToJson(nodeKeyFromJson(nodeKey))).toBe(nodeKey);
      const state = read("data/priv_validator_state.json");
      expect(signStateToJson(signStateFromJson(state))).toBe(state);
    }
    expect(signedHeight(provider.nodes[0]!.home)).toBeGreaterThan(20n);
  });

  test.each(["interchain-security-pd", "interchain-security-cd"] as const)(
    "key files of ours are those of a home of %s, and stay as they are",
    async (binary) => {
      const home = join(scratch.directory, `keys-${binary}`);
      mkdirSync(home);
      const layout = homeLayout(home);
      const { publicKey } = createKeyFiles(layout, { replace: false });
      const files = [layout.validatorKey, layout.nodeKey, layout.signState];
      const before = files.map((path) => readFileSync(path, "utf8"));
      const run = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await scratch.run(peerPath(binary), [...args, "--home", home]);
        if (code !== 0) throw new Error(stderr.slice(-2000));
        return stdout.trim();
      };
      expect(await run("comet", "show-validator")).toBe(pubKeyJsonOf(publicKey));
      const id = nodeId(nodeKeyFromJson(before[1]!).publicKey);
      expect(await run("comet", "show-node-id")).toBe(id);
      await run("init", "somebody", "--chain-id", "keys-1");
      expect(files.map((path) => readFileSync(path, "utf8"))).toEqual(before);
    },
  );

  test("the exported state is rich", () => {
    const doc = JSON.parse(providerGenesis) as JsonObject;
    const staking = sectionOf(doc, "staking") as Record<string, Json[]>;
    expect(staking["validators"]).toHaveLength(6);
    const jailed = staking["validators"]!.filter((validator) => (validator as JsonObject)["jailed"]);
    expect(jailed.length).toBeGreaterThan(0);
    expect(jailed.length).toBeLessThan(5);
    for (const list of ["delegations", "unbonding_delegations", "redelegations"])
      expect(staking[list]!.length).toBeGreaterThan(0);
    const states = (sectionOf(doc, "provider") as Record<string, Json[]>)["consumer_states"]!;
    say(`sections of the provider: ${Object.keys(sections(doc)).sort().join(" ")}`);
    say(`consumers: ${JSON.stringify(states.map((s) => (s as JsonObject)["phase"]))}`);
    const ibc = sectionOf(doc, "ibc") as Record<string, Record<string, Json[]>>;
    expect(ibc["client_genesis"]!["clients"]!.length).toBeGreaterThan(0);
    expect(ibc["channel_genesis"]!["channels"]!.length).toBeGreaterThan(0);
  });

  /** Starts Go and ours from one genesis and fails unless all sections are equal after a block. Gives ours. */
  async function compare(
    kind: Kind,
    chain: GoChain,
    text: string,
    name: string,
    began: "on Go" | "here" = "on Go",
  ): Promise<OurBeginning> {
    const { initialHeight } = parseGenesis(text);
    const byGo = await phase(`${kind}: ${name} on Go`, () => exportedByGo(chain, text));
    const ours = beginOurs(kind, text, [chain.nodes[0]!.key.seed]);
    const byOurs = JSON.parse(ours.export(initialHeight)) as JsonObject;
    // A chain that began on Go keeps its sections of modules that ours has not; one that began here has none of them.
    const names = Object.keys(sections(byGo)).filter(
      (section) => began === "on Go" || section in sections(byOurs),
    );
    const found = names.flatMap((section) =>
      differences(sectionOf(byGo, section), sectionOf(byOurs, section), section),
    );
    say(`${kind}, ${name}: ${names.length} sections, ${found.length} differences`);
    // Go's consumer watches its validators anew from an import on; of our own export ours knows since when it did.
    const sinceWhen = /^slashing\.signing_infos\.\d+\.validator_signing_info\.start_height: /;
    const own = kind === "consumer" && "chain_extra" in sections(JSON.parse(text) as JsonObject);
    expect(own ? found.filter((line) => !sinceWhen.test(line)) : found).toEqual([]);
    // The Go consumer writes its validators without their keys.
    const keyless = /^\.validators\.\d+\.pub_key: null ≠ /;
    const rest = differences(byGo["consensus"]!, byOurs["consensus"]!);
    expect(kind === "consumer" ? rest.filter((line) => !keyless.test(line)) : rest).toEqual([]);
    expect(byOurs["initial_height"]).toBe(byGo["initial_height"]);
    return ours;
  }

  test.each([
    ["provider", () => provider, () => providerGenesis],
    ["consumer", () => consumer, () => consumerGenesis],
  ] as const)(
    "%s: Go's export starts Go and ours, with the state equal after a block; ours goes on, and back",
    async (kind, chainOf, genesisOf) => {
      const chain = chainOf();
      const ours = await compare(kind, chain, genesisOf(), "Go's export");
      for (let i = 0; i < 10; i++) ours.node.produceBlock();
      const text = ours.export(ours.node.height);
      await compare(kind, chain, raised(text, chain.nodes[0]!.home, epochOf(kind)), "our export of it");
      await ours.node.stop();
    },
  );

  test("provider: the export of a chain that began here starts Go, with the state equal after a block", async () => {
    const { key, home } = provider.nodes[0]!;
    const { purse, fresh, late } = richAccounts;
    const named = keysOf("began here");
    const anchor = { ...named, seed: key.seed, consensusKey: key.publicKey };
    const ours = await startOurProvider({
      chainId: PROVIDER,
      others: 0,
      accounts: [purse, late, ...fresh],
      anchor: { keys: anchor, units: 100_000n },
    });
    for (const { seed } of fresh) ours.node.addKey(seed);
    await enrich(ours.client, anchor.operator, CONSUMER);
    const [validator] = fresh;
    const sender = ours.sender(validator!);
    await sender.send([optInMessage(sender, validator!.operator, "0", keysOf("fresh 0 there").consensusKey)]);
    const { timeNs } = await ours.client.status();
    await ours.sender(purse).send([spawnMessage(purse.address, "0", CONSUMER, timeNs)]);
    ours.node.produceBlock();
    const { phase: now } = await ours.client.query.provider.QueryConsumerChain({ consumerId: "0" });
    expect(now).toBe("CONSUMER_PHASE_LAUNCHED");
    const text = genesisToSdkJson(exportedGenesis(ours.node.app, ours.genesis, ours.node.height));
    await ours.close();
    // An epoch of this chain has the default length.
    await compare("provider", provider, raised(text, home, 600n), "export of ours", "here");
  });

  test("`tandem chain start` runs the home of a Go node, and Go runs it again after it", async () => {
    const [node] = provider.nodes;
    const { home } = node!;
    const first = raised(providerGenesis, home, EPOCH);
    beginAnew(home, first);
    const keyFiles = ["config/priv_validator_key.json", "config/node_key.json"];
    const keys = () => keyFiles.map((path) => readFileSync(join(home, path), "utf8"));
    const before = keys();

    const port = await freePort();
    const { initialHeight } = parseGenesis(first);
    await phase("tandem chain start", async () => {
      const flags = ["--home", home, "--rpc", `tcp://127.0.0.1:${port}`, "--block-time", "100ms"];
      const service = scratch.start("tandem", process.execPath, [
        TANDEM,
        ...["chain", "start", "provider"],
        ...flags,
      ]);
      const url = `http://127.0.0.1:${port}`;
      await awaitHeight(url, service, initialHeight + 5n);
      const chain = await connectUrl(url);
      const payer = fixedGasSender(chain, richAccounts.purse);
      await payer.send([sendMessage(richAccounts.purse, richAccounts.fresh[0]!, 7n)]);
      expect((await service.stop()).code).toBe(0);
    });
    expect(keys()).toEqual(before);
    expect(signedHeight(home)).toBeGreaterThan(initialHeight + 5n);

    const { code, stdout, stderr } = await scratch.run(process.execPath, [
      TANDEM,
      ...["chain", "export", "provider", "--home", home],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const second = raised(stdout, home, EPOCH);
    beginAnew(home, second);
    await phase("Go on what `tandem chain export` wrote", async () => {
      const again = parseGenesis(second).initialHeight;
      expect(again).toBeGreaterThan(signedHeight(home));
      node!.start([]);
      await node!.waitForHeight(again + 3n);
      const chain = await provider.client();
      const payer = fixedGasSender(chain, richAccounts.purse);
      await payer.send([sendMessage(richAccounts.purse, richAccounts.fresh[0]!, 8n)]);
      await provider.stop();
    });
    expect(keys()).toEqual(before);
  });
});
