/**
 * Headers, commits, proofs and client messages of both kinds of chain, each under the other's light client, for 1,000 heights
 * in which the validator set goes from 1 member to 100 and back.
 */
import { setImmediate as letOthersRun } from "node:timers/promises";
import type { ChainClient } from "@tandem-ics/client";
import { validatorSetFromProto, verifyCommitLightTrusting } from "@tandem-ics/comet";
import { ed25519Address } from "@tandem-ics/crypto";
import {
  type ClientEnd,
  clientUpdates,
  type Endpoint,
  openChannel,
  openConnection,
  readClientState,
} from "@tandem-ics/relayer";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { createGoProvider, type GoChain } from "./harness/go-chain.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { createChurn, OTHERS } from "./support/churn.ts";
import { alter, contradict } from "./support/forged.ts";
import { fund, type GoValidators, goValidators, hurry } from "./support/go-validators.ts";
import { keysOf } from "./support/keys.ts";
import {
  createLightClient,
  isMember,
  misbehaviourMessage,
  prove,
  updateMessage,
} from "./support/light-client.ts";
import { fixedGasSender, type OurProvider, startOurProvider } from "./support/our-provider.ts";
import { createRandom, flipBit } from "./support/random.ts";
import { knownKeys, sendDoomed, setsOf, verifyThousand } from "./support/thousand-heights.ts";

const HEIGHTS = 1000n;
const FUNDS = 100_000_000_000n;
/** Of Go's signing validator: more than two thirds, whatever the others have. */
const SIGNER_STAKE = 900_000_000_000n;
const WINDOW = 150;
const ALTERED_HEADERS = 40;
const ALTERED_PROOFS = 100;
const GO_SKIPS = 10;
const LONGEST_SKIP = 45;

/** A guard against hanging: a machine that does other things at the same time may need several times the usual minutes. */
jest.setTimeout(1_200_000);

const phase = createPhases("light clients");
const say = (line: string): void => void process.stderr.write(`light clients: ${line}\n`);

describeInterop("light clients of Go and of ours, 1,000 heights", () => {
  let scratch: Scratch;
  let go: GoChain;
  let ours: OurProvider;
  let onGo: ClientEnd;
  let onOurs: ClientEnd;
  let goChannel: { portId: string; channelId: string };
  let ourChannel: { portId: string; channelId: string };
  const relayer = keysOf("relayer");
  const purse = keysOf("purse");
  const goOthers = Array.from({ length: OTHERS }, (_, i) => keysOf(`go ${i}`));
  let absent: GoValidators;
  /** First heights of which none is in the thousand. */
  let ourFirst: bigint;
  let goFirst: bigint;
  /** Packets in flight: the last one stays, the others are timed out. */
  let fromGo: Packet[];
  let fromOurs: Packet[];
  let ourSizes: number[];
  let churned: Promise<{ steps: number; unjailed: number }>;

  const ourKeys = () => knownKeys(relayer, ours.validators[0]!, ourChannel, fromOurs.at(-1)!);
  const goKeys = () => knownKeys(relayer, goOthers[0]!, goChannel, fromGo.at(-1)!);

  beforeAll(async () => {
    scratch = createScratch();
    await phase("start both chains", async () => {
      go = await createGoProvider(scratch, {
        chainId: "go-provider-1",
        validators: [{ name: "signer", stake: SIGNER_STAKE }],
        timeoutCommit: "5ms",
        signedBlocksWindow: WINDOW,
        edit: (app) => fund(app, [relayer, purse, ...goOthers], FUNDS),
      });
      // Less than what the command that checks a genesis allows, and the chain does.
      go.writeGenesis((app) => {
        const { params } = app["slashing"] as { params: Record<string, string> };
        params["slash_fraction_downtime"] = "0.000000000000000000";
        params["downtime_jail_duration"] = "1s";
      });
      hurry(go);
      await go.start();
      ours = await startOurProvider({
        chainId: "our-provider-1",
        others: OTHERS,
        accounts: [relayer, purse],
      });
    });
    await phase("open a channel between them", async () => {
      const client = await go.client();
      const goEnd: Endpoint = { chain: client, sender: fixedGasSender(client, relayer) };
      const ourEnd: Endpoint = { chain: ours.client, sender: ours.sender(relayer) };
      await ours.client.pace.after(ours.node.height);
      const { a, b } = await openConnection(
        { ...goEnd, clientId: await createLightClient(goEnd, ours.client, ours.node.height) },
        { ...ourEnd, clientId: await createLightClient(ourEnd, client, (await client.status()).height) },
      );
      onGo = a;
      onOurs = b;
      const transfer = {
        portA: "transfer",
        portB: "transfer",
        ordering: "unordered",
        version: "ics20-1",
      } as const;
      ({ a: goChannel, b: ourChannel } = await openChannel(a, b, transfer));
    });
    await phase("make Go's validators, send packets that nobody receives", async () => {
      absent = goValidators(onGo.chain, purse, goOthers);
      await absent.create();
      const count = Number(HEIGHTS) / 2 + 1;
      const soon = async ({ chain }: Endpoint) => chain.heightOf((await chain.status()).height + 2n);
      fromGo = await sendDoomed(onGo, goChannel, relayer.address, await soon(onOurs), count);
      fromOurs = await sendDoomed(onOurs, ourChannel, relayer.address, await soon(onGo), count);
    });
    // Go's thousand heights come by themselves while it verifies ours.
    goFirst = (await onGo.chain.status()).height + 2n;
    churned = absent.churnTo(goFirst + HEIGHTS + 50n);
    churned.catch(() => undefined);
  });
  afterAll(async () => {
    await ours?.close();
    await scratch?.end();
  });

  test("a chain of ours makes 1,000 blocks with a set of 1 to 100", async () => {
    await phase("our 1,000 blocks", async () => {
      const start = ours.node.height;
      ourFirst = start + 2n;
      const sender = ours.sender(purse);
      const operators = ours.validators.map(({ operator }) => operator);
      const churn = createChurn(purse.address, operators, 1);
      while (ours.node.height < ourFirst + HEIGHTS + 20n) {
        const messages = churn.step(Number(ours.node.height - start));
        const hash = messages.length === 0 ? undefined : await sender.submit(messages);
        ours.node.produceBlock();
        if (hash !== undefined) await sender.settle(hash);
        await letOthersRun();
      }
    });
    const sets = await setsOf(ours.client, ourFirst, HEIGHTS);
    say(`our set: ${sets.smallest} to ${sets.largest}, ${sets.changes} changes in ${HEIGHTS} heights`);
    ourSizes = sets.sizes;
    expect(sets).toMatchObject({ smallest: 1, largest: 100 });
    expect(sets.changes).toBeGreaterThan(850);
  });

  test("ours under Go's: 1,000 headers, existence at each, absence at each second one", async () => {
    const done = await phase("ours under Go's", () =>
      verifyThousand({
        host: onGo,
        target: onOurs,
        first: ourFirst,
        count: HEIGHTS,
        doomed: fromGo.slice(0, -1),
        keys: ourKeys(),
      }),
    );
    say(
      `ours under Go's: ${JSON.stringify(done)}, ${(done.headers / done.hostSeconds).toFixed(0)} headers/s`,
    );
    expect(done).toMatchObject({ headers: 1000, absences: 500, existences: 1000 });
  });

  test("Go's under ours: 1,000 headers, existence at each, absence at each second one", async () => {
    const { steps, unjailed } = await phase("Go's 1,000 blocks (what is left of them)", () => churned);
    const sets = await setsOf(onGo.chain, goFirst, HEIGHTS);
    say(
      `Go's set: ${sets.smallest} to ${sets.largest}, ${sets.changes} changes in ${HEIGHTS} heights, ` +
        `${steps} transactions, ${unjailed} unjailed`,
    );
    expect(sets).toMatchObject({ smallest: 1, largest: 100 });
    expect(sets.changes).toBeGreaterThan(200);
    const done = await phase("Go's under ours", () =>
      verifyThousand({
        host: onOurs,
        target: onGo,
        first: goFirst,
        count: HEIGHTS,
        doomed: fromOurs.slice(0, -1),
        keys: goKeys(),
      }),
    );
    say(
      `Go's under ours: ${JSON.stringify(done)}, ${(done.headers / done.hostSeconds).toFixed(0)} headers/s`,
    );
    expect(done).toMatchObject({ headers: 1000, absences: 500, existences: 1000 });
  });

  test("Go skips our headers by random steps, as far as a third of the trusted power signed", async () => {
    const random = createRandom(3);
    const clientId = await createLightClient(onGo, ours.client, ourFirst);
    const client = { ...onGo, clientId };
    let messages = 0;
    await phase("skipping", async () => {
      for (let height = ourFirst; height < ourFirst + HEIGHTS - 2n * BigInt(LONGEST_SKIP); ) {
        height += BigInt(1 + random.below(LONGEST_SKIP));
        const updates = await clientUpdates(onGo.chain, ours.client, clientId, height, relayer.address);
        await onGo.sender.send(updates);
        messages += updates.length;
        expect((await readClientState(onGo.chain, clientId)).latestHeight.revisionHeight).toBe(height);
      }
    });
    say(`${messages} skipping headers`);
    expect(messages).toBeGreaterThan(20);
    await refusesForgeries(client, ours.client);
  });

  test("Go refuses a skip from 100 members to one of them, and ours calls it too little power", async () => {
    const peak = ourFirst + 1n + BigInt(ourSizes.indexOf(100));
    const alone = peak + BigInt(ourSizes.slice(ourSizes.indexOf(100)).indexOf(1));
    const clientId = await createLightClient(onGo, ours.client, peak);
    const header = await ours.client.clientHeader(alone, ours.client.heightOf(peak));
    expect(() =>
      verifyCommitLightTrusting({
        chainId: ours.client.chainId,
        validators: validatorSetFromProto(header.trustedValidators),
        commit: header.signedHeader!.commit!,
        trustLevel: { numerator: 1n, denominator: 3n },
      }),
    ).toThrow(expect.objectContaining({ code: "notEnoughVotingPower" }));
    await refuses(onGo, clientId, header, "100 to 1");
  });

  test("ours skips Go's headers by random steps and refuses forgeries of them", async () => {
    const random = createRandom(4);
    const clientId = await createLightClient(onOurs, onGo.chain, goFirst);
    let height = goFirst;
    for (let i = 0; i < GO_SKIPS; i++) {
      height += BigInt(1 + random.below(LONGEST_SKIP));
      const updates = await clientUpdates(ours.client, onGo.chain, clientId, height, relayer.address);
      await onOurs.sender.send(updates);
    }
    await refusesForgeries({ ...onOurs, clientId }, onGo.chain);
  });

  test("two headers of one height freeze the client, on Go and on ours", async () => {
    const signer = relayer.address;
    const freeze = async (host: Endpoint, clientId: string, one: ClientHeader, other: ClientHeader) => {
      const status = () => host.chain.query.ibcClient.ClientStatus({ clientId });
      expect(await status()).toEqual({ status: "Active" });
      await host.sender.send([misbehaviourMessage(clientId, signer, one, other)]);
      expect(await status()).toEqual({ status: "Frozen" });
      await refuses(host, clientId, one, "update of a frozen client");
    };
    {
      const [trusted, height] = [ourFirst + 480n, ourFirst + 481n];
      const clientId = await createLightClient(onGo, ours.client, trusted);
      const own = await ours.client.clientHeader(height, ours.client.heightOf(trusted));
      const { signedHeader, validatorSet } = ours.node.signFork({ height });
      await freeze(onGo, clientId, own, { ...own, signedHeader: signedHeader!, validatorSet: validatorSet! });
    }
    {
      const [trusted, height] = [goFirst + 480n, goFirst + 490n];
      const clientId = await createLightClient(onOurs, onGo.chain, trusted);
      const own = await onGo.chain.clientHeader(height, onGo.chain.heightOf(trusted));
      const { seed, publicKey } = go.nodes[0]!.key;
      await freeze(onOurs, clientId, own, contradict(own, seed, ed25519Address(publicKey)));
    }
  });

  /** Fails unless the chain takes the header neither into its mempool nor by a block. */
  async function refuses(
    host: Endpoint,
    clientId: string,
    header: ClientHeader,
    what: string,
  ): Promise<void> {
    const before = await readClientState(host.chain, clientId);
    const sent = host.sender.send([updateMessage(clientId, relayer.address, header)]);
    const outcome = await sent.then(
      () => "accepted",
      (error) => error as unknown,
    );
    expect({ what, outcome }).toEqual({
      what,
      outcome: expect.objectContaining({ code: expect.stringMatching(/^tx-(rejected|failed)$/) }),
    });
    expect(await readClientState(host.chain, clientId)).toEqual(before);
  }

  /** Headers and proofs with one bit changed are refused; those that they were made of are accepted. */
  async function refusesForgeries(host: ClientEnd, target: ChainClient): Promise<void> {
    const random = createRandom(5);
    const { clientId } = host;
    const { latestHeight: trusted } = await readClientState(host.chain, clientId);
    const refused = new Map<string, number>();
    for (let i = 0; i < ALTERED_HEADERS; i++) {
      const height = trusted.revisionHeight + BigInt(1 + (i % 4));
      const { what, header } = alter(await target.clientHeader(height, trusted), random);
      await refuses(host, clientId, header, what);
      refused.set(what, (refused.get(what) ?? 0) + 1);
    }
    const next = await target.clientHeader(trusted.revisionHeight + 1n, trusted);
    await host.sender.send([updateMessage(clientId, relayer.address, next)]);

    const height = trusted.revisionHeight + 1n;
    const keys = target === ours.client ? ourKeys() : goKeys();
    let claims = 0;
    for (let i = 0; i < ALTERED_PROOFS; i++) {
      const { store, key } = random.pick(keys);
      const claim = await prove(target, store, key, height);
      const bit = random.below(8 * claim.proof.length);
      const proof = flipBit(claim.proof, bit);
      const value = flipBit(claim.value, random.below(8 * claim.value.length));
      const answers = await Promise.all([
        isMember(host.chain, clientId, claim),
        isMember(host.chain, clientId, { ...claim, proof }),
        isMember(host.chain, clientId, { ...claim, value }),
      ]);
      expect({ store, bit, answers }).toEqual({ store, bit, answers: [true, false, false] });
      claims++;
    }
    say(`${host.chain.chainId} refused ${JSON.stringify(Object.fromEntries(refused))}, ${2 * claims} claims`);
  }
});
